"""``mien predictions``: bringing in another recogniser's answers, and testing differences."""

import json
from pathlib import Path

import numpy as np
import pytest
from made_predictions import made
from made_sets import make, picture
from typer.testing import CliRunner

from mien.cli.main import app
from mien.evaluation.stored import read_predictions, write_predictions

RUN = CliRunner()
CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


def said(result: object) -> str:
    return " ".join(f"{result.stdout} {result.stderr}".split())  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of 70 test pictures, and a peer's answers to it."""
    root = tmp_path_factory.mktemp("peers")
    labels = [("anger", "fear", "sadness", "neutral", "happiness")[i % 5] for i in range(70)]
    make(root / "set", [picture(f"p{i:02}", i, label, "test") for i, label in enumerate(labels)])
    values = np.random.default_rng(0).dirichlet(np.ones(7), 70).astype(np.float32)
    np.savez(
        root / "peer.npz", probabilities=values, classes=np.array(CLASSES), csv_row=np.arange(70)
    )
    return root


def test_import_score_and_compare(scene: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    ours, theirs = tmp_path / "ours.npz", tmp_path / "theirs.npz"
    bring = ["predictions", "import", str(scene / "peer.npz"), "--data", str(scene / "set")]
    done = RUN.invoke(app, [*bring, "--out", str(theirs)])
    assert done.exit_code == 0, said(done)
    assert "peer: 70 answers with 7 classes" in said(done)
    found = read_predictions(theirs)
    write_predictions(found.at(np.arange(70)[::-1]), ours)
    scored = RUN.invoke(app, ["evaluate", str(theirs), "--out", str(tmp_path / "scores")])
    assert scored.exit_code == 0, said(scored)
    metrics = json.loads((tmp_path / "scores" / "metrics.json").read_text())
    assert metrics["model"] == "peer"
    assert metrics["heads"]["seven"]["fer2013"]["official"]["n"] == 70
    assert (tmp_path / "scores" / "confusion_seven.png").is_file()
    assert not (tmp_path / "scores" / "samples_seven.png").exists()
    done = RUN.invoke(
        app, ["predictions", "compare", str(ours), str(theirs), "--out", str(tmp_path / "t.json")]
    )
    assert done.exit_code == 0, said(done)
    (pair,) = json.loads((tmp_path / "t.json").read_text())["pairs"]
    assert pair["accuracy"]["difference"] == 0
    assert pair["mcnemar"]["p"] == 1


def test_a_better_model_is_told_from_a_worse_one(tmp_path: Path) -> None:
    write_predictions(made(200, 0.9), tmp_path / "a.npz")
    write_predictions(made(200, 0.3, seed=1, model="theirs"), tmp_path / "b.npz")
    table = tmp_path / "table.md"
    files = [str(tmp_path / name) for name in ("a.npz", "b.npz")]
    done = RUN.invoke(app, ["predictions", "compare", *files, "--out", str(table)])
    assert done.exit_code == 0, said(done)
    text = table.read_text()
    assert "| yes |" in text
    assert "- none of this tells what other seeds in training would give" in text
    assert "official rows (every row), n = 200" in said(done)
    assert "percentage points" in said(done)


def test_a_difference_on_one_person_is_told_without_an_interval(tmp_path: Path) -> None:
    one = ["s1"] * 21
    write_predictions(made(21, 0.9, subjects=one), tmp_path / "a.npz")
    write_predictions(made(21, 0.3, seed=1, model="theirs", subjects=one), tmp_path / "b.npz")
    files = [str(tmp_path / name) for name in ("a.npz", "b.npz")]
    for name in ("t.json", "t.md"):
        out = str(tmp_path / name)
        done = RUN.invoke(app, ["predictions", "compare", *files, "--out", out])
        assert done.exit_code == 0, said(done)
    assert "no interval: fewer than 5 people" in said(done)
    assert "(—)" in (tmp_path / "t.md").read_text()
    (pair,) = json.loads((tmp_path / "t.json").read_text())["pairs"]
    assert pair["accuracy"]["interval"] is pair["accuracy"]["p"] is None
    assert pair["swap_p"] == 1


def test_the_help_tells_which_pairs_are_tested() -> None:
    text = said(RUN.invoke(app, ["predictions", "compare", "--help"]))
    assert "Every pair" not in text
    assert "more of them the first one with each other one" in text.replace("│ ", "")


def test_files_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    a, b = tmp_path / "a.npz", tmp_path / "b.npz"
    write_predictions(made(60), a)
    write_predictions(made(50, model="theirs"), b)
    done = RUN.invoke(app, ["predictions", "compare", str(a), str(b)])
    assert done.exit_code == 1
    assert "10 of 60 pictures have no answer of theirs (made-050" in said(done)
    alone = RUN.invoke(app, ["predictions", "compare", str(a)])
    assert alone.exit_code == 2
    gone = RUN.invoke(app, ["predictions", "compare", str(a), "gone.npz", "nowhere"])
    assert gone.exit_code == 2
    for name in ("gone.npz", "nowhere"):
        assert f"{name}: no such file or folder" in said(gone)
    named = RUN.invoke(app, ["predictions", "compare", str(a), str(a), "--out", "table.txt"])
    assert (named.exit_code, ".md or .json" in said(named)) == (2, True)


def test_answers_to_other_pictures_are_refused(scene: Path, tmp_path: Path) -> None:
    with np.load(scene / "peer.npz") as file:
        arrays = {name: file[name] for name in file.files}
    arrays["csv_row"] = arrays["csv_row"] + 1
    np.savez(tmp_path / "off.npz", **arrays)
    done = RUN.invoke(
        app, ["predictions", "import", str(tmp_path / "off.npz"), "--data", str(scene / "set")]
    )
    assert done.exit_code == 1
    assert "1 of 70 pictures are not in this split of the dataset (70)" in said(done)
    assert "1 of 70 pictures of the split have no answer (p00)" in said(done)
    assert not list(tmp_path.glob("off-*"))

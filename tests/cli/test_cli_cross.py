"""``mien cross``: a run and a model file on two datasets."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from inference.tiny_models import describe, write_model
from made_sets import make, picture
from typer.testing import CliRunner

pytest.importorskip("matplotlib")

from mien.cli.cross import cross
from mien.cli.main import Commands
from mien.datasets.drawn import draw_face
from mien.emotions import EMOTIONS
from mien.evaluation.cross.leaks import KINDS
from mien.evaluation.stored import read_predictions

RUN = CliRunner()
APP = typer.Typer(cls=Commands)
APP.command("cross")(cross)


@APP.callback()
def _group() -> None:
    """Keep ``cross`` a command of a group."""


def call(*words: object) -> tuple[int, str]:
    result = RUN.invoke(APP, ["cross", *map(str, words)])
    return result.exit_code, " ".join(f"{result.stdout} {result.stderr}".split())


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty drawn faces of six people, all of the test split."""
    rng = np.random.default_rng(77)
    pictures = [
        picture(
            f"p{n}",
            0,
            EMOTIONS[n % 8],
            "test",
            subject=f"Known Person {n % 6}",
            pixels=draw_face(EMOTIONS[n % 8], rng, 24),
        )
        for n in range(30)
    ]
    root = tmp_path_factory.mktemp("people") / "people"
    make(root, pictures, name="people", label_set="eight")
    return root


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(write_model(tmp_path / "tiny.onnx", describe()))


def test_the_matrix_of_a_run_and_a_file(
    small_run: Path, drawn_set: Path, people: Path, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, said = call(small_run, model, "--data", drawn_set, "--data", people, "--out", out)
    assert code == 0, said
    assert {path.name for path in out.iterdir()} == {
        "cross.json", "cross.md", "cross.png", "cross.svg", "predictions",
    }  # fmt: skip
    result: dict[str, Any] = json.loads((out / "cross.json").read_text(encoding="utf-8"))
    cells = {(cell["model"], cell["dataset"]): cell for cell in result["cells"]}
    assert len(cells) == 4
    assert cells["small", "drawn"]["own"]
    assert (cells["small", "people"]["split"], cells["small", "people"]["rows"]) == ("all", 30)
    unknown = result["models"][1]
    assert cells[unknown["name"], "people"]["seen"] is None
    assert "small · ferplus" in said
    assert "its training set is not known: it records none" in said
    assert "All on common rows" in said
    assert "small on drawn: 0 of 4 done" in said
    assert "small on people: 1 of 4 done" in said
    common = [cells[name, "people"]["heads"]["ferplus"]["eight"]["common"] for name in (
        "small", unknown["name"])]  # fmt: skip
    assert common[0]["n"] == common[1]["n"]
    every = "".join(path.read_text(encoding="utf-8") for path in out.glob("cross.[jm]*"))
    assert "Known" not in every
    assert str(tmp_path) not in every


def test_scores_can_be_recomputed_from_what_was_kept(
    small_run: Path, people: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert call(small_run, "--data", people, "--out", out)[0] == 0
    kept = read_predictions(out / "predictions" / "small-on-people-all.npz")
    codes = np.load(out / "predictions" / "small-on-people-all-seen.npy")
    assert len(kept) == len(codes) == 30
    assert set(codes.tolist()) <= {0, *KINDS.values()}
    result = json.loads((out / "cross.json").read_text(encoding="utf-8"))
    found = result["cells"][0]["heads"]["ferplus"]["eight"]["all"]
    answers = kept.heads["ferplus"].probabilities.argmax(1)
    assert found["accuracy"] == pytest.approx(float((answers == kept.labels).mean()))
    assert found["unit"] == "subject"


def test_a_file_is_told_what_it_learnt_from(
    model: Path, drawn_set: Path, people: Path, tmp_path: Path
) -> None:
    call(model, "--data", people, "--trained-on", drawn_set, "--out", tmp_path / "out")
    result = json.loads((tmp_path / "out" / "cross.json").read_text(encoding="utf-8"))
    assert result["models"][0]["learnt_from"]["note"] == (
        "it records no training set; drawn was named"
    )
    assert result["cells"][0]["seen"] is not None
    assert result["cells"][0]["split"] == "all"


def test_wrong_use_is_refused(model: Path, drawn_set: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    for words, code, said in (
        (["--data", drawn_set], 2, "Missing argument"),
        ([model], 2, "--data"),
        ([model, "--data", nowhere], 1, "no such folder"),
        ([nowhere, "--data", drawn_set], 1, "nowhere"),
        ([model, "--data", drawn_set, "--split", "train"], 2, "--split"),
        ([model, "--data", drawn_set, "--out", drawn_set / "x"], 2, "name another"),
        ([model, "--data", drawn_set, "--trained-on", nowhere], 1, "no such folder"),
    ):
        found, text = call(*words)
        assert (found, said in text) == (code, True), (words, text)
        assert "Traceback" not in text


def test_without_matplotlib_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, model: Path, drawn_set: Path
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, said = call(model, "--data", drawn_set)
    assert (code, '".[train]"' in said) == (2, True)


def test_a_damaged_dataset_is_one_line(model: Path, drawn_set: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(drawn_set, broken)
    (broken / "manifest.csv").write_text("id\n", encoding="utf-8")
    code, said = call(model, "--data", broken)
    assert code == 1
    assert "damaged" in said

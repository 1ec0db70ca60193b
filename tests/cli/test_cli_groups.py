"""``mien groups``: from predictions, a run and a model file."""

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from inference.tiny_models import describe, write_model
from made_sets import make, picture
from typer.testing import CliRunner

pytest.importorskip("matplotlib")

from mien.cli.groups import groups
from mien.cli.main import Commands
from mien.datasets.drawn import draw_face
from mien.datasets.prepared import PreparedSet
from mien.emotions import EMOTIONS
from mien.evaluation.answers import Answers
from mien.evaluation.predictions import Predictions
from mien.evaluation.stored import write_predictions

RUN = CliRunner()
APP = typer.Typer(cls=Commands)
APP.command("groups")(groups)


@APP.callback()
def _group() -> None:
    """Keep ``groups`` a command of a group."""


def call(*words: object) -> tuple[int, str]:
    result = RUN.invoke(APP, ["groups", *map(str, words)])
    return result.exit_code, " ".join(f"{result.stdout} {result.stderr}".split())


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedSet:
    """Sixty drawn faces of ten people."""
    rng = np.random.default_rng(3)
    pictures = [
        picture(
            f"p{n}",
            0,
            EMOTIONS[n % 8],
            "test",
            subject=f"Known Person {n % 10}",
            pixels=draw_face(EMOTIONS[n % 8], rng, 48),
        )
        for n in range(60)
    ]
    return make(tmp_path_factory.mktemp("g") / "g", pictures, name="g", label_set="eight")


@pytest.fixture
def kept(prepared: PreparedSet, tmp_path: Path) -> Path:
    values = np.random.default_rng(0).dirichlet(np.ones(8), 60).astype(np.float32)
    heads = {"eight": Answers(EMOTIONS, values)}
    path = tmp_path / "evaluation" / "g-test" / "predictions.npz"
    rows = prepared.where()
    found = Predictions.of(prepared, rows, heads, model="m", model_sha256="0" * 64, split="test")
    write_predictions(found, path)
    return path


def test_everything_that_is_measured_stands_beside_the_predictions(
    kept: Path, prepared: PreparedSet
) -> None:
    code, said = call(kept, "--data", prepared.root, "--least", 5)
    assert code == 0, said
    assert {path.name for path in kept.parent.iterdir()} == {
        "predictions.npz", "groups.json", "groups.md", "groups_eight.png", "groups_eight.svg",
    }  # fmt: skip
    text = (kept.parent / "groups.json").read_text(encoding="utf-8")
    found = json.loads(text)
    assert list(found["columns"]) == [
        "subject", "brightness", "contrast", "sharpness", "face_size", "yaw", "roll",
    ]  # fmt: skip
    assert found["least"] == 5
    assert found["heads"]["eight"]["columns"]["brightness"]["unit"] == "subject"
    assert found["heads"]["eight"]["columns"]["subject"]["spread"] is not None
    assert "degrees that the head is turned aside" in said
    written = text + (kept.parent / "groups.md").read_text(encoding="utf-8") + said
    assert "Known Person" not in written
    assert str(prepared.root) not in text


def test_columns_are_chosen_by_name(kept: Path, prepared: PreparedSet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = call(
        kept, "--data", prepared.root, "--by", "label", "--by", "brightness", "--out", out
    )
    assert code == 0, said
    found = json.loads((out / "groups.json").read_text(encoding="utf-8"))
    assert list(found["columns"]) == ["label", "brightness"]
    label = found["heads"]["eight"]["columns"]["label"]
    assert label["small"] == {"groups": 8, "rows": 60, "names": list(EMOTIONS)}
    assert "label: not scored: 8 groups" in said


def test_a_run_and_a_file_write_beside_themselves(small_run: Path, tmp_path: Path) -> None:
    import shutil

    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    shutil.rmtree(run / "evaluation", ignore_errors=True)
    code, said = call(run, "--by", "contrast", "--least", 3)
    assert code == 0, said
    assert (run / "evaluation" / "drawn-test" / "groups.json").is_file()


def test_another_dataset_of_the_same_name_is_not_written_over(
    drawn_set: Path, tmp_path: Path
) -> None:
    model = Path(write_model(tmp_path / "tiny.onnx", describe()))
    words = (model, "--data", drawn_set, "--by", "contrast", "--least", 3)
    folder = tmp_path / "tiny-evaluation" / "drawn-test"
    folder.mkdir(parents=True)
    (folder / "metrics.json").write_text('{"data": {"sha256": "another"}}', encoding="utf-8")
    code, said = call(*words)
    assert code == 0, said
    assert not (folder / "groups.json").exists()
    sha256 = PreparedSet.open(drawn_set).sha256
    beside = folder.with_name(f"drawn-test-{sha256[:8]}")
    assert (beside / "groups.json").is_file()
    (folder / "metrics.json").write_text("no json", encoding="utf-8")
    assert call(*words)[0] == 0
    assert (folder / "groups.json").is_file()


def test_wrong_use_is_refused(kept: Path, prepared: PreparedSet, drawn_set: Path) -> None:
    root = prepared.root
    for words, code, said in (
        ([kept], 2, "--data DIR"),
        ([kept, "--data", drawn_set], 1, "are not in"),
        ([kept, "--data", root, "--by", "age"], 2, "unknown column 'age'; known: subject"),
        ([kept, "--data", root, "--by", "sequence"], 1, "makes no groups of these 60"),
        ([kept, "--data", root, "--least", 1], 2, "--least"),
        ([kept, "--data", root, "--by", "label", "--out", root], 2, "name another"),
        ([kept.parent / "none.npz", "--data", root], 1, "missing"),
    ):
        found, text = call(*words)
        assert (found, said in text) == (code, True), (words, text)
        assert "Traceback" not in text


def test_without_matplotlib_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, kept: Path, prepared: PreparedSet
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, said = call(kept, "--data", prepared.root)
    assert (code, '".[train]"' in said) == (2, True)

"""Bad input to the commands that evaluate: one line, the right exit code, nothing lost."""

from pathlib import Path

import numpy as np
import pytest
from inference.tiny_models import describe, write_model
from made_predictions import made
from made_sets import make, noise, picture
from typer.testing import CliRunner

pytest.importorskip("matplotlib")

from mien.cli.main import app
from mien.evaluation.stored import read_predictions, write_predictions

RUN = CliRunner()
WORK = {
    "evaluate": ("--resamples", "100"),
    "groups": ("--by", "brightness"),
    "errors": (),
    "robustness": ("--only", "jpeg", "--levels", "1"),
    "cross": (),
}


def call(*words: object, code: int = 0) -> str:
    result = RUN.invoke(app, [str(word) for word in words])
    said = " ".join(f"{result.stdout} {result.stderr}".split())
    assert result.exit_code == code, said
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return said


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(write_model(tmp_path / "tiny.onnx", describe()))


@pytest.fixture(scope="module")
def contempt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Faces labelled contempt, of which one head of the tiny model knows nothing."""
    pictures = [
        picture(f"c{n}", n, "contempt", "test", pixels=noise(n, 48) // (1 + n % 3))
        for n in range(8)
    ]
    root = tmp_path_factory.mktemp("contempt") / "set"
    return make(root, pictures, name="contempt", label_set="eight").root


@pytest.mark.parametrize("command", WORK)
def test_a_head_that_knows_none_of_the_labels_is_noted_and_the_others_scored(
    command: str, model: Path, contempt: Path, tmp_path: Path
) -> None:
    out = ("--out", tmp_path / "out")
    said = call(command, model, "--data", contempt, *WORK[command], *out)
    assert "not scored: fer2013, without a class of the labels in contempt test" in said
    assert "ferplus" in said


@pytest.mark.parametrize("command", WORK)
def test_a_place_that_cannot_be_written_to_is_refused_before_any_work(
    command: str, model: Path, contempt: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    before = sorted(contempt.rglob("*"))
    for out, reason in (
        (tmp_path / "file" / "deep", "expected a folder for the results"),
        (contempt / "deep", "a dataset that must stay as it is"),
    ):
        words = (command, model, "--data", contempt, *WORK[command], "--out", out)
        assert reason in call(*words, code=2)
    assert (tmp_path / "file").read_text() == "x"
    assert sorted(contempt.rglob("*")) == before


def test_a_dataset_without_the_split_says_what_it_has(model: Path, contempt: Path) -> None:
    for command, more in WORK.items():
        if command == "cross":
            continue
        said = call(command, model, "--data", contempt, "--split", "val", *more, code=1)
        assert "expected pictures in the val split, found none" in said
        assert "(readable ones: train 0, val 0, test 8)" in said


def test_a_negative_seed_is_wrong_use(model: Path, contempt: Path) -> None:
    words = ("robustness", model, "--data", contempt, "--rows", "2", "--seed", "-1")
    assert "--seed" in call(*words, code=2)


def test_names_in_a_file_lead_to_no_other_folder(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "peer.npz"
    write_predictions(made(14, dataset="../../away"), path)
    call("evaluate", path, "--resamples", "100")
    assert [p.name for p in tmp_path.iterdir()] == ["deep"]
    assert (tmp_path / "deep" / "peer-evaluation" / ".._.._away-test" / "metrics.json").is_file()


def test_import_writes_where_it_may(
    contempt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    peer = tmp_path / "peer.npz"
    ids = np.array([f"c{n}" for n in range(8)])
    np.savez(peer, ids=ids, classes=np.array(["contempt"]), probabilities=np.ones((8, 1)))
    words = ("predictions", "import", peer, "--data", contempt)
    assert "a name that ends in .npz" in call(*words, "--out", tmp_path / "x.csv", code=2)
    assert "must stay as it is" in call(*words, "--out", contempt / "x.npz", code=2)
    call(*words, "--name", "../../away")
    assert len(read_predictions(tmp_path / ".._.._away-contempt-test.npz")) == 8
    out = ("--out", tmp_path / "peer.npz" / "t.md")
    compare = ("predictions", "compare", peer, peer)
    assert "expected a folder for the results" in call(*compare, *out, code=2)

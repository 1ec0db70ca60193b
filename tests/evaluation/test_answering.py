"""Models that answer faces: a run and a file alike, and what is damaged."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from inference.tiny_models import describe, write_model

from mien.datasets.prepared import PreparedSet
from mien.errors import ModelFileError, RunError
from mien.evaluation.answering import open_model
from mien.evaluation.asked import rows_of
from mien.inference.recognizer import WEIGHTS
from mien.runs import sha256, write_json


@pytest.fixture(scope="module")
def drawn(drawn_set: Path) -> PreparedSet:
    return PreparedSet.open(drawn_set)


def test_a_file_answers_with_its_heads(drawn: PreparedSet) -> None:
    model = open_model(WEIGHTS)
    assert set(model.classes) == {"fer2013", "ferplus"}
    found = model.on(drawn, rows_of(drawn, "test"))
    assert found.origin.split == "test"
    assert found.origin.dataset_sha256 == drawn.sha256
    assert found.ids.tolist() == drawn.ids[drawn.split == "test"].tolist()
    assert found.heads["ferplus"].probabilities.sum(1) == pytest.approx(np.ones(len(found)))


def test_the_answers_of_a_run_do_not_depend_on_how_many_come_at_once(
    small_run: Path, drawn: PreparedSet
) -> None:
    model = open_model(small_run)
    faces = [drawn.pixels(row) for row in range(5)]
    together = model.probabilities(faces)["ferplus"]
    apart = np.concatenate([model.probabilities([face])["ferplus"] for face in faces])
    assert together == pytest.approx(apart, abs=1e-5)
    assert model.name == "small"


def test_a_calibrated_run_answers_with_its_temperature(small_run: Path, drawn: PreparedSet) -> None:
    faces = [drawn.pixels(row) for row in range(5)]
    plain = open_model(small_run).probabilities(faces)["ferplus"]
    path = small_run / "calibration.json"
    before = path.read_text() if path.exists() else None
    fitted = {"model_sha256": sha256(small_run / "best.safetensors"), "n": 20}
    entry = {"temperature": 2.0, "conformal": {"lac": {"0.9": 0.8}}, "fitted_on": fitted}
    write_json(path, {"ferplus": entry | {"uncertain": {"below": 0.5, "error": 0.1}}})
    try:
        softer = open_model(small_run).probabilities(faces)["ferplus"]
    finally:
        path.unlink() if before is None else path.write_text(before)
    assert softer.argmax(1).tolist() == plain.argmax(1).tolist()
    if before is None:
        assert softer == pytest.approx(plain**0.5 / (plain**0.5).sum(1, keepdims=True), abs=1e-5)


def test_a_damaged_calibration_is_no_hindrance_to_a_new_one(
    small_run: Path, drawn: PreparedSet, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    (run / "calibration.json").write_text("{")
    with pytest.raises(RunError, match=r"calibration\.json: expected"):
        open_model(run)
    assert open_model(run, calibrated=False).fitted == {}


def test_a_file_with_a_damaged_calibration_is_refused_but_can_be_calibrated(
    tmp_path: Path,
) -> None:
    about = describe()
    about["heads"]["ferplus"] |= {"conformal": {"lac": {"0.9": 0.5}}, "fitted_on": {"n": "many"}}
    path = tmp_path / "m.onnx"
    write_model(path, about)
    with pytest.raises(ModelFileError, match=r"m\.onnx: head ferplus: fitted_on: expected n"):
        open_model(path)
    assert open_model(path, calibrated=False).fitted == {}


def test_a_temperature_without_a_record_of_its_rows_is_taken_too(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    write_model(path, describe())
    assert open_model(path).temperature("fer2013") == 2
    assert open_model(path).temperature("ferplus") == 1


def test_a_run_with_a_damaged_record_of_its_data_is_refused(
    small_run: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    write_json(run / "data.json", {"framing": [1]})
    with pytest.raises(RunError, match=r"data\.json: framing: expected an object, found \[1\]"):
        open_model(run, calibrated=False)


def test_what_is_no_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no such model file"):
        open_model(tmp_path / "none.onnx")
    with pytest.raises(RunError, match="expected a run folder"):
        open_model(tmp_path)

"""Models that answer faces: a run and a file alike, kept answers, and what is missing."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from inference.tiny_models import describe, write_model
from made_predictions import made
from made_sets import make, picture

from mien.datasets.prepared import PreparedSet
from mien.errors import DataError, ModelFileError, PreparedDataError, RunError, UsageError
from mien.evaluation.answering import (
    dataset_of,
    framing_note,
    open_model,
    predictions_of,
    rows_of,
    unscored_note,
)
from mien.inference.recognizer import WEIGHTS
from mien.runs import read_json, sha256, write_json


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


def test_kept_answers_are_taken_only_if_they_are_of_these_weights(
    small_run: Path, drawn: PreparedSet
) -> None:
    found, prepared = predictions_of(small_run)
    assert prepared.sha256 == drawn.sha256
    folder = small_run / "evaluation" / "drawn-test-kept"
    assert (found.origin.split, len(found)) == ("test", 24)
    marked = found.heads["ferplus"].probabilities.copy()
    marked[:] = 1 / marked.shape[1]
    from dataclasses import replace

    def keep(**changes: str) -> None:
        heads = {"ferplus": replace(found.heads["ferplus"], probabilities=marked)}
        origin = replace(found.origin, **changes)
        replace(found, heads=heads, origin=origin).save(folder / "predictions.npz")

    try:
        for path in (small_run / "evaluation").glob("drawn-test/predictions.npz"):
            path.rename(path.with_suffix(".aside"))
        keep()
        taken = predictions_of(small_run)[0].heads["ferplus"].probabilities
        keep(model_sha256="of other weights")
        made_anew = predictions_of(small_run)[0].heads["ferplus"].probabilities
    finally:
        (folder / "predictions.npz").unlink()
        folder.rmdir()
        for path in (small_run / "evaluation").glob("drawn-test/predictions.aside"):
            path.rename(path.with_suffix(".npz"))
    assert np.array_equal(taken, marked)
    assert not np.array_equal(made_anew, marked)


def test_predictions_need_the_dataset_they_are_of(
    small_run: Path, drawn_set: Path, tmp_path: Path
) -> None:
    found, _ = predictions_of(small_run)
    found.save(tmp_path / "predictions.npz")
    again, prepared = predictions_of(tmp_path / "predictions.npz", drawn_set)
    assert again.ids.tolist() == found.ids.tolist()
    assert len(prepared) == 240
    with pytest.raises(UsageError, match="--data DIR"):
        predictions_of(tmp_path / "predictions.npz")
    other = make(tmp_path / "other", [picture("a", 0, split="test")])
    with pytest.raises(DataError, match="24 of 24 pictures are not in"):
        predictions_of(tmp_path / "predictions.npz", other.root)


def test_what_is_no_model_or_has_no_pictures_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no such model file"):
        open_model(tmp_path / "none.onnx")
    with pytest.raises(RunError, match="expected a run folder"):
        open_model(tmp_path)
    with pytest.raises(UsageError, match="--data DIR"):
        dataset_of(open_model(WEIGHTS), None)
    prepared = make(tmp_path / "set", [picture("a", 0)])
    with pytest.raises(PreparedDataError, match="pictures in the test split, found none"):
        rows_of(prepared, "test")
    assert rows_of(prepared, "all").tolist() == [0]


def test_a_note_where_faces_were_cut_out_otherwise(drawn: PreparedSet) -> None:
    assert framing_note(drawn, "crop") == ""
    assert "turned upright, those of drawn were prepared as they stood" in framing_note(
        drawn, "align"
    )


def test_the_run_says_which_dataset_it_learnt(small_run: Path, drawn_set: Path) -> None:
    model = open_model(small_run)
    assert model.learnt == drawn_set
    assert read_json(small_run / "data.json")["sha256"] == dataset_of(model, None).sha256


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


def test_heads_that_were_not_scored_are_named() -> None:
    predictions = made(14)
    assert unscored_note(predictions, ["fer2013"]) == ""
    said = "not scored: fer2013, without a class of the labels in made test"
    assert unscored_note(predictions, []) == said

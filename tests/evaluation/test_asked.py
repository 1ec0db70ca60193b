"""What a model is asked for: kept answers, rows of a split, and what is missing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_sets import make, picture

from mien.datasets.prepared import PreparedSet
from mien.errors import DataError, PreparedDataError, UsageError
from mien.evaluation.answering import open_model
from mien.evaluation.asked import dataset_of, predictions_of, rows_of
from mien.evaluation.stored import write_predictions
from mien.inference.recognizer import WEIGHTS
from mien.runs import read_json


@pytest.fixture(scope="module")
def drawn(drawn_set: Path) -> PreparedSet:
    return PreparedSet.open(drawn_set)


def test_kept_answers_are_taken_only_if_they_are_of_these_weights(
    small_run: Path, drawn: PreparedSet
) -> None:
    found, prepared = predictions_of(small_run)
    assert prepared.sha256 == drawn.sha256
    folder = small_run / "evaluation" / "drawn-test-kept"
    assert (found.origin.split, len(found)) == ("test", 24)
    marked = found.heads["ferplus"].probabilities.copy()
    marked[:] = 1 / marked.shape[1]

    def keep(**changes: str) -> None:
        heads = {"ferplus": replace(found.heads["ferplus"], probabilities=marked)}
        origin = replace(found.origin, **changes)
        write_predictions(replace(found, heads=heads, origin=origin), folder / "predictions.npz")

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
    write_predictions(found, tmp_path / "predictions.npz")
    again, prepared = predictions_of(tmp_path / "predictions.npz", drawn_set)
    assert again.ids.tolist() == found.ids.tolist()
    assert len(prepared) == 240
    with pytest.raises(UsageError, match="--data DIR"):
        predictions_of(tmp_path / "predictions.npz")
    other = make(tmp_path / "other", [picture("a", 0, split="test")])
    with pytest.raises(DataError, match="24 of 24 pictures are not in"):
        predictions_of(tmp_path / "predictions.npz", other.root)


def test_what_has_no_dataset_or_no_pictures_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--data DIR"):
        dataset_of(open_model(WEIGHTS), None)
    prepared = make(tmp_path / "set", [picture("a", 0)])
    with pytest.raises(PreparedDataError, match="pictures in the test split, found none"):
        rows_of(prepared, "test")
    assert rows_of(prepared, "all").tolist() == [0]


def test_the_run_says_which_dataset_it_learnt(small_run: Path, drawn_set: Path) -> None:
    model = open_model(small_run)
    assert model.learnt == drawn_set
    assert read_json(small_run / "data.json")["sha256"] == dataset_of(model, None).sha256

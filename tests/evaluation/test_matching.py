"""Predictions row by row: in their dataset, beside another model's, and part after part."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_predictions import VOTES, made
from made_sets import make, picture

from mien.errors import DataError
from mien.evaluation.matching import joined, paired, rows_in


def test_rows_of_another_dataset_are_refused_with_counts_and_ids(tmp_path: Path) -> None:
    prepared = make(tmp_path / "set", [picture("made-000", 0, "anger", "test")])
    with pytest.raises(DataError, match=r"59 of 60 pictures are not in .*\(made-001, made-002"):
        rows_in(made(), prepared)
    other = make(tmp_path / "other", [picture("made-000", 0, "fear", "test")])
    with pytest.raises(DataError, match=r"1 of 1 pictures have another label in .*\(made-000\)"):
        rows_in(made(1), other)


def test_two_models_are_put_in_one_order() -> None:
    first, second = made(), made(seed=1, model="theirs")
    shuffled = second.at(np.random.default_rng(0).permutation(60))
    one, other = paired(first, shuffled)
    assert one is first
    assert other.ids.tolist() == first.ids.tolist()
    assert np.array_equal(
        other.heads["fer2013"].probabilities, second.heads["fer2013"].probabilities
    )


def test_models_that_answered_other_rows_are_not_paired() -> None:
    first, second = made(), made(model="theirs")
    with pytest.raises(DataError, match=r"ours and theirs .*2 of 60 .*no answer of theirs"):
        paired(first, second.at(np.arange(58)))
    with pytest.raises(DataError, match=r"2 of 60 pictures have no answer of ours \(made-058"):
        paired(first.at(np.arange(58)), second)
    labels = second.labels.copy()
    labels[7] = (labels[7] + 3) % 8 or 4
    with pytest.raises(DataError, match=r"1 of 60 pictures have two different labels \(made-007"):
        paired(first, replace(second, labels=labels))


def test_parts_are_joined_in_their_order() -> None:
    whole = made(votes=VOTES)
    found = joined([whole.at(np.arange(40)), whole.at(np.arange(40, 60))])
    for name in ("ids", "labels", "votes", "copy_in_train", "subjects"):
        assert np.array_equal(getattr(found, name), getattr(whole, name)), name
    assert np.array_equal(
        found.heads["fer2013"].probabilities, whole.heads["fer2013"].probabilities
    )

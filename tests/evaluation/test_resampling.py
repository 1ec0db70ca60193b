"""Resamples as weights: what is drawn, how often, and what an interval is."""

import numpy as np
import pytest

from mien.errors import DataError
from mien.evaluation.sampling import resampling
from mien.evaluation.sampling.resampling import (
    FEWEST,
    clusters,
    interval,
    too_few,
    unit,
    weights,
)


def _all(*args: object) -> np.ndarray:
    return np.concatenate(list(weights(*args)))  # type: ignore[arg-type]


def test_each_picture_is_a_cluster_where_nobody_is_known() -> None:
    for groups in (None, np.array(["", "", ""])):
        places, count = clusters(groups, 3)
        assert sorted(places.tolist()) == [0, 1, 2]
        assert count == 3
        assert unit(groups) == "picture"


def test_a_person_is_a_cluster_and_a_picture_of_nobody_is_one_too() -> None:
    groups = np.array(["b", "", "a", "b", ""])
    places, count = clusters(groups, 5)
    assert count == 4
    assert places[0] == places[3]
    assert len(set(places.tolist())) == 4
    assert unit(groups) == "subject"
    assert clusters(np.array(["b", "a", "b"]), 3)[0].tolist() == [1, 0, 1]


def test_each_resample_draws_as_many_pictures_as_there_are() -> None:
    found = _all(None, 40, 500, 0)
    assert found.shape == (500, 40)
    assert found.dtype == np.float64
    assert (found.sum(axis=1) == 40).all()
    assert found.mean() == 1.0
    assert found.var() == pytest.approx(1 - 1 / 40, abs=0.03)  # multinomial: n p (1 - p)


def test_all_rows_of_a_person_are_drawn_together() -> None:
    groups = np.array(["a", "b", "a", "", "b", "a"])
    found = _all(groups, 6, 200, 0)
    assert (found[:, 0] == found[:, 2]).all()
    assert (found[:, 0] == found[:, 5]).all()
    assert (found[:, 1] == found[:, 4]).all()
    assert (found[:, [0, 1, 3]].sum(axis=1) == 3).all()  # three clusters, drawn three times
    assert set(found.sum(axis=1).tolist()) > {6.0}


def test_the_seed_decides_and_the_size_of_a_block_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = np.array(["a", "b", "a", "c", ""])
    whole = _all(groups, 5, 50, 3)
    monkeypatch.setattr(resampling, "CELLS", 35)
    blocks = list(weights(groups, 5, 50, 3))
    assert [len(block) for block in blocks] == [7] * 7 + [1]
    assert (np.concatenate(blocks) == whole).all()
    assert (_all(groups, 5, 50, 4) != whole).any()


def test_a_block_stays_small_however_many_rows_there_are() -> None:
    block = next(weights(None, resampling.CELLS * 2, 1000, 0))
    assert block.shape == (1, resampling.CELLS * 2)


def test_an_interval_is_of_percentiles() -> None:
    low, high = interval(np.arange(1001) / 1000) or (0, 0)
    assert (low, high) == (pytest.approx(0.025), pytest.approx(0.975))
    assert interval(np.arange(1001) / 1000, 0.5) == [pytest.approx(0.25), pytest.approx(0.75)]


def test_undefined_resamples_do_not_count() -> None:
    assert interval(np.array([np.nan, 0.5, np.nan, 0.5])) == [0.5, 0.5]
    assert interval(np.array([np.nan, np.nan])) is None


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(DataError, match=r"\(0 rows\), found none"):
        clusters(None, 0)
    with pytest.raises(DataError, match=r"\(3 rows\), found \[2\]"):
        clusters(np.array(["a", "b"]), 3)
    with pytest.raises(DataError, match="at least one resample, found 0"):
        next(weights(None, 3, 0, 0))


def test_fewer_than_five_people_are_too_few_and_five_pictures_are_not() -> None:
    for count in range(1, 8):
        people = np.array([f"s{i % count}" for i in range(21)])
        assert too_few(people, 21) == (count < FEWEST), count
    assert not too_few(None, 1)
    assert not too_few(np.array(["", ""]), 2)
    assert not too_few(np.array(["a", "", "", "", ""]), 5)  # nobody knows that these are one

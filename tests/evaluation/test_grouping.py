"""Numbers cut into groups."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mien.evaluation.groups.grouping import BINS, cut


def test_quarters_by_hand() -> None:
    column = cut("height", np.arange(1.0, 101))
    assert column.edges == (25.75, 50.5, 75.25)
    assert column.groups == ("to 25.8", "over 25.8 to 50.5", "over 50.5 to 75.2", "over 75.2")
    assert np.bincount(column.of).tolist() == [25, 25, 25, 25]
    assert (column.of[24], column.of[25]) == (0, 1)
    assert column.missing is None


def test_a_value_on_an_edge_is_in_the_group_below() -> None:
    values = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9])
    column = cut("height", values)
    assert column.edges == (3, 5, 7)
    assert column.of.tolist() == [0, 0, 0, 1, 1, 2, 2, 3, 3]


def test_few_values_have_a_group_each() -> None:
    column = cut("channels", np.array([3.0, 1, 3, np.nan]), "nobody knows")
    assert (column.groups, column.edges) == (("1", "3", "nobody knows"), None)
    assert column.of.tolist() == [1, 0, 1, 2]
    assert column.missing is None  # only the two words that columns have for it


def test_rows_without_a_value_are_the_last_group() -> None:
    values = np.arange(20.0)
    values[[3, 7]] = np.nan
    column = cut("yaw", values, "no landmarks", "degrees")
    assert (column.missing, column.how) == (4, "degrees")
    assert np.flatnonzero(column.of == 4).tolist() == [3, 7]


def test_quantiles_that_fall_together_make_fewer_groups() -> None:
    values = np.concatenate([np.zeros(80), np.arange(1.0, 21)])
    column = cut("height", values)
    assert column.edges == (0,)
    assert np.bincount(column.of).tolist() == [80, 20]
    top = cut("height", np.concatenate([np.full(80, 30.0), np.arange(1.0, 21)]))
    assert top.edges == (20,)
    assert np.bincount(top.of).tolist() == [20, 80]


def test_edges_close_together_have_different_names() -> None:
    column = cut("brightness", 100 + np.linspace(0, 1e-3, 40))
    assert len(set(column.groups)) == BINS
    assert len(column.groups[0]) == len("to 100.0002")
    wide = cut("height", np.linspace(1e5, 9e5, 50))
    assert wide.groups[0] == "to 300,000"


def test_a_unit_stands_behind_rough_numbers() -> None:
    column = cut("yaw", np.linspace(0, 12.34, 100), unit="°")
    assert column.groups == ("to 3.1°", "over 3.1 to 6.2°", "over 6.2 to 9.3°", "over 9.3°")
    few = cut("face_size", np.array([1.0, 2.0, 2.0]), unit=" px")
    assert few.groups == ("1 px", "2 px")


@given(arrays(np.float64, st.integers(9, 60), elements=st.floats(-1e6, 1e6, width=32), unique=True))
def test_groups_are_in_order_and_about_as_large(values: np.ndarray) -> None:
    column = cut("height", values)
    assert len(column.groups) == BINS
    assert np.all(np.diff(column.of[np.argsort(values)]) >= 0)
    counts = np.bincount(column.of, minlength=BINS)
    assert counts.max() - counts.min() <= 2
    assert counts.sum() == len(values)


def test_nothing_known_is_one_group() -> None:
    column = cut("votes_fear", np.full(5, np.nan))
    assert (column.groups, column.of.tolist()) == (("not known",), [0] * 5)
    assert column.edges is None


def test_names_of_numbers() -> None:
    assert cut("x", np.array([0.5, 2.0])).groups == ("0.5", "2")

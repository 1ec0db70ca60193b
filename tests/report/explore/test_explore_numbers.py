"""Numbers of an exploration: cases worked by hand, and independent ways to the same number."""

import ast
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.datasets.audit import group_ids
from mien.emotions import EMOTIONS
from mien.report.explore import material as material_module
from mien.report.explore.material import sampled
from mien.report.explore.numbers import measured as measured_module
from mien.report.explore.numbers.classes import counted, distances, frequent
from mien.report.explore.numbers.copies import copies
from mien.report.explore.numbers.measured import common_side, measure
from mien.report.explore.numbers.pictures import (
    Histogram,
    Sums,
    apart,
    extremes,
    levels,
    sharpness,
    spreads,
)
from mien.report.explore.numbers.votes import NO_MAJORITY, against, entropy

RNG = np.random.default_rng(0)
FOLDER = Path(material_module.__file__).parent


def test_classes_are_counted_by_split_and_empty_ones_are_left_out() -> None:
    split = np.array(["train", "train", "test", "train", ""])
    found = counted(split, np.array([2, 0, 2, -1, 2]), ("train", "val", "test"), ("a", "b", "c"))
    assert found.splits == ("train", "test")
    assert found.classes == ("a", "c")
    assert found.table.tolist() == [[1, 1], [0, 1]]
    assert found.shares.tolist() == [[0.5, 0.5], [0, 1]]


def test_nothing_to_count_gives_nothing() -> None:
    found = counted(np.array(["train"]), np.array([-1]), ("train",), ("a",))
    assert found.splits == found.classes == ()


def test_the_distance_of_two_splits_by_hand() -> None:
    """Shares 1/2, 1/2 against 3/4, 1/4: a quarter would have to change."""
    (pair,) = distances(np.array([[10, 10], [30, 10]]))
    assert (pair.first, pair.second, pair.distance) == (0, 1, pytest.approx(0.25))


def test_splits_without_a_class_in_common_are_one_apart_and_come_first() -> None:
    pairs = distances(np.array([[5, 5], [6, 4], [0, 9], [9, 0]]))
    assert (pairs[0].first, pairs[0].second, pairs[0].distance) == (2, 3, 1.0)
    assert [p.distance for p in pairs] == sorted((p.distance for p in pairs), reverse=True)


def test_the_distance_by_chance_is_what_random_splits_have() -> None:
    share = np.array([0.5, 0.3, 0.15, 0.05])
    first, second = RNG.multinomial(900, share, 4000), RNG.multinomial(300, share, 4000)
    drawn = np.abs(first / 900 - second / 300).sum(1).mean() / 2
    (pair,) = distances(np.array([900 * share, 300 * share]).astype(np.int64))
    assert pair.by_chance == pytest.approx(drawn, rel=0.03)


def test_the_most_frequent_values_come_first_and_the_rest_is_summed() -> None:
    assert frequent(["b", "a", "c", "b", "a", "d"], 2) == ([("a", 2), ("b", 2)], 2)


def test_sharpness_of_a_board_by_hand() -> None:
    """On a chessboard of 0 and 2 each Laplacian is ±8: variance 64 over the variance 1."""
    board = (np.indices((1, 6, 6)).sum(0) % 2 * 2).astype(np.uint8)
    assert sharpness(board).tolist() == [64]


def test_sharpness_agrees_with_opencv_and_ignores_light() -> None:
    faces = RNG.integers(0, 100, (4, 20, 20), dtype=np.uint8)
    for face, found in zip(faces, sharpness(faces), strict=True):
        inner = cv2.Laplacian(face, cv2.CV_64F)[1:-1, 1:-1]
        assert found == pytest.approx(inner.var() / face.var())
    assert np.allclose(sharpness(faces), sharpness(2 * faces + 30))


def test_blur_lowers_sharpness_and_constant_pictures_have_none() -> None:
    face = RNG.integers(0, 256, (24, 24), dtype=np.uint8)
    blurred = cv2.GaussianBlur(face, (5, 5), 1)
    flat = np.full((24, 24), 9, np.uint8)
    values = sharpness(np.stack([face, blurred, flat]))
    assert values[0] > 3 * values[1] > 0
    assert values[2] == 0


def test_mean_and_deviation_faces_are_exact_over_chunks() -> None:
    faces = RNG.integers(0, 256, (7, 5, 5), dtype=np.uint8)
    sums = Sums(5)
    for part in (faces[:3], faces[3:3], faces[3:]):
        sums.add(part)
    assert sums.n == 7
    assert np.allclose(sums.mean, faces.mean(0), atol=1e-12)
    assert np.allclose(sums.deviation, faces.std(0), atol=1e-9)


def test_one_picture_deviates_by_nothing_and_no_picture_is_no_error() -> None:
    sums = Sums(2)
    assert not sums.mean.any()
    sums.add(np.full((1, 2, 2), 201, np.uint8))
    assert sums.mean.tolist() == [[201, 201], [201, 201]]
    assert not sums.deviation.any()


def test_levels_and_their_percentiles_by_hand() -> None:
    histogram = Histogram(levels(np.array([[[0, 0], [7, 255]]], np.uint8)))
    assert histogram.shares[[0, 7, 255]].tolist() == [0.5, 0.25, 0.25]
    assert [histogram.level(s) for s in (0.05, 0.5, 0.51, 0.75, 0.95)] == [0, 0, 7, 7, 255]


def test_spreads_are_percentiles_of_each_class() -> None:
    table = spreads(np.arange(101.0), np.array([0] * 101), 2)
    assert table[0].tolist() == [5, 25, 50, 75, 95]
    assert np.isnan(table[1]).all()


def test_mean_faces_are_compared_pixel_by_pixel() -> None:
    table = apart([np.zeros((2, 2)), np.array([[1.0, 1], [3, 3]])])
    assert table.tolist() == [[0, 2], [2, 0]]


def test_extremes_take_each_picture_once_and_only_allowed_ones() -> None:
    values, groups = np.array([3.0, 1, 1, 0, 2]), np.array([0, 1, 1, 3, 4])
    allowed = np.array([True, True, True, False, True])
    assert extremes(values, groups, 3, allowed).tolist() == [1, 4, 0]
    assert extremes(-values, groups, 1, allowed).tolist() == [0]
    assert extremes(values, groups, 3, ~allowed & False).tolist() == []


def test_entropy_by_hand() -> None:
    rows = np.zeros((4, 10), np.int64)
    rows[0, 3] = 10
    rows[1, [0, 9]] = 5
    rows[2] = 1
    found = entropy(rows)
    assert found[:3].tolist() == pytest.approx([0, 1, np.log2(10)])
    assert str(found[0]) == "0.0"  # and not -0.0
    assert np.isnan(found[3])


def test_entropy_agrees_with_the_definition() -> None:
    votes = RNG.integers(0, 4, (30, 10))
    shares = votes / votes.sum(1, keepdims=True)
    expected = [-sum(p * np.log2(p) for p in row if p) for row in shares]
    assert np.allclose(entropy(votes), expected)


def test_labels_against_majorities_by_hand() -> None:
    votes = np.zeros((5, 10), np.int64)
    votes[0, [0, 5]] = 8, 2  # anger
    votes[1, [0, 5]] = 3, 7  # neutral
    votes[2, [0, 5]] = 5, 5  # none
    votes[3, 0] = 10  # but without a label
    table = against(np.array([0, 0, 0, -1, 4]), votes)
    assert table.shape == (8, 9)
    assert table.sum() == 3
    assert (table[0, 0], table[0, 5], table[0, NO_MAJORITY]) == (1, 1, 1)


def test_copies_by_hand() -> None:
    """a a a in train, train and test; b b in val; c alone; one unreadable."""
    hashes = np.array([b"a", b"b", b"a", b"c", b"a", b"b", b""])
    split = np.array(["train", "val", "train", "train", "test", "val", "train"])
    labels = np.array([0, 1, 0, 2, 3, 1, -1])
    found = copies(group_ids(hashes), split, labels, ("train", "val", "test"), 5)
    assert found.sizes.tolist() == [3, 2]
    assert found.copied == 5
    assert found.across.tolist() == [[2, 0, 2], [0, 2, 0], [1, 0, 0]]
    assert found.held.tolist() == [3, 2, 1]
    assert [rows.tolist() for rows in found.shown] == [[0, 2, 4], [1, 5]]


def test_groups_with_different_labels_are_shown_before_larger_ones() -> None:
    groups = np.array([0, 0, 0, 3, 3, 5, 5])
    labels = np.array([1, 1, 1, 2, 4, 5, 6])
    found = copies(groups, np.array(["train"] * 7), labels, ("train",), 2)
    assert [rows.tolist() for rows in found.shown] == [[3, 4], [5, 6]]


def test_no_copies_is_no_error() -> None:
    found = copies(np.arange(3), np.array(["train"] * 3), np.zeros(3, int), ("train",), 3)
    assert found.sizes.tolist() == []
    assert found.shown == ()


def test_measures_are_of_the_picture_at_its_own_size() -> None:
    colour = RNG.integers(0, 256, (30, 70, 3), dtype=np.uint8)
    grey = RNG.integers(0, 256, (64, 50), dtype=np.uint8)
    found = measure([colour, grey], np.array([0, 7]), 48)
    luma = colour @ np.array([0.299, 0.587, 0.114])
    assert found.brightness == pytest.approx([luma.mean(), grey.mean()], abs=0.6)
    assert found.contrast == pytest.approx([luma.std(), grey.std()], abs=0.6)
    assert found.sums[7].n == found.sums[0].n == 1
    assert found.histograms["none"].counts.sum() == 2 * 48 * 48


def test_measuring_in_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = list(RNG.integers(0, 256, (11, 48, 48), dtype=np.uint8))
    labels = np.arange(11) % 3
    whole = measure(faces, labels, 48)
    monkeypatch.setattr(measured_module, "CHUNK", 4)
    parts = measure(iter(faces), labels, 48)
    assert np.array_equal(whole.sharpness, parts.sharpness)
    assert [s.n for s in parts.sums[:3]] == [4, 4, 3]
    for k in range(len(EMOTIONS)):
        assert np.array_equal(whole.sums[k].second, parts.sums[k].second)
    for name, histogram in whole.histograms.items():
        assert np.array_equal(histogram.counts, parts.histograms[name].counts)


@pytest.mark.parametrize(
    ("sizes", "side"),
    [
        ([[48, 48, 1], [48, 48, 3]], 48),
        ([[24, 24, 1]], 24),
        ([[100, 100, 3]], 48),
        ([[8, 8, 1]], 48),
        ([[48, 40, 1]], 48),
        ([[24, 24, 1], [30, 30, 1]], 48),
    ],
)
def test_pictures_are_compared_at_their_own_side_where_it_is_one(
    sizes: list[list[int]], side: int
) -> None:
    assert common_side(np.array(sizes)) == side


def test_only_large_sets_are_sampled_and_always_in_the_same_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = np.full((30, 3), (10, 10, 1))
    monkeypatch.setattr(material_module, "SAMPLE", 12)
    assert sampled(sizes).tolist() == list(range(30))
    monkeypatch.setattr(material_module, "LARGE", 2999)
    rows = sampled(sizes)
    assert len(rows) == len(set(rows.tolist())) == 12
    assert rows.tolist() == sorted(rows.tolist()) == sampled(sizes).tolist()
    assert sampled(sizes[:12]).tolist() == list(range(12))


@pytest.mark.parametrize("path", sorted((FOLDER / "numbers").glob("*.py")), ids=lambda p: p.stem)
def test_numbers_need_only_numpy_and_the_foundation(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    froms = [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module]
    plain = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    top = {name.split(".")[0] for name in (*froms, *plain)}
    assert top - set(sys.stdlib_module_names) <= {"numpy", "mien"}
    assert not [name for name in froms if name.startswith("mien.datasets.prepared")]

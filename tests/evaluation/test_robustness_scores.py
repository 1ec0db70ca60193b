"""Numbers of a grid by hand, and errors relative to a baseline."""

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from made_grids import answers
from sklearn.metrics import f1_score

from mien.errors import DataError
from mien.evaluation.answers import Answers
from mien.evaluation.robustness import (
    Answered,
    Grid,
    check,
    compare,
    header,
    numbers,
    result,
)

GRID = Grid.of(["noise", "jpeg"], "1,2")
CLEAN = [1] * 9 + [0]
CELLS = [[1] * 8 + [0] * 2, [1] * 5 + [0] * 5, [1] * 9 + [0], [1] * 7 + [0] * 3]
"""Right and wrong on ten pictures: noise 1, noise 2, JPEG 1, JPEG 2."""


def official(right: list[list[int]] = [CLEAN, *CELLS], **more: Any) -> dict[str, Any]:  # noqa: B006
    return numbers(answers(right, GRID, **more), GRID)["seven"]["seven"]["official"]


def test_scores_by_hand() -> None:
    found = official()
    assert found["n"] == 10
    assert found["unit"] == "picture"
    assert found["clean"]["accuracy"] == pytest.approx(0.9)
    shares = {
        n: [one["accuracy"] for one in levels.values()] for n, levels in found["cells"].items()
    }
    assert shares == {"noise": pytest.approx([0.8, 0.5]), "jpeg": pytest.approx([0.9, 0.7])}
    lost = {
        n: [one["drop_points"] for one in levels.values()] for n, levels in found["cells"].items()
    }
    assert lost == {"noise": pytest.approx([10, 40]), "jpeg": pytest.approx([0, 20])}
    assert found["corruptions"]["noise"]["accuracy"] == pytest.approx(0.65)
    assert found["corruptions"]["jpeg"]["drop_points"] == pytest.approx(10)
    assert found["levels"]["2"]["accuracy"] == pytest.approx(0.6)
    assert found["mean"]["drop_points"] == pytest.approx(17.5)
    assert list(found["cells"]["noise"]) == ["1", "2"]


def test_macro_f1_is_that_of_scikit_learn() -> None:
    true = np.arange(10) % 7
    answer = np.where(np.array(CELLS[1]) == 1, true, (true + 1) % 7)
    expected = f1_score(true, answer, labels=range(7), average="macro", zero_division=0)
    assert official()["cells"]["noise"]["2"]["macro_f1"] == pytest.approx(expected)


def test_clean_and_corrupted_answers_are_drawn_together() -> None:
    rng = np.random.default_rng(0)
    clean = (rng.random(400) < 0.7).astype(int)
    worse = clean * (rng.random(400) < 0.9)
    grid = Grid.of(["noise"], "1")
    found = numbers(answers([clean.tolist(), worse.tolist()], grid), grid)
    noise = found["seven"]["seven"]["official"]["cells"]["noise"]["1"]
    lost = clean - worse
    around = 1.96 * 100 * lost.std() / 20  # of the paired difference
    low, high = noise["drop_interval"]
    assert low < noise["drop_points"] < high
    assert high - low == pytest.approx(2 * around, rel=0.1)
    apart = noise["interval"][1] - noise["interval"][0]
    assert 100 * apart > 1.5 * (high - low)


def test_pictures_of_one_person_are_drawn_together() -> None:
    right = [1] * 40 + [0] * 40
    grid = Grid.of(["noise"], "1")
    widths = []
    for subjects in ([], [f"s{i // 10}" for i in range(80)]):
        found = numbers(answers([[1] * 80, right], grid, subjects), grid)
        numbers_ = found["seven"]["seven"]["official"]
        low, high = numbers_["cells"]["noise"]["1"]["interval"]
        widths.append(high - low)
    assert numbers_["unit"] == "subject"
    assert widths[1] > 2.5 * widths[0]


def test_fewer_than_five_people_give_scores_without_intervals() -> None:
    grid = Grid.of(["noise"], "1")
    right = [1] * 15 + [0] * 6
    for count, sure in ((1, False), (4, False), (5, True)):
        people = [f"s{i % count}" for i in range(21)]
        found = numbers(answers([[1] * 21, right], grid, people), grid)["seven"]["seven"]
        report = found["official"]
        assert report["unit"] == "subject"
        assert report["mean"]["drop_points"] == pytest.approx(100 * 6 / 21)
        for one in (report["clean"], report["mean"], report["cells"]["noise"]["1"]):
            assert (one["interval"] is not None) == sure
        assert (report["mean"]["drop_interval"] is not None) == sure


def test_rows_with_a_copy_in_training_are_left_out_of_dedup() -> None:
    found = numbers(answers([CLEAN, *CELLS], GRID, copies=[True] * 5 + [False] * 5), GRID)
    dedup = found["seven"]["seven"]["dedup"]
    assert dedup["n"] == 5
    assert dedup["clean"]["accuracy"] == pytest.approx(0.8)
    assert dedup["cells"]["noise"]["2"]["accuracy"] == 0


def test_classes_that_the_labels_lack_are_masked_on_corrupted_pictures_too() -> None:
    made = answers([CLEAN, *CELLS], GRID)
    seven = made.clean.heads["seven"]
    eight = (*seven.classes[:1], "contempt", *seven.classes[1:])  # the favourite answer: 0.6

    def widened(values: np.ndarray) -> np.ndarray:
        return np.insert(values * 0.4, 1, 0.6, axis=1).astype(values.dtype)

    clean = replace(made.clean, heads={"eight": Answers(eight, widened(seven.probabilities))})
    cells = {cell: {"eight": widened(one["seven"])} for cell, one in made.cells.items()}
    found = numbers(Answered(clean, 0, cells), GRID)["eight"]["seven"]["official"]
    for key in ("clean", "cells", "mean"):
        assert found[key] == official()[key]


def test_a_head_that_shares_no_class_with_the_labels_has_no_scores() -> None:
    made = answers([CLEAN, *CELLS], GRID)
    contempt = Answers(("contempt",), np.ones((10, 1), np.float32))
    heads = {**made.clean.heads, "odd": contempt}
    cells = {cell: {**one, "odd": np.ones((10, 1), np.float32)} for cell, one in made.cells.items()}
    assert set(numbers(Answered(replace(made.clean, heads=heads), 0, cells), GRID)) == {"seven"}


def test_a_cell_without_answers_is_refused() -> None:
    made = answers([CLEAN, *CELLS], GRID)
    with pytest.raises(DataError, match=r"1 cells have no answers \(shift at level 3"):
        numbers(made, Grid.of(["shift"], "3"))


def record(right: list[list[int]], model: str = "made", grid: Grid = GRID) -> dict[str, Any]:
    return result(answers(right, grid, model=model), grid, False)


OURS = record([CLEAN, *CELLS])
WORSE = record([[1] * 6 + [0] * 4, *([1] * 4 + [0] * 6 for _ in range(4))], "worse")


def relative(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    found = compare(ours, theirs)["heads"]["seven"]["seven"]["official"]
    return dict(found)


def test_corruption_errors_by_hand() -> None:
    found = relative(OURS, WORSE)
    # errors: ours 0.2 + 0.5 and 0.1 + 0.3, theirs 0.6 + 0.6; clean 0.1 and 0.4
    assert found["corruptions"]["noise"]["ce"] == pytest.approx(0.7 / 1.2)
    assert found["corruptions"]["jpeg"]["ce"] == pytest.approx(0.4 / 1.2)
    assert found["mce"] == pytest.approx((0.7 + 0.4) / 2.4)
    assert found["corruptions"]["noise"]["relative_ce"] == pytest.approx(0.5 / 0.4)
    assert found["relative_mce"] == pytest.approx((0.5 + 0.2) / 0.8)
    assert compare(OURS, WORSE)["model"] == "worse"


def test_a_model_is_its_own_baseline() -> None:
    found = relative(OURS, OURS)
    assert found["mce"] == pytest.approx(1)
    assert found["relative_mce"] == pytest.approx(1)


def test_the_mean_of_ratios_is_not_the_ratio_of_means() -> None:
    theirs = record([CLEAN, [1] * 5 + [0] * 5, [1] * 5 + [0] * 5, CLEAN, CLEAN], "uneven")
    found = relative(OURS, theirs)
    assert found["mce"] == pytest.approx((0.7 / 1.0 + 0.4 / 0.2) / 2)


def test_a_baseline_that_loses_nothing_gives_no_relative_error() -> None:
    theirs = record([CLEAN, [1] * 5 + [0] * 5, [1] * 5 + [0] * 5, CLEAN, CLEAN], "uneven")
    found = relative(OURS, theirs)
    assert found["corruptions"]["jpeg"]["relative_ce"] is None
    assert found["relative_mce"] is None
    perfect = record([[1] * 10] * 5, "perfect")
    assert relative(OURS, perfect)["mce"] is None


def test_a_baseline_may_have_more_levels_but_not_fewer() -> None:
    more = Grid.of(["noise", "jpeg", "shift"], "1,2,3")
    cells = dict.fromkeys(more.cells(), CLEAN) | dict(zip(GRID.cells(), CELLS, strict=True))
    theirs = record([CLEAN, *(cells[cell] for cell in more.cells())], "more", more)
    assert relative(OURS, theirs)["mce"] == pytest.approx(1)
    with pytest.raises(DataError) as refused:
        compare(theirs, OURS)
    assert "it lacks the corruptions shift: run it with them too" in str(refused.value)
    assert "it lacks the levels 3: run it with them too" in str(refused.value)


def test_a_baseline_of_other_pictures_is_refused_with_every_reason() -> None:
    theirs = copy.deepcopy(WORSE)
    theirs["data"]["split"] = "val"
    theirs["grid"] |= {"seed": 3, "rows": 9, "version": 0}
    with pytest.raises(DataError) as refused:
        check(OURS, theirs)
    said = str(refused.value)
    assert said.startswith("baseline worse for made: 4 problems")
    assert "split: val, expected test" in said
    assert "rows: 9, expected 10" in said
    theirs["data"]["sha256"] = "c" * 64
    with pytest.raises(DataError, match="dataset: made set cccccccccccc, expected made set bbbb"):
        compare(OURS, theirs)


def test_it_is_refused_before_the_grid_is_run() -> None:
    origin = answers([CLEAN, *CELLS], GRID).clean.origin
    check(header(origin, GRID, 10, False), WORSE)
    with pytest.raises(DataError, match="sampled: False, expected True"):
        check(header(origin, GRID, 10, True), WORSE)


def test_a_baseline_with_other_labels_is_refused() -> None:
    theirs = copy.deepcopy(WORSE)
    theirs["heads"] = {"other": {"other": theirs["heads"]["seven"]["seven"]}}
    with pytest.raises(DataError, match="no head that was scored on our labels"):
        compare(OURS, theirs)
    theirs["heads"] = {"other": {"seven": WORSE["heads"]["seven"]["seven"]}}
    assert relative(OURS, theirs)["head"] == "other"
    fewer = copy.deepcopy(WORSE)
    fewer["heads"]["seven"]["seven"]["official"]["n"] = 8
    with pytest.raises(DataError, match="scored on 8 rows and 7 classes, expected 10 and 7"):
        compare(OURS, fewer)


@pytest.mark.parametrize(
    "damage",
    [
        lambda numbers: numbers.pop("cells") and None,
        lambda numbers: numbers["cells"].pop("jpeg") and None,
        lambda numbers: numbers["cells"]["noise"]["1"].update(accuracy="x"),
        lambda numbers: numbers.update(clean=None),
    ],
    ids=["no cells", "no corruption", "text", "no clean"],
)
def test_a_baseline_with_damaged_numbers_is_refused_in_words(damage: Any) -> None:
    ours, theirs = record([CLEAN, *CELLS]), copy.deepcopy(record([CLEAN, *CELLS], "theirs"))
    damage(theirs["heads"]["seven"]["seven"]["official"])
    with pytest.raises(DataError, match="the numbers of baseline theirs are damaged"):
        compare(ours, theirs)

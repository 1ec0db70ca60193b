"""Tests between the rows of a table: from which files, of which rows, and how they are told."""

import csv
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_predictions import made
from made_runs import SHA, made_predictions_of, made_run
from rich.console import Console

from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling.significance import mcnemar
from mien.evaluation.stored import read_predictions, write_predictions
from mien.report.compare.files import save
from mien.report.compare.files import write as write_tables
from mien.report.compare.forms import markdown, page, show, significance_text
from mien.report.compare.inputs import read
from mien.report.compare.notes import notes_of
from mien.report.compare.record import Run
from mien.report.compare.tables import Table, tables_of
from mien.report.compare.tested import with_tests

Make = Callable[..., Run]


def _answers(right: float, seed: int, **how: Any) -> Predictions:
    return made(140, right, seed=seed, dataset="fer2013", dataset_sha256=SHA, **how)


@pytest.fixture
def run(tmp_path: Path) -> Make:
    """Makes runs that have predictions, and reads them."""

    def made_with(name: str, right: float, seed: int = 0, **how: Any) -> Run:
        root = made_run(
            tmp_path / f"{name}-s{seed}", right=None, config={"name": name, "seed": seed}
        )
        made_predictions_of(root, _answers(right, hash_of(name) + seed, **how))
        return read(root)

    return made_with


def hash_of(name: str) -> int:
    """Return a number that is the same in every process."""
    return sum(map(ord, name)) * 100


def _table(*runs: Run) -> Table:
    [table] = with_tests(tables_of(runs))
    return table


def test_rows_with_predictions_are_tested(run: Make) -> None:
    good, bad = run("good", 0.9), run("bad", 0.4)
    [found] = _table(bad, good).tests
    assert (found["first"], found["second"]) == ({"model": "good"}, {"model": "bad"})
    both = [read_predictions(one.source / "evaluation/fer2013-test/predictions.npz")
            for one in (good, bad)]  # fmt: skip
    cases = [one.cases("fer2013")["fer2013"]["official"] for one in both]
    right = [case.predicted == case.true for case in cases]
    b, c = int((right[0] & ~right[1]).sum()), int((~right[0] & right[1]).sum())
    assert found["mcnemar"] == mcnemar(b, c)
    assert found["accuracy"]["difference"] == pytest.approx((b - c) / 140)
    assert found["n"] == 140
    assert found["swap_p_holm"] == found["swap_p"] < 1e-4


def test_seeds_of_an_experiment_are_tested_as_one_row(run: Make) -> None:
    table = _table(run("a", 0.8, 0), run("a", 0.7, 1), run("b", 0.6))
    [found] = table.tests
    assert found["mcnemar"] is None
    assert found["accuracy"]["first"] == pytest.approx(table.rows[0].official.accuracy.mean)  # type: ignore[union-attr]
    assert "| — |" in markdown([table])
    assert "several seeds count by their mean" in markdown([table])


def test_up_to_six_rows_are_tested_in_pairs_and_more_against_the_best(run: Make) -> None:
    names = "abcdefg"
    runs = [run(name, right) for name, right in zip(names, np.linspace(0.3, 0.9, 7), strict=True)]
    assert len(_table(*runs[:6]).tests) == 15
    seven = _table(*runs)
    assert len(seven.tests) == 6
    assert {one["first"]["model"] for one in seven.tests} == {seven.rows[0].record.config.name}
    for one in seven.tests:
        assert one["swap_p_holm"] >= one["swap_p"]
        assert one["corrected_for"] == 21  # the best was found by these scores
    least = min(seven.tests, key=lambda one: one["swap_p"])
    assert least["swap_p_holm"] == pytest.approx(min(1, 21 * least["swap_p"]))
    assert "corrected for 21 pairs, all that could be made" in markdown([seven])


def test_rows_of_one_name_are_told_apart_by_their_runs(run: Make, tmp_path: Path) -> None:
    first = run("same", 0.9)
    root = made_run(tmp_path / "other-s0", right=None, config={"name": "same", "train.epochs": 9})
    made_predictions_of(root, _answers(0.4, 5))
    [found] = _table(first, read(root)).tests
    assert found["first"]["model"] == "same (same-s0)"
    assert found["second"]["model"] == "same (other-s0)"


def test_what_cannot_be_tested_says_why(run: Make, tmp_path: Path) -> None:
    good, other = run("good", 0.9), run("other", 0.6)
    bare = run("bare", 0.5)
    (bare.source / "evaluation/fer2013-test/predictions.npz").unlink()
    old = run("old", 0.5)
    np.savez(old.source / "evaluation/fer2013-test/predictions.npz", logits_fer2013=np.ones(3))
    stale = run("stale", 0.5)
    write_predictions(_answers(0.1, 77), stale.source / "evaluation/fer2013-test/predictions.npz")
    kept = tmp_path / "kept.json"
    save(kept, run("kept", 0.5))
    table = _table(good, other, bare, old, stale, read(kept))
    assert len(table.tests) == 1
    notes = notes_of(table, lambda path: path.stem)
    for said in (
        "bare-s0: not tested: no predictions.npz; evaluate it again",
        "old-s0: not tested: its predictions.npz is damaged or of another mien; evaluate it again",
        "stale-s0: not tested: its predictions.npz and metrics.json are of two evaluations; "
        "evaluate it again",
        "kept: not tested: a saved result holds no predictions",
    ):
        assert said in notes
    assert not any("no difference" in note for note in notes)


def test_answers_on_other_pictures_are_left_out_of_the_tests(run: Make, tmp_path: Path) -> None:
    odd = made_run(tmp_path / "odd-s0", right=None, config={"name": "odd"})
    answers = _answers(0.95, 3)
    made_predictions_of(odd, replace(answers, ids=np.array([f"x{i}" for i in range(140)])))
    table = _table(read(odd), run("a", 0.8), run("b", 0.5))
    assert len(table.tests) == 1
    assert [(row.record.config.name, why) for row, why in table.untested] == [
        ("odd", "it answered other pictures, labels or classes")
    ]


def test_where_nothing_was_tested_it_is_said(tmp_path: Path) -> None:
    runs = [
        read(made_run(tmp_path / name, right=right, config={"name": name}))
        for name, right in (("a", 0.7), ("b", 0.6))
    ]
    table = _table(*runs)
    assert table.tests == ()
    assert "no difference between two rows was tested for significance" in notes_of(table)
    assert significance_text([table]).strip() == ""
    [alone] = with_tests(tables_of(runs[:1]))
    assert notes_of(alone) == []


def test_people_are_drawn_where_they_are_known(run: Make) -> None:
    people = [f"s{i % 20}" for i in range(140)]
    table = _table(run("a", 0.8, subjects=people), run("b", 0.5, subjects=people))
    assert table.tests[0]["unit"] == "subject"
    assert "paired bootstrap of 20 people, 2,000 resamples, seed 0" in markdown([table])


def test_rows_on_fewer_than_five_people_are_told_without_intervals(run: Make) -> None:
    people = [f"s{i % 2}" for i in range(140)]
    table = _table(run("a", 0.8, subjects=people), run("b", 0.5, subjects=people))
    assert table.tests[0]["accuracy"]["interval"] is None
    assert "(—)" in markdown([table])
    assert "no interval: fewer than 5 people" in page([table])
    [line] = csv.DictReader(StringIO(significance_text([table])))
    assert (line["accuracy_low"], line["accuracy_p"]) == ("", "")


def test_every_form_tells_the_tests(run: Make, tmp_path: Path) -> None:
    table = _table(run("good", 0.9), run("bad", 0.4))
    out = StringIO()
    show([table], Console(file=out, width=60))
    for text in (markdown([table]), page([table]), out.getvalue()):
        for words in ("Differences tested", "p, Holm", "yes", "seed 0", "140 pictures"):
            assert words in text
        assert "no difference between two rows" not in text
    [line] = csv.DictReader(StringIO(significance_text([table])))
    assert (line["track"], line["first"], line["second"]) == ("FER-2013 labels", "good", "bad")
    assert float(line["swap_p"]) < 1e-4
    assert float(line["mcnemar_p"]) == pytest.approx(float(line["swap_p"]))
    files = write_tables(tmp_path / "out", [table])
    assert [path.name for path in files][-1] == "significance.csv"
    files = write_tables(tmp_path / "out", [replace(table, tests=())])
    assert "significance.csv" not in [path.name for path in files]
    assert not (tmp_path / "out" / "significance.csv").exists()


def test_a_table_of_another_head_is_tested_on_its_own_labels(tmp_path: Path) -> None:
    runs = []
    for name, right in (("a", 0.9), ("b", 0.5)):
        heads = {"name": name, "data.heads": ["ferplus"]}
        root = made_run(tmp_path / name, right=None, config=heads)
        votes = np.zeros((140, 10), np.int16)
        votes[:, 0] = 10  # ten votes for neutral in every picture
        predictions = _answers(right, 1, head="ferplus", votes=votes)
        made_predictions_of(root, predictions)
        runs.append(read(root))
    [table] = with_tests(tables_of(runs))
    assert table.protocol.startswith("ferplus_majority") or table.protocol == "fer2013"
    assert len(table.tests) == 1

"""Cross-validations: a table of their own, read from crossval.json."""

import json
from pathlib import Path

import pytest
from made_runs import made_crossval, made_run, write

from mien.errors import RunError
from mien.report.compare.crossval import Crossed
from mien.report.compare.crossval_sheet import cross_sheet, rows_of
from mien.report.compare.csv_file import cross_csv_text
from mien.report.compare.inputs import gather, read
from mien.report.compare.result_file import save


def _read(path: Path) -> Crossed:
    found = read(path)
    assert isinstance(found, Crossed)
    return found


def _cells(crossed: Crossed) -> dict[str, str]:
    sheet = cross_sheet([crossed])
    heads = [column.header for column in sheet.columns]
    return dict(zip(heads, (cell.text for cell in sheet.rows[0]), strict=True))


def test_a_crossvalidation_is_a_row_with_mean_and_spread(tmp_path: Path) -> None:
    cells = _cells(_read(made_crossval(tmp_path / "cv")))
    assert cells["accuracy %"] == "65.00 ± 7.07"
    assert cells["pooled %"] == "60.00"
    assert (cells["folds"], cells["epochs"], cells["hours"]) == ("2", "20–21 of 30", "1.00")
    assert (cells["model"], cells["parameters"], cells["MACs"]) == ("lenet", "1.02 M", "54 M")
    assert cells["scored against"] == "FER-2013 labels"


def test_its_notes_say_that_the_spread_is_no_error(tmp_path: Path) -> None:
    notes = cross_sheet([_read(made_crossval(tmp_path / "cv"))]).notes
    assert "it is no error of the mean" in notes[0]
    assert notes[1].startswith("cv: fold 0 of repeat 0 holds out no picture of disgust")


def test_repeats_are_said(tmp_path: Path) -> None:
    assert _cells(_read(made_crossval(tmp_path / "cv", repeats=3)))["folds"] == "2 × 3"


def test_a_result_file_of_it_gives_the_identical_row(tmp_path: Path) -> None:
    crossed = _read(made_crossval(tmp_path / "cv"))
    path = tmp_path / "cv.json"
    save(path, crossed)
    assert _read(path) == crossed
    assert rows_of([_read(path)]) == rows_of([crossed])
    assert cross_csv_text([_read(path)]) == cross_csv_text([crossed])
    assert str(tmp_path) not in path.read_text()
    kept = json.loads(path.read_text())["crossval"]
    assert kept["environment"] == {"python": "3.11.7"}
    assert kept["network"]["macs"] == 54_300_000
    assert len(gather([path, tmp_path / "cv"]).crossed) == 1


def test_its_folds_are_no_runs_unless_they_are_named(tmp_path: Path) -> None:
    root = made_crossval(tmp_path / "cv")
    made_run(root / "fold-1", data={"fold": {"held_out": 1}})
    assert not gather([root]).runs
    assert len(gather([root, root / "fold-1"]).runs) == 1


def test_an_unfinished_one_says_how_far_it_is(tmp_path: Path) -> None:
    root = made_crossval(tmp_path / "cv", repeats=2)
    (root / "crossval.json").unlink()
    write(root / "repeat-0" / "fold-1" / "held_out.json", {})
    given = gather([root])
    assert given.notes == (
        f"{root}: a cross-validation with 1 of 4 folds done; mien crossval --resume {root}",
    )
    assert not given.refused
    assert not given.crossed


@pytest.mark.parametrize("text", ["{}", "{", '{"hours": "long"}', "[]"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    root = made_crossval(tmp_path / "cv")
    (root / "crossval.json").write_text(text)
    with pytest.raises(RunError, match=r"crossval\.json: "):
        read(root)
    assert len(gather([root]).refused) == 1


def test_a_damaged_plan_is_named(tmp_path: Path) -> None:
    root = made_crossval(tmp_path / "cv")
    (root / "crossval.json").unlink()
    (root / "plan.json").write_text('{"dealing": {"folds": "many"}}')
    assert "plan.json" in gather([root]).refused[0]


def test_the_csv_has_numbers_apart_from_words(tmp_path: Path) -> None:
    header, line = cross_csv_text([_read(made_crossval(tmp_path / "cv"))]).splitlines()
    row = dict(zip(header.split(","), line.split(","), strict=True))
    assert (row["percent"], row["percent_sd"]) == ("65.00", "7.07")
    assert (row["pooled_n"], row["pooled_percent"], row["folds"]) == ("200", "60.00", "2")

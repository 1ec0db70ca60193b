"""Columns of metrics.csv, found by name."""

import csv

import pytest

from mien.errors import RunError
from mien.report.curves import curves, overall

TEXT = """\
epoch,train_accuracy_ferplus,train_loss,val_accuracy_ferplus,val_loss,lr,seconds,trainable
0,0.25,2.0,0.5,1.5,0.1,10,7
1,,1.0,0.75,nan,0.1,20,7
"""


def test_measures_are_paired_and_the_loss_comes_first() -> None:
    found = curves(list(csv.DictReader(TEXT.splitlines())))
    assert list(found) == ["loss", "accuracy_ferplus"]
    assert found["loss"] == {"train": ([0, 1], [2.0, 1.0]), "val": ([0], [1.5])}
    assert found["accuracy_ferplus"] == {"train": ([0], [0.25]), "val": ([0, 1], [0.5, 0.75])}


def test_numbers_do_as_well_as_text() -> None:
    assert curves([{"epoch": 3, "val_loss": 0.5}]) == {"loss": {"val": ([3], [0.5])}}


@pytest.mark.parametrize(
    ("rows", "found"),
    [([], "0 line.s. of no columns"), ([{"epoch": 0, "lr": 1}], "1 line.s. of epoch, lr")],
)
def test_nothing_to_draw_is_said(rows: list[dict[str, object]], found: str) -> None:
    with pytest.raises(RunError, match=f"expected columns train_… and val_….*{found}"):
        curves(rows)


def test_training_accuracy_is_the_mean_over_the_heads() -> None:
    rows = [
        {"epoch": 1, "train_loss": 2, "train_accuracy_a": 0.2, "train_accuracy_b": 0.4},
        {"epoch": 2, "train_loss": 1, "train_accuracy_a": 0.5, "train_accuracy_b": ""},
    ]
    found = overall(rows)
    assert found["loss"] == {"train": ([1, 2], [2.0, 1.0])}
    assert found["accuracy"] == {"train": ([1], [pytest.approx(0.3)])}
    assert "macro_f1" not in found


def test_a_mean_that_was_recorded_is_taken() -> None:
    row = {"epoch": 1, "val_accuracy": 0.5, "val_accuracy_a": 0.1, "val_macro_f1_a": 0.25}
    found = overall([row])
    assert found == {"accuracy": {"val": ([1], [0.5])}, "macro_f1": {"val": ([1], [0.25])}}


def test_only_other_measures_are_refused() -> None:
    with pytest.raises(RunError, match="expected a loss or an accuracy, found other"):
        overall([{"epoch": 1, "val_other": 1}])

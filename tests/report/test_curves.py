"""Columns of metrics.csv, found by name."""

import csv

import pytest

from mien.errors import RunError
from mien.report.curves import curves

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

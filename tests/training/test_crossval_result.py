import crossval_run  # noqa: F401  (makes torch ready)
import numpy as np
import pytest

from mien.evaluation.metrics import classification_report
from mien.training.crossval import result

CLASSES = ("anger", "fear", "sadness")


def fold(true, predicted, number=0):
    report = classification_report(np.array(true), np.array(predicted), CLASSES)
    return {"repeat": 0, "fold": number, "heads": {"fer2013": {"fer2013": {"official": report}}}}


FOLDS = [fold([0, 0, 1, 2], [0, 0, 1, 0]), fold([0, 1, 1, 1], [0, 0, 0, 1], 1)]


def test_the_spread_of_values_is_that_worked_by_hand():
    assert result.spread([0.5, 0.7, 0.6]) == {
        "mean": pytest.approx(0.6),
        "sd": pytest.approx(0.1),
        "min": 0.5,
        "max": 0.7,
        "folds": 3,
    }
    assert result.spread([0.5])["sd"] is None
    assert result.spread([])["mean"] is None


def test_mean_and_spread_are_over_the_folds():
    found = result.summary([one["heads"] for one in FOLDS])["fer2013"]["fer2013"]
    assert found["n"] == 8
    assert found["accuracy"]["mean"] == pytest.approx((0.75 + 0.5) / 2)
    assert found["accuracy"]["sd"] == pytest.approx(0.25 / 2**0.5)
    macro = [one["heads"]["fer2013"]["fer2013"]["official"]["macro_f1"] for one in FOLDS]
    assert found["macro_f1"]["mean"] == pytest.approx(np.mean(macro))


def test_a_class_is_averaged_over_the_folds_that_hold_it():
    classes = result.summary([one["heads"] for one in FOLDS])["fer2013"]["fer2013"]["per_class"]
    assert list(classes) == list(CLASSES)
    assert classes["sadness"]["recall"] == {"mean": 0, "sd": None, "min": 0, "max": 0, "folds": 1}
    assert classes["fear"]["recall"]["mean"] == pytest.approx((1 + 1 / 3) / 2)
    assert classes["anger"]["support"] == 3
    assert classes["anger"]["recall"]["folds"] == 2


def test_a_fold_without_a_class_is_told():
    assert result.lacking(FOLDS, "fer2013", "fer2013") == [
        "fold 1 of repeat 0 holds out no picture of sadness: its macro-F1 counts that as 0"
    ]
    assert result.lacking(FOLDS[:1], "fer2013", "fer2013") == []
    assert result.lacking(FOLDS, "fer2013", "ferplus_majority") == []


def test_a_protocol_that_some_fold_lacks_is_averaged_over_the_others():
    other = {"heads": {"fer2013": {**FOLDS[0]["heads"]["fer2013"]}}}
    other["heads"]["fer2013"]["ferplus_majority"] = FOLDS[1]["heads"]["fer2013"]["fer2013"]
    found = result.summary([FOLDS[0]["heads"], other["heads"]])["fer2013"]
    assert found["fer2013"]["accuracy"]["folds"] == 2
    assert found["ferplus_majority"]["accuracy"]["folds"] == 1

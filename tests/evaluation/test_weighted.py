"""Scores as functions of weights: with weights 1 the report's, else those of repeated rows."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from made_cases import made_case

from mien.errors import DataError
from mien.evaluation.case import Case
from mien.evaluation.metrics import brier_score, classification_report, negative_log_likelihood
from mien.evaluation.ranking import auroc, top_k
from mien.evaluation.sampling.weighted import Binned, Weighted, counts, macro, shares

SHARED = (
    "accuracy",
    "balanced_accuracy",
    "macro_precision",
    "macro_recall",
    "macro_f1",
    "micro_f1",
    "weighted_f1",
)


def _repeated(case: Case, weights: Any) -> Case:
    rows = np.repeat(np.arange(len(weights)), weights.astype(int))
    return replace(
        case, true=case.true[rows], probabilities=case.probabilities[rows], rows=case.rows[rows]
    )


def _expected(case: Case) -> dict[str, float]:
    report = classification_report(case.true, case.predicted, case.classes)
    return {
        **{name: report[name] for name in SHARED},
        "nll": negative_log_likelihood(case.probabilities, case.true),
        "brier": brier_score(case.probabilities, case.true),
        "top2": top_k(case.probabilities, case.true, 2),
        "auroc": auroc(case.probabilities, case.true, case.classes)["macro"],
    }


@pytest.mark.parametrize("seed", range(4))
def test_weights_are_as_good_as_repeated_rows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    case = made_case(rng, n=60, k=5)
    weights = np.vstack([np.ones(60), rng.integers(0, 4, (2, 60))]).astype(np.float64)
    found = Weighted(case)(weights)
    for i, own in enumerate(weights):
        same = _repeated(case, own)
        for name, value in _expected(same).items():
            assert found[name][i] == pytest.approx(value), name
        report = classification_report(same.true, same.predicted, case.classes)
        for k, one in enumerate(report["per_class"].values()):
            for name in ("precision", "recall", "f1"):
                assert np.nan_to_num(found[name][i, k]) == pytest.approx(one[name])
        each = auroc(same.probabilities, same.true, case.classes)["per_class"].values()
        assert found["auroc_per_class"][i] == pytest.approx(list(each))


@pytest.mark.parametrize("seed", range(2))
def test_weighted_scores_agree_with_scikit_learn(seed: int) -> None:
    sk = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(seed)
    case = made_case(rng, n=120, k=3)
    own = rng.integers(0, 5, 120).astype(np.float64)
    found = Weighted(case)(own[None])
    how: dict[str, Any] = {"sample_weight": own}
    pair = case.true, case.predicted
    assert found["accuracy"][0] == pytest.approx(sk.accuracy_score(*pair, **how))
    assert found["balanced_accuracy"][0] == pytest.approx(sk.balanced_accuracy_score(*pair, **how))
    for average in ("macro", "weighted", "micro"):
        theirs = sk.f1_score(*pair, average=average, **how)
        assert found[f"{average}_f1"][0] == pytest.approx(theirs)
    assert found["nll"][0] == pytest.approx(sk.log_loss(case.true, case.probabilities, **how))
    theirs = sk.top_k_accuracy_score(case.true, case.probabilities, k=2, **how)
    assert found["top2"][0] == pytest.approx(theirs)
    for i in range(3):
        theirs = sk.roc_auc_score(case.true == i, case.probabilities[:, i], **how)
        assert found["auroc_per_class"][0, i] == pytest.approx(theirs)


def test_shares_by_hand() -> None:
    # rows: a→a, a→b, b→b; weights 2, 1, 1
    rows = counts(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    sums = np.array([[2.0, 1, 1]]) @ rows
    assert sums.tolist() == [[2, 1, 2, 2, 3, 1]]
    found = shares(sums, rows.sum(axis=0))
    assert found["accuracy"] == found["micro_f1"] == pytest.approx(3 / 4)
    assert found["recall"][0] == pytest.approx([2 / 3, 1])
    assert found["precision"][0] == pytest.approx([1, 1 / 2])
    assert found["f1"][0] == pytest.approx([4 / 5, 2 / 3])
    assert found["weighted_f1"] == pytest.approx((3 * 4 / 5 + 1 * 2 / 3) / 4)


def test_only_what_all_rows_leave_undefined_is_0_in_a_mean() -> None:
    rows = counts(np.array([0, 1]), np.array([0, 1]), 3)  # of the third class there is nothing
    found = shares(np.array([[1.0, 0], [1, 1]]) @ rows, rows.sum(axis=0))
    assert np.isnan(found["f1"]).tolist() == [[False, True, True], [False, False, True]]
    assert found["macro_f1"] == pytest.approx([1 / 2, 2 / 3])
    assert found["balanced_accuracy"].tolist() == [1.0, 1.0]


def test_each_macro_mean_leaves_out_what_is_undefined_for_it() -> None:
    # rows: a→a, b→a, c→b; drawn are the first and the last
    rows = counts(np.array([0, 1, 2]), np.array([0, 0, 1]), 3)
    found = shares(np.array([[1.0, 0, 1]]) @ rows, rows.sum(axis=0))
    assert found["macro_recall"] == pytest.approx([(1 + 0) / 2])  # no b is drawn
    assert found["macro_precision"] == pytest.approx([(1 + 0 + 0) / 3])  # c is never answered
    assert found["macro_f1"] == pytest.approx([(1 + 0 + 0) / 3])  # b is answered, c is a label


def test_a_mean_over_nothing_is_unknown() -> None:
    values = np.array([[0.5, np.nan], [np.nan, np.nan]])
    with np.errstate(invalid="ignore"):
        found = macro(values, np.array([False, False]))
    assert found[0] == 0.5
    assert np.isnan(found[1])
    assert macro(values, np.array([False, True])).tolist() == [0.25, 0]


def test_a_calibration_error_by_hand() -> None:
    # bin 0: gaps +0.2 and -0.4, bin 1: gap +0.3; with weights 1, 1, 2: (|-0.2| + |0.6|) / 4
    one = Binned(np.array([0, 0, 1]), np.array([0.2, -0.4, 0.3]))
    case = made_case(np.random.default_rng(0), n=3, k=2)
    found = Weighted(case, binned={"ece": one})(np.array([[1.0, 1, 1], [1, 1, 2]]))
    assert found["ece"] == pytest.approx([(0.2 + 0.3) / 3, 0.8 / 4])


def test_a_classwise_calibration_error_is_the_mean_over_columns() -> None:
    rng = np.random.default_rng(0)
    case = made_case(rng, n=50, k=4)
    bins = np.minimum((case.probabilities * 5).astype(np.int64), 4)
    gaps = case.probabilities - np.eye(4)[case.true]
    weights = rng.integers(0, 3, (2, 50)).astype(np.float64)
    all_at_once = Weighted(case, binned={"cw": Binned(bins, gaps)})(weights)["cw"]
    each = {str(k): Binned(bins[:, k], gaps[:, k]) for k in range(4)}
    apart = Weighted(case, binned=each)(weights)
    assert all_at_once == pytest.approx(np.mean([apart[str(k)] for k in range(4)], axis=0))


def test_a_number_of_each_row_becomes_its_weighted_mean() -> None:
    case = made_case(np.random.default_rng(0), n=4)
    found = Weighted(case, {"kl": np.array([1.0, 2, 3, 4])})(np.array([[1.0, 0, 0, 3]]))
    assert found["kl"].tolist() == [13 / 4]


def test_masked_answers_are_also_scored_as_they_came() -> None:
    unmasked = np.array([True, False, True, True])
    case = made_case(np.random.default_rng(0), n=4, masked=("contempt",), unmasked=unmasked)
    assert Weighted(case)(np.ones((1, 4)))["unmasked"].tolist() == [0.75]
    assert "unmasked" not in Weighted(made_case(np.random.default_rng(0)))(np.ones((1, 200)))


def test_numbers_of_other_rows_are_refused_by_name() -> None:
    case = made_case(np.random.default_rng(0), n=4)
    with pytest.raises(DataError, match="each of 4 rows, found kl: 3, ece: 5"):
        Weighted(case, {"kl": np.ones(3)}, {"ece": Binned(np.zeros(5, np.int64), np.ones(5))})

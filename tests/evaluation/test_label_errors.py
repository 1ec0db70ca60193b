"""Doubted labels: found where they were turned, never on what a model learnt."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from made_errors import noisy, told

from mien.emotions import BASIC, EMOTIONS
from mien.errors import DataError, MissingExtraError, UnknownNameError
from mien.evaluation.answers import Answers
from mien.evaluation.errors.label_errors import FEW, judge_of, label_errors, rank, require_unseen

pytest.importorskip("cleanlab")


def by_hand(
    probabilities: np.ndarray, true: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:  # independent of cleanlab
    """Return the calibrated confident joint and the flags of prune by noise rate.

    Northcutt et al. 2021, equations 1 and 3: a picture counts for the class of which the model
    is as sure as it is on average of the pictures with that label, the likeliest if several.
    """
    k = probabilities.shape[1]
    thresholds = np.array([probabilities[true == c, c].mean() for c in range(k)])
    joint = np.zeros((k, k), int)
    for p, label in zip(probabilities, true, strict=True):
        above = np.flatnonzero(p >= thresholds - 1e-6)
        if len(above):
            joint[label, above[p[above].argmax()]] += 1
    counts = np.bincount(true, minlength=k)
    calibrated = joint / joint.sum(1, keepdims=True) * counts[:, None]
    flags = np.zeros(len(true), bool)
    for label in range(k):
        for other in set(range(k)) - {label}:
            many = round(calibrated[label, other])
            rows = np.flatnonzero(true == label)
            margin = probabilities[rows, other] - probabilities[rows, label]
            flags[rows[np.argsort(-margin)[:many]]] = True
    return joint, flags & (probabilities.argmax(1) != true)


def test_confident_learning_by_hand() -> None:
    predictions, _ = noisy(140, 0.2, seed=3)
    case = predictions.cases("fer2013")["fer2013"]["official"]
    joint, flags = by_hand(case.probabilities, case.true)
    found = rank(case.probabilities, case.true)
    assert joint.sum() <= 140
    assert set(found.order[: found.flagged].tolist()) == set(np.flatnonzero(flags).tolist())
    assert found.flagged == flags.sum() > 10


def test_turned_labels_are_doubted() -> None:
    predictions, turned = noisy(700, 0.1)
    told_of, flagged = label_errors(predictions)
    ids = {one["id"] for one in flagged}
    real = set(predictions.ids[turned].tolist())
    assert len(ids & real) / len(real) > 0.8
    assert len(ids & real) / len(ids) > 0.95
    assert told_of["flagged"] == len(flagged) == len(ids)
    assert told_of["share"] == len(ids) / 700
    assert (told_of["head"], told_of["protocol"]) == ("fer2013", "fer2013")
    assert sum(pair["n"] for pair in told_of["by_pair"]) == len(ids)
    assert "cleanlab 2." in told_of["method"]


def test_the_least_likely_label_comes_first() -> None:
    _, flagged = label_errors(noisy(700, 0.1)[0])
    of_label = [one["of_label"] for one in flagged]
    assert of_label == sorted(of_label)
    assert [one["rank"] for one in flagged] == list(range(1, len(flagged) + 1))
    assert all(one["suggested"] == one["answer"] != one["label"] for one in flagged)


def test_all_rows_are_ranked_the_flagged_ones_first() -> None:
    case = noisy(200, 0.1)[0].cases("fer2013")["fer2013"]["official"]
    found = rank(case.probabilities, case.true)
    assert sorted(found.order.tolist()) == list(range(200))
    own = case.probabilities[np.arange(200), case.true][found.order]
    for part in (own[: found.flagged], own[found.flagged :]):
        assert part.tolist() == sorted(part.tolist())


@pytest.mark.parametrize("split", ["train", "all"])
def test_what_was_learnt_is_refused(split: str) -> None:
    learnt, _ = noisy(70, split=split)
    with pytest.raises(DataError, match=f"answers on the {split} split of made: .* --held-out"):
        label_errors(learnt)
    require_unseen(learnt, held_out=True)
    assert label_errors(learnt, held_out=True)[0]["n"] == 70


def test_copies_of_what_was_learnt_are_left_out() -> None:
    predictions, turned = noisy(300, 0.2, copies=tuple(range(100)))
    told_of, flagged = label_errors(predictions)
    assert (told_of["n"], told_of["copies"]) == (200, 100)
    assert turned[:100].any()
    assert not {one["id"] for one in flagged} & set(predictions.ids[:100].tolist())


def test_the_votes_check_the_method() -> None:
    predictions, turned = noisy(700, 0.1)
    check = label_errors(predictions)[0]["check"]
    assert check["base_rate"] == pytest.approx(turned.mean())
    assert check["lists"][0]["precision"] == 1
    assert [one["length"] for one in check["lists"]] == [50, 100, 200, 500]
    assert label_errors(replace(predictions, votes=None))[0]["check"] is None


def test_the_head_of_the_same_labels_judges() -> None:
    predictions, _ = noisy(70)
    eight = Answers(EMOTIONS, np.full((70, 8), 1 / 8, np.float32))
    both = replace(predictions, heads={"ferplus": eight, **predictions.heads})
    assert judge_of(both) == "fer2013"
    assert judge_of(replace(both, heads={"ferplus": eight})) == "ferplus"
    with pytest.raises(UnknownNameError, match="protocol of head fer2013 'x'"):
        label_errors(both, protocol="x")


def test_rare_and_absent_classes_are_told() -> None:
    rows = [("fear", "fear", 0.9)] * 30 + [("anger", "anger", 0.9)] * 30
    rows += [("disgust", "fear", 0.9), ("fear", "anger", 0.95)]
    told_of, flagged = label_errors(told(*rows))
    assert told_of["few"] == {
        name: int(name == "disgust") for name in BASIC if name not in ("fear", "anger")
    }
    assert FEW == 10
    assert {one["id"] for one in flagged} <= {"p060", "p061"}


def test_one_class_alone_cannot_be_doubted() -> None:
    with pytest.raises(DataError, match="labels of two classes or more"):
        label_errors(told(*[("fear", "fear", 0.9)] * 20))


def test_without_cleanlab_the_install_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
    with pytest.raises(
        MissingExtraError, match=r'label errors needs .*pip install -e "\.\[clean\]"'
    ):
        label_errors(noisy(70)[0])

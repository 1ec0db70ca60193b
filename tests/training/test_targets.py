from pathlib import Path

import numpy as np
import pytest
from made_sets import make, picture, votes_for

from mien.datasets.prepared import PreparedSet
from mien.emotions import BASIC, EMOTIONS
from mien.errors import ConfigError
from mien.ferplus import NO_LABEL, ferplus_majority
from mien.training.targets import class_weights, targets

ROWS = (
    ("fear", votes_for(fear=6, surprise=4)),  # a majority
    ("fear", votes_for(fear=5, surprise=5)),  # half is none
    ("sadness", votes_for(contempt=8, sadness=1, anger=1)),  # single votes go
    ("neutral", votes_for(neutral=4, unknown=6)),  # unknown has it
    ("happiness", votes_for(not_a_face=10)),
)


@pytest.fixture(scope="module")
def voted(tmp_path_factory: pytest.TempPathFactory) -> PreparedSet:
    pictures = [picture(f"p{n}", n, label, votes=votes) for n, (label, votes) in enumerate(ROWS)]
    return make(tmp_path_factory.mktemp("voted") / "set", pictures)


def _row(**shares: float) -> list[float]:
    return [shares.get(name, 0) for name in EMOTIONS]


def test_votes_are_learnt_as_shares(voted: PreparedSet) -> None:
    learnt = targets(voted, "ferplus")
    assert learnt.soft
    expected = [
        _row(fear=0.6, surprise=0.4),
        _row(fear=0.5, surprise=0.5),
        _row(contempt=1),
        _row(neutral=1),
        _row(),
    ]
    assert np.allclose(learnt.values, expected)
    assert learnt.clear.tolist() == [True, False, True, True, False]


def test_votes_are_learnt_as_their_majority(voted: PreparedSet) -> None:
    learnt = targets(voted, "ferplus", votes="majority")
    assert not learnt.soft
    assert learnt.values.dtype == np.float32
    expected = [_row(fear=1), _row(), _row(contempt=1), _row(), _row()]
    assert learnt.values.tolist() == expected
    assert learnt.clear.tolist() == [True, False, True, False, False]


def test_majority_labels_are_those_of_ferplus(drawn_set: Path) -> None:
    prepared = PreparedSet.open(drawn_set)
    assert prepared.votes is None
    random = np.random.default_rng(0)
    prepared.votes = random.multinomial(10, np.full(10, 0.1), size=len(prepared)).astype(np.int16)
    labels = ferplus_majority(prepared.votes)
    learnt = targets(prepared, "ferplus", "majority").values
    assert np.array_equal(learnt.sum(1) == 1, labels != NO_LABEL)
    assert np.array_equal(learnt.argmax(1)[labels >= 0], labels[labels >= 0])


@pytest.mark.parametrize("votes", ["soft", "majority"])
def test_labels_are_the_same_whatever_is_made_of_votes(voted: PreparedSet, votes: str) -> None:
    learnt = targets(voted, "fer2013", votes)  # type: ignore[arg-type]
    assert not learnt.soft
    assert learnt.values.shape == (5, 7)
    named = [BASIC[column] for column in learnt.values.argmax(1)]
    assert named == [label for label, _ in ROWS]


@pytest.mark.parametrize("votes", ["soft", "majority"])
def test_ferplus_without_votes_learns_labels_of_that_set(drawn_set: Path, votes: str) -> None:
    prepared = PreparedSet.open(drawn_set)
    learnt = targets(prepared, "ferplus", votes)  # type: ignore[arg-type]
    assert np.array_equal(learnt.values.argmax(1), prepared.labels)
    assert not learnt.soft


def test_a_head_that_the_dataset_lacks_is_refused(voted: PreparedSet, drawn_set: Path) -> None:
    with pytest.raises(ConfigError, match=r"rafdb cannot be .* labels of fer2013, with FER\+"):
        targets(voted, "rafdb")
    with pytest.raises(ConfigError, match=r"fer2013 cannot be .* of ferplus, without FER\+ votes"):
        targets(PreparedSet.open(drawn_set), "fer2013", "majority")


def test_unreadable_pictures_teach_nothing(drawn_set: Path) -> None:
    prepared = PreparedSet.open(drawn_set)
    prepared.labels = prepared.labels.copy()
    prepared.labels[3] = NO_LABEL
    learnt = targets(prepared, "ferplus")
    assert np.flatnonzero(learnt.values.sum(1) == 0).tolist() == [3]


def test_class_weights_are_balanced() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    labels = np.array([0] * 6 + [1] * 3 + [2])
    ours = class_weights(np.eye(3, dtype=np.float32)[labels])
    theirs = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    assert np.allclose(ours, theirs)
    assert class_weights(np.eye(3, dtype=np.float32)[[0, 0, 1]])[2] == 0


def test_rows_without_a_majority_do_not_weigh_in() -> None:
    learnt = np.eye(3, dtype=np.float32)[[0, 0, 1, 2]]
    with_empty = np.concatenate([learnt, np.zeros((5, 3), np.float32)])
    assert np.array_equal(class_weights(with_empty), class_weights(learnt))

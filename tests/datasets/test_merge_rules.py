import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sets import votes_for

from mien.datasets.merge_rules import REASONS, Pool, differing, label_set_of, take
from mien.emotions import EMOTIONS
from mien.errors import DataError, UsageError

NO_VOTES = votes_for()


def pool(*rows):
    """Rows of set, label, group and, where there are some, votes."""
    full = [(*row, NO_VOTES)[:4] for row in rows]
    of, labels, groups, votes = zip(*full, strict=True)
    return Pool(
        of=np.array(of),
        labels=np.array([EMOTIONS.index(name) if name else -1 for name in labels]),
        label_sets=np.array(["fer2013" if n == 0 else "rafdb" for n in of]),
        votes=np.array(votes, np.int16),
        groups=np.array(groups),
    )


def chosen(taken):
    """Return the labels of what is taken, and why the rest is left out."""
    return [
        EMOTIONS[label] if reason == 0 and label >= 0 else REASONS[reason]
        for reason, label in zip(taken.reason, taken.labels, strict=True)
    ]


CONFLICT = [(0, "fear", 0), (0, "anger", 1), (1, "sadness", 0), (1, "anger", 1), (1, "fear", 0)]


def test_conflicting_copies_are_kept_unless_asked_otherwise():
    taken = take(pool(*CONFLICT), "published", "all", "keep")
    assert chosen(taken) == ["fear", "anger", "sadness", "anger", "fear"]
    assert taken.conflicts == {
        **{"groups": 1, "groups_across_sets": 1, "pictures": 3, "left_out": 0},
        **{"groups_decided_by_votes": 0, "relabelled": 0},
    }


def test_drop_takes_no_copy_that_differs_from_another():
    taken = take(pool(*CONFLICT), "published", "all", "drop")
    assert chosen(taken) == ["conflicting", "anger", "conflicting", "anger", "conflicting"]
    assert taken.conflicts["left_out"] == 3


def test_first_takes_the_label_of_the_first_set_and_its_copies_alone():
    taken = take(pool(*CONFLICT), "published", "all", "first")
    assert chosen(taken) == ["fear", "anger", "conflicting", "anger", "conflicting"]


def test_first_settles_conflicts_within_a_set_too():
    rows = [(0, "fear", 0), (0, "anger", 0), (0, "fear", 0), (1, "anger", 0)]
    taken = take(pool(*rows), "published", "all", "first")
    assert chosen(taken) == ["fear", "conflicting", "fear", "conflicting"]
    assert taken.conflicts["groups_across_sets"] == 1
    assert take(pool(*rows[:3]), "published", "all", "keep").conflicts["groups_across_sets"] == 0


def test_votes_of_all_copies_decide_where_a_label_has_more_than_half():
    rows = [
        (0, "fear", 0, votes_for(anger=8, fear=2)),
        (0, "anger", 1, votes_for(anger=5, fear=5)),
        (1, "sadness", 0),
        (1, "fear", 1),
        (1, "happiness", 2),
    ]
    taken = take(pool(*rows), "published", "all", "votes")
    assert chosen(taken) == ["anger", "anger", "anger", "fear", "happiness"]
    assert taken.label_sets.tolist() == ["ferplus", "fer2013", "ferplus", "rafdb", "rafdb"]
    assert taken.conflicts["groups"] == 2
    assert taken.conflicts["groups_decided_by_votes"] == 1
    assert taken.conflicts["relabelled"] == 2


def test_votes_of_copies_are_added():
    rows = [
        (0, "fear", 0, votes_for(anger=6, fear=4)),
        (0, "anger", 0, votes_for(anger=2, fear=8)),
    ]
    assert chosen(take(pool(*rows), "published", "all", "votes")) == ["fear", "fear"]


def test_agreeing_copies_are_left_alone_by_votes():
    rows = [(0, "fear", 0, votes_for(anger=9)), (1, "fear", 0)]
    assert chosen(take(pool(*rows), "published", "all", "votes")) == ["fear", "fear"]


def test_ferplus_labels_replace_those_that_have_votes():
    rows = [
        (0, "fear", 0, votes_for(contempt=6, fear=4)),
        (0, "fear", 1, votes_for(anger=5, fear=5)),
        (0, "fear", 2),
        (1, "sadness", 3),
        (1, None, -1, votes_for(anger=9)),
    ]
    taken = take(pool(*rows), "ferplus", "all", "keep")
    assert chosen(taken) == ["contempt", "no_majority", "fear", "sadness", "taken"]
    assert taken.label_sets.tolist()[:4] == ["ferplus", "ferplus", "fer2013", "rafdb"]


def test_ferplus_labels_need_votes():
    with pytest.raises(DataError, match=r"none of the sets has FER\+ votes"):
        take(pool((0, "fear", 0)), "ferplus", "all", "keep")


def test_classes_in_common_are_those_of_every_set():
    rows = [(0, "fear", 0), (0, "anger", 1), (1, "anger", 2), (1, "contempt", 3), (1, None, -1)]
    taken = take(pool(*rows), "published", "common", "keep")
    assert chosen(taken) == ["other_class", "anger", "anger", "other_class", "taken"]


def test_classes_in_common_are_sought_after_the_labels_are_settled():
    rows = [(0, "fear", 0, votes_for(anger=9)), (1, "anger", 2), (1, "fear", 3)]
    assert chosen(take(pool(*rows), "ferplus", "common", "keep")) == [
        *("anger", "anger", "other_class")
    ]


def test_classes_by_name_take_any_spelling():
    rows = [(0, "fear", 0), (0, "anger", 1), (1, "happiness", 2)]
    taken = take(pool(*rows), "published", "Angry, joy", "keep")
    assert chosen(taken) == ["other_class", "anger", "happiness"]


def test_conflicts_are_among_the_classes_that_stay():
    rows = [(0, "fear", 0), (1, "anger", 0)]
    taken = take(pool(*rows), "published", "fear", "drop")
    assert chosen(taken) == ["fear", "other_class"]


def test_sets_without_a_common_class_are_refused():
    with pytest.raises(DataError, match="no class in common"):
        take(pool((0, "fear", 0), (1, "anger", 1)), "published", "common", "keep")


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("votes", "all", "keep"), "labels 'votes': expected published, ferplus"),
        (("published", "all", "last"), "conflicts 'last': expected keep, drop, first, votes"),
        (("published", "bored,fear", "keep"), "expected all, common or emotions"),
    ],
)
def test_other_words_are_refused(words, match):
    with pytest.raises(UsageError, match=match):
        take(pool((0, "fear", 0)), *words)


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 9), st.booleans()), min_size=1, max_size=30
    )
)
@settings(max_examples=60, deadline=None)
def test_differing_is_what_counting_pairs_finds(rows):
    keys, labels, among = (np.array(column) for column in zip(*rows, strict=True))
    groups = np.array([keys.tolist().index(key) for key in keys])
    taken = [(key, label) for key, label, inside in rows if inside]
    slow = [
        inside and any(key == other and label != theirs for other, theirs in taken)
        for key, label, inside in rows
    ]
    assert differing(groups, labels, among).tolist() == slow


@pytest.mark.parametrize(
    ("sets", "emotions", "found"),
    [
        (["rafdb", "rafdb"], ["fear", "anger"], "rafdb"),
        (["rafdb", "fer2013"], ["fear", "anger"], "seven"),
        (["rafdb", "ferplus"], ["fear", "contempt"], "eight"),
        (["rafdb", "ferplus"], ["fear", None], "rafdb"),
        (["mine", "mine"], ["fear", "fear"], "seven"),
    ],
)
def test_the_label_set_is_the_common_one_or_the_smallest_that_holds_all(sets, emotions, found):
    labels = np.array([EMOTIONS.index(e) if e else -1 for e in emotions])
    assert label_set_of(np.array(sets), labels) == found

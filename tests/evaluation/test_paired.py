"""Two files of predictions compared: which rows, heads, labels and classes stand together."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from made_predictions import made

from mien.emotions import BASIC, EMOTIONS, LABEL_SETS, index
from mien.errors import DataError, UnknownNameError, UsageError
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling.paired import compare, compare_each
from mien.ferplus import ferplus_majority

EIGHT = LABEL_SETS["ferplus"]


def _votes(n: int = 140) -> Any:
    """Ten votes for each label of ``made``, but contempt for every tenth."""
    eye = 10 * np.eye(10, dtype=np.int16)
    column = np.argsort(ferplus_majority(eye)[:8])
    labels = np.array([index(BASIC[i % len(BASIC)]) for i in range(n)])
    labels[::10] = index("contempt")
    return eye[column[labels]]


def _mine(right: float = 0.8, **how: Any) -> Predictions:
    return made(140, right, model="mine", **how)


def _peer(right: float = 0.5, **how: Any) -> Predictions:
    return made(140, right, seed=1, **{"model": "peer", **how})


def _two_heads() -> Predictions:
    """Answers of a model with both heads on pictures with votes."""
    first = _mine(votes=_votes())
    other = _mine(votes=_votes(), classes=EIGHT, head="ferplus")
    return replace(first, heads={**first.heads, **other.heads})


def test_two_models_are_compared_on_the_labels_of_their_heads() -> None:
    found = compare(_mine(), _peer(), resamples=200)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["first"] == {"model": "mine", "model_sha256": "a" * 64, "head": "fer2013"}
    assert found["second"]["model"] == "peer"
    assert found["data"]["split"] == "test"
    assert (found["protocol"], found["kind"], found["n"]) == ("fer2013", "official", 140)
    assert found["accuracy"]["difference"] > 0.1
    assert found["mcnemar"]["p"] < 0.01
    assert compare(_mine(), _peer(), kind="dedup", resamples=50)["n"] == 112


def test_rows_may_stand_in_another_order() -> None:
    peer = _peer()
    turned = peer.at(np.arange(140)[::-1])
    assert compare(_mine(), turned, resamples=50) == compare(_mine(), peer, resamples=50)


def test_heads_may_have_other_names() -> None:
    found = compare(_two_heads(), _peer(head="seven", votes=_votes()), protocol="fer2013")
    assert (found["first"]["head"], found["second"]["head"]) == ("fer2013", "seven")


def test_the_protocol_tells_the_head() -> None:
    mine = _two_heads()
    for protocol in ("ferplus_majority", "ferplus_votes", "ferplus_plurality"):
        found = compare(mine, mine, protocol=protocol, resamples=20)
        assert (found["first"]["head"], found["n"]) == ("ferplus", 140)
        assert found["accuracy"]["difference"] == 0
    with pytest.raises(UsageError, match="mine has the heads fer2013, ferplus: name one of them"):
        compare(mine, mine)
    named = compare(mine, mine, heads=("ferplus", "fer2013"), protocol="fer2013", resamples=20)
    assert (named["first"]["head"], named["second"]["head"]) == ("ferplus", "fer2013")


def test_a_model_without_contempt_is_compared_without_it() -> None:
    mine = _mine(votes=_votes(), classes=EIGHT, head="ferplus")
    found = compare(mine, _peer(votes=_votes(), head="seven"), resamples=20)
    assert found["protocol"] == "ferplus_majority_without_contempt"
    assert found["n"] == 126
    assert found["classes"] == list(BASIC)


def test_answers_that_the_labels_lack_are_masked_before_they_are_compared() -> None:
    found = compare(_mine(), _peer(classes=EMOTIONS, head="eight"), resamples=20)
    assert found["classes"] == list(BASIC)
    assert found["n"] == 140


def test_different_classes_are_refused_unless_the_shared_ones_are_asked_for() -> None:
    few = tuple(name for name in BASIC if name != "disgust")
    peer = _peer()
    kept = np.array([EMOTIONS[label] != "disgust" for label in peer.labels])
    head = peer.heads["fer2013"]
    columns = [head.classes.index(name) for name in few]
    values = head.probabilities[:, columns]
    values = values / values.sum(axis=1, keepdims=True)
    peer = replace(peer, heads={"six": replace(head, classes=few, probabilities=values)})
    with pytest.raises(
        DataError, match=r"7 classes, peer .* 6: .* has disgust; .*--shared-classes"
    ):
        compare(_mine(), peer, resamples=20)
    found = compare(_mine(), peer, intersect=True, resamples=20)
    assert found["classes"] == list(few)
    assert found["n"] == int(kept.sum()) == 120


def test_sharing_classes_does_not_change_whose_labels_are_taken() -> None:
    mine = _mine(votes=_votes(), classes=EIGHT, head="ferplus")
    peer = _peer(votes=_votes(), head="seven")
    shared = compare(mine, peer, intersect=True, resamples=20)
    assert shared["protocol"] == "ferplus_majority_without_contempt"
    assert (shared["n"], shared["classes"]) == (126, list(BASIC))
    assert shared == compare(mine, peer, resamples=20)  # contempt is all that is not shared
    turned = compare(peer, mine, intersect=True, resamples=20)
    assert turned["protocol"] == "fer2013"


def test_published_labels_stay_where_contempt_is_not_shared() -> None:
    how: dict[str, Any] = {"votes": _votes(), "label_set": "ferplus"}
    mine = _mine(classes=EIGHT, head="ferplus", **how)
    assert compare(mine, _peer(**how), intersect=True, resamples=20)["protocol"] == "ferplus"


def test_the_own_labels_that_neither_form_of_is_there_are_refused() -> None:
    mine, peer = made(3, model="mine"), made(3, model="peer")
    other = replace(
        peer.heads["fer2013"],
        classes=("happiness", "sadness"),
        probabilities=np.full((3, 2), 0.5, np.float32),
    )
    with pytest.raises(
        UsageError,
        match=r"both can be scored on fer2013, .* head fer2013: fer2013; peer, head odd: nothing",
    ):
        compare(mine, replace(peer, heads={"odd": other}))


def test_more_than_six_are_corrected_for_the_pairs_with_the_first_alone() -> None:
    each = [made(140, 0.7, seed=seed, model=f"m{seed}") for seed in range(7)]
    found = compare_each(each, resamples=20)
    assert {one["first"]["model"] for one in found} == {"m0"}
    assert {one["corrected_for"] for one in found} == {6}
    assert {one["corrected_for"] for one in compare_each(each[:3], resamples=20)} == {3}


def test_sharing_one_class_is_not_enough() -> None:
    halves = ("anger", "disgust", "fear"), ("fear", "happiness", "sadness")
    both = []
    for classes in halves:
        one = _mine()
        head = one.heads["fer2013"]
        values = np.full((140, 3), 1 / 3, np.float32)
        changed = replace(head, classes=classes, probabilities=values)
        both.append(replace(one, heads={"x": changed}))
    with pytest.raises(DataError, match="share 1 classes; expected at least 2"):
        compare(*both, intersect=True)


def test_people_are_known_where_the_file_knows_them() -> None:
    people = [f"s{i % 14}" for i in range(140)]
    found = compare(_mine(subjects=people), _peer(subjects=people), resamples=50)
    assert (found["unit"], found["clusters"]) == ("subject", 14)


def test_other_pictures_protocols_and_heads_are_refused() -> None:
    with pytest.raises(DataError, match="did not answer the same rows: 40 of 140 pictures"):
        compare(_mine(), _peer().at(np.arange(100)))
    with pytest.raises(UsageError, match="cannot be scored on ferplus_votes; it can on fer2013"):
        compare(_mine(), _peer(), protocol="ferplus_votes")
    with pytest.raises(UsageError, match="no sixth rows of fer2013; there are official, dedup"):
        compare(_mine(), _peer(), kind="sixth")
    with pytest.raises(UnknownNameError, match="unknown head 'x'"):
        compare(_mine(), _peer(), heads=("x", None))
    with pytest.raises(UsageError, match=r"mine has the heads .* compared on fer2013"):
        compare(_peer(votes=_votes()), replace(_two_heads(), heads={
            name: _two_heads().heads["ferplus"] for name in ("eight", "nine")}))  # fmt: skip


def test_a_head_may_be_named_for_the_models_that_have_several() -> None:
    plain = made(140, label_set="seven", model="plain")
    two = replace(plain, heads={"one": plain.heads["fer2013"], "two": plain.heads["fer2013"]})
    with pytest.raises(UsageError, match=r"name one of them \(--head\)"):
        compare_each([two, plain])
    (found,) = compare_each([two, plain], "two")
    assert (found["first"]["head"], found["second"]["head"]) == ("two", "fer2013")
    assert found["protocol"] == "seven"
    with pytest.raises(UnknownNameError, match="unknown head 'three'; known: one, two, fer2013"):
        compare_each([two, plain], "three")

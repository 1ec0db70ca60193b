"""Scores of groups: by hand, silent where a group is too small, without names of people."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_sets import make, noise, picture

from mien.datasets.prepared import PreparedSet
from mien.emotions import BASIC, EMOTIONS
from mien.errors import DataError
from mien.evaluation.answers import Answers
from mien.evaluation.groups.grouping import Column
from mien.evaluation.groups.groups import expected_accuracy, groups, scored
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling.parts import SCORES

N = 90
PEOPLE = ("Ada Known", "Bo Seen", "Cy Met")


def labels(n: int) -> str:
    return ("fear", "anger", "happiness")[n % 3]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedSet:
    """90 pictures; 40 of a first origin, 35 of a second, 15 of a third; three people."""
    pictures = [
        picture(
            f"p{n}",
            n,
            labels(n),
            "test",
            subject=PEOPLE[n // 35] if n < 75 else "",
            origin=("big", "middle", "small")[(n >= 40) + (n >= 75)],
            pixels=noise(n, 8),
        )
        for n in range(N)
    ]
    return make(tmp_path_factory.mktemp("groups") / "set", pictures, name="grouped")


def answered(prepared: PreparedSet, wrong: list[int]) -> Predictions:
    """Answers that are right but for some rows, which are called neutral."""
    chosen = [BASIC.index(EMOTIONS[label]) for label in prepared.labels]
    for row in wrong:
        chosen[row] = BASIC.index("neutral")
    heads = {"fer2013": Answers(BASIC, np.eye(7, dtype=np.float32)[chosen])}
    rows = prepared.where()
    return Predictions.of(prepared, rows, heads, model="m", model_sha256="f" * 64, split="test")


WRONG = [*range(10), *range(40, 45), 80]


@pytest.fixture(scope="module")
def result(prepared: PreparedSet) -> Any:
    return groups(answered(prepared, WRONG), prepared, ["origin", "subject", "label"])


def test_a_head_without_a_class_of_the_labels_is_refused(prepared: PreparedSet) -> None:
    plain = answered(prepared, [])
    only = {"one": Answers(("contempt",), np.ones((N, 1), np.float32))}
    with pytest.raises(DataError, match="m knows contempt: expected pictures with such a label"):
        groups(replace(plain, heads=only), prepared, ["origin"])


def test_groups_by_hand(result: Any) -> None:
    head = result["heads"]["fer2013"]
    assert (head["protocol"], head["n"]) == ("fer2013", N)
    assert head["accuracy"] == pytest.approx(1 - 16 / N)
    big, middle = head["columns"]["origin"]["groups"]
    assert (big["group"], big["n"], big["accuracy"]) == ("big", 40, pytest.approx(30 / 40))
    assert (middle["group"], middle["n"]) == ("middle", 35)
    assert middle["accuracy"] == pytest.approx(30 / 35)
    for one in (big, middle):
        # by person, of whom each of these two groups has at most three: no interval
        assert one["intervals"] == dict.fromkeys(SCORES)
    assert (big["clusters"], middle["clusters"]) == (2, 2)
    found = head["columns"]["origin"]["gap"]
    assert (found["best"], found["worst"]) == ("middle", "big")
    assert found["accuracy"] == pytest.approx(30 / 35 - 30 / 40)
    assert found["interval"] is None


def test_small_groups_are_counted_and_not_scored(result: Any) -> None:
    column = result["heads"]["fer2013"]["columns"]["origin"]
    assert column["small"] == {"groups": 1, "rows": 15, "names": ["small"]}
    assert column["scored"] == {"groups": 2, "rows": 75}
    assert result["least"] == 30


def test_people_are_counted_with_their_spread_and_never_named(result: Any) -> None:
    column = result["heads"]["fer2013"]["columns"]["subject"]
    assert "groups" not in column
    assert column["scored"] == {"groups": 2, "rows": 70}
    assert column["small"] == {"groups": 1, "rows": 5, "names": []}
    assert (column["unknown"], column["unit"]) == (15, "picture")
    spread = column["spread"]
    assert spread["lowest"] == pytest.approx(25 / 35)
    assert spread["highest"] == pytest.approx(30 / 35)
    assert spread["sd"] == pytest.approx(np.std([25 / 35, 30 / 35], ddof=1))
    assert (column["gap"]["best"], column["gap"]["interval"] is None) == (None, False)
    text = json.dumps(result, allow_nan=False)
    assert not any(word in text for name in PEOPLE for word in name.split())
    assert result["columns"]["subject"]["private"]


def test_the_file_says_what_it_is_of(prepared: PreparedSet, result: Any) -> None:
    assert (result["model"], result["model_sha256"]) == ("m", "f" * 64)
    assert result["data"] == {
        "name": "grouped", "sha256": prepared.sha256, "split": "test", "label_set": "fer2013",
    }  # fmt: skip
    assert result["bootstrap"]["resamples"] == 1000
    assert result["environment"]["packages"]["numpy"]


def test_macro_f1_is_over_the_emotions_of_the_group(result: Any) -> None:
    for one in result["heads"]["fer2013"]["columns"]["label"]["groups"]:
        recall = one["accuracy"]
        assert one["macro_f1"] == pytest.approx(2 * recall / (1 + recall))
        assert one["balanced_accuracy"] == pytest.approx(recall)


def test_expected_accuracy_is_that_of_the_mix_of_emotions(prepared: PreparedSet) -> None:
    predictions = answered(prepared, [0, 3, 6, 9, 12, 15, 1])  # six fears and an anger of 30 each
    case = predictions.cases("fer2013")["fer2013"]["official"]
    fear, anger = 24 / 30, 29 / 30
    assert expected_accuracy(case, np.array([0, 3, 1])) == pytest.approx((2 * fear + anger) / 3)
    assert expected_accuracy(case, np.arange(N)) == pytest.approx(83 / 90)


def test_people_make_the_intervals_where_they_are_known(prepared: PreparedSet) -> None:
    predictions = answered(prepared, WRONG)
    case = predictions.cases("fer2013")["fer2013"]["official"]
    halves = Column("split", ("a", "b"), np.arange(N) % 2)
    nobody = np.full(N, "")
    many = np.array([f"s{n // 3}" for n in range(N)])
    by_picture, by_person = (scored(case, halves, who) for who in (nobody, many))
    assert (by_picture["unit"], by_person["unit"]) == ("picture", "subject")
    assert by_person["groups"][0]["clusters"] == 30
    widths = []
    for found in (by_picture, by_person):
        low, high = found["groups"][0]["intervals"]["accuracy"]
        assert low <= found["groups"][0]["accuracy"] <= high
        widths.append(high - low)
    assert widths[1] > widths[0]  # a person's answers are alike here


def test_rows_without_a_value_are_a_group_that_the_second_gap_is_without(
    prepared: PreparedSet,
) -> None:
    predictions = answered(prepared, list(range(0, 60, 2)))
    case = predictions.cases("fer2013")["fer2013"]["official"]
    of = np.array([0] * 30 + [2] * 30 + [1] * 30)
    column = Column("yaw", ("to 3", "over 3", "no landmarks"), of)
    found = scored(case, column, np.full(N, ""))
    assert found["gap"]["worst"] == "to 3"
    assert found["gap"]["best"] == "over 3"
    assert found["gap_known"]["best"] == "over 3"
    assert scored(case, replace(column, of=of % 2), np.full(N, ""))["gap_known"] is None
    alone = scored(case, replace(column, of=2 * (of // 2)), np.full(N, ""))
    assert (alone["gap"] is None, alone["gap_known"]) == (False, None)


def test_only_the_rows_of_the_protocol_are_grouped(tmp_path: Path) -> None:
    from made_sets import votes_for

    sides = {1: 6, 3: 6, 5: 6, 7: 7, 9: 7, 11: 8}  # the others have no majority
    pictures = [
        picture(
            f"p{n}",
            n,
            "fear",
            "test",
            votes=votes_for(fear=10) if n in sides else votes_for(fear=5, anger=5),
            pixels=noise(n, sides.get(n, 9)),
        )
        for n in range(12)
    ]
    voted = make(tmp_path / "voted", pictures)
    rows = voted.where()
    heads = {"ferplus": Answers(EMOTIONS, np.full((12, 8), 0.125, np.float32))}
    predictions = Predictions.of(voted, rows, heads, model="m", model_sha256="0", split="test")
    found = groups(predictions, voted, ["height"], least=2)["heads"]["ferplus"]
    assert (found["protocol"], found["n"]) == ("ferplus_majority", 6)
    column = found["columns"]["height"]
    assert [(one["group"], one["n"]) for one in column["groups"]] == [("6", 3), ("7", 2)]
    assert column["small"] == {"groups": 1, "rows": 1, "names": ["8"]}


def test_predictions_on_another_set_are_refused(prepared: PreparedSet, tmp_path: Path) -> None:
    other = make(tmp_path / "other", [picture(f"p{n}", n, "fear", "test") for n in range(3)])
    with pytest.raises(DataError, match="87 of 90 pictures are not in"):
        groups(answered(prepared, []), other, ["label"])

"""The sentences, each by its rule."""

from typing import Any

import numpy as np
import pytest
from made_errors import told

from mien.evaluation.errors.confusions import pairs, sides
from mien.evaluation.errors.erring import wrong_places
from mien.evaluation.errors.reading import percent, reading


def read(*rows: tuple[Any, ...]) -> list[str]:
    predictions = told(*rows)
    case = predictions.case("fer2013")
    votes = sides(predictions, case, wrong_places(case))
    return reading(case, pairs(predictions, case), votes)


def said(sentences: list[str], words: str) -> str:
    (one,) = [sentence for sentence in sentences if words in sentence]
    return one


ROWS = (
    *[("fear", "surprise", 0.95)] * 12,
    *[("fear", "fear", 0.5)] * 28,
    *[("surprise", "fear", 0.6)] * 3,
    *[("surprise", "surprise", 0.92)] * 57,
)


def test_the_score_comes_first_with_its_interval() -> None:
    first = read(*ROWS)[0]
    assert first == "85 of 100 answers are the label (85.0 %, 95 % interval 76.7–90.7); 15 are not."


def test_the_score_is_by_person_where_people_are_known() -> None:
    case = told(*ROWS).case("fer2013")
    first, few = (
        reading(case, [], None, np.array([f"p{i % people}" for i in range(100)]))[0]
        for people in (20, 4)
    )
    assert "(85.0 %, 95 % interval " in first
    assert "76.7–90.7" not in first
    assert "(85.0 %, no interval: fewer than 5 people); 15 are not." in few


def test_a_pair_is_told_with_both_ways_and_what_the_faces_share() -> None:
    sentence = said(read(*ROWS), "confused most often")
    assert sentence.startswith(
        "Fear and surprise are confused most often: 15 of the errors (100 %)"
    )
    assert "30 % of the 40 pictures labelled fear are answered as surprise, " in sentence
    assert "5 % of the 60 pictures labelled surprise as fear." in sentence
    assert "It goes mostly one way." in sentence
    assert "a dropped jaw" in sentence
    assert "FER+" not in sentence


def test_shares_that_differ_less_than_twice_do_not_go_one_way() -> None:
    even = (*ROWS, *[("surprise", "fear", 0.6)] * 10)
    assert "one way" not in said(read(*even), "confused most often")


def test_few_errors_are_no_common_confusion() -> None:
    assert not [s for s in read(*ROWS[6:]) if "confused" in s]


def test_a_direction_without_pictures_is_said() -> None:
    rows = (*[("fear", "disgust", 0.6)] * 12, *[("fear", "fear", 0.6)] * 30)
    assert "no picture is labelled disgust" in said(read(*rows), "confused most often")


def test_classes_answered_too_often_or_too_rarely() -> None:
    found = [sentence for sentence in read(*ROWS) if "than it is the label" in sentence]
    assert found == ["Fear is answered less often than it is the label: 31 times against 40."]
    small = (*[("disgust", "fear", 0.6)] * 29, *[("fear", "fear", 0.6)] * 200)
    assert not [s for s in read(*small) if "Disgust is" in s]  # fewer than 30 pictures
    more = (*ROWS, *[("anger", "surprise", 0.6)] * 20)
    assert "Surprise is answered more often" in said(read(*more), "Surprise is answered")


def test_the_least_and_the_most_found_class() -> None:
    assert said(read(*ROWS), "found least") == (
        "Fear is found least: 70 % of its 40 pictures; "
        "surprise is found most: 95 % of its 60 pictures."
    )
    assert not [s for s in read(*[("fear", "fear", 0.9)] * 40) if "found least" in s]


def test_errors_among_the_sure_answers() -> None:
    assert said(read(*ROWS), "90 %") == (
        "Of the 69 answers with a confidence of 90 % or more, 12 (17 %) are wrong."
    )
    unsure = read(*[("fear", "fear", 0.5)] * 20)
    assert unsure[-1] == "Only 0 of its answers have a confidence of 90 % or more."


def test_votes_tell_on_whose_side_people_are() -> None:
    rows = (
        *[("fear", "surprise", 0.6, {"surprise": 10})] * 15,
        *[("fear", "surprise", 0.6, {"fear": 10})] * 5,
        *[("fear", "surprise", 0.6, {"fear": 5, "surprise": 5})] * 7,
        *[("fear", "fear", 0.6, {"fear": 10})] * 40,
    )
    found = read(*rows)
    ending = "it is with the model in 75 % and with the label in 25 %."
    sentence = said(found, "confused most often")
    assert sentence.endswith(f"Of these, 20 have a FER+ majority: {ending}")
    assert found[-1] == f"Of all the errors, 20 have a FER+ majority: {ending}"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.004, "<1 %"), (0.005, "0 %"), (0.256, "26 %"), (1, "100 %")],
)
def test_percent(share: float, text: str) -> None:
    assert percent(share) == text

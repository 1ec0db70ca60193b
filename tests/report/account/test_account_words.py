import pytest

from mien.evaluation.metrics import wilson_interval
from mien.report.account import words


def test_shares_and_numbers_are_written_with_their_intervals() -> None:
    assert words.percent(0.6144) == "61.4 %"
    assert words.percent(None) == words.NONE
    assert words.percent(0.9996) == ">99.9 %"
    assert words.percent(0.998, 0) == ">99 %"
    assert words.percent(0.0004) == "<0.1 %"
    assert (words.percent(1.0), words.percent(0.0, 0)) == ("100.0 %", "0 %")
    assert words.with_ends(0.614, [0.598, 0.629]) == "61.4 (59.8–62.9)"
    assert words.with_ends(0.614, None) == "61.4"
    assert words.number_with_ends(0.58, [0.559, 0.599]) == "0.580 (0.559–0.599)"
    assert words.number_with_ends(None, None) == words.NONE
    assert words.ends(None) == words.NONE


@pytest.mark.parametrize(
    ("protocol", "said"),
    [
        ("fer2013", "FER-2013 labels"),
        ("ferplus_majority", "FER+ majority labels"),
        ("ferplus_plurality_without_contempt", "FER+ plurality labels without contempt"),
        ("ferplus_votes_without_contempt", "FER+ votes without contempt"),
        ("eight", "the dataset's own labels"),
    ],
)
def test_a_protocol_is_told_as_the_labels_it_scores_against(protocol: str, said: str) -> None:
    assert words.labels(protocol) == said


def test_words_are_listed_as_in_a_sentence() -> None:
    assert words.listed([]) == ""
    assert words.listed(["fear"]) == "fear"
    assert words.listed(["fear", "anger", "joy"]) == "fear, anger and joy"
    assert words.counted(1, "picture") == "1 picture"
    assert words.counted(1200, "person", "people") == "1,200 people"


def test_an_interval_without_width_is_replaced_by_wilsons() -> None:
    perfect = {"n": 20, "accuracy": 1.0, "intervals": {"accuracy": [1.0, 1.0], "f1": [0.2, 0.4]}}
    low, high = words.interval_of(perfect) or ()
    assert 0.8 < low < 0.9
    assert high == 1
    assert words.interval_of(perfect, "f1") == [0.2, 0.4]
    assert words.interval_of(perfect, "auroc") is None


def test_an_older_report_has_the_interval_beside_the_accuracy() -> None:
    assert words.interval_of({"n": 9, "accuracy": 0.5, "interval": [0.2, 0.8]}) == [0.2, 0.8]


def test_pictures_of_people_are_never_counted_as_independent() -> None:
    alone = {"n": 21, "accuracy": 0.2, "interval": None, "intervals": {"accuracy": None}}
    few = {**alone, "unit": "subject", "clusters": 1}
    assert words.interval_of(few) is None
    assert words.no_interval(few) == "no interval: fewer than 5 people"
    assert words.interval_of({**alone, "unit": "picture"}) is not None
    perfect = {**few, "accuracy": 1.0, "intervals": {"accuracy": [1.0, 1.0]}, "clusters": 9}
    assert words.interval_of(perfect) is None
    assert words.no_interval(perfect) == "no interval: every resample of people gives the same"
    known = {**perfect, "accuracy": 0.9, "intervals": {"accuracy": [0.8, 1.0]}}
    assert words.interval_of(known) == [0.8, 1.0]


def test_a_share_of_a_class_without_width_is_replaced_by_wilsons_and_an_f1_by_none() -> None:
    zero = {"precision": [0.0, 0.0], "recall": [0.0, 0.0], "f1": [0.0, 0.0]}
    rare = {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 3, "intervals": zero}
    report = {
        "classes": ["fear", "joy"],
        "confusion": [[0, 3], [2, 9]],
        "per_class": {"fear": rare},
    }
    one = words.of_class(report, "fear")
    assert words.interval_of(one, "recall") == wilson_interval(0, 3)
    assert words.interval_of(one, "precision") == wilson_interval(0, 2)
    assert words.interval_of(one, "f1") is None
    wide = {**rare, "intervals": {"recall": [0.0, 0.4]}}
    known = words.of_class({**report, "per_class": {"fear": wide}}, "fear")
    assert words.interval_of(known, "recall") == [0.0, 0.4]
    assert words.interval_of(known, "precision") is None  # never answered in any resample
    people = words.of_class({**report, "unit": "subject"}, "fear")
    assert [words.interval_of(people, name) for name in zero] == [None] * 3

"""Which rows are scored against which labels: by hand, in bad cases, and on real answers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_cases import labels, score, sure, votes

from mien.emotions import BASIC, CODES, EMOTIONS, index
from mien.errors import DataError, UnknownEmotionError, UnknownNameError
from mien.evaluation.protocols import cases, own_protocol
from mien.ferplus import ferplus_majority, ferplus_top


def test_seven_answers_need_no_masking_in_any_order_and_spelling() -> None:
    head = ("happy", "neutral", "sad", "angry", "fear", "surprise", "disgust")
    answers = np.eye(7)[[0, 1, 2, 3]]
    truth = labels("happiness", "neutral", "sadness", "fear")
    report = score(answers, head, truth)["fer2013"]["official"]
    assert report["accuracy"] == 0.75
    assert report["per_class"]["happiness"]["recall"] == 1
    assert report["confusion"][BASIC.index("fear")][BASIC.index("anger")] == 1
    assert "unmasked" not in report
    assert "left_out" not in report


def test_dedup_leaves_out_the_copies() -> None:
    answers = sure(BASIC, "anger", "fear", "anger")
    copies = np.array([True, False, False])
    reports = score(answers, BASIC, labels("anger", "fear", "fear"), None, copies)["fer2013"]
    assert (reports["official"]["n"], reports["dedup"]["n"]) == (3, 2)
    assert reports["dedup"]["accuracy"] == 0.5
    unflagged = score(answers, BASIC, labels("anger", "fear", "fear"))["fer2013"]
    assert unflagged["dedup"] == unflagged["official"]


def test_rows_that_a_head_cannot_name_are_left_out_and_counted() -> None:
    truth = labels("contempt", "contempt", "anger")
    scores = score(sure(BASIC, "anger", "fear", "anger"), BASIC, truth, label_set="ferplus")
    assert set(scores) == {"ferplus"}
    report = scores["ferplus"]["official"]
    assert (report["n"], report["accuracy"], report["left_out"]) == (1, 1.0, {"contempt": 2})


def test_a_protocol_without_rows_has_no_entry() -> None:
    answers, everything = sure(BASIC, "anger"), np.array([True])
    scores = score(answers, BASIC, labels("anger"), votes("unknown"), everything)
    assert set(scores) == {"fer2013"}
    assert set(scores["fer2013"]) == {"official"}


def test_names_are_checked() -> None:
    with pytest.raises(UnknownEmotionError, match="unknown emotion 'bored'"):
        score(np.ones((1, 1)), ["bored"], labels("anger"))
    with pytest.raises(UnknownNameError, match="unknown label set 'rafbd'; known: fer2013"):
        score(np.ones((1, 1)), ["anger"], labels("anger"), label_set="rafbd")
    with pytest.raises(DataError, match="expected each emotion once, found anger, anger"):
        score(np.ones((1, 2)), ["anger", "angry"], labels("anger"))
    with pytest.raises(DataError, match="labels: expected one or more"):
        score(np.ones((0, 1)), ["anger"], np.zeros(0, int))


@pytest.fixture(scope="module")
def private_test(real_data: Path) -> tuple[Any, Any]:
    """Labels and votes of the 3,589 rows."""
    table = pytest.importorskip("pyarrow.parquet").read_table(
        real_data / "fer2013" / "test-00000-of-00001.parquet", columns=["label"]
    )
    codes = CODES["fer2013"]
    truth = np.array([index(codes[code]) for code in table["label"].to_pylist()])
    from mien.datasets.votes import FILE_NAME, read_votes

    votes_file = read_votes(real_data / "fer2013" / FILE_NAME)
    return truth, votes_file.counts[votes_file.usages == "PrivateTest"]


@pytest.mark.data
def test_how_far_the_two_label_sets_agree(private_test: tuple[Any, Any]) -> None:
    truth, table = private_test
    majority = ferplus_majority(table)
    assert round(100 * float((truth == majority)[majority >= 0].mean()), 1) == 67.0
    assert round(100 * float((truth == ferplus_top(table)).mean()), 1) == 62.5


@pytest.mark.data
@pytest.mark.parametrize(
    ("peer", "official", "majority", "macro_f1"),
    [
        ("fer-25.10", 65.81, 67.4, 0.567),
        ("face-api-vladmandic", 58.93, 69.0, 0.561),
        ("what-the-face", 56.20, 59.1, 0.506),
    ],
)
def test_peers_come_out_as_published(
    real_data: Path,
    private_test: tuple[Any, Any],
    peer: str,
    official: float,
    majority: float,
    macro_f1: float,
) -> None:
    truth, table = private_test
    with np.load(real_data / "peers" / f"{peer}.npz") as answers:
        rows = answers["csv_row"] - 32298
        scores = score(
            answers["probabilities"], answers["classes"].tolist(), truth[rows], table[rows]
        )
    report = scores["ferplus_majority_without_contempt"]["official"]
    assert scores["fer2013"]["official"]["n"] == 3589
    assert round(100 * scores["fer2013"]["official"]["accuracy"], 2) == official
    assert report["n"] == 3137
    assert round(100 * report["accuracy"], 1) == majority
    assert round(report["macro_f1"], 3) == macro_f1


@pytest.mark.data
def test_the_sizes_of_the_ferplus_protocols(private_test: tuple[Any, Any]) -> None:
    truth, table = private_test
    found = cases(np.full((len(truth), 8), 1 / 8), EMOTIONS, truth, table)
    sizes = {name: len(kinds["official"].rows) for name, kinds in found.items()}
    assert sizes["ferplus_majority"] == 3153
    assert sizes["ferplus_majority_without_contempt"] == 3137
    assert sizes["ferplus_plurality"] == 3546
    assert sizes["ferplus_votes"] == 3573


def test_no_protocol_is_said() -> None:
    with pytest.raises(DataError, match="head one: expected labels of some of its classes"):
        own_protocol("one", {})

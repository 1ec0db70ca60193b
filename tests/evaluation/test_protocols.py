"""Which rows are scored against which labels: by hand, in bad cases, and on real answers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from made_cases import score

from mien.emotions import BASIC, CODES, EMOTIONS, index
from mien.errors import DataError, UnknownEmotionError, UnknownNameError
from mien.evaluation.protocols import cases, mask_classes, own_protocol
from mien.ferplus import ferplus_majority, ferplus_top


def sure(classes: tuple[str, ...], *names: str) -> Any:
    """Answers that are 90 % sure of these names; the rest is spread evenly."""
    rest = 0.1 / (len(classes) - 1)
    rows = np.full((len(names), len(classes)), rest)
    rows[np.arange(len(names)), [classes.index(name) for name in names]] = 0.9
    return rows


def labels(*names: str) -> Any:
    return np.array([index(name) for name in names])


def votes(*names: str) -> Any:
    """Ten votes for each name, in the order emotions, unknown, not a face."""
    choices = (*EMOTIONS, "unknown", "not_a_face")
    table = np.zeros((len(names), 10), np.int16)
    table[np.arange(len(names)), [choices.index(name) for name in names]] = 10
    return table


def test_mask_by_hand() -> None:
    masked = mask_classes(
        np.array([[0.5, 0.3, 0.2], [1.0, 0.0, 0.0]]), ("contempt", "fear", "anger"), BASIC
    )
    assert masked == pytest.approx(np.array([[0, 0.6, 0.4], [0, 0.5, 0.5]]))


@given(
    arrays(np.float32, (5, 8), elements=st.floats(0, 1, width=32)),
    st.sets(st.sampled_from(EMOTIONS), min_size=1),
)
def test_masked_answers_are_probabilities_over_the_allowed(rows: Any, allowed: set[str]) -> None:
    masked = mask_classes(rows, EMOTIONS, sorted(allowed))
    assert masked.sum(axis=1) == pytest.approx(np.ones(5))
    assert (masked[:, [name not in allowed for name in EMOTIONS]] == 0).all()


def test_eight_answers_on_seven_labels() -> None:
    answers = sure(EMOTIONS, "anger", "contempt", "fear")
    answers[1, index("sadness")] += 0.01  # what is left once contempt is masked
    scores = score(answers, EMOTIONS, labels("anger", "sadness", "sadness"))
    report = scores["fer2013"]["official"]
    assert set(scores) == {"fer2013"}
    assert report["classes"] == list(BASIC)
    assert report["accuracy"] == pytest.approx(2 / 3)
    assert report["masked"] == ["contempt"]
    assert report["unmasked"]["accuracy"] == pytest.approx(1 / 3)
    assert report["unmasked"]["emptied"] == 0
    assert json.loads(json.dumps(scores, allow_nan=False)) == scores


def test_answers_that_masking_empties_are_counted() -> None:
    answers = np.eye(8)[[index("contempt"), index("contempt"), index("fear")]]
    report = score(answers, EMOTIONS, labels("anger", "sadness", "fear"))["fer2013"]["official"]
    assert report["unmasked"]["emptied"] == 2


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


def test_majority_with_and_without_contempt() -> None:
    table = votes("anger", "contempt", "neutral", "unknown", "not_a_face")
    answers = sure(EMOTIONS, "anger", "contempt", "contempt", "anger", "anger")
    copies = np.array([True, False, False, False, False])
    scores = score(answers, EMOTIONS, labels(*["anger"] * 5), table, copies)
    majority, without = scores["ferplus_majority"], scores["ferplus_majority_without_contempt"]
    assert [r["n"] for r in (majority["official"], majority["dedup"])] == [3, 2]
    assert majority["official"]["accuracy"] == pytest.approx(2 / 3)
    assert majority["official"]["classes"] == list(EMOTIONS)
    assert [r["n"] for r in (without["official"], without["dedup"])] == [2, 1]
    assert without["official"]["unmasked"]["accuracy"] == 0.5
    assert without["official"]["classes"] == list(BASIC)


def test_a_head_without_contempt_has_only_the_majority_without_it() -> None:
    table = votes("anger", "contempt")
    scores = score(sure(BASIC, "anger", "fear"), BASIC, labels("anger", "fear"), table)
    rules = ("majority", "plurality", "votes")
    assert set(scores) == {"fer2013", *(f"ferplus_{rule}_without_contempt" for rule in rules)}
    assert scores["ferplus_majority_without_contempt"]["official"]["n"] == 1


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


def test_nll_and_brier_are_of_the_masked_answers() -> None:
    answers = np.array([[0.2, 0.5, 0.3]])  # contempt masked: 0.4, 0.6
    head = ("anger", "contempt", "fear")
    report = score(answers, head, labels("anger"))["fer2013"]["official"]
    assert report["nll"] == pytest.approx(-np.log(0.4))
    assert report["brier"] == pytest.approx(2 * 0.6**2)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(DataError) as caught:
        score(np.ones((2, 3)), BASIC, labels("anger", "contempt"), votes("fear"), np.zeros(2))
    message = str(caught.value)
    assert message.startswith("4 problems:")
    assert "probabilities: expected [2, 7] (labels, classes), found [2, 3]" in message
    assert "labels: expected one or more of the positions [0, 2, 3, 4, 5, 6, 7]" in message
    assert "votes: expected 2 rows (as the labels), found 1" in message
    assert "copy_in_train: expected bool [2], found float64 [2]" in message


@pytest.mark.parametrize("bad", [np.nan, -0.1])
def test_what_is_no_probability_is_refused(bad: float) -> None:
    answers = sure(BASIC, "anger")
    answers[0, 1] = bad
    with pytest.raises(DataError, match="expected numbers from 0 to 1, found negative ones or NaN"):
        score(answers, BASIC, labels("anger"))


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


def test_plurality_and_votes_take_more_rows_than_the_majority() -> None:
    table = votes("anger", "anger", "unknown")
    table[1, [index("anger"), index("fear"), index("sadness")]] = (4, 4, 2)  # no majority
    answers = sure(EMOTIONS, "anger", "anger", "anger")
    found = cases(answers, EMOTIONS, labels(*["anger"] * 3), table)
    rows = {name: kinds["official"].rows.tolist() for name, kinds in found.items()}
    assert rows["ferplus_majority"] == [0]
    assert rows["ferplus_plurality"] == rows["ferplus_votes"] == [0, 1]
    targets = found["ferplus_votes"]["official"].targets
    assert targets is not None
    assert targets[1, [index("anger"), index("fear"), index("sadness")]] == pytest.approx(
        [0.4, 0.4, 0.2]
    )
    assert found["fer2013"]["official"].targets is None


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

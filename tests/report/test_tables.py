"""Tables, cell by cell."""

from io import StringIO

import numpy as np
import pytest
from made_cases import score
from rich.console import Console

from mien.emotions import BASIC, EMOTIONS
from mien.report.tables import decimal, markdown_table, protocol_words, scores_rows, scores_table

LABELS = np.array([0, 2, 3, 3])  # anger, disgust, fear, fear


def test_a_number_that_rounds_to_nothing_has_no_minus() -> None:
    assert [decimal(value) for value in (-0.04, 0.04, -0.06, 12.34)] == [
        "0.0",
        "0.0",
        "-0.1",
        "12.3",
    ]
    assert decimal(-0.0004, 3) == "0.000"


def printed(table: object, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width)
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_markdown_by_hand() -> None:
    table = markdown_table(["model", "n"], [["a|b", 3137], ["two\nlines", ""]])
    assert table == "| model | n |\n| --- | ---: |\n| a\\|b | 3137 |\n| two<br>lines |  |\n"


@pytest.mark.parametrize(
    ("cells", "rule"),
    [(["1,234", "0.5", "7 %"], "---:"), (["1", "x"], "---"), (["", ""], "---"), ([], "---")],
)
def test_only_columns_of_numbers_are_set_to_the_right(cells: list[str], rule: str) -> None:
    assert markdown_table(["h"], [[cell] for cell in cells]).splitlines()[1] == f"| {rule} |"


def test_markdown_refuses_ragged_rows() -> None:
    with pytest.raises(ValueError, match="shorter"):
        markdown_table(["a", "b"], [["only one"]])


def test_scores_by_hand() -> None:
    answers = np.eye(8)[[0, 5, 3, 1]]
    answers[3, 3] = 0.5  # contempt before fear
    rows = scores_rows(score(answers, EMOTIONS, LABELS, None, np.array([1, 0, 0, 0], bool)))
    assert rows[0][:3] == ["FER-2013", "official", "4"]
    assert rows[0][3].startswith("75.00 (30.1–95.4)")
    assert rows[0][4] == f"{(1 + 0 + 1) / 7:.3f}"
    assert rows[0][5] == "50.00"
    assert rows[1][:3] == ["FER-2013", "dedup", "3"]


def test_the_table_fits_a_narrow_terminal_and_says_what_was_masked() -> None:
    text = printed(scores_table(score(np.eye(8)[LABELS], EMOTIONS, LABELS)))
    assert "100.00 (51.0–100.0)" in text
    assert "Labels without contempt: its probability counts as 0" in text
    assert "nothing is left" not in text
    assert "…" not in text


def test_answers_that_lay_on_masked_classes_alone_are_told() -> None:
    answers = np.eye(8)[np.full(len(LABELS), EMOTIONS.index("contempt"))]
    text = " ".join(printed(scores_table(score(answers, EMOTIONS, LABELS))).split())
    assert f"Of {len(LABELS)} answers nothing is left so: each counts as the first class." in text


def test_the_widest_table_is_whole_in_80_signs_and_tells_of_the_votes() -> None:
    report = {"n": 3589, "accuracy": 1.0, "interval": [0.51, 1.0], "macro_f1": 0.58}
    report |= {"masked": ["contempt"], "unmasked": {"accuracy": 0.6}}
    votes = {"kl": 0.4321, "agreement": 0.61, "agreement_at_most": 0.85}
    kinds = {"official": {**report, "calibration": votes}, "dedup": report}
    text = printed(scores_table({"ferplus_votes_without_contempt": kinds, "fer2013": kinds}))
    lines = [line.rstrip() for line in text.splitlines()]
    assert max(map(len, lines)) <= 80
    assert "…" not in text
    assert "macro     un-" in lines[0]
    assert "dedup     3,589  100.00 (51.0–100.0)  0.580   60.00" in text
    assert "Accuracy on FER+ votes: against the emotion with the most votes." in text
    assert "official: 61.0 % of the votes are for the answer (85.0 % at most), KL 0.432" in (
        " ".join(text.split())
    )


def test_nothing_masked_nothing_said() -> None:
    scores = score(np.eye(7)[[0, 1, 2, 2]], BASIC, LABELS)
    assert scores_rows(scores)[0][5] == ""
    assert "nmasked" not in printed(scores_table(scores))


@pytest.mark.parametrize(
    ("protocol", "words"),
    [
        ("fer2013", "FER-2013"),
        ("ferplus_majority", "FER+ majority"),
        ("ferplus_votes_without_contempt", "FER+ votes, no contempt"),
        ("rafdb", "rafdb"),
    ],
)
def test_a_protocol_has_a_name_for_readers(protocol: str, words: str) -> None:
    assert protocol_words(protocol) == words

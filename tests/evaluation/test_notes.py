"""Sentences beside scores: they are there where something does not fit."""

from pathlib import Path

from made_predictions import made

from mien.datasets.prepared import PreparedSet
from mien.evaluation.notes import framing_note, unscored_note


def test_a_note_where_faces_were_cut_out_otherwise(drawn_set: Path) -> None:
    drawn = PreparedSet.open(drawn_set)
    assert framing_note(drawn, "crop") == ""
    assert "turned upright, those of drawn were prepared as they stood" in framing_note(
        drawn, "align"
    )


def test_heads_that_were_not_scored_are_named() -> None:
    predictions = made(14)
    assert unscored_note(predictions, ["fer2013"]) == ""
    said = "not scored: fer2013, without a class of the labels in made test"
    assert unscored_note(predictions, []) == said

"""The file of predictions: there and back, and what it refuses."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_predictions import VOTES, made

from mien.emotions import BASIC
from mien.errors import DataError
from mien.evaluation.stored import read_predictions, write_predictions


@pytest.mark.parametrize("votes", [None, VOTES])
def test_what_is_written_is_read_again(tmp_path: Path, votes: Any) -> None:
    first = made(votes=votes, subjects=["", "p1"] * 30)
    heads = {"fer2013": replace(first.heads["fer2013"], temperature=1.25)}
    first = replace(first, heads=heads)
    write_predictions(first, tmp_path / "predictions.npz")
    again = read_predictions(tmp_path / "predictions.npz")
    assert again.origin == first.origin
    for name in ("ids", "labels", "votes", "copy_in_train", "subjects"):
        assert np.array_equal(getattr(again, name), getattr(first, name)), name
    assert again.heads["fer2013"].classes == BASIC
    assert again.heads["fer2013"].temperature == 1.25
    assert np.array_equal(
        again.heads["fer2013"].probabilities, first.heads["fer2013"].probabilities
    )


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 cut off", b"no archive at all"], ids=["empty", "cut", "text"]
)
def test_a_damaged_file_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "predictions.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="missing, damaged or of another kind") as caught:
        read_predictions(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_another_archive_and_a_newer_format(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="mien evaluate"):
        read_predictions(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", a=np.zeros(2))
    with pytest.raises(DataError, match="of another kind"):
        read_predictions(tmp_path / "other.npz")
    np.savez(tmp_path / "newer.npz", about=np.array('{"format": 2}'))
    with pytest.raises(DataError, match="format 2, this mien reads 1"):
        read_predictions(tmp_path / "newer.npz")

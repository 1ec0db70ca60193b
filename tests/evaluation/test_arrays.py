"""Files of arrays that are cut off, damaged or of another kind: a sentence, never more."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_predictions import made

from mien.errors import DataError
from mien.evaluation.arrays import read_arrays, reason
from mien.evaluation.stored import read_predictions, write_predictions


def test_arrays_are_read_by_name(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", one=np.arange(3), two=np.array("text"))
    found = read_arrays(tmp_path / "a.npz")
    assert {name: values.tolist() for name, values in found.items()} == {
        "one": [0, 1, 2],
        "two": "text",
    }


def test_what_is_no_archive_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file"):
        read_arrays(tmp_path / "none.npz")
    with pytest.raises(ValueError, match="is a directory"):
        read_arrays(tmp_path)
    np.save(tmp_path / "a.npy", np.arange(3))
    with pytest.raises(ValueError, match=r"it is no \.npz, or was cut off"):
        read_arrays(tmp_path / "a.npy")


def test_what_would_run_code_is_not_opened(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", one=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="an array cannot be read: Object arrays"):
        read_arrays(tmp_path / "a.npz")


def test_damage_anywhere_in_a_file_of_predictions_is_a_sentence(tmp_path: Path) -> None:
    path, damaged = tmp_path / "predictions.npz", tmp_path / "damaged.npz"
    write_predictions(made(8), path)
    whole, rng = path.read_bytes(), random.Random(0)
    for turn in range(120):
        content = bytearray(whole)
        if turn % 4 == 0:
            content = content[: rng.randrange(len(content))]
        else:
            for _ in range(rng.choice((1, 5, 20))):
                content[rng.randrange(len(content))] = rng.randrange(256)
        damaged.write_bytes(bytes(content))
        try:
            read_predictions(damaged)
        except DataError as error:
            assert str(damaged) in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("error", "said"),
    [(KeyError("labels"), "it has no labels"), (ValueError("not so"), "not so")],
)
def test_a_missing_key_is_told_in_words(error: Any, said: str) -> None:
    assert reason(error) == said

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from mien.models.torchvision_operators import declare

declare()

from small_experiment import SMALL  # noqa: E402

from mien.config import Experiment  # noqa: E402
from mien.datasets import fold_file  # noqa: E402
from mien.datasets.folds import folds_of  # noqa: E402
from mien.datasets.prepared import PreparedSet  # noqa: E402
from mien.emotions import EMOTIONS  # noqa: E402
from mien.errors import ConfigError, PreparedDataError  # noqa: E402
from mien.training.data import splits  # noqa: E402


def _experiment(**changes: object) -> Experiment:
    return Experiment.from_dict(SMALL).changed({"data.heads": ["ferplus"], **changes})


def _only(prepared: PreparedSet, kept: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> None:
    """Take all other training pictures away."""
    prepared.flags["unreadable"][(prepared.split == "train") & ~kept] = True


def test_a_class_without_pictures_is_told(drawn_set: Path) -> None:
    prepared = PreparedSet.open(drawn_set)
    fear = EMOTIONS.index("fear")
    _only(prepared, prepared.labels != fear)
    found = splits(prepared, _experiment())
    assert found.notes == ("note: nothing to learn fear from: head ferplus will not answer so",)
    assert splits(PreparedSet.open(drawn_set), _experiment()).notes == ()
    prepared.flags["unreadable"][(prepared.split == "val") & (prepared.labels == fear)] = True
    assert "nothing to watch fear on" in splits(prepared, _experiment()).notes[1]


@pytest.mark.parametrize("pictures", [1, 9])
def test_one_class_alone_is_refused(drawn_set: Path, pictures: int) -> None:
    prepared = PreparedSet.open(drawn_set)
    fear = np.flatnonzero((prepared.labels == EMOTIONS.index("fear")) & (prepared.split == "train"))
    _only(prepared, np.isin(np.arange(len(prepared)), fear[:pictures]))
    said = rf"{pictures} picture\(s\) with a target for ferplus, all of fear; expected two"
    with pytest.raises(PreparedDataError, match=said):
        splits(prepared, _experiment())


def test_empty_splits_are_told_together(drawn_set: Path) -> None:
    prepared = PreparedSet.open(drawn_set)
    prepared.flags["unreadable"][:] = True
    with pytest.raises(PreparedDataError, match="2 problems") as caught:
        splits(prepared, _experiment())
    assert all(
        f"the {split} split has no picture" in str(caught.value) for split in ("train", "val")
    )


def test_a_fold_held_out_is_not_learnt(drawn_set: Path, tmp_path: Path) -> None:
    prepared = PreparedSet.open(drawn_set)
    folds = folds_of(prepared, 3, near=False)[0]
    fold_file.write(tmp_path / "folds.csv", prepared, folds)
    held = {"data.fold": {"file": str(tmp_path / "folds.csv"), "held_out": 1}}
    found = splits(prepared, _experiment(**held))
    assert set(found.held_out) == set(np.flatnonzero(folds == 1))
    assert set(found.rows["train"]) == set(np.flatnonzero((folds >= 0) & (folds != 1)))
    assert len(found.val) == 24
    held["data.fold"]["held_out"] = 7
    with pytest.raises(ConfigError, match=r"has the folds 0, 1, 2"):
        splits(prepared, _experiment(**held))

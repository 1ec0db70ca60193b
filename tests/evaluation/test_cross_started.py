"""What a fine-tuned model has seen: the data of the weights that it started from counts too."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_answering import answering, learnt_set, run_of, textured
from made_sets import make, picture

from mien.config import Experiment
from mien.datasets.prepared import PreparedSet
from mien.errors import RunError
from mien.evaluation.answering import Answering
from mien.evaluation.cross.leaks import together
from mien.evaluation.cross.learnt import learnt_of
from mien.evaluation.cross.matrix import cross
from mien.evaluation.cross.records import records_of
from mien.report.cross import UNKNOWN, notes
from mien.runs import read_json, sha256

WEIGHTS = "5" * 64


@pytest.fixture
def first(tmp_path: Path) -> PreparedSet:
    """What the earlier run learnt from."""
    return learnt_set(tmp_path / "first", 12, name="first")


@pytest.fixture
def second(tmp_path: Path) -> PreparedSet:
    """What the fine-tuned run learnt from: other pictures."""
    pictures = [
        picture(f"p{n}", 0, "fear", ("train", "val", "test")[n % 3], pixels=textured(700 + n))
        for n in range(12)
    ]
    return make(tmp_path / "second", pictures, name="second")


@pytest.fixture
def third(tmp_path: Path, first: PreparedSet) -> PreparedSet:
    """A set with two training pictures of the first one."""
    seen = [first.pixels(int(row)) for row in first.where("train")[:2]]
    new = [textured(900 + n) for n in range(4)]
    pictures = [picture(f"q{n}", 0, split="test", pixels=p) for n, p in enumerate([*seen, *new])]
    return make(tmp_path / "third", pictures, name="third")


def _tuned(root: Path, first: PreparedSet, second: PreparedSet, **data: Any) -> Answering:
    """Return a model that was trained on ``second`` from weights that learnt from ``first``."""
    before = read_json(run_of(root / "before", first) / "data.json")
    record = {"started_from": WEIGHTS, "started_on": before} | data
    return answering(run_of(root / "tuned", second, **record), second.root)


def test_the_start_weights_data_is_scored_on_test_and_taken_out(
    tmp_path: Path, first: PreparedSet, second: PreparedSet, third: PreparedSet
) -> None:
    model = _tuned(tmp_path, first, second)
    result = cross([model], [second, first, third])
    own, before, other = result["cells"]
    assert (own["own"], own["split"]) == (True, "test")
    assert (before["own"], before["split"], before["rows"]) == (True, "test", 12)
    assert (other["own"], other["split"]) == (False, "all")
    assert other["seen"]["copies_of_training"] == 2
    (told,) = result["models"][0]["learnt_from"]["started_on"]
    assert (told["name"], told["pictures"]) == ("first", {"train": 12, "val": 6})


def test_start_weights_whose_data_is_not_at_hand_leave_the_pictures_unknown(
    tmp_path: Path, first: PreparedSet, second: PreparedSet, third: PreparedSet
) -> None:
    model = _tuned(tmp_path, first, second)
    result = cross([model], [second, third])
    assert [cell["seen"] for cell in result["cells"]] == [None, None]
    assert [cell["split"] for cell in result["cells"]] == ["test", "test"]
    note = result["models"][0]["learnt_from"]["note"]
    assert note.startswith("the run that it started from (555555555555) records that it learnt")
    assert note.endswith("name it with --trained-on DIR")
    assert UNKNOWN in notes(result)
    named = cross([model], [second, third], [first])
    assert named["cells"][1]["seen"]["copies_of_training"] == 2
    assert UNKNOWN not in notes(named)


def test_start_weights_of_which_nothing_is_recorded_need_a_name(
    tmp_path: Path, first: PreparedSet, second: PreparedSet
) -> None:
    model = _tuned(tmp_path, first, second, started_on=None)
    lost = learnt_of(model, [second], [first])  # the own dataset does not stand for both
    assert lost.seen is None
    assert "the training set of the run that it started from (5" in lost.to_dict()["note"]
    assert "--trained-on DIR" in lost.to_dict()["note"]
    found = learnt_of(model, [first, second])
    assert found.seen is not None
    assert [one.prepared.name for one in found.seen] == ["second", "first"]
    assert "records no training set; first was named" in found.to_dict()["note"]


def test_the_earlier_dataset_is_opened_where_the_earlier_run_says_that_it_lay(
    tmp_path: Path, first: PreparedSet, second: PreparedSet
) -> None:
    before = run_of(tmp_path / "before", first)
    weights = before / "best.safetensors"
    weights.write_bytes(b"weights")
    lay = {"name": "before", "data": {"path": str(first.root)}}
    (before / "config.yaml").write_text(Experiment.from_dict(lay).to_yaml(), encoding="utf-8")
    told = read_json(before / "data.json")
    run = run_of(tmp_path / "tuned", second, started_from=sha256(weights), started_on=told)
    values = {"name": "tuned", "model": {"name": "lenet", "weights": str(weights)}}
    (run / "config.yaml").write_text(Experiment.from_dict(values).to_yaml(), encoding="utf-8")
    found = learnt_of(answering(run, second.root))
    assert found.seen is not None
    assert found.is_own(first)
    weights.write_bytes(b"other weights")
    assert learnt_of(answering(run, second.root)).seen is None


def test_what_the_earlier_run_began_with_counts_too(
    tmp_path: Path, first: PreparedSet, second: PreparedSet, third: PreparedSet
) -> None:
    oldest = read_json(run_of(tmp_path / "oldest", third) / "data.json")
    earlier = read_json(run_of(tmp_path / "earlier", first) / "data.json")
    earlier |= {"started_from": "6" * 64, "started_on": oldest}
    model = _tuned(tmp_path, first, second, started_on=earlier)
    assert [one.name for one in records_of(model)] == ["second", "first", "third"]
    found = learnt_of(model, [], [first, third])
    assert all(found.is_own(one) for one in (first, second, third))


def test_one_named_dataset_does_not_stand_for_two(
    tmp_path: Path, first: PreparedSet, second: PreparedSet
) -> None:
    again = {"sha256": "0" * 64}
    model = _tuned(tmp_path, first, second, started_on=None, **again)
    found = learnt_of(model, [second])  # prepared again: taken for its own
    assert found.pictures is not None
    assert found.seen is None


def test_weights_of_torchvision_are_no_earlier_run(tmp_path: Path, second: PreparedSet) -> None:
    pretrained = {"started_from": None, "pretrained": {"file": "x.pth", "sha256": WEIGHTS}}
    found = learnt_of(answering(run_of(tmp_path / "run", second, **pretrained), second.root))
    assert found.before == ()
    assert found.note == ""


def test_a_damaged_record_of_the_start_is_refused(
    tmp_path: Path, first: PreparedSet, second: PreparedSet
) -> None:
    with pytest.raises(RunError, match="started_from: expected the hash of weights, found 5"):
        learnt_of(_tuned(tmp_path, first, second, started_from=5))
    with pytest.raises(RunError, match="rows: expected an object"):
        learnt_of(_tuned(tmp_path, first, second, started_on={"rows": 1}))


def test_what_was_seen_of_several_datasets_is_put_together_by_rank() -> None:
    one, other = np.array([0, 0, 3, 4], np.int8), np.array([0, 2, 1, 0], np.int8)
    assert together([one, other]).tolist() == [0, 2, 1, 4]
    assert together([one]).tolist() == one.tolist()

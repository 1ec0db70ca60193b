"""What a model has seen: found by hash, never guessed."""

import shutil
from pathlib import Path

import pytest
from inference.tiny_models import describe, write_model
from made_answering import answering, learnt_set, run_of
from made_sets import make, picture

import mien
from mien.config import Experiment
from mien.datasets import fold_file
from mien.datasets.folds import folds_of
from mien.datasets.prepared import PreparedSet
from mien.errors import RunError
from mien.evaluation.answering import open_model
from mien.evaluation.cross.learnt import learnt_of
from mien.runs import read_json, write_json


@pytest.fixture
def learnt(tmp_path: Path) -> PreparedSet:
    return learnt_set(tmp_path / "learnt", name="made")


def test_a_runs_dataset_is_opened_where_it_lay(tmp_path: Path, learnt: PreparedSet) -> None:
    found = learnt_of(answering(run_of(tmp_path / "run", learnt), learnt.root))
    assert found.note == ""
    assert found.pictures is not None
    assert learnt.split[found.pictures.train].tolist() == ["train"] * 8
    assert learnt.split[found.pictures.val].tolist() == ["val"] * 4
    assert found.to_dict()["pictures"] == {"train": 8, "val": 4}
    assert found.is_own(learnt)


def test_what_a_run_left_out_was_not_seen(tmp_path: Path) -> None:
    twice = [picture(f"a{n}", n, split="train") for n in range(3)]
    twice += [picture("copy", 0, split="test"), picture("v", 9, "anger", "val")]
    prepared = make(tmp_path / "set", twice)
    for left_out, count in (([], 3), (["copies"], 2)):
        run = run_of(tmp_path / f"run{count}", prepared, left_out=left_out)
        found = learnt_of(answering(run, prepared.root))
        assert found.pictures is not None
        assert len(found.pictures.train) == count


def test_a_dataset_that_moved_is_known_by_its_hash(tmp_path: Path, learnt: PreparedSet) -> None:
    model = answering(run_of(tmp_path / "run", learnt), learnt.root)
    moved = Path(shutil.move(learnt.root, tmp_path / "elsewhere"))
    lost = learnt_of(model)
    assert lost.pictures is None
    assert lost.is_own(PreparedSet.open(moved))  # its hash is recorded
    assert lost.note.startswith("it records that it learnt from made (")
    assert "not among the datasets that were named, nor where the run says" in lost.note
    assert "--trained-on DIR" in lost.note
    assert str(tmp_path) not in lost.note
    other = learnt_set(tmp_path / "other", 6)
    found = learnt_of(model, [other, PreparedSet.open(moved)])
    assert found.pictures is not None
    assert found.pictures.prepared.root == moved
    scored = learnt_of(model, [], [other, PreparedSet.open(moved)])
    assert scored.pictures is not None
    assert scored.note == ""
    assert learnt_of(model, [], [other]).pictures is None  # another one is never guessed


def test_a_changed_dataset_is_not_taken(tmp_path: Path, learnt: PreparedSet) -> None:
    run = run_of(tmp_path / "run", learnt, sha256="0" * 64)
    found = learnt_of(answering(run, learnt.root))
    assert found.pictures is None
    assert not found.is_own(learnt)


def test_another_preparation_is_taken_where_it_is_named(
    tmp_path: Path, learnt: PreparedSet
) -> None:
    run = run_of(tmp_path / "run", learnt, sha256="0" * 64)
    found = learnt_of(answering(run), [learnt])
    assert found.pictures is not None
    assert found.note.startswith("it records made (000000000000), named was made (")
    assert "with as many training pictures: that these are the same pictures was" in found.note
    assert "checked by their number alone" in found.note
    assert found.is_own(learnt)
    fewer = learnt_of(answering(run), [learnt_set(tmp_path / "fewer", 6)])
    assert fewer.pictures is None
    assert "with 6 training pictures, not the recorded 8" in fewer.note


def test_a_file_that_records_nothing_takes_what_is_named(
    tmp_path: Path, learnt: PreparedSet
) -> None:
    model = answering(run_of(tmp_path / "run", None))
    assert learnt_of(model).note == (
        "its training set is not known: it records none; name it with --trained-on DIR"
    )
    found = learnt_of(model, [learnt])
    assert (found.name, found.note) == ("made", "it records no training set; made was named")
    assert found.is_own(learnt)
    two = learnt_of(model, [learnt, learnt_set(tmp_path / "other", 6)])
    assert two.pictures is None


def test_a_fold_held_out_was_not_seen(tmp_path: Path, learnt: PreparedSet) -> None:
    file = tmp_path / "folds.csv"
    folds = folds_of(learnt, 2)[0]
    fold_file.write(file, learnt, folds)
    values = {"name": "fold", "data": {"fold": {"file": str(file), "held_out": 1}}}
    run = run_of(tmp_path / "run", learnt, fold={"held_out": 1})
    (run / "config.yaml").write_text(Experiment.from_dict(values).to_yaml(), encoding="utf-8")
    found = learnt_of(answering(run, learnt.root))
    assert found.pictures is not None
    assert set(folds[found.pictures.train].tolist()) == {0}
    file.unlink()
    every = learnt_of(answering(run, learnt.root))
    assert every.pictures is not None
    assert len(every.pictures.train) == 8
    assert "all training pictures count as seen" in every.note


def test_the_shipped_file_says_what_it_learnt_from(learnt: PreparedSet) -> None:
    file = Path(mien.__file__).parent / "weights" / "mien.onnx"
    found = learnt_of(open_model(file))
    assert (found.name, found.pictures, len(found.sha256)) == ("fer2013", None, 64)
    wrong = learnt_of(open_model(file), [learnt])
    assert wrong.pictures is None
    assert "not the recorded 28,006" in wrong.note


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": None}, "rows: expected an object"),
        ({"left_out": ["nonsense"]}, "left_out: expected some of copies"),
        ({"left_out": None}, "left_out: expected some of copies"),
    ],
)
def test_a_damaged_record_is_refused(
    tmp_path: Path, learnt: PreparedSet, change: dict[str, object], said: str
) -> None:
    run = run_of(tmp_path / "run", learnt)
    record = read_json(run / "data.json")
    write_json(run / "data.json", {**record, **change})
    with pytest.raises(RunError, match=said):
        learnt_of(answering(run, learnt.root), [learnt])


@pytest.mark.parametrize("provenance", [None, [1], {"data": [1]}])
def test_a_file_whose_origin_is_damaged_records_none(tmp_path: Path, provenance: object) -> None:
    path = tmp_path / "m.onnx"
    write_model(path, describe(provenance=provenance))
    assert "it records none" in learnt_of(open_model(path)).note

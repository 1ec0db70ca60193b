from dataclasses import replace

import pytest
from crossval_run import experiment
from made_sets import make, people

from mien.datasets.prepared import PreparedSet
from mien.errors import ConfigError, RunError
from mien.training.crossval import plan as plans
from mien.training.crossval.dealing import FoldSettings, places
from mien.training.crossval.plan import plan


@pytest.fixture
def planned(tmp_path, monkeypatch):
    prepared = make(tmp_path / "set", people())
    monkeypatch.chdir(tmp_path)
    for name in ("best.st", "start.pth"):
        (tmp_path / name).write_text(name)
    files = {"data.path": "set", "model.weights": "best.st", "model.pretrained": "start.pth"}
    rest = {"model.name": "resnet18", "tune": {"space": {"optimizer.lr": [1]}}}
    given = experiment(tmp_path / "set", **files, **rest)
    return plan(given, prepared, FoldSettings(3, 2, "subject", near=False))


def test_paths_are_kept_as_given_and_whole(planned, tmp_path):
    assert str(planned.given.data.path) == "set"
    whole = planned.experiment
    assert whole.data.path == tmp_path / "set"
    assert whole.model.weights == tmp_path / "best.st"
    assert whole.model.pretrained == str(tmp_path / "start.pth")


def test_a_name_of_weights_is_no_path(tmp_path, monkeypatch):
    prepared = make(tmp_path / "set", people())
    given = experiment(tmp_path / "set", **{"model.name": "resnet18"})
    given = given.changed({"model.pretrained": "imagenet"})
    monkeypatch.setattr("mien.training.crossval.plan.start_of", lambda experiment: {})
    assert plan(given, prepared, FoldSettings()).paths.keys() == {"data.path"}


def test_each_fold_has_its_place_and_each_repeat_its_seed(planned, tmp_path):
    every = places(tmp_path / "out", planned.dealing)
    assert [place.name for place in every] == [
        *("repeat-0/fold-0", "repeat-0/fold-1", "repeat-0/fold-2"),
        *("repeat-1/fold-0", "repeat-1/fold-1", "repeat-1/fold-2"),
    ]
    last = planned.of(every[-1])
    assert last.data.fold.file == tmp_path / "out" / "repeat-1" / "folds.csv"
    assert (last.data.fold.held_out, last.seed) == (2, 1)
    assert planned.of(every[0]).seed == 0
    assert last.tune is None
    once = places(tmp_path / "out", FoldSettings(2))
    assert [place.root for place in once] == [tmp_path / "out" / f"fold-{n}" for n in (0, 1)]
    assert {place.folds for place in once} == {tmp_path / "out" / "folds.csv"}


def test_a_plan_that_was_kept_is_read_again(planned, tmp_path):
    plans.write(tmp_path, planned)
    again = plans.read(tmp_path)
    assert again == planned
    plans.require_same(tmp_path, again, planned)


def test_a_plan_of_another_kind_is_refused(planned, tmp_path):
    plans.write(tmp_path, planned)
    text = (tmp_path / "plan.json").read_text()
    (tmp_path / "plan.json").write_text(text.replace('"folds"', '"parts"'))
    with pytest.raises(RunError, match=r"plan.json: not a plan that this mien wrote.*parts"):
        plans.read(tmp_path)


def test_the_machine_and_the_search_space_may_change(planned, tmp_path):
    other = planned.given.changed({"machine.threads": 2, "tune": None})
    plans.require_same(tmp_path, planned, replace(planned, given=other))


def test_folders_may_be_moved(planned, tmp_path):
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("set", "best.st"):
        (tmp_path / name).rename(moved / name)
    changed = {"data.path": "elsewhere/set", "model.weights": "elsewhere/best.st"}
    now = plan(planned.given.changed(changed), PreparedSet.open(moved / "set"), planned.dealing)
    plans.require_same(tmp_path, planned, now)


def test_weights_that_were_replaced_are_refused(planned, tmp_path):
    plans.require_start(planned)
    (tmp_path / "best.st").write_text("of another run")
    prepared = PreparedSet.open(tmp_path / "set")
    now = plan(planned.given, prepared, planned.dealing)
    with pytest.raises(RunError, match=r"start.started_from: \w{64} before, now \w{64}"):
        plans.require_same(tmp_path, planned, now)
    with pytest.raises(RunError, match=r"best.st: not the weights that this cross-validation"):
        plans.require_start(planned)
    (tmp_path / "best.st").unlink()
    with pytest.raises(RunError, match=r"best.st: expected the best weights of a run"):
        plans.require_start(planned)


def test_a_network_that_does_not_suit_is_told_with_all_else(planned, tmp_path):
    wrong = planned.given.changed({"model.name": "lenet", "machine.nodes": 2})
    with pytest.raises(ConfigError, match="2 problems"):
        plan(wrong, PreparedSet.open(tmp_path / "set"), FoldSettings())


def test_changes_are_told_by_their_dotted_keys():
    told = plans.changes({"a": {"b": 1}, "d": 2}, {"a": {"b": 2}, "f": {"g": 4}})
    assert told == "a.b: 1 before, now 2; d: 2 before, now None; f: None before, now {'g': 4}"


def test_many_changes_are_cut_short(planned, tmp_path):
    augment = {f"augment.{key}": 0.01 for key in ("flip", "rotate", "zoom", "shear", "shift")}
    more = {f"augment.{key}": 0.01 for key in ("brightness", "contrast", "blur", "patch")}
    rest = {"train.epochs": 7, "optimizer.lr": 9, "model.name": "compact"}
    other = planned.given.changed({**augment, **more, **rest})
    with pytest.raises(RunError, match=r"augment.flip: 0.5 before, now 0.01; .*; …\)"):
        plans.require_same(tmp_path, planned, replace(planned, given=other))

import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from crossval_run import experiment, silent
from made_sets import make, people, picture, votes_for

from mien.config import Experiment
from mien.datasets import fold_file
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Picture
from mien.errors import ConfigError, DataError, RunError, TrainingError
from mien.runs import sha256
from mien.training import fit, guard
from mien.training.crossval import FoldSettings, crossval, go_on
from mien.training.guard import alone

TWO = FoldSettings(folds=2)


@pytest.fixture(scope="module")
def crossed(drawn_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folds of ``drawn_set``, finished."""
    out = tmp_path_factory.mktemp("runs") / "crossed"
    crossval(experiment(drawn_set), out, TWO, say=silent)
    return out


@pytest.fixture
def copied(crossed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(crossed, tmp_path / "copied"))


def result(root: Path) -> dict[str, Any]:
    return dict(json.loads((root / "crossval.json").read_text()))


def scores(root: Path) -> list[Any]:
    """Return what no interruption may change: scores, and the hash of the best weights."""
    left_out = ("hours", "machine", "fold_file")
    found = [{k: v for k, v in one.items() if k not in left_out} for one in result(root)["folds"]]
    return [(one, sha256(root / f"fold-{one['fold']}" / "best.safetensors")) for one in found]


def cut(word: str) -> Callable[[str], None]:
    """Return a listener that interrupts at a line that begins so."""

    def say(line: str) -> None:
        if line.startswith(word):
            raise KeyboardInterrupt

    return say


def test_each_training_picture_is_held_out_once_and_no_other(
    crossed: Path, drawn_set: Path
) -> None:
    prepared = PreparedSet.open(drawn_set)
    folds = fold_file.read(crossed / "folds.csv", prepared)
    seen: list[str] = []
    for fold in (0, 1):
        root = crossed / f"fold-{fold}"
        with np.load(root / "predictions.npz") as saved:
            seen += saved["ids"].tolist()
            assert saved["ids"].tolist() == prepared.ids[folds == fold].tolist()
            assert not saved["copy_in_train"].any()
        rows = json.loads((root / "held_out.json").read_text())["rows"]
        assert rows == {"train": 96, "val": 24, "held_out": 96}
        settings = Experiment.load(root / "config.yaml").data
        assert settings.fold is not None
        assert settings.fold.file.is_absolute()
        assert settings.path.is_absolute()
    assert sorted(seen) == sorted(prepared.ids[prepared.split == "train"].tolist())


def test_the_best_epoch_is_that_of_the_validation_split(crossed: Path) -> None:
    for one in result(crossed)["folds"]:
        with (crossed / f"fold-{one['fold']}" / "metrics.csv").open() as file:
            watched = [float(row["val_loss"]) for row in csv.DictReader(file)]
        assert one["best_epoch"] == int(np.argmin(watched))
        assert one["best"] == pytest.approx(min(watched), abs=1e-6)


def test_mean_spread_and_pooled_scores_are_those_of_the_folds(crossed: Path) -> None:
    found = result(crossed)
    assert found["main"] == {"head": "ferplus", "protocol": "ferplus"}
    reports = [one["heads"]["ferplus"]["ferplus"]["official"] for one in found["folds"]]
    each = [report["accuracy"] for report in reports]
    summed = found["summary"]["ferplus"]["ferplus"]
    assert summed["accuracy"]["mean"] == pytest.approx(np.mean(each))
    assert summed["accuracy"]["sd"] == pytest.approx(np.std(each, ddof=1))
    pooled = found["pooled"][0]["heads"]["ferplus"]["ferplus"]["official"]
    assert pooled["n"] == found["n"] == 192
    confusion = np.sum([report["confusion"] for report in reports], axis=0)
    assert pooled["confusion"] == confusion.tolist()
    assert "mean ± sd" in (crossed / "crossval.md").read_text()
    assert "dedup" not in found["pooled"][0]["heads"]["ferplus"]["ferplus"]
    assert found["environment"]["packages"]["torch"]
    assert found["config"]["data"]["fold"] is None


def test_the_result_names_no_folder_of_the_machine(crossed: Path, drawn_set: Path) -> None:
    assert result(crossed)["config"]["data"]["path"] == drawn_set.name
    for name in ("crossval.json", "crossval.md"):
        text = (crossed / name).read_text()
        assert str(drawn_set.parent) not in text
        assert str(crossed.parent) not in text


def test_two_heads_and_repeats_are_scored_by_every_protocol(tmp_path: Path) -> None:
    assert make(tmp_path / "set", voted()).flags["copy_in_train"][:16].all()
    heads = {"data.heads": ["ferplus", "fer2013"], "train.epochs": 1, "train.batch_size": 4}
    given = experiment(tmp_path / "set", **heads)
    found = crossval(given, tmp_path / "out", FoldSettings(2, repeats=2), say=silent)
    assert found["main"] == {"head": "ferplus", "protocol": "ferplus_majority"}
    assert [(one["repeat"], one["fold"]) for one in found["folds"]] == [
        *((0, 0), (0, 1), (1, 0), (1, 1)),
    ]
    assert found["n"] == 16
    for one in found["pooled"]:
        assert one["heads"]["fer2013"]["fer2013"]["official"]["n"] == 16
        assert one["heads"]["ferplus"]["ferplus_majority"]["official"]["n"] == 12
    with np.load(tmp_path / "out" / "repeat-0" / "fold-0" / "predictions.npz") as saved:
        assert not saved["copy_in_train"].any()  # copies are in one fold
    seeds, files = [], []
    for repeat in (0, 1):
        run = Experiment.load(tmp_path / "out" / f"repeat-{repeat}" / "fold-1" / "config.yaml")
        seeds.append(run.seed)
        files.append((tmp_path / "out" / f"repeat-{repeat}" / "folds.csv").read_text())
    assert seeds == [0, 1]
    assert files[0] != files[1]


def voted() -> list[Picture]:
    """Pairs of copies of two labels, with FER+ votes; two pairs have no majority."""
    clear = {"anger": votes_for(anger=9, fear=1), "fear": votes_for(fear=10)}
    unclear = votes_for(anger=4, fear=3, sadness=3)
    found = []
    for n in range(20):
        label, split = ("anger", "fear")[n // 2 % 2], "train" if n < 16 else "val"
        votes = unclear if n < 4 else clear[label]
        found.append(picture(f"p{n}", n // 2, label, split, votes=votes))
    return found


def test_the_same_command_again_trains_nothing(copied: Path, drawn_set: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in copied.glob("fold-*/*.*")}
    said: list[str] = []
    again = crossval(experiment(drawn_set), copied, TWO, say=said.append)
    assert again["summary"] == result(copied)["summary"]
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert [line.split(":")[0] for line in said] == [
        "fold-0 (1 of 2, finished before)",
        "fold-1 (2 of 2, finished before)",
    ]


@pytest.mark.parametrize("word", ["fold-0: epoch 2/2", "fold-1: epoch 1/2"])
def test_what_was_interrupted_goes_on_from_anywhere_to_the_same_scores(
    word: str, crossed: Path, drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(drawn_set.parent)
    given = experiment(drawn_set).changed({"data.path": drawn_set.name})
    out = Path(os.path.relpath(tmp_path / "cut"))
    with pytest.raises(KeyboardInterrupt, match=r"go on with: mien crossval --resume .*cut$"):
        crossval(given, out, TWO, say=cut(word))
    assert not (tmp_path / "cut" / "crossval.json").exists()
    monkeypatch.chdir(tmp_path)
    go_on(Path("cut"), say=silent)
    assert scores(Path("cut")) == scores(crossed)
    assert result(Path("cut"))["config"]["data"]["path"] == drawn_set.name


def test_room_is_asked_for_once_for_all_folds_that_are_missing(
    copied: Path, drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def full(root: Path, given: Experiment, network: Any, runs: int = 1) -> None:
        asked.append(runs)
        raise RunError("make room")

    monkeypatch.setattr(guard, "require_space", full)
    with pytest.raises(RunError, match="make room"):
        crossval(experiment(drawn_set), tmp_path / "out", FoldSettings(folds=3), say=silent)
    assert not (tmp_path / "out").exists()
    shutil.rmtree(copied / "fold-1")
    with pytest.raises(RunError, match="make room"):
        go_on(copied, say=silent)
    assert asked == [3, 1]


def test_weights_that_are_replaced_between_folds_are_refused(
    crossed: Path, drawn_set: Path, tmp_path: Path
) -> None:
    weights = Path(shutil.copy(crossed / "fold-0" / "best.safetensors", tmp_path))

    def replace(line: str) -> None:
        if line.startswith("fold-0 (1 of 2)"):
            shutil.copy(crossed / "fold-1" / "best.safetensors", weights)

    given = experiment(drawn_set, **{"model.weights": str(weights), "train.epochs": 1})
    with pytest.raises(RunError, match="not the weights that this cross-validation began with"):
        crossval(given, tmp_path / "out", TWO, say=replace)
    assert (tmp_path / "out" / "fold-0" / "held_out.json").is_file()
    assert not (tmp_path / "out" / "fold-1").exists()
    with pytest.raises(RunError, match=r"start.started_from: \w{64} before"):
        go_on(tmp_path / "out", say=silent)


def test_a_folder_that_was_moved_goes_on(crossed: Path, drawn_set: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        crossval(experiment(drawn_set), tmp_path / "first", TWO, say=cut("fold-0 (1"))
    (tmp_path / "first").rename(tmp_path / "second")
    go_on(tmp_path / "second", say=silent)
    assert scores(tmp_path / "second") == scores(crossed)


def test_a_fold_that_was_killed_before_it_began_is_begun_again(
    copied: Path, drawn_set: Path
) -> None:
    wanted, root = scores(copied), copied / "fold-1"
    for path in (*root.rglob("*.*"), root / ".lock"):
        if path.is_file() and path.name != "config.yaml":
            path.unlink()
    for folder in (root / "checkpoints", root / "tensorboard"):
        shutil.rmtree(folder)
    (root / ".lock").touch()
    assert {p.name for p in root.iterdir()} == {".lock", "config.yaml"}
    go_on(copied, say=silent)
    assert scores(copied) == wanted


def test_a_score_that_was_not_kept_whole_is_made_again(copied: Path) -> None:
    wanted = scores(copied)
    (copied / "fold-1" / "held_out.json").unlink()
    go_on(copied, say=silent)
    assert scores(copied) == wanted


def test_what_stands_where_a_fold_belongs_is_not_touched(copied: Path) -> None:
    shutil.rmtree(copied / "fold-1")
    (copied / "fold-1").mkdir()
    (copied / "fold-1" / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match=r"fold-1: expected the run of a fold.*found thesis.txt"):
        go_on(copied, say=silent)
    assert (copied / "fold-1" / "thesis.txt").read_text() == "mine"


def test_other_settings_are_refused_with_what_changed(crossed: Path, drawn_set: Path) -> None:
    other = experiment(drawn_set, **{"optimizer.lr": 0.5, "train.epochs": 9})
    with pytest.raises(RunError, match="was begun with other settings") as error:
        crossval(other, crossed, FoldSettings(folds=3, near=False), say=silent)
    for words in (
        "optimizer.lr: 0.001 before, now 0.5",
        "train.epochs: 2 before, now 9",
        "dealing.folds: 2 before, now 3",
        "dealing.near: True before, now False",
    ):
        assert words in str(error.value)


def test_another_machine_may_go_on(copied: Path, drawn_set: Path) -> None:
    again = crossval(experiment(drawn_set, **{"machine.threads": 1}), copied, TWO, say=silent)
    assert again["summary"] == result(copied)["summary"]


def test_a_fold_with_other_settings_is_refused(copied: Path) -> None:
    config = copied / "fold-1" / "config.yaml"
    config.write_text(config.read_text().replace("lr: 0.001", "lr: 0.3"))
    with pytest.raises(RunError, match=r"not the settings of this cross-val.*optimizer.lr: 0.3"):
        go_on(copied, say=silent)


def test_folds_that_were_changed_since_are_refused(copied: Path, drawn_set: Path) -> None:
    path = copied / "folds.csv"
    table = str.maketrans("01", "10")
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], *(n[:-1] + n[-1].translate(table) for n in lines[1:])]))
    with pytest.raises(RunError, match=r"held_out.json: the score of other folds"):
        go_on(copied, say=silent)
    path.unlink()
    with pytest.raises(RunError, match="was begun with folds whose file is gone"):
        go_on(copied, say=silent)


def test_answers_that_are_damaged_are_refused(copied: Path) -> None:
    (copied / "fold-0" / "predictions.npz").write_bytes(b"half")
    with pytest.raises(DataError, match=r"fold-0.predictions.npz: expected .* damaged"):
        go_on(copied, say=silent)


def test_another_dataset_under_the_same_path_is_refused(copied: Path, tmp_path: Path) -> None:
    plan = json.loads((copied / "plan.json").read_text())
    make(tmp_path / "other", people(12), label_set="ferplus")
    plan["paths"]["data.path"] = str(tmp_path / "other")
    (copied / "plan.json").write_text(json.dumps(plan))
    with pytest.raises(RunError, match=r"dataset.name: drawn before, now made"):
        go_on(copied, say=silent)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"config": {"name": "x", "oops": 1}}'])
def test_a_damaged_plan_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(RunError, match=r"plan.json"):
        go_on(tmp_path, say=silent)


def test_a_folder_without_a_plan_is_refused(tmp_path: Path, drawn_set: Path) -> None:
    with pytest.raises(RunError, match=r"expected a folder of mien crossval, found no plan.json"):
        go_on(tmp_path, say=silent)
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(RunError, match=r"holds something else already \(thesis.txt\)"):
        crossval(experiment(drawn_set), tmp_path, TWO, say=silent)
    with pytest.raises(RunError, match="expected a folder"):
        crossval(experiment(drawn_set), tmp_path / "thesis.txt", TWO, say=silent)


def test_two_at_once_in_one_folder_are_refused(copied: Path) -> None:
    with alone(copied), pytest.raises(RunError, match="another process is training"):
        go_on(copied, say=silent)


def test_a_fold_that_fails_stops_with_its_reason_and_the_others_stay(
    copied: Path, drawn_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(copied / "fold-1")

    def fail(experiment: Experiment, out: Path, **_: Any) -> None:
        out.mkdir()
        raise TrainingError("the loss became nan in epoch 3")

    monkeypatch.setattr(fit, "fit", fail)
    with pytest.raises(TrainingError, match=r"fold-1: the loss became nan in epoch 3; finished"):
        go_on(copied, say=silent)
    assert (copied / "fold-0" / "held_out.json").is_file()
    assert (copied / "folds.csv").is_file()


@pytest.mark.parametrize(
    ("dealing", "match"),
    [
        (FoldSettings(folds=1), "expected 2 or more"),
        (FoldSettings(folds=25), r"fewer of anger \(24\), contempt \(24\)"),
        (FoldSettings(folds=2, by="subject"), "does not say who is in a picture"),
    ],
)
def test_folds_that_cannot_be_made_leave_nothing(
    dealing: FoldSettings, match: str, drawn_set: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=match):
        crossval(experiment(drawn_set), tmp_path / "out", dealing, say=silent)
    assert not (tmp_path / "out").exists()


def test_more_folds_than_people_are_refused(tmp_path: Path) -> None:
    make(tmp_path / "set", people(3, each=8), label_set="ferplus")
    with pytest.raises(DataError, match=r"by subject.*3 group\(s\)"):
        crossval(experiment(tmp_path / "set"), tmp_path / "out", FoldSettings(folds=4), say=silent)


def test_a_dataset_without_training_pictures_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "set", [picture("t", 1, split="test")], label_set="ferplus")
    with pytest.raises(DataError, match="no readable training picture"):
        crossval(experiment(tmp_path / "set"), tmp_path / "out", TWO, say=silent)


def test_an_experiment_that_cannot_be_trained_leaves_nothing(
    drawn_set: Path, tmp_path: Path
) -> None:
    wrong = experiment(drawn_set, **{"data.heads": ["rafdb"]})
    with pytest.raises(ConfigError, match="rafdb cannot be learnt"):
        crossval(wrong, tmp_path / "out", TWO, say=silent)
    assert not (tmp_path / "out").exists()


def test_an_experiment_that_holds_out_or_spreads_by_itself_is_refused(
    drawn_set: Path, tmp_path: Path
) -> None:
    fold = {"file": "folds.csv", "held_out": 0}
    wrong = experiment(drawn_set, **{"data.fold": fold, "machine.devices": 2})
    with pytest.raises(ConfigError, match="2 problems") as error:
        crossval(wrong, tmp_path / "out", TWO, say=silent)
    assert "data.fold: mien crossval holds out each fold itself" in str(error.value)
    assert "expected devices: 1 and nodes: 1" in str(error.value)

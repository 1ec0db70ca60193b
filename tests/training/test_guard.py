import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from small_experiment import quiet as _quiet  # noqa: E402
from small_experiment import small as _experiment  # noqa: E402

from mien.config import Experiment  # noqa: E402
from mien.errors import ConfigError, RunError, TrainingError, UnknownNameError  # noqa: E402
from mien.models.network import Network  # noqa: E402
from mien.training import guard  # noqa: E402
from mien.training.fit import fit, resume  # noqa: E402
from mien.training.module import Lesson  # noqa: E402


def test_a_full_disk_is_noticed_before_the_first_epoch(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = SimpleNamespace(free=10 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: space)
    with pytest.raises(RunError, match=r"writes about [\d.]+ MiB, and only 10.0 MiB are free"):
        fit(_experiment(drawn_set), tmp_path / "a" / "run", say=_quiet)
    assert not (tmp_path / "a").exists()


def test_more_is_asked_for_the_more_a_run_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Network(torch.nn.Linear(1000, 1000), 1000, ("ferplus",), 0)
    needed = []
    for changes in ({"optimizer.name": "sgd"}, {}, {"train.average": 0.9}, {"train.epochs": 900}):
        experiment = Experiment.from_dict({"name": "x"}).changed(
            {"optimizer.name": "adam", "train.epochs": 1, **changes}
        )
        low, high = 0, 10**10
        while low < high:
            middle = (low + high) // 2
            monkeypatch.setattr(shutil, "disk_usage", lambda _, m=middle: SimpleNamespace(free=m))
            try:
                guard.require_space(tmp_path, experiment, network)
                high = middle
            except RunError:
                low = middle + 1
        needed.append(low)
    assert needed == sorted(needed)
    assert needed[0] > 2 * 3 * 4 * 1_009_008  # weights, momentum, best; each beside its old version


def test_two_runs_cannot_share_a_folder(small_run: Path, drawn_set: Path, tmp_path: Path) -> None:
    root = tmp_path / "run"
    shutil.copytree(small_run, root)
    state = json.loads((root / "state.json").read_text())
    (root / "state.json").write_text(json.dumps({**state, "status": "running"}))
    busy = pytest.raises(RunError, match="another process is training in this folder")
    with guard.alone(root), busy:
        resume(root, say=_quiet)
    with pytest.raises(RunError, match=r"exists already; go on with it \(mien train --resume"):
        fit(_experiment(drawn_set), root, say=_quiet)


def test_a_folder_that_is_no_run_is_not_taken_for_one(drawn_set: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="exists already; it is no run of mien; name another"):
        fit(_experiment(drawn_set), drawn_set, say=_quiet)
    root = tmp_path / "run"
    with pytest.raises(TrainingError, match="the loss became"):
        fit(_experiment(drawn_set, **{"optimizer.name": "sgd", "optimizer.lr": 1e30}), root)
    with pytest.raises(RunError, match=r"it failed \(the loss became .*start anew in another"):
        fit(_experiment(drawn_set), root, say=_quiet)


def test_what_the_machine_lacks_is_told_together(
    drawn_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "by_launcher", lambda: False)
    wrong = {"machine.accelerator": "cpu", "machine.precision": 16, "machine.nodes": 2}
    with pytest.raises(ConfigError, match=r"2 problems(.|\n)*16 needs a GPU(.|\n)*a launcher"):
        guard.require_device(_experiment(drawn_set, **wrong))


def test_a_wrong_network_is_told_before_the_data_is_read(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown model 'compakt'.*did you mean compact"):
        fit(_experiment(tmp_path / "nowhere", **{"model.name": "compakt"}), tmp_path / "run")


def test_half_precision_trains_on_pictures_that_are_exact(drawn_set: Path, tmp_path: Path) -> None:
    """With blur, whose convolution would otherwise be cast."""
    half = {"machine.precision": "bf16", "augment.blur": 1, "train.epochs": 1}
    run = fit(_experiment(drawn_set, **half), tmp_path / "run", say=_quiet)
    assert json.loads(run.state.read_text())["status"] == "finished"


def test_a_lock_that_a_killed_run_left_behind_is_no_hindrance(
    drawn_set: Path, tmp_path: Path
) -> None:
    root = tmp_path / "run"
    root.mkdir()
    (root / ".lock").touch()
    fit(_experiment(drawn_set, **{"train.epochs": 1}), root, say=_quiet)
    assert json.loads((root / "state.json").read_text())["status"] == "finished"


def test_a_disk_that_cannot_lock_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(handle: int) -> bool:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(guard, "locked", unable)
    with guard.alone(tmp_path):
        assert (tmp_path / ".lock").exists()


def test_many_runs_need_more_room_than_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(torch.nn.Linear(1000, 1000), 1000, ("ferplus",), 0)
    experiment = Experiment.from_dict({"name": "x", "train": {"epochs": 1}})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=40 * 2**20))
    guard.require_space(tmp_path, experiment, network)
    with pytest.raises(RunError, match="20 runs write about"):
        guard.require_space(tmp_path, experiment, network, runs=20)


def test_a_folder_that_cannot_be_made_is_noticed_first(drawn_set: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match=r"Not a directory|file exists"):
        fit(_experiment(drawn_set), tmp_path / "file" / "run", say=_quiet)


def test_a_batch_that_does_not_fit_into_memory_names_one_that_did(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = Network.forward

    def short(self: Network, faces: "torch.Tensor") -> dict[str, "torch.Tensor"]:
        if len(faces) > 10 and self.training:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate")
        return forward(self, faces)

    monkeypatch.setattr(Network, "forward", short)
    with pytest.raises(TrainingError, match=r"batches of 32 .* 8 did fit: train\.batch_size=8"):
        fit(_experiment(drawn_set), tmp_path / "run", say=_quiet)
    state = json.loads((tmp_path / "run" / "state.json").read_text())
    assert state["status"] == "failed"
    assert "memory ran out" in state["reason"]


def test_where_no_batch_fits_another_network_is_advised(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = Network.forward

    def short(self: Network, faces: "torch.Tensor") -> dict[str, "torch.Tensor"]:
        if self.training:
            raise MemoryError
        return forward(self, faces)

    monkeypatch.setattr(Network, "forward", short)
    with pytest.raises(TrainingError, match="not even a batch of 2 did fit"):
        fit(_experiment(drawn_set), tmp_path / "run", say=_quiet)


def test_other_errors_are_not_taken_for_a_lack_of_memory(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Lesson, batch: object, number: int) -> None:
        raise RuntimeError("shapes differ")

    monkeypatch.setattr(Lesson, "training_step", broken)
    with pytest.raises(RuntimeError, match="shapes differ"):
        fit(_experiment(drawn_set), tmp_path / "run", say=_quiet)

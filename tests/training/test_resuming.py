import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from safetensors.torch import load_file, save_file  # noqa: E402
from small_experiment import quiet as _quiet  # noqa: E402
from small_experiment import small as _experiment  # noqa: E402

from mien.errors import RunError, TrainingError  # noqa: E402
from mien.training import losses, resuming  # noqa: E402
from mien.training.fit import fit, resume  # noqa: E402
from mien.training.module import Lesson  # noqa: E402


@pytest.fixture
def cut(small_run: Path, tmp_path: Path) -> Path:
    """A run that was cut off after its last epoch."""
    root = tmp_path / "cut"
    shutil.copytree(small_run, root)
    state = json.loads((root / "state.json").read_text())
    (root / "state.json").write_text(json.dumps({**state, "status": "running"}))
    return root


def _remake(checkpoint: Path, **changes: Any) -> None:
    saved = torch.load(checkpoint, weights_only=True)
    saved[resuming.MARK] = {**saved[resuming.MARK], **changes}
    torch.save(saved, checkpoint)


def test_a_run_cut_off_after_its_last_epoch_is_finished(cut: Path) -> None:
    resume(cut, say=_quiet)
    assert json.loads((cut / "state.json").read_text())["status"] == "finished"


def test_a_run_that_stopped_early_does_not_go_on_when_resumed(
    drawn_set: Path, tmp_path: Path
) -> None:
    stops = {"train.epochs": 9, "train.stop_after": 2, "optimizer.lr": 1e-9, "train.average": 0}
    run = fit(_experiment(drawn_set, **stops), tmp_path / "run", say=_quiet)
    state = json.loads(run.state.read_text())
    assert state["epochs"] < 9
    before = run.last.read_bytes(), run.metrics.read_bytes()
    run.state.write_text(json.dumps({**state, "status": "running"}))
    resume(run.root, say=_quiet)
    assert (run.last.read_bytes(), run.metrics.read_bytes()) == before
    assert json.loads(run.state.read_text()) == state


def test_a_run_killed_while_it_is_described_begins_again(small_run: Path, tmp_path: Path) -> None:
    root = tmp_path / "run"
    root.mkdir()
    (root / "config.yaml").write_bytes((small_run / "config.yaml").read_bytes())
    resume(root, say=_quiet)
    names = {p.name for p in small_run.iterdir() if p.name != "evaluation"}
    assert names <= {p.name for p in root.iterdir()}
    first, second = load_file(small_run / "best.safetensors"), load_file(root / "best.safetensors")
    assert all(torch.equal(first[k], second[k]) for k in first)


def test_starting_weights_that_were_replaced_are_noticed(
    small_run: Path, drawn_set: Path, tmp_path: Path
) -> None:
    weights, root = tmp_path / "best.safetensors", tmp_path / "run"
    shutil.copy(small_run / "best.safetensors", weights)
    fit(_experiment(drawn_set, **{"model.weights": str(weights)}), root, say=_quiet)
    shutil.rmtree(root / "checkpoints")
    (root / "state.json").unlink()
    save_file({k: v + 1 for k, v in load_file(weights).items()}, weights)
    with pytest.raises(RunError, match=r"not the one this run began with \(started_from changed\)"):
        resume(root, say=_quiet)


def test_a_checkpoint_of_another_version_is_refused(cut: Path) -> None:
    _remake(cut / "checkpoints" / "last.ckpt", format=99, version="9.0")
    with pytest.raises(RunError, match=r"written by mien 9\.0, which this mien .*best weights"):
        resume(cut, say=_quiet)


def test_a_checkpoint_without_a_mark_is_refused(cut: Path) -> None:
    checkpoint = cut / "checkpoints" / "last.ckpt"
    saved = torch.load(checkpoint, weights_only=True)
    del saved[resuming.MARK]
    torch.save(saved, checkpoint)
    with pytest.raises(RunError, match=r"written by mien \(unknown\)"):
        resume(cut, say=_quiet)


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, "cut", "best", "list"])
def test_a_damaged_checkpoint_is_refused_with_a_way_on(cut: Path, content: bytes | str) -> None:
    checkpoint = cut / "checkpoints" / "last.ckpt"
    if content == "list":
        torch.save([1, 2], checkpoint)
    else:
        made = {
            "cut": checkpoint.read_bytes()[:9000],
            "best": (cut / "best.safetensors").read_bytes(),
        }
        checkpoint.write_bytes(made[content] if isinstance(content, str) else content)
    with pytest.raises(
        RunError, match=r"not a checkpoint of mien train: .* start a new run"
    ) as caught:
        resume(cut, say=_quiet)
    assert "weights_only" not in str(caught.value)


@pytest.mark.parametrize("name", ["best.safetensors", "checkpoints/last.ckpt"])
def test_a_file_that_is_gone_is_not_passed_over(cut: Path, name: str) -> None:
    (cut / name).unlink()
    with pytest.raises(RunError, match=r"is gone, though 2 epoch\(s\) of this run have ended"):
        resume(cut, say=_quiet)


def test_settings_that_changed_are_named(cut: Path) -> None:
    config = (cut / "config.yaml").read_text()
    (cut / "config.yaml").write_text(config.replace("lr: 0.003", "lr: 0.3"))
    with pytest.raises(RunError, match=r"not those the run began with \(optimizer\.lr changed\)"):
        resume(cut, say=_quiet)


def test_the_machine_may_be_another_one(cut: Path) -> None:
    config = (cut / "config.yaml").read_text()
    (cut / "config.yaml").write_text(config.replace("threads: 0", "threads: 1"))
    resume(cut, say=_quiet)


def test_a_loss_that_stops_being_a_number_keeps_the_epoch_before(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, root = Lesson.training_step, tmp_path / "run"

    def breaks(self: Lesson, batch: Any, number: int) -> "torch.Tensor":
        if (self.current_epoch, number) == (1, 2):
            self.criteria = {"ferplus": lambda logits, targets: logits.sum() * math.nan}
        return step(self, batch, number)

    monkeypatch.setattr(Lesson, "training_step", breaks)
    with pytest.raises(TrainingError, match=r"became nan in epoch 2, batch 3; .*smaller optimizer"):
        fit(_experiment(drawn_set), root, say=_quiet)
    state = json.loads((root / "state.json").read_text())
    assert (state["status"], state["epochs"]) == ("failed", 1)
    assert torch.load(root / "checkpoints" / "last.ckpt", weights_only=True)["epoch"] == 0
    monkeypatch.undo()
    resume(root, say=_quiet)
    whole = fit(_experiment(drawn_set), tmp_path / "whole", say=_quiet)
    first, second = load_file(root / "best.safetensors"), load_file(whole.best)
    assert all(torch.equal(first[k], second[k]) for k in first)


def test_a_validation_loss_that_is_no_number_keeps_the_best_weights(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head_loss, root = losses.head_loss, tmp_path / "run"
    kept: list[bytes] = []

    def breaks(*values: Any, **named: Any) -> "torch.Tensor":
        if (root / "best.safetensors").exists() and not torch.is_grad_enabled():
            kept.append((root / "best.safetensors").read_bytes())
            return head_loss(*values, **named) * math.nan
        return head_loss(*values, **named)

    monkeypatch.setattr(losses, "head_loss", breaks)
    with pytest.raises(TrainingError, match="the validation loss became nan after epoch 2"):
        fit(_experiment(drawn_set, **{"train.epochs": 3}), root, say=_quiet)
    assert (root / "best.safetensors").read_bytes() == kept[0]
    assert torch.load(root / "checkpoints" / "last.ckpt", weights_only=True)["epoch"] == 0

"""Which batch size is named where memory ran out."""

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from lightning.pytorch.plugins.precision import MixedPrecision, Precision  # noqa: E402
from small_experiment import SMALL  # noqa: E402

from mien.config import Experiment  # noqa: E402
from mien.models.network import Network  # noqa: E402
from mien.models.registry import build  # noqa: E402
from mien.training import memory  # noqa: E402
from mien.training.module import Lesson  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator


def _lesson() -> Lesson:
    experiment = Experiment.from_dict(SMALL)
    return Lesson(build(experiment), experiment, {"ferplus": False}, {})


def _trainer(world: int = 1, precision: Any = None) -> Any:
    strategy = SimpleNamespace(root_device=torch.device("cpu"))
    plugin = precision or Precision()
    return SimpleNamespace(world_size=world, strategy=strategy, precision_plugin=plugin)


def _short(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    forward = Network.forward

    def short(self: Network, faces: "torch.Tensor") -> dict[str, "torch.Tensor"]:
        if len(faces) > most:
            raise torch.OutOfMemoryError("out of memory")
        return forward(self, faces)

    monkeypatch.setattr(Network, "forward", short)


def test_the_batch_named_is_that_of_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    _short(monkeypatch, 4)
    told = memory.explained(MemoryError(), _lesson(), _trainer(world=4), 32)
    assert "batches of 32 pictures; a batch of about 16 did fit: train.batch_size=16" in str(told)
    _short(monkeypatch, 0)
    told = memory.explained(MemoryError(), _lesson(), _trainer(world=4), 32)
    assert "not even a batch of 8 did fit" in str(told)


def test_a_network_that_does_not_fit_by_itself_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Lesson, device: "torch.device") -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Lesson, "to", full)
    told = memory.explained(MemoryError(), _lesson(), _trainer(), 32)
    assert "the network alone does not fit either, or another program fills" in str(told)


def test_another_error_on_the_way_to_the_device_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(self: Lesson, device: "torch.device") -> None:
        raise RuntimeError("the device is gone")

    monkeypatch.setattr(Lesson, "to", broken)
    with pytest.raises(RuntimeError, match="the device is gone"):
        memory.explained(MemoryError(), _lesson(), _trainer(), 32)


def test_the_step_is_tried_in_the_precision_of_the_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    class Half(MixedPrecision):
        @contextmanager
        def forward_context(self) -> "Iterator[None]":
            with super().forward_context():
                seen.append(torch.is_autocast_enabled("cpu"))
                yield
                seen.append("done")

    told = memory.explained(MemoryError(), _lesson(), _trainer(1, Half("bf16-mixed", "cpu")), 8)
    assert seen == [True, "done"]
    assert "train.batch_size=4" in str(told)

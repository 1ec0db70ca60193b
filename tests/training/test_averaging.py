from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from lightning.pytorch import Callback, LightningModule, Trainer  # noqa: E402
from lightning.pytorch.callbacks import ModelCheckpoint  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.optim.swa_utils import AveragedModel  # noqa: E402

from mien.training.averaging import average, averaged, decay_at  # noqa: E402
from mien.training.quiet import quiet  # noqa: E402

DECAY = 0.5


class Lesson(LightningModule):
    """A norm and a layer that learn to be flat."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.network = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 2))

    def training_step(self, batch: Tensor, number: int) -> Tensor:
        return self.network(batch).square().mean()

    def validation_step(self, batch: Tensor, number: int) -> None:
        self.log("val_loss", self.network(batch).square().mean())

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), 0.5, momentum=0.9)


class Watch(Callback):
    """Keeps the weights and the running mean after every step, and the averages of each."""

    def __init__(self) -> None:
        self.weights: list[Tensor] = []
        self.averages: list[Tensor] = []
        self.validated: list[Tensor] = []

    def on_train_batch_end(self, trainer: Trainer, module: Lesson, *of: object) -> None:
        self.weights.append(_numbers(module))
        self.averages.append(_numbers(averaged(trainer)))

    def on_validation_batch_start(self, trainer: Trainer, module: Lesson, *of: object) -> None:
        self.validated.append(_numbers(module))


def _numbers(lesson: LightningModule | None) -> Tensor:
    assert lesson is not None
    norm, layer = lesson.network
    return torch.cat([norm.running_mean, norm.weight, layer.weight.flatten()]).detach().clone()


def _fit(epochs: int, *more: Callback, start: Path | None = None) -> tuple[Lesson, Trainer, Watch]:
    faces = torch.randn(5, 8, 3, generator=torch.Generator().manual_seed(0)) + 1
    lesson, watch = Lesson(), Watch()
    trainer = Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        callbacks=[average(DECAY), watch, *more],
        logger=False,
        enable_checkpointing=bool(more),
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    loaders = [torch.utils.data.DataLoader(faces[:n], batch_size=None) for n in (5, 1)]
    ignore = (".*many workers.*", ".*LeafSpec.*", "Checkpoint directory .* exists.*")
    with quiet("lightning.pytorch", "lightning.fabric", ignore=ignore):
        trainer.fit(lesson, *loaders, ckpt_path=start, weights_only=True)
    return lesson, trainer, watch


@pytest.mark.parametrize(
    ("step", "expected"), [(0, 1 / 10), (1, 2 / 11), (8, 0.5), (9989, 9990 / 9999), (9990, 0.9991)]
)
def test_the_decay_warms_up(step: int, expected: float) -> None:
    assert decay_at(step, 0.9991) == pytest.approx(expected)


def test_the_decay_stays_once_it_is_warm() -> None:
    assert [decay_at(step, 0.5) for step in (7, 8, 9, 10**6)] == [8 / 17, 0.5, 0.5, 0.5]


def test_updates_worked_by_hand() -> None:
    one = nn.Linear(1, 1, bias=False)
    callback = average(0.25)
    model = AveragedModel(one, use_buffers=True, **callback._kwargs)
    seen = []
    for weight in (1.0, 2.0, 4.0, 0.0):
        one.weight.data.fill_(weight)
        model.update_parameters(one)
        seen.append(model.module.weight.item())
    second = 2 / 11 * 1 + 9 / 11 * 2
    third = 0.25 * second + 0.75 * 4  # 3 / 12
    assert seen == pytest.approx([1, second, third, 0.25 * third])


def test_weights_and_running_statistics_are_averaged_and_validated() -> None:
    _, _, watch = _fit(4)
    expected = watch.weights[0]
    for step, (weights, found) in enumerate(zip(watch.weights, watch.averages, strict=True)):
        share = decay_at(step, DECAY) if step else 0.0
        expected = share * expected + (1 - share) * weights
        assert torch.allclose(found, expected, atol=1e-6)
    assert not torch.allclose(watch.averages[-1], watch.weights[-1], atol=1e-3)
    assert all(
        torch.equal(a, b) for a, b in zip(watch.validated, watch.averages[4::5], strict=True)
    )


def test_a_resumed_average_is_the_same_to_the_last_bit(tmp_path: Path) -> None:
    def kept() -> Callback:
        return ModelCheckpoint(tmp_path, "{epoch}", save_top_k=-1, save_on_train_epoch_end=True)

    whole, _, watched = _fit(3, kept())
    saved = torch.load(tmp_path / "epoch=0.ckpt", weights_only=True)
    assert saved["averaging_state"] == {"n_averaged": torch.tensor(5)}
    resumed, _, watch = _fit(3, kept(), start=tmp_path / "epoch=0.ckpt")
    assert torch.equal(torch.stack(watch.averages), torch.stack(watched.averages[5:]))
    assert torch.equal(_numbers(resumed), _numbers(whole))


def test_the_run_ends_with_the_averaged_weights() -> None:
    lesson, trainer, watch = _fit(1)
    assert torch.equal(_numbers(lesson), watch.averages[-1])
    assert torch.equal(_numbers(averaged(trainer)), watch.averages[-1])


def test_without_an_average_there_is_no_averaged_module() -> None:
    assert averaged(Trainer(accelerator="cpu", logger=False, enable_checkpointing=False)) is None

import copy
import io
import math
from collections.abc import Callable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from lightning.pytorch import LightningModule, Trainer  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from mien.config import Schedule  # noqa: E402
from mien.errors import TrainingError, UsageError  # noqa: E402
from mien.training.quiet import quiet  # noqa: E402
from mien.training.sam import SAM, kept_statistics  # noqa: E402
from mien.training.schedules import step_schedule  # noqa: E402

RHO = 0.05
FACES = torch.randn(24, 6, generator=torch.Generator().manual_seed(1))
CLASSES = torch.arange(24) % 3
BATCHES = list(zip(FACES.split(8), CLASSES.split(8), strict=True))


def _network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))


def _loss(network: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    return nn.functional.cross_entropy(network(batch[0]), batch[1])


def _adam(network: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(network.parameters(), 0.01, weight_decay=0.1)


def _sgd(network: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(network.parameters(), 0.1, 0.9, weight_decay=0.01, nesterov=True)


def _closure(sam: SAM, batch: tuple[Tensor, Tensor]) -> Callable[[], Tensor]:
    def closure() -> Tensor:
        sam.zero_grad()
        loss = _loss(sam.network, batch)
        loss.backward()
        return loss

    return closure


def _double(network: nn.Module, base: torch.optim.Optimizer, batch: tuple[Tensor, Tensor]) -> None:
    """A step written out: two gradients of copies of the network; statistics of the first."""
    climbed = copy.deepcopy(network)
    first = torch.autograd.grad(_loss(network, batch), list(network.parameters()))
    length = torch.cat([g.flatten() for g in first]).norm()
    for p, g in zip(climbed.parameters(), first, strict=True):
        p.data += RHO * g / length
    second = torch.autograd.grad(_loss(climbed, batch), list(climbed.parameters()))
    for p, g in zip(network.parameters(), second, strict=True):
        p.grad = g
    base.step()


def _close(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.allclose(a, b, rtol=1e-4, atol=1e-6) for a, b in pairs)


def _equal(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


class Point(nn.Module):
    """Weights to put a slope at."""

    def __init__(self, *values: float) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(values, dtype=torch.float32))


def _descend(point: Point, slope: Callable[[Tensor], Tensor], lr: float = 0.1) -> list[Tensor]:
    """One step with a made-up slope; returns the places where it was asked for."""
    sam, places = SAM(torch.optim.SGD(point.parameters(), lr), 1.0, point), []

    def closure() -> None:
        places.append(point.w.detach().clone())
        point.w.grad = slope(point.w.detach())

    sam.step(closure)
    return places


def test_a_quadratic_worked_by_hand() -> None:
    point = Point(3, 4)  # half of |w|^2: the slope is w, its length 5
    places = _descend(point, lambda w: w.clone())
    assert torch.allclose(places[1], torch.tensor([3.6, 4.8]))
    assert torch.allclose(point.w, torch.tensor([3 - 0.36, 4 - 0.48]))


def test_it_is_two_plain_passes() -> None:
    network, written_out, plain = _network(), _network(), _network()
    sam, base, alone = SAM(_sgd(network), RHO, network), _sgd(written_out), _sgd(plain)
    for batch in BATCHES * 4:
        sam.step(_closure(sam, batch))
        _double(written_out, base, batch)
        alone.zero_grad()
        _loss(plain, batch).backward()
        alone.step()
    assert _close(network, written_out)
    assert not _close(network, plain)


def test_the_weights_come_back_to_the_last_bit() -> None:
    point = Point(0.1, 1e8, -1e-8)
    places = _descend(point, lambda w: torch.tensor([0.3, 7.0, 0.1]), lr=0.0)
    assert not torch.equal(places[0], places[1])
    assert torch.equal(point.w, places[0])


@pytest.mark.parametrize("slope", [0.0, math.nan, math.inf])
def test_a_slope_that_is_zero_or_no_number_does_not_climb(slope: float) -> None:
    point = Point(1, 2)
    places = _descend(point, lambda w: torch.tensor([slope, 0.0]), lr=0.0)
    assert [place.tolist() for place in places] == [[1, 2], [1, 2]]


def test_a_tiny_slope_climbs_the_same_way() -> None:
    places = _descend(Point(3, 4), lambda w: torch.tensor([3e-15, 4e-15]))
    assert torch.allclose(places[1], torch.tensor([3.6, 4.8]))


def test_an_error_in_the_second_pass_leaves_all_as_it_was() -> None:
    network = _network()
    sam = SAM(_adam(network), RHO, network)
    before = [p.detach().clone() for p in network.parameters()]
    passing = _closure(sam, BATCHES[0])

    def closure() -> Tensor:
        if sam.climbed:
            assert not torch.equal(network[0].weight, before[0])
            raise TrainingError("the loss became nan")
        return passing()

    with pytest.raises(TrainingError):
        sam.step(closure)
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), before, strict=True))
    assert not sam.climbed
    assert network[1].track_running_stats


def test_parameters_without_a_gradient_stay() -> None:
    network = _network()
    network[0].requires_grad_(False)
    before = network[0].weight.clone()
    sam = SAM(torch.optim.SGD(list(network.parameters()), 0.1), RHO, network)
    sam.step(_closure(sam, BATCHES[0]))
    assert torch.equal(network[0].weight, before)


def test_without_a_closure_it_says_what_to_change() -> None:
    network = _network()
    with pytest.raises(UsageError, match=r"machine\.precision"):
        SAM(_adam(network), RHO, network).step()


def test_the_loss_is_that_at_the_weights() -> None:
    network = _network()
    sam = SAM(_adam(network), RHO, network)
    expected = _loss(copy.deepcopy(network), BATCHES[0])
    assert torch.equal(sam.step(_closure(sam, BATCHES[0])), expected)


def test_statistics_are_those_of_the_first_pass() -> None:
    network, once = _network(), _network()
    sam = SAM(_adam(network), RHO, network)
    sam.step(_closure(sam, BATCHES[0]))
    _loss(once, BATCHES[0])
    norms = [dict(n[1].named_buffers()) for n in (network, once)]
    assert int(norms[0]["num_batches_tracked"]) == 1
    assert all(torch.equal(value, norms[1][name]) for name, value in norms[0].items())


@pytest.mark.parametrize("training", [True, False])
def test_kept_statistics_change_no_output(training: bool) -> None:
    norm = nn.BatchNorm2d(3).train(training)
    faces = torch.randn(4, 3, 5, 5).contiguous(memory_format=torch.channels_last) + 2
    expected = copy.deepcopy(norm)(faces)
    with kept_statistics(norm):
        assert torch.equal(norm(faces), expected)
    assert torch.equal(norm.running_mean, torch.zeros(3))
    assert norm.track_running_stats


def test_a_schedule_moves_the_base() -> None:
    network = _network()
    sam = SAM(_adam(network), RHO, network)
    sam.load_state_dict(sam.state_dict())  # makes new groups
    step_schedule(sam, Schedule(name="constant", warmup_epochs=1), 4, 40)
    assert sam.base.param_groups[0]["lr"] == pytest.approx(0.01 / 5)
    assert sam.state_dict() == sam.base.state_dict()


def test_it_resumes_to_the_last_bit() -> None:
    network = _network()
    sam = SAM(_adam(network), RHO, network)
    for batch in BATCHES:
        sam.step(_closure(sam, batch))
    file = io.BytesIO()
    torch.save([network.state_dict(), sam.state_dict()], file)
    weights, state = torch.load(io.BytesIO(file.getvalue()), weights_only=True)
    again = _network()
    again.load_state_dict(weights)
    resumed = SAM(_adam(again), RHO, again)
    resumed.load_state_dict(state)
    for batch in BATCHES * 2:
        sam.step(_closure(sam, batch))
        resumed.step(_closure(resumed, batch))
    assert _equal(network, again)


class Lesson(LightningModule):
    """The network with an optimiser, and what its steps see."""

    def __init__(self, make: Callable[[nn.Module], torch.optim.Optimizer]) -> None:
        super().__init__()
        self.network, self.make = _network(), make
        self.seen: list[bool] = []

    def training_step(self, batch: list[Tensor], number: int) -> Tensor:
        self.seen.append(self.optimizers(use_pl_optimizer=False).climbed)
        return _loss(self.network, (batch[0], batch[1]))

    def configure_optimizers(self) -> dict[str, object]:
        optimiser = SAM(self.make(self.network), RHO, self.network)
        schedule = step_schedule(optimiser, Schedule(name="cosine", warmup_epochs=1), 3, 12)
        return {
            "optimizer": optimiser,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }


def _fit(lesson: Lesson, epochs: int, clip: float, checkpoint: Path | None = None) -> Trainer:
    trainer = Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        gradient_clip_val=clip,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    loader = torch.utils.data.DataLoader(BATCHES, batch_size=None)
    ignore = (".*does not have many workers.*", ".*LeafSpec.*")
    with quiet("lightning.pytorch", "lightning.fabric", ignore=ignore):
        trainer.fit(lesson, loader, ckpt_path=checkpoint, weights_only=True)
    return trainer


def test_lightning_clips_what_the_base_steps_with_and_marks_the_second_pass() -> None:
    lengths: list[float] = []

    def hooked(network: nn.Module) -> torch.optim.Optimizer:
        base = _sgd(network)
        base.register_step_pre_hook(lambda *of: lengths.append(_slope(network).norm().item()))
        return base

    lesson = Lesson(hooked)
    trainer = _fit(lesson, 2, clip=0.01)
    assert lesson.seen == [False, True] * 6
    assert lengths == pytest.approx([0.01] * 6, rel=1e-3)
    assert trainer.global_step == 6


def _slope(network: nn.Module) -> Tensor:
    return torch.cat([p.grad.flatten() for p in network.parameters()])


def test_clipping_does_not_shorten_the_climb() -> None:
    lesson, places = Lesson(_adam), []
    lesson.network.register_forward_pre_hook(
        lambda network, _: places.append(nn.utils.parameters_to_vector(network.parameters()))
    )
    _fit(lesson, 1, clip=1e-3)
    climbs = [(b - a).norm().item() for a, b in zip(places[::2], places[1::2], strict=True)]
    assert climbs == pytest.approx([RHO] * 3, rel=1e-2)


def test_lightning_resumes_to_the_last_bit(tmp_path: Path) -> None:
    whole, first, second = (Lesson(_adam) for _ in range(3))
    _fit(whole, 4, clip=1.0)
    _fit(first, 2, clip=1.0).save_checkpoint(tmp_path / "last.ckpt")
    _fit(second, 4, clip=1.0, checkpoint=tmp_path / "last.ckpt")
    assert len(second.seen) == 12
    assert _equal(whole.network, second.network)
    assert not _equal(whole.network, first.network)

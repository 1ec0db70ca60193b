import io
import math
import random

import pytest

torch = pytest.importorskip("torch")

from torch.optim import lr_scheduler  # noqa: E402

from mien.config import Schedule  # noqa: E402
from mien.training.schedules import Plateau, factor, step_schedule  # noqa: E402

EPOCHS, AN_EPOCH = 10, 5
STEPS = EPOCHS * AN_EPOCH


def _rates(settings: Schedule, steps: int = STEPS) -> list[float]:
    return [factor(step, settings, AN_EPOCH, steps) for step in range(steps + 1)]


def _optimiser(*rates: float) -> torch.optim.Optimizer:
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in rates or (1.0,)]
    return torch.optim.SGD(groups)


def _followed(made: lr_scheduler.LRScheduler, steps: int) -> list[float]:
    """The rate of each of the optimiser's steps."""
    rates = []
    for _ in range(steps):
        rates.append(made.optimizer.param_groups[0]["lr"])
        made.optimizer.step()
        made.step()
    return rates


def _plateau(**values: object) -> Plateau:
    made = step_schedule(_optimiser(), Schedule(name="plateau", **values), AN_EPOCH, STEPS)
    assert isinstance(made, Plateau)
    return made


def test_cosine_warms_up_and_ends_at_zero() -> None:
    rates = _rates(Schedule(name="cosine", warmup_epochs=2))
    assert rates[:10] == sorted(rates[:10])
    assert rates[10] == pytest.approx(1)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[30] == pytest.approx(0.5)
    assert rates[-1] == pytest.approx(0)


def test_cosine_is_the_half_cosine_to_the_last_bit() -> None:
    expected = [0.5 * (1 + math.cos(math.pi * (step / STEPS))) for step in range(STEPS + 1)]
    assert _rates(Schedule(name="cosine")) == expected


def test_cosine_agrees_with_torch() -> None:
    theirs = lr_scheduler.CosineAnnealingLR(_optimiser(), T_max=STEPS)
    assert _rates(Schedule(name="cosine"))[:-1] == pytest.approx(_followed(theirs, STEPS))


def test_constant_stays() -> None:
    assert set(_rates(Schedule(name="constant"))) == {1.0}


def test_step_agrees_with_torch() -> None:
    theirs = lr_scheduler.StepLR(_optimiser(), step_size=3 * AN_EPOCH, gamma=0.2)
    rates = _rates(Schedule(name="step", every=3, factor=0.2))
    assert rates[:-1] == pytest.approx(_followed(theirs, STEPS))
    assert rates[14:16] == [1, 0.2]


def test_step_counts_from_the_end_of_the_warm_up() -> None:
    rates = _rates(Schedule(name="step", every=3, factor=0.2, warmup_epochs=2))
    assert rates[10:25] == [1] * 15
    assert rates[25] == 0.2


@pytest.mark.parametrize(("steps", "rise"), [(50, 0.3), (37, 0.5), (7, 0.25), (2, 0.3), (1, 0.3)])
def test_one_cycle_agrees_with_torch(steps: int, rise: float) -> None:
    theirs = lr_scheduler.OneCycleLR(
        _optimiser(), max_lr=1.0, total_steps=steps, pct_start=rise, cycle_momentum=False
    )
    rates = _rates(Schedule(name="onecycle", rise=rise), steps)
    assert rates[:-1] == pytest.approx(_followed(theirs, steps))


def test_one_cycle_without_room_to_rise_starts_at_the_peak() -> None:
    assert _rates(Schedule(name="onecycle", rise=0.25), steps=4)[0] == 1


def test_one_cycle_starts_at_a_25th_and_ends_near_zero() -> None:
    rates = _rates(Schedule(name="onecycle", rise=0.3))
    assert rates[0] == pytest.approx(1 / 25)
    assert rates[14] == pytest.approx(1)
    assert rates[-2:] == pytest.approx([1 / 25e4] * 2)


@pytest.mark.parametrize("name", ["cosine", "constant", "step", "plateau"])
def test_the_warm_up_rises_in_a_line(name: str) -> None:
    rates = _rates(Schedule(name=name, warmup_epochs=0.8))
    assert rates[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


def test_every_group_keeps_its_own_peak() -> None:
    made = step_schedule(_optimiser(1.0, 0.01), Schedule(name="constant", warmup_epochs=1), 4, 40)
    assert [g["lr"] for g in made.optimizer.param_groups] == pytest.approx([0.2, 0.002])


def test_plateau_falls_after_its_patience() -> None:
    schedule, rates = _plateau(patience=3, factor=0.5), []
    for loss in (1.0, 1.0, 1.0, 1.0, 1.0):
        schedule.watch(loss)
        rates.append(schedule.optimizer.param_groups[0]["lr"])
    assert rates == [1, 1, 1, 0.5, 0.5]  # the fourth is the third epoch without a fall


@pytest.mark.parametrize("patience", [1, 2, 4])
def test_plateau_agrees_with_torch(patience: int) -> None:
    schedule, draws = _plateau(patience=patience, factor=0.5), random.Random(patience)
    optimiser = _optimiser()
    theirs = lr_scheduler.ReduceLROnPlateau(optimiser, factor=0.5, patience=patience - 1)
    losses = [1 / (1 + epoch) + draws.choice([0, 1e-6, 0.3]) for epoch in range(18)]
    for loss in [*losses, math.nan, *[0.05] * 9]:
        schedule.watch(loss)
        theirs.step(loss)
        assert schedule.get_last_lr() == [optimiser.param_groups[0]["lr"]]
    assert schedule.get_last_lr()[0] < 0.5


def test_a_loss_that_is_hardly_lower_is_no_better() -> None:
    schedule = _plateau(patience=2, factor=0.5)
    for loss in (1.0, 0.99995, 0.9998, 0.99975):
        schedule.watch(loss)
    assert (schedule.best, schedule.waited, schedule.scale) == (0.9998, 1, 1.0)
    schedule.watch(0.99971)
    assert schedule.scale == 0.5


def test_a_fall_of_the_plateau_multiplies_the_warm_up() -> None:
    schedule = _plateau(patience=1, factor=0.5, warmup_epochs=0.8)
    assert _followed(schedule, 2) == pytest.approx([0.2, 0.4])
    schedule.watch(1.0)
    schedule.watch(1.0)
    assert _followed(schedule, 4) == pytest.approx([0.3, 0.4, 0.5, 0.5])


def test_a_resumed_plateau_goes_on_where_it_was() -> None:
    schedule = _plateau(patience=2, factor=0.5, warmup_epochs=3)
    _followed(schedule, 3)
    for loss in (1.0, 2.0, 2.0, 2.0):
        schedule.watch(loss)
    file = io.BytesIO()
    torch.save([schedule.state_dict(), schedule.optimizer.state_dict()], file)
    again = _plateau(patience=2, factor=0.5, warmup_epochs=3)
    saved = torch.load(io.BytesIO(file.getvalue()), weights_only=True)
    again.load_state_dict(saved[0])
    again.optimizer.load_state_dict(saved[1])
    for one in (schedule, again):
        one.watch(2.0)
    assert again.scale == schedule.scale == 0.25
    assert _followed(again, 20) == _followed(schedule, 20)

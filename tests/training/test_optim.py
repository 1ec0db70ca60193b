import pytest

torch = pytest.importorskip("torch")

from mien.config import Optimizer, Schedule  # noqa: E402
from mien.training import optim  # noqa: E402


def _rates(settings: Schedule, epochs: int = 10, steps_an_epoch: int = 5) -> list[float]:
    steps = epochs * steps_an_epoch
    return [optim.factor(step, settings, steps_an_epoch, steps) for step in range(steps + 1)]


def test_cosine_warms_up_and_ends_at_zero() -> None:
    rates = _rates(Schedule(name="cosine", warmup_epochs=2))
    assert rates[:10] == sorted(rates[:10])
    assert rates[10] == pytest.approx(1)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[30] == pytest.approx(0.5)
    assert rates[-1] == pytest.approx(0)


def test_constant_stays() -> None:
    assert set(_rates(Schedule(name="constant"))) == {1.0}


def test_plateau_falls_after_its_patience() -> None:
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([parameter], 1.0)
    schedule = optim.plateau_schedule(optimiser, Schedule(name="plateau", patience=3, factor=0.5))
    rates = []
    for loss in (1.0, 1.0, 1.0, 1.0, 1.0):
        schedule.step(loss)
        rates.append(optimiser.param_groups[0]["lr"])
    assert rates == [1, 1, 1, 0.5, 0.5]  # the fourth is the third epoch without a fall


@pytest.mark.parametrize(("name", "kind"), [("sgd", "SGD"), ("adam", "Adam"), ("adamw", "AdamW")])
def test_norms_and_biases_do_not_decay(name: str, kind: str) -> None:
    network = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3))
    made = optim.optimizer(network, Optimizer(name=name, lr=0.01, weight_decay=0.1))
    assert type(made).__name__ == kind
    decays = {tuple(p.shape): g["weight_decay"] for g in made.param_groups for p in g["params"]}
    assert decays == {(3, 4): 0.1, (3,): 0.0}


def test_sgd_uses_nesterov_where_it_has_momentum() -> None:
    network = torch.nn.Linear(2, 2)
    assert optim.optimizer(network, Optimizer(momentum=0.9)).param_groups[0]["nesterov"]
    assert not optim.optimizer(network, Optimizer(momentum=0)).param_groups[0]["nesterov"]

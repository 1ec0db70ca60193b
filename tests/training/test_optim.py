import pytest

torch = pytest.importorskip("torch")

from mien.config import Optimizer  # noqa: E402
from mien.models.network import Network  # noqa: E402
from mien.training import optim  # noqa: E402
from mien.training.sam import SAM  # noqa: E402


def _network() -> Network:
    body = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3))
    return Network(body, 3, ("ferplus",), 0.0)


def _names(network: torch.nn.Module, group: dict[str, object]) -> list[str]:
    names = {id(p): name for name, p in network.named_parameters()}
    return [names[id(p)] for p in group["params"]]


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


def test_body_and_heads_learn_at_their_own_rates_and_the_heads_come_last() -> None:
    network = _network()
    settings = Optimizer(lr=0.1, backbone_lr=0.001, weight_decay=0.01)
    groups = optim.optimizer(network, settings).param_groups
    assert [(_names(network, g), g["lr"], g["weight_decay"]) for g in groups] == [
        (["body.0.weight"], 0.001, 0.01),
        (["body.0.bias", "body.1.weight", "body.1.bias"], 0.001, 0),
        (["heads.ferplus.weight"], 0.1, 0.01),
        (["heads.ferplus.bias"], 0.1, 0),
    ]


def test_one_rate_makes_two_groups() -> None:
    groups = optim.optimizer(_network(), Optimizer(lr=0.1)).param_groups
    assert [(len(g["params"]), g["lr"]) for g in groups] == [(2, 0.1), (4, 0.1)]


@pytest.mark.parametrize("backbone_lr", [None, 0.001])
def test_frozen_parameters_are_left_out(backbone_lr: float | None) -> None:
    network = _network()
    network.body.requires_grad_(False)
    groups = optim.optimizer(network, Optimizer(lr=0.1, backbone_lr=backbone_lr)).param_groups
    assert [_names(network, g) for g in groups] == [
        ["heads.ferplus.weight"],
        ["heads.ferplus.bias"],
    ]
    assert {g["lr"] for g in groups} == {0.1}


def test_a_radius_wraps_the_optimiser() -> None:
    made = optim.optimizer(_network(), Optimizer(name="adamw", sam=0.05))
    assert isinstance(made, SAM)
    assert made.rho == 0.05
    assert isinstance(made.base, torch.optim.AdamW)

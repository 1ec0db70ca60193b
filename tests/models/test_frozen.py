import copy
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from mien.config import Model  # noqa: E402
from mien.errors import ConfigError  # noqa: E402
from mien.models.backbones import backbone  # noqa: E402
from mien.models.frozen import freeze  # noqa: E402
from mien.models.network import Network  # noqa: E402

NAME = "shufflenet_v2_x0_5"


def _small() -> nn.Module:
    """A body of two stages, each with a norm and a dropout."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(),
        nn.Sequential(nn.Dropout(0.5), nn.Conv2d(6, 6, 3), nn.BatchNorm2d(6)),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    )  # fmt: skip


def _network(model: Model, body: nn.Module | None = None, width: int = 6) -> Network:
    torch.manual_seed(0)
    network = Network(_small() if body is None else body, width, ("fer2013",), 0.0)
    freeze(network, model)
    return network.train()


def _learns(network: Network) -> set[str]:
    return {name for name, value in network.named_parameters() if value.requires_grad}


def _step(network: Network, faces: Tensor) -> set[str]:
    """Learn from one batch; return the names of what moved, statistics of norms included."""
    before = copy.deepcopy(network.state_dict())
    optimiser = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], 0.1)
    F.cross_entropy(network(faces)["fer2013"], torch.arange(len(faces))).backward()
    optimiser.step()
    return {n for n, value in network.state_dict().items() if not torch.equal(value, before[n])}


def test_heads_alone_learn() -> None:
    network = _network(Model(learn="heads"))
    heads = {"heads.fer2013.weight", "heads.fer2013.bias"}
    assert _learns(network) == heads
    assert _step(network, torch.randn(4, 1, 12, 12)) == heads
    assert all(p.grad is None for p in network.body.parameters())


def test_the_dropout_of_frozen_parts_is_off() -> None:
    faces = torch.randn(4, 1, 12, 12)
    frozen = _network(Model(learn="heads"))
    assert torch.equal(frozen(faces)["fer2013"], frozen(faces)["fer2013"])
    free = _network(Model(learn="top"))
    assert not torch.equal(free(faces)["fer2013"], free(faces)["fer2013"])


def test_the_last_stage_learns_and_its_norm_moves() -> None:
    network = _network(Model(learn="top", top=1))
    moved = _step(network, torch.randn(4, 1, 12, 12))
    assert {n for n in moved if "running" in n} == {"body.3.2.running_mean", "body.3.2.running_var"}
    assert all(n.startswith(("body.3.", "heads.")) for n in moved)
    assert _learns(network) <= moved | {"body.3.1.bias"}  # a norm cancels the bias before it
    assert not network.body[1].training
    assert network.body[3][2].training


@pytest.mark.parametrize("learn", [{"learn": "all"}, {"learn": "top", "top": 2}])
def test_where_every_stage_learns_nothing_is_frozen(learn: dict[str, Any]) -> None:
    network = _network(Model(**learn))
    assert all(p.requires_grad for p in network.parameters())
    assert all(module.training for module in network.modules())
    assert network.frozen == ()


def test_more_stages_than_there_are_is_refused() -> None:
    body, width = backbone(Model(name=NAME), 1, 48)
    said = r"model\.top: shuff.* has 5 stages \(stem, stage2, stage3, stage4, conv5\), not 6"
    with pytest.raises(ConfigError, match=said):
        _network(Model(name=NAME, learn="top", top=6), body, width)


def test_a_net_of_torchvision_learns_in_its_last_two_stages() -> None:
    model = Model(name=NAME, learn="top", top=2)
    body, width = backbone(model, 1, 48)
    network = _network(model, body, width)
    moved = _step(network, torch.randn(4, 1, 48, 48))
    assert moved
    assert all(n.startswith(("body.stage4.", "body.conv5.", "heads.")) for n in moved)
    assert {n.split(".")[1] for n in moved} >= {"stage4", "conv5"}


def test_evaluation_and_back_keeps_frozen_parts_in_evaluation() -> None:
    network = _network(Model(learn="top"))
    network.eval()
    assert not any(module.training for module in network.modules())
    network.train()
    assert network.training
    assert not network.body[0].training
    assert network.heads["fer2013"].training


def test_freezing_changes_no_name_and_survives_a_copy() -> None:
    free, frozen = _network(Model(learn="all")), _network(Model(learn="top"))
    assert list(free.state_dict()) == list(frozen.state_dict())
    assert [n for n, _ in free.named_modules()] == [n for n, _ in frozen.named_modules()]
    twin = copy.deepcopy(frozen).train()
    assert not twin.body[1].training
    assert frozen.eval()
    assert twin.body[3].training

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from mien.config import Experiment  # noqa: E402
from mien.models import network  # noqa: E402
from mien.models.lenet import lenet  # noqa: E402
from mien.models.registry import MODELS, build  # noqa: E402


def _experiment(name: str, **preprocess: object) -> Experiment:
    values = {
        "name": "x",
        "model": {"name": name},
        "data": {"heads": ["fer2013", "ferplus"]},
        "preprocess": preprocess,
    }
    return Experiment.from_dict(values)


@pytest.mark.parametrize("name", sorted(MODELS))
@pytest.mark.parametrize(("size", "channels"), [(48, 1), (64, 3), (96, 1)])
def test_every_network_answers_for_each_head(name: str, size: int, channels: int) -> None:
    net = build(_experiment(name, size=size, channels=channels)).eval()
    logits = net(torch.rand(2, channels, size, size))
    assert {head: tuple(v.shape) for head, v in logits.items()} == {
        "fer2013": (2, 7),
        "ferplus": (2, 8),
    }


def test_the_compact_network_is_compact() -> None:
    net = build(_experiment("compact"))
    assert 900_000 < network.parameters(net) < 1_050_000
    stem = net.body[0]
    assert stem.stride == (2, 2)
    convolutions = [m for m in net.body.modules() if isinstance(m, nn.Conv2d)]
    assert all(m.groups == 1 for m in convolutions)


def test_lenet_is_the_drawn_one() -> None:
    body, width = lenet(channels=1, size=48)
    kinds = [type(m).__name__ for m in body]
    block = ["Conv2d", "ReLU", "MaxPool2d"]
    assert kinds == [*block * 3, "Flatten", "Dropout", "Linear", "ReLU"]
    assert [m.out_channels for m in body if isinstance(m, nn.Conv2d)] == [32, 64, 128]
    assert body[10].p == 0.5
    assert (body[11].in_features, width) == (128 * 6 * 6, 512)
    experiment = Experiment.from_dict({"name": "x", "model": {"name": "lenet"}})
    assert network.parameters(build(experiment)) == 2_456_071


def test_flip_average_does_not_know_left_from_right() -> None:
    net = network.FlipAverage(build(_experiment("compact")).eval())
    faces = torch.rand(4, 1, 48, 48)
    straight, mirrored = net(faces), net(faces.flip(3))
    for head, values in straight.items():
        assert torch.allclose(values, mirrored[head], atol=1e-5)
    assert not torch.allclose(
        net.network(faces)["fer2013"], net.network(faces.flip(3))["fer2013"], atol=1e-5
    )


def test_weights_of_another_network_are_told_apart() -> None:
    ours, other = build(_experiment("compact")), build(_experiment("lenet"))
    assert network.same_shapes(ours, ours.state_dict()) == ""
    said = network.same_shapes(ours, other.state_dict())
    assert "missing" in said
    assert "unknown" in said
    wider = dict(ours.state_dict())
    wider["heads.fer2013.weight"] = torch.zeros(9, 152)
    assert network.same_shapes(ours, wider) == "1 of another shape (such as heads.fer2013.weight)"


def test_a_residual_block_starts_as_its_shortcut() -> None:
    from mien.models.compact import Residual

    block = Residual(8, 8, 1).eval()
    maps = torch.rand(1, 8, 6, 6)
    assert torch.allclose(block(maps), maps)

import re
from importlib import import_module

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from mien.models import inputs  # noqa: E402
from mien.models.blocks import block, blocks, dense, flattened, scaled  # noqa: E402
from mien.models.costs import costs, dry_run  # noqa: E402
from mien.models.network import Network  # noqa: E402
from mien.models.own import OWN  # noqa: E402

FLAT = [name for name, own in OWN.items() if not own.any_size]
BLOCK = ["Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d"]


def _network(name: str, channels: int = 1, size: int = 48, width: float = 1) -> Network:
    return Network(*OWN[name].build(channels, size, width), ("fer2013",), 0.5)


def _kinds(layers: nn.Module) -> list[str]:
    return [type(layer).__name__ for layer in layers.children()]


def _channels(body: nn.Module) -> list[int]:
    return [m.out_channels for m in body.modules() if isinstance(m, nn.Conv2d)]


@pytest.mark.parametrize(
    ("channels", "width", "expected"),
    [(32, 1, 32), (32, 0.7, 24), (80, 0.7, 56), (152, 0.5, 76), (4, 0.01, 4), (10, 1, 12)],
)
def test_a_scaled_width_is_a_multiple_of_four(channels: int, width: float, expected: int) -> None:
    assert scaled(channels, width) == expected


def test_a_block_halves_the_map() -> None:
    assert block(1, 8)(torch.rand(2, 1, 9, 9)).shape == (2, 8, 4, 4)
    assert _kinds(block(1, 8)) == BLOCK
    assert _kinds(block(1, 8, 0.1)) == [*BLOCK, "Dropout"]
    assert _channels(nn.Sequential(*blocks(3, (4, 8, 12)))) == [4, 8, 12]


def test_dense_layers_take_what_the_pools_leave() -> None:
    assert flattened(16, 50, 3) == 16 * 6 * 6
    assert dense(64, 5, 0.5)(torch.rand(2, 16, 2, 2)).shape == (2, 5)


@pytest.mark.parametrize(
    ("name", "parameters", "macs"),
    [
        ("compact", 1_016_371, 77_130_344),
        ("compact_m", 513_345, 39_948_484),
        ("compact_s", 237_135, 18_764_408),
        ("lenet", 2_456_071, 24_260_096),
        ("mycnn", 1_199_719, 12_460_928),
        ("three_block", 683_879, 22_487_936),
        ("four_block", 1_229_479, 56_993_536),
    ],
)
def test_each_has_the_parameters_that_it_says(name: str, parameters: int, macs: int) -> None:
    counted = costs(_network(name), 1, 48)
    assert (counted.parameters, counted.macs) == (parameters, macs)
    home = import_module(f"mien.models.{re.sub('_[ms]$', '', name)}")
    assert f"{parameters:,}" in str(home.__doc__)


@pytest.mark.parametrize("name", OWN)
def test_width_scales_the_channels_of_every_net(name: str) -> None:
    full = costs(_network(name), 1, 48)
    half, double = (costs(_network(name, width=w), 1, 48) for w in (0.5, 2))
    assert 0.2 < half.parameters / full.parameters < 0.3
    assert 3.5 < double.parameters / full.parameters < 4.5
    assert all(c % 4 == 0 for c in _channels(_network(name, width=0.37)))


@pytest.mark.parametrize("name", OWN)
def test_each_learns_from_its_smallest_input_on(name: str) -> None:
    own = OWN[name]
    net = _network(name, 3, own.smallest, 0.25).train()
    logits = net(torch.rand(4, 3, own.smallest, own.smallest))["fer2013"]
    logits.sum().backward()
    assert logits.shape == (4, 7)
    assert all(p.grad is not None for p in net.parameters())


@pytest.mark.parametrize("name", OWN)
def test_a_net_says_whether_it_takes_any_size(name: str) -> None:
    net = _network(name, size=48)
    sizes = range(8, 97)
    if OWN[name].any_size:
        for size in sizes[::8]:
            dry_run(net, 1, size)
        return
    with pytest.raises(RuntimeError):
        dry_run(net, 1, 32)


def test_four_pools_leave_nothing_of_fifteen_pixels() -> None:
    assert flattened(256, 15, 4) == 0
    assert OWN["four_block"].smallest == 16


def test_mycnn_is_two_convolutions_with_norms_dropout_and_a_dense_layer() -> None:
    body, width = OWN["mycnn"].build(1, 48, 1)
    assert [_kinds(part) for part in body[:-1]] == [BLOCK, BLOCK]
    assert _kinds(body[-1]) == ["Flatten", "Dropout", "Linear", "BatchNorm1d", "ReLU"]
    assert (_channels(body), body[-1][1].p, width) == ([32, 64], 0.5, 128)


def test_three_block_is_the_drawn_one() -> None:
    body, width = OWN["three_block"].build(1, 48, 1)
    assert [_kinds(part) for part in body[:-1]] == [BLOCK] * 3
    assert _kinds(body[-1]) == ["Flatten", "Linear", "BatchNorm1d", "ReLU"]
    assert (_channels(body), width) == ([32, 64, 128], 128)


def test_four_block_has_dropout_in_each_block() -> None:
    body, width = OWN["four_block"].build(1, 48, 1)
    assert [_kinds(part) for part in body[:-1]] == [[*BLOCK, "Dropout"]] * 4
    assert _kinds(body[-1]) == ["Flatten", "Linear", "BatchNorm1d", "ReLU"]
    assert (_channels(body)[-1], width) == (256, 256)
    assert costs(_network("four_block"), 1, 48).macs < 60_000_000


def test_the_compact_sizes_are_one_net() -> None:
    bodies = [OWN[name].build(1, 48, 1)[0] for name in ("compact", "compact_m", "compact_s")]
    names = [list(body.state_dict()) for body in bodies]
    assert names[0] == names[1] == names[2]
    medium, narrowed = OWN["compact_m"].build(1, 48, 0.5)[0], OWN["compact"].build(1, 48, 0.35)[0]
    assert _channels(medium) == _channels(narrowed)


def test_a_seed_gives_compact_the_weights_that_it_always_gave() -> None:
    torch.manual_seed(0)
    body, features = OWN["compact"].build(1, 48, 1)
    first, last = body[0].weight.flatten()[:4], body[-3].second.weight.flatten()[-4:]
    assert first.tolist() == pytest.approx(
        [-0.0520081, -0.0151869, -0.0283795, 0.0251558], abs=1e-6
    )
    assert last.tolist() == pytest.approx([0.0323991, -0.0176918, 0.0127762, -0.0169777], abs=1e-6)
    assert (features, len(body.state_dict())) == (152, 114)
    assert list(body.state_dict())[:7:6] == ["0.weight", "3.first.weight"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("compact", "any from 8 px"),
        ("four_block", "one from 16 px"),
        ("vgg16", "any from 32 px"),
        ("resnet18", "any from 8 px"),
        ("vit_b_16", "224 px"),
    ],
)
def test_inputs_are_said_in_a_few_words(name: str, said: str) -> None:
    assert str(inputs.inputs(name)) == said


def test_a_refusal_names_the_size_that_is_taken() -> None:
    assert inputs.inputs("vgg16").refusal("vgg16", 32) == ""
    assert inputs.inputs("vgg16").refusal("vgg16", 31).endswith("32 px a side or more, not 31")
    assert inputs.inputs("vit_b_16").refusal("vit_b_16", 240).endswith("224 px a side, not 240")

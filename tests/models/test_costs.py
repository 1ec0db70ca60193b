import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from mien.models.costs import Costs, costs, dry_run  # noqa: E402
from mien.models.network import Network  # noqa: E402
from mien.models.own import OWN  # noqa: E402
from mien.models.zoo import zoo  # noqa: E402


def test_a_convolution_is_counted_as_by_hand() -> None:
    counted = costs(nn.Conv2d(3, 4, 3, padding=1), 3, 6)
    assert counted == Costs(4 * 3 * 9 + 4, 4 * 3 * 9 + 4, 3 * 4 * 9 * 36, (3, 6, 6))


def test_stride_and_groups_make_it_cheaper() -> None:
    assert costs(nn.Conv2d(4, 4, 3, 2, 1, groups=4, bias=False), 4, 6).macs == 4 * 9 * 9


def test_matrix_products_count_and_the_rest_does_not() -> None:
    layers = [nn.Flatten(), nn.Linear(16, 5), nn.ReLU(), nn.BatchNorm1d(5), nn.Linear(5, 2)]
    counted = costs(nn.Sequential(*layers), 1, 4)
    assert counted.macs == 16 * 5 + 5 * 2
    assert counted.parameters == 16 * 5 + 5 + 2 * 5 + 5 * 2 + 2


def test_a_whole_network_is_counted_as_by_hand() -> None:
    body, width = OWN["three_block"].build(1, 48, 1)
    counted = costs(Network(body, width, ("fer2013",), 0.5), 1, 48)
    blocks = [1 * 32 * 9 * 48**2, 32 * 64 * 9 * 24**2, 64 * 128 * 9 * 12**2]
    assert counted.macs == sum(blocks) + 128 * 6 * 6 * 128 + 128 * 7


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2"])
def test_torchvisions_nets_count_as_torchvision_publishes(name: str) -> None:
    published = zoo().get_model_weights(name).DEFAULT.meta
    counted = costs(zoo().get_model(name, weights=None), 3, 224)
    assert counted.parameters == published["num_params"]
    assert counted.macs / 1e9 == pytest.approx(published["_ops"], abs=0.001)


def test_frozen_parameters_are_not_trained_ones() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 3))
    net[0].requires_grad_(False)
    counted = costs(net, 1, 4)
    assert (counted.parameters, counted.trained) == (20 + 27, 27)


def test_the_dictionary_holds_plain_numbers() -> None:
    said = costs(nn.Conv2d(1, 1, 1, bias=False), 1, 8).to_dict()
    assert said == {"parameters": 1, "trained": 1, "macs": 64, "input": [1, 8, 8]}


def test_counting_changes_nothing() -> None:
    body, width = OWN["four_block"].build(1, 24, 0.25)
    net = Network(body, width, ("fer2013", "ferplus"), 0.5).train()
    net.body[0].eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    modes = [module.training for module in net.modules()]
    random = torch.get_rng_state()
    costs(net, 1, 24)
    assert torch.equal(random, torch.get_rng_state())
    assert modes == [module.training for module in net.modules()]
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(p.device.type == "cpu" and p.grad is None for p in net.parameters())


def test_modes_come_back_where_the_input_does_not_fit() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(16, 2)).train()
    with pytest.raises(RuntimeError):
        dry_run(net, 1, 5)
    assert all(module.training for module in net.modules())

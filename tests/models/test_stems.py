import copy

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from mien.models import stems  # noqa: E402
from mien.models.zoo import zoo  # noqa: E402


@pytest.mark.parametrize("name", ["resnet18", "squeezenet1_1", "shufflenet_v2_x0_5"])
def test_a_grey_picture_is_answered_as_the_same_picture_three_times(name: str) -> None:
    torch.manual_seed(0)
    colour = zoo().get_model(name, weights=None).eval()
    grey = copy.deepcopy(colour)
    stems.grey(grey)
    faces = torch.randn(3, 1, 48, 48)
    with torch.inference_mode():
        expected, found = colour(faces.repeat(1, 3, 1, 1)), grey(faces)
    assert expected.std() > 0
    assert torch.allclose(found, expected, atol=1e-5, rtol=1e-4)


def test_the_grey_stem_still_learns_and_keeps_its_name() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3))
    before = list(net.state_dict())
    stems.grey(net)
    assert list(net.state_dict()) == before
    assert tuple(net[0].weight.shape) == (4, 1, 3, 3)
    assert isinstance(net[0].weight, nn.Parameter)
    assert net[0].weight.requires_grad
    assert net[0].in_channels == 1


def test_the_grey_kernel_is_the_sum_over_the_colours() -> None:
    net = nn.Sequential(nn.Conv2d(3, 1, 1, bias=False))
    net[0].weight.data = torch.tensor([0.5, 1.0, -0.25]).reshape(1, 3, 1, 1)
    stems.grey(net)
    assert net[0].weight.item() == 1.25


def test_a_net_without_a_colour_stem_is_refused() -> None:
    with pytest.raises(ValueError, match="convolution of colour"):
        stems.grey(nn.Sequential(nn.Conv2d(1, 4, 3)))
    with pytest.raises(ValueError, match="convolution of colour"):
        stems.grey(nn.Sequential(nn.Linear(3, 4)))

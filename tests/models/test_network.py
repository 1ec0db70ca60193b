import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from mien.models.network import FlipAverage, Network, misfit  # noqa: E402


def _network() -> Network:
    body = nn.Sequential(nn.Flatten(), nn.Linear(16, 5), nn.BatchNorm1d(5))
    return Network(body, 5, ("fer2013", "ferplus"), 0.5)


def test_each_head_answers_with_its_own_classes() -> None:
    logits = _network().eval()(torch.randn(3, 1, 4, 4))
    assert {head: tuple(v.shape) for head, v in logits.items()} == {
        "fer2013": (3, 7),
        "ferplus": (3, 8),
    }


def test_training_mode_reaches_all_but_the_frozen_parts() -> None:
    network = _network()
    network.frozen = (network.body[2],)
    answering = FlipAverage(network)
    assert answering.train() is answering
    assert network.body[1].training
    assert network.dropout.training
    assert not network.body[2].training
    assert not network.eval().training


def test_frozen_parts_are_no_second_copy_in_the_weights() -> None:
    network = _network()
    names = list(network.state_dict())
    network.frozen = (network.body,)
    assert list(network.state_dict()) == names
    assert _network().frozen == ()


def test_what_does_not_fit_is_counted_and_three_are_named() -> None:
    one = torch.ones(1)
    expected = {"a": one, "b": one, "c": one, "d": one, "e": one}
    assert misfit(expected, dict(expected)) == ""
    assert misfit(expected, {"e": torch.ones(2), "f": one}) == (
        "4 missing (such as a, b, c), 1 unknown (such as f), 1 of another shape (such as e)"
    )

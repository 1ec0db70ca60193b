import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from mien.config import Experiment  # noqa: E402
from mien.errors import ConfigError, UnknownNameError  # noqa: E402
from mien.models import network  # noqa: E402
from mien.models.lenet import lenet  # noqa: E402
from mien.models.own import OWN  # noqa: E402
from mien.models.registry import build, problems  # noqa: E402


def _experiment(name: str, **preprocess: object) -> Experiment:
    values = {
        "name": "x",
        "model": {"name": name},
        "data": {"heads": ["fer2013", "ferplus"]},
        "preprocess": preprocess,
    }
    return Experiment.from_dict(values)


@pytest.mark.parametrize("name", [*OWN, "mobilenet_v2"])
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


def _changed(name: str, **changes: object) -> Experiment:
    dotted = {key.replace("__", "."): value for key, value in changes.items()}
    return _experiment(name).changed(dotted)


def test_an_unknown_name_lists_what_there_is_and_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        build(_experiment("RESNET18"))
    said = str(caught.value)
    assert said.startswith("unknown model 'RESNET18'; known: compact, compact_m, compact_s, lenet")
    assert "any classification net of torchvision (mien models --all)" in said
    assert said.endswith("did you mean resnet18?")


@pytest.mark.parametrize(("name", "meant"), [("fourblock", "four_block"), ("zzz", None)])
def test_only_a_near_name_is_offered(name: str, meant: str | None) -> None:
    with pytest.raises(UnknownNameError) as caught:
        build(_experiment(name))
    assert ("did you mean" in str(caught.value)) == (meant is not None)
    assert str(meant or "") in str(caught.value)


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("resnet18", {"model__width": 0.5}, r"model\.width: only mien's own nets \(compact, "),
        ("lenet", {"model__pretrained": "imagenet"}, r"model\.pretrained: .* mien's own lenet"),
        ("compact", {"model__learn": "heads"}, r"model\.learn: heads freezes layers of compact"),
        ("compact", {"model__learn": "top"}, r"model\.learn: top freezes"),
        (
            "four_block",
            {"preprocess__size": 12},
            "four_block takes .* 16 px a side or more, not 12",
        ),
        ("vgg16", {"preprocess__size": 24}, r"preprocess\.size: vgg16 .* 32 px .* or more, not 24"),
        ("vit_b_16", {}, "vit_b_16 takes pictures of 224 px a side, not 48"),
        ("lenet", {"train__sizes": [32, 48]}, "any size: compact, compact_m, compact_s"),
        ("vgg16", {"train__sizes": [16, 48]}, r"train\.sizes: vgg16 .* 32 px .*, not 16"),
    ],
)
def test_what_does_not_go_with_a_net_is_refused(
    name: str, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        build(_changed(name, **changes))


def test_every_problem_is_told_at_once() -> None:
    changes = {"model__pretrained": "a.pth", "model__learn": "top", "preprocess__size": 10}
    with pytest.raises(ConfigError, match="3 problems") as caught:
        build(_changed("four_block", **changes))
    for key in ("model.pretrained", "model.learn", "preprocess.size"):
        assert key in str(caught.value)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("lenet", {"train__sizes": [48, 48]}),
        ("compact", {"train__sizes": [24, 32, 48], "model__width": 0.5}),
        ("compact", {"model__learn": "heads", "model__weights": "best.safetensors"}),
        ("resnet18", {"train__sizes": [32, 48], "model__pretrained": "imagenet"}),
    ],
)
def test_what_does_go_with_a_net_is_taken(name: str, changes: dict[str, object]) -> None:
    assert problems(_changed(name, **changes)) == []


def test_width_reaches_the_network() -> None:
    narrow = build(_changed("compact", model__width=0.5))
    assert network.parameters(narrow) < network.parameters(build(_experiment("compact"))) / 3


def test_what_is_not_to_learn_is_frozen() -> None:
    net = build(_changed("compact", model__learn="heads", model__weights="best.safetensors"))
    learning = {name for name, p in net.named_parameters() if p.requires_grad}
    assert learning == {n for n, _ in net.named_parameters() if n.startswith("heads.")}

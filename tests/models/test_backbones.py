from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402

from mien.config import Experiment, Model  # noqa: E402
from mien.errors import ConfigError, UnknownNameError  # noqa: E402
from mien.models.backbones import backbone, check_size, names  # noqa: E402
from mien.models.network import FlipAverage, Network, parameters  # noqa: E402
from mien.models.zoo import zoo  # noqa: E402

SAMPLE = [
    ("alexnet", 256, 1, 64),
    ("convnext_tiny", 768, 1, 48),
    ("densenet121", 1024, 1, 48),
    ("efficientnet_b0", 1280, 3, 64),
    ("googlenet", 1024, 1, 48),
    ("inception_v3", 2048, 1, 96),
    ("mnasnet0_5", 1280, 3, 96),
    ("mobilenet_v2", 1280, 1, 96),
    ("mobilenet_v3_small", 1024, 1, 64),
    ("regnet_y_400mf", 440, 1, 48),
    ("resnet18", 512, 3, 48),
    ("shufflenet_v2_x0_5", 1024, 1, 48),
    ("squeezenet1_1", 512, 1, 48),
    ("swin_t", 768, 1, 48),
    ("vgg11_bn", 512, 3, 96),
]


@pytest.mark.parametrize(("name", "width", "channels", "size"), SAMPLE)
def test_a_net_of_torchvision_turns_faces_into_features(
    name: str, width: int, channels: int, size: int
) -> None:
    body, found = backbone(Model(name=name), channels, size)
    features = body.train()(torch.randn(2, channels, size, size))
    assert (found, tuple(features.shape)) == (width, (2, width))
    assert torch.isfinite(features).all()
    assert name in names()


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "shufflenet_v2_x0_5"])
def test_the_features_are_what_the_last_linear_layer_saw(name: str) -> None:
    torch.manual_seed(0)
    full = zoo().get_model(name, weights=None).eval()
    body, _ = backbone(Model(name=name), 3, 48)
    fits = {key: value for key, value in full.state_dict().items() if key in body.state_dict()}
    body.eval().load_state_dict(fits)
    last = [layer for layer in full.modules() if isinstance(layer, nn.Linear)][-1]
    seen: list[Tensor] = []
    last.register_forward_pre_hook(lambda layer, inputs: seen.append(inputs[0]))
    faces = torch.randn(2, 3, 48, 48)
    with torch.inference_mode():
        full(faces)
        assert torch.equal(body(faces), seen[0])


def test_the_dropout_before_the_classifier_goes_with_it() -> None:
    body, _ = backbone(Model(name="mobilenet_v2"), 1, 48)
    assert not [m for m in body.modules() if isinstance(m, nn.Dropout | nn.Linear)]
    body, _ = backbone(Model(name="googlenet"), 1, 48)
    assert not [m for m in body.modules() if isinstance(m, nn.Dropout | nn.Linear)]


def test_vgg16_is_its_convolutions_and_a_mean() -> None:
    torch.manual_seed(0)
    body, width = backbone(Model(name="vgg16"), 1, 48)
    assert width == 512
    assert parameters(body) == 14_714_688 - 2 * 64 * 9
    assert not [m for m in body.modules() if isinstance(m, nn.Linear)]
    maps = body.features(torch.randn(1, 1, 48, 48))
    assert torch.equal(body.avgpool(maps).flatten(1), maps.mean((2, 3)))


def test_vgg_starts_as_torchvision_starts_it() -> None:
    torch.manual_seed(0)
    body, _ = backbone(Model(name="vgg11_bn"), 3, 48)
    for layer in body.features:
        if isinstance(layer, nn.Conv2d):
            expected = (2 / (layer.out_channels * 9)) ** 0.5
            assert layer.weight.std().item() == pytest.approx(expected, rel=0.05)
            assert not layer.bias.any()
        if isinstance(layer, nn.BatchNorm2d):
            assert layer.weight.eq(1).all()
            assert layer.running_var.eq(1).all()


def test_the_same_seed_gives_the_same_weights() -> None:
    bodies = []
    for _ in range(2):
        torch.manual_seed(3)
        bodies.append(backbone(Model(name="alexnet"), 1, 64)[0].state_dict())
    assert all(torch.equal(value, bodies[1][key]) for key, value in bodies[0].items())


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("inception_v3", 48, "takes pictures of 75 px a side or more, not 48"),
        ("alexnet", 48, "takes pictures of 63 px a side or more, not 48"),
        ("vit_b_16", 96, "takes pictures of 224 px a side, not 96"),
        ("vit_b_16", 256, "takes pictures of 224 px a side, not 256"),
        ("maxvit_t", 96, "takes pictures of 224 px a side, not 96"),
    ],
)
def test_a_size_that_a_net_cannot_take_is_refused(name: str, size: int, said: str) -> None:
    with pytest.raises(ConfigError, match=rf"preprocess\.size: {name} {said}"):
        backbone(Model(name=name), 1, size)


def test_a_size_that_a_net_takes_is_not_refused() -> None:
    for name, size in [("inception_v3", 75), ("vit_b_16", 224), ("resnet18", 48), ("vgg16", 32)]:
        check_size(name, size)


def test_an_unknown_net_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"'resnet19'; known: alexnet, .*resnet18"):
        backbone(Model(name="resnet19"), 1, 48)


def test_a_net_of_torchvision_becomes_a_model_file(tmp_path: Path) -> None:
    import onnxruntime

    from mien.export import onnx

    values = {"name": "x", "model": {"name": "vgg11_bn"}, "data": {"heads": ["fer2013", "ferplus"]}}
    experiment = Experiment.from_dict(values)
    body, width = backbone(experiment.model, 1, 48)
    network = FlipAverage(Network(body, width, experiment.data.heads, 0.3)).eval()
    path = tmp_path / "model.onnx"
    onnx.write(network, experiment, path, onnx.metadata(experiment, {"name": "x"}))
    faces = torch.randn(5, 1, 48, 48)
    with torch.inference_mode():
        expected = network(faces)
    answers = onnxruntime.InferenceSession(path).run(list(expected), {"faces": faces.numpy()})
    for values_expected, found in zip(expected.values(), answers, strict=True):
        assert np.abs(values_expected.numpy() - found).max() < 1e-4
        assert found.std() > 1e-4

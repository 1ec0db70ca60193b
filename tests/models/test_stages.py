import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from mien.config import Model  # noqa: E402
from mien.models.backbones import backbone  # noqa: E402
from mien.models.stages import BLOCKS, POOLED, stages  # noqa: E402
from mien.models.zoo import zoo  # noqa: E402

DENSE = tuple(f"features.denseblock{n}" for n in (1, 2, 3, 4))
KNOWN = {
    "resnet18": ("stem", "layer1", "layer2", "layer3", "layer4"),
    "vgg11": ("block1", "block2", "block3", "block4", "block5"),
    "squeezenet1_1": ("block1", "block2", "block3", "block4"),
    "mobilenet_v2": tuple(f"features.{n}" for n in range(19)),
    "mobilenet_v3_small": tuple(f"features.{n}" for n in range(13)),
    "mnasnet0_5": ("stem", *(f"layers.{n}" for n in range(8, 15))),
    "densenet121": ("stem", *DENSE),
    "convnext_tiny": ("stem", *(f"features.{n}" for n in (1, 2, 4, 6))),
    "googlenet": ("stem", "inception3", "inception4", "inception5"),
    "regnet_y_400mf": ("stem", *(f"trunk_output.block{n}" for n in (1, 2, 3, 4))),
    "shufflenet_v2_x0_5": ("stem", "stage2", "stage3", "stage4", "conv5"),
}


def _names(layers: nn.Module, body: nn.Module) -> set[str]:
    held = {id(parameter) for parameter in layers.parameters()}
    return {name for name, parameter in body.named_parameters() if id(parameter) in held}


@pytest.mark.parametrize("name", KNOWN)
def test_the_stages_of_a_family_in_order(name: str) -> None:
    body, _ = backbone(Model(name=name), 3, 48)
    found = stages(body)
    assert tuple(stage for stage, _ in found) == KNOWN[name]
    every = [_names(layers, body) for _, layers in found]
    assert sum(map(len, every)) == len(set.union(*every)) == len(list(body.parameters()))


def test_stages_hold_the_layers_around_their_blocks() -> None:
    body, _ = backbone(Model(name="resnet18"), 3, 48)
    assert _names(stages(body)[0][1], body) == {"conv1.weight", "bn1.weight", "bn1.bias"}
    body, _ = backbone(Model(name="densenet121"), 3, 48)
    last = _names(stages(body)[-1][1], body)
    assert {"features.norm5.weight", "features.transition3.conv.weight"} & last == {
        "features.norm5.weight"
    }
    body, _ = backbone(Model(name="mobilenet_v3_small"), 3, 48)
    assert "classifier.0.weight" in _names(stages(body)[-1][1], body)


def test_every_class_of_torchvision_is_a_known_one() -> None:
    kinds = {"QuantizableResNet", *BLOCKS, *POOLED}
    classes = [value for value in vars(zoo()).values() if isinstance(value, type)]
    nets = {kind.__name__ for kind in classes if issubclass(kind, nn.Module)}
    assert nets
    assert nets <= kinds


def test_another_net_has_a_stage_for_each_layer_with_its_norm_and_dropout() -> None:
    body = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Sequential(nn.Conv2d(4, 4, 3)),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(4, 4), nn.ReLU(),
    )  # fmt: skip
    kinds = {name: [type(m).__name__ for m in layers] for name, layers in stages(body)}
    assert kinds == {
        "0": ["Conv2d", "BatchNorm2d"],
        "3": ["ReLU", "Sequential"],
        "6": ["Flatten", "Dropout", "Linear", "ReLU"],
    }


def test_a_body_without_parameters_has_no_stages() -> None:
    assert stages(nn.Sequential(nn.Flatten())) == []

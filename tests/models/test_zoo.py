import re

import pytest

pytest.importorskip("torch")

from mien.errors import MissingExtraError
from mien.models import zoo


def test_the_names_are_those_of_classification_nets() -> None:
    known = zoo.names()
    assert {"resnet18", "vgg16", "mobilenet_v2", "inception_v3", "vit_b_16"} <= set(known)
    assert not {"fcn_resnet50", "fasterrcnn_resnet50_fpn", "raft_small", "r3d_18"} & set(known)
    assert list(known) == sorted(known)


@pytest.mark.parametrize("name", zoo.names())
def test_every_net_has_weights_whose_file_name_tells_their_hash(name: str) -> None:
    assert re.search(r"^https://.*/[^/]+-[0-9a-f]{8,}\.pth$", zoo.address(name))


@pytest.mark.parametrize(
    ("name", "side"), [("inception_v3", 75), ("vit_b_16", 224), ("resnet18", 1), ("swin_t", 1)]
)
def test_the_smallest_side(name: str, side: int) -> None:
    assert zoo.smallest(name) == side


def test_without_torchvision_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r'pip install -e "\.\[train\]"'):
        zoo.zoo()

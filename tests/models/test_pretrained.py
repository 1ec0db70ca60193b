import hashlib
import socket
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402
from torch import Tensor  # noqa: E402

from mien.config import Model  # noqa: E402
from mien.errors import ConfigError, RunError  # noqa: E402
from mien.models import pretrained  # noqa: E402
from mien.models.backbones import backbone  # noqa: E402
from mien.models.zoo import zoo  # noqa: E402

NAME = "shufflenet_v2_x0_5"
STEM = "conv1.0.weight"


@pytest.fixture(scope="module")
def weights() -> dict[str, Tensor]:
    """A whole net's weights, made up."""
    torch.manual_seed(5)
    net = zoo().get_model(NAME, weights=None)
    return {k: v + 1 if v.is_floating_point() else v + 7 for k, v in net.state_dict().items()}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of torch hub."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "hub" / "checkpoints"


def _saved(weights: dict[str, Tensor], path: Path) -> Model:
    torch.save(weights, path)
    return Model(name=NAME, pretrained=str(path))


def _published(
    weights: dict[str, Tensor], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, str]:
    """Put weights where the net's address points; return the file and its sha256."""
    folder.mkdir()
    torch.save(weights, folder / "net.pth")
    digest = hashlib.sha256((folder / "net.pth").read_bytes()).hexdigest()
    path = (folder / "net.pth").rename(folder / f"net-{digest[:8]}.pth")
    monkeypatch.setattr(pretrained, "address", lambda name: path.as_uri())
    return path, digest


def _check(weights: dict[str, Tensor], model: Model) -> None:
    body, _ = backbone(model, 3, 48)
    for name, value in body.state_dict().items():
        assert torch.equal(value, weights[name]), name


def test_a_body_takes_the_weights_of_a_file(weights: dict[str, Tensor], tmp_path: Path) -> None:
    _check(weights, _saved(weights, tmp_path / "x.pth"))
    save_file(weights, tmp_path / "x.safetensors")
    _check(weights, Model(name=NAME, pretrained=str(tmp_path / "x.safetensors")))


def test_grey_takes_the_sum_of_the_colours(weights: dict[str, Tensor], tmp_path: Path) -> None:
    body, _ = backbone(_saved(weights, tmp_path / "x.pth"), 1, 48)
    assert torch.equal(body.state_dict()[STEM], weights[STEM].sum(1, keepdim=True))
    assert torch.equal(body.stage4[3].branch2[0].weight, weights["stage4.3.branch2.0.weight"])


def test_the_classifier_may_be_missing_or_another(
    weights: dict[str, Tensor], tmp_path: Path
) -> None:
    without = {k: v for k, v in weights.items() if not k.startswith("fc.")}
    _check(weights, _saved(without, tmp_path / "x.pth"))
    seven = {**without, "fc.1.weight": torch.ones(7, 1024), "fc.1.bias": torch.ones(7)}
    _check(weights, _saved(seven, tmp_path / "y.pth"))


def test_old_files_do_not_count_batches(weights: dict[str, Tensor], tmp_path: Path) -> None:
    old = {k: v for k, v in weights.items() if not k.endswith("num_batches_tracked")}
    body, _ = backbone(_saved(old, tmp_path / "x.pth"), 3, 48)
    assert torch.equal(body.conv1[1].running_var, weights["conv1.1.running_var"])
    assert body.conv1[1].num_batches_tracked == 0


def test_auxiliary_heads_of_a_file_lie_unused(tmp_path: Path) -> None:
    net = zoo().get_model("googlenet", weights=None, init_weights=False)
    torch.save(net.state_dict(), tmp_path / "x.pth")
    model = Model(name="googlenet", pretrained=str(tmp_path / "x.pth"))
    body, _ = backbone(model, 3, 48)
    assert torch.equal(body.conv1.conv.weight, net.conv1.conv.weight)


def test_names_of_the_first_densenet_files_are_understood() -> None:
    old = "features.denseblock1.denselayer2.norm.1.running_mean"
    assert pretrained._renamed(old) == "features.denseblock1.denselayer2.norm1.running_mean"
    assert pretrained._renamed("features.norm0.weight") == "features.norm0.weight"


def test_weights_of_another_net_are_counted_and_named(
    weights: dict[str, Tensor], tmp_path: Path
) -> None:
    model = _saved(weights, tmp_path / "x.pth").model_copy(update={"name": "resnet18"})
    said = r"torchvision's resnet18: \d+ missing \(such as bn1\.bias, .*\), \d+ unknown \(such as"
    with pytest.raises(RunError, match=said):
        backbone(model, 3, 48)
    odd = {**weights, STEM: torch.ones(24, 4, 3, 3), "more.weight": torch.ones(1)}
    del odd["conv5.0.weight"]
    with pytest.raises(RunError) as caught:
        backbone(_saved(odd, tmp_path / "y.pth"), 3, 48)
    assert str(caught.value).endswith(
        "1 missing (such as conv5.0.weight), 1 unknown (such as more.weight), "
        "1 of another shape (such as conv1.0.weight)"
    )


@pytest.mark.parametrize("named", ["imagenet1k", "weights.h5", "weights.onnx", ""])
def test_what_is_no_file_of_weights_is_wrong_use(named: str) -> None:
    with pytest.raises(ConfigError, match=r"model\.pretrained: expected imagenet, or a file"):
        backbone(Model(name=NAME, pretrained=named), 1, 48)


def test_the_file_that_was_used_is_recorded(weights: dict[str, Tensor], tmp_path: Path) -> None:
    model = _saved(weights, tmp_path / "x.pth")
    digest = hashlib.sha256((tmp_path / "x.pth").read_bytes()).hexdigest()
    assert pretrained.source(model) == {"file": "x.pth", "sha256": digest}
    assert pretrained.source(Model(name=NAME)) is None
    with pytest.raises(RunError, match=r"y\.pth: expected a file of weights"):
        pretrained.source(Model(name=NAME, pretrained=str(tmp_path / "y.pth")))


def test_imagenet_is_fetched_once_and_then_found(
    weights: dict[str, Tensor], tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, digest = _published(weights, tmp_path / "server", monkeypatch)
    model = Model(name=NAME, pretrained="imagenet")
    _check(weights, model)
    path.unlink()
    _check(weights, model)
    assert pretrained.source(model) == {"file": path.name, "sha256": digest}
    assert [p.name for p in cache.iterdir()] == [path.name]


def test_a_download_that_is_not_whole_does_not_stay(
    weights: dict[str, Tensor], tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = _published(weights, tmp_path / "server", monkeypatch)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(RunError, match=r"could not be fetched \(invalid hash value"):
        backbone(Model(name=NAME, pretrained="imagenet"), 1, 48)
    assert list(cache.iterdir()) == []


def test_another_file_in_the_cache_is_not_taken(
    weights: dict[str, Tensor], tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, digest = _published(weights, tmp_path / "server", monkeypatch)
    cache.mkdir(parents=True)
    (cache / path.name).write_bytes(path.read_bytes()[:-100])
    said = rf"{path.name}: its sha256 does not begin with {digest[:8]}.*delete it"
    with pytest.raises(RunError, match=said):
        backbone(Model(name=NAME, pretrained="imagenet"), 1, 48)


def test_without_network_it_is_said_how_to_bring_the_file(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "http://127.0.0.1:9/models/net-0123abcd.pth"
    monkeypatch.setattr(pretrained, "address", lambda name: url)
    with pytest.raises(RunError) as caught:
        backbone(Model(name=NAME, pretrained="imagenet"), 1, 48)
    said = str(caught.value)
    for part in (url, "net-0123abcd.pth by hand", str(cache), "model.pretrained: FILE", "refused"):
        assert part in said
    assert "\n" not in said
    assert list(cache.iterdir()) == []


def test_a_silent_server_is_given_up(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/net-0123abcd.pth"
        monkeypatch.setattr(pretrained, "address", lambda name: url)
        monkeypatch.setattr(pretrained, "SECONDS", 0.2)
        with pytest.raises(RunError, match=r"could not be fetched \(timed out\)"):
            backbone(Model(name=NAME, pretrained="imagenet"), 1, 48)
    assert socket.getdefaulttimeout() is None


def test_a_cache_that_cannot_be_written_is_told(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(RunError, match=r"could not be fetched \(.*Not a directory.*"):
        backbone(Model(name=NAME, pretrained="imagenet"), 1, 48)

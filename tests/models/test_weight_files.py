import os
import pickle
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402
from torch import nn  # noqa: E402

from mien.errors import RunError  # noqa: E402
from mien.models import weight_files  # noqa: E402

WEIGHTS = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.ones(2)}
PARALLEL = {f"module.{name}": value for name, value in WEIGHTS.items()}


class _Code:
    """An object whose pickle would run a command."""

    def __reduce__(self) -> Any:
        return os.mkdir, ("ran",)


def _same(found: dict[str, Any]) -> bool:
    return found.keys() == WEIGHTS.keys() and all(torch.equal(found[n], WEIGHTS[n]) for n in found)


@pytest.mark.parametrize(
    "saved", [WEIGHTS, PARALLEL, {"state_dict": PARALLEL, "epoch": 3}, {"model": WEIGHTS}]
)
@pytest.mark.parametrize("zipped", [True, False])
def test_weights_are_read_alone_or_wrapped(tmp_path: Path, saved: Any, zipped: bool) -> None:
    path = tmp_path / "x.pth"
    torch.save(saved, path, _use_new_zipfile_serialization=zipped)
    assert _same(weight_files.read(path))


def test_safetensors_are_read(tmp_path: Path) -> None:
    save_file(WEIGHTS, tmp_path / "x.safetensors")
    assert _same(weight_files.read(tmp_path / "x.safetensors"))


def test_only_what_all_names_begin_with_is_taken_off(tmp_path: Path) -> None:
    torch.save({"module.a": torch.ones(1), "b": torch.ones(1)}, tmp_path / "x.pth")
    assert set(weight_files.read(tmp_path / "x.pth")) == {"module.a", "b"}


@pytest.mark.parametrize(
    ("saved", "named"),
    [
        ({"a": _Code()}, "mkdir"),
        (nn.Linear(1, 1), r"torch\.nn\.modules\.linear\.Linear"),
        ({"model": WEIGHTS, "args": Namespace()}, r"argparse\.Namespace"),
    ],
)
def test_a_pickle_with_code_is_named_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, saved: Any, named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save(saved, "x.pth")
    with pytest.raises(RunError, match=rf"Python objects \(.*{named}\).*save the net's state_dict"):
        weight_files.read(Path("x.pth"))
    Path("y.pth").write_bytes(pickle.dumps(_Code(), 2))
    with pytest.raises(RunError, match="Python objects"):
        weight_files.read(Path("y.pth"))
    assert not Path("ran").exists()


@pytest.mark.parametrize("name", ["x.pth", "x.safetensors"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n <!DOCTYPE html><html></html>", "a web page instead of weights"),
        (b"\xef\xbb\xbf<html>", "a web page instead of weights"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS"),
        (b"hello there\n", "damaged, or no file of weights"),
        (bytes(3000), "damaged, or no file of weights"),
    ],
)
def test_what_is_no_file_of_weights_says_so_in_one_line(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RunError, match=rf"{name}: {said}") as caught:
        weight_files.read(path)
    assert "\n" not in str(caught.value)
    assert "weights_only` argument" not in str(caught.value)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, zipped: bool) -> None:
    path = tmp_path / "x.pth"
    torch.save(WEIGHTS, path, _use_new_zipfile_serialization=zipped)
    whole = path.read_bytes()
    for length in range(1, len(whole), 37):
        path.write_bytes(whole[:length])
        with pytest.raises(RunError, match=r"damaged, or no file|Python objects"):
            weight_files.read(path)


@pytest.mark.parametrize(
    ("saved", "came"),
    [
        ({"epoch": 3, "best": 0.5}, "a dict with the keys epoch, best"),
        ({}, "a dict with the keys none"),
        ([1, 2], "a list"),
        (torch.ones(2), "a Tensor"),
    ],
)
def test_what_holds_no_state_dict_says_what_it_holds(tmp_path: Path, saved: Any, came: str) -> None:
    torch.save(saved, tmp_path / "x.pth")
    with pytest.raises(RunError, match=f"expected a state dict .* came {came}$"):
        weight_files.read(tmp_path / "x.pth")


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"x\.pth: expected a file of weights, but: no such file"):
        weight_files.read(tmp_path / "x.pth")
    (tmp_path / "y.pth").mkdir()
    with pytest.raises(RunError, match=r"y\.pth: expected a file of weights, but: is a directory"):
        weight_files.read(tmp_path / "y.pth")

"""Files of weights that a user brings: names → tensors, and never code.

``.pth`` and ``.pt`` are opened with ``weights_only=True``, ``.safetensors`` cannot hold code.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from mien.errors import RunError

SUFFIXES = (".pth", ".pt", ".safetensors")
WRAPPERS = ("state_dict", "model")
BEGINNINGS = {
    b"<": "a web page instead of weights; download the file itself",
    b"version https://git-lfs": "a pointer of Git LFS instead of weights; fetch the file itself",
}


def read(path: Path) -> dict[str, Tensor]:
    """Return the state dict of a file, on the CPU.

    It may be wrapped in a dict under ``state_dict`` or ``model``, and its names may all begin
    with ``module.`` (as data-parallel training saves them).

    Raises:
        RunError: the file is missing, damaged, no weights, or holds code.
    """
    _check_beginning(path)
    opened = _safetensors(path) if path.suffix == ".safetensors" else _pickled(path)
    return _state_dict(path, opened)


def _check_beginning(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise RunError(f"{path}: expected a file of weights, but: {reason}") from None
    if not start:
        raise RunError(f"{path}: the file is empty; download it again")
    for beginning, what in BEGINNINGS.items():
        if start.startswith(beginning):
            raise RunError(f"{path}: {what}")


def _safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise _damaged(path, error) from None


def _pickled(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        named = re.search(r"GLOBAL (\S+)", str(error))
        if named is None:
            raise _damaged(path, error) from None
        raise RunError(
            f"{path}: holds Python objects ({named[1]}), which mien does not open because they may "
            "run code; save the net's state_dict() alone, or as .safetensors"
        ) from None
    except Exception as error:  # a damaged pickle can fail in any way
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> RunError:
    """Return the error with the first sentence of a reason that speaks of the file."""
    told = isinstance(error, OSError | RuntimeError | SafetensorError)
    reason = f" ({str(error).splitlines()[0].partition('. ')[0]})" if told and str(error) else ""
    return RunError(f"{path}: damaged, or no file of weights{reason}; download it again")


def _state_dict(path: Path, opened: Any) -> dict[str, Tensor]:
    for wrapper in WRAPPERS:
        if isinstance(opened, Mapping) and isinstance(opened.get(wrapper), Mapping):
            opened = opened[wrapper]
            break
    if not (isinstance(opened, Mapping) and opened and all(map(_is_weight, opened.items()))):
        raise RunError(
            f"{path}: expected a state dict (names → tensors), alone or under "
            f"{' or '.join(WRAPPERS)}; came {_described(opened)}"
        )
    parallel = all(name.startswith("module.") for name in opened)
    return {name.removeprefix("module.") if parallel else name: v for name, v in opened.items()}


def _is_weight(item: tuple[Any, Any]) -> bool:
    return isinstance(item[0], str) and isinstance(item[1], Tensor)


def _described(opened: Any) -> str:
    if isinstance(opened, Mapping):
        return f"a dict with the keys {', '.join(str(key) for key in list(opened)[:5]) or 'none'}"
    return f"a {type(opened).__name__}"

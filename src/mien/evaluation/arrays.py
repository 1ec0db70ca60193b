"""Reading files that may be cut off, damaged or edited: every fault becomes one sentence."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of a ``.npz`` by name; none that would run code is opened.

    Raises:
        ValueError: it is missing, damaged or of another kind; says which.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError((error.strerror or str(error)).lower()) from None
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise ValueError("it is no .npz, or was cut off")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except Exception as error:  # those of zip, zlib and NumPy have no base of their own
        raise ValueError(f"an array cannot be read: {error}") from None
    others = [name for name, values in arrays.items() if not isinstance(values, np.ndarray)]
    if others:
        raise ValueError(f"{others[0]} is no array")
    return arrays


def reason(error: Exception) -> str:
    """Return why content could not be used; of a missing key, that it is missing."""
    return f"it has no {error.args[0]}" if isinstance(error, KeyError) else str(error)

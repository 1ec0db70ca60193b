"""One hub Parquet file: where its pictures and labels stand, and what its codes mean."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien.emotions import CODES, canonical
from mien.errors import MissingExtraError, SourceError, UnknownEmotionError

BATCH = 256
_PICTURES = ("image", "img_bytes", "img", "image_bytes")
_LABELS = ("label", "labels", "emotion")


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code that is none of the table's classes."""

    code: object
    expected: str


class Table:
    """One Parquet file: where its pictures and labels stand and what its codes mean."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as file:
            schema = file.schema_arrow
            self._image = _column(path, schema.names, _PICTURES, "a picture column")
            self._label = _column(path, schema.names, _LABELS, "a label column")
            self._codes = _codes(path, schema.metadata or {}, self._label)

    def rows(self) -> Iterator[tuple[bytes | None, str | UnknownCode]]:
        """Stream the encoded picture and the canonical label of each row."""
        with self._open() as file:
            for batch in file.iter_batches(BATCH, columns=[self._image, self._label]):
                pictures = batch.column(self._image).to_pylist()
                labels = batch.column(self._label).to_pylist()
                for picture, code in zip(pictures, labels, strict=True):
                    data = picture.get("bytes") if isinstance(picture, dict) else picture
                    yield data, self._named(code)

    def sorted_by_class(self) -> bool:
        """Tell whether rows stand class after class, so that their order was lost."""
        with self._open() as file:
            codes = file.read(columns=[self._label]).column(0).to_pylist()
        known = [str(c) if isinstance(c, str) else c for c in codes if c is not None]
        return len(set(known)) > 1 and len(known) > 2 * len(set(known)) and known == sorted(known)

    def _named(self, code: object) -> str | UnknownCode:
        if isinstance(code, str):
            try:
                return canonical(code)
            except UnknownEmotionError:
                return UnknownCode(code, "the name of an emotion")
        if isinstance(code, int) and code in self._codes:
            return self._codes[code]
        return UnknownCode(code, f"a code from 0 to {max(self._codes)}")

    @contextmanager
    def _open(self) -> Iterator[Any]:
        try:
            import pyarrow  # noqa: PLC0415  optional: only this reader needs it
            from pyarrow.parquet import ParquetFile  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtraError("Parquet", "train") from error
        try:
            with ParquetFile(self._path) as file:
                yield file
        except pyarrow.ArrowException as error:
            reason = " ".join(str(error).split())
            raise SourceError(f"{self._path.name} is no whole Parquet file ({reason})") from error


def _column(path: Path, names: Sequence[str], known: Sequence[str], what: str) -> str:
    found = next((name for name in known if name in names), None)
    if found is None:
        raise SourceError(
            f"{path.name} has the columns {', '.join(names)}: expected {what}, one of "
            f"{', '.join(known)}"
        )
    return found


def _codes(path: Path, metadata: Mapping[bytes, bytes], label: str) -> Mapping[int, str]:
    """Return what the integer labels mean: by the metadata's names, else as FER-2013's codes."""
    try:
        features = json.loads(metadata.get(b"huggingface", b"{}"))["info"]["features"]
        names = features[label]["names"]
    except (KeyError, TypeError, ValueError):
        return CODES["fer2013"]
    if isinstance(names, dict):  # an older form: {"0": "angry", ...}
        names = [names[key] for key in sorted(names, key=int)]
    try:
        return dict(enumerate(canonical(name) for name in names))
    except UnknownEmotionError as error:
        raise SourceError(f"{path.name}, class names of its metadata: {error}") from error

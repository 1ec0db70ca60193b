"""One module a published layout; ``READERS`` names them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mien.datasets.readers import csv_rows, folders, parquet
from mien.datasets.source import FileSource, Options


@dataclass(frozen=True, slots=True)
class Reader:
    """How a published layout is known.

    Attributes:
        what: it looks for, for people.
        recognise: returns the source that a path is, None where it is another thing; raises
            ``SourceError`` where it is the thing but cannot be prepared.
    """

    what: str
    recognise: Callable[[Path, Options], FileSource | None]


def _plain(recognise: Callable[[Path], FileSource | None]) -> Callable[..., FileSource | None]:
    """Return a reader that has nothing to choose as one that is handed the options."""
    return lambda path, options: recognise(path)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "fer2013-csv": Reader(
            "fer2013.csv, icml_face_data.csv or the competition's train.csv",
            _plain(csv_rows.recognise),
        ),
        "fer2013-parquet": Reader(
            "hub Parquet files (train-….parquet, valid-…, test-…)", _plain(parquet.recognise)
        ),
        "fer2013-folders": Reader(
            "folders {train,test[,val]}/<emotion>/", _plain(folders.recognise)
        ),
    }
)
"""Name (of ``--as``) → reader, in the order of asking: the narrower layouts first."""

"""One module a published layout; ``READERS`` names them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mien.datasets.readers import (
    affectnet,
    ck48,
    ckextended,
    ckplus,
    csv_rows,
    expw,
    fer_folders,
    folders,
    jaffe,
    legend,
    parquet,
    rafdb,
    table,
)
from mien.datasets.source import FileSource, Options


@dataclass(frozen=True, slots=True)
class Reader:
    """How a published layout is known.

    Attributes:
        what: it looks for, for people.
        recognise: returns the source that a path is, None where it is another thing; raises
            ``SourceError`` where it is the thing but cannot be prepared.
        asked: the same where a person names the reader (``--as``), and it need not be certain;
            None where that makes no difference.
    """

    what: str
    recognise: Callable[[Path, Options], FileSource | None]
    asked: Callable[[Path, Options], FileSource | None] | None = None


def _plain(recognise: Callable[[Path], FileSource | None]) -> Callable[..., FileSource | None]:
    """Return a reader that has nothing to choose as one that is handed the options."""
    return lambda path, options: recognise(path)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "fer2013-csv": Reader(
            "fer2013.csv, icml_face_data.csv or the competition's train.csv",
            _plain(csv_rows.recognise),
        ),
        "ckextended": Reader("ckextended.csv (CK+)", _plain(ckextended.recognise)),
        "rafdb": Reader(
            "RAF-DB basic: EmoLabel/ with Image/aligned/, or DATASET/{train,test}/{1..7}/",
            _plain(rafdb.recognise),
        ),
        "ckplus": Reader("CK+: cohn-kanade-images/ with Emotion/", ckplus.recognise),
        "ck48": Reader("CK+48/<emotion>/S010_004_00000017.png", _plain(ck48.recognise)),
        "affectnet": Reader(
            "AffectNet: training.csv and validation.csv with Manually_Annotated_Images/, or "
            "{train,val}_set/{images,annotations}/",
            _plain(affectnet.recognise),
        ),
        "jaffe": Reader("JAFFE: pictures named KA.AN1.39.tiff", _plain(jaffe.recognise)),
        "expw": Reader("ExpW: label/label.lst with image/origin/", _plain(expw.recognise)),
        "fer2013-parquet": Reader(
            "hub Parquet files (train-….parquet, valid-…, test-…)", _plain(parquet.recognise)
        ),
        "fer2013-folders": Reader(
            "FER-2013's folders {train,test[,val]}/<emotion>/, whole or with its file names",
            _plain(fer_folders.recognise),
            _plain(fer_folders.asked),
        ),
        "legend": Reader(
            "data/legend.csv (user.id, image, emotion) with images/", _plain(legend.recognise)
        ),
        "table": Reader(
            "a CSV or TSV with columns of paths and labels (see --columns)",
            table.recognise,
            table.asked,
        ),
        "folders": Reader(
            "folders <emotion>/ or {train,test[,val]}/<emotion>/", _plain(folders.recognise)
        ),
    }
)
"""Name (of ``--as``) → reader, in the order of asking: the narrower layouts first."""

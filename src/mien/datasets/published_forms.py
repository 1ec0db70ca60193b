"""The counts that were published of each dataset.

A dataset of which several forms went round (FER-2013 as CSV or as folders) has a form for each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mien.emotions import CODES

ALL = "all"
"""The one split of a source that has none."""

Counts = Mapping[str, Mapping[str, int]]
"""Split → emotion → how many."""


@dataclass(frozen=True, slots=True)
class Form:
    """One published form of a dataset.

    Attributes:
        what: it is, for people.
        where: its counts were published.
        counts: of pictures or films; a split without emotions was published as a total only.
        films: counted are films (by their peak), however many frames of each were taken.
        total: of everything; 0 where ``counts`` say it.
        subjects: how many people show what is counted; 0 where nobody published it.
    """

    what: str
    where: str
    counts: Counts
    films: bool = False
    total: int = 0
    subjects: int = 0


def _by(codes: str, *numbers: int) -> dict[str, int]:
    """Return emotion → count, for counts that stand in the order of a source's codes."""
    return dict(zip(CODES[codes].values(), numbers, strict=True))


_TRAINING = _by("fer2013", 3995, 436, 4097, 7215, 4830, 3171, 4965)
_PUBLIC = _by("fer2013", 467, 56, 496, 895, 653, 415, 607)
_PRIVATE = _by("fer2013", 491, 55, 528, 879, 594, 416, 626)
_BOTH = {emotion: count + _PRIVATE[emotion] for emotion, count in _PUBLIC.items()}
_FILMS = _by("ckplus", 0, 45, 18, 59, 25, 69, 28, 83)
_FRAMES = {emotion: 3 * count for emotion, count in _FILMS.items()}

_FER = "Goodfellow et al. 2013, arXiv:1307.0414"
_CK = "Lucey et al. 2010, doi:10.1109/CVPRW.2010.5543262"
_RAF = "Li, Deng and Du 2017, doi:10.1109/CVPR.2017.277"
_USUAL = Form(
    "FER-2013", _FER, {"Training": _TRAINING, "PublicTest": _PUBLIC, "PrivateTest": _PRIVATE}
)
_FOLDERS = Form("FER-2013 as folders", "msambare/fer2013", {"train": _TRAINING, "test": _BOTH})
_THREE = Form(_USUAL.what, _FER, {"train": _TRAINING, "val": _PUBLIC, "test": _PRIVATE})
_ONLY = Form("the competition's train.csv", _FER, {"Training": _TRAINING})

FORMS: Mapping[str, tuple[Form, ...]] = MappingProxyType(
    {
        "fer2013-csv": (_USUAL, _ONLY),
        "fer2013-parquet": (_USUAL, _FOLDERS),
        "fer2013-folders": (_FOLDERS, _USUAL, _THREE),
        "rafdb": (
            Form(
                *("RAF-DB basic", _RAF),
                counts={
                    "train": _by("rafdb", 1290, 281, 717, 4772, 1982, 705, 2524),
                    "test": _by("rafdb", 329, 74, 160, 1185, 478, 162, 680),
                },
            ),
        ),
        "ckplus": (Form("CK+", _CK, {ALL: _FILMS}, films=True, subjects=118),),
        "ck48": (Form("CK+48", f"three frames a film of {_CK}", {ALL: _FRAMES}, subjects=118),),
        "ckextended": (
            Form(
                *("CK+ as ckextended.csv", "davilsena/ckdataset"),
                counts={ALL: _by("ckextended", 45, 59, 25, 69, 28, 83, 593, 18)},
            ),
        ),
        "jaffe": (
            Form("JAFFE", "Lyons et al., doi:10.5281/zenodo.3451524", {ALL: {}}, False, 213, 10),
        ),
        "expw": (Form("ExpW", "Zhang et al. 2016, arXiv:1609.06426", {ALL: {}}, total=91_793),),
    }
)
"""Key of ``readers.READERS`` → its published forms."""

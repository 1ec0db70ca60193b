"""What an audit looks for. A finding is a question to a person, not a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mien.datasets.near import THRESHOLD as NEAR

MOST_SHARE = 0.95
"""Where at least this share of the pictures has one shape, another shape is a finding."""
SMALLEST = 24
"""Shorter side in pixels below which a picture is a finding where shapes are mixed."""
DARK, BRIGHT = 0.1 * 255, 0.9 * 255
CONTRAST = 0.05 * 255
BLUR = 0.1


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding.

    Attributes:
        name: as it stands in ``findings.csv``.
        what: which pictures these are.
        value: what the column ``value`` holds; empty where there is none.
        threshold: the border of ``value``, None where there is none.
        because: why the border lies there.
        worst: how findings are ordered: by falling (``high``) or rising (``low``) value; empty:
            as in the manifest.
    """

    name: str
    what: str
    value: str = ""
    threshold: float | None = None
    because: str = ""
    worst: str = ""

    @property
    def title(self) -> str:
        """The name for people."""
        return self.name.replace("_", " ")


_NEAR = (
    "correlation with the other picture",
    NEAR,
    (
        "Chosen by eye on FER-2013 (mien.datasets.near): of the pairs just above the border about "
        "one in fifteen shows two photographs."
    ),
    "high",
)
_GREY = "mean grey value, 0 to 255"

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("unreadable", "Pictures that could not be read when the dataset was prepared."),
            Kind("constant", "Pictures of one single value."),
            Kind(
                "wrong_size",
                "Pictures of another height, width or number of channels than nearly all others; "
                f"where shapes are mixed by nature: a side below {SMALLEST} px.",
                "shorter side in pixels",
                SMALLEST,
                f"One shape counts as the common one from {MOST_SHARE:.0%} on. Where shapes are "
                f"mixed, {SMALLEST} px is half the side of FER-2013's pictures.",
                "low",
            ),
            Kind("exact_copy", "Pictures with the same pixels as another one of their split."),
            Kind("copy_across_splits", "Pictures with the same pixels as one of another split."),
            Kind("near_copy", "Almost the same picture as another one of its split.", *_NEAR),
            Kind(
                "near_copy_across_splits",
                "Almost the same picture as one of another split.",
                *_NEAR,
            ),
            Kind("conflicting", "The same pixels carry different labels."),
            Kind("near_conflicting", "Almost the same picture carries another label.", *_NEAR),
            Kind("not_a_face", "Every FER+ vote says that this is no face.", "votes for no face"),
            Kind(
                "no_face",
                "The face detector finds no face. It also misses tilted, covered and closely "
                "cropped faces: of the 674 pictures of FER-2013 that it finds none in, 112 are "
                "among the 176 that every vote calls no face.",
            ),
            Kind(
                "too_dark",
                "Nearly black pictures.",
                _GREY,
                DARK,
                "The lowest tenth of the grey values.",
                "low",
            ),
            Kind(
                "too_bright",
                "Nearly white pictures.",
                _GREY,
                BRIGHT,
                "The highest tenth of the grey values; in FER-2013 these are messages such as "
                "'image not found'.",
                "high",
            ),
            Kind(
                "low_contrast",
                "Pictures of almost one grey.",
                "standard deviation of the grey values",
                CONTRAST,
                "A twentieth of the grey values.",
                "low",
            ),
            Kind(
                "blurred",
                "Pictures without fine detail.",
                "variance of the Laplacian over the variance of the picture, at 48 px",
                BLUR,
                "Of 4,000 pictures of FER-2013, 0.03 % lie below as they are, 84 % after a "
                "Gaussian blur of 1 px, 99 % after one of 1.25 px.",
                "low",
            ),
            Kind("subject_leak", "Pictures of a person who is in another split too."),
            Kind("sequence_leak", "Frames of a film of which another split has frames too."),
            Kind("copy_across_sets", "Pictures with the same pixels as one of another dataset."),
            Kind(
                "near_copy_across_sets",
                "Almost the same picture as one of another dataset.",
                *_NEAR,
            ),
        )
    }
)
"""Every kind by its name, in the order of every table."""

WITHIN = ("exact_copy", "near_copy")
"""Kinds whose groups lie in one split each."""
ACROSS = ("copy_across_splits", "near_copy_across_splits", "subject_leak", "sequence_leak")
"""Kinds whose groups reach over several splits."""
SETS = ("copy_across_sets", "near_copy_across_sets")
"""Kinds whose other picture belongs to another dataset."""

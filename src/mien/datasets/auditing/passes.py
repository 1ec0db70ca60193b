"""The passes of an audit: each walks the pictures once and returns findings by kind."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from mien.datasets.auditing import across, nearby
from mien.datasets.auditing.across import split_codes
from mien.datasets.auditing.found import Found, Ints, alike, apart, found, together
from mien.datasets.auditing.light import Light, measured, wrong_size
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Pixels, Progress
from mien.datasets.votes import VOTES

HasFace = Callable[[Pixels], bool]
Text = npt.NDArray[np.str_]
Mask = npt.NDArray[np.bool_]


def known_pass(prepared: PreparedSet, groups: Ints, told: dict[str, str]) -> dict[str, Found]:
    """Return all that the manifest tells."""
    flags, splits = prepared.flags, split_codes(prepared)
    readable = ~flags["unreadable"]
    sizes, told["wrong_size"] = wrong_size(prepared.sizes, readable)
    kinds = {
        "unreadable": found(np.flatnonzero(flags["unreadable"])),
        "constant": found(np.flatnonzero(flags["constant"])),
        "wrong_size": sizes,
        "exact_copy": alike(groups, splits),
        "copy_across_splits": apart(groups, splits),
        "conflicting": apart(groups, prepared.labels),
    }
    if prepared.votes is not None:
        rows = np.flatnonzero(flags["not_a_face"])
        votes = prepared.votes[rows, VOTES.index("not_a_face")]
        kinds["not_a_face"] = found(rows, values=votes.astype(np.float64))
    if prepared.record.get("framing", {}).get("faces") or flags["no_face"].any():
        kinds["no_face"] = found(np.flatnonzero(flags["no_face"]))
    manifest = prepared.manifest
    for kind, words in (("subject_leak", manifest.subjects), ("sequence_leak", manifest.sequences)):
        if (words != "").any():
            kinds[kind] = apart(_people(words, manifest.origins, readable), splits)
    return kinds


def _people(words: Text, origins: Text, readable: Mask) -> Ints:
    """Return a number for each word of each origin, -1 where there is no word or no picture."""
    word = np.unique(words, return_inverse=True)[1].astype(np.int64)
    origin = np.unique(origins, return_inverse=True)[1].astype(np.int64)
    numbers = word * (int(origin.max(initial=0)) + 1) + origin
    return np.where((words != "") & readable, numbers, -1)


def _firsts(groups: Ints) -> Ints:
    """Return the readable pictures, of copies the first."""
    return np.flatnonzero(groups == np.arange(len(groups)))


def light_pass(prepared: PreparedSet, groups: Ints, say: Progress) -> Light:
    """Return light and sharpness of each picture."""
    values = np.full((len(groups), 3), np.nan, np.float32)
    rows = _firsts(groups)
    for done, row in enumerate(rows.tolist(), 1):
        values[row] = measured(prepared.pixels(row))
        say("measuring", done, len(rows))
    values = np.where((groups >= 0)[:, None], values[groups], np.float32(np.nan))
    return Light(*values.T)


def near_pass(prepared: PreparedSet, groups: Ints, say: Progress) -> dict[str, Found]:
    """Return near copies in a split, across splits, and with another label."""
    pairs = nearby.pairs_of(_firsts(groups), prepared.pixels, say)
    splits = split_codes(prepared)
    return {
        "near_copy": nearby.linked(pairs, groups, splits, same=True),
        "near_copy_across_splits": nearby.linked(pairs, groups, splits, same=False),
        "near_conflicting": nearby.linked(pairs, groups, prepared.labels, same=False),
    }


def no_face_pass(prepared: PreparedSet, groups: Ints, has_face: HasFace, say: Progress) -> Found:
    """Return the pictures flagged ``no_face`` and those in which none is found now."""
    faceless = np.zeros(len(groups), bool)
    rows = _firsts(groups)
    for done, row in enumerate(rows.tolist(), 1):
        faceless[row] = not has_face(prepared.pixels(row))
        say("looking for faces", done, len(rows))
    return found(np.flatnonzero((groups >= 0) & (prepared.flags["no_face"] | faceless[groups])))


def across_pass(
    prepared: PreparedSet, groups: Ints, against: Sequence[PreparedSet], near: bool, say: Progress
) -> dict[str, Found]:
    """Return the pictures that other datasets hold too."""
    exact = [across.exact(prepared, other, groups, n) for n, other in enumerate(against, 1)]
    kinds = {"copy_across_sets": together(exact)}
    if near:
        alike_ones = [
            across.near(prepared, other, groups, n, say) for n, other in enumerate(against, 1)
        ]
        kinds["near_copy_across_sets"] = together(alike_ones)
    return kinds

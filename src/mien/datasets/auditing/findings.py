"""Looking for everything that ``kinds`` names, one pass after another, each timed."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from mien.datasets.audit import group_ids
from mien.datasets.auditing import passes
from mien.datasets.auditing.found import Found
from mien.datasets.auditing.kinds import KINDS
from mien.datasets.auditing.light import light_kinds
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Progress, silent


@dataclass(frozen=True)
class Findings:
    """What an audit found.

    Attributes:
        prepared: the dataset.
        against: other datasets it was compared with.
        found: findings of each kind that was looked for, in the order of ``KINDS``.
        left_out: why each other kind was not looked for.
        told: what there is to say about a kind in this dataset.
        seconds: how long each pass took.
    """

    prepared: PreparedSet
    against: Sequence[PreparedSet] = ()
    found: dict[str, Found] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def find(
    prepared: PreparedSet,
    *,
    near: bool = True,
    has_face: passes.HasFace | None = None,
    against: Sequence[PreparedSet] = (),
    progress: Progress | None = None,
) -> Findings:
    """Audit a prepared dataset. Memory holds some dozen bytes a picture, pixels one by one.

    Args:
        prepared: the dataset.
        near: whether to look for near copies.
        has_face: tells whether a picture shows a face; None looks at no picture.
        against: other datasets to compare with.
        progress: see ``source.Progress``.
    """
    say = progress or silent
    result = Findings(prepared, against)
    groups = group_ids(prepared.manifest.hashes)
    with _timed(result, "copies, labels, sizes, people"):
        kinds = passes.known_pass(prepared, groups, result.told)
    with _timed(result, "light and sharpness"):
        light = passes.light_pass(prepared, groups, say)
        kinds |= light_kinds(light, prepared.flags["constant"])
    if near:
        with _timed(result, "near copies"):
            kinds |= passes.near_pass(prepared, groups, say)
    if has_face is not None:
        with _timed(result, "faces"):
            kinds["no_face"] = passes.no_face_pass(prepared, groups, has_face, say)
    if against:
        with _timed(result, "other datasets"):
            kinds |= passes.across_pass(prepared, groups, against, near, say)
    result.found.update({kind: kinds[kind] for kind in KINDS if kind in kinds})
    result.left_out.update({kind: _why(kind, near) for kind in KINDS if kind not in kinds})
    return result


@contextmanager
def _timed(result: Findings, name: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    result.seconds[name] = round(time.perf_counter() - begin, 2)


def _why(kind: str, near: bool) -> str:
    if kind.startswith("near_") and not near:
        return "near copies were not asked for"
    return {
        "not_a_face": "the dataset has no votes",
        "no_face": "the face detector was not asked",
        "subject_leak": "nobody knows the people",
        "sequence_leak": "no picture is a frame of a film",
    }.get(kind, "no other dataset was named")

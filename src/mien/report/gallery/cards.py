"""Which findings a page shows, and each picture as a small one inside the page."""

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mien.datasets.auditing.files import label_name, names_of
from mien.datasets.auditing.findings import Findings
from mien.datasets.auditing.found import Found, Ints
from mien.datasets.auditing.kinds import KINDS, SETS, Kind
from mien.datasets.pictures import encode_png
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Pixels

SIDE = 128
"""Longer side in pixels of the largest picture in a page; smaller ones stay as they are."""
QUALITY = 85
MEMBERS = 6
"""Most pictures of a group that are shown."""


@dataclass(frozen=True, slots=True)
class Card:
    """One picture with what stands below it; ``image`` is empty where it is unreadable."""

    id: str
    split: str
    label: str
    value: str
    set_name: str
    image: str

    @property
    def alt(self) -> str:
        """What the picture is, for who cannot see it."""
        where = [self.set_name, self.split, self.label or "no label"]
        return f"picture {self.id} ({', '.join(word for word in where if word)})"


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures that belong together, and how many more there are than are shown."""

    cards: tuple[Card, ...]
    more: int


def data_uri(pixels: Pixels) -> str:
    """Return a picture as a data URI: PNG as it is, or JPEG scaled down to ``SIDE``."""
    longer = max(pixels.shape[:2])
    if longer <= SIDE:
        return _uri("png", encode_png(pixels))
    height, width = (max(1, round(side * SIDE / longer)) for side in pixels.shape[:2])
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    ordered = small if small.ndim == 2 else small[..., ::-1]
    _, data = cv2.imencode(".jpg", ordered, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return _uri("jpeg", data.tobytes())


def _uri(form: str, data: bytes) -> str:
    return f"data:image/{form};base64,{base64.b64encode(data).decode('ascii')}"


def evenly(count: int, most: int) -> list[int]:
    """Return at most ``most`` places out of ``count``, evenly spaced, both ends among them."""
    return (
        np.unique(np.linspace(0, count - 1, min(count, most)).astype(int)).tolist() if count else []
    )


def ordered(kind: Kind, one: Found) -> Ints:
    """Return places of findings, the strongest first, else as in the manifest."""
    values = np.nan_to_num(one.values if kind.worst == "low" else -one.values)
    places = np.arange(len(one)) if not kind.worst else np.lexsort((one.rows, values))
    return np.asarray(places, np.int64)


def cards(findings: Findings, name: str, most: int) -> list[Card]:
    """Return the pictures to show of a kind whose findings stand alone."""
    one = findings.found[name]
    places = ordered(KINDS[name], one)
    return [_card(findings, one, int(places[n])) for n in evenly(len(one), most)]


def groups(findings: Findings, name: str, most: int) -> list[Group]:
    """Return the groups to show of a kind, about ``most`` pictures in all."""
    one = findings.found[name]
    places = ordered(KINDS[name], one)
    owner = one.groups[places]
    _, first, which = np.unique(owner, return_index=True, return_inverse=True)
    turn = np.argsort(np.argsort(first))[which]  # groups in the order of their strongest picture
    by_group = np.split(places[np.lexsort((places, turn))], np.cumsum(np.bincount(turn))[:-1])
    chosen = [by_group[n] for n in evenly(len(first), max(1, most // 3))]
    return [_group(findings, name, one, members) for members in chosen]


def _group(findings: Findings, name: str, one: Found, members: Ints) -> Group:
    """Return a group; the first of each split and label come first."""
    prepared, rows = findings.prepared, one.rows[members]
    traits = [f"{prepared.split[row]}/{prepared.labels[row]}" for row in rows.tolist()]
    order = sorted(range(len(traits)), key=lambda n: (n != traits.index(traits[n]), n))
    shown = [int(members[n]) for n in order[:MEMBERS]]
    theirs = [_theirs(findings, one, place) for place in shown] if name in SETS else []
    drawn = [_card(findings, one, place) for place in shown]
    return Group(tuple(dict.fromkeys([*drawn, *theirs])), len(members) - len(shown))


def _card(findings: Findings, one: Found, place: int) -> Card:
    return make_card(findings.prepared, int(one.rows[place]), value_text(findings, one, place))


def _theirs(findings: Findings, one: Found, place: int) -> Card:
    """Return the other picture of a finding, where it is of another dataset."""
    number = int(one.sets[place])
    prepared = findings.against[number - 1]
    return make_card(prepared, int(one.others[place]), "", names_of(findings)[number])


def value_text(findings: Findings, one: Found, place: int) -> str:
    """Return a finding's value for people, and for a near copy of what; empty where none."""
    value, other = float(one.values[place]), int(one.others[place])
    if math.isnan(value):
        return ""
    if other < 0:
        return f"{value:.4g}"
    number = int(one.sets[place])
    theirs = findings.against[number - 1] if number else findings.prepared
    return f"{value:.4g} with {theirs.ids[other]}"


def make_card(prepared: PreparedSet, row: int, value: str = "", set_name: str = "") -> Card:
    """Return the card of one picture of a dataset."""
    unreadable = bool(prepared.flags["unreadable"][row])
    return Card(
        str(prepared.ids[row]),
        str(prepared.split[row]),
        label_name(prepared, row),
        value,
        set_name,
        "" if unreadable else data_uri(prepared.pixels(row)),
    )


def shown(parts: Sequence[Group]) -> int:
    """Return how many pictures groups show."""
    return sum(len(part.cards) for part in parts)

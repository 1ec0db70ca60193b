"""Made-up material for explorations: small, with everything that a figure can be about."""

import numpy as np

from mien.datasets.audit import conflicts, copies_in, group_ids
from mien.datasets.drawn import Drawn
from mien.emotions import EMOTIONS
from mien.report.explore.material import Material
from mien.report.explore.numbers.measured import common_side, measure
from mien.report.explore.panels.faces import Augmented, originals

SPLITS = ("train", "val", "test")


def pictures(count=40, seed=0):
    """Drawn faces of all eight emotions with their labels."""
    drawn = list(Drawn(count=count, seed=seed))
    return [p.pixels for p in drawn], np.array([EMOTIONS.index(p.label) for p in drawn])


def votes_of(labels, against=2):
    """Ten votes a picture, two of them for the next emotion."""
    labels = np.asarray(labels)
    votes = np.zeros((len(labels), 10), np.int16)
    votes[np.arange(len(labels)), labels] = 10 - against
    votes[np.arange(len(labels)), (labels + 1) % 8] += against
    return votes


def made(faces, labels, split=None, votes=None, origins=None, **record):
    """Return material of these pictures, none of them unreadable."""
    labels = np.asarray(labels, np.int64)
    count = len(faces)
    split = np.array(split if split is not None else [SPLITS[n % 3] for n in range(count)])
    groups = group_ids(np.array([f"{f.shape}{f.tobytes()}".encode()[:9999] for f in faces]))
    sizes = np.array([(*f.shape, 1)[:3] for f in faces])
    flags = {f"copy_in_{name}": copies_in(groups, split, name) for name in SPLITS}
    flags |= {name: np.zeros(count, bool) for name in ("not_a_face", "no_face")}
    flags["constant"] = np.array([np.ptp(f) == 0 for f in faces])
    flags["conflicting"] = conflicts(groups, labels)
    flags["duplicate"] = groups != np.arange(count)
    told = {"name": "made", "label_set": "ferplus", "layout": "a list", "split": "by turns"}
    return Material(
        record=told | {"splits": {s: int((split == s).sum()) for s in SPLITS}} | record,
        sha256="ab" * 32,
        total=count,
        ids=np.array([f"made-{n:05d}" for n in range(count)]),
        split=split,
        origins=np.array(origins if origins is not None else [""] * count),
        labels=labels,
        votes=votes,
        groups=groups,
        sizes=sizes,
        flags=flags,
        sample=np.arange(count),
        measured=measure(faces, labels, common_side(sizes)),
        picture=lambda n: faces[n],
    )


def full(count=40):
    """Material in which every figure makes sense: votes, copies, origins, odd pictures."""
    faces, labels = pictures(count)
    faces[8:12] = [faces[0], faces[0], faces[1], np.full((48, 48), 255, np.uint8)]
    origins = ["fer2013" if n % 3 else "another dataset with a long name" for n in range(count)]
    return made(faces, labels, votes=votes_of(labels), origins=origins)


def augmented(material):
    """What the command hands over: an original and four versions of each class."""
    side = material.measured.side
    rows = {
        name: [np.roll(material.picture(place), 3 * n, 1)[:side, :side] for n in range(5)]
        for name, place in originals(material).items()
    }
    return Augmented(rows, "flip (in 50 %)")

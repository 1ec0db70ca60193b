"""What learning curves say: over- or underfitting, by stated rules.

Training is measured while the network learns: on augmented and blended pictures, with dropout,
with smoothed targets and weighted classes. So the two losses differ in level for reasons that
are no fault, and only the course of each is judged, never the one against the other.

In these rules the *end* is the median of the last three epochs, *at* an epoch is the median of
it and its two neighbours, and the *lowest* is the least of these. So no single epoch decides.
The *tail* is the last quarter of the epochs (rounded up), but 5 to 10. A loss *still falls* where
the straight line through its tail falls by more than 2 % over the tail and by more than three of
its standard errors. It *has levelled off* where that line falls by 2 % or less; what falls by
more, but not by three standard errors, is told as a fall that may be chance. *Noise* is the
deviation of the validation loss from its course, from its second differences.

The first rule that holds gives the verdict:

1. **diverged**: a loss is not a number in the last epoch, or the training loss ended more than
   25 % above its lowest.
2. **too short to tell**: fewer than 8 epochs.
3. **overfitting**: the validation loss ended more than 5 %, and more than three times the noise,
   above its lowest, while the training loss fell by more than 1 % from there to the end.
4. **unsteady**: the validation loss ended so far above its lowest, but the training loss did not
   fall.
5. **still improving**: the validation loss still falls; or the training loss does, and the
   training accuracy is not above the validation accuracy yet.
6. **underfitting**: neither the training nor the validation accuracy ended above 60 %; or,
   without accuracies, neither loss fell by 10 % from its first epoch.
7. **overfitting**: the training accuracy ended more than 15 points above the validation accuracy,
   though its pictures are the harder ones.
8. **well fitted**: none of these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

import numpy as np

from mien.errors import RunError
from mien.report.curves import SPLITS, overall
from mien.report.trends import Values, fall, middle, noise, tail

Verdict = Literal[
    "diverged",
    "too short to tell",
    "overfitting",
    "unsteady",
    "still improving",
    "underfitting",
    "well fitted",
]
SHORTEST = 8
DIVERGED, RISE, FELL, FALLS, LITTLE = 0.25, 0.05, 0.01, 0.02, 0.1
LOW, APART = 0.6, 0.15
TIMES = 3
"""How many times the noise, or the standard error, a change must be."""

LONGER = "A longer run may do better."
CALMER = "A lower learning rate, a warm-up or gradient clipping may help."
FREER = "A larger network, a higher learning rate, or less augmentation and dropout may help."
STRICTER = "More augmentation, dropout or weight decay, or fewer epochs, may help."


@dataclass(frozen=True)
class Reading:
    """What the curves of a run say.

    Attributes:
        verdict: in one to four words.
        text: two or three sentences with the numbers.
    """

    verdict: Verdict
    text: str


def reading(rows: Sequence[Mapping[str, Any]], best: int | None = None) -> Reading:
    """Read the learning curves of a run by the rules above.

    Args:
        rows: the lines of ``metrics.csv``, with numbers, or text as ``csv.DictReader`` gives it.
        best: the epoch whose weights were kept, counted from 1.

    Raises:
        ValueError: a cell holds something else than a number.
    """
    for name, what in (("train_loss", "training"), ("val_loss", "validation")):
        if rows and not isfinite(float(rows[-1].get(name) or 0)):
            text = f"the {what} loss was not a number any more in the last epoch. {CALMER}"
            return Reading("diverged", f"Diverged: {text}")
    course = _course(rows)
    if len(course.epochs) < SHORTEST:
        text = f"{len(course.epochs)} epoch(s) with both losses; {SHORTEST} are needed."
        return Reading("too short to tell", f"Too short to tell: {text}")
    verdict, text = _judged(course)
    kept = "" if best is None else f" The weights kept are those of epoch {best}."
    return Reading(verdict, f"{verdict.capitalize()}: {text}{kept}")


@dataclass(frozen=True)
class _Course:
    """The epochs with both losses, the losses, and the accuracies at the end, where known."""

    epochs: list[int]
    train: Values
    val: Values
    accuracy: dict[str, float]


def _course(rows: Sequence[Mapping[str, Any]]) -> _Course:
    try:
        found = overall(rows)
    except RunError:  # nothing in them
        found = {}
    losses = {split: dict(zip(*s, strict=True)) for split, s in found.get("loss", {}).items()}
    train, val = losses.get("train", {}), losses.get("val", {})
    epochs = sorted(train.keys() & val.keys())
    accuracy = {s: float(np.median(v[-3:])) for s, (_, v) in found.get("accuracy", {}).items()}
    train_loss, val_loss = (np.array([loss[e] for e in epochs]) for loss in (train, val))
    return _Course(epochs, train_loss, val_loss, accuracy)


def _judged(course: _Course) -> tuple[Verdict, str]:
    """Apply the rules to ``SHORTEST`` epochs at least."""
    train, val = middle(course.train), middle(course.val)
    risen = _risen(course, train, val)
    if risen:
        return risen
    if share := _still_falls(course.val):
        text = f"the validation loss still fell by {_over(share, course)}, to {val[-1]:.3f}"
        return "still improving", f"{text}{_scores(course)}. {LONGER}"
    apart = course.accuracy.get("train", 0) - course.accuracy.get("val", 1)
    if len(course.accuracy) == len(SPLITS) and apart <= 0 and (share := _still_falls(course.train)):
        text = f"the training loss still fell by {_over(share, course)}, to {train[-1]:.3f}"
        return "still improving", f"{text}{_scores(course)}. {LONGER}"
    if _is_low(course):
        return "underfitting", f"{_levelled(course, train, val)}. {FREER}"
    if apart > APART:
        return "overfitting", f"{_apart(course, apart)}. {STRICTER}"
    return "well fitted", f"{_levelled(course, train, val)}."


def _risen(course: _Course, train: Values, val: Values) -> tuple[Verdict, str] | None:
    """Apply the rules about losses that rise; None where neither does."""
    low, least = int(val.argmin()), int(train.argmin())
    if train[-1] > (1 + DIVERGED) * train[least]:
        return "diverged", f"the training loss {_rose(course, train, least)}. {CALMER}"
    if val[-1] <= (1 + RISE) * val[low] or val[-1] - val[low] <= TIMES * noise(course.val):
        return None
    text = f"the validation loss {_rose(course, val, low)}"
    if train[-1] < (1 - FELL) * train[low]:
        went = f"while the training loss fell from {train[low]:.3f} to {train[-1]:.3f}"
        return "overfitting", f"{text}, {went}. {STRICTER}"
    return "unsteady", f"{text}, though the training loss did not fall. {CALMER}"


def _still_falls(values: Values) -> float:
    """Return the share by which a loss still falls over its tail, or 0 where it does not."""
    last = tail(values)
    fell, error = fall(last)
    share = fell / float(last.mean())
    return share if share > FALLS and fell > TIMES * error else 0.0


def _is_low(course: _Course) -> bool:
    if course.accuracy:
        return max(course.accuracy.values()) <= LOW
    return all(v[-3:].mean() > (1 - LITTLE) * v[0] for v in (course.train, course.val))


def _rose(course: _Course, values: Values, low: int) -> str:
    share = values[-1] / values[low] - 1
    return (
        f"rose by {_percent(share)} from its lowest, {values[low]:.3f} at epoch "
        f"{course.epochs[low]}, to {values[-1]:.3f} at the end"
    )


def _over(share: float, course: _Course) -> str:
    return f"{_percent(share)} over the last {len(tail(course.val))} epochs"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _levelled(course: _Course, train: Values, val: Values) -> str:
    return (
        f"the validation loss {_ended(course.val, val[-1], course)}, and the training loss "
        f"{_ended(course.train, train[-1], course)}{_scores(course)}"
    )


def _ended(values: Values, last: float, course: _Course) -> str:
    """Say whether a loss still falls, may fall, or has levelled off, and where it ended."""
    share = fall(tail(values))[0] / float(tail(values).mean())
    if _still_falls(values):
        return f"still fell by {_over(share, course)}, to {last:.3f}"
    if share > FALLS:
        return f"fell by {_over(share, course)}, to {last:.3f}, which may be chance"
    return f"has levelled off at {last:.3f}"


def _apart(course: _Course, apart: float) -> str:
    train, val = course.accuracy["train"], course.accuracy["val"]
    return (
        f"{_percent(train)} of the training pictures are answered right, {_percent(val)} of the "
        f"validation pictures: {100 * apart:.0f} points apart, while the validation loss "
        f"{_ended(course.val, middle(course.val)[-1], course)}"
    )


def _scores(course: _Course) -> str:
    names = {"train": "training", "val": "validation"}
    found = course.accuracy
    said = [f"{_percent(found[s])} in {names[s]}" for s in names if s in found]
    return f"; accuracy {' and '.join(said)}" if said else ""

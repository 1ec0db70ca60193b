"""The labels of each protocol, see ``protocols``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.emotions import BASIC, EMOTIONS, LABEL_SETS, index
from mien.evaluation.metrics import Ints
from mien.ferplus import (
    NO_LABEL,
    ferplus_clean,
    ferplus_majority,
    ferplus_plurality,
    ferplus_top,
    soft_targets,
)


@dataclass(frozen=True, slots=True)
class Truth:
    """The labels of a protocol.

    Attributes:
        protocol: its name.
        wanted: int [N], positions in ``EMOTIONS``, ``NO_LABEL`` where there is none.
        names: the emotions that its labels can be.
        shares: ``float64 [N, 8]``, shares of the votes; None where the labels are no votes.
    """

    protocol: str
    wanted: Ints
    names: Sequence[str]
    shares: npt.NDArray[np.float64] | None = None


def truths(
    head: Sequence[str], labels: Ints, votes: Ints | None, label_set: str
) -> Iterator[Truth]:
    """Return the labels of each protocol that a head can be scored on.

    Args:
        head: its classes.
        labels: int [N], positions in ``EMOTIONS``.
        votes: int [N, 10], or None where the set has none.
        label_set: whose labels these are, a key of ``LABEL_SETS``.
    """
    yield Truth(label_set, labels, LABEL_SETS[label_set])
    if votes is None:
        return
    shares, contempt = soft_targets(votes), index("contempt")
    top = np.where(shares.any(axis=1), ferplus_top(ferplus_clean(votes)), NO_LABEL)
    rules = {
        "ferplus_majority": ferplus_majority(votes),
        "ferplus_plurality": ferplus_plurality(votes),
        "ferplus_votes": top,
    }
    for protocol, wanted in rules.items():
        if "contempt" in head:
            yield Truth(protocol, wanted, EMOTIONS, shares)
            if protocol != "ferplus_majority":
                continue  # beside peers without contempt the majority is enough
        without = np.where(wanted == contempt, NO_LABEL, wanted)
        yield Truth(f"{protocol}_without_contempt", without, BASIC, shares)

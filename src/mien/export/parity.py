"""Whether an exported file answers as the network that it was made from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.errors import ModelFileError

LIMIT = 1e-3
"""Largest difference of a logit that is float32 rounding and not another network."""

Logits = Mapping[str, npt.NDArray[np.float32]]
"""Head → logits, ``float32 [N, K]``."""


@dataclass(frozen=True)
class Parity:
    """The comparison: n faces, largest difference of a logit, share of the same top class."""

    n: int
    largest: float
    agreement: float

    def check(self) -> None:
        """Refuse a file that answers otherwise.

        Raises:
            ModelFileError: the difference is over ``LIMIT``, or not a number.
        """
        if not self.largest <= LIMIT:
            raise ModelFileError(
                f"the exported file differs from the network: largest difference of a logit "
                f"{self.largest:.2e} on {self.n} faces, at most {LIMIT:.0e} expected"
            )


def compare(network: Logits, file: Logits) -> Parity:
    """Compare logits on the same faces, head by head."""
    pairs = [(network[head], file[head]) for head in network]
    largest = max(float(np.abs(a - b).max()) for a, b in pairs)
    same = np.concatenate([_same(a, b) for a, b in pairs])
    return Parity(n=len(pairs[0][0]), largest=largest, agreement=float(same.mean()))


def _same(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    return np.asarray(a.argmax(1) == b.argmax(1))

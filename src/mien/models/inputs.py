"""Which pictures a network takes: from which size on, and whether of one size only."""

from dataclasses import dataclass

from mien.models import zoo
from mien.models.own import OWN

LEAST = 8
"""Side in px of the smallest input that ``mien.preprocess`` makes."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The square inputs that a network takes.

    Attributes:
        smallest: side of the smallest in px.
        largest: that of the largest; None where there is none.
        any_size: whether one built network takes all of them, and not only the size that it was
            built for.
    """

    smallest: int
    largest: int | None = None
    any_size: bool = True

    def refusal(self, name: str, size: int) -> str:
        """Return "" where the network can be built for ``size`` px, or why not, in one line."""
        if self.smallest <= size <= (self.largest or size):
            return ""
        more = "" if self.largest else " or more"
        return f"{name} takes pictures of {self.smallest} px a side{more}, not {size}"

    def __str__(self) -> str:
        if self.largest == self.smallest:
            return f"{self.smallest} px"
        return f"{'any' if self.any_size else 'one'} from {self.smallest} px"


def inputs(name: str) -> Inputs:
    """Return what a network takes, by its name: one of mien's own, or one of torchvision's.

    Raises:
        MissingExtraError: torchvision is not installed.
    """
    if name in OWN:
        return Inputs(OWN[name].smallest, any_size=OWN[name].any_size)
    side = max(LEAST, zoo.smallest(name))
    return Inputs(side, side, any_size=False) if name.startswith(zoo.FIXED) else Inputs(side)

"""What is asked of a model: which corruptions, at which levels, with which random numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mien.errors import UsageError, several
from mien.transforms.corruptions import CORRUPTIONS, LEVELS

Cell = tuple[str, int]
"""A corruption and its level."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Corruptions and levels.

    Attributes:
        corruptions: names, in the order of the table.
        levels: 1 to 5, rising.
        seed: of the random numbers of all pictures.
    """

    corruptions: tuple[str, ...] = tuple(CORRUPTIONS)
    levels: tuple[int, ...] = LEVELS
    seed: int = 0

    @classmethod
    def of(cls, only: Sequence[str] = (), levels: str = "", seed: int = 0) -> "Grid":
        """Return the grid that a command asks for.

        Args:
            only: names of corruptions; none takes all of them.
            levels: as in ``1,3,5``; the empty text takes all of them.
            seed: see ``Grid``.

        Raises:
            UsageError: unknown names or levels; all are listed.
        """
        unknown = [name for name in only if name not in CORRUPTIONS]
        problems = []
        if unknown:
            problems.append(
                f"unknown corruption {', '.join(unknown)}; known: {', '.join(CORRUPTIONS)}"
            )
        known = [str(level) for level in LEVELS]
        asked = [part.strip() for part in levels.split(",")] if levels else known
        if not set(asked) <= set(known):
            problems.append(f"levels {levels!r}: expected some of {','.join(known)}, as in 1,3,5")
        if problems:
            raise UsageError(several(problems))
        return cls(
            corruptions=tuple(name for name in CORRUPTIONS if name in only or not only),
            levels=tuple(level for level in LEVELS if str(level) in asked),
            seed=seed,
        )

    def cells(self) -> Iterator[Cell]:
        """Yield every corruption with every level, in order."""
        return ((name, level) for name in self.corruptions for level in self.levels)

"""How sure a head is on the scored rows, from ``metrics.json``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mien.evaluation.certainty.conformal import METHODS
from mien.report.account.story import Story

Found = Mapping[str, Any]


@dataclass(frozen=True)
class Certainty:
    """One head's certainty on the official rows of its own labels; of the first seed's run.

    Attributes:
        head: its name.
        report: of ``metrics.json``.
    """

    head: str
    report: Found

    @property
    def before(self) -> Found | None:
        """Calibration without the temperature; None where there is none, or an older file."""
        found: Found | None = self.report.get("before")
        return found if found and "bins" in found else None

    @property
    def selective(self) -> Found | None:
        """Risk and coverage, see ``selective.measured``."""
        return self.report.get("selective")

    @property
    def at(self) -> Found | None:
        """What the threshold does, see ``selective.answered``; None without one."""
        return (self.selective or {}).get("at")

    @property
    def sets(self) -> Found:
        """Method → wanted coverage → see ``conformal.measured``; the one to use comes first."""
        found: Found = self.report.get("conformal", {})
        return {method: found[method] for method in METHODS if method in found}


def certainties(story: Story) -> list[Certainty]:
    """Return the certainty of each head."""
    return [Certainty(head, story.reports(head)[0]) for head in story.heads]

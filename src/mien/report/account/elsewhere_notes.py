"""Which models and datasets a matrix is of, in small print."""

from collections.abc import Mapping
from typing import Any

from mien.report.account.origin import HASH
from mien.report.account.words import counted, listed
from mien.report.cross_lines import lines


def models(result: Mapping[str, Any]) -> str:
    """Name the models whose common rows are meant."""
    return f"Models that the common rows are of: {listed(one['name'] for one in result['models'])}."


def datasets(result: Mapping[str, Any], name: str) -> list[str]:
    """Say of each dataset which one it is, and what its intervals are of."""
    found = []
    mine = [line for line in lines(result) if line.cell["model"] == name]
    for one in result["datasets"]:
        cells = [line for line in mine if line.cell["dataset"] == one["name"]]
        units = dict.fromkeys(_unit(line.scores or line.whole) for line in cells)
        drawn = f"; what a resample draws: {listed(units)}" if units else ""
        found.append(
            f"{one['name']}: sha256 {one['sha256'][:HASH]}, "
            f"{counted(one['pictures'], 'picture')}{drawn}."
        )
    return found


def _unit(scores: Mapping[str, Any]) -> str:
    """Say how many pictures or people there are to draw."""
    person = scores["unit"] == "subject"
    return counted(scores["clusters"], *(("person", "people") if person else ("picture",)))

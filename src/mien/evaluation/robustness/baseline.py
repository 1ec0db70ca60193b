"""Corruption errors relative to a named baseline (Hendrycks & Dietterich 2019, section 4.2)."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from mien.errors import DataError, several
from mien.evaluation.arrays import reason

Result = Mapping[str, Any]
"""What stands in ``robustness.json``, or a part of it."""


def compare(ours: Result, theirs: Result) -> dict[str, Any]:
    """Return our corruption errors relative to a baseline's.

    The corruption error of a corruption is the sum of our errors over the levels divided by the
    sum of the baseline's: 1 is as bad as the baseline, less is better. ``mce`` is its mean over
    the corruptions. The relative one takes each model's clean error off first: it compares what
    the corruption adds. Deviation from the paper: shares, not per cent, and None where the
    baseline loses nothing on a corruption; then the mean of all is None too.

    Args:
        ours: contents of our ``robustness.json``.
        theirs: contents of the baseline's; it may have more cells.

    Returns:
        ``model``, ``model_sha256`` of the baseline, and ``heads``: head → protocol → kind →
        ``head`` (the baseline's), ``mce``, ``relative_mce``, and ``corruptions`` (corruption →
        ``ce``, ``relative_ce``). Heads whose labels the baseline lacks are left out.

    Raises:
        DataError: the two did not answer the same pictures, have no labels in common, or the
            baseline's numbers are damaged.
    """
    check(ours, theirs)
    try:
        heads = _heads(ours, theirs)
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"the numbers of baseline {theirs['model']} are damaged ({reason(error)}): score it "
            "again (mien robustness)"
        ) from None
    if not heads:
        raise DataError(f"baseline {theirs['model']} has no head that was scored on our labels")
    return {"model": theirs["model"], "model_sha256": theirs["model_sha256"], "heads": heads}


def _heads(ours: Result, theirs: Result) -> dict[str, Any]:
    heads: dict[str, Any] = {}
    for head, protocols in ours["heads"].items():
        for protocol, kinds in protocols.items():
            other = _head(theirs, head, protocol)
            if other is None:
                continue
            others = theirs["heads"][other][protocol]
            heads.setdefault(head, {})[protocol] = {
                kind: {"head": other, **_relative(kinds[kind], others[kind])}
                for kind in kinds
                if kind in others
            }
    return heads


def check(ours: Result, theirs: Result) -> None:
    """Refuse a baseline that did not answer the same pictures.

    Args:
        ours: contents of a ``robustness.json``, or ``result.header``.
        theirs: contents of the baseline's.

    Raises:
        DataError: dataset, split, rows, seed or corruptions differ; all are listed.
    """
    problems = _differences(ours, theirs)
    if problems:
        raise DataError(f"baseline {theirs['model']} for {ours['model']}: {several(problems)}")


def _head(result: Result, head: str, protocol: str) -> str | None:
    """Return the head that was scored on the same labels: of the same name, else the first."""
    heads = result["heads"]
    names = [head, *heads]
    return next((name for name in names if protocol in heads.get(name, {})), None)


def _differences(ours: Result, theirs: Result) -> list[str]:
    """Say why two results cannot be compared."""
    sides = [
        {
            "dataset": f"{one['data']['name']} {str(one['data']['sha256'])[:12]}",
            "split": one["data"]["split"],
            **{name: one["grid"][name] for name in ("version", "seed", "rows", "sampled")},
        }
        for one in (ours, theirs)
    ]
    problems = [
        f"{name}: {sides[1][name]}, expected {value}"
        for name, value in sides[0].items()
        if sides[1][name] != value
    ]
    for what in ("corruptions", "levels"):
        lacking = [str(v) for v in ours["grid"][what] if v not in theirs["grid"][what]]
        if lacking:
            problems.append(f"it lacks the {what} {', '.join(lacking)}: run it with them too")
    return problems


def _relative(ours: Result, theirs: Result) -> dict[str, Any]:
    if (ours["n"], ours["classes"]) != (theirs["n"], theirs["classes"]):
        raise DataError(
            f"the baseline was scored on {theirs['n']:,} rows and {len(theirs['classes'])} "
            f"classes, expected {ours['n']:,} and {len(ours['classes'])}"
        )
    each = {
        name: {
            "ce": _ratio(_errors(ours, name, levels), _errors(theirs, name, levels)),
            "relative_ce": _ratio(_added(ours, name, levels), _added(theirs, name, levels)),
        }
        for name, levels in ours["cells"].items()
    }
    return {
        "mce": _mean([one["ce"] for one in each.values()]),
        "relative_mce": _mean([one["relative_ce"] for one in each.values()]),
        "corruptions": each,
    }


def _errors(result: Result, name: str, levels: Result) -> float:
    """Return the sum of a corruption's errors over some levels."""
    return float(sum(1 - result["cells"][name][level]["accuracy"] for level in levels))


def _added(result: Result, name: str, levels: Result) -> float:
    """Return how much of ``_errors`` the clean error does not explain."""
    clean = float(result["clean"]["accuracy"])
    return _errors(result, name, levels) - len(levels) * (1 - clean)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 1e-9 else None


def _mean(values: Sequence[float | None]) -> float | None:
    """Return the mean; None where a value is missing: the others alone say something else."""
    known = [value for value in values if value is not None]
    return fmean(known) if len(known) == len(values) else None

"""What a cross-validation found: mean and spread over its folds, and all rows together.

The standard deviation is that of the folds' scores, with n - 1. Folds share most of what they
learn from, so it is no standard error of their mean, and there is no unbiased estimate of one
(Bengio & Grandvalet 2004, JMLR 5:1089-1105). *Pooled* scores are those of all rows held out in
one repeat, each answered by the run that did not learn it; F1 of pooled counts does not depend
on how a rare class fell into the folds (Forman & Scholz 2010, SIGKDD Explorations 12(1):49-57).
"""

from collections.abc import Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from mien.datasets.again import known
from mien.datasets.prepared import PreparedSet
from mien.datasets.together import kept
from mien.evaluation.matching import joined
from mien.evaluation.protocols import own_protocol
from mien.evaluation.scoring import points
from mien.evaluation.stored import NAME as PREDICTIONS
from mien.runs import environment
from mien.training.crossval.dealing import FoldPlace
from mien.training.crossval.one_fold import answers_of, official
from mien.training.crossval.plan import Plan
from mien.training.described import PACKAGES

MEASURES = ("accuracy", "macro_f1", "balanced_accuracy")
PER_CLASS = ("recall", "precision", "f1")

Heads = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Head → protocol → ``official`` → report, see ``case.report``."""


def result(
    made: Plan, prepared: PreparedSet, every: list[FoldPlace], each: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return ``crossval.json``; no path of the machine is in it."""
    together: list[dict[str, Any]] = []
    for repeat in range(made.dealing.repeats):
        own = [place for place in every if place.repeat == repeat]
        pooled = joined([answers_of(p.root / PREDICTIONS, prepared) for p in own])
        together.append({"repeat": repeat, "heads": official(points(pooled))})
    head = made.given.data.heads[0]  # the first head speaks for all
    protocol = own_protocol(head, together[0]["heads"][head])
    plan = made.to_dict()
    hours: list[float] = [one["hours"] for one in each]
    return {
        "config": made.experiment.without_folders().to_dict(),
        **{key: plan[key] for key in ("dealing", "dataset", "start")},
        "kept": kept(known(prepared), made.dealing.by, made.dealing.near),
        "n": sum(one["rows"]["held_out"] for one in each) // made.dealing.repeats,
        "main": {"head": head, "protocol": protocol},
        "folds": each,
        "summary": summary([one["heads"] for one in each]),
        "pooled": together,
        "notes": lacking(each, head, protocol),
        "hours": round(sum(hours), 4),
        "environment": environment(*PACKAGES),
    }


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Return ``mean``, ``sd`` (n - 1; None for a single value), ``min``, ``max`` and ``folds``.

    All are None where there is no value.
    """
    if not values:
        return {"mean": None, "sd": None, "min": None, "max": None, "folds": 0}
    sd = stdev(values) if len(values) > 1 else None
    least, most = min(values), max(values)
    return {"mean": mean(values), "sd": sd, "min": least, "max": most, "folds": len(values)}


def summary(folds: Sequence[Heads]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return head → protocol → measure → ``spread`` over the folds.

    ``per_class`` holds class → ``recall``, ``precision`` and ``f1``, over the folds that hold
    pictures of the class; ``folds`` says how many those are.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for head, names in _protocols(folds).items():
        found[head] = {}
        for name in names:
            reports = [fold[head][name]["official"] for fold in folds if name in fold[head]]
            found[head][name] = _summed(reports)
    return found


def _protocols(folds: Sequence[Heads]) -> dict[str, list[str]]:
    """Return head → every protocol that some fold has."""
    heads = dict.fromkeys(head for fold in folds for head in fold)
    return {h: list(dict.fromkeys(name for fold in folds for name in fold[h])) for h in heads}


def _summed(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    classes = list(dict.fromkeys(name for report in reports for name in report["classes"]))
    return {
        "n": sum(report["n"] for report in reports),
        **{key: spread([report[key] for report in reports]) for key in MEASURES},
        "per_class": {name: _of_class(reports, name) for name in classes},
    }


def _of_class(reports: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    each = [r["per_class"][name] for r in reports if name in r["per_class"]]
    there = [one for one in each if one["support"]]
    return {
        "support": sum(one["support"] for one in each),
        **{key: spread([one[key] for one in there]) for key in PER_CLASS},
    }


def lacking(folds: Sequence[Mapping[str, Any]], head: str, protocol: str) -> list[str]:
    """Say which classes a fold holds no picture of, a sentence a fold."""
    notes = []
    for one in folds:
        report = one["heads"][head].get(protocol, {}).get("official", {"per_class": {}})
        absent = [name for name, value in report["per_class"].items() if not value["support"]]
        if absent:
            notes.append(
                f"fold {one['fold']} of repeat {one['repeat']} holds out no picture of "
                f"{', '.join(absent)}: its macro-F1 counts that as 0"
            )
    return notes

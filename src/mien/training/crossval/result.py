"""What a cross-validation found: ``crossval.json``."""

from typing import Any

from mien.datasets.again import known
from mien.datasets.prepared import PreparedSet
from mien.datasets.together import kept
from mien.evaluation.protocols import own_protocol
from mien.runs import environment
from mien.training.crossval import scores
from mien.training.crossval.one_fold import PREDICTIONS, answers_of, official
from mien.training.crossval.plan import Place, Plan
from mien.training.described import PACKAGES


def result(
    made: Plan, prepared: PreparedSet, every: list[Place], each: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return ``crossval.json``; its only paths are those of the experiment as it was given."""
    together: list[dict[str, Any]] = []
    for repeat in range(made.dealing.repeats):
        own = [place for place in every if place.repeat == repeat]
        answers = scores.pooled([answers_of(p.root / PREDICTIONS, prepared) for p in own])
        together.append({"repeat": repeat, "heads": official(answers.scores())})
    heads = list(made.given.data.heads)
    head = heads[0]  # the first head speaks for all
    protocol = own_protocol(head, together[0]["heads"][head])
    plan = made.to_dict()
    hours: list[float] = [one["hours"] for one in each]
    return {
        **{key: plan[key] for key in ("config", "dealing", "dataset")},
        "kept": kept(known(prepared), made.dealing.by, made.dealing.near),
        "n": sum(one["rows"]["held_out"] for one in each) // made.dealing.repeats,
        "main": {"head": head, "protocol": protocol},
        "folds": each,
        "summary": scores.summary([one["heads"] for one in each]),
        "pooled": together,
        "notes": scores.lacking(each, head, protocol),
        "hours": round(sum(hours), 4),
        "environment": environment(*PACKAGES),
    }

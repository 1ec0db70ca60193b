"""Two models' predictions side by side: which rows, labels and classes, and how they differ."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mien.emotions import EMOTIONS
from mien.errors import DataError, UnknownNameError, UsageError
from mien.evaluation.answers import Answers, Origin
from mien.evaluation.case import Case, mask_classes
from mien.evaluation.matching import paired
from mien.evaluation.predictions import Predictions
from mien.evaluation.protocols import own_protocol
from mien.evaluation.sampling.sides import (
    RESAMPLES,
    Side,
    between,
    check_alike,
    corrected,
    pairs_of,
)


def compare(
    first: Predictions,
    second: Predictions,
    *,
    heads: tuple[str | None, str | None] = (None, None),
    protocol: str | None = None,
    kind: str = "official",
    intersect: bool = False,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Any]:
    """Return the differences between two models that answered the same pictures, as JSON values.

    Args:
        first: a model's answers.
        second: another's, rows in any order.
        heads: which output of each; None: the one whose own labels the protocol has, or the only
            one.
        protocol: what is scored, see ``protocols``; None: the own labels of the first one's head.
        kind: ``official`` or ``dedup`` rows.
        intersect: compare on the classes that both have; other rows are left out, and what else a
            model answers with counts as 0. The labels stay those that they are without it.
        resamples: of the bootstrap.
        seed: of the resamples.

    Returns:
        ``first`` and ``second`` (``model``, ``model_sha256``, ``head``), ``data``, ``protocol``,
        ``kind``, ``classes`` and what ``between`` gives.

    Raises:
        DataError: other pictures, labels or classes.
        UsageError: a head must be named, or no such protocol or kind of rows is there.
    """
    first, second = paired(first, second)
    names = _heads(first, second, heads, protocol)
    both = [_alone(one, name) for one, name in zip((first, second), names, strict=True)]
    own = protocol or own_protocol(names[0], both[0].cases(names[0]))  # of all its classes
    if intersect:
        both = _shared(both, names)
    wanted = protocol or _common(both, names, own)
    found = [_case(one, name, wanted, kind) for one, name in zip(both, names, strict=True)]
    check_alike(found, [one.origin.model for one in both])
    sides = [Side(one.origin.model, (case,)) for one, case in zip(both, found, strict=True)]
    subjects = first.subjects[found[0].rows]
    return {
        "first": _who(both[0].origin, names[0]),
        "second": _who(both[1].origin, names[1]),
        "data": first.origin.to_dict()["data"],
        "protocol": wanted,
        "kind": kind,
        "classes": list(found[0].classes),
        **between(sides, [(0, 1)], subjects, resamples, seed)[0],
    }


def compare_each(
    each: Sequence[Predictions], head: str | None = None, **options: Any
) -> list[dict[str, Any]]:
    """Return the differences between several models, see ``compare``, p corrected by Holm.

    Up to six models are compared each with each, more of them the first with each other one. The
    order alone decides which one is the first, so p is corrected for the pairs that are compared.

    Args:
        each: the models' answers.
        head: which output of those that have several; None: see ``compare``.
        options: of ``compare``.

    Raises:
        UsageError: there are fewer than two, or none has such a head; see also ``compare``.
    """
    if len(each) < 2:
        raise UsageError(f"expected two files of predictions or more, found {len(each)}")
    pairs = pairs_of([1.0] + [0.0] * (len(each) - 1))
    there = {name: None for one in each for name in one.heads}
    if head is not None and head not in there:
        raise UnknownNameError("head", head, there)
    named = [head if head in one.heads else None for one in each]
    return corrected(
        [compare(each[i], each[j], heads=(named[i], named[j]), **options) for i, j in pairs]
    )


def _who(origin: Origin, head: str) -> dict[str, str]:
    return {"model": origin.model, "model_sha256": origin.model_sha256, "head": head}


def _heads(
    first: Predictions,
    second: Predictions,
    given: tuple[str | None, str | None],
    protocol: str | None,
) -> tuple[str, str]:
    """Return which output of each is compared."""
    if protocol is None and len(first.heads) > 1 and given[0] is None:
        raise UsageError(
            f"{first.origin.model} has the heads {', '.join(first.heads)}: name one of them "
            "(--head), or the protocol (--protocol)"
        )
    one = _head(first, given[0], protocol)
    return one, _head(second, given[1], protocol or own_protocol(one, first.cases(one)))


def _head(predictions: Predictions, given: str | None, protocol: str | None) -> str:
    names = list(predictions.heads)
    if given is not None or len(names) == 1:
        return given or names[0]
    scored = predictions.scored_heads()
    own = [name for name in scored if own_protocol(name, predictions.cases(name)) == protocol]
    own = own or [name for name in names if (protocol or "").startswith(name)]
    if len(own) != 1:
        raise UsageError(
            f"{predictions.origin.model} has the heads {', '.join(names)}: name the one that is "
            f"compared on {protocol} (--head)"
        )
    return own[0]


def _alone(predictions: Predictions, head: str) -> Predictions:
    """Return predictions of one head only.

    Raises:
        DataError: there is no such head.
    """
    predictions.cases(head)
    return replace(predictions, heads={head: predictions.heads[head]})


def _shared(both: Sequence[Predictions], names: Sequence[str]) -> list[Predictions]:
    """Return both with the classes that both have, what else they answer with masked."""
    heads = [one.heads[name] for one, name in zip(both, names, strict=True)]
    shared = tuple(c for c in EMOTIONS if all(c in head.classes for head in heads))
    if len(shared) < 2:
        raise DataError(
            f"{both[0].origin.model} and {both[1].origin.model} share {len(shared)} classes; "
            "expected at least 2"
        )
    return [
        replace(one, heads={name: _only(head, shared)})
        for one, name, head in zip(both, names, heads, strict=True)
    ]


def _only(head: Answers, classes: tuple[str, ...]) -> Answers:
    columns = [head.classes.index(name) for name in classes]
    masked = mask_classes(head.probabilities, head.classes, classes)[:, columns]
    return replace(head, classes=classes, probabilities=masked.astype(np.float32))


def _common(both: Sequence[Predictions], names: Sequence[str], own: str) -> str:
    """Return a protocol, or its form without contempt where one of both has only that.

    Args:
        both: what is compared, of one head each.
        names: of these heads.
        own: the own protocol of the first head, with all its classes.

    Raises:
        UsageError: they have neither of these.
    """
    there = [one.cases(name) for one, name in zip(both, names, strict=True)]
    for protocol in (own, f"{own}_without_contempt"):
        if all(protocol in one for one in there):
            return protocol
    told = (
        f"{one.origin.model}, head {name}: {', '.join(cases) or 'nothing'}"
        for one, name, cases in zip(both, names, there, strict=True)
    )
    raise UsageError(
        f"expected that both can be scored on {own}, the own labels of head {names[0]}; they can "
        f"on: {'; '.join(told)}: name one of these (--protocol)"
    )


def _case(predictions: Predictions, head: str, protocol: str, kind: str) -> Case:
    there = predictions.cases(head)
    if protocol not in there:
        raise UsageError(
            f"{predictions.origin.model}, head {head}, cannot be scored on {protocol}; it can on "
            f"{', '.join(there)}"
        )
    if kind not in there[protocol]:
        raise UsageError(f"no {kind} rows of {protocol}; there are {', '.join(there[protocol])}")
    return there[protocol][kind]

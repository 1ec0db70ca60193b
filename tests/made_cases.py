"""Made-up answers as a case."""

from dataclasses import replace
from typing import Any

import numpy as np

from mien.emotions import EMOTIONS, index
from mien.evaluation.case import Case, report
from mien.evaluation.protocols import cases


def made_case(
    rng: np.random.Generator, n: int = 200, k: int = 4, skill: float = 1.5, **changes: Any
) -> Case:
    """Return n answers of k classes by somebody of some skill."""
    true = changes.get("true", rng.integers(0, k, n))
    scores = np.exp(rng.normal(size=(n, k)) + skill * np.eye(k)[true])
    case = Case(
        protocol="fer2013",
        kind="official",
        rows=np.arange(n),
        classes=EMOTIONS[:k],
        true=true,
        probabilities=scores / scores.sum(axis=1, keepdims=True),
        targets=None,
        masked=(),
        unmasked=np.ones(n, bool),
        left_out={},
    )
    return replace(case, **changes)


def score(*words: Any, **more: Any) -> dict[str, dict[str, Any]]:
    """Return the report of each case of one head's answers; see ``protocols.cases``."""
    return {
        protocol: {kind: report(case) for kind, case in kinds.items()}
        for protocol, kinds in cases(*words, **more).items()
    }


def sure(classes: tuple[str, ...], *names: str) -> Any:
    """Answers that are 90 % sure of these names; the rest is spread evenly."""
    rest = 0.1 / (len(classes) - 1)
    rows = np.full((len(names), len(classes)), rest)
    rows[np.arange(len(names)), [classes.index(name) for name in names]] = 0.9
    return rows


def labels(*names: str) -> Any:
    return np.array([index(name) for name in names])


def votes(*names: str) -> Any:
    """Ten votes for each name, in the order emotions, unknown, not a face."""
    choices = (*EMOTIONS, "unknown", "not_a_face")
    table = np.zeros((len(names), 10), np.int16)
    table[np.arange(len(names)), [choices.index(name) for name in names]] = 10
    return table

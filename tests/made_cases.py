"""Made-up answers as a case."""

from dataclasses import replace
from typing import Any

import numpy as np

from mien.emotions import EMOTIONS
from mien.evaluation.protocols import Case, cases, report


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

"""What a model answered, and on what: one head's answers, and their origin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.emotions import LABEL_SETS
from mien.evaluation.certainty import temperature


@dataclass(frozen=True, slots=True)
class Answers:
    """One head's answers.

    Attributes:
        classes: K emotions, one a column.
        probabilities: ``float32 [N, K]``, rows that add up to 1, as the model gives them.
        temperature: what its logits were divided by; 1 where it was not calibrated.
        fitted: what else was fitted on validation, see ``fitted.for_file``; empty where nothing.
    """

    classes: tuple[str, ...]
    probabilities: npt.NDArray[np.float32]
    temperature: float = 1.0
    fitted: Mapping[str, Any] = field(default_factory=dict)

    def uncalibrated(self) -> npt.NDArray[np.float64]:
        """Return the probabilities before the temperature, ``float64 [N, K]``."""
        return temperature.apply(self.probabilities, 1 / self.temperature)


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose answers on what.

    Attributes:
        model, dataset: their names.
        model_sha256: of its weights or its file; of the file that answers were imported from.
        dataset_sha256: of the manifest.
        split: ``train``, ``val``, ``test``, or ``all``.
        label_set: whose labels the rows have, a key of ``LABEL_SETS``.
    """

    model: str
    model_sha256: str
    dataset: str
    dataset_sha256: str
    split: str
    label_set: str

    def to_dict(self) -> dict[str, Any]:
        """Return how every record of results begins: ``model``, ``model_sha256``, ``data``."""
        return {
            "model": self.model,
            "model_sha256": self.model_sha256,
            "data": {
                "name": self.dataset,
                "sha256": self.dataset_sha256,
                "split": self.split,
                "label_set": self.label_set,
            },
        }


def own_classes(classes: Sequence[str]) -> str:
    """Return a name for a head that has none: ``seven``, ``eight``, or ``answers``."""
    sets = {frozenset(LABEL_SETS[name]): name for name in ("seven", "eight")}
    return sets.get(frozenset(classes), "answers")

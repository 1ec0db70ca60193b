"""How much worse a model gets on worse pictures: 16 corruptions at five levels.

The grid follows Hendrycks & Dietterich 2019, "Benchmarking Neural Network Robustness to Common
Corruptions and Perturbations" (arXiv:1903.12261); the pictures are those of
``mien.transforms.corruptions``.
"""

from mien.evaluation.robustness.answered import ANSWERS, Answered
from mien.evaluation.robustness.baseline import check, compare
from mien.evaluation.robustness.grid import Grid
from mien.evaluation.robustness.result import NUMBERS, header, read, result
from mien.evaluation.robustness.running import run, sampled
from mien.evaluation.robustness.scores import numbers

__all__ = [
    "ANSWERS",
    "NUMBERS",
    "Answered",
    "Grid",
    "check",
    "compare",
    "header",
    "numbers",
    "read",
    "result",
    "run",
    "sampled",
]

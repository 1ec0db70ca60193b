"""An experiment: one YAML file, typed and checked at once; see ``Experiment``."""

from mien.config.differences import differences
from mien.config.experiment import PATHS, Experiment
from mien.config.sections import Augment, Data, Fold, Loss, Mix, Model
from mien.config.studies import Choices, Range, Tune
from mien.config.training import Machine, Optimizer, Schedule, Train

__all__ = [
    "PATHS",
    "Augment",
    "Choices",
    "Data",
    "Experiment",
    "Fold",
    "Loss",
    "Machine",
    "Mix",
    "Model",
    "Optimizer",
    "Range",
    "Schedule",
    "Train",
    "Tune",
    "differences",
]

"""An experiment: one YAML file, typed and checked at once; see ``Experiment``."""

from mien.config.experiment import Experiment
from mien.config.sections import Augment, Data, Fold, Loss, Mix, Model
from mien.config.studies import Choices, Range, Tune
from mien.config.training import Machine, Optimizer, Schedule, Train

__all__ = [
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
]

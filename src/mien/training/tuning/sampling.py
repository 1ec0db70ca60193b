"""What the next trial tries, and which trial is cut short."""

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import optuna
from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.exceptions import StorageInternalError
from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, NopPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial
from sqlalchemy.exc import IntegrityError, OperationalError

from mien.config import Tune
from mien.training.quiet import quiet
from mien.training.tuning.ledger import is_lost
from mien.training.tuning.plan import Plan
from mien.training.tuning.storage import open_storage

TRIES = 3
"""How often a process tries to make a study that others make at the same moment."""


class Repeatable(BaseSampler):
    """Draws each trial from the study's seed and the trial's place alone.

    Optuna's samplers draw from one stream, whose state is lost with the process. Here every
    trial has a stream of its own, so that a study that was interrupted goes on as if it had
    not been: the trial that was cut off does not count, and the next one takes its place.

    With one worker, and the same versions and machine, the same study therefore has the same
    trials. With several, ``random`` has; ``tpe`` also depends on which trials had ended when
    the next one began.

    Attributes:
        past: the trials of the study so far; set them before each trial.
        place: of the trial that is drawn now.
    """

    def __init__(self, settings: Tune, seed: int) -> None:
        self.settings, self.seed = settings, seed
        self.past: Sequence[FrozenTrial] = ()
        self.place = 0
        self._own: BaseSampler = RandomSampler(seed)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """Begin the trial's own stream."""
        self.place = place(trial.number, self.past)
        self._own = _sampler(self.settings, _seed(self.seed, self.place))
        self._own.before_trial(study, trial)

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Return the settings that are drawn together."""
        return self._own.infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Draw the settings that are drawn together."""
        return self._own.sample_relative(study, trial, search_space)

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """Draw one setting."""
        return self._own.sample_independent(study, trial, param_name, param_distribution)


def place(number: int, past: Sequence[FrozenTrial]) -> int:
    """Return a trial's place: its number without the trials that were lost before it.

    Where another process has that place already, the place is ``-1 - number``, which nobody
    else can have.
    """
    found = number - sum(is_lost(trial) and trial.number < number for trial in past)
    taken = {trial.user_attrs.get("place") for trial in past if not is_lost(trial)}
    return -1 - number if found in taken else found


def _seed(seed: int, place: int) -> int:
    numbers = (seed, abs(place), int(place < 0))
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint32)[0])


def _sampler(settings: Tune, seed: int) -> BaseSampler:
    if settings.sampler == "random":
        return RandomSampler(seed)
    with quiet(ignore=(".*experimental.*",)):
        return TPESampler(
            n_startup_trials=settings.startup_trials,
            multivariate=True,
            constant_liar=True,
            seed=seed,
        )


def pruner(settings: Tune, epochs: int) -> BasePruner:
    """Return what cuts trials short that run for so many epochs at most."""
    if settings.pruner == "median":
        return MedianPruner(n_startup_trials=settings.startup_trials)
    if settings.pruner == "hyperband":
        return HyperbandPruner(max_resource=epochs)
    return NopPruner()


def open_study(plan: Plan) -> Study:
    """Return the study of a plan, made where it is not there yet; call it within ``told``.

    Of several processes that make it at the same moment one wins; the others try again.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    for _ in range(TRIES):
        with suppress(IntegrityError, OperationalError, StorageInternalError):
            return _opened(plan)
        time.sleep(1)
    return _opened(plan)


def _opened(plan: Plan) -> Study:
    return optuna.create_study(
        storage=open_storage(plan.storage),
        study_name=plan.name,
        direction=plan.direction,
        sampler=Repeatable(plan.tune, plan.experiment.seed),
        pruner=pruner(plan.tune, plan.epochs),
        load_if_exists=True,
    )

"""What a study is: its experiment, its folder, its database."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mien.config import Experiment, Range, Tune
from mien.training.tuning.space import changes
from mien.training.tuning.storage import file_url, require_kept


@dataclass(frozen=True)
class Plan:
    """Everything that a process needs to work on a study; it can be sent to another process.

    Attributes:
        experiment: with its section ``tune``.
        out: the study's folder.
        storage: URL of its database.
        name: of the study in the database.
        trials: how many the study has when it is done.
        since: number of the first trial of this start.
        threads: of torch in each worker; 0 leaves the experiment's own.
    """

    experiment: Experiment
    out: Path
    storage: str
    name: str
    trials: int
    since: int = 0
    threads: int = 0

    @property
    def tune(self) -> Tune:
        """The section ``tune``."""
        assert self.experiment.tune is not None
        return self.experiment.tune

    @property
    def monitor(self) -> str:
        """What the trials are compared by."""
        return self.experiment.train.monitor

    @property
    def direction(self) -> Literal["minimize", "maximize"]:
        """``minimize`` or ``maximize``."""
        from mien.training.callbacks import mode  # noqa: PLC0415 (Lightning; see workers._work)

        return "minimize" if mode(self.monitor) == "min" else "maximize"

    @property
    def epochs(self) -> int:
        """How long a trial may train at most."""
        searched = self.tune.space.get("train.epochs", [self.experiment.train.epochs])
        return int(searched.high if isinstance(searched, Range) else max(searched))

    def of(self, number: int, params: Mapping[str, Any]) -> Experiment:
        """Return a trial's experiment.

        Args:
            number: of the trial.
            params: its value of every setting, as Optuna keeps it.

        Raises:
            ConfigError: the values do not go together.
        """
        own: dict[str, Any] = {"name": f"{self.experiment.name}-t{number:04d}", "tune": None}
        if self.threads and not self.experiment.machine.threads:
            own["machine.threads"] = self.threads
        return self.experiment.changed({**changes(self.tune.space, params), **own})

    def folder(self, number: int) -> Path:
        """Return a trial's run folder."""
        return self.out / "trials" / f"{number:04d}"


def plan(
    experiment: Experiment,
    out: Path | None = None,
    trials: int | None = None,
    storage: str | None = None,
    name: str | None = None,
) -> Plan:
    """Return the plan of a study; what is None is taken from the experiment.

    Raises:
        UsageError: a database that is gone with its process.
    """
    folder = out or Path("runs") / f"{experiment.name}-tune"
    wanted = trials or (experiment.tune.trials if experiment.tune else 0)
    url = storage or file_url(folder / "study.db")
    require_kept(url)
    return Plan(experiment, folder, url, name or experiment.name, wanted)

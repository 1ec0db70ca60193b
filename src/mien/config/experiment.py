"""Everything that decides a run, in one YAML file.

``Experiment.load(path, ["train.epochs=5", "data.path=data/drawn"])`` reads the file, applies
the dotted overrides and reports every problem together, with its line. ``to_yaml`` writes the
resolved experiment, defaults included; that is what a run folder keeps.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError, model_validator

from mien.config.problems import keys, nearest, told
from mien.config.reading import Lines, get, override, put, read
from mien.config.section import Section
from mien.config.sections import Augment, Data, Loss, Mix, Model
from mien.config.studies import Tune
from mien.config.training import Machine, Optimizer, Schedule, Train
from mien.errors import ConfigError, several
from mien.preprocess import Preprocessing

PATHS = ("data.path", "data.fold.file", "model.pretrained", "model.weights")
"""Settings that name a file or a folder, or may: ``model.pretrained: imagenet`` names none."""
_NO_PATH = "imagenet"


class Experiment(Section):
    """Everything that decides a run; ``tune`` is for ``mien tune`` alone."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    data: Data = Data()
    preprocess: Preprocessing = Preprocessing()
    model: Model = Model()
    augment: Augment = Augment()
    mix: Mix = Mix()
    loss: Loss = Loss()
    optimizer: Optimizer = Optimizer()
    schedule: Schedule = Schedule()
    train: Train = Train()
    machine: Machine = Machine()
    tune: Tune | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Experiment":
        problems = list(_clashes(self))
        if problems:
            raise ValueError(several(problems))
        return self

    @classmethod
    def load(cls, path: Path, overrides: Sequence[str] = ()) -> "Experiment":
        """Read an experiment from YAML and apply overrides like ``train.epochs=5``.

        Raises:
            ConfigError: the file is missing or no YAML, or keys or values are not valid;
                every problem is named with its line and dotted key.
        """
        values, lines = read(path)
        values.setdefault("name", path.stem)
        problems = []
        for text in overrides:
            try:
                key = override(values, text)
            except ConfigError as error:
                problems.append(str(error))
            else:
                lines[tuple(key.split("."))] = 0  # it no longer comes from the file
        if problems:
            raise ConfigError(several(problems))
        return cls.from_dict(values, str(path), lines)

    @classmethod
    def from_dict(
        cls, values: Mapping[str, Any], source: str = "config", lines: Lines | None = None
    ) -> "Experiment":
        """Check plain values; see ``load``."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            problems = told(error.errors(), cls, lines or {})
            raise ConfigError(f"{source}: {several(problems)}") from None

    def changed(self, changes: Mapping[str, Any]) -> "Experiment":
        """Return the experiment with other values for some dotted keys, checked again.

        Raises:
            ConfigError: a value is not valid.
        """
        values = self.to_dict()
        for key, value in changes.items():
            put(values, key, value)
        return type(self).from_dict(values, f"{self.name} with {dict(changes)}")

    def paths(self) -> dict[str, Path]:
        """Return dotted key → path, for those of ``PATHS`` that name one here."""
        values = self.to_dict()
        found = {key: get(values, key) for key in PATHS}
        return {key: Path(path) for key, path in found.items() if path not in (None, _NO_PATH)}

    def without_folders(self) -> "Experiment":
        """Return the experiment with the last part of each path: the rest is nobody's business."""
        return self.changed({key: path.name for key, path in self.paths().items()})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; ``from_dict`` reads them."""
        values = self.model_dump(mode="json")
        return values if self.tune else {k: v for k, v in values.items() if k != "tune"}

    def to_yaml(self) -> str:
        """Return the resolved experiment as YAML."""
        return yaml.safe_dump(self.to_dict(), sort_keys=False, allow_unicode=True)


def _clashes(experiment: Experiment) -> list[str]:
    """Return what each section allows but all together do not."""
    found = []
    sizes, size = experiment.train.sizes, experiment.preprocess.size
    if sizes and sizes[-1] != size:
        found.append(f"train.sizes: the last must be preprocess.size ({size}), not {sizes[-1]}")
    if len(sizes) > experiment.train.epochs:
        found.append(f"train.sizes: {len(sizes)} sizes need as many epochs at least")
    mix = experiment.mix
    if mix.mixup + mix.cutmix > 1:
        found.append("mix: mixup and cutmix are shares of the batches; together at most 1")
    if experiment.schedule.name == "onecycle" and experiment.schedule.warmup_epochs:
        found.append("schedule: onecycle has its own rise; leave warmup_epochs out")
    model = experiment.model
    if model.learn != "top" and model.top != 1:
        found.append(f"model.top goes with model.learn: top, not with {model.learn}; leave it out")
    if model.learn == "heads" and experiment.optimizer.backbone_lr is not None:
        found.append("optimizer.backbone_lr: nothing below the heads learns; leave it out")
    if experiment.optimizer.sam and experiment.machine.precision == "16":
        found.append("optimizer.sam does not go with machine.precision 16; take bf16 or 32")
    known = [key for key in keys(Experiment) if not key.startswith(("tune", "data.fold"))]
    for key in experiment.tune.space if experiment.tune else ():
        if key not in known:
            meant = nearest(key, known)
            hint = f"; did you mean {meant}?" if meant else ""
            found.append(f"tune.space: {key} is no setting{hint}")
    return found

"""An experiment: one YAML file, typed and checked at once.

``Experiment.load(path, ["train.epochs=5", "data.path=data/drawn"])`` reads the file, applies
the dotted overrides and reports every problem together. ``to_yaml`` writes the resolved
experiment, defaults included; that is what a run folder keeps.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mien.emotions import LABEL_SETS
from mien.errors import ConfigError, UnknownNameError, several
from mien.preprocess import Preprocessing

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """A part of an experiment: unknown keys are refused, values are never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Data(Section):
    """What is learnt from.

    Attributes:
        path: a prepared dataset (``mien data prepare``).
        heads: the label sets to learn, one output of the network each. ``ferplus`` learns the
            votes as soft targets where the dataset has votes, the labels where its labels are
            of that set.
        leave_out: training rows to leave out, by flag: ``copies`` (byte-identical to a
            validation or test picture), ``not_a_face``, ``no_face`` (none was found when the
            dataset was prepared), ``constant``, ``conflicting``.
    """

    path: Path = Path("data/fer2013")
    heads: tuple[str, ...] = ("fer2013",)
    leave_out: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known_heads(self) -> "Data":
        for head in self.heads:
            if head not in LABEL_SETS:
                raise UnknownNameError("label set", head, LABEL_SETS)
        if not self.heads or len(set(self.heads)) < len(self.heads):
            raise ConfigError("heads names one or more different label sets")
        return self


class Model(Section):
    """The network.

    Attributes:
        name: one of ``mien.models.registry.MODELS``.
        dropout: share of features dropped before the heads, in training.
        weights: where training starts from: the ``best.safetensors`` of an earlier run with the
            same network and heads; None starts from random weights.
    """

    name: str = "compact"
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.3
    weights: Path | None = None


class Augment(Section):
    """Random changes to training pictures; each picture draws its own.

    ``flip``, ``blur`` and ``patch`` are shares of pictures; ``rotate`` is in degrees; ``zoom``,
    ``shear`` and ``shift`` are half-widths around no change (``zoom: 0.1`` is 90–110 %, shear a
    slope, shift a share of the side); ``brightness`` and ``contrast`` likewise (0.3 is
    70–130 %). ``blur_sigma`` is in pixels at most, ``patch_area`` a share of the picture at most.
    """

    flip: Share = 0.5
    rotate: Annotated[float, Field(ge=0, le=180)] = 15
    zoom: Annotated[float, Field(ge=0, lt=1)] = 0.1
    shear: Annotated[float, Field(ge=0, lt=1)] = 0.1
    shift: Annotated[float, Field(ge=0, lt=1)] = 0.08
    brightness: Share = 0.3
    contrast: Share = 0.3
    blur: Share = 0.1
    blur_sigma: Positive = 1.0
    patch: Share = 0.25
    patch_area: Annotated[float, Field(gt=0, le=0.5)] = 0.15


class Mix(Section):
    """Mixup (Zhang et al. 2018, arXiv:1710.09412): the share of batches, and beta's parameter."""

    mixup: Share = 0
    beta: Positive = 0.4


class Loss(Section):
    """Cross-entropy, and its two switches.

    Attributes:
        label_smoothing: spread over all classes; for labels, never for votes, which are soft.
        class_weights: ``balanced`` weighs each class by n / (K · n_class), labels only.
    """

    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0
    class_weights: Literal["none", "balanced"] = "none"


class Optimizer(Section):
    """``sgd`` (with Nesterov momentum), ``adam`` or ``adamw``; norms and biases do not decay."""

    name: Literal["sgd", "adam", "adamw"] = "sgd"
    lr: Positive = 0.1
    momentum: Share = 0.9
    weight_decay: Annotated[float, Field(ge=0)] = 0


class Schedule(Section):
    """How the learning rate moves.

    Attributes:
        name: ``cosine`` falls to 0 at the last step; ``plateau`` multiplies by ``factor`` when
            the validation loss has not fallen for ``patience`` epochs; ``constant`` stays.
        warmup_epochs: epochs in which the rate rises linearly first (not with ``plateau``).
    """

    name: Literal["cosine", "plateau", "constant"] = "cosine"
    warmup_epochs: Annotated[float, Field(ge=0)] = 0
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.5
    patience: Count = 3


class Train(Section):
    """The run itself.

    Attributes:
        average: decay a step of the moving average of the weights; 0 switches it off.
        monitor: what picks the best epoch, on the validation split.
        stop_after: early stopping: epochs without a better ``monitor``; 0 never stops.
        flip_average: answers are the mean over a picture and its mirror image, from
            validation to the exported file.
    """

    epochs: Count = 30
    batch_size: Annotated[int, Field(ge=2)] = 128
    average: Annotated[float, Field(ge=0, lt=1)] = 0
    monitor: Literal["val_loss", "val_accuracy"] = "val_loss"
    stop_after: Annotated[int, Field(ge=0)] = 0
    flip_average: bool = False
    threads: Annotated[int, Field(ge=0)] = 0
    accelerator: Literal["auto", "cpu", "gpu"] = "auto"


class Experiment(Section):
    """Everything that decides a run."""

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

    @classmethod
    def load(cls, path: Path, overrides: Sequence[str] = ()) -> "Experiment":
        """Read an experiment from YAML and apply overrides like ``train.epochs=5``.

        Raises:
            ConfigError: the file is missing or no YAML, or keys or values are not valid;
                every problem is named with its dotted key.
        """
        values = _read(path)
        values.setdefault("name", path.stem)
        for override in overrides:
            _override(values, override)
        return cls.from_dict(values, str(path))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], source: str = "config") -> "Experiment":
        """Check plain values; see ``load``."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            problems = [_line(e) for e in error.errors()]
            raise ConfigError(f"{source}: {several(problems)}") from None

    def to_yaml(self) -> str:
        """Return the resolved experiment as YAML."""
        values = self.model_dump(mode="json")
        return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; expected a YAML experiment") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"{path}: cannot be read as YAML: {reason}") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected keys and values, not {type(values).__name__}")
    return values


def _override(values: dict[str, Any], text: str) -> None:
    key, equals, raw = text.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"{text!r}: an override is key=value, such as train.epochs=5")
    try:
        value = yaml.safe_load(raw) if raw else None
    except yaml.YAMLError:
        raise ConfigError(f"{text!r}: the value is not valid YAML") from None
    *sections, last = key.strip().split(".")
    for section in sections:
        values = values.setdefault(section, {})
        if not isinstance(values, dict):
            raise ConfigError(f"{text!r}: {section} is a value, not a section")
    values[last] = value


def _line(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{key}: unknown key; known here: {', '.join(_known(error['loc']))}"
    came = f", not {error['input']!r}" if not isinstance(error["input"], dict) else ""
    message = error["msg"].removeprefix("Value error, ")
    return f"{key}: {message[:1].lower()}{message[1:]}{came}"


def _known(loc: Sequence[int | str]) -> Sequence[str]:
    section: Any = Experiment
    for part in loc[:-1]:
        section = section.model_fields[str(part)].annotation
    fields = section.model_fields if issubclass(section, BaseModel) else section.__annotations__
    return [name for name in fields if not name.startswith("_")]

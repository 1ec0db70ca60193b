"""A run as its files tell it: what they must hold is checked here, what else they hold is kept.

``Record`` is also what a result file keeps of a run, so a run folder and its result file give
the same record.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Part(BaseModel):
    """A part of a record."""

    model_config = ConfigDict(extra="allow", frozen=True)


class ConfigData(Part):
    """What of ``data`` in config.yaml a table tells."""

    heads: Annotated[tuple[str, ...], Field(min_length=1)]
    votes: str = "soft"


class ConfigModel(Part):
    """What of ``model`` in config.yaml a table tells."""

    name: str
    width: Number = 1
    pretrained: str | None = None
    weights: str | None = None


class ConfigTrain(Part):
    """What of ``train`` in config.yaml a table tells."""

    epochs: Count


class Config(Part):
    """config.yaml."""

    name: str
    seed: Count
    data: ConfigData
    model: ConfigModel
    train: ConfigTrain


class Network(Part):
    """network.json: counts of parameters, of those that learn, of multiply-accumulates."""

    parameters: Count
    trained: Count
    macs: Count
    input: tuple[Count, Count, Count]


class Rows(Part):
    """How many pictures were learnt from."""

    train: Count


class HeadData(Part):
    """What a head learnt: shares of votes, or labels."""

    votes: bool = False


class Data(Part):
    """data.json."""

    name: str
    label_set: str
    sha256: str
    left_out: tuple[str, ...] = ()
    rows: Rows
    heads: dict[str, HeadData] = {}
    started_from: str | None = None
    fold: dict[str, Any] | None = None


class State(Part):
    """state.json; its defaults are those of a run cut off in its first epoch."""

    status: Literal["running", "finished", "failed", "pruned"] = "running"
    epochs: Count = 0
    monitor: str | None = None
    best: Number | None = None
    hours: Annotated[Number, Field(ge=0)] = 0
    reason: str = ""


class Machine(Part):
    """environment.json."""

    cpu: str = ""
    gpu: str | None = None
    processes: Annotated[int, Field(ge=1)] = 1
    commit: str | None = None


class ClassScore(Part):
    """Scores of one class."""

    f1: Share
    support: Count


class Unmasked(Part):
    """Scores of answers among which are classes that the labels lack."""

    accuracy: Share


class Report(Part):
    """Scores on one set of rows, see ``evaluation.metrics.classification_report``."""

    n: Annotated[int, Field(ge=1)]
    accuracy: Share
    macro_f1: Share
    interval: tuple[Share, Share] | None = None
    unit: str = "picture"
    per_class: dict[str, ClassScore] = {}
    masked: tuple[str, ...] = ()
    unmasked: Unmasked | None = None


class Scored(Part):
    """Which dataset was scored."""

    name: str
    sha256: str
    split: str


class Evaluation(Part):
    """metrics.json of ``mien evaluate``: head → protocol → official, dedup → report."""

    data: Scored
    environment: dict[str, Any] = {}
    heads: dict[str, dict[str, dict[str, Report]]]


class Record(Part):
    """All that a run's files tell. ``name`` is that of its folder."""

    name: str
    config: Config
    network: Network
    data: Data
    state: State = State()
    environment: Machine
    evaluation: dict[str, Evaluation] = {}

    @property
    def tests(self) -> list[Evaluation]:
        """The evaluations on a test split."""
        return [one for one in self.evaluation.values() if one.data.split == "test"]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as they were read."""
        return self.model_dump(mode="json", exclude_unset=True)


@dataclass(frozen=True)
class Run:
    """A record, and where it was read; two readings of one run are equal."""

    record: Record
    source: Path = field(compare=False)

    @property
    def is_folder(self) -> bool:
        """Whether it was read from a run folder, not from a result file."""
        return self.source.suffix != ".json"

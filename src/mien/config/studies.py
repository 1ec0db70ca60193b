"""A tuning study: which settings are searched, and how."""

from math import isclose
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from mien.config.section import Count, CountOrNone, Section

Finite = Annotated[float, Field(allow_inf_nan=False)]
Choices = Annotated[list[Any], Field(min_length=1)]
"""Values to choose from, such as ``[adam, sgd]``."""


class Range(Section):
    """Numbers to choose from.

    Attributes:
        low, high: both included.
        log: whether equal factors are equally likely, for learning rates.
        step: distance between the values; None for any number between.
        whole: whether only whole numbers are taken.
    """

    low: Finite
    high: Finite
    log: bool = False
    step: Annotated[float, Field(gt=0)] | None = None
    whole: bool = False

    @model_validator(mode="after")
    def _sound(self) -> "Range":
        if self.low >= self.high:
            raise ValueError(f"low must be below high, not {self.low:g} and {self.high:g}")
        if self.log and (self.low <= 0 or self.step is not None):
            raise ValueError("log: true takes a low above 0, and no step")
        if self.whole and any(n != int(n) for n in (self.low, self.high, self.step or 1)):
            raise ValueError("whole: true takes a whole low, high and step")
        steps = (self.high - self.low) / (self.step or (self.high - self.low))
        if not isclose(steps, round(steps)):
            raise ValueError(f"high must be low and a number of steps, not {steps:g} steps above")
        return self


TAGS = ("a range", "a list")
Searched = Annotated[
    Annotated[Range, Tag(TAGS[0])] | Annotated[Choices, Tag(TAGS[1])],
    Discriminator(lambda value: TAGS[isinstance(value, list)]),
]


class Tune(Section):
    """What ``mien tune`` searches.

    Attributes:
        space: dotted key of a setting → a list of values, or a range (``low``, ``high``, …).
        trials: how many runs the study has when it is done.
        sampler: ``tpe`` (Bergstra et al. 2011, *NeurIPS*), or ``random``.
        pruner: what cuts hopeless trials short: ``median`` (below the median of the others at
            the same epoch), ``hyperband`` (Li et al. 2018, arXiv:1603.06560) or ``none``.
        startup_trials: trials that are never cut short, and drawn at random.
    """

    space: Annotated[dict[str, Searched], Field(min_length=1)]
    trials: Count = 20
    sampler: Literal["tpe", "random"] = "tpe"
    pruner: Literal["median", "hyperband", "none"] = "median"
    startup_trials: CountOrNone = 5

"""What every section of an experiment is made of."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

Share = Annotated[float, Field(ge=0, le=1)]
Below1 = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0, le=1e38)]  # what float32 holds
NotNegative = Annotated[float, Field(ge=0, le=1e38)]
Count = Annotated[int, Field(ge=1, le=10**6)]
CountOrNone = Annotated[int, Field(ge=0, le=10**6)]


class Section(BaseModel):
    """A part of an experiment: unknown keys are refused, values are never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse true and false (in YAML also yes, no, on, off) where a number is meant."""
        expected = cls.model_fields[info.field_name or ""].annotation
        if isinstance(value, bool) and expected in (int, float):
            raise ValueError("expected a number; YAML reads yes, no, on and off as true and false")
        return value

"""Every error that mien raises.

::

    MienError                     exit code 1: the work could not be done
    ├── UsageError                exit code 2: wrong use, seen before any work
    │   ├── ConfigError           an experiment's configuration is not valid
    │   ├── UnknownNameError      a name that is in no registry; lists the choices
    │   │   └── UnknownEmotionError
    │   └── MissingExtraError     the command needs an optional extra; names the install line
    ├── DataError                 a source or a prepared dataset cannot be used
    │   ├── SourceError           the published archive is not what it should be
    │   │   └── UnreadablePicturesError  lists every picture that cannot be read
    │   └── PreparedDataError     a prepared dataset is absent, incomplete or changed
    ├── ImageError                a picture cannot be read
    ├── RunError                  a run folder is absent, incomplete or of another model
    ├── TrainingError             training went wrong (a loss that is not a number)
    └── ModelFileError            a model file is damaged or not one of mien's

Each message says what was expected, what came, and what to do.
"""

from collections.abc import Iterable, Mapping, Sequence


class MienError(Exception):
    """Base of all errors of mien; ``exit_code`` is what the command line answers with."""

    exit_code = 1


class UsageError(MienError):
    """Wrong use, noticed before any work was done."""

    exit_code = 2


class ConfigError(UsageError, ValueError):
    """An experiment's configuration is not valid."""


class UnknownNameError(UsageError, ValueError):
    """A name that is in no registry."""

    def __init__(self, what: str, name: object, choices: Iterable[str]) -> None:
        super().__init__(f"unknown {what} {name!r}; known: {', '.join(choices)}")


class UnknownEmotionError(UnknownNameError):
    """A name that stands for none of the eight emotions."""

    def __init__(self, name: object, aliases: Mapping[str, Sequence[str]]) -> None:
        known = (f"{emotion} ({', '.join(others)})" for emotion, others in aliases.items())
        super().__init__("emotion", name, known)


class MissingExtraError(UsageError):
    """A command needs an optional extra that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        line = f'pip install -e ".[{extra}]" in mien\'s folder'
        super().__init__(f"{what} needs an optional part: {line}")


class DataError(MienError):
    """A source or a prepared dataset cannot be used."""


class SourceError(DataError):
    """A published archive is not what it should be."""


class UnreadablePicturesError(SourceError):
    """Pictures of a source cannot be read; ``problems`` holds a line for each of them."""

    SHOWN = 20

    def __init__(self, problems: Sequence[str], pictures: int) -> None:
        self.problems = tuple(problems)
        super().__init__(
            f"{len(problems)} of {pictures} pictures cannot be read (rows count from 0); mend the "
            f"source, or keep them as flagged lines with --skip-bad\n"
            f"{several(self.problems, self.SHOWN)}"
        )


class PreparedDataError(DataError):
    """A prepared dataset is absent, incomplete or was changed."""


class ImageError(MienError):
    """A picture cannot be read."""


class RunError(MienError):
    """A run folder is absent, incomplete or of another model."""


class TrainingError(MienError):
    """Training went wrong."""


class ModelFileError(MienError):
    """A model file is damaged or was not written by mien."""


def several(problems: Sequence[str], most: int | None = None) -> str:
    """Return problems as one message: alone on its line, or counted and listed below it."""
    if len(problems) == 1:
        return problems[0]
    shown = problems if most is None else problems[:most]
    lines = [f"{len(problems)} problems:", *(f"  {p}" for p in shown)]
    if len(shown) < len(problems):
        lines.append(f"  … and {len(problems) - len(shown)} more")
    return "\n".join(lines)

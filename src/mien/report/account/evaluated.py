"""The evaluations of a model: which of their files are there, and are of its weights."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien.errors import DataError, RunError
from mien.evaluation.predictions import Predictions
from mien.evaluation.stored import NAME, read_predictions
from mien.report.account.pieces import Missing
from mien.runs import read_json

METRICS = "metrics.json"
SAMPLES = "robustness-*-rows/robustness.json"
"""Where ``mien robustness --rows`` keeps a sample, inside the folder of an evaluation."""
PARTS = {"robustness": "robustness", "cross": "cross", "groups": "groups", "errors": "errors"}
"""Other artefacts of an evaluation: ``<name>.json`` → the command that makes it."""


@dataclass(frozen=True)
class Evaluated:
    """One evaluation: a model's answers on a split of a dataset.

    Attributes:
        folder: where it is kept.
        metrics: the content of ``metrics.json``.
        parts: name of ``PARTS`` → content.
    """

    folder: Path
    metrics: Mapping[str, Any]
    parts: Mapping[str, Mapping[str, Any]]

    @property
    def name(self) -> str:
        """The name of its folder: dataset and split."""
        return self.folder.name

    @property
    def dataset(self) -> str:
        """The name of the dataset."""
        return str(self.metrics["data"]["name"])

    @property
    def split(self) -> str:
        """Which split of it, or ``all``."""
        return str(self.metrics["data"]["split"])

    @property
    def heads(self) -> Mapping[str, Any]:
        """Head → protocol → ``official`` and ``dedup`` → report."""
        found: Mapping[str, Any] = self.metrics["heads"]
        return found

    def predictions(self) -> Predictions:
        """Return the answers that were scored.

        Raises:
            DataError: they were not kept, are damaged, or are of another evaluation.
        """
        path = self.folder / NAME
        found = read_predictions(path)
        same = self.metrics.get("model_sha256") in (None, found.origin.model_sha256)
        if not same or found.origin.dataset_sha256 != self.metrics["data"]["sha256"]:
            raise DataError(f"{path}: of another evaluation than {METRICS}; evaluate again")
        return found

    def is_on(self, data: Mapping[str, Any]) -> bool:
        """Tell whether it is on the dataset that a model learnt from."""
        return self.metrics["data"]["sha256"] == data.get("sha256") or (
            self.dataset == data.get("name")
        )


def evaluations(
    folder: Path, whose: Collection[str]
) -> tuple[tuple[Evaluated, ...], tuple[Missing, ...]]:
    """Return the evaluations in a folder, and the files in it that are not used.

    Args:
        folder: holds a folder for each evaluation; it need not be there.
        whose: hashes that the model goes by; empty: any.

    Raises:
        RunError: a file is damaged.
    """
    found: list[Evaluated] = []
    refused: list[Missing] = []
    for path in sorted(folder.glob(f"*/{METRICS}")):
        metrics = _metrics(path)
        if _is_other(metrics, whose):
            refused.append(_stale(path, "evaluate"))
            continue
        parts = {}
        for name, verb in PARTS.items():
            there = path.with_name(f"{name}.json")
            if there.is_file():
                values = read_json(there)
                if name != "cross" and _is_other(values, whose):
                    refused.append(_stale(there, verb))
                else:
                    parts[name] = values
        if "robustness" not in parts and (sample := _sample(path.parent, whose)):
            parts["robustness"] = sample
        found.append(Evaluated(path.parent, metrics, parts))
    return tuple(found), tuple(refused)


def _sample(folder: Path, whose: Collection[str]) -> dict[str, Any] | None:
    """Return the robustness on the largest sample of an evaluation's rows; None without one."""
    every = [read_json(path) for path in sorted(folder.glob(SAMPLES))]
    found = [values for values in every if not _is_other(values, whose)]
    with of_file(folder / SAMPLES, "robustness"):
        return max(found, key=lambda values: values["grid"]["rows"], default=None)


def _metrics(path: Path) -> dict[str, Any]:
    values = read_json(path)
    with of_file(path, "evaluate"):
        values["data"]["name"], values["data"]["sha256"], values["data"]["split"]
        for report in reports_of(values["heads"]):
            report["n"], report["accuracy"], report["macro_f1"], report["per_class"]
            report["confusion"], report["classes"]
    return values


def reports_of(heads: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every report of ``heads``."""
    for protocols in heads.values():
        for kinds in protocols.values():
            yield from kinds.values()


def _is_other(values: Mapping[str, Any], whose: Collection[str]) -> bool:
    """Tell whether an artefact names other weights; one that names none is of an older mien."""
    return bool(whose) and values.get("model_sha256", next(iter(whose))) not in whose


def _stale(path: Path, verb: str) -> Missing:
    where = f"{path.parent.name}/{path.name}"
    return Missing(where, f"mien {verb}, run again", "not used: it is of other weights")


@contextmanager
def of_file(path: Path, verb: str) -> Iterator[None]:
    """Turn what a damaged artefact brings about into one line that names it.

    Raises:
        RunError: a key is not there, or holds something else than it should.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        told = f"{type(error).__name__}: {error}"
        raise RunError(
            f"{path}: expected what this mien's `mien {verb}` writes; it is damaged or older "
            f"({told}); run mien {verb} again"
        ) from None

"""What a model answered on a split: the artefact that every score and picture is computed from.

``predictions.npz`` holds, a row a picture: ``ids``, ``labels`` (index in ``EMOTIONS``), ``votes``
where there are some, ``copy_in_train``, ``subjects``; for each head ``probabilities_<head>`` and
``classes_<head>``; and ``about``, a JSON text: format, split, label set, temperatures, and names
and hashes of dataset and model. No picture is in it.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets.prepared import PreparedSet
from mien.datasets.source import SPLITS
from mien.emotions import LABEL_SETS
from mien.errors import DataError, UnknownNameError, several
from mien.evaluation.arrays import read_arrays, reason
from mien.evaluation.certainty import fitted, temperature
from mien.evaluation.checks import head_problems, ids_problems, row_problems
from mien.evaluation.protocols import Case, Cases, cases, own_protocol
from mien.runs import whole_file

FORMAT = 1
NAME = "predictions.npz"
_HASH = 12


@dataclass(frozen=True, slots=True)
class Answers:
    """One head's answers.

    Attributes:
        classes: K emotions, one a column.
        probabilities: ``float32 [N, K]``, rows that add up to 1, as the model gives them.
        temperature: what its logits were divided by; 1 where it was not calibrated.
        fitted: what else was fitted on validation, see ``fitted.for_file``; empty where nothing.
    """

    classes: tuple[str, ...]
    probabilities: npt.NDArray[np.float32]
    temperature: float = 1.0
    fitted: Mapping[str, Any] = field(default_factory=dict)

    def uncalibrated(self) -> npt.NDArray[np.float64]:
        """Return the probabilities before the temperature, ``float64 [N, K]``."""
        return temperature.apply(self.probabilities, 1 / self.temperature)


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose answers on what.

    Attributes:
        model, dataset: their names.
        model_sha256: of its weights or its file; of the file that answers were imported from.
        dataset_sha256: of the manifest.
        split: ``train``, ``val``, ``test``, or ``all``.
        label_set: whose labels the rows have, a key of ``LABEL_SETS``.
    """

    model: str
    model_sha256: str
    dataset: str
    dataset_sha256: str
    split: str
    label_set: str

    def to_dict(self) -> dict[str, Any]:
        """Return how every record of results begins: ``model``, ``model_sha256``, ``data``."""
        return {
            "model": self.model,
            "model_sha256": self.model_sha256,
            "data": {
                "name": self.dataset,
                "sha256": self.dataset_sha256,
                "split": self.split,
                "label_set": self.label_set,
            },
        }


@dataclass(frozen=True, slots=True)
class Predictions:
    """A model's answers on the rows of a split, with what they are scored against.

    Attributes:
        origin: whose answers on what.
        ids: text ``[N]``, the dataset's.
        labels: ``int64 [N]``, index in ``EMOTIONS``.
        votes: ``int16 [N, 10]``, or None.
        copy_in_train: ``bool [N]``: a byte-identical picture is in the dataset's training split.
        subjects: text ``[N]``, a short hash a person, empty where nobody knows.
        heads: name → answers.
    """

    origin: Origin
    ids: npt.NDArray[np.str_]
    labels: npt.NDArray[np.int64]
    votes: npt.NDArray[np.int16] | None
    copy_in_train: npt.NDArray[np.bool_]
    subjects: npt.NDArray[np.str_]
    heads: Mapping[str, Answers] = field(default_factory=dict)

    def __post_init__(self) -> None:
        flags, people = self.copy_in_train, self.subjects
        problems = row_problems(
            self.ids, self.labels, self.votes, flags, people, self.origin.label_set
        )
        for name, head in self.heads.items():
            problems += head_problems(name, head.classes, head.probabilities, self.ids)
        if not self.heads:
            problems.append("expected the answers of at least one head, found none")
        if problems:
            raise DataError(several(problems))

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(
        cls,
        prepared: PreparedSet,
        rows: npt.NDArray[np.int64],
        heads: Mapping[str, Answers],
        *,
        model: str,
        model_sha256: str,
        split: str,
    ) -> "Predictions":
        """Join answers with the rows of a prepared dataset that they belong to.

        Raises:
            DataError: probabilities that are none, a row without a label, no rows.
        """
        votes = prepared.votes
        origin = Origin(
            model, model_sha256, prepared.name, prepared.sha256, split, prepared.label_set
        )
        return cls(
            origin=origin,
            ids=prepared.ids[rows],
            labels=prepared.labels[rows],
            votes=None if votes is None else votes[rows],
            copy_in_train=prepared.flags["copy_in_train"][rows],
            subjects=_hashed(prepared.manifest.subjects[rows]),
            heads=dict(heads),
        )

    def at(self, rows: npt.NDArray[np.int64]) -> "Predictions":
        """Return the same answers on some of the rows, in that order."""
        return replace(
            self,
            ids=self.ids[rows],
            labels=self.labels[rows],
            votes=None if self.votes is None else self.votes[rows],
            copy_in_train=self.copy_in_train[rows],
            subjects=self.subjects[rows],
            heads={
                name: replace(head, probabilities=head.probabilities[rows])
                for name, head in self.heads.items()
            },
        )

    def cases(self, head: str) -> Cases:
        """Return what of a head's answers is scored, see ``protocols.cases``.

        Raises:
            UnknownNameError: there is no such head.
        """
        if head not in self.heads:
            raise UnknownNameError("head", head, self.heads)
        answers = self.heads[head]
        return cases(
            answers.probabilities,
            answers.classes,
            self.labels,
            self.votes,
            self.copy_in_train,
            self.origin.label_set,
        )

    def case(self, head: str, protocol: str = "", kind: str = "official") -> Case:
        """Return one of ``cases``.

        Args:
            head: one of the heads.
            protocol: see ``protocols``; empty for that of the head's own labels.
            kind: ``official`` or ``dedup``.

        Raises:
            UnknownNameError: no such head or protocol; the choices are listed.
            DataError: no row has a label that the head knows.
        """
        found = self.cases(head)
        if protocol and protocol not in found:
            raise UnknownNameError(f"protocol of head {head}", protocol, found)
        kinds = found[protocol or own_protocol(head, found)] if found else {}
        if kind not in kinds:
            raise DataError(
                f"head {head}: expected {kind} rows with a label that it knows, found none in "
                f"{self.origin.dataset} {self.origin.split}; name another split or head"
            )
        return kinds[kind]

    def scored_heads(self) -> list[str]:
        """Return the heads of which any row can be scored.

        Raises:
            DataError: there is none.
        """
        found = [head for head in self.heads if self.cases(head)]
        if not found:
            known = {name: None for head in self.heads.values() for name in head.classes}
            raise DataError(
                f"{self.origin.model} knows {', '.join(known)}: expected pictures with such a "
                f"label, found none in {self.origin.dataset} {self.origin.split}; name another "
                "dataset or split"
            )
        return found

    def rows_in(self, prepared: PreparedSet) -> npt.NDArray[np.int64]:
        """Return where the rows stand in a prepared dataset, ``int64 [N]``.

        Raises:
            DataError: the dataset lacks some of them, or has other labels for them; with the
                counts and the first ids.
        """
        places = {name: place for place, name in enumerate(prepared.ids.tolist())}
        found = np.array([places.get(name, -1) for name in self.ids.tolist()], np.int64)
        problems = ids_problems(self.ids, found >= 0, f"are not in {prepared.root}")
        if not problems:
            same = prepared.labels[found] == self.labels
            problems = ids_problems(self.ids, same, f"have another label in {prepared.root}")
        if problems:
            raise DataError(
                f"these are predictions on {self.origin.dataset} "
                f"({self.origin.dataset_sha256[:_HASH]}); {several(problems)}"
            )
        return found

    def save(self, path: Path) -> None:
        """Write ``predictions.npz``, whole or not at all."""
        about = {
            "format": FORMAT,
            **{name: getattr(self.origin, name) for name in Origin.__slots__},
            "temperatures": {name: head.temperature for name, head in self.heads.items()},
            "fitted": {name: dict(head.fitted) for name, head in self.heads.items()},
        }
        arrays: dict[str, Any] = {
            "about": np.array(json.dumps(about, ensure_ascii=False)),
            "ids": self.ids,
            "labels": self.labels,
            "copy_in_train": self.copy_in_train,
            "subjects": self.subjects,
        }
        for name, head in self.heads.items():
            arrays[f"probabilities_{name}"] = head.probabilities
            arrays[f"classes_{name}"] = np.array(head.classes)
        if self.votes is not None:
            arrays["votes"] = self.votes
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **arrays)
        with whole_file(path) as temporary:
            temporary.write_bytes(buffer.getvalue())

    @classmethod
    def load(cls, path: Path) -> "Predictions":
        """Read ``predictions.npz``.

        Raises:
            DataError: it is missing, damaged, written by a newer mien, or holds what is no answer.
        """
        try:
            return _read(read_arrays(path))
        except DataError as error:
            raise DataError(f"{path}: {error}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{path}: expected the {NAME} that `mien evaluate` or `mien predictions import` "
                f"wrote; it is missing, damaged or of another kind ({reason(error)})"
            ) from None


def _read(arrays: Mapping[str, npt.NDArray[Any]]) -> Predictions:
    about = json.loads(str(arrays["about"]))
    if about["format"] != FORMAT:
        raise DataError(
            f"format {about['format']!r}, this mien reads {FORMAT}: take a newer mien, "
            "or evaluate again"
        )
    if about["split"] not in (*SPLITS, "all"):
        raise DataError(f"split {about['split']!r}; expected {', '.join(SPLITS)} or all")
    heads = {
        name: Answers(
            tuple(arrays[f"classes_{name}"].tolist()),
            arrays[f"probabilities_{name}"],
            temperature,
            about["fitted"][name],
        )
        for name, temperature in about["temperatures"].items()
    }
    problems = [f"head {name}: {one}" for name, head in heads.items() for one in _unfit(head)]
    if problems:
        raise DataError(several(problems))
    return Predictions(
        origin=Origin(**{name: str(about[name]) for name in Origin.__slots__}),
        ids=arrays["ids"],
        labels=arrays["labels"],
        votes=arrays.get("votes"),
        copy_in_train=arrays["copy_in_train"],
        subjects=arrays["subjects"],
        heads=heads,
    )


def _unfit(head: Answers) -> list[str]:
    """Return what is wrong with the temperature and with what else was fitted."""
    return fitted.problems({**head.fitted, "temperature": head.temperature})


def paired(first: Predictions, second: Predictions) -> tuple[Predictions, Predictions]:
    """Return two models' answers on the same rows, in the first one's order.

    Raises:
        DataError: they answer for other pictures, or were scored against other labels; with the
            counts and the first ids.
    """
    places = {name: place for place, name in enumerate(second.ids.tolist())}
    found = np.array([places.get(name, -1) for name in first.ids.tolist()], np.int64)
    who = f"{first.origin.model} and {second.origin.model}"
    problems = ids_problems(first.ids, found >= 0, f"have no answer of {second.origin.model}")
    extra = np.isin(second.ids, first.ids)
    problems += ids_problems(second.ids, extra, f"have no answer of {first.origin.model}")
    if not problems:
        second = second.at(found)
        same = first.labels == second.labels
        problems = ids_problems(first.ids, same, "have two different labels")
    if problems:
        raise DataError(f"{who} did not answer the same rows: {several(problems)}")
    return first, second


def joined(each: Sequence[Predictions]) -> Predictions:
    """Return one model's answers on several parts of a split as one, in the order given.

    Its name and hash are those of the first: folds are answered by a run each.
    """
    first, votes = each[0], [one.votes for one in each if one.votes is not None]
    return replace(
        first,
        ids=np.concatenate([one.ids for one in each]),
        labels=np.concatenate([one.labels for one in each]),
        votes=np.concatenate(votes) if votes else None,
        copy_in_train=np.concatenate([one.copy_in_train for one in each]),
        subjects=np.concatenate([one.subjects for one in each]),
        heads={
            name: replace(
                head,
                probabilities=np.concatenate([one.heads[name].probabilities for one in each]),
            )
            for name, head in first.heads.items()
        },
    )


def own_classes(classes: Sequence[str]) -> str:
    """Return a name for a head that has none: ``seven``, ``eight``, or ``answers``."""
    sets = {frozenset(LABEL_SETS[name]): name for name in ("seven", "eight")}
    return sets.get(frozenset(classes), "answers")


def _hashed(subjects: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """Return a short hash a person, empty where there is none: names stay in the dataset."""
    names, places = np.unique(subjects, return_inverse=True)
    short = [sha256(str(name).encode()).hexdigest()[:_HASH] if name else "" for name in names]
    return np.array(short, dtype=f"<U{_HASH}")[places]

"""A model's answers on the rows of a split, with what they are scored against.

Every score and picture is computed from them; ``stored`` says what their file holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from mien.datasets.prepared import PreparedSet
from mien.errors import DataError, UnknownNameError, several
from mien.evaluation.answers import Answers, Origin
from mien.evaluation.case import Case, Cases
from mien.evaluation.checks import head_problems, row_problems
from mien.evaluation.protocols import cases, own_protocol

_HASH = 12


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


def _hashed(subjects: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """Return a short hash a person, empty where there is none: names stay in the dataset."""
    names, places = np.unique(subjects, return_inverse=True)
    short = [sha256(str(name).encode()).hexdigest()[:_HASH] if name else "" for name in names]
    return np.array(short, dtype=f"<U{_HASH}")[places]

"""Answers out: rows, JSON and CSV. Files are written whole or not at all."""

import csv
import io
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from mien.emotions import EMOTIONS
from mien.inference.recognizer import Face

Status = Literal["ok", "no_face", "error"]
COLUMNS = (
    *("file", "status", "reason", "face", "emotion", "confidence", "uncertain"),
    *("x", "y", "width", "height", "score"),
    *EMOTIONS,
)
"""The columns of the CSV file."""
MARK = ".mien"
"""Stands before the suffix of an annotated picture's name."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one picture: its faces, or the reason why it could not be read."""

    file: str
    faces: list[Face] = field(default_factory=list)
    error: str = ""

    @property
    def status(self) -> Status:
        """``ok`` (at least one face), ``no_face`` or ``error``."""
        if self.error:
            return "error"
        return "ok" if self.faces else "no_face"

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON values."""
        return {
            "file": self.file,
            "status": self.status,
            "reason": self.error,
            "faces": [face.to_dict() for face in self.faces],
        }


def to_json(results: Sequence[Result]) -> str:
    """Return results as JSON: a list with one object a picture."""
    values = [result.to_dict() for result in results]
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_csv(results: Sequence[Result]) -> str:
    """Return results as CSV: one row a face, and one for a picture without a face."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for result in results for row in rows(result))
    return text.getvalue()


def rows(result: Result) -> Iterator[dict[str, Any]]:
    """Yield the CSV rows of one picture; faces are counted from 1."""
    about = {"file": result.file, "status": result.status, "reason": result.error}
    if not result.faces:
        yield about
    for number, face in enumerate(result.faces, 1):
        box = dict(zip(("x", "y", "width", "height"), face.box, strict=True))
        answer = {"emotion": face.emotion, "confidence": face.confidence, "score": face.score}
        uncertain = {"uncertain": "true" if face.uncertain else "false"}  # as JSON writes it
        yield about | {"face": number} | answer | uncertain | box | face.probabilities


def annotated_path(folder: Path, picture: Path, taken: Collection[Path]) -> Path:
    """Return where the annotated copy of a picture goes: ``folder/<name>.mien.<jpg or png>``.

    The mark in the name keeps it apart from the picture itself; where two pictures have the
    same name, the second gets ``-2``. ``taken`` holds the paths given so far.
    """
    suffix = ".jpg" if picture.suffix.lower() in (".jpg", ".jpeg", ".jfif") else ".png"
    names = {path.name.lower() for path in taken}  # some file systems do not tell a from A
    number = 1
    while True:
        count = f"-{number}" if number > 1 else ""
        name = f"{picture.stem}{count}{MARK}{suffix}"
        if name.lower() not in names:
            return folder / name
        number += 1

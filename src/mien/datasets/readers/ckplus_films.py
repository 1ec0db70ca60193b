"""The films of CK+: which frames each has, and which emotion its last frame shows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mien.datasets.readers.by_name import bare
from mien.datasets.readers.walk import SUFFIXES, files
from mien.emotions import CODES

LABEL = "_emotion.txt"
"""How the name of a label file ends; it begins as the frame that it is about."""

_FRAME = re.compile(r"(S[0-9]+)_([0-9]+)_([0-9]+)", re.IGNORECASE)
_MOST = 1000


@dataclass(slots=True)
class Film:
    """One film: where it lies (``S005/001``), its frames and label files as they were found."""

    where: str
    subject: str
    name: str
    frames: list[Path] = field(default_factory=list)
    labels: list[Path] = field(default_factory=list)


@dataclass(slots=True)
class Films:
    """What two trees of folders hold.

    Attributes:
        films: by their names (``S005_001``), sorted.
        astray: pictures and label files that lie in no folder of a film.
        others: how many files among the pictures have no suffix of a picture.
    """

    films: dict[str, Film] = field(default_factory=dict)
    astray: list[Path] = field(default_factory=list)
    others: int = 0


def find_films(images: Path, labels: Path) -> Films:
    """Walk the folders of pictures and of labels; nothing is read."""
    found = Films()
    for path in files(images):
        if path.suffix.lower() not in SUFFIXES:
            found.others += 1
        elif (film := _film(found, path.relative_to(images))) is not None:
            film.frames.append(path)
        else:
            found.astray.append(path)
    for path in files(labels):
        text = path.name.lower().endswith(".txt")
        film = _film(found, path.relative_to(labels)) if text else None
        if film is not None:
            film.labels.append(path)
        elif path.name.lower().endswith(LABEL):
            found.astray.append(path)
    found.films = dict(sorted(found.films.items()))
    return found


def _film(found: Films, inner: Path) -> Film | None:
    """Return the film that a file belongs to by its folders, None where it lies elsewhere."""
    parts = inner.parts
    if len(parts) != 3 or not (re.fullmatch(r"[Ss][0-9]+", parts[0]) and parts[1].isdecimal()):
        return None
    subject = parts[0].upper()
    name = f"{subject}_{parts[1]}"
    return found.films.setdefault(name, Film(f"{subject}/{parts[1]}", subject, name))


def frame_of(name: str) -> tuple[str, str, int]:
    """Return what the name of a frame tells: person, film and number (``S005, S005_001, 11``).

    Raises:
        ValueError: it is no name of a frame of CK+.
    """
    found = _FRAME.fullmatch(bare(name))
    if found is None:
        raise ValueError(f"name {name[:40]!r}, expected person_film_frame: S005_001_00000011.png")
    subject = found[1].upper()
    return subject, f"{subject}_{found[2]}", int(found[3])


def code_of(text: str) -> int:
    """Return the code in a label file: ``   3.0000000e+00`` is 3.

    Raises:
        ValueError: there is none, or several, or one that is not CK+'s.
    """
    codes, words = CODES["ckplus"], text.split()
    if len(words) != 1:
        raise ValueError(f"{len(words)} labels in the label file, expected one")
    try:
        number = float(words[0]) if words[0].isascii() and "_" not in words[0] else -1
    except ValueError:
        number = -1
    if number not in codes:
        raise ValueError(f"label {words[0][:20]!r}, expected a code from 0 to {max(codes)}")
    return int(number)


def label_of_film(film: Film) -> tuple[str, int]:
    """Read a film's label: the emotion, and the number of the frame that it is named after.

    Raises:
        ValueError: two label files, one of another film, or no code of CK+ in it.
    """
    if len(film.labels) > 1:
        names = ", ".join(path.name[:60] for path in film.labels)
        raise ValueError(f"two labels for one film ({names}), expected one")
    path = film.labels[0]
    name = path.name[: -len(LABEL)] if path.name.lower().endswith(LABEL) else path.name
    match = _FRAME.fullmatch(name)
    if match is None or f"{match[1].upper()}_{match[2]}" != film.name:
        raise ValueError(f"label file {path.name[:60]!r}, expected {film.name}_<frame>{LABEL}")
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return CODES["ckplus"][code_of(file.read(_MOST))], int(match[3])


def ordered(film: Film) -> tuple[list[Path], list[tuple[Path, str]]]:
    """Return a film's frames by their numbers, and those that have no place, with the reason."""
    numbers: dict[int, list[Path]] = {}
    bad: list[tuple[Path, str]] = []
    for path in film.frames:
        try:
            _, name, number = frame_of(path.name)
            if name != film.name:
                raise ValueError(f"a frame of {name} in the folder of {film.name}")
            numbers.setdefault(number, []).append(path)
        except ValueError as error:
            bad.append((path, str(error)))
    for number, paths in numbers.items():
        several = f"{len(paths)} pictures of frame {number}, expected one"
        bad += [(path, several) for path in paths if len(paths) > 1]
    return [numbers[n][0] for n in sorted(numbers) if len(numbers[n]) == 1], bad


def taken(
    frames: Sequence[Path], emotion: str, peaks: int, neutral: bool
) -> list[tuple[Path, str]]:
    """Return the frames of a film that are taken, with what each shows, in their order.

    Args:
        frames: in the order of time.
        emotion: of the last frames.
        peaks: so many of the last.
        neutral: take the first as neutral too, unless it is one of the last.
    """
    last = [(path, emotion) for path in frames[-peaks:]]
    first = [(frames[0], "neutral")] if neutral and len(frames) > peaks else []
    return first + last

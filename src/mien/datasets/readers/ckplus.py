"""CK+: posed films of faces from neutral to the peak of an emotion.

``cohn-kanade-images/S005/001/S005_001_00000011.png`` are the frames of a film;
``Emotion/S005/001/S005_001_00000011_emotion.txt`` holds its label (``   3.0000000e+00``). Most
films have no label. Those that have one give their last frames, and the first one as neutral.
Lucey, Cohn, Kanade, Saragih, Ambadar and Matthews 2010, "The extended Cohn-Kanade dataset (CK+)",
doi:10.1109/CVPRW.2010.5543262.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from mien.datasets.readers.by_name import bare
from mien.datasets.readers.ckplus_films import (
    Film,
    Films,
    find_films,
    frame_of,
    label_of_film,
    ordered,
    taken,
)
from mien.datasets.readers.walk import load, subfolders
from mien.datasets.source import Options, Picture, safe_id
from mien.errors import SourceError, UsageError

_IMAGES = (
    "cohn-kanade-images",
    "extended-cohn-kanade-images/cohn-kanade-images",
    "extended-cohn-kanade-images",
)
_LABELS = ("Emotion", "Emotion_labels/Emotion", "Emotion_labels")


def recognise(path: Path, options: Options) -> "CkPlusSource | None":
    """Return the source that a folder is, None where it has no frames and no labels of CK+.

    Raises:
        SourceError: it has only one of the two.
        UsageError: ``options.peaks`` is not 1, 2 or 3.
    """
    if not path.is_dir():
        return None
    root = path
    while root.name in _IMAGES:
        root = root.parent
    images, labels = _first(root, _IMAGES), _first(root, _LABELS)
    if images is None and (labels is None or not _has_people(labels)):
        return None
    if labels is None:
        raise SourceError(
            f"{root} holds the frames of CK+ but no labels: expected Emotion/S005/001/…"
            "_emotion.txt beside them (unpack Emotion_labels.zip there)"
        )
    if images is None:
        raise SourceError(
            f"{root} holds the labels of CK+ but no frames: expected {_IMAGES[0]}/S005/001/….png "
            "beside them (unpack extended-cohn-kanade-images.zip there)"
        )
    return CkPlusSource(root, images, labels, options)


class CkPlusSource:
    """Frames of labelled films, film after film; a film that is wrong as a whole is one line."""

    name = "ckplus"
    label_set = "ckplus"
    keeps_row_order = False
    has_splits = False

    def __init__(self, root: Path, images: Path, labels: Path, options: Options) -> None:
        if options.peaks not in (1, 2, 3):
            raise UsageError(f"{options.peaks} last frames of a film: expected 1, 2 or 3")
        self._root, self._options = root, options
        self.files: Sequence[Path] = ()
        first = "the first as neutral" if options.neutral else "none as neutral"
        self.layout = f"CK+ as films and label files (last {options.peaks} frames, {first})"
        found = find_films(images, labels)
        self._astray = found.astray
        self._films: list[tuple[Film, str, str]] = []
        """Each labelled film with its emotion, or with what is wrong."""
        self.notes = [*self._read(found)]

    def _read(self, found: Films) -> Iterator[str]:
        """Read the labels; yield what is to be known."""
        neutral = early = 0
        for film in (film for film in found.films.values() if film.labels):
            emotion, problem, named = "", "", -1
            try:
                emotion, named = label_of_film(film)
            except ValueError as error:
                problem = str(error)
            neutral += emotion == "neutral"
            early += named not in (-1, _last(film))
            if emotion != "neutral":
                self._films.append((film, emotion, problem))
        yield from _notes(found, neutral, early)
        short = sum(0 < len(film.frames) <= self._options.peaks for film, *_ in self._films)
        if short and self._options.neutral:
            yield (
                f"{short} labelled film(s) have no frame before the last {self._options.peaks}: "
                "none of theirs is taken as neutral"
            )

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time."""
        for film, emotion, problem in self._films:
            if problem:
                yield self._bad(film.name, film.where, problem, film)
            else:
                yield from self._of_film(film, emotion)
        for path in self._astray:
            inner = path.relative_to(self._root)
            name = safe_id(inner.with_name(bare(path.name)).parts)
            problem = "lies in no folder of a film, expected S005/001/ (person/film)"
            yield self._bad(name, inner.as_posix(), problem)

    def _of_film(self, film: Film, emotion: str) -> Iterator[Picture]:
        frames, bad = ordered(film)
        for path, problem in bad:
            name = safe_id((film.name, path.name))
            yield self._bad(name, path.relative_to(self._root).as_posix(), problem, film)
        if not film.frames:
            yield self._bad(film.name, film.where, "label without picture: no frame", film)
        options = self._options
        for path, shown in taken(frames, emotion, options.peaks, options.neutral):
            yield self._picture(film, path, shown)

    def _picture(self, film: Film, path: Path, emotion: str) -> Picture:
        pixels, problem = load(path)
        return Picture(
            id=safe_id((bare(path.name),)),
            where=path.relative_to(self._root).as_posix(),
            source_split="",
            split="train",
            label=emotion,
            pixels=pixels,
            problem=problem,
            subject=film.subject,
            sequence=film.name,
        )

    def _bad(self, name: str, where: str, problem: str, film: Film | None = None) -> Picture:
        subject, sequence = (film.subject, film.name) if film else ("", "")
        return Picture(name, where, "", "train", None, None, problem, subject, sequence)


def _first(root: Path, names: Sequence[str]) -> Path | None:
    return next((p for name in names if (p := root / name).is_dir()), None)


def _has_people(labels: Path) -> bool:
    return any(re.fullmatch(r"[Ss][0-9]+", folder.name) for folder in subfolders(labels))


def _last(film: Film) -> int:
    """Return the number of a film's last frame, -1 where no frame tells one."""
    frames, _ = ordered(film)
    return frame_of(frames[-1].name)[2] if frames else -1


def _notes(found: Films, neutral: int, early: int) -> Iterator[str]:
    bare_films = sum(not film.labels for film in found.films.values())
    if bare_films:
        yield f"{bare_films} of {len(found.films)} films have no label and were left out"
    if neutral:
        yield f"{neutral} film(s) labelled 0 (neutral) were left out"
    if early:
        yield f"{early} label(s) are named after another frame than the film's last"
    if found.others:
        yield f"{found.others} file(s) without the suffix of a picture were passed over"

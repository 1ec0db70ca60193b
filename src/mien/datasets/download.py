"""Downloading the two datasets of Kaggle that mien names, or taking them from the cache.

The files stay in kagglehub's cache, or are copied from there whole or not at all. Nothing is
asked of the network where a complete version lies in the cache.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mien.datasets import kaggle
from mien.datasets.kaggle_errors import AGAIN
from mien.datasets.workspace import WHOLE, publish, workspace
from mien.errors import DataError, UnknownNameError


@dataclass(frozen=True, slots=True)
class Download:
    """A dataset on Kaggle.

    Attributes:
        title: its name, for people.
        handle: ``owner/name`` on Kaggle.
        version: that is taken; pinned, because only a pinned version is found offline.
        holds: what lies in it, by which a whole copy is known.
        reader: key of ``readers.READERS`` for it.
        terms: what a user may do with it, in a few words.
    """

    title: str
    handle: str
    version: int
    holds: tuple[str, ...]
    reader: str
    terms: str

    @property
    def page(self) -> str:
        """Where its licence stands."""
        return f"https://www.kaggle.com/datasets/{self.handle}"


DOWNLOADS: Mapping[str, Download] = MappingProxyType(
    {
        "fer2013": Download(
            title="FER-2013",
            handle="msambare/fer2013",
            version=1,
            holds=("train", "test"),
            reader="fer2013-folders",
            terms="the pictures were collected by web search and belong to others: for your own "
            "study, do not pass them on",
        ),
        "ckplus": Download(
            title="CK+ (ckextended.csv)",
            handle="davilsena/ckdataset",
            version=2,
            holds=("ckextended.csv",),
            reader="ckextended",
            terms="CK+ may not be passed on, and this copy is not its owners': ask them for CK+ "
            "itself (docs/data-access.md)",
        ),
    }
)
"""Name on the command line → dataset."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """Where the files lie, which version they are, and whether the network was left alone."""

    folder: Path
    version: int
    cached: bool


def download(
    name: str,
    out: Path | None = None,
    version: int | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Downloaded:
    """Return a dataset's files, downloaded where no complete version is in kagglehub's cache.

    Args:
        name: a key of ``DOWNLOADS``.
        out: a folder to copy the files to; without one they stay in the cache.
        version: which one; without one the pinned version, or, where that is not in the cache
            and a later or earlier one is, the latest of those.
        say: called with a line before what takes long.

    Raises:
        UnknownNameError: there is no such dataset.
        MissingExtraError: kagglehub is needed and not installed.
        DataError: it cannot be downloaded or copied, or is not whole.
        KeyboardInterrupt: with a text that says what was kept.
    """
    if name not in DOWNLOADS:
        raise UnknownNameError("dataset", name, DOWNLOADS)
    known = DOWNLOADS[name]
    if out is not None and out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise DataError(f"{out} exists already: expected a new folder; name another")
    got = _cached(known, version) or _fetched(known, version or known.version, say)
    _check(known, got)
    if out is None:
        return got
    say(f"copying to {out}")
    _copy(got.folder, out)
    return Downloaded(out, got.version, got.cached)


def _cached(known: Download, version: int | None) -> Downloaded | None:
    held = kaggle.complete_versions(known.handle)
    wanted = version or (known.version if known.version in held else max(held, default=0))
    return Downloaded(held[wanted], wanted, True) if wanted in held else None


def _fetched(known: Download, version: int, say: Callable[[str], None]) -> Downloaded:
    say(f"downloading and unpacking version {version} into {kaggle.cache_folder()}")
    try:
        return Downloaded(kaggle.fetch(known.handle, version), version, False)
    except DataError as error:
        raise DataError(
            f"{known.title} was not downloaded: {error}; page and licence: {known.page} (what you "
            "fetch there by hand, mien data prepare takes as well)"
        ) from error
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"{known.title} is not complete and will not be taken for it; {AGAIN} to go on"
        ) from None


def _check(known: Download, got: Downloaded) -> None:
    """Refuse a folder that lacks what the dataset is known by."""
    lacking = [name for name in known.holds if not (got.folder / name).exists()]
    if not lacking:
        return
    what = f"{got.folder} holds no {' and no '.join(lacking)}"
    if got.cached:
        raise DataError(
            f"{what}, so the cached {known.title} is damaged: delete that folder and {AGAIN}; page "
            f"and licence: {known.page}"
        )
    raise DataError(
        f"{what}: version {got.version} is not the {known.title} that mien reads; look at "
        f"{known.page} and name another --version"
    )


def _copy(folder: Path, out: Path) -> None:
    with workspace(out.parent / f".{out.name}.downloading", out) as work:
        (work / WHOLE).mkdir()
        for path in sorted(folder.rglob("*")):
            place = work / WHOLE / path.relative_to(folder)
            if path.is_dir():
                place.mkdir()
            else:
                shutil.copyfile(path, place)
        publish(work, out)

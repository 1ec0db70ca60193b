"""Kaggle's client (kagglehub), made to answer with one clear line where it cannot download.

kagglehub keeps a version of a dataset in ``<cache>/datasets/<owner>/<name>/versions/<n>`` and
writes ``<n>.complete`` beside ``versions`` when everything is unpacked. Until then the archive
lies there as ``<n>.archive``, and the next call goes on with it.
"""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from mien.datasets.kaggle_errors import LIMITS, LOGIN, explain, is_damaged, one_line
from mien.errors import DataError, MissingExtraError


def cache_folder() -> Path:
    """Return the folder in which kagglehub keeps what it downloads."""
    named = os.environ.get("KAGGLEHUB_CACHE")
    return Path.home() / ".cache" / "kagglehub" if named is None else Path(named)


def _place(handle: str, version: int) -> tuple[Path, Path, Path]:
    """Return where a version, the mark of its completeness and its archive lie."""
    base = cache_folder() / "datasets" / handle
    return (
        base / "versions" / f"{version}",
        base / f"{version}.complete",
        base / f"{version}.archive",
    )


def complete_versions(handle: str) -> dict[int, Path]:
    """Return the versions of ``owner/name`` that lie complete in the cache, and where."""
    marks = (cache_folder() / "datasets" / handle).glob("*.complete")
    places = {int(m.stem): _place(handle, int(m.stem))[0] for m in marks if m.stem.isdecimal()}
    return {version: folder for version, folder in places.items() if folder.is_dir()}


def fetch(handle: str, version: int) -> Path:
    """Download a version of ``owner/name`` into kagglehub's cache and return its folder.

    Raises:
        MissingExtraError: kagglehub is not installed.
        DataError: it cannot be downloaded; the message says why and what to do.
    """
    kagglehub = _kagglehub()
    _check_credentials(kagglehub)
    try:
        with _quiet(kagglehub), _impatient():
            return Path(kagglehub.dataset_download(f"{handle}/versions/{version}"))
    except Exception as error:
        if is_damaged(error):
            _forget(handle, version)
        raise DataError(explain(error, cache_folder())) from error


def _kagglehub() -> Any:
    try:
        kagglehub = import_module("kagglehub")
        for name in ("clients", "config"):
            import_module(f"kagglehub.{name}")
    except ImportError as error:
        raise MissingExtraError("mien data download", "train") from error
    return kagglehub


def _check_credentials(kagglehub: Any) -> None:
    """Have kagglehub read the user's key, if there is one: it says so where it is damaged."""
    try:
        kagglehub.config.get_kaggle_credentials()
    except (ValueError, OSError) as error:
        raise DataError(f"the Kaggle key cannot be read ({one_line(error)}): {LOGIN}") from error


@contextmanager
def _quiet(kagglehub: Any) -> Iterator[None]:
    """Keep kagglehub's own lines off the output, and its bar off what is no terminal."""
    logger = logging.getLogger("kagglehub")
    level, bar = logger.level, kagglehub.clients.tqdm
    logger.setLevel(logging.WARNING)
    kagglehub.clients.tqdm = partial(bar, disable=None, leave=False)
    try:
        yield
    finally:
        logger.setLevel(level)
        kagglehub.clients.tqdm = bar


@contextmanager
def _impatient() -> Iterator[None]:
    """Give a limit to requests that have none, and close all answers at the end.

    kagglehub itself would wait for ever for an answer.
    """
    adapter: Any = import_module("requests.adapters").HTTPAdapter
    send, answers = adapter.send, ExitStack()

    def limited(self: Any, request: Any, **options: Any) -> Any:
        options["timeout"] = options.get("timeout") or LIMITS
        return answers.enter_context(send(self, request, **options))

    adapter.send = limited
    try:
        yield
    finally:
        adapter.send = send
        answers.close()


def _forget(handle: str, version: int) -> None:
    """Remove what is left of a damaged download, so that the next one begins anew."""
    folder, mark, archive = _place(handle, version)
    if not mark.exists():
        archive.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)

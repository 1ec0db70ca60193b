"""The database of a study, and its errors without a password in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from mien.errors import RunError, UsageError
from mien.training.quiet import quiet

BEAT, PATIENCE = 30, 150
"""A running trial says every 30 s that it is alive; after 150 s of silence it is given up."""
_BUSY = 120
"""How many seconds a process waits while others write to an SQLite file."""


def file_url(path: Path) -> str:
    """Return the URL of an SQLite file.

    Raises:
        UsageError: its name cannot be written in a URL.
    """
    if set("?%") & set(str(path.absolute())):
        raise UsageError(
            f"{path.absolute()}: the study's database needs a folder without ? and % in its "
            "name; name another (--out)"
        )
    return f"sqlite:///{path.absolute()}"


def require_kept(url: str) -> None:
    """Refuse an SQLite database in memory: it is gone when the process ends.

    Raises:
        UsageError: it is one.
    """
    try:
        place = make_url(url)
    except (ArgumentError, ValueError):
        return  # ``told`` says what is wrong with it
    if place.get_backend_name() == "sqlite" and place.database in (None, "", ":memory:"):
        raise UsageError(
            f"--storage: {url} is kept in memory alone; name a file, such as sqlite:///study.db"
        )


def shown(url: str) -> str:
    """Return a URL as it may be shown: without a password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "the URL given"


@contextmanager
def told(url: str) -> Iterator[None]:
    """Turn the database's errors into one line.

    Raises:
        UsageError: no such kind of database, or its driver is not installed.
        RunError: it cannot be reached, read or written.
    """
    try:
        yield
    except (ArgumentError, ImportError) as error:
        raise UsageError(
            f"--storage: expected the URL of a database, such as sqlite:///study.db or "
            f"postgresql://name:password@machine/database, and its driver installed; "
            f"{shown(url)}: {_reason(error, url)}"
        ) from None
    except (SQLAlchemyError, StorageInternalError) as error:
        cause = error.__cause__ if isinstance(error, StorageInternalError) else error
        raise RunError(
            f"{shown(url)}: the study's database cannot be used: {_reason(cause or error, url)}"
        ) from None


def _reason(error: BaseException, url: str) -> str:
    """Return the first line of an error, without the URL's password."""
    text = str(getattr(error, "orig", None) or error) or type(error).__name__
    try:
        password = make_url(url).password
    except (ArgumentError, ValueError):
        return "it is no URL"
    line = text.replace(url, shown(url)).splitlines()[0]
    return line.replace(str(password), "***") if password else line


def open_storage(url: str) -> RDBStorage:
    """Return the database at a URL; its tables are made where they are not there yet.

    Call it within ``told``.
    """
    sqlite = make_url(url).get_backend_name() == "sqlite"
    options: dict[str, Any] = (
        {"connect_args": {"timeout": _BUSY}} if sqlite else {"pool_pre_ping": True}
    )
    with quiet(ignore=(".*xperimental.*",)):
        return RDBStorage(
            url.replace("{", "{{").replace("}", "}}"),
            engine_kwargs=options,
            heartbeat_interval=BEAT,
            grace_period=PATIENCE,
        )

"""Why a download from Kaggle failed: kagglehub's and requests' errors as one line each."""

import errno
import socket
import ssl
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

LIMITS = (10.0, 60.0)
"""Seconds to wait for a connection, and for each next piece of an answer."""

LOGIN = (
    "make a token at https://www.kaggle.com/settings/api and put it into KAGGLE_API_TOKEN or "
    "~/.kaggle/access_token (an older key: ~/.kaggle/kaggle.json, or KAGGLE_USERNAME and "
    "KAGGLE_KEY)"
)
AGAIN = "run the same command again"
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, ValueError)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_SLOW = {"Timeout", "ConnectTimeout", "ReadTimeout", "ReadTimeoutError"}
_CUT = {"IncompleteRead", "RemoteDisconnected", "ConnectionResetError", "ChunkedEncodingError"}


def is_damaged(error: Exception) -> bool:
    """Tell whether an error means that all came, and that it is no whole archive."""
    if isinstance(error, OSError):  # requests' errors are among these, and some are ValueErrors
        return False
    return isinstance(error, _DAMAGED) or type(error).__name__ == "DataCorruptionError"


def explain(error: Exception, folder: Path) -> str:
    """Return one line: what went wrong in a download, and what to do about it.

    Args:
        error: what kagglehub raised.
        folder: that it writes to.
    """
    import requests  # noqa: PLC0415

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return _answered(error.response.status_code, error)
    if isinstance(error, requests.RequestException):
        return f"{_unreached(error)}: check the network (or HTTPS_PROXY) and {AGAIN}"
    if isinstance(error, OSError):
        return _unwritten(error, folder)
    if is_damaged(error):
        return f"what came is no whole archive ({one_line(error)}) and was thrown away: {AGAIN}"
    return f"kagglehub cannot go on ({type(error).__name__}: {one_line(error)}): {AGAIN}"


def _answered(status: int, error: Exception) -> str:
    if status in (401, 403):
        return (
            f"Kaggle refused ({status}): accept the terms on its page if it asks for that, "
            f"{LOGIN}, and {AGAIN}"
        )
    if status == 404:
        return "Kaggle has no such dataset or version (404): look at its page, name a --version"
    if status == 429 or status >= 500:
        return f"Kaggle cannot answer now ({status}): wait a while and {AGAIN}"
    return f"Kaggle answered {status} ({one_line(error)}): look at its page"


def _unreached(error: Exception) -> str:
    """Say why there was no answer, or no whole one."""
    chain = list(_causes(error))
    names = {type(e).__name__ for e in chain}
    through = " (through a proxy)" if "ProxyError" in names else ""
    if names & _SLOW or _among(chain, TimeoutError):
        return f"no answer within {LIMITS[1]:g} seconds{through}"
    if _among(chain, socket.gaierror):
        return f"the server's name cannot be found (DNS){through}"
    if _among(chain, ConnectionRefusedError):
        return f"the connection was refused{through}"
    if names & _CUT:
        return f"the connection was cut before all had come{through}"
    if _among(chain, ssl.SSLError):
        return f"no safe connection ({one_line(chain[-1])}){through}"
    return f"Kaggle cannot be reached ({one_line(chain[-1])}){through}"


def _among(chain: list[BaseException], kind: type[BaseException]) -> bool:
    return any(isinstance(error, kind) for error in chain)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _unwritten(error: OSError, folder: Path) -> str:
    where = error.filename or folder
    if error.errno in _FULL:
        return (
            f"the disk is full ({where}): free some space, or name a folder on another disk in "
            f"KAGGLEHUB_CACHE, and {AGAIN}"
        )
    return f"{where}: {(error.strerror or one_line(error)).lower()}: mend that and {AGAIN}"


def one_line(error: BaseException) -> str:
    """Return an error's text on one line, cut where it is long."""
    return " ".join(str(error).split())[:160] or type(error).__name__

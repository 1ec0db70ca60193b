"""The run folder, and files that are written whole or not at all.

::

    runs/<name>/
      config.yaml         the resolved experiment
      environment.json    versions, machine, commit, threads
      data.json           which dataset (hash), which rows
      network.json        parameters, multiply-accumulates, input
      metrics.csv         one line an epoch
      checkpoints/        last.ckpt, to resume from
      best.safetensors    the best weights so far
      state.json          running | finished | failed | pruned (by mien tune), best epoch, hours
      calibration.json    temperature and thresholds, once mien calibrate or evaluate fitted them
      curves.png          loss and accuracy, drawn at the end
      tensorboard/
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mien.errors import RunError, UsageError

LOCK = ".lock"
"""File of a run folder by which a process keeps others out while it trains there."""
NO_FILE = "expected a file to write, this is a folder or a device; name another"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; it replaces ``path`` if the block succeeds.

    Raises:
        UsageError: a folder or a device stands there, which must not be replaced.
    """
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: {NO_FILE}")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path)
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        error.filename = str(path)  # the name that the user knows
        raise
    os.close(handle)
    return Path(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all; names that are no UTF-8 come escaped."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")


def write_json(path: Path, values: Any) -> None:
    """Write readable JSON whole or not at all; NaN is refused, because JSON has none."""
    text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object of a run's file.

    Raises:
        RunError: it is missing or damaged.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
    except ValueError as error:
        reason = str(error)
    else:
        if isinstance(values, dict):
            return values
        reason = "another kind of JSON"
    raise RunError(f"{path}: expected a JSON object that mien wrote, but: {reason.lower()}")


def sha256(path: Path) -> str:
    """Return the sha256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def environment(*packages: str) -> dict[str, Any]:
    """Return what a number depends on: versions, machine, commit, UTC time."""
    return {
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in ("mien", "numpy", *packages)},
        "platform": platform.platform(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "commit": commit(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def commit() -> str | None:
    """Return the git commit of mien's own source, marked ``+changes`` where it was edited.

    None where mien runs from an installed package.
    """
    here = Path(__file__).parent
    try:
        head = _git(here, "rev-parse", "HEAD")
        changed = _git(here, "status", "--porcelain", "--untracked-files=no", str(here))
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{head}+changes" if changed else head


def _git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def locked(handle: int) -> bool:
    """Lock an open file; False where another process holds it. The system frees it at exit.

    Raises:
        OSError: the disk cannot lock (some network disks).
    """
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


class RunFolder:
    """A run's files. ``create`` makes a new one, ``open`` reads one that is there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = root / "config.yaml"
        self.environment = root / "environment.json"
        self.data = root / "data.json"
        self.network = root / "network.json"
        self.metrics = root / "metrics.csv"
        self.last = root / "checkpoints" / "last.ckpt"
        self.best = root / "best.safetensors"
        self.state = root / "state.json"
        self.calibration = root / "calibration.json"

    @classmethod
    def create(cls, root: Path) -> "RunFolder":
        """Make a new run folder.

        Raises:
            RunError: the folder exists and is not empty.
        """
        taken = root.is_dir() and {p.name for p in root.iterdir()} - {LOCK}
        if taken or (root.exists() and not root.is_dir()):
            raise RunError(f"{root} exists already; {cls(root)._way_on()}")
        root.mkdir(parents=True, exist_ok=True)
        return cls(root)

    @classmethod
    def open(cls, root: Path) -> "RunFolder":
        """Open a run folder.

        Raises:
            RunError: there is none, or it has no configuration.
        """
        run = cls(root)
        if not run.config.is_file():
            raise RunError(f"{root}: expected a run folder of mien train, found no config.yaml")
        return run

    def read_state(self) -> dict[str, Any]:
        """Return ``state.json``, or ``{}`` where the run was cut off before it wrote one."""
        try:
            state = json.loads(self.state.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def require_finished(self) -> None:
        """Refuse a run that did not end.

        Raises:
            RunError: the run was interrupted, or goes on at this moment.
        """
        if self.read_state().get("status") != "finished":
            raise RunError(f"{self.root}: this run has not finished; {self._way_on()}")

    def _way_on(self) -> str:
        """Say what to do with a folder that is in the way, or not finished."""
        if not self.config.is_file():
            return "it is no run of mien; name another folder (--out)"
        state = self.read_state()
        if state.get("status") == "finished":
            return "it is a finished run; name another folder (--out)"
        if state.get("status") == "failed":
            reason = state.get("reason", "see its log")
            return f"it failed ({reason}); start anew in another folder (--out), or remove this one"
        return f"go on with it (mien train --resume {self.root}), or begin another (--out)"

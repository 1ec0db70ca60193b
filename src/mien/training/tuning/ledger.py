"""Which trials of a study count, which were lost, and whose they are.

A trial that failed by its own fault (a loss that is not a number, settings that do not go
together) stands in the database as pruned, with a reason: samplers overlook what Optuna calls
failed, and would try the same again and again. Optuna's failed trials are those that were lost.
"""

import os
import socket
from collections.abc import Sequence
from pathlib import Path

from optuna import Study
from optuna.trial import FrozenTrial, TrialState

from mien.errors import TrainingError, several

IN_A_ROW = 10
"""So many failures one after another stop a study."""

COUNTED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING)


def is_lost(trial: FrozenTrial) -> bool:
    """Tell whether a trial ended without its own fault: interrupted, killed, or one too many."""
    return trial.state == TrialState.FAIL


def has_failed(trial: FrozenTrial) -> bool:
    """Tell whether a trial failed by its own fault."""
    return trial.state == TrialState.PRUNED and "reason" in trial.user_attrs


def state(trial: FrozenTrial) -> str:
    """Return ``finished``, ``pruned``, ``failed``, ``interrupted``, ``surplus`` or ``running``."""
    if is_lost(trial):
        return "surplus" if trial.user_attrs.get("surplus") else "interrupted"
    if trial.state == TrialState.PRUNED:
        return "failed" if has_failed(trial) else "pruned"
    return "finished" if trial.state == TrialState.COMPLETE else "running"


def value(trial: FrozenTrial) -> float | None:
    """Return a trial's value; None where it failed, was lost or still runs."""
    return None if has_failed(trial) else trial.value


def counted(trials: Sequence[FrozenTrial], before: int | None = None) -> int:
    """Return how many trials are finished, pruned or running; only those with a lower number."""
    known = [trial for trial in trials if before is None or trial.number < before]
    return sum(trial.state in COUNTED and not has_failed(trial) for trial in known)


def require_hope(trials: Sequence[FrozenTrial], since: int) -> None:
    """Stop a study in which nothing works.

    Args:
        trials: all of the study.
        since: number of the first trial that is looked at.

    Raises:
        TrainingError: the last ten that ended have failed; it says why.
    """
    over = [t for t in trials if t.number >= since and t.state.is_finished() and not is_lost(t)]
    last = over[-IN_A_ROW:]
    if len(last) == IN_A_ROW and all(map(has_failed, last)):
        reasons = list(dict.fromkeys(str(trial.user_attrs["reason"]) for trial in reversed(last)))
        raise TrainingError(
            f"{IN_A_ROW} trials in a row failed, so the study stopped; change tune.space or the "
            f"settings around it. Why, the last first: {several(reasons, 3)}"
        )


def here() -> list[str]:
    """Return this process: its machine, its number, and when it began."""
    return [_machine(), str(os.getpid()), _began(os.getpid())]


def give_up_dead(study: Study) -> list[int]:
    """Mark running trials of this machine whose process is gone; return their numbers.

    Those of other machines are given up when their heartbeat stops; see ``storage``.
    """
    machine, gone = _machine(), []
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        owner = trial.user_attrs.get("process", ["", "", ""])
        if owner[0] == machine and owner[2] != _began(int(owner[1])):
            study.tell(trial.number, state=TrialState.FAIL, skip_if_finished=True)
            gone.append(trial.number)
    return gone


def _machine() -> str:
    """Return a name for what shares process numbers: this start of a machine, or a container."""
    parts = [socket.gethostname()]
    boot, space = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    if boot.exists():
        parts += [boot.read_text(encoding="ascii").strip(), str(space.readlink())]
    return " ".join(parts)


def _began(process: int) -> str:
    """Return when a process began; "" where it is gone."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "" if Path("/proc/self/stat").exists() else _answers(process)
    fields = told.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def _answers(process: int) -> str:
    """Return "alive" where a process answers: for systems without /proc."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "alive"

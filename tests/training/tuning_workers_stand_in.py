"""Stand-ins for a worker's work, and a parent process that only waits for its workers."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from mien.config import Experiment
from mien.training.tuning import workers
from mien.training.tuning.plan import Plan
from mien.training.tuning.signals import hold, once


def planned(out: Path) -> Plan:
    """Return a plan that is only handed around."""
    return Plan(Experiment(name="small"), out, "sqlite://", "small", trials=1)


def dies(plan: Plan, report: Any) -> None:
    """Be killed, but for the worker that comes first."""
    mark = plan.out / "first"
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(1)


def says_why(plan: Plan, report: Any) -> None:
    """Stop in order, with a reason."""
    report.send("the disk is full")


def waits(plan: Plan, report: Any) -> None:
    """Work for ever; an interrupt is noted in a file."""
    try:
        signal.signal(signal.SIGINT, once)
        hold(False)
        threading.Thread(target=workers._end_with_parent, daemon=True).start()
        (plan.out / f"{os.getpid()}.began").touch()
        time.sleep(600)
    except KeyboardInterrupt:
        (plan.out / f"{os.getpid()}.interrupted").touch()


def deaf(plan: Plan, report: Any) -> None:
    """Work for ever, whatever is asked."""
    (plan.out / f"{os.getpid()}.began").touch()
    time.sleep(600)


if __name__ == "__main__":
    workers._work = waits
    workers.run(planned(Path(sys.argv[1])), 2, print, lambda: None)

"""Several processes at work on one study."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from mien.errors import MienError, TrainingError
from mien.training.tuning.plan import Plan
from mien.training.tuning.signals import as_child, hold, interruptible, once, threads

PATIENCE = 60
"""How many seconds an interrupted worker has to mark its trial before it is killed."""


class Worker:
    """One process; ``error`` is why it stopped, where it stopped in order but early."""

    def __init__(self, plan: Plan, number: int) -> None:
        self.number = number
        self.reader, writer = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("spawn")
        self.process: SpawnProcess = context.Process(target=_work, args=(plan, writer))
        self.process.start()
        writer.close()

    def ended(self) -> str:
        """Return why it stopped before the study had all trials; "" where it did not."""
        self.process.join()
        try:
            return str(self.reader.recv()) if self.reader.poll() else self._status()
        except EOFError:
            return self._status()

    def _status(self) -> str:
        code = self.process.exitcode or 0
        if code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"ended with exit status {code}" if code else ""


def run(plan: Plan, count: int, say: Callable[[str], None], on_death: Callable[[], object]) -> None:
    """Start workers and wait until all of them have ended.

    A worker that dies is told, and the others go on. An interrupt ends all of them; and where
    this process itself is killed, they end by themselves.

    Args:
        plan: the study, which is there already.
        count: how many.
        say: takes a line for each worker that stopped early.
        on_death: called after one has died; it marks the trial that was lost.

    Raises:
        TrainingError: all workers stopped early.
        KeyboardInterrupt: interrupted; all workers have ended.
    """
    workers: list[Worker] = []
    reasons: list[str] = []
    with interruptible():
        try:
            for number in range(count):
                with as_child(number, count):
                    workers.append(Worker(replace(plan, threads=threads(count)), number + 1))
            left = list(workers)
            while left:
                wait([worker.process.sentinel for worker in left])
                for worker in [w for w in left if not w.process.is_alive()]:
                    left.remove(worker)
                    if reason := worker.ended():
                        reasons.append(reason)
                        on_death()
                        say(f"worker {worker.number} stopped: {reason}; {len(left)} go on")
        finally:
            _end(workers)
    if len(reasons) == count:
        raise TrainingError(reasons[-1])


def _end(workers: list[Worker]) -> None:
    """Interrupt those that still run, and kill those that do not listen."""
    alive = [worker.process for worker in workers if worker.process.is_alive()]
    for process in alive:
        os.kill(process.pid or 0, signal.SIGINT)
    until = time.monotonic() + PATIENCE
    try:
        for process in alive:
            process.join(max(0.0, until - time.monotonic()))
    finally:  # a second Ctrl-C waits no longer
        for process in alive:
            if process.is_alive():
                process.kill()
                process.join()


def _work(plan: Plan, report: Connection) -> None:
    """Be a worker."""
    try:
        signal.signal(signal.SIGINT, once)
        hold(False)
        threading.Thread(target=_end_with_parent, daemon=True).start()
        from mien.models.torchvision_operators import declare  # noqa: PLC0415 (before Lightning)

        declare()
        from mien.training.tuning.loop import work  # noqa: PLC0415
        from mien.training.tuning.sampling import open_study  # noqa: PLC0415
        from mien.training.tuning.storage import told  # noqa: PLC0415

        with told(plan.storage):
            work(plan, open_study(plan), _print)
    except MienError as error:
        _report(report, str(error))
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _report(report, "interrupted")


def _report(report: Connection, reason: str) -> None:
    with suppress(OSError):  # nobody listens any more
        report.send(reason)


def _print(line: str) -> None:
    print(line, flush=True)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(PATIENCE)
    os._exit(1)

"""Several processes at work on one study."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from mien.errors import MienError, TrainingError
from mien.training.tuning.interrupts import interruptible, once
from mien.training.tuning.plan import Plan

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
                with _as_child(number, count):
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


def threads(count: int) -> int:
    """Return torch's threads for each of so many workers; 0 where the user has set them."""
    if "OMP_NUM_THREADS" in os.environ:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, (cores or 1) // count)


@contextmanager
def _as_child(number: int, count: int) -> Iterator[None]:
    """Set what a process inherits: an interrupt waits until it can take it; it sees one GPU."""
    resource_tracker.ensure_running()  # which would let interrupts through again
    own = visible(number, os.environ, _gpus()) if count > 1 else {}
    kept = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    _hold(True)
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        _hold(False)


def _hold(back: bool) -> None:
    """Hold interrupts back, or let them through."""
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        how = signal.SIG_BLOCK if back else signal.SIG_UNBLOCK
        signal.pthread_sigmask(how, {signal.SIGINT})


def visible(number: int, environment: Mapping[str, str], gpus: int) -> dict[str, str]:
    """Return the variables that give a worker one of the GPUs; none where there is one or none."""
    name = "CUDA_VISIBLE_DEVICES"
    listed = [part for part in environment.get(name, "").split(",") if part]
    known = listed or [str(place) for place in range(gpus)]
    return {name: known[number % len(known)]} if len(known) > 1 else {}


def _gpus() -> int:
    import torch  # noqa: PLC0415 (a worker loads torch only after its own settings)

    return torch.cuda.device_count()


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
        _hold(False)
        threading.Thread(target=_end_with_parent, daemon=True).start()
        from mien.models.torchvision_operators import declare  # noqa: PLC0415 (before Lightning)

        declare()
        from mien.training.tuning.loop import open_study, work  # noqa: PLC0415
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

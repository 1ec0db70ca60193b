"""Interrupts that end a study in order, and what a worker gets from the process that starts it."""

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType
from typing import Any, NoReturn

import torch


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM interrupt as SIGINT does, and give both their handlers back.

    Lightning ignores SIGINT once it has seen one; what follows may be interrupted again.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def once(number: int, frame: FrameType | None) -> NoReturn:
    """Interrupt, and let no second one in while the first is seen to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def hold(back: bool) -> None:
    """Hold interrupts back, or let them through."""
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        how = signal.SIG_BLOCK if back else signal.SIG_UNBLOCK
        signal.pthread_sigmask(how, {signal.SIGINT})


def threads(count: int) -> int:
    """Return torch's threads for each of so many workers; 0 where the user has set them."""
    if "OMP_NUM_THREADS" in os.environ:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, (cores or 1) // count)


@contextmanager
def as_child(number: int, count: int) -> Iterator[None]:
    """Set what a process inherits: an interrupt waits until it can take it; it sees one GPU."""
    resource_tracker.ensure_running()  # which would let interrupts through again
    own = visible(number, os.environ, torch.cuda.device_count()) if count > 1 else {}
    kept = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    hold(True)
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        hold(False)


def visible(number: int, environment: Mapping[str, str], gpus: int) -> dict[str, str]:
    """Return the variables that give a worker one of the GPUs; none where there is one or none."""
    name = "CUDA_VISIBLE_DEVICES"
    listed = [part for part in environment.get(name, "").split(",") if part]
    known = listed or [str(place) for place in range(gpus)]
    return {name: known[number % len(known)]} if len(known) > 1 else {}

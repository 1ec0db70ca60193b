"""What a worker gets from the process that starts it: threads, a GPU, interrupts held back."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import resource_tracker


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
    own = visible(number, os.environ, _gpus()) if count > 1 else {}
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


def hold(back: bool) -> None:
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

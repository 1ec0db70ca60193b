"""An interrupt ends a study in order, whichever way it comes."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn


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

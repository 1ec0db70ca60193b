"""Keeps libraries from talking to the user about their own options."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet(*loggers: str, ignore: tuple[str, ...]) -> Iterator[None]:
    """Hide what these loggers say below an error, and warnings whose text matches ``ignore``."""
    found = [logging.getLogger(name) for name in loggers]
    levels = [logger.level for logger in found]
    for logger in found:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            for text in ignore:
                warnings.filterwarnings("ignore", message=text)
            yield
    finally:
        for logger, level in zip(found, levels, strict=True):
            logger.setLevel(level)

"""Equalising pictures that are to be written, by the one preprocessing specification."""

import numpy as np
import numpy.typing as npt

from mien.errors import DataError
from mien.preprocess import TILES, Pixels, Preprocessing

LEAST, MOST = 8, 1024


def equalised(pixels: Pixels, way: str) -> Pixels:
    """Return a picture equalised as ``Preprocessing`` does it.

    Args:
        pixels: ``uint8 [S, S]`` or ``uint8 [S, S, 3]`` RGB.
        way: ``none``, ``histogram`` or ``clahe``.
    """
    if way == "none":
        return pixels
    channels = 1 if pixels.ndim == 2 else 3
    values = {"size": len(pixels), "channels": channels, "equalise": way}
    fitted = Preprocessing.from_dict(values).fit(pixels)
    return fitted[0] if channels == 1 else np.ascontiguousarray(fitted.transpose(1, 2, 0))


def check_squares(sizes: npt.NDArray[np.int64], way: str, where: str) -> None:
    """Refuse pictures that cannot be equalised as they are.

    Args:
        sizes: ``int64 [N, 3]``: height, width, channels.
        way: ``none``, ``histogram`` or ``clahe``.
        where: whose they are, for the message.

    Raises:
        DataError: some are no squares, or of a side that ``Preprocessing`` does not take.
    """
    if way == "none":
        return
    height, width, _ = sizes.T
    least = 2 * TILES if way == "clahe" else LEAST
    wrong = int(((height != width) | (height < least) | (height > MOST)).sum())
    if wrong:
        raise DataError(
            f"{wrong} picture(s) of {where} are no squares of {least} to {MOST} pixels, which "
            f"{way} takes: give such a --size"
        )

"""Light and sharpness of each picture, and its shape."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mien.datasets.auditing.found import Found, Ints, found
from mien.datasets.auditing.kinds import BLUR, BRIGHT, CONTRAST, DARK, MOST_SHARE, SMALLEST
from mien.datasets.source import Pixels
from mien.preprocess import to_grey

SIDE = 48
Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Light:
    """``float32 [N]`` each, NaN where unknown: see ``measured``."""

    mean: Floats
    deviation: Floats
    sharpness: Floats


def measured(pixels: Pixels) -> tuple[float, float, float]:
    """Return mean and standard deviation of the grey values (0 to 255), and the sharpness.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al. 2000, "Diatom autofocusing in
    brightfield microscopy") of the picture scaled to 48x48, over the variance of that picture: it
    does not change with size, brightness and contrast. NaN for a picture of one value.
    """
    grey = to_grey(pixels)
    mean, deviation = (float(part[0, 0]) for part in cv2.meanStdDev(grey))
    way = cv2.INTER_AREA if min(grey.shape) >= SIDE else cv2.INTER_LINEAR
    small = cv2.resize(grey.astype(np.float32), (SIDE, SIDE), interpolation=way)
    variance = float(small.var())
    sharpness = float(cv2.Laplacian(small, cv2.CV_32F).var()) / variance if variance else np.nan
    return mean, deviation, sharpness


def light_kinds(light: Light, constant: Mask) -> dict[str, Found]:
    """Return what is too dark, too bright, of low contrast or blurred, constant ones aside."""
    bounds = {
        "too_dark": (light.mean, light.mean < DARK),
        "too_bright": (light.mean, light.mean > BRIGHT),
        "low_contrast": (light.deviation, light.deviation < CONTRAST),
        "blurred": (light.sharpness, light.sharpness < BLUR),
    }
    rows = {kind: np.flatnonzero(beyond & ~constant) for kind, (_, beyond) in bounds.items()}
    return {
        kind: found(rows[kind], values=values[rows[kind]]) for kind, (values, _) in bounds.items()
    }


def wrong_size(sizes: Ints, readable: Mask) -> tuple[Found, str]:
    """Find pictures of another shape than nearly all; else those that are too small.

    Args:
        sizes: ``int64 [N, 3]``: height, width, channels.
        readable: ``bool [N]``; others are no findings.

    Returns:
        The findings, their value the shorter side, and what was expected, in words.
    """
    shapes, counts = np.unique(sizes[readable], axis=0, return_counts=True)
    share = counts.max(initial=0) / max(int(counts.sum()), 1)
    if share >= MOST_SHARE:
        common = shapes[counts.argmax()]
        odd = (sizes != common).any(1)
        height, width, channels = common.tolist()
        told = f"expected {width}x{height} px with {channels} channel(s), as {share:.1%} have"
    else:
        odd = sizes[:, :2].min(1, initial=1 << 40) < SMALLEST
        told = (
            f"shapes are mixed (the most common has {share:.1%}): expected sides from {SMALLEST} px"
        )
    rows = np.flatnonzero(odd & readable)
    return found(rows, values=sizes[rows, :2].min(1, initial=1 << 40).astype(np.float64)), told

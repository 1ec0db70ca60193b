"""What is lost on the way: noise, compression, pixels that are too few."""

import cv2
import numpy as np

from mien.preprocess import Pixels
from mien.transforms.corruptions.measure import grain, rounded, side_of


def noise(picture: Pixels, deviation: float, rng: np.random.Generator) -> Pixels:
    """Add Gaussian noise, each channel apart; ``deviation`` is a share of the full range."""
    return rounded(picture + 255 * deviation * grain(picture, rng))


def jpeg(picture: Pixels, quality: float, _rng: np.random.Generator) -> Pixels:
    """Compress as JPEG and open again; its blocks are 8 pixels of the stored picture."""
    turned = np.ascontiguousarray(picture[..., ::-1]) if picture.ndim == 3 else picture
    _, encoded = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
    way = cv2.IMREAD_COLOR if picture.ndim == 3 else cv2.IMREAD_GRAYSCALE
    decoded = np.asarray(cv2.imdecode(encoded, way), np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1]) if picture.ndim == 3 else decoded


def low_resolution(picture: Pixels, pixels: float, _rng: np.random.Generator) -> Pixels:
    """Take a face that is so many ``pixels`` wide, enlarged again; a smaller one stays as it is."""
    scale = pixels / side_of(picture)
    if scale >= 1:
        return picture.copy()
    height, width = picture.shape[:2]
    few = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, few, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)

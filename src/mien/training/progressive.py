"""Progressive input size: small pictures first, which costs less (Tan & Le 2021)."""

from collections.abc import Sequence

from torch import Tensor
from torch.nn.functional import interpolate


def size_at(epoch: int, epochs: int, sizes: Sequence[int], size: int) -> int:
    """Return the side of the input in px in an epoch.

    Progressive learning of EfficientNetV2 (Tan & Le 2021, arXiv:2104.00298). Deviation: the
    strength of the regularisation does not grow with the size.

    Args:
        epoch: counted from 0.
        epochs: of the whole run.
        sizes: each for an equal part of the epochs; where they do not divide, the later parts
            are longer, so the last epoch always has the last size. Empty: always ``size``.
        size: side without ``sizes``.
    """
    if not sizes:
        return size
    return sizes[-(-(epoch + 1) * len(sizes) // epochs) - 1]


def resized(faces: Tensor, size: int) -> Tensor:
    """Return ``float [B, C, S, S]`` faces as ``[B, C, size, size]``, in the same range.

    Bilinear, smoothed before it shrinks; faces of that size already are returned as they are.
    """
    if faces.shape[-1] == size:
        return faces
    return interpolate(faces, (size, size), mode="bilinear", antialias=True)

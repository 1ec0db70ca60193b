"""Random changes to a batch of training pictures, each picture drawn apart.

``draw`` makes the random numbers, ``apply`` uses them: the same draw always gives the same
pictures, and can be shown, stored or repeated. All geometry is one bilinear resampling, so a
picture is blurred once however many changes it gets; what comes from outside is the reflected
picture.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.config import Augment

_BLUR_SIDE = 7


@dataclass(frozen=True)
class Draw:
    """Random numbers for B pictures.

    Attributes:
        matrix: ``[B, 2, 3]`` output → input coordinates, both -1–1 across the picture.
        brightness, contrast: ``[B]`` factors, 1 is no change.
        sigma: ``[B]`` blur in pixels, 0 is none.
        patch: ``[B, 4]`` left, top, right, bottom as shares of the side; empty is none.
        patch_value: ``[B]`` grey value 0–1 of the patch.
    """

    matrix: Tensor
    brightness: Tensor
    contrast: Tensor
    sigma: Tensor
    patch: Tensor
    patch_value: Tensor


def draw(count: int, settings: Augment, generator: torch.Generator) -> Draw:
    """Draw the changes for ``count`` pictures."""

    def uniform(half_width: float) -> Tensor:
        return (torch.rand(count, generator=generator) * 2 - 1) * half_width

    def chosen(share: float) -> Tensor:
        return torch.rand(count, generator=generator) < share

    flip = torch.where(chosen(settings.flip), -1.0, 1.0)
    matrix = _matrix(
        angle=uniform(math.radians(settings.rotate)),
        zoom=1 + uniform(settings.zoom),
        shear=uniform(settings.shear),
        shift=torch.stack([uniform(2 * settings.shift), uniform(2 * settings.shift)], 1),
        flip=flip,
    )
    sigma = torch.rand(count, generator=generator) * settings.blur_sigma
    return Draw(
        matrix=matrix,
        brightness=1 + uniform(settings.brightness),
        contrast=1 + uniform(settings.contrast),
        sigma=sigma * chosen(settings.blur),
        patch=_patches(count, settings.patch_area, generator) * chosen(settings.patch)[:, None],
        patch_value=torch.rand(count, generator=generator),
    )


def apply(pictures: Tensor, drawn: Draw) -> Tensor:
    """Return changed pictures.

    Args:
        pictures: ``float32 [B, C, H, W]``, values 0–1.
        drawn: random numbers for B pictures.

    Returns:
        ``float32 [B, C, H, W]``, values 0–1.
    """
    changed = _warp(pictures, drawn.matrix)
    changed = _blur(changed, drawn.sigma)
    changed = _light(changed, drawn.brightness, drawn.contrast)
    return _cover(changed, drawn.patch, drawn.patch_value)


def _matrix(angle: Tensor, zoom: Tensor, shear: Tensor, shift: Tensor, flip: Tensor) -> Tensor:
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    rows = [
        torch.stack([cos * flip, shear * cos - sin, shift[:, 0]], 1),
        torch.stack([sin * flip, shear * sin + cos, shift[:, 1]], 1),
    ]
    return torch.stack(rows, 1)


def _patches(count: int, most: float, generator: torch.Generator) -> Tensor:
    """Boxes of a tenth of ``most`` to ``most`` in area, sides 1:2 to 2:1, inside the picture."""
    area = most * (0.1 + 0.9 * torch.rand(count, generator=generator))
    ratio = 2 ** (torch.rand(count, generator=generator) * 2 - 1)
    size = torch.stack([(area * ratio).sqrt(), (area / ratio).sqrt()], 1).clamp(max=1)
    corner = torch.rand(count, 2, generator=generator) * (1 - size)
    return torch.cat([corner, corner + size], 1)


def _warp(pictures: Tensor, matrix: Tensor) -> Tensor:
    grid = F.affine_grid(matrix.to(pictures), list(pictures.shape), align_corners=False)
    return F.grid_sample(
        pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )


def _light(pictures: Tensor, brightness: Tensor, contrast: Tensor) -> Tensor:
    brightness, contrast = (f.to(pictures)[:, None, None, None] for f in (brightness, contrast))
    mean = pictures.mean((1, 2, 3), keepdim=True)
    return (((pictures - mean) * contrast + mean) * brightness).clamp(0, 1)


def _blur(pictures: Tensor, sigma: Tensor) -> Tensor:
    """Gaussian blur, only of the pictures that drew one."""
    rows = sigma.nonzero().flatten()
    if not len(rows):
        return pictures
    offsets = torch.arange(_BLUR_SIDE, dtype=torch.float32) - _BLUR_SIDE // 2
    weights = torch.exp(-0.5 * (offsets / sigma[rows, None].clamp(min=0.05)) ** 2)
    weights = (weights / weights.sum(1, keepdim=True)).to(pictures)
    blurred = pictures.clone()
    blurred[rows.to(pictures.device)] = _separable(pictures[rows.to(pictures.device)], weights)
    return blurred


def _separable(pictures: Tensor, weights: Tensor) -> Tensor:
    """Convolve each of B pictures with its own row of ``weights [B, K]``, both ways."""
    count, channels, height, width = pictures.shape
    side = weights.shape[1]
    kernels = weights.repeat_interleave(channels, 0)[:, None, None, :]
    flat = pictures.reshape(1, count * channels, height, width)
    padded = F.pad(flat, [side // 2] * 4, mode="reflect")
    rows = F.conv2d(padded, kernels, groups=count * channels)
    both = F.conv2d(rows, kernels.transpose(2, 3), groups=count * channels)
    return both.reshape(count, channels, height, width)


def _cover(pictures: Tensor, patch: Tensor, value: Tensor) -> Tensor:
    height, width = pictures.shape[2:]
    left, top, right, bottom = patch.to(pictures).T[:, :, None]
    x = (torch.arange(width, device=pictures.device) + 0.5) / width
    y = (torch.arange(height, device=pictures.device) + 0.5) / height
    columns, rows = (x >= left) & (x < right), (y >= top) & (y < bottom)
    inside = rows[:, None, :, None] & columns[:, None, None, :]
    return torch.where(inside, value.to(pictures)[:, None, None, None], pictures)

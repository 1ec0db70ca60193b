"""torchvision's classification nets: their names, weights and smallest inputs."""

from functools import cache
from importlib.util import find_spec
from typing import Any

from mien.errors import MissingExtraError
from mien.models.torchvision_operators import declare

FIXED = ("vit_", "maxvit_")
"""Families whose position codes or grids belong to one size of the input."""

ANY = ("swin_",)
"""Families that pad every map to whole windows; what torchvision notes is their training size."""


def zoo() -> Any:
    """Return ``torchvision.models``.

    Raises:
        MissingExtraError: torchvision is not installed.
    """
    if find_spec("torchvision") is None:
        raise MissingExtraError("a net of torchvision", "train")
    declare()
    import torchvision.models  # noqa: PLC0415

    return torchvision.models


@cache
def names() -> tuple[str, ...]:
    """Return the classification nets by name, sorted.

    Raises:
        MissingExtraError: torchvision is not installed.
    """
    models = zoo()
    return tuple(sorted(models.list_models(module=models)))


def address(name: str) -> str:
    """Return the URL of a net's ImageNet weights; the file's name ends in ``-<sha256[:8]>.pth``."""
    return str(zoo().get_model_weights(name).DEFAULT.url)


def smallest(name: str) -> int:
    """Return the smallest side in pixels that a net takes; of ``FIXED`` families the only one."""
    if name.startswith(ANY):
        return 1
    return int(max(zoo().get_model_weights(name).DEFAULT.meta["min_size"]))

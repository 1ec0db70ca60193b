"""What a command asks of the installation."""

from mien.errors import MissingExtraError

TORCH = ("torch", "lightning", "safetensors")


def require(command: str, *modules: str, extra: str = "train") -> None:
    """Refuse a command, before any work, where one of its libraries is not installed.

    Args:
        command: as it is called.
        modules: what it needs.
        extra: of mien, that brings them.

    Raises:
        MissingExtraError: one is not installed.
    """
    from importlib.util import find_spec

    if any(find_spec(name) is None for name in modules):
        raise MissingExtraError(command, extra)


def require_torch(command: str) -> None:
    """Refuse a command where networks cannot be trained, and make torchvision whole.

    Raises:
        MissingExtraError: torch or Lightning is not installed.
    """
    require(command, *TORCH)
    from mien.models.torchvision_operators import declare

    declare()

"""What a command asks of the installation."""

from mien.errors import MissingExtraError


def require(command: str, module: str = "matplotlib", extra: str = "train") -> None:
    """Refuse a command, before any work, where one of its libraries is not installed.

    Args:
        command: as it is called.
        module: what it needs.
        extra: of mien, that brings it.

    Raises:
        MissingExtraError: it is not installed.
    """
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise MissingExtraError(command, extra)

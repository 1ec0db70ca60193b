"""What a command asks of the installation."""

import importlib.util
from typing import Any

import pytest

from mien.cli.extras import require
from mien.errors import MissingExtraError


def test_what_is_installed_is_not_asked_for() -> None:
    require("mien groups", "numpy")


def test_a_library_that_is_missing_is_named_by_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def hidden(name: str, *words: Any) -> Any:
        return None if name == "matplotlib" else real(name, *words)

    monkeypatch.setattr(importlib.util, "find_spec", hidden)
    with pytest.raises(MissingExtraError, match=r'mien groups.*"\.\[train\]"'):
        require("mien groups", "numpy", "matplotlib")
    with pytest.raises(MissingExtraError, match=r'"\.\[clean\]"'):
        require("mien errors", "matplotlib", extra="clean")

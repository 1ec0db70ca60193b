"""Fixtures for the tests of the datasets."""

import os
from pathlib import Path

import pytest
from made_sources import Row, rows_of


@pytest.fixture
def three_splits() -> list[Row]:
    return rows_of(["Training"] * 20 + ["PublicTest"] * 5 + ["PrivateTest"] * 5)


@pytest.fixture(scope="session")
def real() -> Path:
    """The real FER-2013, as hub Parquet."""
    folder = os.environ.get("MIEN_DATA")
    if not folder or not (Path(folder) / "fer2013").is_dir():
        pytest.skip("MIEN_DATA names no folder with fer2013/ in it")
    return Path(folder) / "fer2013"

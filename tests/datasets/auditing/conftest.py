"""Fixtures for the tests of the findings."""

from pathlib import Path

import pytest
from made_findings import made_set, one_of_each

from mien.datasets.auditing.findings import Findings, find
from mien.datasets.prepared import PreparedSet


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> PreparedSet:
    return made_set(tmp_path_factory.mktemp("sets") / "made", one_of_each())


@pytest.fixture(scope="package")
def findings(made: PreparedSet) -> Findings:
    return find(made)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "audit"

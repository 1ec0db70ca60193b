"""One run with every artefact, for tests that only read it."""

from pathlib import Path

import pytest
from made_accounts import story_of, told_run

from mien.report.account.story import Story


@pytest.fixture(scope="package")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return told_run(tmp_path_factory.mktemp("account") / "lenet")


@pytest.fixture
def story(whole_run: Path) -> Story:
    return story_of(whole_run)

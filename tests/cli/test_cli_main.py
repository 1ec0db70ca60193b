"""How what goes wrong becomes one line and an exit code."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mien.cli.main import app

FULL = OSError(28, "No space left on device", "a.csv")


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "mien: interrupted; nothing half-written was kept\n"),
        (KeyboardInterrupt("go on"), 130, "mien: interrupted; go on\n"),
        (
            FULL,
            1,
            "mien: a.csv: the disk is full; free some space and run the same command again\n",
        ),
        (PermissionError(13, "Permission denied", "x"), 1, "mien: x: permission denied\n"),
    ],
)
def test_what_is_raised_becomes_one_line_and_a_code(
    raised: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(paths: list[Path]) -> None:
        raise raised

    monkeypatch.setattr("mien.inference.sources.find_pictures", fails)
    result = CliRunner().invoke(app, ["predict", "a.jpg"])
    assert (result.exit_code, result.stderr) == (code, said)

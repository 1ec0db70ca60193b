"""The time that is left, as lines where there is no terminal."""

import pytest

from mien.cli import time_left
from mien.cli.time_left import Clock


def test_the_time_left_follows_from_the_speed_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 220.0, 340.0])
    monkeypatch.setattr(time_left, "monotonic", lambda: next(now))
    clock = Clock()
    assert clock.line("noise", 0, 4000) == "noise: 4,000 faces to answer"
    assert clock.line("noise", 500, 4000) == ""
    assert clock.line("jpeg", 1000, 4000) == "jpeg: 1,000 of 4,000 faces, about 6 min left"
    assert clock.line("jpeg", 2000, 4000) == ""
    assert clock.line("shift", 2000, 4000) == "shift: 2,000 of 4,000 faces, about 4 min left"


def test_without_a_terminal_each_new_thing_is_a_line_on_the_error_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with time_left.time_left() as show:
        for done in (0, 50, 100):
            show("noise", done, 200)
        show("jpeg", 100, 200)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "noise: 200 faces to answer",
        "jpeg: 100 of 200 faces, less than a minute left",
    ]


def test_steps_say_a_line_for_each_new_thing_and_pass_everything_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    passed: list[tuple[str, int, int | None]] = []
    told = time_left.steps(lambda *given: passed.append(given))
    told("a on b", 0, 4)
    told("coding", 0, 3_000)
    told("coding", 1_000, 3_000)
    told("looking up", 0, None)
    told("a on c", 1, 4)
    assert len(passed) == 5
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "a on b: 0 of 4 done",
        "coding: 0 of 3,000 done",
        "looking up",
        "a on c: 1 of 4 done",
    ]

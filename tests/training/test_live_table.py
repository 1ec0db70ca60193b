"""The live table: what it shows, what it costs, and that the terminal is whole afterwards."""

import io
import re
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from rich.console import Console  # noqa: E402
from small_experiment import SMALL  # noqa: E402

from mien.config import Experiment  # noqa: E402
from mien.errors import TrainingError  # noqa: E402
from mien.training import callbacks, machines  # noqa: E402
from mien.training import fit as fitting  # noqa: E402
from mien.training.module import Lesson  # noqa: E402
from mien.training.watching import table, view  # noqa: E402
from mien.training.watching.pace import Pace, clock, costs  # noqa: E402
from mien.training.watching.view import Progress, View, epochs_table, progress_line  # noqa: E402

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
AT = Progress(3, 10, 50, 200, "training", 381.4, 3725, 5000, at_most=False)


def _rows(count: int) -> list[dict[str, float]]:
    return [
        {
            "epoch": n + 1,
            "train_loss": 2 - n / 10,
            "val_loss": 2.1 - n / 10,
            "val_accuracy": n / 100,
            "val_macro_f1": n / 200,
            "lr": 0.01,
            "seconds": 60 * (n + 1),
        }
        for n in range(count)
    ]


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


def _printed(thing: Any, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=True)
    console.print(thing)
    return _plain(console.file.getvalue())  # type: ignore[attr-defined]


def test_the_time_left_by_hand() -> None:
    pace = Pace([1, 1, 1], steps=10, guess=5)
    for _ in range(10):
        pace.step(0, 2.0)
    assert pace.left(0, 10) == 2 * 10 * 2 + 3 * 5 * 2  # two epochs, three guessed validations
    pace.pause(4.0)
    pace.step(1, 5.0)
    assert pace.left(1, 1) == pytest.approx((9 + 10) * 25 / 11 + 2 * 4)


def test_a_validation_under_way_counts_down_to_nothing() -> None:
    pace = Pace([1, 1], steps=10, guess=1)
    pace.step(0, 1.0)
    pace.pause(4.0)
    assert pace.left(1, 10, resting=1) == 3
    assert pace.left(1, 10, resting=9) == 0
    assert pace.left(0, 10, resting=9) == 10 + 4  # the next epoch and its own


def test_nothing_is_known_before_the_first_step() -> None:
    assert Pace([1], 10, 1).left(0, 0) is None


def test_larger_inputs_are_expected_to_take_longer() -> None:
    pace = Pace(costs([24, 48]), steps=10, guess=0)
    for _ in range(10):
        pace.step(0, 1.0)
    assert pace.left(0, 10) == pytest.approx(10 * 4)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0:00"), (59.6, "1:00"), (3599, "59:59"), (3725, "1:02:05")]
)
def test_times_are_written_as_on_a_clock(seconds: float, said: str) -> None:
    assert clock(seconds) == said


def test_rows_hold_the_epochs_and_the_seconds_of_each() -> None:
    text = _printed(epochs_table(_rows(3), best=2, most=10)).splitlines()
    head = "epoch train loss val loss val accuracy macro-F1 lr seconds"
    assert " ".join(text[1].split()) == head
    assert [" ".join(line.split()) for line in text[3:6]] == [
        "1 2.0000 2.1000 0.0000 0.0000 0.01 60",
        "* 2 1.9000 2.0000 0.0100 0.0050 0.01 60",
        "3 1.8000 1.9000 0.0200 0.0100 0.01 60",
    ]


@pytest.mark.parametrize(("best", "shown"), [(0, [8, 9, 10]), (9, [8, 9, 10]), (2, [2, 9, 10])])
def test_the_last_epochs_and_the_best_are_shown(best: int, shown: list[int]) -> None:
    text = _printed(epochs_table(_rows(10), best, most=3))
    found = re.findall(r"^ +(?:\* )?(\d+) ", text, re.MULTILINE)
    assert [int(number) for number in found] == shown
    assert len(re.findall(r"\* \d", text)) == (best > 0)


def test_a_missing_value_is_an_empty_cell() -> None:
    row = {"epoch": 1, "train_loss": float("nan"), "lr": 0.5, "seconds": 3}
    assert _printed(epochs_table([row], 0, 5)).splitlines()[3].split() == ["1", "0.5", "3"]


def test_the_line_says_where_the_run_is() -> None:
    said = progress_line(AT).plain
    assert said.endswith("epoch 3/10, step 50/200, 381 images/s, 1:02:05 elapsed, 1:23:20 left")
    assert said.count("━") == int(20 * 2.25 / 10)


def test_early_stopping_may_end_it_sooner() -> None:
    at_most = Progress(**{**AT.__dict__, "at_most": True})
    assert progress_line(at_most).plain.endswith("at most 1:23:20 left")
    unknown = Progress(**{**at_most.__dict__, "left": None})
    assert progress_line(unknown).plain.endswith("elapsed")


def test_a_terminal_of_ascii_alone_can_show_the_line() -> None:
    progress_line(AT, ascii_only=True).plain.encode("ascii")


def test_a_narrow_terminal_cuts_the_line_off() -> None:
    there = View()
    there.line = progress_line(AT)
    assert len(_printed(there, width=40).splitlines()) == 1


def test_the_table_is_drawn_anew_only_where_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def counted(rows: list[dict[str, float]], *rest: int) -> Any:
        drawn.append(len(rows))
        return epochs_table(rows, *rest)

    monkeypatch.setattr(view, "epochs_table", counted)
    there = View()
    for rows in (_rows(2), _rows(2), _rows(3)):
        there.show(rows, 1, 30)
        assert f" {len(rows)} " in _printed(there)
    assert drawn == [2, 3]


def test_a_low_terminal_shows_fewer_epochs() -> None:
    there = View()
    there.show(_rows(30), 0, height=12)
    assert len(_printed(there).splitlines()) <= 12


def _fit(drawn: Path, out: Path, **changes: Any) -> None:
    values = {**SMALL, "data": {"path": str(drawn), "heads": ["ferplus"]}, **changes}
    values["train"] = {**SMALL["train"], "histograms": False, **changes.get("train", {})}
    fitting.fit(Experiment.from_dict(values), out, say=print, bar=True)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(table, "EVERY", 0)
    monkeypatch.setattr(table, "THRIFT", 0)


@pytest.mark.usefixtures("terminal")
def test_a_run_is_shown_until_its_end(
    drawn_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _fit(drawn_set, tmp_path / "run", train={"stop_after": 5})
    shown = capsys.readouterr()
    assert "epoch 2/2: train_loss" in shown.out  # a file here: lines stay out of the table
    assert "epoch 2/2: train_loss" not in shown.err
    text = _plain(shown.err)
    assert re.search(r"epoch 1/2, step 1/6, .* images/s, 0:\d\d elapsed, at most .* left", text)
    assert "epoch 1/2, validating" in text
    last = text[text.rindex("train loss") :]
    rows = (tmp_path / "run" / "metrics.csv").read_text().splitlines()
    loss = rows[2].split(",")[rows[0].split(",").index("val_loss")]
    assert f"{float(loss):.4f}" in last
    assert "epoch 2/2, finished" in last
    assert "left" not in last[last.index("finished") :]
    assert shown.err.rindex(SHOW) > shown.err.rindex(HIDE)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("error", [TrainingError("no number"), KeyboardInterrupt()])
def test_the_cursor_comes_back_when_a_run_is_cut_off(
    drawn_set: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
) -> None:
    step = Lesson.training_step

    def fails(lesson: Lesson, batch: Any, number: int) -> Any:
        if (lesson.current_epoch, number) == (1, 2):
            raise error
        return step(lesson, batch, number)

    monkeypatch.setattr(Lesson, "training_step", fails)
    out, err = sys.stdout, sys.stderr
    with pytest.raises(type(error)):
        _fit(drawn_set, tmp_path / "run")
    assert (sys.stdout, sys.stderr) == (out, err)
    shown = capsys.readouterr().err
    assert "epoch 2/2, stopped" in _plain(shown)
    assert shown.rindex(SHOW) > shown.rindex(HIDE)


@pytest.mark.usefixtures("terminal")
def test_a_resumed_run_shows_the_epochs_before_it(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    step, failed = Lesson.training_step, []

    def fails_once(lesson: Lesson, batch: Any, number: int) -> Any:
        if lesson.current_epoch == 1 and not failed:
            failed.append(number)
            raise TrainingError("once")
        return step(lesson, batch, number)

    monkeypatch.setattr(Lesson, "training_step", fails_once)
    with pytest.raises(TrainingError):
        _fit(drawn_set, tmp_path / "run")
    capsys.readouterr()
    fitting.resume(tmp_path / "run", say=lambda line: None, bar=True)
    text = _plain(capsys.readouterr().err)
    first = text[: text.index("epoch 2/2, step 1/6")]
    assert re.search(r"^ +(\* )?1 ", first, re.MULTILINE)
    assert "left" in text[text.index("epoch 2/2, step 1/6") :].splitlines()[0]


def test_without_a_terminal_nothing_is_shown(
    drawn_set: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    _fit(drawn_set, tmp_path / "run", train={"epochs": 1})
    shown = capsys.readouterr()
    assert ("val accuracy" in shown.out, shown.err) == (False, "")


class Gone(io.StringIO):
    """A terminal whose window is closed after some writing."""

    def write(self, text: str) -> int:
        if self.tell() > 500:
            raise OSError(5, "Input/output error")
        return super().write(text)


@pytest.mark.usefixtures("terminal")
def test_a_terminal_that_is_gone_ends_the_table_and_not_the_run(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[table.LiveTable] = []

    def broken() -> table.LiveTable:
        made.append(table.LiveTable())
        made[0].console = Console(file=Gone(), force_terminal=True)
        return made[0]

    monkeypatch.setattr(machines, "LiveTable", broken)
    streams = sys.stdout, sys.stderr
    _fit(drawn_set, tmp_path / "run")
    assert made[0].live is None
    assert fitting.RunFolder.open(tmp_path / "run").read_state()["status"] == "finished"
    assert (sys.stdout, sys.stderr) == streams


def _table(rows: int) -> tuple[table.LiveTable, Any]:
    there = table.LiveTable()
    there.console = Console(file=io.StringIO(), force_terminal=True, width=120, height=40)
    settings = SimpleNamespace(epochs=50, sizes=(), flip_average=False, batch_size=8, stop_after=0)
    experiment = SimpleNamespace(train=settings, preprocess=SimpleNamespace(size=48))
    lesson = Lesson.__new__(Lesson)
    torch.nn.Module.__init__(lesson)
    lesson.experiment = experiment  # type: ignore[assignment]
    record = callbacks.Record.__new__(callbacks.Record)
    record.rows, record.best_epoch = _rows(rows), 3
    loader = SimpleNamespace(dataset=range(100))
    trainer: Any = SimpleNamespace(
        is_global_zero=True, num_training_batches=1000, val_dataloaders=loader, world_size=1,
        current_epoch=rows, lightning_module=lesson, callbacks=[record],
    )  # fmt: skip
    there.on_train_start(trainer, lesson)
    there.on_train_epoch_start(trainer, lesson)
    return there, trainer


def test_the_time_elapsed_is_that_of_the_whole_run() -> None:
    there, trainer = _table(20)  # of 60 s each, before this process began
    assert 1200 <= there._progress(trainer, "training").elapsed < 1260
    there.on_train_end(trainer, trainer.lightning_module)


def test_it_draws_four_times_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    there, trainer = _table(20)
    drawn: list[float] = []
    now = [1000.0]
    monkeypatch.setattr(table.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(table.time, "perf_counter", lambda: 0.0)
    monkeypatch.setattr(there.live, "refresh", lambda: drawn.append(now[0]))
    for _ in range(100):
        now[0] += 0.01
        there.on_train_batch_end(trainer, trainer.lightning_module, None, {"faces": range(8)}, 0)
    assert 3 <= len(drawn) <= 5
    there.on_train_end(trainer, trainer.lightning_module)


def test_a_slow_terminal_is_drawn_on_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drawing takes 10 ms here, so there are 6 s at least between two: below 0.2 %."""
    there, trainer = _table(20)
    drawn: list[float] = []
    now = [1000.0]

    def slow() -> None:
        now[0] += 0.01
        drawn.append(now[0])

    for clock_name in ("monotonic", "perf_counter"):
        monkeypatch.setattr(table.time, clock_name, lambda: now[0])
    monkeypatch.setattr(there.live, "refresh", slow)
    for _ in range(300):
        now[0] += 0.1
        there.on_train_batch_end(trainer, trainer.lightning_module, None, {"faces": range(8)}, 0)
    assert 4 <= len(drawn) <= 6
    there.on_train_end(trainer, trainer.lightning_module)


def test_a_step_that_draws_nothing_costs_microseconds() -> None:
    there, trainer = _table(20)
    there._next = time.monotonic() + 3600
    batch = {"faces": range(8)}
    began = time.process_time()
    for _ in range(2000):
        there.on_train_batch_end(trainer, trainer.lightning_module, None, batch, 0)
    assert (time.process_time() - began) / 2000 < 2e-5
    there.on_train_end(trainer, trainer.lightning_module)

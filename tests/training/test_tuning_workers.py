"""Several processes at one study: all trials once, no orphan, a death is told."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import tuning_workers_stand_in as stand_ins
from tuning_stand_in import experiment

from mien.config import Experiment
from mien.errors import TrainingError
from mien.training.tuning import ledger, signals, workers
from mien.training.tuning.plan import plan
from mien.training.tuning.study import tune

HERE = Path(__file__).parent


def _until(done: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def _gone(process: int) -> bool:
    return ledger._began(process) == ""


def _began(out: Path) -> list[int]:
    return [int(path.stem) for path in out.glob("*.began")]


def test_two_workers_do_all_trials_of_a_study_once(drawn_set: Path, tmp_path: Path) -> None:
    small = experiment(drawn_set, {"optimizer.lr": {"low": 0.001, "high": 0.01}})
    given = plan(small.changed({"train.epochs": 1, "train.show_faces": 0}), tmp_path / "s")
    found = tune(given, count=2, say=lambda line: None)
    assert [trial["state"] for trial in found["trials"]] == ["finished"] * 4
    assert [trial["number"] for trial in found["trials"]] == [0, 1, 2, 3]
    assert len({trial["params"]["optimizer.lr"] for trial in found["trials"]}) == 4
    assert (given.out / "trials" / "0003" / "best.safetensors").is_file()
    assert Experiment.load(given.out / "best.yaml").machine == small.machine


def test_a_worker_that_is_killed_is_told_and_the_other_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_work", stand_ins.dies)
    said: list[str] = []
    deaths: list[int] = []
    workers.run(stand_ins.planned(tmp_path), 2, said.append, lambda: deaths.append(1))
    assert len(said) == len(deaths) == 1
    assert said[0].endswith("stopped: killed by SIGKILL; 1 go on")


def test_where_all_workers_stop_early_the_last_reason_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_work", stand_ins.says_why)
    with pytest.raises(TrainingError, match="the disk is full"):
        workers.run(stand_ins.planned(tmp_path), 2, lambda line: None, lambda: None)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_all_workers_in_order(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_work", stand_ins.waits)

    def interrupt() -> None:
        try:
            _until(lambda: len(_began(tmp_path)) == 2)
        finally:  # on a busy machine too the test ends
            os.kill(os.getpid(), number)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        workers.run(stand_ins.planned(tmp_path), 2, lambda line: None, lambda: None)
    assert all(_gone(process) for process in _began(tmp_path))
    assert len(list(tmp_path.glob("*.interrupted"))) == 2


def test_a_worker_that_does_not_listen_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_work", stand_ins.deaf)
    monkeypatch.setattr(workers, "PATIENCE", 0.2)
    with signals.as_child(0, 1):  # it holds interrupts back, and this worker leaves it so
        worker = workers.Worker(stand_ins.planned(tmp_path), 1)
    _until(lambda: len(_began(tmp_path)) == 1)
    workers._end([worker])
    assert worker.process.exitcode == -signal.SIGKILL


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = [sys.executable, str(HERE / "tuning_workers_stand_in.py"), str(tmp_path)]
    parent = subprocess.Popen(script)
    _until(lambda: len(_began(tmp_path)) == 2)
    parent.kill()
    parent.wait()
    _until(lambda: all(_gone(process) for process in _began(tmp_path)))
    assert len(list(tmp_path.glob("*.interrupted"))) == 2


def test_workers_share_the_cores_unless_the_user_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(8)), raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert [signals.threads(count) for count in (1, 2, 3, 16)] == [8, 4, 2, 1]
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert signals.threads(4) == 0


@pytest.mark.parametrize(
    ("listed", "gpus", "seen"),
    [("", 0, []), ("", 1, []), ("", 2, ["0", "1", "0"]), ("4,6", 2, ["4", "6", "4"]), ("5", 1, [])],
)
def test_each_worker_sees_one_of_several_gpus(listed: str, gpus: int, seen: list[str]) -> None:
    name = "CUDA_VISIBLE_DEVICES"
    found = [signals.visible(number, {name: listed}, gpus) for number in range(3)]
    assert [own[name] for own in found if own] == seen

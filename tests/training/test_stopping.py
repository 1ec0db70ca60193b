"""Several processes end together."""

import os
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from lightning.pytorch.utilities.exceptions import SIGTERMException  # noqa: E402
from small_experiment import SMALL  # noqa: E402

from mien.config import Experiment  # noqa: E402
from mien.errors import TrainingError  # noqa: E402
from mien.models.registry import build  # noqa: E402
from mien.training.module import Lesson, _exact  # noqa: E402
from mien.training.stopping import Termination, end_children  # noqa: E402


class Lone(Lesson):
    current_epoch = 0
    trainer: Any = None


def _lesson(world: int, others: tuple[int, int] = (0, 0)) -> Lone:
    """Return a lesson whose other processes have broken losses, and are to end, so often."""

    def reduce(told: "torch.Tensor", reduce_op: str) -> "torch.Tensor":
        assert reduce_op == "sum"
        return told + torch.tensor(others)

    experiment = Experiment.from_dict(SMALL)
    lesson = Lone(build(experiment), experiment, {"ferplus": False}, {})
    lesson.trainer = SimpleNamespace(world_size=world, strategy=SimpleNamespace(reduce=reduce))
    return lesson


@pytest.fixture
def handler() -> Any:
    before = signal.getsignal(signal.SIGTERM)
    yield before
    signal.signal(signal.SIGTERM, before)


def test_a_process_that_is_asked_to_end_waits_for_the_next_step(handler: Any) -> None:
    lesson = _lesson(2)
    Termination().on_train_start(lesson.trainer, lesson)
    os.kill(os.getpid(), signal.SIGTERM)
    assert lesson.stop
    with pytest.raises(SIGTERMException):
        lesson._require_number(torch.tensor(1.0), 0)


def test_one_process_leaves_the_signal_to_lightning(handler: Any) -> None:
    lesson = _lesson(1)
    Termination().on_train_start(lesson.trainer, lesson)
    assert signal.getsignal(signal.SIGTERM) == handler
    lesson._require_number(torch.tensor(1.0), 0)


def test_beside_the_main_thread_no_handler_is_set(handler: Any) -> None:
    lesson = _lesson(2)
    arguments = (lesson.trainer, lesson)
    thread = threading.Thread(target=Termination().on_train_start, args=arguments)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGTERM) == handler


def test_what_another_process_says_ends_this_one_too() -> None:
    sound = torch.tensor(1.0)
    _lesson(3)._require_number(sound, 0)
    with pytest.raises(SIGTERMException):
        _lesson(3, (0, 1))._require_number(sound, 0)
    with pytest.raises(TrainingError, match="in epoch 1, batch 5;"):
        _lesson(3, (2, 1))._require_number(sound, 4)


def test_children_end_when_the_first_process_fails() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    listed = [child]
    launcher: Any = SimpleNamespace(procs=listed)
    end_children(SimpleNamespace(strategy=SimpleNamespace(launcher=launcher)))  # type: ignore[arg-type]
    assert child.returncode == -signal.SIGKILL
    assert not listed  # Lightning's observer looks at the same list
    end_children(SimpleNamespace(strategy=SimpleNamespace(launcher=None)))  # type: ignore[arg-type]


def test_apple_gpus_sum_in_float32() -> None:
    assert _exact(torch.device("mps")) == torch.float32
    assert _exact(torch.device("cuda")) == _exact(torch.device("cpu")) == torch.float64

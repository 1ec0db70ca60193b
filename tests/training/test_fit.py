import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from safetensors.torch import load_file  # noqa: E402
from small_experiment import SMALL  # noqa: E402

from mien.config import Experiment  # noqa: E402
from mien.datasets.prepared import PreparedSet  # noqa: E402
from mien.errors import ConfigError, RunError, TrainingError  # noqa: E402
from mien.runs import sha256  # noqa: E402
from mien.training import fit as fitting  # noqa: E402
from mien.training.data import splits  # noqa: E402


def _experiment(drawn: Path, **changes: object) -> Experiment:
    values = {**SMALL, "data": {"path": str(drawn), "heads": ["ferplus"]}}
    for key, value in changes.items():
        section = {**values.get(key, {}), **value} if isinstance(value, dict) else value
        values[key] = section
    return Experiment.from_dict(values)


def _fit(experiment: Experiment, root: Path) -> dict[str, "torch.Tensor"]:
    fitting.fit(experiment, root, say=lambda line: None)
    return load_file(root / "best.safetensors")


def _rows(root: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((root / "metrics.csv").read_text().splitlines()))


def _same(a: dict[str, "torch.Tensor"], b: dict[str, "torch.Tensor"]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def test_the_run_folder_says_what_was_done(small_run: Path, drawn_set: Path) -> None:
    resolved = yaml.safe_load((small_run / "config.yaml").read_text())
    assert resolved["optimizer"] == {
        "name": "adamw", "lr": 0.003, "backbone_lr": None, "momentum": 0.9, "weight_decay": 0,
        "sam": 0, "clip": 0,
    }  # fmt: skip
    data = json.loads((small_run / "data.json").read_text())
    prepared = PreparedSet.open(drawn_set)
    assert data["sha256"] == prepared.sha256
    assert data["rows"] == {"train": 192, "val": 24}
    environment = json.loads((small_run / "environment.json").read_text())
    assert environment["packages"]["torch"] == torch.__version__
    assert environment["seed"] == 0
    rows = _rows(small_run)
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert {"train_loss", "val_loss", "val_accuracy", "val_accuracy_ferplus", "lr"} <= rows[
        0
    ].keys()
    state = json.loads((small_run / "state.json").read_text())
    assert (state["status"], state["epochs"]) == ("finished", 2)
    assert list((small_run / "tensorboard").glob("events.*"))
    assert (small_run / "checkpoints" / "last.ckpt").is_file()


def test_the_same_seed_gives_the_same_weights(drawn_set: Path, tmp_path: Path) -> None:
    first = _fit(_experiment(drawn_set), tmp_path / "a")
    assert _same(first, _fit(_experiment(drawn_set), tmp_path / "b"))
    assert not _same(first, _fit(_experiment(drawn_set, seed=1), tmp_path / "c"))


KILLED = """
import os, signal, sys
from pathlib import Path
from mien.models.torchvision_operators import declare
declare()
from mien.config import Experiment
from mien.training import fit, module
step = module.Lesson.training_step
def dies(self, batch, number):
    if (self.current_epoch, number) == (2, 3):
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, batch, number)
module.Lesson.training_step = dies
fit.fit(Experiment.load(Path(sys.argv[1])), Path(sys.argv[2]))
"""


EVERYTHING: dict[str, object] = {
    "train": {"epochs": 4, "sampler": "weighted", "sizes": [16, 24], "stop_after": 4},
    "optimizer": {"name": "sgd", "lr": 0.05, "sam": 0.05, "clip": 1, "backbone_lr": 0.03},
    "schedule": {"name": "onecycle"},
    "loss": {"name": "focal", "class_weights": "balanced", "label_smoothing": 0.1},
    "mix": {"mixup": 0.4, "cutmix": 0.4},
}


@pytest.mark.parametrize(
    "settings",
    [
        {"train": {"epochs": 4}, "schedule": {"name": "cosine"}},
        {"train": {"epochs": 4}, "schedule": {"name": "plateau", "patience": 1}},
        EVERYTHING,
    ],
    ids=["cosine", "plateau", "everything"],
)
def test_killed_and_resumed_gives_the_weights_of_an_uninterrupted_run(
    drawn_set: Path, tmp_path: Path, settings: dict[str, object]
) -> None:
    experiment = _experiment(drawn_set, **settings)
    whole = _fit(experiment, tmp_path / "whole")
    config, root = tmp_path / "e.yaml", tmp_path / "killed"
    config.write_text(experiment.to_yaml())
    threads = {**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())}
    done = subprocess.run([sys.executable, "-c", KILLED, config, root], env=threads, check=False)
    assert done.returncode == -signal.SIGKILL
    with pytest.raises(RunError, match="--resume"):
        fitting.RunFolder.open(root).require_finished()
    fitting.resume(root, say=lambda line: None)
    assert _same(whole, load_file(root / "best.safetensors"))
    last = [
        torch.load(r / "checkpoints/last.ckpt", weights_only=True)
        for r in (tmp_path / "whole", root)
    ]
    assert _same(last[0]["current_model_state"], last[1]["current_model_state"])
    tables = [_rows(tmp_path / "whole"), _rows(root)]
    for row in (*tables[0], *tables[1]):
        del row["seconds"]
    assert tables[0] == tables[1]


def test_a_run_cut_off_in_its_first_epoch_starts_again(small_run: Path, tmp_path: Path) -> None:
    root = tmp_path / "cut"
    root.mkdir()
    for name in ("config.yaml", "data.json", "environment.json"):
        (root / name).write_bytes((small_run / name).read_bytes())
    fitting.resume(root, say=lambda line: None)
    assert _same(load_file(root / "best.safetensors"), load_file(small_run / "best.safetensors"))


def test_resume_refuses_what_it_cannot_go_on_with(small_run: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="finished already"):
        fitting.resume(small_run)
    with pytest.raises(RunError, match="expected a run folder"):
        fitting.resume(tmp_path)
    root = tmp_path / "other"
    root.mkdir()
    data = json.loads((small_run / "data.json").read_text())
    (root / "config.yaml").write_bytes((small_run / "config.yaml").read_bytes())
    (root / "data.json").write_text(json.dumps({**data, "sha256": "0"}))
    with pytest.raises(RunError, match=r"not the one this run began with \(sha256 changed\)"):
        fitting.resume(root)


@pytest.mark.parametrize("kind", ["text", "lenet"])
def test_a_checkpoint_of_something_else_is_refused(
    small_run: Path, drawn_set: Path, tmp_path: Path, kind: str
) -> None:
    root = tmp_path / "run"
    (root / "checkpoints").mkdir(parents=True)
    (root / "data.json").write_bytes((small_run / "data.json").read_bytes())
    (root / "config.yaml").write_bytes((small_run / "config.yaml").read_bytes())
    if kind == "text":
        (root / "checkpoints" / "last.ckpt").write_text("no checkpoint")
        said = "not a checkpoint of mien train"
    else:
        config = (small_run / "config.yaml").read_text().replace("name: compact", "name: lenet")
        (root / "config.yaml").write_text(config)
        saved = (small_run / "checkpoints" / "last.ckpt").read_bytes()
        (root / "checkpoints" / "last.ckpt").write_bytes(saved)
        said = "a checkpoint of another model"
    with pytest.raises(RunError, match=said):
        fitting.resume(root)


def test_training_can_start_from_an_earlier_runs_weights(
    small_run: Path, drawn_set: Path, tmp_path: Path
) -> None:
    best = small_run / "best.safetensors"
    still = {"optimizer": {"lr": 1e-12}, "train": {"epochs": 1, "average": 0}}
    weights = {"weights": str(best)}
    found = _fit(_experiment(drawn_set, model=weights, **still), tmp_path / "a")
    learnt = [k for k in found if "norm" not in k and "running" not in k and "num" not in k]
    start = load_file(best)
    assert all(
        torch.allclose(found[k], start[k], atol=1e-6) for k in learnt if k.startswith("heads")
    )
    data = json.loads((tmp_path / "a" / "data.json").read_text())
    assert data["started_from"] == sha256(best)
    assert data["started_on"] == json.loads((small_run / "data.json").read_text())
    with pytest.raises(RunError, match="weights of another model than the experiment's"):
        _fit(_experiment(drawn_set, model={**weights, "name": "lenet"}), tmp_path / "b")
    with pytest.raises(RunError, match="expected the best weights of a run"):
        _fit(_experiment(drawn_set, model={"weights": "nowhere"}), tmp_path / "c")


def test_early_stopping_stops(drawn_set: Path, tmp_path: Path) -> None:
    experiment = _experiment(
        drawn_set,
        optimizer={"lr": 1e-9},
        train={"epochs": 30, "stop_after": 2, "average": 0, "monitor": "val_accuracy"},
    )
    _fit(experiment, tmp_path / "run")
    assert json.loads((tmp_path / "run" / "state.json").read_text())["epochs"] < 10


@pytest.mark.parametrize("lr", [0.003, 1e30])
def test_a_bar_shows_how_far_the_run_is_and_goes(
    drawn_set: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lr: float,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    experiment = _experiment(drawn_set, optimizer={"name": "sgd", "lr": lr})
    with contextlib.suppress(TrainingError):
        fitting.fit(experiment, tmp_path / "run", say=lambda line: None, bar=True)
    shown = capsys.readouterr().err
    assert "epoch 1/2" in shown
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")  # the cursor is back


def test_a_loss_that_is_not_a_number_stops_the_run(drawn_set: Path, tmp_path: Path) -> None:
    experiment = _experiment(drawn_set, optimizer={"name": "sgd", "lr": 1e30})
    with pytest.raises(TrainingError, match=r"the loss became (nan|inf).* smaller optimizer\.lr"):
        _fit(experiment, tmp_path / "run")


def test_a_gpu_that_is_not_there_is_refused_first(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for accelerator in ("CUDAAccelerator", "MPSAccelerator"):
        monkeypatch.setattr(f"mien.training.guard.{accelerator}.is_available", lambda: False)
    with pytest.raises(ConfigError, match="expected a GPU that torch can use, found none"):
        _fit(_experiment(drawn_set, machine={"accelerator": "gpu"}), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_an_interrupt_says_how_to_go_on(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mien.training.module.Lesson.training_step", interrupted)
    with pytest.raises(KeyboardInterrupt, match=r"go on with: mien train --resume .*run"):
        _fit(_experiment(drawn_set), tmp_path / "run")


def test_a_full_disk_leaves_the_checkpoint_of_the_epoch_before(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = Path.write_bytes, []

    def fills_up(path: Path, data: bytes) -> int:
        written.extend([path] if "last.ckpt" in path.name else [])
        if len(written) == 2:
            real(path, bytes(data[:1000]))
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", fills_up)
    with pytest.raises(RunError, match=r"the disk is full.*--resume"):
        _fit(_experiment(drawn_set), tmp_path / "run")
    folder = tmp_path / "run" / "checkpoints"
    assert [p.name for p in folder.iterdir()] == ["last.ckpt"]
    assert torch.load(folder / "last.ckpt", weights_only=True)["epoch"] == 0


def test_a_head_that_the_data_cannot_teach_is_refused(drawn_set: Path, tmp_path: Path) -> None:
    experiment = _experiment(drawn_set, data={"heads": ["fer2013"]})
    with pytest.raises(ConfigError, match=r"fer2013 cannot be learnt from .* without FER"):
        _fit(experiment, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_test_split_is_not_read(drawn_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = PreparedSet.open(drawn_set)
    read = []
    pixels = PreparedSet.pixels
    monkeypatch.setattr(PreparedSet, "pixels", lambda self, i: read.append(i) or pixels(self, i))
    splits(prepared, _experiment(drawn_set))
    assert set(prepared.split[read]) == {"train", "val"}


def test_a_small_network_learns_drawn_faces(tmp_path: Path) -> None:
    """The shipped quick.yaml on a third of its data: unseen faces, far above chance (0.125)."""
    from mien.datasets.drawn import Drawn
    from mien.datasets.store import prepare

    prepare(Drawn(count=800, seed=3), tmp_path / "drawn")
    quick = Path(__file__).parents[2] / "configs" / "quick.yaml"
    overrides = [f"data.path={tmp_path / 'drawn'}", "train.epochs=6", "train.batch_size=16"]
    fitting.fit(Experiment.load(quick, overrides), tmp_path / "run", say=lambda line: None)
    assert json.loads((tmp_path / "run" / "state.json").read_text())["best"] > 0.4

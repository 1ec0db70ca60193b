"""Two CPU processes train one network (docs/distributed.md)."""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

torch = pytest.importorskip("torch")

from safetensors.torch import load_file  # noqa: E402
from small_experiment import SMALL  # noqa: E402

TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2")
MIEN = (sys.executable, "-m", "mien")
BATCH_SCRIPT = {"SLURM_JOB_NAME": "train", "SLURM_NTASKS": "1", "SLURM_PROCID": "0"}
SCRIPT = Path(__file__).with_name("two_processes.py")


def _config(folder: Path, drawn: Path, devices: int = 2) -> Path:
    values = {**SMALL, "data": {"path": str(drawn), "heads": ["ferplus"]}}
    values["train"] = {**SMALL["train"], "sampler": "weighted"}
    values["machine"] = {"accelerator": "cpu", "devices": devices, "threads": 1}
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump(values))
    return path


def _run(*command: object, **more: str) -> subprocess.CompletedProcess[str]:
    mine = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
    environment = {k: v for k, v in os.environ.items() if k not in mine}
    environment = {**environment, "OMP_NUM_THREADS": "1", **more}
    words = [str(word) for word in command]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def test_the_weights_of_two_processes_agree(drawn_set: Path, tmp_path: Path) -> None:
    _config(tmp_path, drawn_set)
    done = _run(*TORCHRUN, "--standalone", SCRIPT, tmp_path)
    assert done.returncode == 0, done.stderr
    first, second = (load_file(tmp_path / f"process{n}.safetensors") for n in (0, 1))
    learnt = [k for k in first if "running" not in k]  # batch norm counts its own pictures
    assert all(torch.equal(first[k], second[k]) for k in learnt)
    state = json.loads((tmp_path / "run" / "state.json").read_text())
    assert (state["status"], state["epochs"]) == ("finished", 2)
    assert json.loads((tmp_path / "run" / "environment.json").read_text())["processes"] == 2


@pytest.mark.parametrize("process", [0, 1])
def test_a_loss_that_is_no_number_in_one_process_stops_both(
    process: int, drawn_set: Path, tmp_path: Path
) -> None:
    _config(tmp_path, drawn_set)
    done = _run(*TORCHRUN, "--standalone", SCRIPT, tmp_path, process)
    assert done.returncode == 1
    assert "Connection closed" not in done.stderr
    state = json.loads((tmp_path / "run" / "state.json").read_text())
    assert state["status"] == "failed"
    assert "in epoch 1, batch 1;" in state["reason"]


@pytest.mark.parametrize("more", [{}, BATCH_SCRIPT])
def test_mien_starts_its_processes_itself_and_speaks_once(
    more: dict[str, str], drawn_set: Path, tmp_path: Path
) -> None:
    config = _config(tmp_path, drawn_set)
    done = _run(*MIEN, "train", config, "--out", tmp_path / "run", **more)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("epoch 1/2") == done.stdout.count("best epoch") == 1
    assert not done.stderr
    rows = list(csv.DictReader((tmp_path / "run" / "metrics.csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["1", "2"]


def test_a_batch_that_two_processes_cannot_share_is_refused(
    drawn_set: Path, tmp_path: Path
) -> None:
    config = _config(tmp_path, drawn_set)
    done = _run(*MIEN, "train", config, "train.batch_size=33", "--out", tmp_path / "run")
    assert done.returncode == 2
    assert "33" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()


def test_a_terminated_run_of_two_processes_ends_as_one_and_can_be_resumed(
    drawn_set: Path, tmp_path: Path
) -> None:
    config = _config(tmp_path, drawn_set)
    words = [*MIEN, "train", config, "train.epochs=400", "--out", tmp_path / "run"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [str(word) for word in words], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("epoch 1/"):
                process.terminate()
        assert process.wait(60) == 130
    assert (tmp_path / "run" / "checkpoints" / "last.ckpt").is_file()
    rows = (tmp_path / "run" / "metrics.csv").read_text().splitlines()
    assert 1 < len(rows) < 100


def test_a_failure_of_the_first_process_ends_the_other(drawn_set: Path, tmp_path: Path) -> None:
    _config(tmp_path, drawn_set)
    began = time.monotonic()
    done = _run(sys.executable, SCRIPT, tmp_path, "full")
    assert time.monotonic() - began < 110  # the other would have waited for 120 s
    assert done.returncode == 1
    assert "the disk is full" in done.stderr

"""Who numbers the processes, and whether they are as many as the experiment asks for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from lightning.fabric.plugins.environments import (  # noqa: E402
    LightningEnvironment,
    SLURMEnvironment,
)
from lightning.pytorch import Trainer  # noqa: E402
from small_experiment import quiet as _quiet  # noqa: E402
from small_experiment import small  # noqa: E402

from mien.errors import ConfigError  # noqa: E402
from mien.runs import RunFolder  # noqa: E402
from mien.training import machines  # noqa: E402
from mien.training.callbacks import Threads  # noqa: E402
from mien.training.fit import _job, fit  # noqa: E402

TORCHRUN = {
    "TORCHELASTIC_RUN_ID": "x",
    "RANK": "0",
    "LOCAL_RANK": "0",
    "WORLD_SIZE": "4",
    "LOCAL_WORLD_SIZE": "4",
}
BATCH = {
    "SLURM_JOB_ID": "77",
    "SLURM_JOB_NAME": "train",
    "SLURM_NTASKS": "4",
    "SLURM_NTASKS_PER_NODE": "4",
    "SLURM_NNODES": "1",
    "SLURM_PROCID": "0",
    "SLURM_LOCALID": "0",
    "SLURM_NODEID": "0",
}
STEP = {**BATCH, "SLURM_STEP_ID": "0"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SLURM_") or name in TORCHRUN]:
        monkeypatch.delenv(name)


Make = Callable[..., Trainer]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return what makes a trainer, started in an environment."""

    def made(environment: dict[str, str], alone: bool = False, **machine: object) -> Trainer:
        changes = {f"machine.{name}": value for name, value in machine.items()}
        experiment = small(tmp_path, **{"machine.accelerator": "cpu", **changes})
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return machines.trainer(RunFolder(tmp_path / "run"), experiment, (), False, alone)

    return made


@pytest.mark.parametrize(
    ("environment", "machine"),
    [
        (TORCHRUN, {"devices": 1}),
        (TORCHRUN, {"devices": 2}),
        (TORCHRUN, {"devices": 4, "nodes": 2}),
        ({**TORCHRUN, "LOCAL_WORLD_SIZE": "2"}, {"devices": 4}),
        (STEP, {"devices": 1}),
        (STEP, {"devices": 2}),
        ({**STEP, "SLURM_NTASKS": "1"}, {"devices": 4}),
        ({**STEP, "SLURM_NNODES": "2"}, {"devices": 4}),
    ],
)
def test_a_launcher_with_other_counts_is_refused(
    environment: dict[str, str], machine: dict[str, int], make: Make
) -> None:
    with pytest.raises(ConfigError, match=r"^machine: \d device\(s\) .* cannot be used: [^\n]+$"):
        make(environment, **machine)


def test_a_launcher_with_other_counts_is_refused_before_the_folder_is_made(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in TORCHRUN.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match="the launcher started 4 process"):
        fit(small(drawn_set), tmp_path / "run", say=_quiet)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("environment", [TORCHRUN, STEP])
def test_a_launcher_with_the_same_counts_is_followed(
    environment: dict[str, str], make: Make
) -> None:
    assert make(environment, devices=4).world_size == 4


@pytest.mark.parametrize("environment", [TORCHRUN, STEP, BATCH])
def test_a_trial_trains_alone_beside_others(environment: dict[str, str], make: Make) -> None:
    found = make(environment, alone=True)
    assert (found.world_size, found.is_global_zero) == (1, True)


def test_a_batch_script_is_one_process_that_may_start_others(make: Make) -> None:
    assert make(BATCH).world_size == 1
    found = make(BATCH, devices=2)
    environment = found._accelerator_connector.cluster_environment
    assert isinstance(environment, LightningEnvironment)
    assert not environment.creates_processes_externally


def test_slurm_does_not_send_a_job_again_by_itself(make: Make) -> None:
    found = make(STEP, devices=4)._accelerator_connector.cluster_environment
    assert isinstance(found, SLURMEnvironment)
    assert not found.auto_requeue


@pytest.mark.parametrize("environment", [{**STEP, "SLURM_NTASKS": "1"}, BATCH])
def test_a_stray_checkpoint_in_the_current_folder_is_not_read(
    environment: dict[str, str],
    drawn_set: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "hpc_ckpt_3.ckpt").write_text("no checkpoint")
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run = fit(small(drawn_set, **{"train.epochs": 1}), tmp_path / "run", say=_quiet)
    assert run.read_state()["status"] == "finished"


def test_validation_batches_are_shared_by_the_processes_too(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in STEP.items():
        monkeypatch.setenv(name, value)
    changes = {"machine.accelerator": "cpu", "machine.devices": 4, "train.batch_size": 8}
    job = _job(RunFolder(tmp_path / "run"), small(drawn_set, **changes), _quiet, False, ())
    assert [len(rows) for rows in job.val.sampler] == [4, 2]  # 24 pictures, 4 processes, 4 at most


def test_threads_are_set_only_where_a_number_was_asked_for() -> None:
    before = torch.get_num_threads()
    threads, none = Threads(before + 1), Threads(0)
    try:
        torch.set_num_threads(before + 2)  # as Lightning shares the cores out
        none.setup(None, None, "fit")  # type: ignore[arg-type]
        assert torch.get_num_threads() == before + 2
        threads.setup(None, None, "fit")  # type: ignore[arg-type]
        assert torch.get_num_threads() == before + 1
    finally:
        threads.teardown(None, None, "fit")  # type: ignore[arg-type]
    assert torch.get_num_threads() == before

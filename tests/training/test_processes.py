import os

import pytest

from mien.training.processes import by_launcher, by_srun, is_first

BATCH = {"SLURM_NTASKS": "4", "SLURM_PROCID": "0", "SLURM_JOB_NAME": "train"}
STEP = {**BATCH, "SLURM_STEP_ID": "0"}
SHELL = {**STEP, "SLURM_JOB_NAME": "bash"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    ranks = ("RANK", "LOCAL_RANK", "NODE_RANK", "GROUP_RANK")
    for name in [name for name in os.environ if name.startswith("SLURM_") or name in ranks]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("environment", "first"),
    [
        ({}, True),
        ({"RANK": "0", "LOCAL_RANK": "0"}, True),
        ({"RANK": "4", "LOCAL_RANK": "0"}, False),  # the first of the second machine
        ({**STEP, "SLURM_PROCID": "1"}, False),
        (STEP, True),
        ({**STEP, "SLURM_PROCID": "1", "RANK": "0"}, True),  # torchrun on each node
        ({**BATCH, "LOCAL_RANK": "1"}, False),  # started by mien in a batch script
        ({**SHELL, "LOCAL_RANK": "1"}, False),
        ({"NODE_RANK": "0", "LOCAL_RANK": "1"}, False),
        ({"NODE_RANK": "1", "LOCAL_RANK": "0"}, False),
    ],
)
def test_one_process_of_all_machines_is_the_first(
    environment: dict[str, str], first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert is_first() is first


@pytest.mark.parametrize(
    ("environment", "srun", "launcher"),
    [
        (STEP, True, True),
        (BATCH, False, False),
        (SHELL, False, False),
        ({**SHELL, "SLURM_JOB_NAME": "interactive"}, False, False),
        ({"SLURM_PROCID": "0"}, False, False),
        ({"NODE_RANK": "1"}, False, True),
        ({"RANK": "0", "GROUP_RANK": "0"}, False, True),
    ],
)
def test_a_batch_script_or_a_shell_is_no_launcher(
    environment: dict[str, str], srun: bool, launcher: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert (by_srun(), by_launcher()) == (srun, launcher)

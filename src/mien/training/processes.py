"""Which of several processes this is, before Lightning knows."""

import os

ON_THIS_MACHINE = ("NODE_RANK", "LOCAL_RANK")
"""Set by Lightning for the processes that it starts itself."""
_SHELLS = ("bash", "interactive")


def is_first() -> bool:
    """Tell whether this process speaks and writes for all; alone it does."""
    if "RANK" in os.environ:  # of torchrun, over all machines
        return os.environ["RANK"] == "0"
    if by_srun():
        return os.environ.get("SLURM_PROCID", "0") == "0"
    return all(os.environ.get(name, "0") == "0" for name in ON_THIS_MACHINE)


def by_srun() -> bool:
    """Tell whether SLURM's srun started this process, as one of its tasks.

    A batch script has SLURM's numbers too, but no step; a shell that srun opened has both, and is
    known by the name of its job.
    """
    shell = os.environ.get("SLURM_JOB_NAME") in _SHELLS
    return not shell and {"SLURM_NTASKS", "SLURM_STEP_ID"} <= os.environ.keys()


def by_launcher() -> bool:
    """Tell whether something starts this run on each of several machines."""
    return by_srun() or any(name in os.environ for name in ("RANK", "NODE_RANK", "GROUP_RANK"))

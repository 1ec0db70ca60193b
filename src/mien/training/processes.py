"""Which of several processes this is, before Lightning knows."""

import os

RANKS = ("RANK", "SLURM_PROCID")
"""Set by torchrun and by SLURM's srun, over all machines."""
ON_THIS_MACHINE = ("NODE_RANK", "LOCAL_RANK")
"""Set by Lightning for the processes that it starts itself."""


def is_first() -> bool:
    """Tell whether this process speaks and writes for all; alone it does."""
    for name in RANKS:
        if name in os.environ:
            return os.environ[name] == "0"
    return all(os.environ.get(name, "0") == "0" for name in ON_THIS_MACHINE)

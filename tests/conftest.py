"""What several test folders use: made-up data, one short run on it, and the real data."""

import os
import signal
from pathlib import Path

import pytest
from small_experiment import SMALL

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell does behind an &
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that MIEN_DATA names."""
    folder = os.environ.get("MIEN_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs the real data: MIEN_DATA names no folder")
    return Path(folder)


@pytest.fixture(scope="session")
def drawn_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """240 drawn faces, prepared."""
    from mien.datasets.drawn import Drawn
    from mien.datasets.store import prepare

    out = tmp_path_factory.mktemp("data") / "drawn"
    prepare(Drawn(count=240, seed=1, size=24), out)
    return out


@pytest.fixture(scope="session")
def small_run(drawn_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of two epochs on ``drawn_set``."""
    pytest.importorskip("torch")
    from mien.models.torchvision_operators import declare

    declare()
    from mien.config import Experiment
    from mien.training.fit import fit

    values = {**SMALL, "data": {"path": str(drawn_set), "heads": ["ferplus"]}}
    values["train"] = {**values["train"], "flip_average": True}
    root = tmp_path_factory.mktemp("runs") / "small"
    fit(Experiment.from_dict(values), root, say=lambda line: None)
    return root

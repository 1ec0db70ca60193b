from pathlib import Path

import pytest
from tiny_models import describe, write_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory) -> Path:
    return write_model(tmp_path_factory.mktemp("model") / "tiny.onnx", describe())


@pytest.fixture(scope="session")
def recognizer(tiny_model):
    import mien

    return mien.load(tiny_model, threads=1)


@pytest.fixture(scope="session")
def photograph():
    """The sample photograph, uint8 [512, 512, 3] RGB."""
    from mien.inference.sources import read_picture, sample_photograph

    return read_picture(sample_photograph())

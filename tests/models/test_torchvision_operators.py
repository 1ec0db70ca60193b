import subprocess
import sys

import pytest

from mien.models import torchvision_operators

pytest.importorskip("torch")


def test_torchvision_and_lightning_can_be_imported_after_it() -> None:
    code = (
        "from mien.models.torchvision_operators import declare; declare();"
        "import torchvision.models as m, lightning.pytorch; print(len(m.resnet18().fc.weight))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1000"


def test_it_does_nothing_the_second_time() -> None:
    torchvision_operators.declare()
    assert torchvision_operators.declare() is False


def test_it_does_nothing_without_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision_operators, "_libraries", [])
    monkeypatch.setattr(torchvision_operators, "find_spec", lambda name: None)
    assert torchvision_operators.declare() is False

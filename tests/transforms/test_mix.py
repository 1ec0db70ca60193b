import numpy as np
import pytest

torch = pytest.importorskip("torch")

from mien.config import Mix  # noqa: E402
from mien.transforms import mix  # noqa: E402


def _draws(count: int, settings: Mix) -> list[mix.Blend | None]:
    generator = torch.Generator().manual_seed(0)
    return [mix.draw(8, settings, generator) for _ in range(count)]


def test_only_the_share_of_batches_is_blended() -> None:
    assert all(blend is None for blend in _draws(50, Mix(mixup=0)))
    assert all(blend is not None for blend in _draws(50, Mix(mixup=1)))
    assert 60 < sum(blend is not None for blend in _draws(200, Mix(mixup=0.5))) < 140


def test_shares_follow_the_beta_distribution() -> None:
    shares = [b.share for b in _draws(2000, Mix(mixup=1, beta=0.4)) if b]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.03)
    assert np.var(shares) == pytest.approx(0.25 / (2 * 0.4 + 1), abs=0.01)


def test_pictures_and_targets_are_blended_alike() -> None:
    values = torch.eye(4)
    blend = mix.Blend(0.75, torch.tensor([1, 0, 3, 2]))
    mixed = mix.apply(values, blend)
    assert torch.allclose(mixed[0], torch.tensor([0.75, 0.25, 0, 0]))
    assert torch.allclose(mixed.sum(1), torch.ones(4))
    assert mix.apply(values[:, None, None], blend).shape == (4, 1, 1, 4)

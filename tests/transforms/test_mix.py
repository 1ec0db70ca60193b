import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from mien.config import Mix  # noqa: E402
from mien.transforms import mix  # noqa: E402

SWAPPED = torch.tensor([1, 0, 3, 2])


def _draws(count: int, settings: Mix, size: int = 24) -> list[mix.Mixed | None]:
    generator = torch.Generator().manual_seed(0)
    return [mix.draw(8, size, settings, generator) for _ in range(count)]


def _counts(draws: list[mix.Mixed | None]) -> tuple[int, int]:
    return (
        sum(isinstance(drawn, mix.Blend) for drawn in draws),
        sum(isinstance(drawn, mix.Paste) for drawn in draws),
    )


def test_only_the_share_of_batches_is_mixed() -> None:
    assert _counts(_draws(50, Mix())) == (0, 0)
    assert _counts(_draws(50, Mix(mixup=1))) == (50, 0)
    assert _counts(_draws(50, Mix(cutmix=1))) == (0, 50)
    assert sum(_counts(_draws(50, Mix(mixup=0.4, cutmix=0.6)))) == 50
    blends, pastes = _counts(_draws(1000, Mix(mixup=0.5, cutmix=0.2)))
    assert 440 < blends < 560
    assert 150 < pastes < 250


def test_without_cutmix_the_stream_is_that_of_mixup_alone() -> None:
    ours, plain = (torch.Generator().manual_seed(5) for _ in range(2))
    wanted = Mix(mixup=0.5, beta=0.4, cutmix_beta=2)
    for _ in range(20):
        drawn = mix.draw(8, 24, wanted, ours)
        if torch.rand((), generator=plain).item() >= 0.5:
            assert drawn is None
            continue
        seed = int(torch.randint(2**31, (), generator=plain))
        assert isinstance(drawn, mix.Blend)
        assert drawn.share == np.random.default_rng(seed).beta(0.4, 0.4)
        assert torch.equal(drawn.partners, torch.randperm(8, generator=plain))
    assert torch.equal(ours.get_state(), plain.get_state())


def test_shares_follow_the_beta_distribution() -> None:
    shares = [b.share for b in _draws(2000, Mix(mixup=1, beta=0.4)) if b]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.03)
    assert np.var(shares) == pytest.approx(0.25 / (2 * 0.4 + 1), abs=0.01)


def test_boxes_fall_anywhere_and_in_every_size() -> None:
    boxes = [d for d in _draws(4000, Mix(cutmix=1)) if isinstance(d, mix.Paste)]
    inside = np.zeros((24, 24))
    for box in boxes:
        inside[slice(*box.rows), slice(*box.columns)] += 1
    assert inside.min() > 0.1 * len(boxes)
    assert inside.max() < 0.6 * len(boxes)
    assert np.quantile([box.share for box in boxes], 0.05) < 0.4
    assert np.quantile([box.share for box in boxes], 0.95) > 0.95


def test_boxes_have_their_own_beta_distribution() -> None:
    """With a sure share of a half, all boxes that are not clipped have 24 / √2 px."""
    draws = _draws(200, Mix(cutmix=1, beta=0.1, cutmix_beta=1e6))
    boxes = [(drawn.rows, drawn.columns) for drawn in draws if isinstance(drawn, mix.Paste)]
    sides = {last - first for box in boxes for first, last in box if first > 0 and last < 24}
    assert sides == {17}


@pytest.mark.parametrize("share", [0.9, 0.6, 0.5, 0.1])
def test_no_side_of_the_picture_is_preferred(share: float) -> None:
    covered = np.zeros(10, int)
    for middle in (np.arange(40) + 0.5) / 4:
        drawn = mix.paste(share, (middle, 5), 10, SWAPPED)
        covered[slice(*drawn.rows)] += 1
    assert covered.tolist() == covered[::-1].tolist()
    assert covered[0] < covered[4]


def test_a_box_worked_by_hand() -> None:
    whole = mix.paste(0.75, (5.5, 4.6), 10, SWAPPED)  # half of the side, all of it inside
    assert (whole.rows, whole.columns, whole.share) == ((3, 8), (2, 7), 0.75)
    clipped = mix.paste(0.75, (0.4, 9.6), 10, SWAPPED)  # 3 rows and 3 columns are left
    assert (clipped.rows, clipped.columns) == ((0, 3), (7, 10))
    assert clipped.share == pytest.approx(1 - 9 / 100)
    assert mix.paste(1, (5, 5), 10, SWAPPED).share == 1
    assert mix.paste(0, (5, 5), 10, SWAPPED).share == 0


@settings(deadline=None)
@given(st.floats(0, 1), st.integers(1, 60), st.data())
def test_targets_are_mixed_by_the_true_area(share: float, size: int, data: st.DataObject) -> None:
    middle = tuple(data.draw(st.floats(0, size)) for _ in range(2))
    drawn = mix.paste(share, middle, size, SWAPPED)
    assert 0 <= drawn.rows[0] <= drawn.rows[1] <= size
    assert 0 <= drawn.columns[0] <= drawn.columns[1] <= size
    own = torch.tensor([0.0, 1, 0, 1])
    faces = own[:, None, None, None].expand(4, 1, size, size)
    shown = mix.apply_pictures(faces, drawn).mean((1, 2, 3))
    told = mix.apply_targets(torch.stack([1 - own, own], 1), drawn)
    assert torch.allclose(shown, told[:, 1], atol=1e-5)
    assert torch.allclose(told.sum(1), torch.ones(4))


def test_the_box_is_the_partner_s_and_the_rest_is_not() -> None:
    faces = torch.rand(4, 3, 12, 12)
    before = faces.clone()
    drawn = mix.Paste((2, 7), (4, 12), 1 - 40 / 144, SWAPPED)
    mixed = mix.apply_pictures(faces, drawn)
    assert torch.equal(faces, before)
    assert torch.equal(mixed[:, :, 2:7, 4:], faces[SWAPPED][:, :, 2:7, 4:])
    outside = torch.ones(12, 12, dtype=torch.bool)
    outside[2:7, 4:] = False
    assert torch.equal(mixed[:, :, outside], faces[:, :, outside])


def test_pictures_and_targets_are_blended_alike() -> None:
    values = torch.eye(4)
    blend = mix.Blend(0.75, SWAPPED)
    mixed = mix.apply_targets(values, blend)
    assert torch.allclose(mixed[0], torch.tensor([0.75, 0.25, 0, 0]))
    assert torch.allclose(mixed.sum(1), torch.ones(4))
    pictures = mix.apply_pictures(values[:, None, None], blend)
    assert torch.equal(pictures, mixed[:, None, None])


@pytest.mark.parametrize("drawn", [mix.Blend(0.75, SWAPPED), mix.paste(0.75, (5, 5), 10, SWAPPED)])
def test_a_partner_without_a_target_leaves_the_share_of_the_other(drawn: mix.Mixed) -> None:
    targets = torch.tensor([[1.0, 0], [0, 0], [0, 1], [0, 1]])
    mixed = mix.apply_targets(targets, drawn)
    assert torch.allclose(mixed, torch.tensor([[0.75, 0], [0.25, 0], [0, 1], [0, 1]]))

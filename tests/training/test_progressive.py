import pytest

torch = pytest.importorskip("torch")

from mien.training.progressive import resized, size_at  # noqa: E402


def _sizes(epochs: int, *sizes: int) -> list[int]:
    return [size_at(epoch, epochs, sizes, 48) for epoch in range(epochs)]


def test_each_size_has_an_equal_part_of_the_epochs() -> None:
    assert _sizes(6, 24, 32, 48) == [24, 24, 32, 32, 48, 48]


def test_what_does_not_divide_goes_to_the_later_sizes() -> None:
    assert _sizes(5, 24, 32, 48) == [24, 32, 32, 48, 48]
    assert _sizes(10, 24, 32, 48) == [24] * 3 + [32] * 3 + [48] * 4


@pytest.mark.parametrize("epochs", range(1, 12))
def test_the_last_epoch_has_the_last_size(epochs: int) -> None:
    assert _sizes(epochs, 24, 32, 48)[-1] == 48


def test_without_sizes_the_size_stays() -> None:
    assert _sizes(3) == [48, 48, 48]


def test_faces_are_halved_to_the_mean_of_their_neighbourhood() -> None:
    ramp = torch.arange(8.0).expand(1, 1, 8, 8)
    small = resized(ramp, 4)
    assert small.shape == (1, 1, 4, 4)
    assert torch.allclose(small[0, 0, :, 1:3], torch.tensor([2.5, 4.5]).expand(4, 2))


def test_fine_stripes_become_grey_and_not_false_stripes() -> None:
    stripes = (torch.arange(48) % 2).float().expand(2, 3, 48, 48)
    small = resized(stripes, 16)
    assert small.shape == (2, 3, 16, 16)
    assert (small - 0.5).abs().max() < 0.1


def test_the_range_stays() -> None:
    faces = torch.rand(4, 1, 24, 24, generator=torch.Generator().manual_seed(0)).round()
    for size in (9, 16, 40):
        small = resized(faces, size)
        assert small.min() >= 0
        assert small.max() <= 1


def test_faces_of_that_size_are_returned_as_they_are() -> None:
    faces = torch.rand(2, 1, 24, 24)
    assert resized(faces, 24) is faces

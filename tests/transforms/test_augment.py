import numpy as np
import pytest

torch = pytest.importorskip("torch")

from mien.config import Augment  # noqa: E402
from mien.transforms import augment  # noqa: E402

NOTHING = Augment(
    flip=0, rotate=0, zoom=0, shear=0, shift=0, brightness=0, contrast=0, blur=0, patch=0
)


def _random(seed: int = 0) -> "torch.Generator":
    return torch.Generator().manual_seed(seed)


def _faces(count: int = 16, channels: int = 1) -> "torch.Tensor":
    return torch.rand(count, channels, 48, 48, generator=_random(9))


def _only(**changes: float) -> Augment:
    return NOTHING.model_copy(update=changes)


def _changed(faces: "torch.Tensor", settings: Augment, seed: int = 0) -> "torch.Tensor":
    return augment.apply(faces, augment.draw(len(faces), settings, _random(seed)))


def test_nothing_asked_changes_nothing() -> None:
    faces = _faces()
    assert torch.allclose(_changed(faces, NOTHING), faces, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
def test_shape_and_range_hold_with_everything_on(channels: int) -> None:
    faces = _faces(32, channels)
    changed = _changed(faces, Augment(blur=1, patch=1))
    assert changed.shape == faces.shape
    assert changed.dtype == torch.float32
    assert changed.min() >= 0
    assert changed.max() <= 1


def test_the_same_draw_gives_the_same_pictures() -> None:
    faces = _faces()
    assert torch.equal(_changed(faces, Augment(), 3), _changed(faces, Augment(), 3))
    assert not torch.equal(_changed(faces, Augment(), 3), _changed(faces, Augment(), 4))


def test_each_picture_draws_its_own() -> None:
    faces = _faces(1).repeat(16, 1, 1, 1)
    for settings in (_only(rotate=15), _only(shift=0.1), _only(brightness=0.3), _only(zoom=0.1)):
        changed = _changed(faces, settings)
        assert len({picture.numpy().tobytes() for picture in changed}) == 16


def test_flip_mirrors_about_half() -> None:
    faces = _faces(200)
    changed = _changed(faces, _only(flip=0.5))
    mirrored = (changed - faces.flip(3)).abs().amax((1, 2, 3)) < 1e-5
    same = (changed - faces).abs().amax((1, 2, 3)) < 1e-5
    assert (mirrored ^ same).all()
    assert 70 < mirrored.sum() < 130


def test_rotation_keeps_its_bound_and_the_centre() -> None:
    drawn = augment.draw(500, _only(rotate=15), _random())
    angles = torch.atan2(drawn.matrix[:, 1, 0], drawn.matrix[:, 0, 0]).rad2deg()
    assert angles.abs().max() <= 15
    assert angles.abs().max() > 14
    assert not drawn.matrix[:, :, 2].any()


def test_zoom_and_shift_keep_their_bounds() -> None:
    drawn = augment.draw(500, _only(zoom=0.1, shift=0.08), _random())
    assert drawn.matrix[:, 0, 0].min() >= 1 / 1.1
    assert drawn.matrix[:, 0, 0].max() <= 1 / 0.9
    assert drawn.matrix[:, :, 2].abs().max() <= 2 * 0.08


def test_borders_are_reflected_not_black() -> None:
    faces = torch.ones(8, 1, 48, 48)
    assert torch.allclose(_changed(faces, _only(rotate=45, shift=0.3)), faces, atol=1e-5)


def test_brightness_is_a_factor_within_its_bound() -> None:
    faces = torch.full((400, 1, 8, 8), 0.5)
    means = _changed(faces, _only(brightness=0.3)).mean((1, 2, 3)) / 0.5
    assert means.min() >= 0.7
    assert means.max() <= 1.3
    assert means.std() > 0.1


def test_contrast_keeps_the_mean() -> None:
    faces = _faces() * 0.4 + 0.3
    changed = _changed(faces, _only(contrast=0.3))
    assert torch.allclose(changed.mean((1, 2, 3)), faces.mean((1, 2, 3)), atol=1e-4)
    assert not torch.allclose(changed.std((1, 2, 3)), faces.std((1, 2, 3)), atol=1e-3)


def test_blur_matches_an_independent_gaussian() -> None:
    import cv2

    faces = _faces(4)
    drawn = augment.draw(4, _only(blur=1), _random())
    blurred = augment.apply(faces, drawn)
    for face, ours, sigma in zip(faces, blurred, drawn.sigma, strict=True):
        theirs = cv2.GaussianBlur(
            face[0].numpy(), (7, 7), float(sigma), borderType=cv2.BORDER_REFLECT_101
        )
        assert np.allclose(ours[0], theirs, atol=2e-4)


def test_only_the_share_is_blurred() -> None:
    drawn = augment.draw(1000, _only(blur=0.1), _random())
    assert 60 < (drawn.sigma > 0).sum() < 140


def test_a_patch_is_one_box_of_one_value_within_its_area() -> None:
    faces = torch.full((300, 1, 48, 48), 2.0)  # a value that no patch has
    drawn = augment.draw(300, _only(patch=1), _random())
    covered = augment._cover(faces, drawn.patch, drawn.patch_value) != 2
    shares = covered.float().mean((1, 2, 3))
    assert shares.max() <= 0.15 * 1.15  # whole pixels
    assert shares.min() > 0
    for mask in covered[:, 0]:
        rows, columns = mask.any(1).sum(), mask.any(0).sum()
        assert mask.sum() == rows * columns

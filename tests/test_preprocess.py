import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mien.errors import ConfigError, ImageError
from mien.preprocess import Preprocessing, to_grey, to_rgb


def _picture(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def test_grey_is_what_pillow_calls_grey() -> None:
    colour = _picture(31, 17, 3)
    assert np.array_equal(to_grey(colour), np.asarray(Image.fromarray(colour).convert("L")))


def test_three_equal_channels_come_back_exactly() -> None:
    grey = _picture(20, 20)
    assert np.array_equal(to_grey(to_rgb(grey)), grey)


def test_a_picture_of_the_right_size_is_not_resampled() -> None:
    grey = _picture(48, 48)
    assert np.array_equal(Preprocessing().fit(grey)[0], grey)


@pytest.mark.parametrize("shape", [(9, 200), (200, 9), (300, 300, 3), (48, 48, 3), (1, 1)])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_picture_fits(shape: tuple[int, ...], channels: int) -> None:
    spec = Preprocessing(size=32, channels=channels)
    fitted = spec.fit(_picture(*shape))
    assert fitted.shape == (channels, 32, 32)
    assert fitted.dtype == np.uint8


def test_shrinking_averages() -> None:
    board = np.indices((96, 96)).sum(0) % 2 * 255
    shrunk = Preprocessing(size=24).fit(board.astype(np.uint8))
    assert np.abs(shrunk.astype(int) - 127).max() <= 3


@given(st.floats(0.3, 1.0), st.integers(0, 40))
def test_per_image_cancels_brightness_and_contrast(contrast: float, brightness: int) -> None:
    grey = np.random.default_rng(1).random((1, 1, 48, 48)) * 0.5
    spec = Preprocessing()
    changed = grey * contrast + brightness / 255
    assert np.allclose(spec.normalised(grey), spec.normalised(changed), atol=0.05)


def test_per_image_gives_mean_zero_and_deviation_one() -> None:
    batch = Preprocessing().apply([_picture(48, 48), _picture(60, 60, seed=1)])
    assert batch.dtype == np.float32
    assert np.allclose(batch.mean((1, 2, 3)), 0, atol=1e-5)
    assert np.allclose(batch.std((1, 2, 3)), 1, atol=1e-2)


def test_a_constant_picture_becomes_zeros() -> None:
    assert not Preprocessing().apply([np.full((48, 48), 7, np.uint8)]).any()


def test_fixed_uses_the_numbers_of_each_channel() -> None:
    spec = Preprocessing(8, 3, "fixed", (0.5, 0.4, 0.3), (0.1, 0.2, 0.4))
    batch = spec.apply([np.full((8, 8, 3), (255, 0, 51), np.uint8)])
    assert np.allclose(batch[0, :, 0, 0], [5, -2, -0.25], atol=1e-6)


@pytest.mark.parametrize(
    "spec", [Preprocessing(), Preprocessing(24, 3, "fixed", (0.5, 0.4, 0.3), (0.1, 0.2, 0.4))]
)
def test_torch_and_numpy_agree(spec: Preprocessing) -> None:
    torch = pytest.importorskip("torch")
    pictures = [_picture(50, 50, 3, seed=s) for s in range(4)]
    faces = torch.from_numpy(np.stack([spec.fit(p) for p in pictures])).float() / 255
    assert np.allclose(spec.apply(pictures), spec.normalised(faces).numpy(), atol=2e-6)


@pytest.mark.parametrize(
    "spec",
    [
        Preprocessing(64, 3, "fixed", (0.5, 0.4, 0.3), (0.1, 0.2, 0.4)),
        Preprocessing(equalise="histogram"),
        Preprocessing(equalise="clahe", clip_limit=3.5, tiles=4),
    ],
)
def test_the_specification_survives_json(spec: Preprocessing) -> None:
    assert Preprocessing.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"size": 4}, "8 to 1024"),
        ({"channels": 2}, "1 .grey. or 3"),
        ({"normalise": "yes"}, "per_image or fixed"),
        ({"normalise": "fixed"}, "takes 1 value"),
        ({"mean": (0.5,), "std": (0.5,)}, "takes 0 value"),
        ({"normalise": "fixed", "mean": (0.5,), "std": (0.0,)}, "above 0"),
        ({"equalise": "yes"}, "none, histogram or clahe, not 'yes'"),
        ({"equalise": "clahe", "clip_limit": 0.0}, "above 0 and at most 256"),
        ({"equalise": "clahe", "clip_limit": 257.0}, "above 0 and at most 256"),
        ({"equalise": "clahe", "clip_limit": float("nan")}, "above 0 and at most 256"),
        ({"equalise": "clahe", "tiles": 0}, "whole number of 1 to 24"),
        ({"equalise": "clahe", "tiles": 25}, "whole number of 1 to 24"),
        ({"equalise": "clahe", "tiles": 2.5}, "whole number of 1 to 24"),
        ({"equalise": "histogram", "clip_limit": 3.0}, "belong to equalise: clahe"),
        ({"tiles": 4}, "belong to equalise: clahe"),
        ({"colour": 1}, "unknown .'colour'.; known: size"),
    ],
)
def test_what_makes_no_sense_is_refused(values: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Preprocessing.from_dict(values)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((48, 48), np.float32),
        np.zeros((48, 48), np.uint16),
        np.zeros((48, 48, 4), np.uint8),
        np.zeros((0, 48), np.uint8),
        np.zeros(48, np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(picture: np.ndarray) -> None:
    with pytest.raises(ImageError, match=r"uint8 \[height, width\]"):
        Preprocessing().fit(picture)

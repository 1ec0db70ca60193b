"""Equalisation: the part of preprocessing that changes how grey levels are spread."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.config import Experiment
from mien.errors import ConfigError
from mien.preprocess import Preprocessing, to_grey

HISTOGRAM = Preprocessing(equalise="histogram")
CLAHE = Preprocessing(equalise="clahe")


def _face(seed: int = 0, low: int = 90, high: int = 140) -> np.ndarray:
    """Return a smooth picture of little contrast."""
    coarse = np.random.default_rng(seed).integers(low, high, (6, 6), dtype=np.uint8)
    return cv2.resize(coarse, (48, 48), interpolation=cv2.INTER_CUBIC)


def _equalised(grey: np.ndarray) -> np.ndarray:
    """Spread grey levels in numpy: the share of pixels above the darkest level, over 255."""
    counts = np.bincount(grey.ravel(), minlength=256)
    darkest = counts[counts > 0][0]
    if darkest == grey.size:
        return grey
    table = np.rint((counts.cumsum() - darkest).clip(0) * (255 / (grey.size - darkest)))
    return table.astype(np.uint8)[grey]


def test_histogram_equalisation_worked_by_hand() -> None:
    """Four levels, a quarter each: shares above the darkest are 0, 1/3, 2/3 and 1."""
    quarters = np.kron(np.array([[0, 10], [20, 40]], np.uint8), np.ones((4, 4), np.uint8))
    found = Preprocessing(8, equalise="histogram").fit(quarters)[0]
    assert found[::4, ::4].tolist() == [[0, 85], [170, 255]]
    assert len(np.unique(found)) == 4


@pytest.mark.parametrize("seed", range(5))
def test_histogram_equalisation_is_that_of_numpy(seed: int) -> None:
    face = _face(seed)
    off = HISTOGRAM.fit(face)[0].astype(int) - _equalised(face)
    assert np.abs(off).max() <= 1  # a tie of rounding in single precision


def test_histogram_equalisation_twice_is_once() -> None:
    """True wherever the two darkest levels stay apart, as with 16 levels of many pixels each."""
    for seed in range(5):
        levels = np.random.default_rng(seed).integers(0, 16, (48, 48), dtype=np.uint8)
        once = HISTOGRAM.fit(levels + 80)[0]
        assert len(np.unique(once)) == 16
        assert np.array_equal(HISTOGRAM.fit(once)[0], once)


def test_histogram_equalisation_does_not_see_brightness_and_contrast() -> None:
    face = _face() // 2
    assert np.array_equal(HISTOGRAM.fit(face), HISTOGRAM.fit(2 * face + 17))


@pytest.mark.parametrize("spec", [HISTOGRAM, CLAHE])
def test_a_dull_picture_gains_contrast(spec: Preprocessing) -> None:
    face = _face()
    assert spec.fit(face).std() > 1.5 * face.std()


@pytest.mark.parametrize("spec", [HISTOGRAM, CLAHE])
def test_a_constant_picture_stays_constant_and_becomes_zeros(spec: Preprocessing) -> None:
    flat = np.full((48, 48), 7, np.uint8)
    assert len(np.unique(spec.fit(flat))) == 1
    assert not spec.apply([flat]).any()


def test_clahe_in_one_tile_without_a_limit_is_histogram_equalisation() -> None:
    whole = Preprocessing(equalise="clahe", clip_limit=256, tiles=1).fit(_face())[0].astype(int)
    counts = np.bincount(_face().ravel(), minlength=256)
    expected = np.rint(counts.cumsum()[_face()] * (255 / 2304))
    assert np.abs(whole - expected).max() <= 1


def test_the_limit_bounds_how_far_neighbouring_levels_are_moved_apart() -> None:
    """In one tile of 2304 pixels the mean count of a level is 9, so limit 2 keeps 18 of them."""
    dull = _face(low=100, high=110)
    spread = Preprocessing(equalise="clahe", clip_limit=2, tiles=1).fit(dull)[0]
    table = {int(level): int(spread[dull == level].max()) for level in np.unique(dull)}
    steps = np.diff(list(table.values())) / np.diff(list(table))
    mean, clipped = 2304 / 256, 2 * 2304 / 256
    assert steps.max() <= (clipped + mean) * 255 / 2304 + 1
    free = Preprocessing(equalise="clahe", clip_limit=256, tiles=1).fit(dull)[0]
    assert np.ptp(free) > 3 * np.ptp(spread)


def test_small_tiles_clip_to_one_pixel_whatever_the_limit() -> None:
    """The documented rounding of OpenCV: tiles of 6×6 pixels."""

    def fit(limit: float) -> np.ndarray:
        return Preprocessing(equalise="clahe", clip_limit=limit).fit(_face())

    assert np.array_equal(fit(0.1), fit(14.2))
    assert not np.array_equal(fit(14.2), fit(14.3))


@pytest.mark.parametrize("equalise", ["histogram", "clahe"])
def test_hues_stay_and_the_luma_is_what_is_spread(equalise: str) -> None:
    """Chroma is kept to the rounding of 8 bits, where no channel leaves 0–255."""
    luma = _face(low=110, high=150)
    colour = np.stack([luma + 9, luma, luma - 9], -1)
    fitted = Preprocessing(48, 3, equalise=equalise).fit(colour).transpose(1, 2, 0)
    inside = ((fitted > 0) & (fitted < 255)).all(-1)
    assert inside.mean() > 0.8
    apart = fitted[inside].astype(int)
    assert np.abs(apart[:, 0] - apart[:, 1] - 9).max() <= 3
    assert np.abs(apart[:, 1] - apart[:, 2] - 9).max() <= 3
    grey = Preprocessing(48, 1, equalise=equalise).fit(colour)[0].astype(int)
    assert np.abs(to_grey(fitted).astype(int) - grey)[inside].max() <= 4


def test_grey_as_three_channels_stays_grey() -> None:
    fitted = Preprocessing(48, 3, equalise="clahe").fit(_face())
    assert np.array_equal(fitted[0], fitted[1])
    assert np.array_equal(fitted[0], fitted[2])
    assert np.array_equal(fitted[0], CLAHE.fit(_face())[0])


def test_equalisation_comes_after_the_resize() -> None:
    large = cv2.resize(_face(), (96, 96))
    first = Preprocessing().fit(large)[0]
    assert np.array_equal(HISTOGRAM.fit(large)[0], cv2.equalizeHist(first))


def test_what_was_resized_is_equalised_once() -> None:
    large = cv2.resize(_face(), (96, 90))
    small = CLAHE.resized(large)
    assert small.shape == (48, 48)
    assert np.array_equal(CLAHE.fit(small), CLAHE.fit(large))
    assert not np.array_equal(CLAHE.fit(CLAHE.fit(large)[0]), CLAHE.fit(large))


def test_a_specification_from_before_equalisation_means_none() -> None:
    older = {"size": 48, "channels": 1, "normalise": "per_image", "mean": [], "std": []}
    assert Preprocessing.from_dict(older) == Preprocessing()
    assert Preprocessing().equalise == "none"


def test_an_experiment_reads_and_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    path.write_text("preprocess: {equalise: clahe, clip_limit: 3}\n")
    experiment = Experiment.load(path, ["preprocess.tiles=4"])
    assert experiment.preprocess == Preprocessing(equalise="clahe", clip_limit=3.0, tiles=4)
    path.write_text(experiment.to_yaml())
    assert Experiment.load(path) == experiment
    with pytest.raises(ConfigError, match=r"preprocess.equalise: input should be 'none'"):
        Experiment.load(path, ["preprocess.equalise=yes please"])
    with pytest.raises(ConfigError, match="belong to equalise: clahe"):
        Experiment.load(path, ["preprocess.equalise=none"])

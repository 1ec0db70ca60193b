import numpy as np
import pytest
from made_sources import encoded, faces
from PIL import Image

from mien.datasets import pictures
from mien.datasets.pictures import as_grey, decode, decode_png, encode_png
from mien.datasets.source import pixel_hash, safe_id
from mien.errors import ImageError

COLOUR = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)


@pytest.mark.parametrize("picture", [faces(1)[0], COLOUR], ids=["grey", "colour"])
def test_png_keeps_every_pixel_and_the_channel_order(picture):
    data = encode_png(picture)
    assert np.array_equal(decode_png(data), picture)
    assert np.array_equal(decode(data), picture)  # Pillow agrees: RGB, not BGR


def test_damaged_png_is_none():
    assert decode_png(b"") is None
    assert decode_png(b"no png") is None


def test_palette_and_transparent_pictures_become_rgb():
    palette = Image.fromarray(COLOUR).quantize(8)
    import io

    stream = io.BytesIO()
    palette.save(stream, "PNG")
    assert decode(stream.getvalue()).shape == (5, 7, 3)
    assert decode(encoded(np.dstack([COLOUR, COLOUR[..., 0]]))).shape == (5, 7, 3)


def test_grey_with_transparency_stays_grey():
    assert decode(encoded(faces(1)[0][..., None].repeat(2, 2))).shape == (48, 48)


def test_sixteen_bits_are_refused():
    with pytest.raises(ImageError, match="pixels of mode I;16, expected eight bits"):
        decode(encoded(np.ones((4, 4), np.uint16)))


def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    with pytest.raises(ImageError, match="48x48 pixels, expected at most 100"):
        decode(encoded(faces(1)[0]))


def test_only_equal_channels_become_grey():
    face = faces(1)[0]
    assert np.array_equal(as_grey(np.dstack([face] * 3)), face)
    assert as_grey(COLOUR).shape == (5, 7, 3)
    assert as_grey(face) is face


def test_the_hash_tells_shapes_apart():
    flat = np.zeros(12, np.uint8)
    shapes = [(3, 4), (4, 3), (2, 2, 3)]
    assert len({pixel_hash(flat.reshape(shape)) for shape in shapes}) == 3
    assert pixel_hash(COLOUR[::2]) == pixel_hash(COLOUR[::2].copy())


def test_ids_are_safe_and_differ_where_names_differ():
    assert safe_id(["train", "happy", "a_1"]) == "train-happy-a_1"
    odd = [safe_id(["t", name]) for name in ("a b", "a_b", "a:b", "ä", "x" * 300, "x" * 301)]
    assert len(set(odd)) == 6
    assert max(map(len, odd)) < 140
    assert not safe_id(["..", "a"]).startswith(".")

import io
import random
import warnings
import zlib
from contextlib import suppress

import cv2
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


def saved(image, form="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


PICTURE = Image.fromarray(COLOUR)


def test_palette_and_transparent_pictures_become_rgb():
    assert decode(saved(PICTURE.quantize(8))).shape == (5, 7, 3)
    see_through = np.dstack([COLOUR, COLOUR[..., 0]])
    assert np.array_equal(decode(encoded(see_through)), COLOUR)
    assert decode(saved(PICTURE.convert("CMYK"), "TIFF")).shape == (5, 7, 3)
    assert decode(saved(PICTURE.quantize(8), "PNG", transparency=0)).shape == (5, 7, 3)


def test_one_bit_becomes_black_and_white():
    marks = np.arange(35).reshape(5, 7) % 2 == 0
    assert np.array_equal(decode(saved(Image.fromarray(marks))), marks * np.uint8(255))


def test_grey_with_transparency_stays_grey():
    assert decode(encoded(faces(1)[0][..., None].repeat(2, 2))).shape == (48, 48)


DEEP = np.full((4, 5, 3), 40_000, np.uint16)


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".ppm"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_are_refused_also_where_pillow_would_cut_them(suffix, channels):
    if (suffix, channels) == (".ppm", 4):
        return
    deep = np.dstack([DEEP, DEEP])[..., :channels].squeeze()
    data = cv2.imencode(".pgm" if (suffix, channels) == (".ppm", 1) else suffix, deep)[1].tobytes()
    with pytest.raises(ImageError, match="16 bits a channel, expected eight: convert it"):
        decode(data)


@pytest.mark.parametrize("pixels", [np.ones((4, 4), np.int32), np.ones((4, 4), np.float32)])
def test_thirty_two_bits_are_refused(pixels):
    with pytest.raises(ImageError, match="32 bits a channel, expected eight"):
        decode(saved(Image.fromarray(pixels), "TIFF"))


def test_eight_bits_of_any_form_are_taken():
    for form in ("PNG", "BMP", "TIFF", "PPM"):
        assert np.array_equal(decode(saved(PICTURE, form)), COLOUR)
    assert np.array_equal(decode(b"P5 2 2 15\n" + bytes([0, 15, 15, 0])), [[0, 255], [255, 0]])
    assert decode(saved(PICTURE, "GIF")).shape == (5, 7, 3)


def test_the_turn_that_a_camera_noted_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    assert np.array_equal(decode(saved(PICTURE, exif=exif)), np.rot90(COLOUR, -1))


@pytest.mark.parametrize("form", ["GIF", "TIFF", "PNG", "WEBP"])
def test_of_several_pages_the_first_is_taken(form):
    pages = [Image.fromarray(np.full((6, 8), value, np.uint8)) for value in (10, 200)]
    data = saved(pages[0], form, save_all=True, append_images=pages[1:])
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.n_frames == 2
    assert (decode(data) == 10).all()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "an empty file, expected a picture"),
        (b"just words", "no picture in any known format"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "a web page, no picture: fetch it again"),
        (b"<HTML><body>404", "a web page, no picture"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"\x89PNG\r\n\x1a\n", r"a broken picture \(its beginning is damaged or cut"),
        (b"\xff\xd8\xff\xe0", r"a broken picture \(its beginning"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture in any known format"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(data, reason):
    with pytest.raises(ImageError, match=reason):
        decode(data)


@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (1, 1)])
def test_pictures_of_one_row_or_column_are_refused(shape):
    with pytest.raises(ImageError, match=f"{shape[1]}x{shape[0]} pixels, expected at least 2 on"):
        decode(encoded(np.ones(shape, np.uint8)))


def test_a_header_that_claims_gigapixels_is_refused_before_it_is_decoded():
    data = bytearray(encoded(np.zeros((4, 4), np.uint8)))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    with pytest.raises(ImageError, match="at most 50,000,000 pixels in all, far more"):
        decode(bytes(data))


def test_damaged_files_of_all_forms_give_pixels_or_one_kind_of_error():
    chance = random.Random(1)
    forms = ("PNG", "JPEG", "BMP", "WEBP", "GIF", "PPM")
    for whole in [saved(PICTURE.resize((20, 24)), form) for form in forms]:
        for _ in range(60):
            data = bytearray(whole[: chance.choice([len(whole), chance.randrange(len(whole))])])
            for _ in range(chance.randrange(4)):
                if data:
                    data[chance.randrange(min(len(data), 200))] = chance.randrange(256)
            with suppress(ImageError):
                assert decode(bytes(data)).dtype == np.uint8


def test_warnings_of_the_decoder_stay_inside():
    data = saved(PICTURE.quantize(8), "PNG", transparency=bytes(range(8)))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert decode(data).shape == (5, 7, 3)
    assert not seen


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

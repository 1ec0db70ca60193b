import io
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from mien.errors import ImageError, UnknownNameError, UsageError
from mien.inference.sources import find_pictures, load_picture, read_picture, sample_photograph

RNG = np.random.default_rng(0)
RGB = RNG.integers(0, 256, (20, 30, 3), np.uint8)
GREY = RNG.integers(0, 256, (20, 30), np.uint8)


def saved(tmp_path, image, name="p.png", **options):
    path = tmp_path / name
    image.save(path, **options)
    return path


def test_sample_photograph_is_small_and_readable():
    path = sample_photograph()
    assert path.stat().st_size < 60_000
    assert read_picture(path).shape == (512, 512, 3)


def test_rgb_and_grey_files_are_exact(tmp_path):
    np.testing.assert_array_equal(read_picture(saved(tmp_path, Image.fromarray(RGB))), RGB)
    grey = read_picture(saved(tmp_path, Image.fromarray(GREY)))
    np.testing.assert_array_equal(grey, np.stack([GREY] * 3, axis=2))


@pytest.mark.parametrize("given", [str, lambda p: p, Image.open])
def test_paths_and_pillow_images_are_the_same(tmp_path, given):
    path = saved(tmp_path, Image.fromarray(RGB))
    np.testing.assert_array_equal(load_picture(given(path)), RGB)


@pytest.mark.parametrize(("turn", "expected"), [(3, (0, 0)), (6, (0, 19)), (8, (29, 0))])
def test_exif_turns_are_undone(tmp_path, turn, expected):
    """The pixel that a camera's turn puts at ``expected`` must come out at the right corner."""
    dark = np.full((20, 30, 3), 255, np.uint8)
    dark[0, 0] = 0
    exif = Image.Exif()
    exif[0x0112] = turn
    got = read_picture(saved(tmp_path, Image.fromarray(dark), exif=exif))
    assert got.shape == ((20, 30, 3) if turn == 3 else (30, 20, 3))
    row, column = np.argwhere(got[..., 0] == 0)[0]
    assert (row, column) == ((19, 29) if turn == 3 else expected)


def test_palette(tmp_path):
    palette = Image.fromarray(RGB).quantize(16)
    np.testing.assert_array_equal(
        read_picture(saved(tmp_path, palette)), np.asarray(palette.convert("RGB"))
    )


def test_transparent_parts_are_white(tmp_path):
    alpha = np.zeros((20, 30, 1), np.uint8)
    alpha[:, :10] = 255
    rgba = Image.fromarray(np.concatenate([RGB, alpha], 2))
    got = read_picture(saved(tmp_path, rgba))
    np.testing.assert_array_equal(got[:, :10], RGB[:, :10])
    assert (got[:, 10:] == 255).all()
    palette = saved(tmp_path, Image.fromarray(GREY).convert("P"), "t.png", transparency=0)
    assert (read_picture(palette)[GREY == 0] == 255).all()


def test_cmyk_jpeg(tmp_path):
    flat = Image.new("RGB", (20, 20), (200, 30, 60)).convert("CMYK")
    got = read_picture(saved(tmp_path, flat, "p.jpg", quality=95))
    np.testing.assert_allclose(got[10, 10], (200, 30, 60), atol=4)


def test_sixteen_bit_grey_keeps_its_tones(tmp_path):
    deep = Image.fromarray(GREY.astype(np.uint16) * 256 + 77)
    for name in ("p.png", "p.tif"):
        got = read_picture(saved(tmp_path, deep, name))
        np.testing.assert_array_equal(got[..., 1], GREY)


def test_black_and_white(tmp_path):
    got = read_picture(saved(tmp_path, Image.fromarray(GREY > 128)))
    np.testing.assert_array_equal(got[..., 0], np.where(GREY > 128, 255, 0))


def test_float_and_32_bit_files_are_refused(tmp_path):
    floats = saved(tmp_path, Image.fromarray(np.ones((5, 5), np.float32)), "f.tif")
    with pytest.raises(ImageError, match=r"f\.tif: expected 8 or 16 bits a channel, not floats"):
        read_picture(floats)
    wide = saved(tmp_path, Image.fromarray(np.full((5, 5), 100_000, np.int32)), "i.tif")
    with pytest.raises(ImageError, match=r"i\.tif: expected 8 or 16 bits a channel, not 32"):
        read_picture(wide)


def jpeg():
    buffer = io.BytesIO()
    Image.fromarray(np.kron(RGB, np.ones((8, 8, 1), np.uint8))).save(buffer, "JPEG")
    return buffer.getvalue()


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0" + bytes(50)
BROKEN = {
    "empty.jpg": (b"", r"empty\.jpg: expected a picture .*; the file is empty"),
    "text.png": (b"<html>not found</html>", r"text\.png: expected .*; this looks like text"),
    "phone.jpg": (HEIC, r"this is an HEIC photograph: convert it to JPEG or PNG"),
    "noise.png": (bytes(range(256)), r"noise\.png: .*of another kind or damaged"),
    "cut.jpg": (jpeg()[:3000], r"cut\.jpg: expected a whole JPEG picture; it is truncated"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_picture_is_said(tmp_path, name):
    content, message = BROKEN[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImageError, match=message) as caught:
        read_picture(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(ImageError, match=r"none\.png: expected a picture.*no such file"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(ImageError, match="is a directory"):
        read_picture(tmp_path)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
def test_damage_anywhere_is_an_image_error_or_a_picture(tmp_path, form):
    buffer = io.BytesIO()
    Image.fromarray(RGB).save(buffer, form)
    whole = buffer.getvalue()
    rng = np.random.default_rng(1)
    path = tmp_path / "p"
    for _ in range(60):
        damaged = bytearray(whole[: rng.integers(1, len(whole) + 1)])
        for place in rng.integers(0, len(damaged), 4):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        with suppress(ImageError):
            assert read_picture(path).dtype == np.uint8


def bomb(side):
    """Return a PNG that says it has side × side pixels, in a hundred bytes."""

    def chunk(kind, data):
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_a_decompression_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(60_000))
    with pytest.raises(ImageError, match=r"bomb\.png: .*at most 179 million pixels; this one has"):
        read_picture(path)


def test_a_large_picture_below_the_limit_is_no_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 400)
    assert read_picture(saved(tmp_path, Image.fromarray(RGB))).shape == RGB.shape


def test_arrays_with_their_colour_order():
    np.testing.assert_array_equal(load_picture(RGB, "RGB"), RGB)
    np.testing.assert_array_equal(load_picture(RGB, "BGR"), RGB[..., ::-1])
    np.testing.assert_array_equal(load_picture(GREY)[..., 2], GREY)
    np.testing.assert_array_equal(load_picture(GREY, "BGR")[..., 2], GREY)


def test_colours_without_an_order_are_refused():
    with pytest.raises(UsageError, match=r"give colour_order='RGB', or 'BGR' where OpenCV"):
        load_picture(RGB)
    with pytest.raises(UnknownNameError, match="unknown colour_order 'rgb'; known: RGB, BGR"):
        load_picture(RGB, "rgb")


@pytest.mark.parametrize(
    ("array", "came"),
    [
        (RGB / 255, r"float64 \[20, 30, 3\]"),
        (GREY.astype(np.uint16), r"uint16 \[20, 30\]"),
        (np.zeros((5, 5, 4), np.uint8), r"uint8 \[5, 5, 4\]"),
        (np.zeros((2, 5, 5, 3), np.uint8), r"uint8 \[2, 5, 5, 3\]"),
        (np.zeros((0, 5), np.uint8), r"uint8 \[0, 5\]"),
    ],
)
def test_other_arrays_are_refused(array, came):
    with pytest.raises(UsageError, match=rf"values 0 to 255, not {came}"):
        load_picture(array, "RGB")


def test_other_objects_are_refused():
    with pytest.raises(UsageError, match=r"a path, a Pillow image or a numpy array, not builtins"):
        load_picture(42)


def test_an_image_without_pixels_is_refused():
    with pytest.raises(ImageError, match="the Pillow image: expected at least one pixel"):
        load_picture(Image.new("RGB", (0, 5)))


def test_folders_are_searched_in_order_and_files_taken_as_they_are(tmp_path):
    for name in ("b.PNG", "a.jpg", "notes.txt", "sub/c.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    odd, gone = tmp_path / "notes.txt", tmp_path / "gone.png"
    found = find_pictures([tmp_path, odd, gone, tmp_path / "a.jpg"])
    assert [p.name for p in found] == ["a.jpg", "b.PNG", "c.webp", "notes.txt", "gone.png"]


def test_an_empty_folder_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match=r"no picture in this folder; searched for .*\.jpg"):
        find_pictures([tmp_path])


def test_a_folder_that_may_not_be_listed_keeps_its_place(tmp_path, monkeypatch):
    def closed(folder, onerror):
        onerror(PermissionError(13, "Permission denied", str(folder)))
        return iter(())

    monkeypatch.setattr("os.walk", closed)
    assert find_pictures([tmp_path]) == [tmp_path]

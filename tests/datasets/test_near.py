import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.datasets import near
from mien.datasets.drawn import Drawn
from mien.datasets.near import Pairs, groups_of, near_pairs
from mien.datasets.near_code import BITS, VIEWS, WORDS, Coder, described
from mien.datasets.near_match import match


def textured(number, side=48):
    """A picture of its own, with coarse and fine parts."""
    rng = np.random.default_rng(number)
    rough = rng.integers(0, 256, (9, 9), dtype=np.uint8)
    return cv2.resize(rough, (side, side), interpolation=cv2.INTER_CUBIC)


def moved(picture, dx=0, dy=0, scale=1.0):
    matrix = cv2.getRotationMatrix2D((23.5, 23.5), 0, scale)
    matrix[:, 2] += (dx, dy)
    return cv2.warpAffine(picture, matrix, (48, 48), borderMode=cv2.BORDER_REPLICATE)


def jpeg(picture, quality):
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


CHANGES = {
    "coded anew": lambda p: jpeg(p, 40),
    "moved": lambda p: moved(p, 2, -2),
    "larger": lambda p: moved(p, scale=1.06),
    "smaller": lambda p: moved(p, scale=0.95),
    "darker": lambda p: cv2.convertScaleAbs(p, alpha=0.5),
    "less contrast": lambda p: cv2.convertScaleAbs(p, alpha=0.5, beta=60),
    "of another size": lambda p: cv2.resize(p, (100, 100), interpolation=cv2.INTER_CUBIC),
    "in colours": lambda p: np.repeat(p[..., None], 3, axis=2),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_copy_is_found_among_others(change):
    pictures = [textured(n) for n in range(300)]
    pictures += [change(pictures[n]) for n in range(0, 300, 10)]
    pairs = near_pairs(len(pictures), pictures.__getitem__)
    found = set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    hidden = {(10 * n, 300 + n) for n in range(30)}
    assert len(hidden & found) >= 28
    assert len(found - hidden) <= 1


def test_a_mirror_image_and_another_picture_are_no_copies():
    pictures = [textured(n) for n in range(50)]
    pictures += [np.ascontiguousarray(p[:, ::-1]) for p in pictures]
    assert len(near_pairs(len(pictures), pictures.__getitem__).first) == 0


def test_faces_of_one_expression_are_no_copies_of_each_other():
    faces = [picture.pixels for picture in Drawn(64)]
    pairs = near_pairs(64, faces.__getitem__)
    assert len(pairs.first) <= 2


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_pictures_have_no_pairs(count):
    assert len(near_pairs(count, textured).first) == 0


def test_flat_pictures_have_no_copies():
    flat = [np.full((48, 48), value, np.uint8) for value in range(20)]
    assert len(near_pairs(20, flat.__getitem__).first) == 0


def test_pairs_are_ascending_and_come_once():
    same = [textured(0), textured(1), textured(0), textured(0), textured(1)]
    pairs = near_pairs(5, same.__getitem__)
    assert list(zip(pairs.first, pairs.second, strict=True)) == [(0, 2), (0, 3), (1, 4), (2, 3)]
    assert pairs.score.tolist() == pytest.approx([1, 1, 1, 1], abs=1e-5)


def test_the_same_pictures_give_the_same_pairs():
    pictures = [textured(n // 2) for n in range(60)]
    one, two = (near_pairs(60, pictures.__getitem__) for _ in range(2))
    assert np.array_equal(one.first, two.first)
    assert np.array_equal(one.score, two.score)


def test_many_like_pictures_do_not_cost_their_square(monkeypatch):
    picture = textured(3)
    compared = []
    monkeypatch.setattr(near, "match", lambda *pictures: compared.append(1) or 1.0)
    pairs = near_pairs(400, lambda n: picture)
    assert len(compared) <= 400 * near.MOST
    assert len(set(groups_of(pairs, 400).tolist())) <= 400 / near.MOST + 1


def test_progress_is_told_to_the_end():
    told = {}
    pictures = [textured(n // 2) for n in range(20)]
    near_pairs(
        20, pictures.__getitem__, progress=lambda what, done, of: told.update({what: (done, of)})
    )
    assert set(told) == {"coding", "looking up", "comparing"}
    assert all(done == of for done, of in told.values())


def test_groups_are_chains_of_pairs_named_by_their_first():
    pairs = Pairs(np.array([1, 3, 4]), np.array([3, 6, 5]), np.ones(3, np.float32))
    assert groups_of(pairs, 8).tolist() == [0, 1, 2, 1, 4, 4, 1, 7]


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
@settings(max_examples=60, deadline=None)
def test_groups_agree_with_a_walk_along_the_pairs(edges):
    linked = [(min(e), max(e)) for e in edges if e[0] != e[1]]
    first, second = (np.array([e[side] for e in linked], np.int64) for side in (0, 1))
    found = groups_of(Pairs(first, second, np.ones(len(linked), np.float32)), 20)
    for start in range(20):
        seen, left = set(), [start]
        while left:
            here = left.pop()
            seen.add(here)
            left += [b if a == here else a for a, b in linked if here in (a, b)]
            left = [n for n in left if n not in seen]
        assert found[start] == min(seen)


def test_a_picture_matches_itself_and_hardly_another():
    assert match(textured(1), textured(1)) == pytest.approx(1, abs=1e-5)
    assert match(textured(1), textured(2)) < 0.7


def test_matching_heeds_neither_brightness_nor_contrast():
    picture = textured(5)
    assert match(picture, cv2.convertScaleAbs(picture, alpha=0.4, beta=30)) > 0.99


def test_a_flat_picture_matches_nothing():
    flat = np.full((48, 48), 7, np.uint8)
    assert match(flat, textured(1)) == match(textured(1), flat) == match(flat, flat) == -1
    half = np.where(np.arange(48) < 40, flat, textured(2))
    assert match(textured(1), half) < 0.7


def test_codes_are_a_word_of_bits_for_each_view():
    pictures = [textured(n) for n in range(40)]
    codes = Coder.fitted(40, pictures.__getitem__).codes(pictures)
    assert codes.shape == (40, VIEWS, WORDS)
    assert codes.dtype == np.uint64
    share = np.bitwise_count(codes[:, 0]).sum(1).mean() / BITS
    assert 0.4 < share < 0.6


def test_descriptions_have_unit_length_and_forget_brightness():
    picture = textured(9)
    found = described(picture)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(VIEWS), abs=1e-4)
    dark = described(cv2.convertScaleAbs(picture, alpha=0.5))
    assert np.abs(found - dark).max() < 0.02

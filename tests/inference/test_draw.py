from dataclasses import replace

import numpy as np
import pytest
from PIL import ImageDraw

from mien.emotions import EMOTIONS
from mien.inference.draw import COLOURS, annotate, ink, label_top
from mien.inference.recognizer import Face


def face(box, emotion="happiness"):
    return Face(box, 0.9, (), emotion, 0.5, dict.fromkeys(EMOTIONS, 0.125))


def grey(height, width):
    return np.full((height, width, 3), 128, np.uint8)


def test_every_emotion_has_a_colour_of_its_own():
    assert tuple(COLOURS) == EMOTIONS
    assert len(set(COLOURS.values())) == 8


def test_the_picture_is_left_as_it_is_and_the_copy_has_the_colour():
    picture = grey(500, 600)
    picture.setflags(write=False)
    drawn = annotate(picture, [face((100, 200, 150, 180))])
    assert drawn.shape == picture.shape
    assert (picture == 128).all()
    assert (drawn[290, 100:106] == COLOURS["happiness"]).all(1).any()
    assert (drawn[250:330, 130:220] == 128).all()


def test_an_uncertain_answer_has_a_question_mark(monkeypatch):
    said = []
    whole = ImageDraw.ImageDraw.text
    monkeypatch.setattr(
        ImageDraw.ImageDraw,
        "text",
        lambda pen, at, text, **k: said.append(text) or whole(pen, at, text, **k),
    )
    sure = face((100, 200, 150, 180))
    drawn = annotate(grey(500, 600), [sure])
    doubtful = annotate(grey(500, 600), [replace(sure, uncertain=True)])
    assert said == ["happiness 50%", "happiness? 50%"]
    assert (drawn != doubtful).any()


def test_without_faces_the_picture_comes_back():
    np.testing.assert_array_equal(annotate(grey(500, 600), []), grey(500, 600))


@pytest.mark.parametrize(
    ("shape", "expected"), [((48, 48), (480, 480)), ((100, 60), (500, 300)), ((481, 5), (481, 5))]
)
def test_small_pictures_are_enlarged(shape, expected):
    assert annotate(grey(*shape), []).shape[:2] == expected


@pytest.mark.parametrize("shape", [(1, 1), (48, 48), (30, 900), (900, 30), (3000, 4000)])
@pytest.mark.parametrize("emotion", ["contempt", "fear"])
def test_labels_fit_on_any_picture(shape, emotion):
    height, width = shape
    boxes = [(0, 0, width, height), (width - 1, height - 1, 1, 1), (width // 2, 0, 1, height)]
    drawn = annotate(grey(*shape), [face(box, emotion) for box in boxes])
    assert (drawn == COLOURS[emotion]).all(2).any()


@pytest.mark.parametrize(
    ("top", "bottom", "expected"), [(50, 90, 30), (10, 60, 60), (10, 95, 10), (20, 60, 0)]
)
def test_a_label_stands_above_else_below_else_inside(top, bottom, expected):
    assert label_top((0, top, 40, bottom), 20, 100) == expected


def test_labels_are_inked_for_contrast():
    def luminance(colour):
        linear = [((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    for colour in COLOURS.values():
        light, dark = sorted([luminance(colour), luminance(ink(colour))], reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5

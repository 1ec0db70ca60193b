"""A model that learnt from upright faces is shown upright faces."""

import numpy as np
import pytest
from made_scenes import scene, turned_scene
from tiny_models import describe, write_model

import mien
from mien.errors import ModelFileError
from mien.inference.crop import views
from mien.inference.info import parse_info
from mien.inference.model import Model
from mien.inference.upright import upright


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("framing")


@pytest.fixture(scope="module")
def recognizers(folder):
    """By what the model file says of its faces; ``old`` says nothing."""
    files = {
        name: write_model(folder / f"{name}.onnx", describe(framing={"faces": name}))
        for name in ("align", "crop", "")
    }
    files["old"] = write_model(folder / "old.onnx", describe())
    return {name: mien.load(path, threads=1) for name, path in files.items()}


def answer(recognizer, picture, **more):
    return [
        list(face.probabilities.values())
        for face in recognizer.recognize(picture, colour_order="RGB", **more)
    ]


def test_the_file_says_how_its_faces_were_cut(recognizers):
    said = {name: recognizer.model.info.faces for name, recognizer in recognizers.items()}
    assert said == {"align": "align", "crop": "crop", "": "", "old": ""}


@pytest.mark.parametrize("degrees", [-25, 20])
def test_all_views_are_turned_upright_where_the_file_says_align(recognizers, degrees):
    picture, aligning = turned_scene(scene(2), degrees), recognizers["align"]
    (found,) = aligning.detector.detect(picture)
    box, angle = upright(aligning.detector, picture, found)
    assert abs(angle) > 10
    expected = aligning.model.emotions(views(picture, box, angle)).mean(0)
    np.testing.assert_allclose(answer(aligning, picture)[0], expected, atol=1e-6)
    plain = aligning.model.emotions(views(picture, found.box)).mean(0)
    assert np.abs(expected - plain).max() > 0.02


@pytest.mark.parametrize("name", ["crop", "", "old"])
def test_faces_are_taken_as_they_stand_otherwise(recognizers, name):
    picture, recognizer = turned_scene(scene(2), 20), recognizers[name]
    (found,) = recognizer.detector.detect(picture)
    plain = recognizer.model.emotions(views(picture, found.box)).mean(0)
    np.testing.assert_allclose(answer(recognizer, picture)[0], plain, atol=1e-6)


def test_boxes_and_landmarks_are_those_of_the_picture(recognizers):
    picture = turned_scene(scene(2), 20)
    aligned, plain = (
        recognizers[name].recognize(picture, colour_order="RGB")[0] for name in ("align", "old")
    )
    assert (aligned.box, aligned.landmarks) == (plain.box, plain.landmarks)


def test_own_crops_and_own_boxes_are_taken_as_they_are(recognizers, monkeypatch):
    picture = turned_scene(scene(2), 20)
    aligning, old = recognizers["align"], recognizers["old"]
    box = old.recognize(picture, colour_order="RGB")[0].box
    for one in (aligning, old):
        monkeypatch.setattr(one, "detector", None)
    assert answer(aligning, picture, boxes=[box]) == answer(old, picture, boxes=[box])
    crops = list(views(picture, box))
    assert aligning.recognize_crops(crops, colour_order="RGB") == old.recognize_crops(
        crops, colour_order="RGB"
    )


def test_a_turned_face_gets_about_the_answer_of_an_upright_one(recognizers):
    """The mean over scenes: a linear model with random weights follows every pixel."""
    change = {"align": [], "old": []}
    for seed in (0, 3, 5, 9):
        for name, changes in change.items():
            straight, turned = (
                answer(recognizers[name], turned_scene(scene(seed), degrees))[0]
                for degrees in (0, 25)
            )
            changes.append(np.abs(np.subtract(straight, turned)).sum())
    assert np.mean(change["align"]) < 0.6 * np.mean(change["old"])


@pytest.mark.parametrize("framing", [{"faces": "tilt"}, {"faces": None}, {"faces": 3}, "align", []])
def test_a_framing_that_makes_no_sense_is_refused(framing, folder):
    path = write_model(folder / "wrong.onnx", describe(framing=framing))
    with pytest.raises(ModelFileError, match="framing is an object with faces: align, crop or"):
        Model.open(path)


def test_an_empty_framing_is_none():
    import json

    assert parse_info(json.dumps(describe(framing={}))).faces == ""

import json

import numpy as np
import pytest
from PIL import Image
from tiny_models import describe, write_model

import mien
from mien.emotions import BASIC, EMOTIONS
from mien.errors import ImageError, ModelFileError, UsageError
from mien.inference import recognizer as module
from mien.inference.crop import VIEWS, views
from mien.inference.sources import sample_photograph


def two_faces(photograph):
    """A large face on the left, the same one half as large on the right."""
    small = Image.fromarray(photograph).resize((256, 256))
    scene = Image.new("RGB", (800, 512), (90, 90, 90))
    scene.paste(Image.fromarray(photograph), (0, 0))
    scene.paste(small, (530, 100))
    return np.asarray(scene)


def test_the_sample_has_one_face_and_eight_probabilities(recognizer):
    (face,) = recognizer.recognize(sample_photograph())
    x, y, width, height = face.box
    assert x < 225 < x + width
    assert y < 123 < y + height
    assert tuple(face.probabilities) == EMOTIONS
    assert sum(face.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert face.confidence == max(face.probabilities.values()) == face.probabilities[face.emotion]
    assert len(face.landmarks) == 5


def test_the_answer_is_the_models_answer_on_the_framed_crop(recognizer, photograph):
    (face,) = recognizer.recognize(photograph, colour_order="RGB")
    (found,) = recognizer.detector.detect(photograph)
    expected = recognizer.model.emotions(views(photograph, found.box)).mean(0)
    np.testing.assert_allclose(list(face.probabilities.values()), expected, atol=1e-6)


def test_every_kind_of_picture_gets_the_same_answer(recognizer, photograph):
    expected = recognizer.recognize(photograph, colour_order="RGB")
    swapped = photograph[..., ::-1].copy()
    path = sample_photograph()
    assert recognizer.recognize(swapped, colour_order="BGR") == expected
    assert recognizer.recognize(Image.fromarray(photograph)) == expected
    assert recognizer.recognize(path) == recognizer.recognize(str(path)) == expected


def test_a_face_is_json_and_frozen(recognizer):
    (face,) = recognizer.recognize(sample_photograph())
    plain = json.loads(json.dumps(face.to_dict(), allow_nan=False))
    assert plain["box"] == list(face.box)
    assert plain["probabilities"] == face.probabilities
    assert all(type(v) is float for v in face.probabilities.values())
    assert type(face.confidence) is type(face.score) is float
    assert all(type(v) is int for v in face.box)
    with pytest.raises(AttributeError):
        face.emotion = "bored"


def test_faces_come_largest_first(recognizer, photograph):
    scene = two_faces(photograph)
    first, second = recognizer.recognize(scene, colour_order="RGB")
    assert first.box[2] > second.box[2]
    mirrored = np.ascontiguousarray(scene[:, ::-1])
    first, second = recognizer.recognize(mirrored, colour_order="RGB")
    assert first.box[2] > second.box[2]


def test_no_face_is_an_empty_list(recognizer):
    assert recognizer.recognize(np.zeros((60, 80), np.uint8)) == []
    assert recognizer.recognize([]) == []


def test_a_list_gets_the_answers_that_each_gets_alone(recognizer, photograph):
    pictures = [photograph, np.zeros((60, 80), np.uint8), two_faces(photograph)]
    together = recognizer.recognize(pictures, colour_order="RGB")
    assert [len(faces) for faces in together] == [1, 0, 2]
    for faces, picture in zip(together, pictures, strict=True):
        alone = recognizer.recognize(picture, colour_order="RGB")
        for a, b in zip(faces, alone, strict=True):
            assert a.box == b.box
            np.testing.assert_allclose(
                list(a.probabilities.values()), list(b.probabilities.values()), atol=1e-5
            )


def test_faces_of_a_list_go_through_the_network_together(recognizer, monkeypatch):
    sizes, whole = [], recognizer.model.emotions
    monkeypatch.setattr(recognizer.model, "emotions", lambda f: sizes.append(len(f)) or whole(f))
    recognizer.recognize([sample_photograph()] * 3)
    assert sizes == [3 * len(VIEWS)]


def test_own_boxes_keep_their_order_and_ask_no_detector(recognizer, photograph, monkeypatch):
    (found,) = recognizer.recognize(photograph, colour_order="RGB")
    monkeypatch.setattr(recognizer, "detector", None)
    boxes = [(300, 300, 20, 20), recognizer_box(found), (-5, -5, 40, 40)]
    faces = recognizer.recognize(photograph, colour_order="RGB", boxes=boxes)
    assert [face.box for face in faces] == [(300, 300, 20, 20), found.box, (0, 0, 35, 35)]
    assert all(face.score is None and face.landmarks == () for face in faces)
    assert faces[1].emotion == found.emotion
    assert json.loads(json.dumps(faces[0].to_dict()))["score"] is None
    assert recognizer.recognize(photograph, colour_order="RGB", boxes=[]) == []


def recognizer_box(face):
    return tuple(float(v) for v in face.box)


@pytest.mark.parametrize(
    "box",
    [
        (600, 10, 20, 20),
        (10, -500, 20, 20),
        (10, 10, 0, 20),
        (10, 10, 20),
        (float("nan"), 1, 2, 3),
        (-1e6, -1e6, 2e6, 2e6),
    ],
)
def test_a_box_that_is_no_box_is_refused(recognizer, photograph, box):
    with pytest.raises(UsageError, match=r"a box is \(x, y, width, height\).*\(512x512\), not"):
        recognizer.recognize(photograph, colour_order="RGB", boxes=[box])


def test_boxes_go_with_one_picture(recognizer):
    with pytest.raises(UsageError, match="boxes go with one picture"):
        recognizer.recognize([sample_photograph()], boxes=[(1, 1, 5, 5)])


def test_crops_get_the_models_own_answer(recognizer):
    crops = list(np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8))
    expected = recognizer.model.emotions(crops)
    for seen, row in zip(recognizer.recognize_crops(crops), expected, strict=True):
        np.testing.assert_allclose(list(seen.probabilities.values()), row, atol=1e-6)
        assert seen.emotion == EMOTIONS[row.argmax()]
    assert recognizer.recognize_crops([]) == []


def test_an_unreadable_picture_is_an_image_error(recognizer, tmp_path):
    with pytest.raises(ImageError, match="no such file"):
        recognizer.recognize(tmp_path / "none.png")
    with pytest.raises(UsageError, match="colour_order"):
        recognizer.recognize([np.zeros((5, 5, 3), np.uint8)])


@pytest.mark.parametrize("times", [0.999, 1.001])
def test_an_answer_below_the_threshold_is_uncertain(recognizer, tmp_path, photograph, times):
    (face,) = recognizer.recognize(photograph, colour_order="RGB")
    crop = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
    (seen,) = recognizer.recognize_crops([crop])
    for confidence, ask in (
        (face.confidence, lambda r: r.recognize(photograph, colour_order="RGB")),
        (seen.confidence, lambda r: r.recognize_crops([crop])),
    ):
        uncertain = {"below": min(1.0, confidence * times), "error": 0.1}
        heads = {"fer2013": {"classes": list(BASIC)}}
        heads["ferplus"] = {"classes": list(EMOTIONS), "uncertain": uncertain}
        model = mien.load(write_model(tmp_path / "m.onnx", describe(heads=heads)))
        (found,) = ask(model)
        assert found.uncertain == (times > 1)
    assert face.uncertain is seen.uncertain is False


def test_a_model_without_contempt_gives_it_zero(tmp_path):
    heads = {"fer2013": {"classes": list(BASIC), "temperature": 1.0}}
    about = describe(heads=heads, answer="fer2013")
    path = write_model(tmp_path / "seven.onnx", about, [("fer2013", 7)])
    (face,) = mien.load(path).recognize(sample_photograph())
    assert face.probabilities["contempt"] == 0
    assert sum(face.probabilities.values()) == pytest.approx(1, abs=1e-5)


def test_colour_models_see_colours(tmp_path, photograph):
    from mien.preprocess import Preprocessing

    about = describe(preprocessing=Preprocessing(32, 3).to_dict())
    path = write_model(tmp_path / "colour.onnx", about, size=32, channels=3)
    colour = mien.load(path)
    red_and_blue = photograph[..., ::-1].copy()
    right, swapped = (
        colour.recognize_crops([p], colour_order="RGB")[0] for p in (photograph, red_and_blue)
    )
    assert right.probabilities != swapped.probabilities


def test_load_checks_what_it_is_given(tiny_model, tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="threads is at least 1, not 0"):
        mien.load(tiny_model, threads=0)
    with pytest.raises(UsageError, match="min_score"):
        mien.load(tiny_model, min_score=2)
    monkeypatch.setattr(module, "WEIGHTS", tmp_path / "none.onnx")
    with pytest.raises(ModelFileError, match="no such model file"):
        mien.load()


def test_threads_may_share_a_recognizer(recognizer, photograph):
    from concurrent.futures import ThreadPoolExecutor

    expected = recognizer.recognize(photograph, colour_order="RGB")
    wide = np.asarray(Image.fromarray(photograph).resize((700, 300)))
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(recognizer.recognize, picture, colour_order="RGB")
            for picture in [photograph, wide] * 4
        ]
        answers = [job.result() for job in jobs]
    assert all(answer == expected for answer in answers[::2])


def test_one_crop_or_one_box_instead_of_a_list_is_wrong_use(recognizer, photograph):
    with pytest.raises(UsageError, match="expected a list of pictures, not str"):
        recognizer.recognize_crops("photo.jpg")
    with pytest.raises(UsageError, match="expected a list of pictures, not Image"):
        recognizer.recognize_crops(Image.fromarray(photograph))
    with pytest.raises(UsageError, match=r"expected a list of \(x, y, width, height\), not one"):
        recognizer.recognize(photograph, colour_order="RGB", boxes=(181, 70, 89, 106))

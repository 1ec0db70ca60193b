import json

import numpy as np
import pytest
from tiny_models import describe, write_model

from mien.emotions import BASIC, EMOTIONS
from mien.errors import ModelFileError, UnknownNameError
from mien.inference.info import Head
from mien.inference.model import BATCH, Model, over_emotions, softmax
from mien.preprocess import Preprocessing


def faces(n, seed=0):
    return list(np.random.default_rng(seed).integers(0, 256, (n, 48, 48), np.uint8))


def test_open_reads_what_the_file_says(tiny_model):
    info = Model.open(tiny_model).info
    assert (info.name, info.answer) == ("tiny", "ferplus")
    assert info.preprocessing == Preprocessing()
    assert info.heads["fer2013"].classes == BASIC
    assert info.heads["fer2013"].temperature == 2.0
    assert info.heads["ferplus"] == Head(EMOTIONS)
    assert info.provenance == {"seed": 0}
    assert info.scores == {"ferplus": 0.5}


FITTED = {
    "classes": list(EMOTIONS),
    "temperature": 0.5,
    "uncertain": {"below": 0.6, "error": 0.1},
    "conformal": {"lac": {"0.9": 0.7}, "aps": {"0.9": 0.8}},
    "fitted_on": {"n": 3000},
    "of a later mien": 1,
}


def test_what_calibrates_a_head_is_read(tmp_path):
    about = describe(heads={"ferplus": FITTED})
    head = Model.open(write_model(tmp_path / "m.onnx", about, [("ferplus", 8)])).head
    assert (head.temperature, head.uncertain_below, head.error) == (0.5, 0.6, 0.1)
    assert head.conformal == {"lac": {"0.9": 0.7}, "aps": {"0.9": 0.8}}
    assert head.fitted_on == {"n": 3000}


def test_logits_equal_a_product_worked_by_hand(tiny_model):
    model = Model.open(tiny_model)
    (face,) = faces(1)
    pixels = face.astype(np.float32) / 255
    flat = ((pixels - pixels.mean()) / np.sqrt(pixels.var() + 1e-4)).reshape(1, -1)
    matrix = np.random.default_rng(7).normal(0, 0.03, (48 * 48, 7)).astype(np.float32)
    logits = model.logits([face])["fer2013"]
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits, flat @ matrix, atol=1e-4)


def test_probabilities_divide_by_the_temperature(tiny_model):
    model = Model.open(tiny_model)
    logits = model.logits(faces(3))["fer2013"]
    expected = np.exp(logits / 2) / np.exp(logits / 2).sum(1, keepdims=True)
    got = model.probabilities(faces(3), "fer2013")
    np.testing.assert_allclose(got, expected, rtol=1e-5)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got.sum(1), 1, rtol=1e-6)


def test_more_faces_than_a_batch_get_the_answers_they_get_alone(tiny_model):
    model = Model.open(tiny_model)
    many = faces(BATCH + 3)
    together = model.probabilities(many)
    assert together.shape == (BATCH + 3, 8)
    for row in (0, BATCH - 1, BATCH, BATCH + 2):
        np.testing.assert_allclose(together[row], model.probabilities([many[row]])[0], atol=1e-5)


def test_no_face_gives_no_rows(tiny_model):
    model = Model.open(tiny_model)
    assert model.probabilities([]).shape == (0, 8)
    assert model.emotions([]).shape == (0, 8)


def test_classes_are_mapped_by_name_whatever_their_order(tmp_path):
    order = list(reversed(BASIC))
    about = describe(heads={"fer2013": {"classes": order}}, answer="fer2013")
    model = Model.open(write_model(tmp_path / "m.onnx", about, [("fer2013", 7)]))
    own, all_eight = model.probabilities(faces(2)), model.emotions(faces(2))
    assert model.classes == tuple(order)
    assert all_eight[:, EMOTIONS.index("contempt")].tolist() == [0, 0]
    for name in order:
        np.testing.assert_array_equal(all_eight[:, EMOTIONS.index(name)], own[:, order.index(name)])


def test_colour_models_take_colour_faces(tmp_path):
    preprocessing = Preprocessing(32, 3, "fixed", (0.5,) * 3, (0.25,) * 3)
    about = describe(preprocessing=preprocessing.to_dict())
    model = Model.open(write_model(tmp_path / "m.onnx", about, size=32, channels=3))
    face = np.random.default_rng(0).integers(0, 256, (60, 50, 3), np.uint8)
    assert model.probabilities([face]).shape == (1, 8)


def test_softmax_stands_large_logits():
    got = softmax(np.array([[1000.0, 1000.0], [-1000.0, 0.0]], np.float32))
    np.testing.assert_allclose(got, [[0.5, 0.5], [0, 1]])


def test_over_emotions_by_hand():
    got = over_emotions(np.array([[0.75, 0.25]], np.float32), ["surprise", "anger"])
    assert got.tolist() == [[0.25, 0, 0, 0, 0, 0, 0, 0.75]]


def test_an_unknown_head_lists_the_heads(tiny_model):
    with pytest.raises(UnknownNameError, match="unknown head 'rafdb'; known: fer2013, ferplus"):
        Model.open(tiny_model).probabilities(faces(1), "rafdb")


def test_a_missing_file(tmp_path):
    with pytest.raises(ModelFileError, match=r"none\.onnx: no such model file; expected"):
        Model.open(tmp_path / "none.onnx")


@pytest.mark.parametrize("content", [b"", b"hello, this is text", b"\x08\x09" * 50])
def test_what_is_not_onnx_is_refused(tmp_path, content, capfd):
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"m\.onnx: .*(damaged or of another kind|no meta)"):
        Model.open(path)
    assert capfd.readouterr().err == ""


def test_a_truncated_file_is_refused(tmp_path, tiny_model):
    path = tmp_path / "m.onnx"
    whole = tiny_model.read_bytes()
    for share in (0.2, 0.5, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(ModelFileError, match=r"m\.onnx: expected an \.onnx file"):
            Model.open(path)


def test_onnx_of_somebody_else_is_refused(tmp_path):
    path = write_model(tmp_path / "m.onnx", None)
    with pytest.raises(ModelFileError, match="not written by mien export"):
        Model.open(path)


BAD = {
    "newer": (describe(format=2), r"newer mien \(format 2; this one reads 1\): take a newer"),
    "no format": (describe(format="x"), "format is 1, not 'x'"),
    "text": ("{", "metadata is not JSON"),
    "list": ("[]", "metadata is a JSON object, not list"),
    "preprocessing": (describe(preprocessing={"size": 3}), "size is a side of 8 to 1024"),
    "no preprocessing": (describe(preprocessing=None), "NoneType"),
    "heads": (describe(heads={}), "at least one head"),
    "answer": (describe(answer="rafdb"), "answer is one of the heads.*not 'rafdb'"),
    "size": (
        describe(preprocessing=Preprocessing(64).to_dict()),
        r"promises the input faces \[N, 1, 64, 64\], its network takes",
    ),
    "emotion": (
        describe(heads={"ferplus": {"classes": ["bored"]}}),
        r"head ferplus: unknown emotions \['bored'\]; known: anger",
    ),
    "twice": (describe(heads={"ferplus": {"classes": ["fear"] * 8}}), "of different emotions"),
    "temperature": (
        describe(heads={"ferplus": {"classes": list(EMOTIONS), "temperature": 0}}),
        "temperature is a number above 0, not 0",
    ),
    "threshold": (
        describe(heads={"ferplus": FITTED | {"uncertain": {"below": 1.5, "error": 0.1}}}),
        "uncertain is an object with below and error from 0 to 1, not .*1\\.5",
    ),
    "no threshold": (
        describe(heads={"ferplus": FITTED | {"uncertain": 0.6}}),
        "uncertain is an object with below and error from 0 to 1, not 0\\.6",
    ),
    "quantile": (
        describe(heads={"ferplus": FITTED | {"conformal": {"lac": {"0.9": None}}}}),
        "conformal is an object of method, coverage and a number from 0 to 1, not .*None",
    ),
    "origin": (
        describe(heads={"ferplus": FITTED | {"fitted_on": 3}}),
        "head ferplus: fitted_on is an object, not 3",
    ),
    "classes of lists": (
        describe(heads={"ferplus": {"classes": [["fear"], ["fear"]]}}),
        "head ferplus: classes is a list of different emotions",
    ),
    "answer of a list": (describe(answer=["ferplus"]), "answer is one of the heads"),
    "outputs": (
        describe(heads={"ferplus": {"classes": list(EMOTIONS)}}),
        r"promises the outputs \(with their classes\) \{'ferplus': 8\}, its network has",
    ),
}


@pytest.mark.parametrize(("about", "message"), BAD.values(), ids=BAD)
def test_metadata_that_makes_no_sense_is_refused(tmp_path, about, message):
    path = write_model(tmp_path / "m.onnx", about)
    with pytest.raises(ModelFileError, match=message) as caught:
        Model.open(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_several_problems_are_reported_together(tmp_path):
    about = json.dumps(describe(format=0, answer="x", preprocessing={"colour": 1}))
    with pytest.raises(ModelFileError, match="3 problems"):
        Model.open(write_model(tmp_path / "m.onnx", about))


def test_a_network_of_a_fixed_batch_is_refused(tmp_path):
    path = write_model(tmp_path / "m.onnx", describe(), n=2)
    with pytest.raises(ModelFileError, match="takes only 2 faces at once, not any number"):
        Model.open(path)

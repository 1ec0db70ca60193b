"""A model file equalises a face as training did, and only once."""

import cv2
import numpy as np
import pytest
from tiny_models import describe, write_model

from mien.inference.detector import Detector
from mien.inference.model import Model
from mien.inference.recognizer import Recognizer
from mien.preprocess import Preprocessing

SPECS = [
    Preprocessing(equalise="histogram"),
    Preprocessing(equalise="clahe", clip_limit=20.0, tiles=6),
    Preprocessing(48, 3, equalise="clahe"),
]
LOWEST = np.random.default_rng(0).integers(60, 110, (4, 9, 9), dtype=np.uint8)
FACES = [cv2.resize(face, (90, 84), interpolation=cv2.INTER_CUBIC) for face in LOWEST]


def opened(tmp_path, spec, **changes):
    about = describe(preprocessing={**spec.to_dict(), **changes})
    return Model.open(write_model(tmp_path / "m.onnx", about, channels=spec.channels))


@pytest.mark.parametrize("spec", SPECS)
def test_a_model_file_answers_as_in_training(tmp_path, spec):
    torch = pytest.importorskip("torch")
    model = opened(tmp_path, spec)
    learnt = torch.from_numpy(np.stack([spec.fit(face) for face in FACES])).float() / 255
    batch = spec.normalised(learnt).numpy()
    (expected,) = model._session.run(["ferplus"], {"faces": batch})
    assert np.allclose(model.logits(FACES)["ferplus"], expected, atol=1e-4)
    plain = opened(tmp_path, Preprocessing(spec.size, spec.channels))
    assert np.abs(plain.logits(FACES)["ferplus"] - expected).max() > 0.05


@pytest.mark.parametrize("spec", SPECS)
def test_a_face_in_a_picture_is_equalised_once(tmp_path, spec):
    """The recogniser makes its crops small first, so that a list of pictures fits in memory."""
    model = opened(tmp_path, spec)
    recognizer = Recognizer(model, Detector())
    boxes = [(20.0, 20.0, 40.0, 44.0)]
    (face,) = recognizer.recognize(FACES[0], boxes=boxes)
    from mien.inference.crop import views

    each = model.emotions(views(FACES[0], boxes[0]))
    assert list(face.probabilities.values()) == pytest.approx(each.mean(0).tolist(), abs=1e-5)


def test_a_file_from_before_equalisation_opens(tmp_path):
    about = describe()
    for name in ("equalise", "clip_limit", "tiles"):
        del about["preprocessing"][name]
    model = Model.open(write_model(tmp_path / "m.onnx", about))
    assert model.preprocessing == Preprocessing()


def test_a_file_with_damaged_tiles_is_refused_with_its_reason(tmp_path):
    from mien.errors import ModelFileError

    with pytest.raises(ModelFileError, match="tiles is a whole number"):
        opened(tmp_path, SPECS[1], tiles=2.5)

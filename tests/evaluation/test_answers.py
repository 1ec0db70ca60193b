"""One head's answers: the temperature taken back, and a name for a head without one."""

from typing import Any

import numpy as np
import pytest
from made_predictions import made

from mien.emotions import BASIC, EMOTIONS
from mien.evaluation.answers import Answers, own_classes


def test_the_temperature_can_be_taken_back() -> None:
    logits = np.random.default_rng(0).normal(size=(20, 7)) * 3

    def softmax(values: Any) -> Any:
        raised = np.exp(values - values.max(1, keepdims=True))
        return raised / raised.sum(1, keepdims=True)

    answers = Answers(BASIC, softmax(logits / 1.7).astype(np.float32), 1.7)
    assert answers.uncalibrated() == pytest.approx(softmax(logits), abs=1e-5)


def test_a_head_without_a_name_gets_one() -> None:
    assert own_classes(BASIC[::-1]) == "seven"
    assert own_classes(EMOTIONS) == "eight"
    assert own_classes(BASIC[:3]) == "answers"


def test_an_origin_begins_every_record() -> None:
    assert made(7).origin.to_dict() == {
        "model": "ours",
        "model_sha256": "a" * 64,
        "data": {"name": "made", "sha256": "b" * 64, "split": "test", "label_set": "fer2013"},
    }

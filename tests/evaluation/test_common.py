"""Scores of several models on the rows that none of them has seen and all can name."""

from pathlib import Path

import numpy as np
import pytest
from made_answering import EIGHT, answering, learnt_set, run_of, textured
from made_sets import make, picture

from mien.datasets.prepared import PreparedSet
from mien.emotions import BASIC, EMOTIONS
from mien.evaluation.answering import Answering
from mien.evaluation.cross.common import common, kept
from mien.evaluation.cross.matrix import cross
from mien.evaluation.predictions import Predictions

N = 24


@pytest.fixture
def abroad(tmp_path: Path) -> PreparedSet:
    """Another set with contempt: a training picture of one model, and one of the other."""
    seen = [
        picture("one", 0, "anger", "test", pixels=textured(0)),
        picture("two", 0, "fear", "test", pixels=textured(3000)),
    ]
    others = [
        picture(f"p{n}", 0, EMOTIONS[n % 8], "test", pixels=textured(500 + n)) for n in range(N)
    ]
    return make(tmp_path / "abroad", seen + others, name="abroad", label_set="eight")


@pytest.fixture
def models(tmp_path: Path) -> list[Answering]:
    """Seven classes and eight, that learnt from different pictures."""
    first = learnt_set(tmp_path / "first", name="first")
    pictures = [picture(f"t{n}", 0, BASIC[n % 7], "train", pixels=textured(3000 + n)) for n in (0,)]
    pictures += [picture("v", 1, "anger", "val"), picture("t", 2, "anger", "test")]
    second = make(tmp_path / "second", pictures, name="second")
    return [
        answering(run_of(tmp_path / "seven", first), first.root),
        answering(run_of(tmp_path / "eight", second), second.root, EIGHT),
    ]


def test_all_models_are_scored_on_the_same_rows_and_classes(
    models: list[Answering], abroad: PreparedSet
) -> None:
    seven, eight = cross(models, [abroad])["cells"]
    one, two = seven["heads"]["fer2013"]["eight"], eight["heads"]["eight"]["eight"]
    assert (one["clean"]["n"], two["clean"]["n"]) == (22, 25)
    assert (one["common"]["n"], two["common"]["n"]) == (21, 21)
    assert one["common"]["classes"] == two["common"]["classes"] == list(BASIC)
    assert (one["common"]["masked"], two["common"]["masked"]) == ([], ["contempt"])


def test_the_common_scores_are_those_of_the_answers(
    models: list[Answering], abroad: PreparedSet
) -> None:
    rows = np.array([r for r in abroad.where()[2:] if abroad.labels[r] < 7])
    answers = models[1].on(abroad, rows, "all").heads["eight"].probabilities[:, :7].argmax(1)
    found = cross(models, [abroad])["cells"][1]["heads"]["eight"]["eight"]["common"]
    assert found["accuracy"] == pytest.approx(float((answers == abroad.labels[rows]).mean()))
    low, high = found["intervals"]["accuracy"]
    assert low <= found["accuracy"] <= high


def test_one_model_alone_has_its_own_rows_in_common(
    models: list[Answering], abroad: PreparedSet
) -> None:
    (cell,) = cross(models[:1], [abroad])["cells"]
    found = cell["heads"]["fer2013"]["eight"]
    assert found["common"] == {**found["clean"], "left_out": {}}


def test_nothing_in_common_has_no_scores(models: list[Answering], abroad: PreparedSet) -> None:
    every = abroad.where()
    parts = [every[:10], every[10:]]
    given = [
        kept(model.on(abroad, rows, "test"), np.zeros(len(rows), np.int8), rows)
        for model, rows in zip(models, parts, strict=True)
    ]
    assert common(given)[0]["fer2013"] == {"eight": None}
    assert common(given)[1]["eight"]["eight"] is None


def test_what_nobody_knows_is_not_taken_out(models: list[Answering], abroad: PreparedSet) -> None:
    def answers(model: Answering) -> Predictions:
        return model.on(abroad, abroad.where(), "test")

    given = [kept(answers(model), None, abroad.where()) for model in models]
    found = common(given)[0]["fer2013"]["eight"]
    assert found is not None
    assert found["n"] == 23  # all but contempt


def test_a_head_that_has_seen_all_leaves_nothing_to_the_others(
    models: list[Answering], abroad: PreparedSet
) -> None:
    rows = abroad.where()
    codes = [np.zeros(len(rows), np.int8), np.ones(len(rows), np.int8)]
    given = [
        kept(model.on(abroad, rows, "test"), some, rows)
        for model, some in zip(models, codes, strict=True)
    ]
    assert common(given)[0]["fer2013"]["eight"] is None

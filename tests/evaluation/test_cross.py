"""Every model on every dataset: which rows, which classes, and what is taken out."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_answering import EIGHT, answering, darker, learnt_set, run_of, textured
from made_cases import made_case
from made_sets import make, picture, votes_for
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from mien.datasets.prepared import PreparedSet
from mien.emotions import BASIC, EMOTIONS
from mien.errors import DataError, PreparedDataError
from mien.evaluation.answering import Answering
from mien.evaluation.cross import leaks
from mien.evaluation.cross.matrix import cross
from mien.evaluation.cross.scores import scored, scores
from mien.evaluation.predictions import Predictions


@pytest.fixture
def learnt(tmp_path: Path) -> PreparedSet:
    return learnt_set(tmp_path / "learnt", name="home")


@pytest.fixture
def model(tmp_path: Path, learnt: PreparedSet) -> Answering:
    return answering(run_of(tmp_path / "run", learnt), learnt.root)


@pytest.fixture
def abroad(tmp_path: Path) -> PreparedSet:
    """Another set, of people, with contempt, a copy and a near copy of training pictures."""
    pictures = [
        picture("same", 0, "anger", "train", pixels=textured(0), subject="Ada Known"),
        picture("near", 0, "fear", "val", pixels=darker(textured(1)), subject="Ada Known"),
    ]
    pictures += [
        picture(
            f"p{n}",
            0,
            EMOTIONS[n % 8],
            ("train", "val", "test")[n % 3],
            pixels=textured(500 + n),
            subject=f"Person {n % 5}",
        )
        for n in range(24)
    ]
    return make(tmp_path / "abroad", pictures, name="abroad", label_set="eight")


def test_its_own_set_is_scored_on_test_and_another_one_whole(
    model: Answering, learnt: PreparedSet, abroad: PreparedSet
) -> None:
    own, other = cross([model], [learnt, abroad])["cells"]
    assert (own["own"], own["split"], own["rows"]) == (True, "test", 8)
    assert (other["own"], other["split"], other["rows"]) == (False, "all", 26)
    assert other["seen"] == {
        "copies_of_training": 1,
        "copies_of_validation": 0,
        "near_copies_of_training": 1,
        "near_copies_of_validation": 0,
    }
    found = other["heads"]["fer2013"]["eight"]
    assert (found["all"]["n"], found["clean"]["n"]) == (23, 21)
    assert found["all"]["left_out"] == {"contempt": 3}
    assert found["clean"]["classes"] == list(BASIC)
    assert (found["clean"]["unit"], found["clean"]["clusters"]) == ("subject", 5)
    assert own["heads"]["fer2013"]["fer2013"]["clean"]["unit"] == "picture"


def test_split_test_takes_the_test_split_everywhere(
    model: Answering, learnt: PreparedSet, abroad: PreparedSet
) -> None:
    cells = cross([model], [learnt, abroad], split="test")["cells"]
    assert [cell["split"] for cell in cells] == ["test", "test"]
    assert cells[1]["rows"] == 8
    own = cross([model], [learnt], split="all")["cells"][0]
    assert own["split"] == "test"  # what it learnt from is never scored


def test_without_a_known_training_set_nothing_is_guessed(
    tmp_path: Path, learnt: PreparedSet, abroad: PreparedSet
) -> None:
    stranger = answering(run_of(tmp_path / "stranger", None))
    result = cross([stranger], [abroad])
    cell = result["cells"][0]
    assert (cell["split"], cell["seen"]) == ("test", None)
    assert cell["heads"]["fer2013"]["eight"]["clean"] is None
    assert "not known" in result["models"][0]["learnt_from"]["note"]
    assert cross([stranger], [abroad], split="all")["cells"][0]["rows"] == 26
    named = cross([stranger], [abroad], [learnt])["cells"][0]
    assert (named["split"], sum(named["seen"].values())) == ("all", 2)


def test_scores_are_those_of_scikit_learn(
    tmp_path: Path, learnt: PreparedSet, abroad: PreparedSet
) -> None:
    eight = answering(run_of(tmp_path / "run8", learnt), learnt.root, EIGHT)
    rows = abroad.where()[2:]  # without what was seen
    answers = eight.on(abroad, rows, "all").heads["eight"].probabilities.argmax(1)
    true = abroad.labels[rows]
    found = cross([eight], [abroad])["cells"][0]["heads"]["eight"]["eight"]["clean"]
    assert found["accuracy"] == pytest.approx(accuracy_score(true, answers))
    assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(true, answers))
    expected = f1_score(true, answers, labels=range(8), average="macro", zero_division=0)
    assert found["macro_f1"] == pytest.approx(expected)
    assert found["largest_class"] == pytest.approx(3 / 24)
    for name, (low, high) in found["intervals"].items():
        assert low <= found[name] <= high


def test_what_the_labels_lack_is_masked(tmp_path: Path, learnt: PreparedSet) -> None:
    eight = answering(run_of(tmp_path / "run8", learnt), learnt.root, EIGHT)
    rows = learnt.where("test")
    answers = eight.on(learnt, rows, "test").heads["eight"].probabilities.copy()
    answers[:, EMOTIONS.index("contempt")] = -1
    right = (answers.argmax(1) == learnt.labels[rows]).mean()
    found = cross([eight], [learnt])["cells"][0]["heads"]["eight"]["fer2013"]["all"]
    assert (found["accuracy"], found["masked"]) == (pytest.approx(right), ["contempt"])


def test_votes_are_scored_by_their_majority_with_and_without_contempt(tmp_path: Path) -> None:
    pictures = [
        picture(f"p{n}", n, "fear", split, votes=votes_for(**{name: 10}))
        for n, (split, name) in enumerate(
            [("train", "fear"), ("val", "fear"), ("test", "fear"), ("test", "contempt")]
        )
    ]
    voted = make(tmp_path / "voted", pictures)
    heads = {"fer2013": BASIC, "ferplus": EMOTIONS}
    model = answering(run_of(tmp_path / "run", voted), voted.root, heads)
    found = cross([model], [voted])["cells"][0]["heads"]
    without = "ferplus_majority_without_contempt"
    assert set(found["fer2013"]) == {"fer2013", without}
    assert set(found["ferplus"]) == {"fer2013", "ferplus_majority", without}
    assert found["ferplus"]["ferplus_majority"]["all"]["n"] == 2
    assert found["ferplus"][without]["all"]["n"] == 1


def test_nothing_left_has_no_clean_scores(
    tmp_path: Path, model: Answering, learnt: PreparedSet
) -> None:
    known = [
        picture(f"c{n}", 0, split="test", pixels=learnt.pixels(int(row)))
        for n, row in enumerate(learnt.where("train")[:3])
    ]
    copies = make(tmp_path / "copies", known)
    cell = cross([model], [copies])["cells"][0]
    assert cell["seen"]["copies_of_training"] == 3
    found = cell["heads"]["fer2013"]["fer2013"]
    assert (found["all"]["n"], found["clean"]) == (3, None)


def test_models_that_saw_the_same_are_looked_up_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, learnt: PreparedSet, abroad: PreparedSet
) -> None:
    asked, plain = [], leaks.seen

    def counted(*given: Any) -> Any:
        asked.append(given[0].name)
        return plain(*given)

    monkeypatch.setattr(leaks, "seen", counted)
    same = [answering(run_of(tmp_path / f"run{n}", learnt), learnt.root) for n in range(2)]
    cross(same, [learnt, abroad])
    assert asked == ["home", "abroad"]
    left_out = run_of(tmp_path / "run9", learnt, left_out=["constant"])
    cross([*same, answering(left_out, learnt.root)], [abroad])
    assert asked[2:] == ["abroad"]  # the same rows after all


def test_answers_are_kept_and_names_are_unique(
    model: Answering, learnt: PreparedSet, abroad: PreparedSet
) -> None:
    kept: dict[str, tuple[Predictions, Any]] = {}
    result = cross(
        [model, model],
        [abroad],
        keep=lambda name, *rest: kept.update({name: rest}),  # type: ignore[dict-item]
    )
    assert set(kept) == {"run-on-abroad-all", "run-2-on-abroad-all"}
    predictions, codes = kept["run-on-abroad-all"]
    heads = result["cells"][0]["heads"]
    (common,) = [heads["fer2013"]["eight"].pop("common")]
    assert common["n"] == 21
    assert scores(predictions, codes) == heads
    assert [one["name"] for one in result["models"]] == ["run", "run-2"]


def test_the_result_is_json_without_names_of_people(
    model: Answering, learnt: PreparedSet, abroad: PreparedSet, tmp_path: Path
) -> None:
    text = json.dumps(cross([model], [learnt, abroad]), allow_nan=False)
    assert "Ada" not in text
    assert "Person" not in text
    assert str(tmp_path) not in text
    assert 'near"' not in text.replace("near_", "")  # no id of a picture


def test_a_set_without_a_test_split_is_refused_before_any_work(
    tmp_path: Path, model: Answering, abroad: PreparedSet
) -> None:
    empty = make(tmp_path / "empty", [picture("a", 1), picture("b", 2, "anger")])
    said: list[str] = []
    with pytest.raises(PreparedDataError, match="in the test split, found none"):
        cross([model], [abroad, empty], split="test", progress=lambda *t: said.append(t[0]))
    assert said == []


def test_turned_faces_are_noted(tmp_path: Path, learnt: PreparedSet, abroad: PreparedSet) -> None:
    from dataclasses import replace

    model = answering(run_of(tmp_path / "run", learnt), learnt.root)
    cell = cross([replace(model, faces="align")], [abroad])["cells"][0]
    assert "learnt from faces turned upright" in cell["note"]


def test_codes_are_all_that_tells_clean_from_all(model: Answering, abroad: PreparedSet) -> None:
    predictions = model.on(abroad, abroad.where(), "all")
    codes = np.zeros(len(predictions), np.int8)
    assert scores(predictions, codes)["fer2013"]["eight"]["clean"]["n"] == 23
    codes[[0, 5]] = 3, 1
    assert scores(predictions, codes)["fer2013"]["eight"]["clean"]["n"] == 21
    assert scores(predictions, None)["fer2013"]["eight"]["clean"] is None


def test_labels_that_no_model_knows_are_refused_and_one_head_without_them_is_noted(
    tmp_path: Path, model: Answering, abroad: PreparedSet
) -> None:
    contempt = [picture(f"c{n}", n, "contempt", "test", pixels=textured(n)) for n in range(4)]
    strange = make(tmp_path / "strange", contempt, name="strange", label_set="eight")
    with pytest.raises(DataError, match="labels that a model knows, found none in strange"):
        cross([model], [strange])
    first, second = cross([model], [strange, abroad])["cells"]
    assert first["heads"] == {}
    assert "not scored: fer2013, without a class of the labels in strange" in first["note"]
    assert second["heads"]


@pytest.mark.parametrize(("count", "sure"), [(1, False), (2, False), (4, False), (5, True)])
def test_a_set_of_fewer_than_five_people_has_scores_without_intervals(
    count: int, sure: bool
) -> None:
    case = made_case(np.random.default_rng(0), n=21)
    found = scored(case, np.array([f"s{i % count}" for i in range(21)]))
    assert found is not None
    assert (found["unit"], found["clusters"]) == ("subject", count)
    assert set(found["intervals"]) == {"accuracy", "balanced_accuracy", "macro_f1"}
    assert all((ends is not None) == sure for ends in found["intervals"].values())

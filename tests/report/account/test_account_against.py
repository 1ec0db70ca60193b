from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_accounts import PLACE, answered, evaluated, story_of, told_run
from made_predictions import made

from mien.emotions import EMOTIONS
from mien.errors import DataError, UsageError
from mien.evaluation.predictions import Predictions
from mien.evaluation.stored import write_predictions
from mien.report.account.against import against, predictions_at, sentence
from mien.report.account.story import Story
from mien.report.significance import HEADERS


def _other(story: Story, right: float, **more: object) -> Predictions:
    whose = {"model": "theirs", "model_sha256": "d" * 64, "dataset": "fer2013"}
    return made(350, right, seed=5, **{**whose, **more})  # type: ignore[arg-type]


def test_each_other_model_has_a_sentence_and_a_test(story: Story) -> None:
    section = against(story, [_other(story, 0.2), _other(story, 0.3, model="third")])
    assert len(section.text) == 2
    scores, tests = section.tables
    assert tests.headers == HEADERS
    assert [row[0] for row in scores.rows] == ["lenet", "theirs", "third"]
    assert scores.rows[0][4] == f"{100 * story.reports('fer2013')[0]['accuracy']:.1f}"
    assert all(row[-1] == "yes" for row in tests.rows)
    assert any("corrected for 2 pairs" in note for note in section.notes)


def test_a_large_difference_is_one_that_chance_rarely_makes(story: Story) -> None:
    (said,) = against(story, [_other(story, 0.2)]).text
    assert "On FER-2013 labels (n = 350) lenet scores" in said
    assert "a difference that chance rarely makes (p <0.0001)" in said


def test_a_sentence_gives_both_scores_difference_and_interval() -> None:
    found = {
        "first": {"model": "a", "head": "x"},
        "second": {"model": "b", "head": "y"},
        "protocol": "ferplus_majority",
        "n": 1200,
        "accuracy": {"first": 0.8, "second": 0.79, "difference": 0.01, "interval": [-0.01, 0.03]},
        "swap_p_holm": 0.21,
    }
    assert sentence(found) == (
        "On FER+ majority labels (n = 1,200) a, head x, scores 80.0 %, b, head y, 79.0 %: +1.0 "
        "points (95 % -1.0 to +3.0), chance alone may make that (p = 0.2100)."
    )


def test_a_sentence_on_few_people_says_why_it_has_no_interval() -> None:
    score = {"first": 0.8, "second": 0.79, "difference": 0.01, "interval": None}
    found = {
        "first": {"model": "a", "heads": 1},
        "second": {"model": "b", "heads": 1},
        "protocol": "fer2013",
        "n": 21,
        "accuracy": score,
        "swap_p_holm": 1.0,
    }
    assert "+1.0 points (no interval: fewer than 5 people), chance alone" in sentence(found)


def test_models_with_other_classes_are_compared_on_those_that_both_have(story: Story) -> None:
    few = tuple(name for name in EMOTIONS if name not in ("contempt", "disgust"))
    ours = story.on.predictions() if story.on else None
    assert ours is not None
    base = _other(story, 0.4)
    head = base.heads["fer2013"]
    keep = [head.classes.index(name) for name in few]
    shares = head.probabilities[:, keep]
    fewer = replace(head, classes=few, probabilities=shares / shares.sum(1, keepdims=True))
    section = against(story, [replace(base, heads={"fer2013": fewer})])
    assert section.tables[0].rows[0][3] == "300"
    assert section.notes[-1].startswith("with theirs: on the classes that both have, anger, fear")


def test_answers_on_other_pictures_are_refused_with_the_counts(story: Story) -> None:
    fewer = _other(story, 0.5).at(np.arange(50))
    with pytest.raises(DataError, match=r"did not answer the same rows: 300 of 350"):
        against(story, [fewer])


def test_a_model_without_a_head_for_our_labels_is_refused(story: Story) -> None:
    other = _other(story, 0.5)
    heads = {"one": other.heads["fer2013"], "two": other.heads["fer2013"]}
    with pytest.raises(UsageError, match="theirs has the heads one, two"):
        against(story, [replace(other, heads=heads)])


def test_a_run_that_was_not_evaluated_cannot_be_compared(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    (root / "evaluation" / PLACE / "metrics.json").unlink()
    with pytest.raises(UsageError, match="was not evaluated: mien evaluate"):
        against(story_of(root), [])


def test_answers_that_were_not_kept_are_named(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    story = story_of(root)
    (root / "evaluation" / PLACE / "predictions.npz").unlink()
    with pytest.raises(DataError, match=r"predictions\.npz"):
        against(story, [_other(story, 0.5)])


def test_predictions_of_another_evaluation_are_refused(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    story = story_of(root)
    write_predictions(_other(story, 0.5), root / "evaluation" / PLACE / "predictions.npz")
    assert story.on is not None
    with pytest.raises(DataError, match=r"of another evaluation than metrics\.json"):
        story.on.predictions()


def test_other_answers_are_found_by_file_by_run_and_by_model(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    story = story_of(root)
    other = told_run(tmp_path / "other", parts=(), calibrated=False)
    assert predictions_at(other, story).origin.model == "other"
    assert predictions_at(other / "evaluation" / PLACE / "predictions.npz", story).ids[0]
    folder = evaluated(tmp_path / "x", answered(other, 0.5, 0)).parent
    folder.rename(tmp_path / "net-evaluation")
    assert predictions_at(tmp_path / "net.onnx", story).origin.model == "other"


def test_answers_on_another_preparation_are_not_taken(tmp_path: Path) -> None:
    story = story_of(told_run(tmp_path / "run", parts=(), calibrated=False))
    found = answered(story.first.path, 0.5, 0)
    origin = replace(found.origin, dataset_sha256="9" * 64)
    evaluated(tmp_path / "old", replace(found, origin=origin))
    with pytest.raises(UsageError, match=r"of the same preparation; found fer2013-test") as told:
        predictions_at(tmp_path / "old", story)
    assert str(told.value).endswith(f": mien evaluate {tmp_path / 'old'} --data DIR")


def test_a_model_file_that_was_not_evaluated_names_the_command_with_its_dataset(
    tmp_path: Path,
) -> None:
    story = story_of(told_run(tmp_path / "run", parts=(), calibrated=False))
    path = tmp_path / "net.onnx"
    with pytest.raises(UsageError, match=r"net\.onnx: no such file or folder"):
        predictions_at(path, story)
    path.write_bytes(b"net")
    with pytest.raises(UsageError, match=r"found nothing: mien evaluate .*net\.onnx --data DIR$"):
        predictions_at(path, story)


def test_of_several_seeds_it_says_whose_answers_these_are(tmp_path: Path) -> None:
    roots = [
        told_run(tmp_path / f"s{seed}", seed=seed, parts=(), calibrated=False) for seed in (3, 4)
    ]
    story = story_of(*roots)
    section = against(story, [_other(story, 0.4)])
    assert "the answers of lenet are those of seed 3" in section.notes

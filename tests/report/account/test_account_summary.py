import json
from pathlib import Path

import pytest
from made_accounts import PLACE, cross, story_of, told_run

from mien.report.account.pieces import Section
from mien.report.account.story import Story
from mien.report.account.summary import summary
from mien.report.account.whole import told


def _said(story: Story) -> str:
    return " ".join(summary(story, told(story)))


def test_a_reader_learns_data_split_n_seed_interval_and_baseline(story: Story) -> None:
    said = _said(story)
    report = story.reports("fer2013")[0]
    low, high = (100 * end for end in report["intervals"]["accuracy"])
    for words in (
        "looks at a face (48×48 grey",
        "which of 7 expressions",
        "learnt from 28,709 training pictures of fer2013, none left out (seed 0)",
        "On fer2013, test split, against FER-2013 labels",
        f"{100 * report['accuracy']:.1f} % of the answers on 350 pictures are the label",
        f"(95 % interval {low:.1f}–{high:.1f})",
        "On the 280 without a byte-identical copy in training",
        "always answering anger, the commonest label there, would be right in 14.3 %",
        "answering by chance in 14.3 %",
        "trained once",
        "The commonest mistake is to answer",
        "off by",
        "uncertain",
    ):
        assert words in said, words


def test_the_best_and_the_worst_class_are_those_by_f1(story: Story) -> None:
    each = story.reports("fer2013")[0]["per_class"]
    order = sorted(each, key=lambda name: each[name]["f1"])
    assert f"It does best on {order[-1]} (F1 {each[order[-1]]['f1']:.2f}" in _said(story)
    assert f"and worst on {order[0]} (F1 {each[order[0]]['f1']:.2f}" in _said(story)


def test_small_classes_are_not_judged(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    path = root / "evaluation" / PLACE / "metrics.json"
    values = json.loads(path.read_text())
    for report in values["heads"]["fer2013"]["fer2013"].values():
        report["per_class"]["fear"] |= {"support": 12, "f1": 0.0}
    path.write_text(json.dumps(values))
    said = _said(story_of(root))
    assert "Of fear there are fewer than 30 pictures" in said
    assert "worst on fear" not in said


def test_other_sections_end_it_with_their_first_sentence(story: Story) -> None:
    found = told(story, (), cross(story.first.origin["weights_sha256"]))
    said = summary(story, found)
    assert [line.split(" ")[0] for line in said[-3:]] == ["Of", "On", "Of"]
    assert "elsewhere" in said[-2]


def test_the_head_that_answers_is_the_one_whose_other_sections_are_told(tmp_path: Path) -> None:
    config = {"data.heads": ["fer2013", "ferplus"]}
    root = told_run(tmp_path / "run", calibrated=False, config=config)
    for name in ("robustness", "groups", "errors"):
        path = root / "evaluation" / PLACE / f"{name}.json"
        values = json.loads(path.read_text())
        values["heads"]["ferplus"] = values["heads"]["fer2013"]
        path.write_text(json.dumps(values))
    story = story_of(root)
    matrix = cross(story.first.origin["weights_sha256"])
    matrix["models"][0]["heads"]["ferplus"] = ["fear", "anger"]
    for cell in matrix["cells"]:
        cell["heads"]["ferplus"] = cell["heads"]["fer2013"]
    found = told(story, (), matrix)
    robust, elsewhere, groups = summary(story, found)[-3:]
    assert robust.startswith("Head ferplus: Of ")
    assert ", head ferplus scores " in elsewhere
    assert groups.startswith("Head ferplus: Of ")
    (errors,) = [one for one in found if isinstance(one, Section) and one.id == "errors"]
    assert errors.text[0].startswith("Head ferplus: ")


def test_several_seeds_are_told_as_mean_and_deviation(tmp_path: Path) -> None:
    roots = [
        told_run(tmp_path / f"s{seed}", seed=seed, parts=(), calibrated=False) for seed in (0, 1)
    ]
    said = _said(story_of(*roots))
    assert "(seeds 0 and 1)" in said
    assert "Over 2 seeds the accuracy is" in said
    assert "What follows is told of seed 0 alone." in said


def test_without_scores_it_says_so(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    (root / "evaluation" / PLACE / "metrics.json").unlink()
    assert summary(story_of(root), [])[-1].startswith("It was not evaluated")


def test_made_up_faces_are_called_so(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    path = root / "data.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"label_set": "drawn"}))
    assert "made-up cartoon faces" in _said(story_of(root))


@pytest.mark.parametrize("key", ["pretrained", "weights"])
def test_what_training_began_with_is_told(tmp_path: Path, key: str) -> None:
    value = {"pretrained": "imagenet", "weights": "earlier/best.safetensors"}[key]
    model = "mobilenet_v2" if key == "pretrained" else "lenet"
    config = {f"model.{key}": value, "model.name": model}
    root = told_run(tmp_path / "run", parts=(), calibrated=False, config=config)
    assert "It began with weights of" in _said(story_of(root))

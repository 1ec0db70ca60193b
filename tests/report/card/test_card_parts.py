from pathlib import Path
from typing import Any

import pytest
import yaml
from made_accounts import about_file

from mien.errors import RunError
from mien.report.account.pieces import Missing, Section
from mien.report.account.story import Story
from mien.report.account.subject import Subject, latency_of
from mien.report.card.front import front, licence_in, results
from mien.report.card.licences import DATASETS, UNKNOWN, datasets_of
from mien.report.card.scored import measured, scores
from mien.report.card.speed import speed
from mien.report.card.written import bullets, facts, missing_line, written
from mien.runs import write_json


def _subject(**data: Any) -> Subject:
    about = about_file()
    about["provenance"]["data"] |= data
    return Subject(Path("small.onnx"), about, {}, ())


def _head(subject: Subject, licence: str = "") -> dict[str, Any]:
    text = front(Story((subject,), ()), licence)
    assert text.startswith("---\n")
    assert text.endswith("---\n")
    values = yaml.safe_load(text.strip("-\n"))
    assert isinstance(values, dict)
    return values


@pytest.mark.parametrize("label_set", ["fer2013", "rafdb", "ckplus", "affectnet", "jaffe", "expw"])
def test_each_published_dataset_has_terms_and_a_source(label_set: str) -> None:
    known = DATASETS[label_set]
    assert known.title
    assert known.terms
    assert any(character.isdigit() for character in known.source)


def test_votes_and_pretrained_weights_are_licences_of_their_own() -> None:
    assert [name for name, _ in datasets_of(_subject())] == ["fer2013", "ferplus"]
    assert [name for name, _ in datasets_of(_subject(heads={"fer2013": {}}))] == ["fer2013"]
    about = about_file()
    about["provenance"]["config"] = "model: {name: a, pretrained: imagenet}"
    found = dict(datasets_of(Subject(Path("s.onnx"), about, {}, ())))
    assert found["imagenet"].terms == UNKNOWN


def test_a_set_of_ones_own_is_not_known() -> None:
    ((name, known),) = datasets_of(_subject(name="mine", label_set="eight", heads={}))
    assert (name, known.terms, known.source) == ("mine", UNKNOWN, UNKNOWN)


def test_drawings_are_nobodys() -> None:
    ((_, known),) = datasets_of(_subject(name="drawn", label_set="drawn", heads={}))
    assert "of nobody" in known.terms
    assert "nothing about photographs" in known.note


def test_a_head_without_a_licence_says_unknown() -> None:
    assert _head(_subject())["license"] == "unknown"
    assert _head(_subject(), "Apache-2.0")["license"] == "apache-2.0"
    assert "onnx" in _head(_subject())["tags"]


@pytest.mark.parametrize("name", ["a: b", "- x", "{odd}", "'quoted'", "ünicode", "no", "1e3"])
def test_odd_names_make_valid_yaml(name: str) -> None:
    head = _head(_subject(name=name))
    assert head["datasets"] == [name]


def test_results_of_a_file_are_those_that_it_carries() -> None:
    (one,) = results(Story((_subject(),), ()))
    values = {(m["type"], m["value"]) for m in one["metrics"]}
    assert values == {("accuracy", 0.85123), ("f1", 0.7), ("accuracy", 0.84), ("f1", 0.69)}
    assert one["metrics"][0]["name"] == (
        "accuracy (head ferplus, FER+ majority labels, official, n=3153)"
    )


@pytest.mark.parametrize("head", ["", "[\n", "- a\n", "a: 1\n", "license: unknown\n"])
def test_a_card_without_a_licence_has_none(tmp_path: Path, head: str) -> None:
    path = tmp_path / "card.md"
    path.write_text(f"---\n{head}---\n", encoding="utf-8")
    assert licence_in(path) == ""
    path.write_text(head, encoding="utf-8")
    assert licence_in(path) == ""


def test_a_file_without_scores_names_the_command_alone() -> None:
    about = about_file(scores={})
    story = Story((Subject(Path("s.onnx"), about, {}, ()),), ())
    (text,) = scores(story, [Missing("scores", "mien evaluate s.onnx --data DATASET")])
    assert text == "## Evaluation\n\nNot measured: `mien evaluate s.onnx --data DATASET`."


def test_what_rests_on_an_evaluation_says_so_without_one() -> None:
    assert measured([], "robustness") == (
        "## Robustness\n\nNot measured: it rests on an evaluation."
    )
    section = Section("robustness", "On worse pictures", ("All is well.",))
    assert measured([section], "robustness") == "## Robustness\n\nAll is well."


def test_latency_of_other_weights_is_not_told(tmp_path: Path) -> None:
    values = {"model_sha256": "a", "single": {}, "batch": {}, "threads": 1, "environment": {}}
    write_json(tmp_path / "latency.json", values)
    assert latency_of(tmp_path, {"a"}) == values
    assert latency_of(tmp_path, {"b"}) is None
    assert latency_of(tmp_path / "nowhere", {"a"}) is None
    write_json(tmp_path / "latency.json", {"model_sha256": "a"})
    with pytest.raises(RunError, match="measure again"):
        latency_of(tmp_path, {"a"})


def test_a_run_is_told_to_measure_a_file() -> None:
    found = speed(Subject(Path("run"), about_file(), {}, ()))
    assert isinstance(found, Missing)
    assert found.command == "mien card MODEL.onnx --measure-latency"


def test_sections_are_written_with_heading_text_and_notes() -> None:
    section = Section("x", "A title", ("One <b>.",), (), (), ("a note",))
    assert written(section) == "## A title\n\nOne &lt;b>.\n\n- a note"
    assert written(section, "Other", 3).startswith("### Other\n\n")
    assert written(Missing("groups", "mien groups R")).startswith("## Groups\n\nNot measured")
    assert missing_line(Missing("x", "", "stale")) == "Not measured (stale)."
    assert bullets([]) == ""
    assert facts([("seed", "a | b")]).splitlines()[-1] == "| seed | a \\| b |"

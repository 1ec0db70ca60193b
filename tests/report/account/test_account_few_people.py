"""A whole account of a model that was scored on pictures of two people: no interval, no failure."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_accounts import PLACE, evaluated, groups, robustness, story_of, told_run, wrong
from made_predictions import made
from made_runs import SHA, write

from mien.evaluation.cross.scores import scores
from mien.evaluation.stored import NAME, read_predictions
from mien.report.account.pieces import Section
from mien.report.account.scores import scores_table
from mien.report.account.story import Story
from mien.report.account.subject import of_run
from mien.report.account.summary import summary
from mien.report.account.whole import told
from mien.report.card import card
from mien.report.compare.forms import markdown
from mien.report.compare.inputs import read
from mien.report.compare.tables import tables_of

PEOPLE = np.array([f"s{i % 2}" for i in range(350)])
WHY = "no interval: fewer than 5 people"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run whose test split has two people, with every artefact."""
    root = told_run(tmp_path_factory.mktemp("few") / "lenet", parts=())
    folder = root / "evaluation" / PLACE
    predictions = replace(read_predictions(folder / NAME), subjects=PEOPLE)
    evaluated(root, predictions)
    for name, make in (("robustness", robustness), ("groups", groups), ("errors", wrong)):
        write(folder / f"{name}.json", make(predictions))
    return root


@pytest.fixture
def story(root: Path) -> Story:
    return story_of(root)


def _said(story: Story) -> dict[str, Section]:
    other = replace(
        made(350, 0.3, seed=5, model="theirs", model_sha256="d" * 64, dataset="fer2013",
             dataset_sha256=SHA),
        subjects=PEOPLE,
    )  # fmt: skip
    return {one.id: one for one in told(story, [other]) if isinstance(one, Section)}


def test_every_section_is_told_without_intervals(story: Story) -> None:
    found = _said(story)
    assert {"scores", "against", "robustness", "groups", "errors"} <= set(found)
    for name in ("against", "robustness", "errors"):
        assert WHY in found[name].text[0], name
    assert "bootstrap by 2 people" in found["scores"].notes[0]
    assert "scores on fewer than 5 people have none" in found["scores"].notes[0]
    assert scores_table(story).rows[0][4] == f"{100 * story.reports('fer2013')[0]['accuracy']:.1f}"
    for section in found.values():
        for picture in section.pictures:
            picture.draw()


def test_the_summary_says_why_there_is_no_interval(story: Story) -> None:
    said = " ".join(summary(story, list(_said(story).values())))
    assert f"are the label ({WHY}), macro-F1" in said
    assert f"% ({WHY})." in said  # of the dedup rows
    assert "0.0–0.0" not in said


def test_the_card_has_the_scores(root: Path) -> None:
    text = card(of_run(root), "mit")
    assert "scores on fewer than 5 people have none" in text
    assert WHY in text


def test_the_table_of_runs_has_no_interval_by_picture(root: Path) -> None:
    report = json.loads((root / "evaluation" / PLACE / "metrics.json").read_text())
    official = report["heads"]["fer2013"]["fer2013"]["official"]
    assert (official["unit"], official["clusters"], official["interval"]) == ("subject", 2, None)
    assert f"{100 * official['accuracy']:.2f} (—)" in markdown(tables_of([read(root)]))


def test_a_cell_of_the_matrix_has_none_either() -> None:
    found = scores(replace(made(70), subjects=PEOPLE[:70]), np.zeros(70, np.int8))
    assert found["fer2013"]["fer2013"]["clean"]["intervals"]["accuracy"] is None

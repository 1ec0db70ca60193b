import json
from pathlib import Path

import numpy as np
import pytest
from made_accounts import PLACE, story_of, told_run

from mien.report.account.scores import baselines, classes, classes_table, scores
from mien.report.account.story import Story, over, spanned

REPORT = {"per_class": {"fear": {"support": 6}, "anger": {"support": 3}, "joy": {"support": 1}}}


def test_baselines_are_those_of_a_case_worked_by_hand() -> None:
    found = baselines(REPORT)
    assert found["commonest"] == "fear"
    assert found["share"] == pytest.approx(0.6)
    assert found["macro_f1"] == pytest.approx(0.75 / 3)  # precision .6, recall 1, and two zeros
    assert found["drawn"] == pytest.approx(0.46)
    assert found["even"] == pytest.approx(1 / 3)


def test_baselines_agree_with_scikit_learn() -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    true = np.repeat([0, 1, 2], [6, 3, 1])
    found, always = baselines(REPORT), np.zeros(10, int)
    f1 = sklearn.f1_score(true, always, average="macro", zero_division=0)
    assert found["macro_f1"] == pytest.approx(f1)
    assert found["share"] == pytest.approx(sklearn.accuracy_score(true, always))
    assert found["balanced_accuracy"] == pytest.approx(
        sklearn.balanced_accuracy_score(true, always)
    )


def test_the_scores_stand_with_n_interval_and_baselines(story: Story) -> None:
    section = scores(story)
    table, base = section.tables
    assert [row[:4] for row in table.rows] == [
        ("fer2013", "FER-2013 labels", "official", "350"),
        ("fer2013", "FER-2013 labels", "dedup", "280"),
    ]
    report = story.reports("fer2013")[0]
    low, high = (100 * end for end in report["intervals"]["accuracy"])
    assert table.rows[0][4] == f"{100 * report['accuracy']:.1f} ({low:.1f}–{high:.1f})"
    assert base.rows[1][0] == "always anger, the commonest label"
    assert [row[1] for row in base.rows[1:]] == ["14.3", "14.3", "14.3"]
    assert "bootstrap by picture, 100 resamples, seed 0" in section.notes[0]


def test_each_expression_has_its_row(story: Story) -> None:
    (table,) = classes(story).tables
    assert [row[0] for row in table.rows] == list(story.reports("fer2013")[0]["classes"])
    assert all(row[1] == "50" and "–" in row[3] for row in table.rows)


def test_seeds_give_mean_and_deviation(tmp_path: Path) -> None:
    roots = [
        told_run(tmp_path / f"s{seed}", seed=seed, parts=(), calibrated=False) for seed in (0, 1)
    ]
    story = story_of(*roots)
    found = [report["accuracy"] for report in story.reports("fer2013")]
    mean, sd = 100 * np.mean(found), 100 * np.std(found, ddof=1)
    section = scores(story)
    assert section.tables[0].rows[0][4].startswith(f"{mean:.1f} ± {sd:.1f} (")
    each = section.tables[-1]
    assert [row[0] for row in each.rows] == ["0", "1"]
    assert [row[1].split(" ")[0] for row in each.rows] == [f"{100 * a:.1f}" for a in found]
    assert any("over 2 seeds" in note for note in section.notes)


def test_what_one_seed_lacks_is_not_averaged() -> None:
    assert over([{"auroc": 0.9}, {"auroc": None}], "auroc", 3, 1) == "—"
    assert over([{"top2": 0.5}, {"top2": 0.6}], "top2") == "55.0 ± 7.1"
    assert spanned([{"f1": 0.5}], "f1", 3, 1) == "0.500"


def test_a_class_of_few_pictures_without_a_hit_is_not_told_as_if_it_were_sure(
    tmp_path: Path,
) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    path = root / "evaluation" / PLACE / "metrics.json"
    values = json.loads(path.read_text())
    report = values["heads"]["fer2013"]["fer2013"]["official"]
    name = report["classes"][1]
    none = dict.fromkeys(("precision", "recall", "f1"), 0.0)
    report["per_class"][name] |= {**none, "support": 16}
    report["per_class"][name]["intervals"] |= {key: [0.0, 0.0] for key in none}
    for place, row in enumerate(report["confusion"]):
        row[1] = 2 if place in (0, 2) else 0  # four answers, all wrong
    path.write_text(json.dumps(values))
    cells = classes_table(story_of(root), "fer2013").rows[1]
    assert cells[2:5] == ("0.0 (0.0–49.0)", "0.0 (0.0–19.4)", "0.000")
    report["unit"] = "subject"
    path.write_text(json.dumps(values))
    assert classes_table(story_of(root), "fer2013").rows[1][2:5] == ("0.0", "0.0", "0.000")

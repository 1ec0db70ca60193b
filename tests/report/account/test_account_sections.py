import json
from dataclasses import replace
from pathlib import Path

import pytest
from made_accounts import PLACE, cross, story_of, told_run
from matplotlib.figure import Figure

from mien.errors import RunError
from mien.report.account.certain import certain, fitted_words, uncertain_words
from mien.report.account.elsewhere import elsewhere
from mien.report.account.erring import commonest, erring, label_words, sheets
from mien.report.account.grouped import grouped
from mien.report.account.pieces import Missing, Section
from mien.report.account.robust import robust
from mien.report.account.story import Story
from mien.report.account.whole import told


def test_certainty_tells_errors_the_uncertain_answer_and_sets(story: Story) -> None:
    section = certain(story)
    assert isinstance(section, Section)
    report = story.reports("fer2013")[0]
    assert f"differ by {100 * report['calibration']['ece']:.1f} % on average" in section.text[0]
    assert "before the temperature" in section.text[0]
    errors, abstain, sets = section.tables
    assert [row[1] for row in errors.rows] == ["official", "dedup"]
    at = report["selective"]["at"]
    assert abstain.rows[0][2] == f"{100 * at['answered']:.1f} %"
    assert {row[1] for row in sets.rows} == {"LAC", "APS"}
    assert [picture.name.split("_")[0] for picture in section.pictures] == [
        "reliability",
        "risk",
        "conformal",
    ]
    assert "calibrated on fer2013, val split, FER-2013 labels" in section.notes[0]


def test_an_older_evaluation_lacks_calibration_and_the_command_is_named(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    path = root / "evaluation" / PLACE / "metrics.json"
    values = json.loads(path.read_text())
    for report in values["heads"]["fer2013"]["fer2013"].values():
        for key in ("calibration", "selective", "intervals", "top2", "auroc"):
            del report[key]
    del values["bootstrap"]
    path.write_text(json.dumps(values))
    story = story_of(root)
    found = certain(story)
    assert isinstance(found, Missing)
    assert found.command.startswith("mien evaluate ")
    assert isinstance(told(story)[0], Section)
    assert fitted_words(story.first) == ["head fer2013: its probabilities are not calibrated"]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ({"below": 0.8, "answered": 0.2, "wrong": 0.05, "error": 0.1, "interval": [0, 0.1]},
         "uncertain: 80.0 % of them here. The other 20.0 % are sure, and 5.0 % of these are wrong"),
        ({"below": 0.8, "answered": 0.2, "wrong": 0.15, "error": 0.1, "interval": [0.11, 0.2]},
         "at most 10 % were wanted: not kept."),
        ({"below": 0.8, "answered": 0.2, "wrong": 0.08, "error": 0.1, "interval": [0.07, 0.09]},
         "at most 10 % were wanted: kept."),
        ({"below": 0.8, "answered": 0.2, "wrong": 0.08, "error": 0.1, "interval": [0.06, 0.12]},
         "at most 10 % were wanted: not decided by these pictures."),
        ({"below": 0.8, "answered": 0.2, "wrong": 0.12, "error": 0.1, "interval": [0.09, 0.15]},
         "at most 10 % were wanted: not decided by these pictures."),
        ({"below": 0.8, "answered": 0.2, "wrong": 0.3, "error": 0.1, "interval": None},
         "30.0 % of these are wrong; at most 10 % were wanted: not decided by these pictures."),
        ({"below": 0.0, "answered": 1.0, "wrong": 0.05, "error": 0.1, "interval": None},
         "5.0 % are wrong here."),
        ({"below": 0.0, "answered": 1.0, "wrong": 0.05, "error": 0.1, "interval": [0, 0.1]},
         "It is sure of every answer: no threshold is needed"),
        ({"below": 1.0, "answered": 0.0, "wrong": None, "error": 0.1, "interval": [0, 1]},
         "It marks every answer as uncertain: no threshold kept the wrong at 10 %."),
        ({"below": 0.8, "answered": 0.0, "wrong": None, "error": 0.1, "interval": [0, 1]},
         "It marks every answer here as uncertain: all are below 80.0 %."),
    ],
)  # fmt: skip
def test_the_uncertain_answer_is_told_in_a_sentence(at: dict[str, object], said: str) -> None:
    assert said in uncertain_words("It", at)


def test_robustness_names_what_costs_most(story: Story) -> None:
    section = robust(story)
    assert isinstance(section, Section)
    assert "2 corruptions at 2 levels" in section.text[0]
    assert "Most is lost, in points, by shift" in section.text[0]
    assert [row[0] for row in section.tables[0].rows] == ["noise", "shift", "mean of all"]
    assert section.notes == ("seed of the corruptions' random numbers: 0",)


def test_groups_name_the_widest_gap_and_whether_chance_makes_it(story: Story) -> None:
    section = grouped(story)
    assert isinstance(section, Section)
    assert "“bright” is answered best, “dark” worst, " in section.text[0]
    assert "chance alone rarely makes" in section.text[0]
    gaps, groups = section.tables
    assert gaps.rows[0][:3] == ("brightness", "bright", "dark")
    assert [row[0] for row in groups.rows] == ["brightness", "brightness"]


def test_errors_are_told_in_words_without_any_face(story: Story) -> None:
    section = erring(story)
    assert isinstance(section, Section)
    report = story.reports("fer2013")[0]
    low, high = (100 * end for end in report["intervals"]["accuracy"])
    assert (
        f"answers are the label ({100 * report['accuracy']:.1f} %, 95 % interval "
        in (section.text[0])
    )
    assert f"{low:.1f}–{high:.1f}); " in section.text[0]  # the bootstrap's, as in the scores
    assert section.notes == ("likely label errors were not looked for: it was not asked for",)
    assert sheets(story) == []


def test_sheets_of_faces_are_those_that_mien_errors_drew(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=("errors",), calibrated=False)
    for name in ("hardest_fer2013", "ten_fer2013", "confusion_fer2013", "label_errors"):
        (root / "evaluation" / PLACE / f"{name}.png").write_bytes(b"png")
    found = sheets(story_of(root))
    assert [caption for caption, _ in found] == [
        "Right and wrong answers, drawn by lot, head fer2013",
        "Confident and wrong, head fer2013",
        "Labels that are likely wrong",
    ]
    assert found[0][1] == "data:image/png;base64,cG5n"


def test_the_commonest_confusion_is_found_in_the_matrix() -> None:
    report = {"classes": ["fear", "joy"], "confusion": [[3, 2], [1, 9]]}
    assert commonest(report) == {"label": "fear", "answer": "joy", "n": 2, "of": 5}
    assert commonest({"classes": ["fear"], "confusion": [[4]]}) is None


def test_label_errors_are_told_with_the_base_rate() -> None:
    ones = {"wrong": 42, "judged": 43, "precision": 42 / 43, "interval": [0.879, 0.996]}
    every = {"wrong": 52, "judged": 80, "precision": 0.65, "interval": [0.5, 0.75]}
    of_all = {"wrong": 75, "judged": 250, "base_rate": 0.3, "interval": [0.25, 0.36]}
    lists = {"lists": [{"length": 50, **ones}], "flagged": {"length": 90, **every}}
    check = {**of_all, **lists}
    told = {"flagged": 90, "n": 300, "share": 0.3, "method": "a method", "check": check}
    (said,) = label_words(told)
    assert "90 of 300 labels are doubted (30.0 %; a method)" in said
    assert said.endswith(
        "the FER+ majority is another emotion for 42 of the 43 of the first 50 that have a FER+ "
        "majority (97.7 %, 95 %: 87.9 to 99.6); for 52 of the 80 of all 90 doubted that have a "
        "FER+ majority (65.0 %, 95 %: 50.0 to 75.0); for 75 of the 250 of all rows, doubted or "
        "not, that have a FER+ majority (30.0 %, 95 %: 25.0 to 36.0)"
    )
    assert label_words(told, ["fer2013"]) == [said]
    assert label_words(told, ["fer2013", "ferplus"]) == [
        f"{said}. Mind that this model learnt such votes of other pictures (head ferplus), so the "
        "check is not independent of it"
    ]
    assert "FER+" not in label_words({**told, "check": None})[0]


def test_the_section_knows_whether_the_model_learnt_votes(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=("errors",), calibrated=False)
    path = root / "evaluation" / PLACE / "errors.json"
    one = {"wrong": 3, "judged": 4, "length": 5, "precision": 0.75, "interval": [0.3, 0.9]}
    check = {"lists": [one], "flagged": None, "base_rate": 0.75, **one}
    found = {"flagged": 5, "n": 300, "share": 0.1, "method": "a method", "check": check}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"label_errors": found}))
    story = story_of(root)
    heads = story.first.about["heads"]
    both = replace(
        story.first, about={**story.first.about, "heads": {**heads, "ferplus": {"classes": []}}}
    )
    for subject, learnt in ((story.first, False), (both, True)):
        section = erring(replace(story, subjects=(subject,)))
        assert isinstance(section, Section)
        assert ("learnt such votes" in section.notes[-1]) is learnt


def test_other_datasets_come_from_a_matrix(story: Story) -> None:
    section = elsewhere(story, cross(story.first.origin["weights_sha256"]))
    assert isinstance(section, Section)
    (said,) = section.text
    assert said.startswith("On elsewhere (FER-2013), which it did not learn from, it scores ")
    assert said.endswith("on 73 pictures (those that it has seen are taken out: 3 copies, 4 near).")
    assert [row[3] for row in section.tables[0].rows] == ["93", "73"]


def test_a_matrix_names_its_models_and_its_datasets(story: Story) -> None:
    result = cross(story.first.origin["weights_sha256"])
    result["models"].append({**result["models"][0], "name": "theirs", "sha256": "d" * 64})
    for kinds in result["cells"][1]["heads"]["fer2013"].values():
        kinds["clean"] |= {"unit": "subject", "clusters": 41}
    section = elsewhere(story, result)
    assert isinstance(section, Section)
    assert section.notes[-3:] == (
        "Models that the common rows are of: ours and theirs.",
        "fer2013: sha256 cccccccccccc, 90 pictures; what a resample draws: 93 pictures.",
        "elsewhere: sha256 cccccccccccc, 90 pictures; what a resample draws: 41 people.",
    )


def test_where_nobody_knows_it_is_not_said_that_a_model_did_not_learn(story: Story) -> None:
    result = cross(story.first.origin["weights_sha256"])
    result["cells"][1]["seen"] = None
    section = elsewhere(story, result)
    assert isinstance(section, Section)
    assert "On elsewhere (FER-2013), which it may have learnt from, it scores " in section.text[0]
    assert "did not learn from" not in section.text[0]


def test_a_matrix_without_the_model_is_not_taken_for_its_own(story: Story) -> None:
    found = elsewhere(story, cross("f" * 64))
    assert isinstance(found, Missing)
    assert "does not have this model" in found.why


def test_what_is_missing_names_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told_run(tmp_path / "run", parts=(), calibrated=False)
    monkeypatch.chdir(tmp_path)
    found = [one for one in told(story_of(Path("run"))) if isinstance(one, Missing)]
    commands = [one.command for one in found]
    assert commands[0] == "mien robustness run"
    assert commands[2:] == ["mien groups run", "mien errors run"]


def test_a_run_without_evaluation_still_tells_where_it_comes_from(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    for path in (root / "evaluation" / PLACE).iterdir():
        path.unlink()
    missing, origin = told(story_of(root))
    assert isinstance(missing, Missing)
    assert "mien evaluate" in missing.sentence
    assert isinstance(origin, Section)


def test_a_damaged_part_is_one_clear_line(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=("groups",), calibrated=False)
    path = root / "evaluation" / PLACE / "groups.json"
    values = json.loads(path.read_text())
    del values["heads"]["fer2013"]["columns"]["brightness"]["gap"]
    path.write_text(json.dumps(values))
    with pytest.raises(RunError, match=r"groups.json: .*KeyError: 'gap'.*run mien groups again"):
        told(story_of(root))


def test_every_picture_says_what_it_shows_and_can_be_drawn(story: Story) -> None:
    sections = [one for one in told(story) if isinstance(one, Section)]
    pictures = [picture for section in sections for picture in section.pictures]
    assert len({picture.name for picture in pictures}) == len(pictures) == 10
    assert all(len(picture.alt) > 40 and picture.caption for picture in pictures)
    assert isinstance(pictures[0].draw(), Figure)


def test_of_several_seeds_parts_say_whose_they_are(tmp_path: Path) -> None:
    roots = [told_run(tmp_path / f"s{seed}", seed=seed, calibrated=False) for seed in (4, 5)]
    sections = {one.id: one for one in told(story_of(*roots)) if isinstance(one, Section)}
    assert sections["groups"].notes[0] == "told of seed 4 alone"
    assert "told of" not in str(sections["scores"].notes)


def test_answers_of_another_model_are_compared_and_its_own_are_not(
    tmp_path: Path, story: Story
) -> None:
    ours = story.on.predictions() if story.on else None
    assert ours is not None
    same = told(story, [ours])
    assert not [one for one in same if isinstance(one, Section) and one.id == "against"]
    other = replace(ours, origin=replace(ours.origin, model="theirs", model_sha256="d" * 64))
    (section,) = [
        one for one in told(story, [other]) if isinstance(one, Section) and one.id == "against"
    ]
    assert "+0.0 points" in section.text[0]
    assert "chance alone may make that (p = 1.0000)" in section.text[0]
    assert [row[0] for row in section.tables[0].rows] == ["lenet", "theirs"]

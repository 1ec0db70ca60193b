"""Tables and sentences of sections that rest on other artefacts, in cases worked by hand."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_accounts import PLACE, answered, cross, evaluated, story_of, told_run

from mien.report.account.certain import sentences
from mien.report.account.certain_pictures import pictures
from mien.report.account.certain_tables import abstain_tables, errors_table, sets_tables
from mien.report.account.certainty import Certainty, certainties
from mien.report.account.elsewhere import cross_table, elsewhere, name_in, of_model
from mien.report.account.grouped import sentence as group_sentence
from mien.report.account.grouped import tables as group_tables
from mien.report.account.pieces import Missing, Section
from mien.report.account.robust import robust
from mien.report.account.story import Story

GAP = {
    "best": "bright",
    "worst": "dark",
    "accuracy": 0.1,
    "interval": None,
    "by_chance": {"mean": 0.03, "high": 0.06, "p": 0.2},
}


LIGHT: dict[str, Any] = {"gap": None, "gap_known": None, "groups": []}


def _with(root: Path, name: str, **changes: Any) -> Story:
    """Return the story of a run whose artefact was changed at its top level."""
    path = root / "evaluation" / PLACE / f"{name}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return story_of(root)


def test_calibration_errors_stand_in_per_cent_before_and_after(story: Story) -> None:
    official, dedup = errors_table(story).rows
    report = story.reports("fer2013")[0]
    assert official[2] == "350"
    assert dedup[2] == "280"
    assert official[3] == f"{story.on.metrics['temperatures']['fer2013']:.3f}"  # type: ignore[union-attr]
    assert official[4] == f"{100 * report['before']['ece']:.1f}"
    assert official[5].startswith(f"{100 * report['calibration']['ece']:.1f} (")
    assert official[9] == f"{report['calibration']['nll']:.3f}"


def test_an_uncalibrated_head_has_no_before_no_threshold_and_no_sets(tmp_path: Path) -> None:
    story = story_of(told_run(tmp_path / "run", parts=(), calibrated=False))
    (one,) = certainties(story)
    assert one.before is None
    assert one.at is None
    assert abstain_tables([one]) == []
    assert sets_tables([one]) == []
    assert errors_table(story).rows[0][4] == "–"
    assert len(sentences(story, one)) == 1


def test_what_a_temperature_made_better_and_worse_is_said(story: Story) -> None:
    (one,) = certainties(story)
    found = one.report["calibration"]
    mixed = {**one.report, "before": {"ece": 0.0, "nll": 99.0, "bins": []}}
    said = sentences(story, Certainty("fer2013", mixed))[0]
    assert said.endswith(
        f"Here the temperature made ECE worse (0.000 to {found['ece']:.3f}) and NLL better (99.000 "
        f"to {found['nll']:.3f})."
    )


@pytest.mark.parametrize(("confidence", "said"), [(0.99, "too sure"), (0.1, "not sure enough")])
def test_it_says_which_way_the_confidence_leans(story: Story, confidence: float, said: str) -> None:
    (one,) = certainties(story)
    measured = {**one.report["calibration"], "confidence": confidence}
    told = sentences(story, Certainty("fer2013", {**one.report, "calibration": measured}))[0]
    assert f"on the whole it is {said}." in told


def test_sets_tell_what_they_hold_and_what_was_to_be_expected(story: Story) -> None:
    (table,) = sets_tables(certainties(story))
    first = story.reports("fer2013")[0]["conformal"]["aps"]["0.8"]
    low, high = (100 * end for end in first["interval"])
    assert table.rows[0][1:5] == (
        "APS",
        "80 %",
        f"{100 * first['coverage']:.1f} %",
        f"{low:.1f}–{high:.1f} %",
    )

    share = f"{100 * first['empty']:.1f} %"
    assert dict(zip(table.headers, table.rows[0], strict=True))["empty"] == share


def test_sets_and_threshold_of_people_have_no_interval_in_their_tables(story: Story) -> None:
    (one,) = certainties(story)
    sets = {
        method: {wanted: {**at, "interval": None, "within": None} for wanted, at in levels.items()}
        for method, levels in one.sets.items()
    }
    at = {**(one.at or {}), "interval": None}
    bare = {**one.report, "conformal": sets, "selective": {**(one.selective or {}), "at": at}}
    few = Certainty(one.head, bare)
    assert {row[4] for row in sets_tables([few])[0].rows} == {"–"}
    assert abstain_tables([few])[0].rows[0][3] == f"{100 * at['wrong']:.1f} %"
    assert "(95 %" not in sentences(story, few)[1]
    for picture in pictures(few):
        picture.draw()


def test_robustness_beside_a_baseline_tells_corruption_errors(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=("robustness",), calibrated=False)
    each = {name: {"ce": 0.8, "relative_ce": 0.9} for name in ("noise", "shift")}
    kinds = {"official": {"mce": 0.8, "relative_mce": None, "corruptions": each}}
    baseline = {"model": "older", "heads": {"fer2013": {"fer2013": kinds}}}
    section = robust(_with(root, "robustness", baseline=baseline))
    assert isinstance(section, Section)
    (table,) = section.tables
    assert table.headers[-2:] == ("CE", "relative CE")
    assert table.rows[0][-2:] == ("0.80", "0.90")
    assert table.rows[-1][-2:] == ("0.80", "–")
    assert "baseline's (older)" in section.notes[0]


def test_a_grid_on_some_pictures_says_so(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=("robustness",), calibrated=False)
    path = root / "evaluation" / PLACE / "robustness.json"
    grid = json.loads(path.read_text())["grid"]
    section = robust(_with(root, "robustness", grid={**grid, "sampled": True}))
    assert isinstance(section, Section)
    assert section.notes == (
        "a sample of 350 pictures, drawn by lot; for all leave --rows away",
        "seed of the corruptions' random numbers: 0",
    )


def test_a_gap_that_chance_may_make_is_said_so() -> None:
    head = {"columns": {"light": {"gap": GAP}, "size": {"gap": None}}}
    assert group_sentence("", head) == (
        "Of 1 way to group the pictures the one by light differs most from chance: “bright” is "
        "answered best, “dark” worst, 10.0 points apart; chance alone may make such a gap "
        "(p = 0.200)."
    )


def test_the_widest_of_several_gaps_is_judged_by_its_corrected_p() -> None:
    names = ("light", "size", "yaw")
    gaps = {n: {**GAP, "by_chance": {**GAP["by_chance"], "p": 0.3}} for n in names}
    gaps["yaw"] = {**gaps["yaw"], "accuracy": 0.2}
    gaps["yaw"]["by_chance"] = {**GAP["by_chance"], "p": 0.02}
    said = group_sentence("", {"columns": {name: {"gap": gap} for name, gap in gaps.items()}})
    assert "Of 3 ways to group the pictures the one by yaw differs most" in said
    assert said.endswith(
        "chance alone may make such a gap (p = 0.060 by Holm over the 3 ways, 0.020 uncorrected)."
    )
    gaps["yaw"]["by_chance"]["p"] = 0.01
    said = group_sentence("", {"columns": {name: {"gap": gap} for name, gap in gaps.items()}})
    assert "chance alone rarely makes such a gap (p = 0.030 by Holm" in said


def test_groups_that_are_not_named_stay_so() -> None:
    head = {"columns": {"subject": {"gap": {**GAP, "best": None, "worst": None}}}}
    assert "groups that are not named, 10.0 points apart" in group_sentence("", head)


def test_without_two_groups_there_is_no_gap() -> None:
    head = {"protocol": "fer2013", "n": 40, "columns": {"light": LIGHT}}
    assert group_sentence("Head x: ", head) == (
        "Head x: No two groups are large enough to be compared."
    )
    assert group_tables("x", head) == []


def test_other_evaluations_stand_in_a_table(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    found = answered(root, 0.4, 3)
    origin = replace(found.origin, dataset="abroad", dataset_sha256="e" * 64, split="all")
    evaluated(root, replace(found, origin=origin))
    section = elsewhere(story_of(root))
    assert isinstance(section, Section)
    assert section.pictures == ()
    (table,) = section.tables
    assert table.rows[0][:4] == ("abroad, all", "fer2013", "FER-2013 labels", "350")


def test_without_any_other_dataset_the_command_is_named(tmp_path: Path) -> None:
    found = elsewhere(story_of(told_run(tmp_path / "run", parts=(), calibrated=False)))
    assert isinstance(found, Missing)
    assert found.command.startswith("mien cross MODEL")


def test_a_model_is_known_in_a_matrix_by_its_hash(story: Story) -> None:
    result = cross(story.first.origin["weights_sha256"])
    assert name_in(result, story) == "ours"
    assert name_in(cross("0" * 64), story) is None
    assert [one.cell["dataset"] for one in of_model(result, "ours")] == ["fer2013", "elsewhere"]


def test_a_cell_of_which_nothing_is_left_has_empty_scores() -> None:
    result = cross("a" * 64)
    result["cells"][1]["heads"]["fer2013"]["fer2013"]["clean"] = None
    rows = cross_table(result, "ours").rows
    assert rows[1][3:7] == ("0", "", "", "")
    assert rows[1][7] == "3 copies, 4 near"


def test_a_model_that_nobody_knows_what_it_saw_is_marked() -> None:
    result = cross("a" * 64)
    result["cells"][1]["seen"] = None
    assert cross_table(result, "ours").rows[1][1].endswith("†")


def test_what_is_missing_is_told_in_a_line() -> None:
    assert Missing("groups", "mien groups RUN").sentence == "groups: mien groups RUN"
    assert Missing("groups", "", "not used").sentence == "groups (not used)"
    assert Missing("groups", "mien groups RUN", "old").sentence == "groups (old): mien groups RUN"

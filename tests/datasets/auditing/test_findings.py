import numpy as np
import pytest
from made_findings import FOUND, blocks, brighter, made_set, picture

from mien.datasets.auditing.findings import find
from mien.datasets.auditing.kinds import ACROSS, KINDS, SETS, WITHIN
from mien.datasets.sources import open_source
from mien.datasets.store import prepare


def ids(found, kind):
    return found.prepared.ids[found.found[kind].rows].tolist()


def other_ids(found, kind):
    return found.prepared.ids[found.found[kind].others].tolist()


@pytest.mark.parametrize("kind", FOUND)
def test_each_kind_is_found_and_nothing_else(findings, kind):
    assert ids(findings, kind) == FOUND[kind]


def test_groups_are_of_this_kinds_list():
    assert {*WITHIN, *ACROSS, *SETS} < set(KINDS)
    assert list(FOUND) == [kind for kind in KINDS if kind not in ("no_face", *SETS)]


@pytest.mark.parametrize(
    "kind", ["exact_copy", "near_copy", "subject_leak", "sequence_leak", "near_conflicting"]
)
def test_two_of_a_group_name_each_other(findings, kind):
    one = findings.found[kind]
    assert other_ids(findings, kind) == ids(findings, kind)[::-1]
    assert one.groups.tolist() == [one.rows[0]] * 2


def test_what_was_not_looked_for_is_said_with_the_reason(findings, made):
    assert findings.left_out == {
        "no_face": "the face detector was not asked",
        "copy_across_sets": "no other dataset was named",
        "near_copy_across_sets": "no other dataset was named",
    }
    quick = find(made, near=False)
    assert quick.left_out["near_copy"] == "near copies were not asked for"
    assert set(findings.seconds) - set(quick.seconds) == {"near copies"}


def test_a_set_without_votes_people_and_films_says_so(tmp_path):
    plain = made_set(tmp_path / "x", [picture(f"p{n}", "train", "fear", blocks(n)) for n in (1, 2)])
    found = find(plain)
    assert not any(len(one) for one in found.found.values())
    assert {"not_a_face", "subject_leak", "sequence_leak"} < set(found.left_out)


def test_faces_are_looked_for_once_a_picture_and_hold_for_copies(made):
    seen = []

    def has_face(pixels):
        seen.append(pixels)
        return not np.array_equal(pixels, blocks(1)) and pixels.std() > 0

    found = find(made, near=False, has_face=has_face)
    assert ids(found, "no_face") == ["copy-a", "copy-b", "flat"]
    assert len(seen) == 23  # of 26 readable ones three are copies
    assert "no_face" not in found.left_out


def test_the_flag_of_preparing_counts_too(made, monkeypatch):
    flag = made.flags["no_face"].copy()
    flag[1] = True
    monkeypatch.setitem(made.flags, "no_face", flag)
    assert ids(find(made, near=False), "no_face") == ["copy-b"]
    assert ids(find(made, near=False, has_face=lambda pixels: True), "no_face") == ["copy-b"]


def test_the_same_word_of_another_origin_is_another_person(tmp_path):
    people = [
        picture("a", "train", "fear", blocks(1), subject="1", origin="here"),
        picture("b", "test", "fear", blocks(2), subject="1", origin="there"),
        picture("c", "train", "fear", blocks(3), subject="2", origin="here"),
        picture("d", "test", "fear", blocks(4), subject="2", origin="here"),
    ]
    assert ids(find(made_set(tmp_path / "x", people)), "subject_leak") == ["c", "d"]


def test_copies_in_other_datasets(tmp_path, made):
    shared = [
        picture("u", "train", "fear", blocks(1)),
        picture("v", "test", "fear", blocks(1)),
        picture("w", "val", "fear", brighter(blocks(13))),
        picture("x", "train", "fear", blocks(50)),
    ]
    plain = made_set(tmp_path / "a", [picture("y", "train", "fear", blocks(60))], "plain")
    other = made_set(tmp_path / "b", shared, "other")
    found = find(made, against=[plain, other])
    exact, near = found.found["copy_across_sets"], found.found["near_copy_across_sets"]
    assert made.ids[exact.rows].tolist() == ["copy-a", "copy-b"]
    assert other.ids[exact.others].tolist() == ["v", "v"]
    assert exact.sets.tolist() == near.sets.tolist() * 2 == [2, 2]
    assert made.ids[near.rows].tolist() == ["ann-a"]
    assert other.ids[near.others].tolist() == ["w"]
    assert near.values[0] > 0.99
    assert "near_copy_across_sets" not in find(made, near=False, against=[other]).found


def test_a_set_compared_with_itself_is_all_copies(made):
    found = find(made, against=[made])
    assert len(found.found["copy_across_sets"]) == 26
    assert ids(found, "near_copy_across_sets") == [
        *("near-a", "near-b", "far-a", "far-b", "odd-a", "odd-b")
    ]


@pytest.mark.data
def test_fer2013_has_its_known_copies(real, tmp_path):
    with open_source(real, tmp_path) as opened:
        root = prepare(opened.source, tmp_path / "fer2013", votes=opened.votes).root
    from mien.datasets.auditing.files import tally
    from mien.datasets.prepared import PreparedSet

    prepared = PreparedSet.open(root)
    found = find(prepared, near=False)
    counts = {kind: tally(one, prepared.split) for kind, one in found.found.items()}
    assert {name: counts[name]["pictures"] for name in ("constant", "not_a_face")} == {
        "constant": 12,
        "not_a_face": 176,
    }
    assert counts["conflicting"]["groups"] == 57
    across = counts["copy_across_splits"]
    assert (across["train"], across["test"]) == (703, 314)
    assert sum(found.seconds.values()) < 15

import csv
import json

import numpy as np
import pytest
from made_sets import broken, make, noise, picture, votes_for

from mien.datasets import merge as merging
from mien.datasets.framing import Framing
from mien.datasets.merge import Choice, merge
from mien.datasets.merge_names import distinct, of_origin, set_names
from mien.datasets.merge_tables import by_class, in_words, shared
from mien.datasets.prepared import PreparedSet
from mien.datasets.rules import Rule
from mien.datasets.store import prepare
from mien.errors import DataError, UsageError


@pytest.fixture
def two(tmp_path):
    """Grey pictures with votes and people; colour pictures; three pictures are in both."""
    first = [
        picture("a", 1, "anger", subject="ann", votes=votes_for(anger=9)),
        picture("b", 2, "fear", "val", votes=votes_for(anger=5, fear=5)),
        picture("c", 3, "fear", "test", votes=votes_for(contempt=9), sequence="f"),
        broken("d"),
    ]
    second = [
        picture("a", 10, "anger", subject="ann", pixels=noise(10, 12, 3)),
        picture("x", 2, "fear", "test"),
        picture("y", 3, "sadness", "train"),
        picture("z", 1, "contempt", "train", pixels=np.repeat(noise(1)[..., None], 3, 2)),
    ]
    return [
        make(tmp_path / "one", first, name="fer2013", notes=["mind"]),
        make(tmp_path / "two", second, name="web", label_set="eight"),
    ]


def merged(sets, out, **options):
    return PreparedSet.open(merge(sets, out, **options).root)


def test_everything_is_taken_in_order_with_its_origin(tmp_path, two):
    found = merged(two, tmp_path / "out")
    assert found.ids.tolist() == ["fer2013-a", "b", "c", "d", "web-a", "x", "y", "z"]
    assert found.manifest.origins.tolist() == ["fer2013"] * 4 + ["web"] * 4
    assert found.manifest.label_sets.tolist() == ["fer2013"] * 4 + ["eight"] * 4
    assert found.split.tolist() == [*two[0].split.tolist(), *two[1].split.tolist()]
    assert (found.name, found.label_set) == ("fer2013-web", "eight")
    assert found.record["layout"] == "merged from fer2013 (4), web (4)"
    assert np.array_equal(found.pixels(4), noise(10, 12, 3))
    assert found.votes[0].tolist() == list(votes_for(anger=9))
    assert not found.votes[4:].any()


def test_people_and_films_of_two_sets_stay_two(tmp_path, two):
    manifest = merged(two, tmp_path / "out").manifest
    assert manifest.subjects.tolist() == ["fer2013/ann", "", "", "", "web/ann", "", "", ""]
    assert manifest.sequences[2] == "fer2013/f"


def test_copies_and_conflicts_across_sets_are_flagged_and_counted(tmp_path, two):
    found = merged(two, tmp_path / "out")
    assert found.flags["copy_in_test"].tolist() == [0, 1, 0, 0, 0, 0, 1, 0]
    assert found.flags["conflicting"].tolist() == [0, 0, 1, 0, 0, 0, 1, 0]
    record = found.record["merged"]
    assert record["shared"] == [
        {
            "sets": ["fer2013", "web"],
            "groups": 3,
            "pictures": [3, 3],
            "groups_across_splits": 2,
        }
    ]
    assert record["conflicts"]["groups"] == 2
    assert record["copies_in_other_colours"] == 1
    assert "1 picture(s) differ from a copy in how colours" in in_words(record)[0]


def test_the_record_has_counts_and_no_names_of_pictures(tmp_path, two):
    record = merged(two, tmp_path / "out").record
    told = record["merged"]
    assert told["asked"] == {"classes": "all", "conflicts": "keep", "labels": "published"}
    assert [(s["name"], s["labels"], s["pictures"], s["taken"]) for s in told["sets"]] == [
        ("fer2013", "fer2013", 4, 4),
        ("web", "eight", 4, 4),
    ]
    assert told["sets"][0]["manifest_sha256"] == two[0].sha256
    assert told["by_origin"]["web"] == {**{"anger": 1, "contempt": 1, "fear": 1, "sadness": 1}}
    assert list(told["by_split"]) == ["train", "val", "test"]
    assert told["by_split"]["train"]["anger"] == 2
    assert told["left_out"] == {"fer2013": {}, "web": {}}
    assert "place of" not in json.dumps(told)
    assert record["notes"][0] == "fer2013: mind"
    assert record["unreadable"] == 1


def test_pictures_become_alike_when_asked_and_copies_are_found_then(tmp_path, two):
    found = merged(two, tmp_path / "out", framing=Framing(size=8, grey=True))
    assert found.uniform
    assert found.record["merged"]["copies_in_other_colours"] == 0
    assert found.flags["conflicting"].tolist() == [1, 0, 1, 0, 0, 0, 1, 1]
    assert found.record["framing"] == {"size": 8, "grey": True, "faces": ""}
    mixed = merged(two, tmp_path / "mixed").record["notes"]
    assert "the pictures have 3 different shapes" in mixed[-1]
    assert "shapes" not in " ".join(found.record["notes"])


def test_pictures_that_are_alike_once_scaled_are_copies(tmp_path):
    sets = [
        make(tmp_path / name, [picture("p", 0, label, pixels=np.full((side, side), 5, np.uint8))])
        for name, label, side in (("one", "fear", 8), ("two", "anger", 12))
    ]
    found = merged(sets, tmp_path / "out", framing=Framing(size=8))
    assert found.record["merged"]["shared"][0]["groups"] == 1
    assert found.record["merged"]["conflicts"]["groups"] == 1
    assert found.flags["conflicting"].all()
    as_they_are = merged(sets, tmp_path / "other").record["merged"]
    assert as_they_are["shared"][0]["groups"] == as_they_are["conflicts"]["groups"] == 0


@pytest.mark.parametrize(
    ("choice", "ids"),
    [
        (Choice(conflicts="drop"), ["b", "d", "web-a", "x"]),
        (Choice(conflicts="first"), ["fer2013-a", "b", "c", "d", "web-a", "x"]),
        (Choice(classes="common"), ["fer2013-a", "b", "c", "d", "web-a", "x"]),
        (Choice(classes="sad"), ["d", "y"]),
        (Choice(labels="ferplus"), ["fer2013-a", "c", "d", "web-a", "x", "y", "z"]),
    ],
)
def test_what_is_left_out_is_counted(tmp_path, two, choice, ids):
    found = merged(two, tmp_path / "out", choice=choice)
    assert found.ids.tolist() == ids
    left = found.record["merged"]["left_out"]
    assert sum(n for counts in left.values() for n in counts.values()) == 8 - len(ids)


def test_labels_of_votes_say_whose_they_are(tmp_path, two):
    found = merged(two, tmp_path / "out", choice=Choice(labels="ferplus"))
    assert found.manifest.label_sets.tolist()[:3] == ["ferplus", "ferplus", "fer2013"]
    assert found.manifest.files[1] == "test/contempt/c.png"
    assert found.label_set == "eight"
    own = merged(two, tmp_path / "votes", choice=Choice(conflicts="votes"))
    assert own.labels[2] == own.labels[6] == 1
    assert own.record["merged"]["conflicts"]["relabelled"] == 3


def test_a_new_split_keeps_copies_of_several_sets_together(tmp_path):
    sets = [
        make(
            tmp_path / name,
            [picture(f"p{n}", n + start, ("anger", "fear")[n % 2], split) for n in range(40)],
            name=name,
        )
        for name, start, split in (("one", 0, "train"), ("two", 20, "test"))
    ]
    kept = merged(sets, tmp_path / "kept")
    assert kept.record["merged"]["shared"][0]["groups_across_splits"] == 20
    dealt = merged(sets, tmp_path / "dealt", rule=Rule.parse("60/20/20"))
    assert dealt.record["merged"]["shared"][0]["groups_across_splits"] == 0
    assert dealt.record["splits"] == {"train": 48, "val": 16, "test": 16}
    assert dealt.flags["duplicate"].sum() == 20


def test_a_merge_of_a_merge_keeps_origins_and_words(tmp_path, two):
    first = merged(two, tmp_path / "first")
    third = make(tmp_path / "three", [picture("b", 50, "fear", subject="ann")], name="more")
    found = merged([first, third], tmp_path / "out", name="all")
    assert found.name == "all"
    assert found.ids.tolist() == [
        *("fer2013-a", "fer2013-b", "c", "d", "web-a", "x", "y", "z", "more-b")
    ]
    assert found.manifest.origins.tolist() == ["fer2013"] * 4 + ["web"] * 4 + ["more"]
    assert found.manifest.subjects[0] == "fer2013/ann"
    assert found.manifest.subjects[-1] == "more/ann"


def test_the_same_merge_comes_again_byte_by_byte(tmp_path, two):
    merged(two, tmp_path / "a")
    merged(two, tmp_path / "b")
    assert (tmp_path / "a/manifest.csv").read_bytes() == (tmp_path / "b/manifest.csv").read_bytes()


def test_unreadable_pictures_keep_their_reason(tmp_path, two):
    merged(two, tmp_path / "out")
    with (tmp_path / "out/manifest.csv").open(newline="") as file:
        assert [row["problem"] for row in csv.DictReader(file)][3] == "no picture"


def test_wrong_use_is_refused_before_any_work(tmp_path, two):
    for sets in (two[:1], [], [two[0], two[0]]):
        with pytest.raises(UsageError, match="two or more different prepared datasets"):
            merge(sets, tmp_path / "out")
    with pytest.raises(UsageError, match="does not balance"):
        merge(two, tmp_path / "out", rule=Rule(balance="drop"))
    with pytest.raises(UsageError, match="expected letters"):
        merge(two, tmp_path / "out", name="a/b")
    assert not (tmp_path / "out").exists()


def test_what_stands_there_is_replaced_only_when_asked(tmp_path, two):
    merge(two, tmp_path / "out")
    with pytest.raises(DataError, match="holds a prepared dataset already"):
        merge(two, tmp_path / "out")
    merge(two, tmp_path / "out", choice=Choice(classes="sad"), overwrite=True)
    assert (
        PreparedSet.open(tmp_path / "out")
        .record["split"]
        .startswith("fer2013: as in the source; web: ")
    )
    assert len(PreparedSet.open(tmp_path / "out")) == 2
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.tex").touch()
    with pytest.raises(DataError, match="is not only a prepared dataset"):
        merge(two, tmp_path / "mine", overwrite=True)


def test_a_merge_that_fails_at_the_end_leaves_nothing(tmp_path, two, monkeypatch):
    def fail(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(merging, "_record", fail)
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        merge(two, tmp_path / "out")
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_merged_set_can_be_prepared_again(tmp_path, two):
    from mien.datasets.again import Again

    first = merged(two, tmp_path / "first")
    prepare(Again(first), tmp_path / "second", rule=Rule("official"), skip_bad=True)
    second = PreparedSet.open(tmp_path / "second")
    assert second.manifest.origins.tolist() == first.manifest.origins.tolist()
    assert second.sha256 == first.sha256


def test_sets_of_one_name_are_counted():
    assert set_names(["a", "b", "a", "a"]) == ["a", "b", "a-2", "a-3"]


def test_ids_become_distinct_whatever_they_were():
    ids = [np.array(["p", "q"]), np.array(["p", "fer-p"]), np.array(["p"])]
    origins = [np.array(["fer", "fer"]), np.array(["fer", "fer"]), np.array(["raf"])]
    found = distinct(ids, origins).tolist()
    assert found[1] == "q"
    assert found[4] == "raf-p"
    assert len(set(found)) == 5
    clash = distinct(
        [np.array(["p", "1-a-p"]), np.array(["p"]), np.array(["1-a-p"])],
        [np.array(["a", "b"]), np.array(["a"]), np.array(["a"])],
    )
    assert len(set(clash.tolist())) == 4


def test_the_empty_word_stays_empty():
    assert of_origin("", "ck") == ""
    assert of_origin("S1", "ck") == "ck/S1"
    assert of_origin("ck/S1", "ck") == "ck/S1"


def test_pairs_of_sets_are_counted_apart():
    groups = np.array([0, 1, 0, 0, 1, 5, -1])
    of, split = np.array([0, 0, 1, 1, 2, 2, 2]), np.repeat(["train", "test", "train"], [3, 1, 3])
    found = shared(groups, of, split, ["a", "b", "c"])
    assert [(row["groups"], row["pictures"]) for row in found] == [
        *((1, [1, 2]), (1, [1, 1]), (0, [0, 0]))
    ]
    assert [row["groups_across_splits"] for row in found] == [1, 0, 0]


def test_classes_are_counted_without_unreadable_pictures():
    words, labels = np.array(["b", "a", "b", "c"]), np.array([0, 3, 3, -1])
    assert by_class(words, labels) == {"a": {"anger": 0, "fear": 1}, "b": {"anger": 1, "fear": 1}}
    assert list(by_class(words, labels, ("c", "b", "a"))) == ["b", "a"]

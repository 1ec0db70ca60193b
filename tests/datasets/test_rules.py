from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sets import broken, make, people, picture

from mien.datasets.again import Again, known
from mien.datasets.prepared import PreparedSet
from mien.datasets.rules import Rule, decide
from mien.datasets.store import prepare
from mien.errors import DataError, UsageError


def own(count=20, val=0, test=0):
    sides = ["train"] * count + ["val"] * val + ["test"] * test
    return [picture(f"p{n}", n, ("anger", "fear")[n % 2], side) for n, side in enumerate(sides)]


def splits(prepared):
    return {name: int((prepared.split == name).sum()) for name in ("train", "val", "test")}


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("70/15/15", (0.7, 0.15, 0.15)),
        ("80/20/0", (0.8, 0.2, 0)),
        ("100/0/0", (1, 0, 0)),
        ("0.5/0.25/0.25", (0.5, 0.25, 0.25)),
        (" 33.3/33.3 /33.4", (0.333, 0.333, 0.334)),
    ],
)
def test_shares_are_read(text, shares):
    rule = Rule.parse(text, "picture", 3, "drop")
    assert rule.way == "shares"
    assert rule.shares == pytest.approx(shares)
    assert (rule.by, rule.seed, rule.balance) == ("picture", 3, "drop")


@pytest.mark.parametrize("text", ["70/15/20", "0/50/50", "120/-10/-10", "nan/50/50", "inf/0/0"])
def test_shares_that_do_not_sum_up_are_refused(text):
    with pytest.raises(UsageError, match="three shares from 0 that sum to 100"):
        Rule.parse(text)


@pytest.mark.parametrize("text", ["70/30", "a/b/c", "70/10/10/10", "none.csv", "offical", "//"])
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(UsageError, match="expected official, halves, three shares"):
        Rule.parse(text)


def test_a_file_in_folders_is_no_shares(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a/b").mkdir(parents=True)
    Path("a/b/split.csv").touch()
    assert Rule.parse("a/b/split.csv").file == Path("a/b/split.csv")


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("", "person"), "expected picture or subject"),
        (("", "", 0, "weigh"), "expected repeat or drop"),
        (("official", "subject"), "official deals out none"),
    ],
)
def test_wrong_words_are_refused(words, match):
    with pytest.raises(UsageError, match=match):
        Rule.parse(*words)


def test_by_and_a_split_file_exclude_each_other(tmp_path):
    (tmp_path / "split.csv").touch()
    with pytest.raises(UsageError, match="a split file deals out none"):
        Rule.parse(str(tmp_path / "split.csv"), "subject")


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (Rule(), False),
        (Rule(seed=4, by="picture"), False),
        (Rule("official"), False),
        (Rule("shares"), True),
        (Rule("halves"), True),
        (Rule(balance="drop"), True),
    ],
)
def test_a_rule_tells_whether_it_makes_another_set(rule, changes):
    assert rule.changes is changes


def test_a_rule_for_a_set_that_was_split_cuts_nothing_by_itself():
    assert Rule(seed=4, balance="drop").kept == Rule("official", seed=4, balance="drop")
    assert Rule("halves").kept == Rule("halves")


def test_by_is_refused_where_the_own_splits_stay(tmp_path):
    with pytest.raises(DataError, match="own splits are kept: leave it out"):
        make(tmp_path / "set", own(10, 2, 2), rule=Rule(by="picture"))
    with pytest.raises(DataError, match="the source does not say who is in a picture"):
        make(tmp_path / "set", own(10, 2, 2), rule=Rule(by="subject"))


def test_a_split_by_subjects_that_nobody_knows_is_refused(tmp_path):
    for rule in (Rule("shares", by="subject"), Rule("", by="subject")):
        with pytest.raises(DataError, match="expected a source with subjects"):
            make(tmp_path / "set", own(10), rule=rule)


def test_too_few_people_are_refused_with_the_reason(tmp_path):
    with pytest.raises(DataError, match=r"\(by subject, copies.*2 group.*to 3 sides"):
        make(tmp_path / "set", people(2), rule=Rule("shares"))
    assert make(tmp_path / "set", people(2), rule=Rule("shares", by="picture"))


@pytest.mark.parametrize(
    ("shares", "sizes"), [("80/20/0", (32, 8, 0)), ("80/0/20", (32, 0, 8)), ("100/0/0", (40, 0, 0))]
)
def test_a_side_without_a_share_gets_nothing(tmp_path, shares, sizes):
    pictures = own(36) + [picture(f"c{n}", 1, "fear") for n in range(4)]
    prepared = make(tmp_path / "set", pictures, rule=Rule.parse(shares))
    assert tuple(splits(prepared).values()) == sizes
    assert prepared.record["notes"] == []


def test_shares_deal_out_the_pictures_of_all_splits(tmp_path):
    prepared = make(tmp_path / "set", own(20, 10, 10), rule=Rule.parse("50/25/25"))
    assert splits(prepared) == {"train": 20, "val": 10, "test": 10}
    assert len(set(prepared.split[:20].tolist())) == 3
    assert set(prepared.manifest.source_splits.tolist()) == {"train", "val", "test"}
    assert prepared.record["split"] == (
        "train 50 %, val 25 %, test 25 % of all pictures, stratified by class, copies and near "
        "copies and films kept together, seed 0"
    )


def test_unreadable_pictures_count_for_nothing_and_go_to_training(tmp_path):
    pictures = own(20) + [broken(f"b{n}", "test") for n in range(50)]
    prepared = make(tmp_path / "set", pictures, rule=Rule.parse("50/25/25"))
    assert prepared.record["splits"] == {"train": 10, "val": 5, "test": 5}
    assert set(prepared.split[20:].tolist()) == {"train"}


def test_validation_is_cut_where_it_lacks_and_official_cuts_none(tmp_path):
    cut = make(tmp_path / "cut", own(40, 0, 10), rule=Rule())
    assert splits(cut) == {"train": 36, "val": 4, "test": 10}
    assert "else as in the source" in cut.record["split"]
    assert splits(make(tmp_path / "kept", own(40, 0, 10))) == {"train": 40, "val": 0, "test": 10}
    with pytest.raises(DataError, match="no splits of its own"):
        make(tmp_path / "none", own(40), has_splits=False)


def test_a_source_without_splits_is_dealt_out(tmp_path):
    assert splits(make(tmp_path / "set", own(40), rule=Rule(), has_splits=False)) == {
        **{"train": 32, "val": 4, "test": 4}
    }


def test_halves_cut_the_test_pictures_alone(tmp_path):
    pictures = own(10, 0, 21)
    pictures[11:13] = [picture("x", 10, "anger", "test"), broken("y", "test")]
    prepared = make(tmp_path / "set", pictures, rule=Rule("halves"))
    assert splits(prepared) == {"train": 10, "val": 10, "test": 11}
    assert prepared.split[12] == "test"
    assert prepared.split[10] == prepared.split[11]
    assert set(prepared.split[:10].tolist()) == {"train"}


@pytest.mark.parametrize(
    ("sizes", "held"), [((4, 2, 4), "train, val, test"), ((4, 0, 0), "train"), ((0, 0, 4), "test")]
)
def test_halves_need_train_and_test_alone(tmp_path, sizes, held):
    with pytest.raises(DataError, match=f"this one has {held}$"):
        make(tmp_path / "set", own(*sizes), rule=Rule("halves"))


def test_sides_that_lack_a_class_are_told(tmp_path):
    pictures = [*own(30), picture("rare", 99, "disgust")]
    prepared = make(tmp_path / "set", pictures, rule=Rule("shares"))
    lacking = [name for name in splits(prepared) if name != prepared.split[30]]
    assert prepared.record["notes"] == [
        f"{side} has no picture of disgust: too few of it can be kept apart" for side in lacking
    ]


def test_balancing_repeats_in_the_new_training_split_alone(tmp_path):
    pictures = [picture(f"p{n}", n, "anger" if n % 5 else "fear") for n in range(100)]
    prepared = make(tmp_path / "set", pictures, rule=Rule.parse("50/25/25", balance="repeat"))
    assert splits(prepared) == {"train": 80, "val": 25, "test": 25}
    train = prepared.split == "train"
    assert np.bincount(prepared.labels[train]).tolist().count(40) == 2
    assert not any("~" in name for name in prepared.ids[~train].tolist())
    dropped = make(tmp_path / "less", pictures, rule=Rule.parse("50/25/25", balance="drop"))
    assert splits(dropped) == {"train": 20, "val": 25, "test": 25}


def test_a_balanced_set_keeps_repeated_pictures_together_when_split_again(tmp_path):
    pictures = [picture(f"p{n}", n, "anger" if n % 5 else "fear") for n in range(60)]
    first = make(tmp_path / "first", pictures, rule=Rule(balance="repeat", way="official"))
    prepare(Again(first), tmp_path / "second", rule=Rule.parse("50/25/25"))
    second = PreparedSet.open(tmp_path / "second")
    assert not any(second.flags[f"copy_in_{s}"][second.split != s].any() for s in splits(second))


def test_near_copies_stay_together_unless_that_is_given_up(tmp_path):
    """Sixty pictures, the first twelve of them one picture in twelve degrees of brightness."""
    rng = np.random.default_rng(0)
    rough = rng.integers(0, 256, (60, 9, 9), np.uint8)
    rough[:12] = rough[0] // 2 + 10 * np.arange(12, dtype=np.uint8)[:, None, None]
    whole = [cv2.resize(r, (48, 48), interpolation=cv2.INTER_CUBIC) for r in rough]
    pictures = [replace(p, pixels=w) for p, w in zip(own(60), whole, strict=True)]
    told, torn = known(make(tmp_path / "set", pictures)), 0
    for seed in range(5):
        decided = decide(told, Rule("shares", seed=seed), True)
        assert len(set(decided.split[:12].tolist())) == 1
        torn += len(set(decide(told, Rule("shares", seed=seed, near=False), True).split[:12])) > 1
    assert torn
    assert "copies and near copies and films kept together" in decided.rule


def test_the_seed_alone_decides(tmp_path):
    told = known(make(tmp_path / "set", own(60)))
    first, other = (decide(told, Rule("shares", seed=s), True).split for s in (0, 1))
    assert np.array_equal(first, decide(told, Rule("shares"), True).split)
    assert not np.array_equal(first, other)


groups = st.tuples(st.integers(0, 3), st.integers(-1, 8), st.integers(-1, 12), st.integers(0, 40))


@given(
    rows=st.lists(groups, min_size=30, max_size=60),
    by=st.sampled_from(["", "picture"]),
    seed=st.integers(0, 3),
)
@settings(max_examples=15, deadline=None)
def test_nobody_no_film_and_no_copies_are_on_two_sides(tmp_path_factory, rows, by, seed):
    """Through ``prepare`` and ``Again``, as the command line goes."""
    folder = tmp_path_factory.mktemp("sets")
    labels = ("anger", "fear", "happiness", "sadness")
    pictures = [
        picture(
            f"p{n}",
            pixels,
            labels[label],
            subject=f"S{person}" if person >= 0 else "",
            sequence=f"F{film}" if film >= 0 else "",
        )
        for n, (label, person, film, pixels) in enumerate(rows)
    ]
    first = make(folder / "first", pictures)
    try:
        prepare(Again(first), folder / "second", rule=Rule.parse("60/20/20", by, seed))
    except DataError as error:
        assert "expected at least 3 groups" in str(error)  # noqa: PT017
        return
    second = PreparedSet.open(folder / "second")
    manifest = second.manifest
    kept = [manifest.hashes.astype(str), manifest.sequences]
    for words in kept if by == "picture" else [*kept, manifest.subjects]:
        for word in set(words.tolist()) - {""}:
            assert len(set(second.split[words == word].tolist())) == 1

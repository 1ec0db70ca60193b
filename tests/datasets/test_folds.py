import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sets import broken, make, noise, people, picture

from mien.datasets.folds import OUTSIDE, folds_of, sizes
from mien.emotions import EMOTIONS
from mien.errors import DataError

SIDES = ("train", "train", "train", "val", "test")


def plain(count=50):
    return [picture(f"p{n}", n, ("anger", "fear")[n % 2], SIDES[n // 2 % 5]) for n in range(count)]


def test_folds_are_of_training_pictures_alone(tmp_path):
    prepared = make(tmp_path / "set", [*plain(), broken("bad")])
    found = folds_of(prepared, 3, repeats=2)
    assert found.shape == (2, 51)
    train = (prepared.split == "train") & ~prepared.flags["unreadable"]
    assert train.sum() == 30
    assert (found[:, ~train] == OUTSIDE).all()
    for repeat in found:
        assert np.bincount(repeat[train]).tolist() == [10, 10, 10]
    assert not np.array_equal(found[0], found[1])


def test_folds_are_stratified_and_come_again_with_the_seed(tmp_path):
    prepared = make(tmp_path / "set", plain())
    first = folds_of(prepared, 5)
    for fold in range(5):
        assert np.bincount(prepared.labels[first[0] == fold])[[0, 3]].tolist() == [3, 3]
    assert np.array_equal(first, folds_of(prepared, 5, seed=0))
    assert not np.array_equal(first, folds_of(prepared, 5, seed=1))


def test_people_are_kept_together_unless_asked_otherwise(tmp_path):
    prepared = make(tmp_path / "set", people(12))
    subjects = prepared.manifest.subjects
    for repeat in folds_of(prepared, 4, repeats=3):
        assert all(len(set(repeat[subjects == s].tolist())) == 1 for s in set(subjects.tolist()))
    loose = folds_of(prepared, 4, by="picture")[0]
    assert any(len(set(loose[subjects == s].tolist())) > 1 for s in set(subjects.tolist()))


def test_copies_and_films_are_never_in_two_folds(tmp_path):
    pictures = [
        *plain(30),
        *(picture(f"c{n}", 0, "anger") for n in range(5)),
        *(picture(f"f{n}", 100 + n, "fear", sequence="film") for n in range(5)),
    ]
    for repeat in folds_of(make(tmp_path / "set", pictures), 3, repeats=5):
        assert len({repeat[0], *repeat[30:35].tolist()}) == 1
        assert len(set(repeat[35:].tolist())) == 1


def test_copies_in_test_do_not_matter_to_folds(tmp_path):
    pictures = [picture(f"p{n}", n, pixels=noise(n % 10), split="train") for n in range(10)]
    pictures += [picture(f"t{n}", n, split="test") for n in range(10)]
    found = folds_of(make(tmp_path / "set", pictures), 2)[0]
    assert np.bincount(found[:10]).tolist() == [5, 5]
    assert set(found[10:].tolist()) == {OUTSIDE}


@pytest.mark.parametrize(
    ("count", "repeats", "by", "match"),
    [
        (13, 1, "", r"13 folds of made's 48 training pictures \(by subject.*12 group"),
        (1, 1, "", "expected 2 or more"),
        (2, 0, "", "1 to 1000 times"),
    ],
)
def test_folds_that_cannot_be_made_say_why(tmp_path, count, repeats, by, match):
    with pytest.raises(DataError, match=match):
        folds_of(make(tmp_path / "set", people(12)), count, repeats, by)


def test_no_fold_is_empty_where_there_are_enough_groups(tmp_path):
    pictures = [picture("a", 1), picture("b", 1), picture("c", 2), picture("d", 3, "anger")]
    assert set(folds_of(make(tmp_path / "set", pictures), 3)[0].tolist()) == {0, 1, 2}


def test_folds_by_subjects_that_nobody_knows_are_refused(tmp_path):
    with pytest.raises(DataError, match="the source does not say who is in a picture"):
        folds_of(make(tmp_path / "set", plain()), 3, by="subject")


def test_sizes_count_each_class_of_each_fold(tmp_path):
    prepared = make(tmp_path / "set", plain())
    once = sizes(folds_of(prepared, 3), prepared.labels)
    assert once == {fold: {"anger": 5, "fear": 5} for fold in "012"}
    twice = sizes(folds_of(prepared, 3, 2), prepared.labels)
    assert list(twice) == ["0.0", "0.1", "0.2", "1.0", "1.1", "1.2"]


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 7), st.integers(-1, 9), st.integers(0, 30), st.booleans()),
        min_size=10,
        max_size=40,
    ),
    count=st.integers(2, 4),
)
@settings(max_examples=15, deadline=None)
def test_any_set_has_folds_that_tear_nothing_apart(tmp_path_factory, rows, count):
    pictures = [
        picture(
            f"p{n}",
            pixels,
            EMOTIONS[label],
            "train" if train else "test",
            subject=f"S{person}" if person >= 0 else "",
        )
        for n, (label, person, pixels, train) in enumerate(rows)
    ]
    prepared = make(tmp_path_factory.mktemp("folds") / "set", pictures)
    try:
        found = folds_of(prepared, count, 2)
    except DataError as error:
        assert "group(s) that must stay together" in str(error)  # noqa: PT017
        return
    train = prepared.split == "train"
    for repeat in found:
        assert ((repeat >= 0) == train).all()
        assert len(set(repeat[train].tolist())) == count
        for words in (prepared.manifest.subjects, prepared.manifest.hashes.astype(str)):
            for word in set(words[train].tolist()) - {""}:
                assert len(set(repeat[train & (words == word)].tolist())) == 1

from pathlib import Path

import numpy as np
import pytest
from made_sets import broken, make, noise, picture, votes_for

from mien.config import Augment, Experiment
from mien.datasets.again import Again
from mien.datasets.framing import Framing
from mien.datasets.prepared import PreparedSet
from mien.datasets.rules import Rule
from mien.datasets.store import prepare
from mien.errors import DataError, UsageError
from mien.preprocess import Preprocessing
from mien.transforms import augmented
from mien.transforms.augmented import RECIPE, Augmented
from mien.transforms.equalise import check_squares, equalised
from mien.transforms.written import write_augmented

pytest.importorskip("torch")
STILL = Augment(
    **{"flip": 0, "rotate": 0, "zoom": 0, "shear": 0, "shift": 0},
    **{"brightness": 0, "contrast": 0, "blur": 0, "patch": 0},
)


@pytest.fixture
def small(tmp_path):
    pictures = [
        picture("a", 1, "anger", pixels=noise(1, 16), votes=votes_for(anger=9), subject="ann"),
        picture("b", 2, "fear", pixels=noise(2, 16), sequence="film", origin="other"),
        picture("v", 3, "fear", "val", pixels=noise(3, 16)),
        broken("x"),
        picture("t", 4, "anger", "test", pixels=noise(4, 16)),
        picture("c", 4, "anger", pixels=noise(4, 16)),
        picture("d", 5, "anger", pixels=noise(5, 16)),
    ]
    return make(tmp_path / "small", pictures)


def written(source, out):
    return PreparedSet.open(write_augmented(source, out).root)


def pixels_of(prepared, name):
    return prepared.pixels(prepared.ids.tolist().index(name))


def test_pictures_come_first_and_copies_after_them(tmp_path, small):
    found = written(Augmented(small, 2), tmp_path / "out")
    assert found.ids.tolist() == [
        *("a", "b", "v", "x", "t", "c", "d"),
        *("a~aug1", "a~aug2", "b~aug1", "b~aug2", "d~aug1", "d~aug2"),
    ]
    assert found.split.tolist()[7:] == ["train"] * 6
    for name in ("a", "b", "v", "t", "c", "d"):
        assert np.array_equal(pixels_of(found, name), pixels_of(small, name))
    for name in ("a", "b", "d"):
        one, other = (pixels_of(found, f"{name}~aug{k}") for k in (1, 2))
        assert not np.array_equal(one, other)
        assert not np.array_equal(one, pixels_of(small, name))


def test_a_copy_has_the_words_of_its_picture(tmp_path, small):
    first = list(Augmented(small, 1))[7]
    assert (first.id, first.where) == ("a~aug1", "augmented copy 1 of a")
    assert (first.label, first.split, first.subject) == ("anger", "train", "ann")
    assert (first.votes, first.origin) == (votes_for(anger=9), "made")
    manifest = written(Augmented(small, 1), tmp_path / "out").manifest
    assert manifest.origins.tolist()[7:] == ["made", "other", "made"]
    assert manifest.sequences.tolist()[7:] == ["a", "film", "d"]
    assert manifest.sequences.tolist()[:7] == ["a", "film", "", "", "", "", "d"]


def test_a_copy_of_a_held_out_picture_gets_no_copies(small):
    source = Augmented(small, 3)
    assert "c" not in {p.id.partition("~aug")[0] for p in source if "~aug" in p.id}
    assert source.passed_over == 1
    assert "1 training picture(s) that are byte-identical to one of validation" in source.notes[0]


def test_validation_and_test_get_no_copies(small):
    found = [p for p in Augmented(small, 3) if p.split != "train"]
    assert [p.id for p in found] == ["v", "t"]
    assert [p.sequence for p in found] == ["", ""]


def test_the_same_picture_gets_the_same_copies_whatever_else_is_in_the_set(tmp_path):
    pictures = [picture(f"p{n}", n, pixels=noise(n, 16)) for n in range(12)]
    whole = list(Augmented(make(tmp_path / "whole", pictures), 3))
    part = list(Augmented(make(tmp_path / "part", [*pictures[5:3:-1], broken("z")]), 2))
    found = {p.id: p.pixels for p in whole}
    for copy in part[3:]:
        assert np.array_equal(copy.pixels, found[copy.id])


def test_copies_do_not_depend_on_the_batch(small, monkeypatch):
    settings = Augment(blur=1, patch=1)
    whole = [p.pixels for p in Augmented(small, 2, settings)][7:]
    monkeypatch.setattr(augmented, "VALUES", 1)
    alone = [p.pixels for p in Augmented(small, 2, settings)][7:]
    assert all(np.array_equal(one, other) for one, other in zip(whole, alone, strict=True))


def test_the_seed_changes_the_copies_and_nothing_else(small):
    first, other = (list(Augmented(small, 1, seed=seed)) for seed in (0, 1))
    same = [
        np.array_equal(a.pixels, b.pixels) for a, b in zip(first, other, strict=True) if a.label
    ]
    assert same == [True] * 6 + [False] * 3


def test_no_change_gives_the_picture_itself(small):
    for copy in list(Augmented(small, 1, STILL))[7:]:
        assert np.array_equal(copy.pixels, pixels_of(small, copy.id.partition("~aug")[0]))


def test_pictures_of_any_shape_keep_theirs(tmp_path):
    pictures = [
        picture(f"p{n}", n, pixels=noise(n, *shape))
        for n, shape in enumerate([(16, 3), (16, 3), (16, 1), (20, 1), (16, 1)])
    ]
    source = Augmented(make(tmp_path / "set", pictures), 1, STILL)
    assert [p.pixels.shape for p in source][5:] == [p.pixels.shape for p in pictures]
    assert all(
        np.array_equal(a.pixels, b.pixels) for a, b in zip(list(source)[5:], pictures, strict=True)
    )


def test_preprocessing_is_of_all_splits_alike_and_by_the_one_specification(tmp_path, small):
    source = Augmented(small, 1, STILL, framing=Framing(size=24), equalise="histogram")
    found = written(source, tmp_path / "out")
    assert found.uniform
    fit = Preprocessing(size=24, equalise="histogram").fit
    scaled = Framing(size=24)
    for name in ("a", "v", "t", "a~aug1"):
        before = scaled.apply(pixels_of(small, name.partition("~aug")[0]), None)[0]
        assert np.array_equal(pixels_of(found, name), fit(before)[0])
    assert found.record["framing"]["size"] == 24


def test_no_copies_with_preprocessing_write_the_set_preprocessed(tmp_path, small):
    source = Augmented(small, 0, equalise="clahe")
    found = written(source, tmp_path / "out")
    assert found.ids.tolist() == small.ids.tolist()
    assert found.manifest.sequences.tolist() == small.manifest.sequences.tolist()
    assert source.notes == []
    assert "augmented" not in found.record["layout"]


def test_colours_are_equalised_too():
    pixels = noise(1, 16, 3)
    found = equalised(pixels, "clahe")
    assert found.shape == pixels.shape
    assert not np.array_equal(found, pixels)
    assert equalised(pixels, "none") is pixels


@pytest.mark.parametrize(
    ("way", "sides"), [("histogram", (9, 8)), ("histogram", (7, 7)), ("clahe", (15, 15))]
)
def test_what_cannot_be_equalised_is_refused_at_once(tmp_path, way, sides):
    pixels = np.zeros(sides, np.uint8)
    prepared = make(tmp_path / "set", [picture("a", 1, pixels=pixels)])
    with pytest.raises(DataError, match=r"1 picture\(s\) of .* are no squares of .* --size"):
        Augmented(prepared, 1, equalise=way)
    assert Augmented(prepared, 1, equalise=way, framing=Framing(size=16))
    with pytest.raises(DataError, match="no squares"):
        Augmented(prepared, 1, equalise="clahe", framing=Framing(size=12))
    check_squares(prepared.sizes, "none", "x")


def test_the_record_says_what_was_done(tmp_path, small):
    record = written(Augmented(small, 2, seed=5), tmp_path / "out").record
    assert record["augmented"] == {
        **{"pictures_with_copies": 3, "passed_over": 1, "copies": 2, "seed": 5},
        **{"settings": RECIPE.model_dump(mode="json"), "equalise": "none"},
    }
    assert record["reader"] == "augment"
    assert record["files"][0]["sha256"] == small.sha256


def test_the_split_of_the_set_stays_and_is_told(tmp_path):
    pictures = [picture(f"p{n}", n, pixels=noise(n, 16)) for n in range(20)]
    prepared = make(tmp_path / "set", pictures, rule=Rule.parse("80/20/0"))
    found = written(Augmented(prepared, 1), tmp_path / "out")
    assert found.split.tolist()[:20] == prepared.split.tolist()
    assert found.record["split"] == prepared.record["split"]
    assert found.record["splits"] == {"train": 32, "val": 4, "test": 0}


def test_no_validation_is_cut_from_pictures_and_copies(tmp_path):
    prepared = make(tmp_path / "set", [picture(f"p{n}", n, pixels=noise(n, 16)) for n in range(20)])
    found = written(Augmented(prepared, 1), tmp_path / "out")
    assert found.record["splits"] == {"train": 40, "val": 0, "test": 0}


def test_a_later_split_keeps_copies_with_their_pictures(tmp_path):
    pictures = [picture(f"p{n}", n, pixels=noise(n, 16)) for n in range(30)]
    first = written(Augmented(make(tmp_path / "set", pictures), 2), tmp_path / "first")
    prepare(Again(first), tmp_path / "second", rule=Rule.parse("60/20/20"))
    second = PreparedSet.open(tmp_path / "second")
    side = dict(zip(second.ids.tolist(), second.split.tolist(), strict=True))
    assert len(set(side.values())) == 3
    for n in range(30):
        assert len({side[f"p{n}"], side[f"p{n}~aug1"], side[f"p{n}~aug2"]}) == 1


def test_an_augmented_set_is_not_augmented_again(tmp_path, small):
    first = written(Augmented(small, 1), tmp_path / "first")
    with pytest.raises(DataError, match="has 3 augmented copies already"):
        Augmented(first, 1)
    assert Augmented(first, 0, equalise="clahe")


def test_the_dataset_itself_is_never_replaced(tmp_path, small):
    for out in (small.root, small.root / "more"):
        with pytest.raises(UsageError, match="must stay as it is"):
            write_augmented(Augmented(small, 1), out, overwrite=True)


def test_nothing_is_left_of_a_run_that_was_stopped(tmp_path, small):
    def stop(doing, done, of):
        if doing == "writing" and done == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_augmented(Augmented(small, 1), tmp_path / "out", progress=stop)
    assert [p.name for p in tmp_path.iterdir()] == ["small"]


def test_the_recipe_is_that_of_the_weights_that_ship():
    config = Path(__file__).parents[2] / "configs" / "mien.yaml"
    assert Experiment.load(config).augment == RECIPE

"""Pictures that a model has seen are found among those that it is scored on."""

from pathlib import Path

import pytest
from made_answering import answering, darker, learnt_set, run_of, textured
from made_sets import make, picture

from mien.datasets.prepared import PreparedSet
from mien.evaluation.cross.leaks import KINDS, UNSEEN, counts, seen
from mien.evaluation.cross.learnt import Pictures, learnt_of

OTHERS = 40


@pytest.fixture(scope="module")
def seen_pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    root = tmp_path_factory.mktemp("learnt")
    prepared = learnt_set(root / "set")
    found = learnt_of(answering(run_of(root / "run", prepared), prepared.root)).pictures
    assert found is not None
    return found


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> PreparedSet:
    """One of each kind, a near copy twice, a copy of a test picture, and unseen ones."""
    planted = [
        ("same-train", textured(0)),
        ("same-val", textured(100)),
        ("near-train", darker(textured(1))),
        ("near-train-again", darker(textured(1))),
        ("near-val", darker(textured(101))),
        ("same-test", textured(200)),
    ]
    others = [(f"other{n}", textured(1000 + n)) for n in range(OTHERS)]
    pictures = [
        picture(name, 0, split=("train", "test")[n % 2], pixels=pixels)
        for n, (name, pixels) in enumerate(planted + others)
    ]
    return make(tmp_path_factory.mktemp("scored") / "set", pictures)


def test_each_kind_is_found_and_nothing_else(scored: PreparedSet, seen_pictures: Pictures) -> None:
    codes = seen(scored, scored.where(), seen_pictures)
    found = {str(scored.ids[row]): code for row, code in enumerate(codes) if code != UNSEEN}
    assert found == {
        "same-train": KINDS["copies_of_training"],
        "same-val": KINDS["copies_of_validation"],
        "near-train": KINDS["near_copies_of_training"],
        "near-train-again": KINDS["near_copies_of_training"],
        "near-val": KINDS["near_copies_of_validation"],
    }
    assert counts(codes) == {
        "copies_of_training": 1,
        "copies_of_validation": 1,
        "near_copies_of_training": 2,
        "near_copies_of_validation": 1,
    }


def test_codes_belong_to_the_rows_that_were_asked_for(
    scored: PreparedSet, seen_pictures: Pictures
) -> None:
    every = seen(scored, scored.where(), seen_pictures)
    rows = scored.where("test")[::-1]
    assert seen(scored, rows, seen_pictures).tolist() == every[rows].tolist()
    assert seen(scored, rows[:0], seen_pictures).tolist() == []


def test_what_was_learnt_from_is_all_seen(seen_pictures: Pictures) -> None:
    prepared = seen_pictures.prepared
    codes = seen(prepared, prepared.where(), seen_pictures)
    expected = {"train": 1, "val": 2, "test": 0}
    assert codes.tolist() == [expected[split] for split in prepared.split]


def test_training_counts_before_validation(tmp_path: Path, seen_pictures: Pictures) -> None:
    both = Pictures(seen_pictures.prepared, seen_pictures.train, seen_pictures.train)
    prepared = make(
        tmp_path / "set",
        [
            picture("same", 0, split="test", pixels=textured(0)),
            picture("near", 0, split="test", pixels=darker(textured(1))),
        ],
    )
    assert seen(prepared, prepared.where(), both).tolist() == [1, 3]


def test_progress_is_told(scored: PreparedSet, seen_pictures: Pictures) -> None:
    said = []
    seen(scored, scored.where("test"), seen_pictures, lambda *told: said.append(told[0]))
    assert {"coding", "looking up"} <= set(said)

"""What an exploration says: each sentence follows from the numbers by a stated rule."""

import numpy as np
import pytest
from made_material import augmented, full, made, pictures, votes_of

from mien.emotions import EMOTIONS
from mien.report.explore.panels.every import every

FACE = pictures(1)[0][0]


def told(material):
    return {p.key: p for p in every(material, augmented(material))}


def of_counts(train, test=(), labels=(0, 4, 6)):
    """Material whose splits hold so many pictures of each label."""
    split = ["train"] * sum(train) + ["test"] * sum(test)
    repeated = np.concatenate([np.repeat(labels[: len(c)], c) for c in (train, test) if c])
    rng = np.random.default_rng(0)
    return made(list(rng.integers(0, 256, (len(split), 16, 16), np.uint8)), repeated, split)


@pytest.fixture(scope="module")
def everything():
    return told(full())


def test_each_figure_has_title_n_sentence_alt_text_and_method(everything):
    for panel in everything.values():
        assert panel.title
        assert panel.how.endswith(".")
        assert not panel.missing, panel.key
        assert panel.n > 0
        assert panel.reading.endswith(".")
        assert panel.alt.endswith(".")
        assert callable(panel.draw)


def test_there_are_nineteen_figures_in_a_set_that_has_everything(everything):
    assert len(everything) == 19


@pytest.mark.parametrize(
    "material",
    [
        made([FACE], [4], ["train"]),
        made([np.full((48, 48), 0, np.uint8)], [4], ["val"]),
        made([FACE] * 3, [4] * 3, ["train"] * 3),
    ],
    ids=["one picture", "one constant picture", "one class, all copies"],
)
def test_at_least_twelve_figures_whatever_the_set(material):
    panels = told(material)
    assert sum(not p.missing for p in panels.values()) >= 12
    for panel in panels.values():
        assert bool(panel.missing) != bool(panel.draw), panel.key


def test_what_makes_no_sense_is_said_in_a_line():
    panels = told(made([FACE], [4], ["train"]))
    missing = {key: p.missing for key, p in panels.items() if p.missing}
    assert missing == {
        "shares": "fewer than two splits have labelled pictures",
        "votes": "this dataset has no votes",
        "entropy": "this dataset has no votes",
        "copies": "no two pictures have the same pixels",
        "copies_shown": "no two pictures have the same pixels",
        "origins": "the manifest names no origin",
        "flags": "no readable picture has a flag",
    }


def test_a_set_without_labels_has_no_figures_of_classes():
    panels = told(made(*[pictures(6)[0], [-1] * 6]))
    assert panels["mean_faces"].missing == panels["classes"].missing == "no picture has a label"
    assert not panels["extremes"].missing
    assert not panels["equalisation"].missing


@pytest.mark.parametrize(
    ("train", "said"),
    [
        (
            (2, 11, 4),
            "The rarest class, anger, has 2 pictures, 1 to 5.5 of the most frequent, happiness.",
        ),
        ((3, 3, 3), "Every class has 3 pictures."),
        ((7,), "All 7 pictures show anger."),
    ],
)
def test_the_rarest_class(train, said):
    assert told(of_counts(train))["classes"].reading == said


def test_pictures_without_a_label_are_counted_apart():
    faces, labels = pictures(8)
    labels[:2] = -1
    assert told(made(faces, labels))["classes"].reading.endswith(" 2 more have no label.")


@pytest.mark.parametrize(
    ("train", "test", "said"),
    [
        ((1, 3), (2, 6), "The largest slice is happiness: 75.0 % of train and 75.0 % of test."),
        (
            (1, 3),
            (3, 1),
            "The largest slices are happiness (75.0 % of train) and anger (75.0 % of test).",
        ),
        ((2, 2), (1, 1), "In each split all classes are equally frequent."),
    ],
)
def test_the_largest_slices(train, test, said):
    assert told(of_counts(train, test))["pies"].reading == said


def test_how_far_splits_are_apart():
    assert told(of_counts((1, 3), (2, 6)))["shares"].reading == "All splits are made up alike."
    reading = told(of_counts((2, 2), (3, 1)))["shares"].reading
    assert reading.startswith("train and test differ most: 25.0 % of one would have to change")


def test_mean_faces_are_compared():
    flat = [np.full((16, 16), value, np.uint8) for value in (10, 12, 90)]
    reading = told(made(flat, [0, 4, 6]))["mean_faces"].reading
    assert "anger and sadness differ most (80.0 grey levels" in reading
    assert "those of anger and happiness least (2.0)" in reading
    alone = told(made(flat[:1], [0]))["mean_faces"].reading
    assert alone == "There is one class, anger, so nothing to compare it with."


def test_deviation_faces_are_compared():
    values = [(0, 0), (100, 0), (20, 4), (40, 4)]
    faces = [np.full((16, 16), value, np.uint8) for value, _ in values]
    reading = told(made(faces, [label for _, label in values]))["deviation_faces"].reading
    assert reading == (
        "Pictures of anger vary most: 50.0 grey levels on average over the pixels, those of "
        "happiness least: 10.0."
    )


def test_medians_and_quartiles_of_brightness():
    faces = [np.full((16, 16), value, np.uint8) for value in (0, 100, 200)]
    reading = told(made(faces, [0, 4, 4]))["brightness"].reading
    assert reading == (
        "The median brightness goes from 0 (anger) to 150 (happiness); half of all pictures lie "
        "between 50 and 150."
    )


def test_grey_levels_before_and_after():
    half = np.repeat([[0], [255]], 8, axis=0).astype(np.uint8).repeat(16, axis=1)
    reading = told(made([half], [0]))["equalisation"].reading
    assert "levels 0 to 255 as they are, 0 to 255 after histogram equalisation" in reading
    assert reading.endswith("50.0 % are black (0) and 50.0 % white (255) from the start.")


def test_votes_confirm_labels_or_not():
    """Three of four keep theirs; the fear becomes happiness."""
    votes = np.zeros((5, 10), np.int16)
    votes[[0, 1, 2, 3], [4, 4, 0, 4]] = 10
    votes[4, [0, 4]] = 5  # no majority
    faces, _ = pictures(5)
    panels = told(made(faces, [4, 4, 0, 3, 0], votes=votes))
    assert panels["votes"].n == 5
    assert panels["votes"].reading == (
        "3 of the 4 pictures with a majority (75.0 %) keep their label; fear keeps it least "
        "(0.0 %) and most often becomes happiness (100.0 %)."
    )
    assert panels["entropy"].reading == (
        "Voters agree most on fear (median 0.00 bits), least on anger (0.50); on 80.0 % of the "
        "pictures all voters agree."
    )


def test_votes_that_confirm_all_labels_are_no_reason_to_blame_a_class():
    faces, labels = pictures(8)
    panels = told(made(faces, labels, votes=votes_of(labels, against=0)))
    assert panels["votes"].reading == (
        "8 of the 8 pictures with a majority (100.0 %) keep their label."
    )


def test_rows_without_votes_count_in_no_figure_of_votes():
    faces, labels = pictures(8)
    votes = votes_of(labels)
    votes[:3] = 0
    panels = told(made(faces, labels, votes=votes))
    assert panels["votes"].n == panels["entropy"].n == 5
    votes[:] = 0
    assert told(made(faces, labels, votes=votes))["votes"].missing == "this dataset has no votes"


def test_copies_across_splits():
    faces, labels = pictures(6)
    faces[3], faces[4] = faces[0], faces[0]
    labels[:] = 0, 1, 2, 0, 5, 4
    split = ["train", "train", "train", "test", "train", "val"]
    panels = told(made(faces, labels, split))
    assert panels["copies"].reading == (
        "3 of 6 pictures have a copy, in 1 group of up to 3; 0.0 % of val (0) and 100.0 % of "
        "test (1) have a copy in train."
    )
    assert panels["copies_shown"].reading == "The only group has 2 label(s)."
    assert panels["copies_shown"].rows == [("1", "made-00000, made-00003, made-00004")]


def test_extremes_name_pictures_and_show_each_once():
    faces = [np.full((48, 48), v, np.uint8) for v in (0, 0, 250)] + pictures(5)[0]
    panel = told(made(faces, [0] * 8))["extremes"]
    assert panel.reading == (
        "The darkest picture, made-00000, has a mean of 0.0 of 255, the brightest, made-00002, of "
        "250.0; 3 pictures have one single grey level."
    )
    kinds = [row[0].split(":")[0] for row in panel.rows]
    assert kinds.count("Darkest") == 6
    assert kinds.count("Lowest contrast") == 5
    assert not [row for row in panel.rows if row[1] == "made-00001"]


def test_sizes_in_words():
    one = told(made([FACE], [0]))["sizes"]
    assert one.reading == "All 1 pictures are 48 × 48 grey."
    faces = [np.zeros((10, 20, 3), np.uint8), FACE, FACE + 1, np.zeros((30, 9), np.uint8)]
    assert told(made(faces, [0] * 4))["sizes"].reading == (
        "Heights go from 10 to 48 pixels and widths from 9 to 48; 25.0 % are in colour; the most "
        "frequent size, 48 × 48 grey, has 2 pictures."
    )


def test_origins_in_words():
    faces, labels = pictures(4)
    panel = told(made(faces, labels, origins=["a", "b", "a", ""]))["origins"]
    assert (panel.n, panel.reading) == (
        3,
        "Most come from a: 66.7 % of the 3 with a known origin.",
    )
    assert "all 4 pictures come from one, a" in (
        told(made(faces, labels, origins=["a"] * 4))["origins"].missing
    )


def test_samples_are_of_their_class_and_drawn_in_the_same_way_each_time():
    from mien.report.explore.panels.panel import drawn_at_random

    material = full()
    chosen = drawn_at_random(material, 3)
    assert chosen == drawn_at_random(material, 3)
    for k, rows in chosen.items():
        assert len(rows) == 3
        assert set(material.labels[rows]) == {k}
    assert list(chosen) == list(range(len(EMOTIONS)))

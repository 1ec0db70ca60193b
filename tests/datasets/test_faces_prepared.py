"""Preparing with faces cut out, and how the word for it travels through datasets."""

import json

import numpy as np
import pytest
from made_scenes import scene, turned_scene
from made_sets import KEPT, Listed, make, noise, picture

from mien.datasets.again import Again
from mien.datasets.clean import Choice, clean
from mien.datasets.framing import Framing, faces_of
from mien.datasets.manifest import read_manifest
from mien.datasets.merge import merge
from mien.datasets.prepared import RECORD, PreparedSet
from mien.datasets.store import prepare
from mien.inference.crop import cut, cut_face, frame
from mien.inference.detector import Detector
from mien.inference.framed import FaceFinder, faces_in
from mien.inference.upright import upright
from mien.preprocess import to_grey


@pytest.fixture(scope="module")
def yunet():
    return Detector()


@pytest.fixture(scope="module")
def two():
    return scene(seed=5, faces=2, size=(300, 600))


@pytest.fixture(scope="module")
def pictures(two, yunet):
    smaller = faces_in(two, yunet)[1]
    return [
        picture("turned", 0, pixels=turned_scene(scene(2), 20)),
        picture("grey", 0, pixels=to_grey(scene(3)), split="val"),
        picture("wall", 0, pixels=noise(1, 60)),
        picture("boxed", 0, pixels=two, box=smaller.box),
        picture("beside", 0, pixels=two, box=(0.0, 0.0, 30.0, 20.0)),
        picture("dot", 0, pixels=np.full((1, 1), 7, np.uint8), split="test"),
    ]


def made(pictures, out, yunet, faces, **framing):
    finder = FaceFinder(faces, yunet)
    asked = Framing(find_face=finder, faces=faces, **framing)
    return finder, prepare(Listed(pictures), out, rule=KEPT, framing=asked)


@pytest.fixture(scope="module", params=["crop", "align"])
def cut_out(request, pictures, yunet, tmp_path_factory):
    """The word for it, the finder, what was prepared, and the set."""
    out = tmp_path_factory.mktemp(request.param) / "out"
    finder, summary = made(pictures, out, yunet, request.param)
    return request.param, finder, summary, PreparedSet.open(out)


def pixels_of(prepared, name):
    return prepared.pixels(int(np.flatnonzero(prepared.ids == name)[0]))


def test_the_record_says_how_faces_were_cut(cut_out):
    faces, _, summary, prepared = cut_out
    assert summary.record["framing"] == {"size": 0, "grey": False, "faces": faces}
    assert faces_of(prepared.record) == faces


def test_pictures_without_a_face_are_flagged_counted_and_kept(cut_out, pictures, two):
    _, finder, summary, prepared = cut_out
    names = prepared.ids[prepared.flags["no_face"]].tolist()
    assert names == ["wall", "beside", "dot"]
    assert summary.audit["no_face"] == 3
    assert (finder.pictures, finder.found) == (6, 3)
    np.testing.assert_array_equal(pixels_of(prepared, "wall"), pictures[2].pixels)
    np.testing.assert_array_equal(pixels_of(prepared, "dot"), pictures[5].pixels)
    np.testing.assert_array_equal(pixels_of(prepared, "beside"), two[0:25, 0:30])


def test_an_experiment_may_leave_them_out(cut_out):
    prepared = cut_out[3]
    assert prepared.ids[prepared.where("train", ["no_face"])].tolist() == ["turned", "boxed"]


def test_faces_are_those_of_inference_to_the_bit(cut_out, pictures, yunet):
    faces, _, _, prepared = cut_out
    for given in pictures[:2]:
        (found, *_) = faces_in(given.pixels, yunet)
        expected = cut(given.pixels, frame(found.box))
        if faces == "align":
            expected = cut_face(given.pixels, *upright(yunet, given.pixels, found))
        np.testing.assert_array_equal(pixels_of(prepared, given.id), expected)
    assert pixels_of(prepared, "grey").ndim == 2
    assert pixels_of(prepared, "turned").ndim == 3


def test_the_box_of_the_source_picks_its_face(cut_out, two, yunet):
    faces, _, _, prepared = cut_out
    finder = FaceFinder(faces, yunet)
    smaller = faces_in(two, yunet)[1]
    seen = pixels_of(prepared, "boxed")
    np.testing.assert_array_equal(seen, finder(two, smaller.box))
    assert not np.array_equal(seen, finder(two, None))


def test_size_and_grey_come_after_the_cut(pictures, yunet, tmp_path):
    made(pictures, tmp_path / "out", yunet, "align", size=32, grey=True)
    manifest = read_manifest(tmp_path / "out/manifest.csv")
    assert {tuple(size) for size in manifest.sizes.tolist()} == {(32, 32, 1)}


def test_a_box_outside_the_picture_is_still_unreadable(yunet, tmp_path):
    source = [
        picture("a", 0, pixels=scene(2)),
        picture("b", 0, pixels=noise(2, 60), box=(99.0, 0.0, 9.0, 9.0)),
    ]
    asked = Framing(find_face=FaceFinder("crop", yunet), faces="crop")
    out = tmp_path / "out"
    summary = prepare(Listed(source), out, rule=KEPT, framing=asked, skip_bad=True)
    assert summary.audit["unreadable"] == 1
    assert PreparedSet.open(out).flags["no_face"].tolist() == [False, False]


# --- the word travels ---------------------------------------------------------------------------


def labelled(tmp_path, name, word):
    """Four pictures that are said to be cut out in some way."""
    asked = Framing(find_face=lambda pixels, box: pixels, faces=word) if word else Framing()
    seeds = range(len(name) * 10, len(name) * 10 + 4)
    taken = [picture(f"{name}{n}", n) for n in seeds]
    return make(tmp_path / name, taken, name=name, framing=asked)


def test_a_set_made_of_a_prepared_one_keeps_the_word(tmp_path, yunet):
    aligned = labelled(tmp_path, "one", "align")
    for number, (framing, word) in enumerate(
        [
            (Framing(), "align"),
            (Framing(size=16), "align"),
            (Framing(find_face=lambda pixels, box: pixels, faces="crop"), "align"),
        ]
    ):
        out = tmp_path / f"again{number}"
        summary = prepare(Again(aligned), out, rule=KEPT, framing=framing)
        assert faces_of(summary.record) == word
    cropped = labelled(tmp_path, "crops", "crop")
    asked = Framing(find_face=lambda pixels, box: pixels, faces="align")
    record = prepare(Again(cropped), tmp_path / "turned", rule=KEPT, framing=asked).record
    assert faces_of(record) == "align"


def test_cleaning_and_augmenting_keep_the_word(tmp_path):
    aligned = labelled(tmp_path, "one", "align")
    cleaned = clean(aligned, tmp_path / "clean", [], Choice(("constant",)))
    assert faces_of(cleaned.record) == "align"
    pytest.importorskip("torch")
    from mien.transforms.augmented import Augmented
    from mien.transforms.written import write_augmented

    made = write_augmented(Augmented(aligned, 0), tmp_path / "more")
    assert faces_of(made.record) == "align"


@pytest.mark.parametrize(
    ("words", "together", "noted"),
    [
        (("align", "align"), "align", False),
        (("crop", "crop"), "crop", False),
        (("crop", ""), "", False),
        (("align", ""), "", True),
        (("align", "crop"), "", True),
    ],
)
def test_merging_sets_of_two_kinds_is_noted(words, together, noted, tmp_path):
    sets = [labelled(tmp_path, n, w) for n, w in zip(("one", "three"), words, strict=True)]
    record = merge(sets, tmp_path / "merged").record
    assert faces_of(record) == together
    assert any("only the faces of one are turned upright" in n for n in record["notes"]) == noted


def test_older_records_do_not_say_it(tmp_path):
    prepared = labelled(tmp_path, "one", "align")
    record = json.loads((prepared.root / RECORD).read_text())
    assert faces_of(record) == "align"
    del record["framing"]
    assert faces_of(record) == ""
    assert faces_of({}) == ""

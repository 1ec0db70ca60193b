import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_layouts import prepared, problems, write_pictures, zipped

from mien.datasets.readers.ckplus import recognise
from mien.datasets.readers.ckplus_films import code_of, frame_of, taken
from mien.datasets.source import Options
from mien.datasets.sources import open_source
from mien.emotions import CODES
from mien.errors import SourceError, UsageError

IMAGES, LABELS = "cohn-kanade-images", "Emotion"


def frame(film, number, end=".png"):
    return f"{film.replace('_', '/')}/{film}_{number:08d}{end}"


def label(root, film, number, text="   3.0000000e+00\n", labels=LABELS):
    path = root / labels / frame(film, number, "_emotion.txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def film(root, name, frames=5, code=None, images=IMAGES, labels=LABELS):
    """One film; where it has no code its folder of labels is empty, as it was published."""
    numbers = range(1, frames + 1)
    seed = int(name.replace("S", "").replace("_", "")) * 100
    write_pictures(root / images, (frame(name, n) for n in numbers), seed)
    (root / labels / name.replace("_", "/")).mkdir(parents=True, exist_ok=True)
    if code is not None:
        label(root, name, frames, f"   {code:.7e}\n", labels)
    return root


def ck(root, **places):
    film(root, "S005_001", code=3, **places)
    film(root, "S005_002", **places)
    film(root, "S010_001", code=7, **places)
    film(root, "S010_002", code=0, **places)
    film(root, "S011_001", code=2, **places)
    return root


def test_last_frames_show_the_emotion_and_the_first_is_neutral(tmp_path):
    source = recognise(ck(tmp_path), Options(peaks=2))
    pictures = list(source)
    assert [(p.id, p.label) for p in pictures[:4]] == [
        ("S005_001_00000001", "neutral"),
        ("S005_001_00000004", "disgust"),
        ("S005_001_00000005", "disgust"),
        ("S010_001_00000001", "neutral"),
    ]
    assert [p.label for p in pictures[4:]] == ["surprise"] * 2 + ["neutral"] + ["contempt"] * 2
    assert {(p.split, p.source_split) for p in pictures} == {("train", "")}
    assert [p.subject for p in pictures] == ["S005"] * 3 + ["S010"] * 3 + ["S011"] * 3
    assert pictures[3].sequence == "S010_001"
    assert pictures[0].where == "cohn-kanade-images/S005/001/S005_001_00000001.png"
    assert all(p.pixels.shape == (10, 10, 3) for p in pictures)
    assert (source.name, source.label_set, source.has_splits) == ("ckplus", "ckplus", False)


def test_what_was_left_out_is_counted(tmp_path):
    source = recognise(ck(tmp_path), Options())
    assert source.notes == [
        "1 of 5 films have no label and were left out",
        "1 film(s) labelled 0 (neutral) were left out",
    ]
    assert source.layout == "CK+ as films and label files (last 3 frames, the first as neutral)"


@pytest.mark.parametrize(
    ("frames", "peaks", "neutral", "numbers"),
    [
        (5, 3, True, [1, 3, 4, 5]),
        (5, 3, False, [3, 4, 5]),
        (5, 1, True, [1, 5]),
        (4, 3, True, [1, 2, 3, 4]),
        (3, 3, True, [1, 2, 3]),
        (2, 3, True, [1, 2]),
        (1, 1, True, [1]),
    ],
)
def test_the_first_frame_is_never_both(tmp_path, frames, peaks, neutral, numbers):
    source = recognise(
        film(tmp_path, "S005_001", frames, code=3), Options(peaks=peaks, neutral=neutral)
    )
    assert [frame_of(p.id)[2] for p in source] == numbers
    labels = [p.label for p in source]
    assert labels.count("neutral") == (neutral and frames > peaks)
    assert labels[-1] == "disgust"
    assert any("no frame before" in note for note in source.notes) == (neutral and frames <= peaks)


@given(count=st.integers(1, 9), peaks=st.integers(1, 3), neutral=st.booleans())
def test_frames_come_once_and_in_their_order(count, peaks, neutral):
    numbers = [number for number, _ in taken(range(count), "fear", peaks, neutral)]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == count - 1


@pytest.mark.parametrize("peaks", [0, 4, -1])
def test_other_counts_of_last_frames_are_refused(tmp_path, peaks):
    with pytest.raises(UsageError, match=f"{peaks} last frames of a film: expected 1, 2 or 3"):
        recognise(ck(tmp_path), Options(peaks=peaks))


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (IMAGES, LABELS),
        (f"extended-cohn-kanade-images/{IMAGES}", "Emotion_labels/Emotion"),
        ("extended-cohn-kanade-images", "Emotion_labels"),
    ],
)
def test_all_published_places_are_known(tmp_path, images, labels):
    ck(tmp_path / "ck", images=images, labels=labels)
    for path in (tmp_path, tmp_path / "ck", tmp_path / "ck" / images):
        with open_source(path, tmp_path) as opened:
            assert opened.reader == "ckplus"
            assert len(list(opened.source)) == 12


def test_half_of_it_is_refused(tmp_path):
    film(tmp_path, "S005_001", labels="a/b/c/d")
    with pytest.raises(SourceError, match=r"frames of CK\+ but no labels: expected Emotion/S005"):
        recognise(tmp_path, Options())
    film(tmp_path / "x", "S005_001", code=3, images="a/b/c/d")
    with pytest.raises(SourceError, match=r"labels of CK\+ but no frames: expected cohn-kanade"):
        recognise(tmp_path / "x", Options())


def test_other_folders_are_not_recognised(tmp_path):
    (tmp_path / "Emotion/happy").mkdir(parents=True)
    assert recognise(tmp_path, Options()) is None
    assert recognise(write_pictures(tmp_path, ["S005/001/a.png"]), Options()) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("   3.0000000e+00\n", 3),
        ("\ufeff 7.0000000e+00\r\n\r\n", 7),
        ("\n\n  1  \n", 1),
        ("0.0000000e+00", 0),
        ("2.", 2),
    ],
)
def test_label_files_are_read_with_whatever_blanks(tmp_path, text, code):
    film(tmp_path, "S005_001")
    label(tmp_path, "S005_001", 5, text)
    pictures = list(recognise(tmp_path, Options(1, neutral=False)))
    assert [p.label for p in pictures] == ([CODES["ckplus"][code]] if code else [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "0 labels in the label file, expected one"),
        (" \n", "0 labels in the label file, expected one"),
        ("3 5", "2 labels in the label file, expected one"),
        ("8.0000000e+00", "label '8.0000000e+00', expected a code from 0 to 7"),
        ("-1", "label '-1', expected a code from 0 to 7"),
        ("2.5", "label '2.5', expected a code from 0 to 7"),
        ("happy", "label 'happy', expected a code from 0 to 7"),
        ("nan", "label 'nan', expected a code from 0 to 7"),
        ("inf", "label 'inf', expected a code from 0 to 7"),
        ("1_0e0", "label '1_0e0', expected a code from 0 to 7"),
        ("٣", "label '٣', expected a code from 0 to 7"),
        ("\0", "label '\\x00', expected a code from 0 to 7"),
    ],
)
def test_bad_labels_are_a_problem_of_their_film(tmp_path, text, problem):
    film(ck(tmp_path), "S012_001")
    label(tmp_path, "S012_001", 5, text)
    source = recognise(tmp_path, Options())
    assert problems(source) == {"S012/001": problem}
    bad = [p for p in source if p.problem]
    assert [(p.id, p.subject, p.sequence) for p in bad] == [("S012_001", "S012", "S012_001")]


@given(st.text(max_size=30).filter(lambda text: not set("01234567") & set(text)))
def test_text_without_one_of_its_digits_is_no_code(text):
    with pytest.raises(ValueError, match="expected"):
        code_of(text)


@given(st.floats())
def test_only_whole_numbers_from_zero_to_seven_are_codes(number):
    if number in CODES["ckplus"]:
        assert code_of(f" {number:.7e} ") == number
    else:
        with pytest.raises(ValueError, match="expected a code from 0 to 7"):
            code_of(repr(number))


def test_everything_wrong_with_folders_and_names_is_told_at_once(tmp_path):
    ck(tmp_path)
    label(tmp_path, "S005_001", 4)
    label(tmp_path, "S020_001", 9)
    film(tmp_path, "S021_001")
    (label(tmp_path, "S021_001", 5)).rename(
        tmp_path / "Emotion/S021/001/S022_001_00000005_emotion.txt"
    )
    label(tmp_path, "S023", 9)
    write_pictures(
        tmp_path / IMAGES,
        [
            "S010/001/face.png",
            "S010/001/S010_002_00000009.png",
            "S010/001/S010_001_00000005.JPG",
            "S010/S010_001_00000006.png",
            "S010/001/deep/S010_001_00000007.png",
            "thumbs/001/S010_001_00000008.png",
        ],
    )
    place = f"{IMAGES}/S010/001".__add__
    nowhere = "lies in no folder of a film, expected S005/001/ (person/film)"
    twice = "2 pictures of frame 5, expected one"
    assert problems(recognise(tmp_path, Options())) == {
        "S005/001": (
            "two labels for one film (S005_001_00000004_emotion.txt, "
            "S005_001_00000005_emotion.txt), expected one"
        ),
        "S020/001": "label without picture: no frame",
        "S021/001": (
            "label file 'S022_001_00000005_emotion.txt', expected S021_001_<frame>_emotion.txt"
        ),
        "Emotion/S023/S023_00000009_emotion.txt": nowhere,
        place("/face.png"): ("name 'face.png', expected person_film_frame: S005_001_00000011.png"),
        place("/S010_002_00000009.png"): "a frame of S010_002 in the folder of S010_001",
        place("/S010_001_00000005.png"): twice,
        place("/S010_001_00000005.JPG"): twice,
        f"{IMAGES}/S010/S010_001_00000006.png": nowhere,
        place("/deep/S010_001_00000007.png"): nowhere,
        f"{IMAGES}/thumbs/001/S010_001_00000008.png": nowhere,
    }


def test_unreadable_frames_are_named(tmp_path):
    ck(tmp_path)
    (tmp_path / IMAGES / frame("S005_001", 5)).write_bytes(b"")
    found = problems(recognise(tmp_path, Options()))
    assert found == {f"{IMAGES}/{frame('S005_001', 5)}": "an empty file, expected a picture"}


def test_frames_stand_in_the_order_of_their_numbers_whatever_their_endings(tmp_path):
    names = ["S005_001_2.PNG", "S005_001_10.png", "S005_001_9.jpg", "s005_001_001.png"]
    write_pictures(tmp_path / IMAGES / "S005/001", names)
    label(tmp_path, "S005_001", 10)
    (tmp_path / IMAGES / "S005/001/.DS_Store").write_bytes(b"x")
    pictures = list(recognise(tmp_path, Options()))
    assert [p.id for p in pictures] == ["s005_001_001", "S005_001_2", "S005_001_9", "S005_001_10"]
    assert {(p.subject, p.sequence) for p in pictures} == {("S005", "S005_001")}


def test_a_label_of_another_frame_than_the_last_is_noted(tmp_path):
    film(tmp_path, "S005_001", 5)
    label(tmp_path, "S005_001", 9)
    (tmp_path / IMAGES / "S005/001/notes.txt").touch()
    assert recognise(tmp_path, Options()).notes == [
        "1 label(s) are named after another frame than the film's last",
        "1 file(s) without the suffix of a picture were passed over",
    ]


def test_empty_folders_without_a_label_are_no_finding(tmp_path):
    ck(tmp_path)
    (tmp_path / IMAGES / "S005/003").mkdir()
    (tmp_path / LABELS / "S005/003").mkdir()
    assert problems(recognise(tmp_path, Options())) == {}


@pytest.mark.parametrize("pack", [False, True])
def test_prepared_as_folder_and_as_zip_no_film_is_torn_apart(tmp_path, pack):
    root = tmp_path / "ck"
    for number in range(12):
        film(root, f"S{100 + number:03d}_001", code=number % 2 + 3)
    path = zipped(tmp_path / "ck.zip", root) if pack else root
    rows = prepared(path, tmp_path / "out", Options(peaks=2))
    splits = {}
    for row in rows:
        splits.setdefault(row["subject"], set()).add(row["split"])
    assert len(splits) == 12
    assert all(len(found) == 1 for found in splits.values())
    assert set.union(*splits.values()) == {"train", "val", "test"}
    record = json.loads((tmp_path / "out/dataset.json").read_text())
    assert (record["reader"], record["label_set"], record["pictures"]) == ("ckplus", "ckplus", 36)
    assert {row["label"] for row in rows} == {"neutral", "disgust", "fear"}


def test_bad_films_stay_as_flagged_lines(tmp_path):
    for number in range(6):
        film(tmp_path / "ck", f"S{100 + number:03d}_001", code=number % 2 + 3)
    label(tmp_path / "ck", "S100_001", 5, "9")
    rows = prepared(tmp_path / "ck", tmp_path / "out", skip_bad=True)
    bad = [row for row in rows if row["unreadable"] == "1"]
    assert [(row["id"], row["sequence"]) for row in bad] == [("S100_001", "S100_001")]
    assert bad[0]["problem"] == "label '9', expected a code from 0 to 7"


def test_pixels_are_those_of_the_file(tmp_path):
    from made_layouts import colour

    source = recognise(film(tmp_path, "S005_001", 2, code=3), Options(1))
    assert np.array_equal([*source][1].pixels, colour(500101))

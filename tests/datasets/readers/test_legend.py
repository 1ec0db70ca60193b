import csv

import pytest
from made_sources import encoded, faces

from mien.datasets.prepared import PreparedSet
from mien.datasets.readers.legend import recognise, subject_of
from mien.datasets.sources import open_source
from mien.datasets.store import prepare
from mien.errors import SourceError, UnreadablePicturesError

ROWS = [
    ("302", "Ada_Lovelace_0001.jpg", "happiness"),
    ("302", "Ada_Lovelace_0002.jpg", "NEUTRAL"),
    ("17", "AlanTuring_12.jpg", "Anger"),
    ("17", "some-expressions_2868k.jpg", "contempt"),
]


def write(root, rows=ROWS, header="user.id,image,emotion", folder="data"):
    (root / "images").mkdir(parents=True, exist_ok=True)
    (root / folder).mkdir(exist_ok=True)
    for (_, name, _), face in zip(rows, faces(len(rows)), strict=True):
        (root / "images" / name).write_bytes(encoded(face, "JPEG"))
    lines = [header, *(",".join(row) for row in rows)]
    (root / folder / "legend.csv").write_text("\n".join(lines) + "\n")
    return root


def test_rows_become_pictures_whose_ids_tell_nobody(tmp_path):
    source = recognise(write(tmp_path))
    found = list(source)
    assert (source.name, source.label_set, source.has_splits) == ("expressions", "eight", False)
    assert [p.id for p in found] == [f"expressions-{n:05d}" for n in range(4)]
    assert [p.label for p in found] == ["happiness", "neutral", "anger", "contempt"]
    assert [p.subject for p in found] == ["adalovelace", "adalovelace", "alanturing", ""]
    assert {(p.split, p.source_split, p.problem) for p in found} == {("train", "", "")}
    assert found[1].where == "row 1 (Ada_Lovelace_0002.jpg)"
    assert found[0].pixels.shape == (48, 48)


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("Ada_Lovelace_0001.jpg", "adalovelace"),
        ("Ada_K_Lovelace_0001.jpg", "adaklovelace"),
        ("AdaLovelace_7.png", "adalovelace"),
        ("Ada-Augusta_de_Lovelace_0001.jpg", "adaaugustadelovelace"),
        ("Ada_O'Lovelace_II_0003.jpg", "adaolovelaceii"),
        ("Émilie_du_Châtelet_0001.jpg", "émilieduchâtelet"),
        ("JK_Lovelace_0001.jpg", "jklovelace"),
        ("Ada_0001.jpg", "ada"),
        ("ada_lovelace_0001.jpg", ""),
        ("IMG_0001.jpg", ""),
        ("DSC_0001.jpg", ""),
        ("Image_12.jpg", ""),
        ("Ada_Lovelace.jpg", ""),
        ("some-expressions_2868k.jpg", ""),
        ("0001.jpg", ""),
        ("2_1.jpg", ""),
        ("_1.jpg", ""),
        ("", ""),
    ],
)
def test_the_subject_is_the_name_before_the_number(name, subject):
    assert subject_of(name) == subject


@pytest.mark.parametrize("named", [".", "data/legend.csv", "data"])
def test_the_folder_and_the_legend_itself_are_known(tmp_path, named):
    write(tmp_path)
    assert len(list(recognise(tmp_path / named))) == 4


def test_a_legend_beside_its_pictures_is_known(tmp_path):
    assert len(list(recognise(write(tmp_path, folder=".")))) == 4


def test_other_tables_are_none(tmp_path):
    assert recognise(write(tmp_path, header="user,image,emotion")) is None
    assert recognise(tmp_path / "images") is None
    (tmp_path / "data/legend.csv").rename(tmp_path / "data/other.csv")
    assert recognise(tmp_path / "data/other.csv") is None


def test_a_legend_without_pictures_is_refused(tmp_path):
    write(tmp_path)
    (tmp_path / "images").rename(tmp_path / "elsewhere")
    with pytest.raises(
        SourceError, match=r"legend\.csv has no pictures: expected them in .*images"
    ):
        recognise(tmp_path)


def test_pictures_that_no_row_names_are_noted(tmp_path):
    write(tmp_path)
    (tmp_path / "images/more.png").write_bytes(encoded(faces(1)[0]))
    assert recognise(tmp_path).notes == [
        "1 picture(s) in images/ are not in the legend and were passed over"
    ]


def test_each_bad_row_tells_all_that_is_wrong_with_it(tmp_path):
    rows = [("1", "Ada_Lovelace_0001.jpg", "bored"), ("1", "../legend.csv", "sad"), ROWS[0]]
    (tmp_path / "legend.csv").touch()
    write(tmp_path, rows[:1])
    with (tmp_path / "data/legend.csv").open("a") as file:
        csv.writer(file).writerows([rows[1], ("1", "gone.jpg", "x"), ("1", "a.jpg"), rows[2]])
    problems = [p.problem for p in recognise(tmp_path)]
    assert problems[0] == "label 'bored', expected the name of an emotion"
    assert "path '../legend.csv' leads out of the table's folder" in problems[1]
    assert problems[2].startswith("label 'x', expected")
    assert "cannot be read (No such file" in problems[2]
    assert problems[3].startswith("2 cell(s), expected 3; label ''")
    assert problems[4] == ""


def test_no_person_is_in_two_splits(tmp_path):
    people = ["Ada_Lovelace", "AlanTuring", "Emmy_Noether", "Ada_Turing", "Emmy_Lovelace"] * 8
    rows = [
        ("1", f"{name}_{n:04d}.jpg", ("happiness", "SADNESS")[n % 2])
        for n, name in enumerate(people)
    ]
    write(tmp_path / "in", rows)
    with open_source(tmp_path / "in", tmp_path) as opened:
        assert opened.reader == "legend"
        assert [file.name for file in opened.files] == ["legend.csv"]
        prepare(opened.source, tmp_path / "out", files=opened.files)
    prepared = PreparedSet.open(tmp_path / "out")
    sides = {}
    for subject, split in zip(prepared.manifest.subjects, prepared.split, strict=True):
        sides.setdefault(str(subject), set()).add(str(split))
    assert len(sides) == 5
    assert all(len(split) == 1 for split in sides.values())
    assert not [p for p in (tmp_path / "out").rglob("*.png") if "ovelace" in p.name]


def test_a_broken_picture_is_named_by_its_row(tmp_path):
    write(tmp_path / "in")
    (tmp_path / "in/images/AlanTuring_12.jpg").write_bytes(b"<html>")
    with open_source(tmp_path / "in", tmp_path) as opened:
        told = r"row 2 \(AlanTuring_12\.jpg\): a web page, no picture"
        with pytest.raises(UnreadablePicturesError, match=told):
            prepare(opened.source, tmp_path / "out")


def test_the_real_legend_tells_who_is_in_nearly_all_pictures(real_data):
    folder = real_data / "expressions"
    if not folder.is_dir():
        pytest.skip("needs the real pictures: MIEN_DATA holds no folder expressions/")
    source = recognise(folder)
    with source.files[0].open() as file:
        subjects = [subject_of(row["image"]) for row in csv.DictReader(file)]
    assert (len(subjects), subjects.count(""), len({*subjects} - {""})) == (2749, 2, 1563)

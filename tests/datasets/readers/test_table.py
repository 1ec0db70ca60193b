import codecs
import os

import numpy as np
import pytest
from made_sources import encoded, faces

from mien.datasets.prepared import PreparedSet
from mien.datasets.readers.table import asked, recognise
from mien.datasets.readers.table_columns import columns_of
from mien.datasets.readers.table_rows import file_of, place_of, split_of, words_of
from mien.datasets.source import Options
from mien.datasets.sources import open_source
from mien.datasets.store import prepare
from mien.errors import SourceError, UnreadablePicturesError

PLAIN = Options()


def write(root, *files):
    for file, face in zip(files, faces(len(files)), strict=True):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(encoded(face))
    return root


def table(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def small(tmp_path):
    write(tmp_path, "p/a.png", "p/b.png", "c.png")
    return table(
        tmp_path / "faces.csv",
        "Image Path,Emotion,Usage,Person,age",
        "p/a.png,Happy,Training,ada,36",
        "p/b.png,SADNESS,PrivateTest,alan,41",
        "c.png, neutral ,PublicTest,ada,37",
    )


def test_rows_become_pictures(small):
    source = recognise(small, PLAIN)
    found = list(source)
    assert [p.id for p in found] == ["p-a", "p-b", "c"]
    assert [p.where for p in found] == ["row 0 (p/a.png)", "row 1 (p/b.png)", "row 2 (c.png)"]
    assert [p.label for p in found] == ["happiness", "sadness", "neutral"]
    assert [p.split for p in found] == ["train", "test", "val"]
    assert [p.source_split for p in found] == ["Training", "PrivateTest", "PublicTest"]
    assert [p.subject for p in found] == ["ada", "alan", "ada"]
    assert np.array_equal(found[0].pixels, faces(3)[0])
    assert {p.problem for p in found} == {""}
    assert (source.name, source.label_set, source.files) == ("faces", "seven", [small])
    assert (source.has_splits, source.keeps_row_order, source.notes) == (True, False, [])
    assert source.layout == (
        "a table of pictures (path: Image Path, label: Emotion, split: Usage, subject: Person)"
    )


def test_a_folder_with_one_table_is_that_table(small):
    table(small.parent / "notes.csv", "what,when", "a,b")
    source = recognise(small.parent, PLAIN)
    assert len(list(source)) == 3
    assert source.notes == ["tables of other things were passed over: notes.csv"]


def test_without_splits_all_is_training_and_contempt_makes_it_eight(tmp_path):
    write(tmp_path / "mine", "images/a.png", "b.png")
    path = table(tmp_path / "mine/labels.tsv", "file\tlabel", "a.png\tcontempt", "b.png\tjoy")
    source = recognise(path, PLAIN)
    assert [(p.split, p.source_split, p.subject) for p in source] == [("train", "", "")] * 2
    assert (source.has_splits, source.label_set, source.name) == (False, "eight", "mine")
    assert {p.problem for p in source} == {""}


@pytest.mark.parametrize(
    "content",
    [
        b"path,label\na.png,happy\n",
        b"path;label\r\na.png;happy\r\n",
        b"path\tlabel\na.png\thappy",
        b'"path","label"\n"a.png","happy"\n\n',
        codecs.BOM_UTF8 + b"path,label\na.png,happy\n",
        "path,label\na.png,happy\n".encode("utf-16"),
        b"id,FileName,target\n1,a.png,happy\n",
        b" image , class \n a.png , happy \n",
    ],
)
def test_usual_forms_of_text_are_read(tmp_path, content):
    write(tmp_path, "a.png")
    (tmp_path / "t.csv").write_bytes(content)
    assert [(p.id, p.label, p.problem) for p in recognise(tmp_path / "t.csv", PLAIN)] == [
        ("a", "happiness", "")
    ]


def test_a_person_can_say_which_columns_hold_what(tmp_path):
    write(tmp_path, "a.png")
    path = table(
        tmp_path / "t.csv",
        "where,label,emotion,part,who",
        "a.png,3,happy,test,ada",
        "b,4,sad,train,x",
    )
    named = {"path": "Where", "label": "emotion", "split": "part", "subject": "who"}
    first = next(iter(recognise(path, Options(columns=named))))
    assert (first.label, first.split, first.subject) == ("happiness", "test", "ada")
    assert recognise(path, PLAIN) is None
    for wrong in ({"path": "where", "label": "feeling"}, {"label": "emotion"}):
        with pytest.raises(SourceError, match="has the columns where, label, emotion, part, who"):
            recognise(path, Options(columns=wrong))
    with pytest.raises(SourceError, match=r"expected columns of path \(where\), label, split"):
        recognise(path, Options(columns={"path": "where", "split": "fold"}))


def test_several_usual_columns_are_not_guessed_between(tmp_path):
    path = table(tmp_path / "t.csv", "path,label,emotion", "a.png,3,happy")
    with pytest.raises(SourceError, match="could hold the label: label, emotion; say which one"):
        recognise(path, PLAIN)
    with pytest.raises(SourceError, match="could hold the path: path, path"):
        recognise(table(path, "path,path,label", "a.png,b.png,happy"), PLAIN)


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (("0", "3", "6"), r"labels of t\.csv are numbers \(0, 3, 6\): a code means nothing"),
        (("1.0", "2.0", "", ""), r"are numbers \(1\.0, 2\.0\)"),
        (("cat", "dog"), r"no label of t\.csv is the name of an emotion \(cat, dog\)"),
        (("", ""), "is the name of an emotion .all are empty"),
        ((), r"t\.csv has a header and no rows"),
    ],
)
def test_labels_that_say_nothing_are_refused(tmp_path, labels, told):
    path = table(tmp_path / "t.csv", "path,label", *(f"{n}.png,{x}" for n, x in enumerate(labels)))
    with pytest.raises(SourceError, match=told):
        recognise(path, PLAIN)


def test_a_table_of_other_labels_is_no_table_of_a_folder(tmp_path):
    table(tmp_path / "t.csv", "path,label", "a.png,cat")
    assert recognise(tmp_path, PLAIN) is None
    with pytest.raises(SourceError, match="is the name of an emotion"):
        asked(tmp_path, PLAIN)


def test_each_bad_row_tells_all_that_is_wrong_with_it(tmp_path):
    write(tmp_path / "in", "a.png", "b.png")
    (tmp_path / "in/text.png").write_text("text")
    path = table(
        tmp_path / "in/t.csv",
        *("path,label,split", "a.png,happy,train", "a.png,sad,train", "b.png,bored,train"),
        *("b2.png,3,later", "b.png,sad,", "text.png,sad,test", "sub/,sad,test", ",sad,test"),
        *("b.png,sad", "b.png,sad,test,more", "gone.png,happy,val"),
    )
    problems = [p.problem for p in recognise(path, PLAIN)]
    assert problems[0] == ""
    assert problems[1] == "the same picture as in an earlier row, expected it once"
    assert problems[2] == "label 'bored', expected the name of an emotion"
    assert problems[3].split("; ")[0] == "label '3', expected the name of an emotion"
    assert problems[3].split("; ")[1].startswith("split 'later', expected train, training")
    assert problems[3].split("; ")[2] == "there is no such file"
    assert problems[4].startswith("split '', expected train")
    assert problems[5] == "no picture in any known format"
    assert problems[6] == "there is no such file"
    assert problems[7] == "path '', expected that of a picture"
    assert problems[8].startswith("2 cell(s), expected 3")
    assert problems[9].startswith("4 cell(s), expected 3")
    assert problems[10] == "there is no such file"
    with (
        open_source(path, tmp_path) as opened,
        pytest.raises(UnreadablePicturesError, match="10 of 11 pictures cannot be read") as error,
    ):
        prepare(opened.source, tmp_path / "out")
    assert r"row 1 (a.png): the same picture" in str(error.value)


@pytest.mark.parametrize(
    "path",
    [
        *("../a.png", "x/../../a.png", "..", "/etc/passwd", "//host/a.png", "C:/a.png", "c:a.png"),
        *(
            "..\\a.png",
            "x\\..\\..\\a.png",
            "C:\\a.png",
            "\\\\host\\a.png",
            "a\0.png",
            "../in2/a.png",
        ),
    ],
)
def test_paths_that_leave_the_folder_are_refused(tmp_path, path):
    with pytest.raises(ValueError, match="leads out of the table's folder"):
        place_of(tmp_path / "in", path)


def test_paths_within_the_folder_are_taken(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    for text in ("a/b.png", "./a/b.png", "a\\b.png", "x/../a/b.png", f"{tmp_path}/a/b.png"):
        assert place_of(tmp_path, text).as_posix() == "a/b.png"
    assert place_of(tmp_path / "link", f"{tmp_path}/a/b.png").as_posix() == "a/b.png"
    assert place_of(tmp_path / "link", f"{tmp_path}/link/a/b.png").as_posix() == "a/b.png"
    for text in ("", ".", "a/.."):
        with pytest.raises(ValueError, match="expected that of a picture"):
            place_of(tmp_path, text)


def test_pictures_lie_beside_the_table_or_in_images(tmp_path):
    write(tmp_path, "images/a.png", "b.png", "images/b.png")
    assert file_of(tmp_path, place_of(tmp_path, "a.png")) == tmp_path / "images/a.png"
    assert file_of(tmp_path, place_of(tmp_path, "b.png")) == tmp_path / "b.png"
    with pytest.raises(ValueError, match="there is no such file"):
        file_of(tmp_path, place_of(tmp_path, "x" * 5000))


def test_words_of_splits_in_any_case():
    words = ("train", "Training", "val", "VALID", "Validation", "test", "testing", "PublicTest")
    assert [split_of(w) for w in words] == [*["train"] * 2, *["val"] * 3, *["test"] * 2, "val"]
    assert split_of("PrivateTest") == "test"


def test_few_of_many_odd_words_are_remembered():
    words = words_of({"label": f"word {n}", "split": str(n)} for n in range(500))
    assert (words.rows, len(words.others), len(words.marks)) == (500, 50, 50)
    assert not words.splits


def test_a_column_that_names_no_split_is_noted_or_refused(tmp_path):
    write(tmp_path, "a.png")
    path = table(tmp_path / "t.csv", "path,label,set", "a.png,happy,summer")
    source = recognise(path, PLAIN)
    assert not source.has_splits
    assert source.notes == ["the column set names no split (summer), so it was not taken for one"]
    assert [(p.split, p.problem) for p in source] == [("train", "")]
    with pytest.raises(SourceError, match=r"the column set names no split \(summer\): expected"):
        recognise(path, Options(columns={"split": "set"}))


@pytest.mark.parametrize("form", ["{}.csv", "{}_labels.csv", "faces-{}.tsv"])
def test_one_table_for_each_split_is_one_dataset(tmp_path, form):
    folder = write(tmp_path / "mine", "a.png", "b.png", "c.png")
    for word, name in (("train", "a"), ("valid", "b"), ("test", "c")):
        path = folder / form.format(word)
        mark = "\t" if path.suffix == ".tsv" else ","
        table(path, f"path{mark}label", f"{name}.png{mark}happy")
    source = recognise(folder, PLAIN)
    assert [(p.split, p.source_split) for p in source] == [
        *(("train", "train"), ("val", "valid"), ("test", "test"))
    ]
    assert (source.name, source.has_splits, len(source.files)) == ("mine", True, 3)
    assert next(iter(source)).where == f"{form.format('train')} row 0 (a.png)"
    alone = recognise(folder / form.format("train"), PLAIN)
    assert [p.split for p in alone] == ["train"]
    assert not alone.has_splits


@pytest.mark.parametrize(
    "names",
    [
        ("a.csv", "b.csv"),
        ("train.csv", "more.csv"),
        ("train.csv", "training.csv"),
        ("a_train.csv", "b_test.csv"),
    ],
)
def test_several_other_tables_are_not_chosen_between(tmp_path, names):
    for name in names:
        table(tmp_path / name, "path,label", "a.png,happy")
    with pytest.raises(
        SourceError, match=r"several tables of paths and labels: .*name one of them"
    ):
        recognise(tmp_path, PLAIN)


def test_several_folders_with_tables_are_not_chosen_between(tmp_path):
    for name in ("first", "second", "third"):
        table(tmp_path / name / "t.csv", "path,label" if name != "third" else "a,b", "a.png,happy")
    with pytest.raises(SourceError, match="tables of paths and labels: first, second; name one"):
        recognise(tmp_path, PLAIN)


def test_folders_by_emotion_beside_a_table_need_a_word(tmp_path):
    folder = write(tmp_path / "in", "happy/a.png", "sad/b.png")
    path = table(folder / "t.csv", "path,label", "happy/a.png,sad")
    with pytest.raises(SourceError, match="say which is meant with --as folders or --as table"):
        open_source(folder, tmp_path).__enter__()
    for reader, count in (("folders", 2), ("table", 1)):
        with open_source(folder, tmp_path, reader) as opened:
            assert len(list(opened.source)) == count
    with open_source(folder, tmp_path, options=Options(columns={"path": "path"})) as opened:
        assert opened.reader == "table"
    table(path, "path,label", "happy/a.png,3")
    with open_source(folder, tmp_path) as opened:
        assert opened.reader == "folders"


@pytest.mark.parametrize(
    "header",
    [
        "emotion,pixels,Usage",
        "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,NF",
        "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression",
        "a.png,happy",
        "",
    ],
)
def test_tables_of_other_sources_are_none(tmp_path, header):
    path = table(tmp_path / "t.csv", header, "1,2,3")
    assert recognise(path, PLAIN) is None
    assert recognise(tmp_path, PLAIN) is None
    with pytest.raises(SourceError, match="no column that is usually called path or label"):
        asked(path, PLAIN)


def test_other_files_are_no_tables(tmp_path):
    path = table(tmp_path / "t.txt", "path,label", "a.png,happy")
    assert columns_of(path, {}) is None
    (tmp_path / "folder.csv").mkdir()
    assert columns_of(tmp_path / "folder.csv", {}) is None


def test_a_file_that_is_no_table_from_some_line_on_is_refused(tmp_path):
    path = table(tmp_path / "t.csv", "path,label", "a.png,happy", '"' + "x" * 200_000 + '"')
    with pytest.raises(SourceError, match=r"t\.csv, line 3: no table from here on \(field larger"):
        recognise(path, PLAIN)


def test_names_in_other_bytes_find_their_files(tmp_path):
    name = os.fsdecode(b"caf\xe9.png")
    write(tmp_path / "in", name)
    (tmp_path / "in/t.csv").write_bytes(b"path,label,who,person\ncaf\xe9.png,happy,x,\xe9va\n")
    first = next(iter(recognise(tmp_path / "in/t.csv", PLAIN)))
    assert (first.problem, first.where) == ("", r"row 0 (caf\udce9.png)")
    assert first.subject == r"\udce9va"


def test_a_table_is_prepared_by_its_splits_and_people(tmp_path):
    names = [f"{n}.png" for n in range(24)]
    write(tmp_path / "in", *(f"images/{name}" for name in names))
    rows = [f"{name},{('happy', 'sad')[n % 2]},p{n // 4}" for n, name in enumerate(names)]
    path = table(tmp_path / "in/labels.csv", "image,label,subject", *rows)
    with open_source(path, tmp_path) as opened:
        assert opened.reader == "table"
        summary = prepare(opened.source, tmp_path / "out", files=opened.files)
    assert summary.record["files"][0]["name"] == "labels.csv"
    assert "by subject" in summary.record["split"]
    prepared = PreparedSet.open(tmp_path / "out")
    sides = {*zip(prepared.manifest.subjects.tolist(), prepared.split.tolist(), strict=True)}
    assert len(sides) == 6

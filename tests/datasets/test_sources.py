import tarfile
import zipfile

import pytest
from made_sources import encoded, faces, write_csv, write_votes

from mien.datasets.prepared import PreparedSet
from mien.datasets.sources import open_source
from mien.datasets.store import prepare
from mien.errors import SourceError


def as_zip(path, folder):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path


def as_tar(path, folder):
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder, folder.name)
    return path


@pytest.fixture
def published(tmp_path, three_splits):
    """A folder as it is published: the CSV with its votes."""
    folder = tmp_path / "fer2013"
    folder.mkdir()
    write_csv(folder / "fer2013.csv", three_splits)
    write_votes(folder / "fer2013new.csv", three_splits)
    return folder


@pytest.mark.parametrize("make", [None, as_zip, as_tar])
def test_folder_and_archives_give_the_same_manifest(tmp_path, published, make):
    direct = tmp_path / "direct"
    with open_source(published / "fer2013.csv", tmp_path) as opened:
        prepare(opened.source, direct, votes=opened.votes)
    path = published
    if make is not None:
        path = make(tmp_path / ("a.zip" if make is as_zip else "a.tar.gz"), published)
        (published / "fer2013new.csv").unlink()
    out = tmp_path / "data/out"
    with open_source(path, out.parent) as opened:
        assert opened.votes is not None
        assert [f.name for f in opened.files] == [path.name if make else "fer2013.csv"]
        prepare(opened.source, out, votes=opened.votes)
    assert (out / "manifest.csv").read_bytes() == (direct / "manifest.csv").read_bytes()
    assert [p.name for p in out.parent.iterdir()] == ["out"]


def test_the_unpacked_folder_goes_away_on_errors_too(tmp_path, published):
    path = as_zip(tmp_path / "a.zip", published)
    opening = open_source(path, tmp_path / "data")
    opening.__enter__()
    assert [p.name for p in (tmp_path / "data").iterdir()] == [".a.zip.unpacking"]
    interrupt = KeyboardInterrupt()
    assert not opening.__exit__(KeyboardInterrupt, interrupt, None)
    assert list((tmp_path / "data").iterdir()) == []


def test_what_a_killed_run_unpacked_is_not_mistaken_for_the_source(tmp_path, published):
    path = as_zip(tmp_path / "a.zip", published)
    stale = tmp_path / "data/.a.zip.unpacking/in/train/happy"
    stale.mkdir(parents=True)
    (stale / "stale.png").write_bytes(encoded(faces(1)[0]))
    with open_source(path, tmp_path / "data") as opened:
        assert "CSV" in opened.source.layout
        assert not stale.exists()


def test_votes_one_level_up_are_found(tmp_path, published):
    (published / "fer2013new.csv").rename(tmp_path / "fer2013new.csv")
    for path in (published, published / "fer2013.csv"):
        with open_source(path, tmp_path) as opened:
            assert opened.votes == tmp_path / "fer2013new.csv"


def test_votes_beside_a_source_that_lost_its_rows_are_noted(tmp_path, published):
    for split, word in (("train", "Training"), ("test", "PrivateTest")):
        (published / split / "happy").mkdir(parents=True)
        (published / split / f"happy/{word}_1.png").write_bytes(encoded(faces(1)[0]))
    (published / "fer2013.csv").unlink()
    with open_source(published, tmp_path) as opened:
        assert opened.votes is None
        assert "not used: votes are joined by row" in opened.source.notes[-1]


def test_a_source_some_folders_down_is_found(tmp_path, published):
    with open_source(tmp_path, tmp_path) as opened:
        assert opened.files == (published / "fer2013.csv",)


def test_what_is_not_known_lists_what_was_looked_for(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    for path in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(SourceError, match="no dataset that mien knows; looked for") as error:
            open_source(path, tmp_path).__enter__()
        for choice in ("fer2013.csv", "icml_face_data.csv", "Parquet", "<emotion>", ".tar.gz"):
            assert choice in str(error.value)


def test_missing_and_empty_files_are_refused(tmp_path):
    with pytest.raises(SourceError, match="no such file or folder; expected the file, folder or"):
        open_source(tmp_path / "none", tmp_path).__enter__()
    (tmp_path / "fer2013.csv").touch()
    with pytest.raises(SourceError, match=r"fer2013.csv is empty; expected"):
        open_source(tmp_path / "fer2013.csv", tmp_path).__enter__()


def test_a_file_that_may_not_be_read_is_refused(published, tmp_path, monkeypatch):
    def refuse(path, *arguments, **options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("mien.datasets.readers.csv_rows.header", refuse)
    with pytest.raises(SourceError, match=r"fer2013.csv cannot be read: Permission denied"):
        open_source(published, tmp_path).__enter__()


def test_a_prepared_dataset_is_no_source(tmp_path, published):
    with open_source(published, tmp_path) as opened:
        prepare(opened.source, tmp_path / "out")
    with pytest.raises(SourceError, match="out is a prepared dataset already"):
        open_source(tmp_path / "out", tmp_path).__enter__()
    assert len(PreparedSet.open(tmp_path / "out")) == 30


def test_what_a_person_names_need_not_be_certain(tmp_path):
    for n, split in enumerate(("train", "test")):
        (tmp_path / "set" / split / "happy").mkdir(parents=True)
        (tmp_path / "set" / split / "happy/a.png").write_bytes(encoded(faces(2)[n]))
    with open_source(tmp_path / "set", tmp_path) as opened:
        assert (opened.reader, opened.source.name) == ("folders", "set")
    with open_source(tmp_path / "set", tmp_path, "fer2013-folders") as opened:
        assert (opened.reader, opened.source.name) == ("fer2013-folders", "fer2013")


@pytest.mark.parametrize("make", [as_zip, as_tar])
def test_a_dataset_is_named_by_its_folder_or_its_archive(tmp_path, make):
    inner = tmp_path / "mine"
    for emotion in ("happy", "sad"):
        (inner / emotion).mkdir(parents=True)
        (inner / emotion / "a.png").write_bytes(encoded(faces(1)[0]))
    path = make(tmp_path / ("lock.zip" if make is as_zip else "lock.tar.gz"), inner)
    with open_source(path, tmp_path / "data") as opened:
        assert opened.source.name == "mine"
    with zipfile.ZipFile(tmp_path / "lock.zip", "w") as archive:
        for file in sorted(inner.rglob("*.png")):
            archive.write(file, file.relative_to(inner))
    with open_source(tmp_path / "lock.zip", tmp_path / "data") as opened:
        assert opened.source.name == "lock"


def test_an_archive_in_an_archive_is_named(tmp_path, published):
    (tmp_path / "set").mkdir()
    inner = as_zip(tmp_path / "set/inner.zip", published)
    outer = as_zip(tmp_path / "outer.zip", inner.parent)
    told = r"it holds set/inner\.zip: unpack outer\.zip by hand and name that"
    with pytest.raises(SourceError, match=told):
        open_source(outer, tmp_path / "data").__enter__()
    with pytest.raises(SourceError, match=r"it holds inner\.zip: name that; looked for"):
        open_source(inner.parent, tmp_path / "data").__enter__()
    assert not list((tmp_path / "data").iterdir())

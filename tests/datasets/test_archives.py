import gzip
import io
import random
import stat
import tarfile
import zipfile
from contextlib import suppress

import pytest

from mien.datasets import archives
from mien.datasets.archives import inside, is_archive, stem, unpack
from mien.errors import SourceError


def make(path, members):
    """Write members, name → bytes, as zip or tar by the path's suffix."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members:
                archive.writestr(name, data)
    else:
        packed = path.name.rpartition(".")[2].removeprefix("t")
        with tarfile.open(path, f"w:{packed if packed in ('gz', 'bz2', 'xz') else ''}") as archive:
            for name, data in members:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return path


KINDS = ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.tar.bz2", "a.tar.xz", "a.txz"]


@pytest.fixture(params=KINDS)
def archive(request, tmp_path):
    return tmp_path / request.param


@pytest.fixture
def out(tmp_path):
    (tmp_path / "deep/out").mkdir(parents=True)
    return tmp_path / "deep/out"


def test_files_come_out_as_they_went_in(archive, out):
    make(archive, [("fer2013/fer2013.csv", b"x" * 3_000_000), ("README", b"read")])
    unpack(archive, out)
    assert (out / "fer2013/fer2013.csv").read_bytes() == b"x" * 3_000_000
    assert (out / "README").read_bytes() == b"read"
    assert is_archive(archive)


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/evil", "C:/evil", "..\\evil"])
def test_no_file_may_leave_the_folder(archive, out, name):
    make(archive, [("good", b"x"), (name, b"x")])
    with pytest.raises(SourceError, match="which lies outside of the archive"):
        unpack(archive, out)
    assert not list(out.parent.parent.rglob("evil"))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_tar_are_refused(tmp_path, out, kind):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("link")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    with pytest.raises(SourceError, match="'link', a link or device"):
        unpack(tmp_path / "a.tar", out)
    assert not list(out.iterdir())


def test_links_in_zip_are_refused(tmp_path, out):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(SourceError, match="'link', a link or device"):
        unpack(tmp_path / "a.zip", out)


def test_a_bomb_stops_at_the_limit(archive, out):
    make(archive, [("one", bytes(600_000)), ("two", bytes(5_000_000))])
    with pytest.raises(SourceError, match="unpacks to more than 1,000,000 bytes"):
        unpack(archive, out, most_bytes=1_000_000)
    assert sum(p.stat().st_size for p in out.rglob("*")) < 3_000_000


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(archive, out):
    make(archive, [("a.csv", b"1"), ("./a.csv", b"2")])
    with pytest.raises(SourceError, match="holds two files named"):
        unpack(archive, out)


def test_a_cut_or_false_archive_is_refused(archive, out):
    make(archive, [("a", bytes(range(256)) * 500)])
    archive.write_bytes(archive.read_bytes()[:-600] if archive.suffix != ".tar" else b"text" * 200)
    with pytest.raises(SourceError, match="is no whole archive"):
        unpack(archive, out)


def test_folders_may_not_leave_either(tmp_path, out):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("../evil")
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    with pytest.raises(SourceError, match="which lies outside of the archive"):
        unpack(tmp_path / "a.tar", out)


def test_folders_and_the_dot_are_no_files(tmp_path, out):
    (tmp_path / "in/empty").mkdir(parents=True)
    (tmp_path / "in/a.csv").write_text("x")
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.add(tmp_path / "in", ".")
    unpack(tmp_path / "a.tar", out)
    assert [p.name for p in out.iterdir()] == ["a.csv"]


def test_a_file_and_a_folder_of_one_name_are_refused(archive, out):
    make(archive, [("a", b"1"), ("a/b", b"2")])
    with pytest.raises(SourceError, match="or a file and a folder"):
        unpack(archive, out)


def test_names_that_differ_in_case_are_kept_apart_or_refused(archive, out):
    make(archive, [("a.csv", b"1"), ("A.csv", b"2")])
    (out / "probe").touch()
    if (out / "PROBE").exists():
        with pytest.raises(SourceError, match="capital and small letters"):
            unpack(archive, out)
    else:
        unpack(archive, out)
        assert (out / "a.csv").read_bytes() + (out / "A.csv").read_bytes() == b"12"


def test_nothing_that_stands_there_is_written_over(archive, out):
    """As a disk shows itself that takes ``A.csv`` and ``a.csv`` for the same."""
    make(archive, [("a.csv", b"2")])
    (out / "a.csv").write_bytes(b"1")
    with pytest.raises(SourceError, match=r"holds two files named .a\.csv"):
        unpack(archive, out)
    assert (out / "a.csv").read_bytes() == b"1"


@pytest.mark.parametrize("kind", ["a.tar", "a.tar.gz", "a.tar.xz"])
def test_a_tar_cut_between_two_members_is_refused(tmp_path, out, kind):
    """Two members of 1024 bytes each, header and content; the end is two blocks of zeros."""
    plain = make(tmp_path / "whole.tar", [("a", b"1"), ("b", b"2")]).read_bytes()
    assert not any(plain[2048:])
    for length, fits in ((1024, False), (2048, False), (2560, True), (3072, True)):
        cut, opener = plain[:length], {"gz": gzip.open, "xz": archives.lzma.open}.get(kind[-2:])
        (tmp_path / kind).write_bytes(cut)
        if opener is not None:
            with opener(tmp_path / kind, "wb") as file:
                file.write(cut)
        folder = out / str(length)
        folder.mkdir()
        if fits:
            unpack(tmp_path / kind, folder)
            assert (folder / "b").read_bytes() == b"2"
        else:
            with pytest.raises(SourceError, match="cut short, its end is missing"):
                unpack(tmp_path / kind, folder)


def test_a_damaged_header_in_the_middle_is_not_taken_for_the_end(tmp_path, out):
    path = make(tmp_path / "a.tar", [("a", b"1"), ("b", b"2"), ("c", b"3")])
    data = bytearray(path.read_bytes())
    data[1024 + 3] ^= 1
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r"no whole archive \(bad checksum\)"):
        unpack(path, out)


def test_the_sum_at_the_end_of_a_packed_tar_is_checked(tmp_path, out):
    path = make(tmp_path / "a.tar.gz", [("a", b"1")])
    data = bytearray(path.read_bytes())
    data[-6] ^= 1
    path.write_bytes(data)
    with pytest.raises(SourceError, match="CRC check failed"):
        unpack(path, out)


def test_a_header_that_claims_a_name_of_gigabytes_is_refused(tmp_path, out):
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2**32
    (tmp_path / "a.tar").write_bytes(info.tobuf() + bytes(10_240))
    with pytest.raises(SourceError, match="a name or attributes of 4,294,967,296 bytes"):
        unpack(tmp_path / "a.tar", out)


def test_too_many_members_are_refused(archive, out, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    make(archive, [(str(n), b"") for n in range(3)])
    with pytest.raises(SourceError, match="holds more than 2 files"):
        unpack(archive, out)


def test_an_encrypted_zip_says_so(tmp_path, out):
    path = make(tmp_path / "a.zip", [("a", b"1")])
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    path.write_bytes(data)
    with pytest.raises(SourceError, match="is encrypted: unpack it with its password"):
        unpack(path, out)


def test_a_zip_of_an_unknown_kind_of_packing_is_no_broken_one(tmp_path, out):
    path = make(tmp_path / "a.zip", [("a", b"1")])
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        data[data.index(mark) + place] = 97
    path.write_bytes(data)
    with pytest.raises(SourceError, match="not supported; unpack it by hand"):
        unpack(path, out)


def test_a_full_disk_is_no_fault_of_the_archive(tmp_path, out, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archives, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        unpack(make(tmp_path / "a.tar", [("a", b"1")]), out)


def test_damage_anywhere_gives_one_kind_of_error(archive, tmp_path):
    make(archive, [(f"d/{n}", bytes(range(256)) * 3) for n in range(3)])
    whole, chance = archive.read_bytes(), random.Random(2)
    for number in range(60):
        data = bytearray(whole[: chance.choice([len(whole), chance.randrange(1, len(whole))])])
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        archive.write_bytes(data)
        folder = tmp_path / "fuzz" / str(number)
        folder.mkdir(parents=True)
        with suppress(SourceError):
            unpack(archive, folder)
            assert len(list(folder.glob("**/[0-9]*"))) == 3 or archive.suffix in (".tar", ".zip")


@pytest.mark.parametrize("name", ["a.7z", "a.rar", "a.tar.zst", "fer2013.csv.gz"])
def test_other_archives_are_named_as_such(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(SourceError, match=r"mien does not unpack \.\w+ files, only \.zip"):
        is_archive(tmp_path / name)


def test_plain_files_and_folders_are_no_archives(tmp_path):
    (tmp_path / "a.zip").mkdir()
    (tmp_path / "a.csv").touch()
    assert not is_archive(tmp_path / "a.zip")
    assert not is_archive(tmp_path / "a.csv")


def test_the_stem_of_an_archive_is_fit_for_a_folder(tmp_path):
    names = ["faces.tar.gz", "faces.v2.ZIP", "..zip", ".zip"]
    assert [stem(tmp_path / name) for name in names] == ["faces", "faces.v2", "archive", "archive"]


def test_archives_in_folders_are_found(tmp_path):
    (tmp_path / "b/c").mkdir(parents=True)
    for name in ("z.zip", "b/x.rar", "b/c/y.tar.gz", "b/plain.csv"):
        (tmp_path / name).touch()
    assert inside(tmp_path) == ["z.zip", "b/x.rar", "b/c/y.tar.gz"]
    assert inside(tmp_path, 1) == ["z.zip"]

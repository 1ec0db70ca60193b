import io
import stat
import tarfile
import zipfile

import pytest

from mien.datasets.archives import is_archive, unpack
from mien.errors import SourceError


def make(path, members):
    """Write members, name → bytes, as zip or tar by the path's suffix."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members:
                archive.writestr(name, data)
    else:
        with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as archive:
            for name, data in members:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return path


KINDS = ["a.zip", "a.tar", "a.tar.gz", "a.tgz"]


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


def test_links_in_tar_are_refused(tmp_path, out):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("link")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    with pytest.raises(SourceError, match="'link', a link or device"):
        unpack(tmp_path / "a.tar", out)


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

import numpy as np
import pytest
from made_sources import rows_of, stream

from mien import runs
from mien.datasets import manifest_cache
from mien.datasets.manifest_cache import open_manifest
from mien.datasets.store import prepare


@pytest.fixture
def root(tmp_path):
    return prepare(stream(rows_of(["Training"] * 20 + ["PrivateTest"] * 5)), tmp_path / "out").root


def test_the_cache_gives_what_the_text_gives(root, monkeypatch):
    digest = runs.sha256(root / "manifest.csv")
    read = open_manifest(root, digest)
    monkeypatch.setattr(manifest_cache, "read_manifest", lambda path: pytest.fail("read again"))
    cached = open_manifest(root, digest)
    for name in manifest_cache._ARRAYS:
        assert np.array_equal(getattr(read, name), getattr(cached, name))
    assert cached.votes is None
    for name, flag in read.flags.items():
        assert np.array_equal(flag, cached.flags[name])


def test_an_edited_manifest_is_read_again(root):
    open_manifest(root, runs.sha256(root / "manifest.csv"))
    path = root / "manifest.csv"
    path.write_text(path.read_text().replace(",anger,fer2013,", ",disgust,fer2013,", 1))
    assert "disgust" in path.read_text()
    assert open_manifest(root, runs.sha256(path)).labels[0] == 2


@pytest.mark.parametrize("damage", [b"", b"rubbish", b"PK\x03\x04cut"])
def test_a_damaged_cache_is_passed_over(root, damage):
    digest = runs.sha256(root / "manifest.csv")
    read = open_manifest(root, digest)
    (root / ".packed" / "manifest.npz").write_bytes(damage)
    assert np.array_equal(open_manifest(root, digest).ids, read.ids)


def test_a_folder_that_cannot_be_written_to_is_read_each_time(root, monkeypatch):
    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(manifest_cache, "_save", refuse)
    assert len(open_manifest(root, runs.sha256(root / "manifest.csv")).ids) == 25

"""Downloads against a made-up cache and a server on this machine, never the true Kaggle."""

import contextlib
import errno
import io
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_kaggle import CK, FER, ck_files, fer_files, fill_cache, serving, zipped

from mien.datasets import kaggle as client
from mien.datasets.download import DOWNLOADS, download
from mien.datasets.sources import open_source
from mien.errors import DataError, MissingExtraError, UnknownNameError

PAGE = "https://www.kaggle.com/datasets/msambare/fer2013"


@pytest.fixture(autouse=True)
def nobody(tmp_path, monkeypatch):
    """No key, no proxy, an empty cache."""
    for name in list(os.environ):
        if name.startswith("KAGGLE") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path / "home"))
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def kaggle(monkeypatch):
    pytest.importorskip("kagglehub")
    with serving() as server:
        point_to(monkeypatch, server.url)
        yield server


def point_to(monkeypatch, url):
    from kagglesdk import kaggle_env

    monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.PROD, url)


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*words):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def failure(name="fer2013", **options):
    """The message of a download that fails: one line with the page."""
    with pytest.raises(DataError) as caught:
        download(name, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert DOWNLOADS[name].page in message
    assert not client.complete_versions(DOWNLOADS[name].handle)
    return message


def test_a_complete_version_is_taken_from_the_cache_without_network_or_kagglehub(
    cache, no_network, monkeypatch
):
    folder = fill_cache(cache, FER, 1, fer_files())
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    got = download("fer2013")
    assert (got.folder, got.version, got.cached) == (folder, 1, True)


def test_kagglehub_itself_finds_the_same_folder_in_such_a_cache(cache, no_network):
    kagglehub = pytest.importorskip("kagglehub")
    folder = fill_cache(cache, FER, 1, fer_files())
    assert kagglehub.dataset_download(f"{FER}/versions/1") == str(folder)


def test_what_came_is_recognised(cache, tmp_path):
    fill_cache(cache, FER, 1, fer_files())
    with open_source(download("fer2013").folder, tmp_path) as opened:
        assert opened.source.layout.endswith("file names keep the split")
        usages = [picture.source_split for picture in opened.source]
    assert [usages.count(u) for u in ("Training", "PublicTest", "PrivateTest")] == [7, 7, 7]


def test_another_cached_version_serves_where_none_is_asked_for(cache, no_network):
    fill_cache(cache, CK, 1, ck_files())
    assert download("ckplus").version == 1
    fill_cache(cache, CK, DOWNLOADS["ckplus"].version, ck_files())
    assert download("ckplus").version == DOWNLOADS["ckplus"].version
    assert download("ckplus", version=1).version == 1


def test_a_version_that_is_asked_for_is_not_replaced_by_another(cache, kaggle):
    fill_cache(cache, FER, 1, fer_files())
    kaggle.status = 404
    with pytest.raises(DataError, match="no such dataset or version"):
        download("fer2013", version=7)
    assert '"datasetVersionNumber": 7' in kaggle.asked[0][1]


def test_a_folder_without_the_mark_of_completeness_is_fetched_again(kaggle, cache):
    folder = fill_cache(cache, FER, 1, fer_files())
    (cache / "datasets" / FER / "1.complete").unlink()
    lost = next(folder.rglob("Training_0000.jpg"))
    lost.unlink()
    kaggle.body = zipped(fer_files())
    assert not download("fer2013").cached
    assert lost.is_file()


def test_a_download_is_unpacked_marked_complete_and_not_repeated(kaggle, capfd):
    kaggle.body = zipped(fer_files())
    said = []
    got = download("fer2013", say=said.append)
    assert not got.cached
    assert len([p for p in got.folder.rglob("*") if p.is_file()]) == 21
    assert "downloading and unpacking version 1" in said[0]
    assert download("fer2013").cached
    assert len(kaggle.asked) == 1
    assert capfd.readouterr() == ("", "")  # no terminal, so no bar


def test_the_lines_of_kagglehub_are_kept_off_the_output(kaggle):
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    logging.getLogger("kagglehub").addHandler(handler)
    kaggle.body = zipped(fer_files())
    download("fer2013")
    logging.getLogger("kagglehub").removeHandler(handler)
    assert lines.getvalue() == ""


def test_the_bar_of_kagglehub_is_shown_on_a_terminal(kaggle, monkeypatch, capsys):
    kaggle.body = zipped(fer_files())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    download("fer2013")
    assert "?B/s]" in capsys.readouterr().err


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_says_how_to_make_a_token_and_where_it_goes(kaggle, status):
    kaggle.status = status
    message = failure()
    assert f"Kaggle refused ({status})" in message
    for word in (
        "settings/api",
        "kaggle.json",
        "KAGGLE_USERNAME",
        "KAGGLE_KEY",
        "KAGGLE_API_TOKEN",
    ):
        assert word in message


def test_a_damaged_key_is_named(kaggle, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "kaggle.json").write_text("{")
    assert "the Kaggle key cannot be read" in failure()
    assert not kaggle.asked


@pytest.mark.parametrize(
    ("status", "words"), [(404, "name a --version"), (503, "wait a while"), (418, "answered 418")]
)
def test_other_answers_are_told_apart(kaggle, status, words):
    kaggle.status = status
    assert words in failure()


def test_a_refused_connection_and_a_proxy_that_is_not_there(kaggle, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    point_to(monkeypatch, url)
    assert "the connection was refused: check the network" in failure()
    point_to(monkeypatch, "https://kaggle.example")
    monkeypatch.setenv("HTTPS_PROXY", url)
    assert "the connection was refused (through a proxy)" in failure()


def test_a_name_that_cannot_be_found(kaggle, monkeypatch):
    def lost(*words, **options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    point_to(monkeypatch, "http://kaggle.example")
    monkeypatch.setattr(socket, "getaddrinfo", lost)
    assert "name cannot be found (DNS)" in failure()


@pytest.mark.parametrize("sent", [0, 100])
def test_a_server_that_stops_talking_is_not_waited_for(kaggle, monkeypatch, sent):
    kaggle.body, kaggle.pause, kaggle.sent = zipped(fer_files()), 30, sent
    monkeypatch.setattr(client, "LIMITS", (1, 0.3))
    begin = time.monotonic()
    assert "no answer within" in failure()
    assert time.monotonic() - begin < 20


def test_a_body_that_is_cut_short_does_not_count_and_is_gone_on_with(kaggle):
    kaggle.body, kaggle.sent = zipped(fer_files()), 5000
    kaggle.headers = {"Accept-Ranges": "bytes"}
    assert "the connection was cut before all had come" in failure()
    kaggle.sent = None
    assert not download("fer2013").cached
    assert len(kaggle.asked) == 3  # cut; asked again; the rest


def test_what_is_no_archive_is_thrown_away(kaggle, cache):
    kaggle.body, kaggle.headers = b"<html>log in to this network</html>", {"Accept-Ranges": "bytes"}
    assert "no whole archive" in failure()
    assert not list(cache.rglob("*.archive"))
    kaggle.body = zipped(fer_files())
    assert not download("fer2013").cached


def test_a_damaged_archive_leaves_nothing_behind(kaggle, cache):
    whole = zipped(fer_files())
    kaggle.body = whole[:2000] + bytes(100) + whole[2100:]
    assert "no whole archive" in failure()
    assert not [p for p in cache.rglob("*") if p.is_file()]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk(kaggle, cache):
    place = cache / "datasets" / FER / "1.archive"
    place.parent.mkdir(parents=True)
    place.symlink_to("/dev/full")
    kaggle.body = zipped(fer_files())
    message = failure()
    assert "the disk is full" in message
    assert "KAGGLEHUB_CACHE" in message


def test_a_cache_that_cannot_be_written(kaggle, cache):
    cache.write_text("a file where the folder should be")
    kaggle.body = zipped(fer_files())
    assert "mend that and run the same command again" in failure()


def interrupted(process):
    """What a process says when it is interrupted, and again where it was deaf at that moment.

    Python drops a signal that arrives while it cleans up an object.
    """
    for _ in range(10):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=5)[1]
    process.kill()
    return process.communicate()[1]


def test_an_interrupted_download_does_not_count(kaggle, cache):
    kaggle.body, kaggle.pause, kaggle.sent = zipped(fer_files()), 60, 5000
    code = (
        "import sys; from kagglesdk import kaggle_env as k;"
        f"k._env_to_endpoint[k.KaggleEnv.PROD] = {kaggle.url!r};"
        "from mien.cli.main import main; sys.argv = ['mien', 'data', 'download', 'fer2013']; main()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (kaggle.asked and list(cache.rglob("*.archive"))) and time.monotonic() < deadline:
        time.sleep(0.05)
    error = interrupted(process)
    kaggle.pause = 0
    assert process.returncode == 130
    assert "not complete and will not be taken for it" in error
    assert "Traceback" not in error
    assert not client.complete_versions(FER)


def test_a_cached_copy_that_lacks_a_part_is_refused(cache, no_network):
    folder = fill_cache(cache, FER, 1, fer_files())
    shutil.rmtree(folder / "test")
    with pytest.raises(
        DataError, match=r"holds no test, so the cached FER-2013 is damaged: delete"
    ):
        download("fer2013")


def test_a_version_of_another_layout_is_named(kaggle):
    kaggle.body = zipped({"readme.txt": b"moved"})
    with pytest.raises(
        DataError, match=r"no train and no test: version 1 is not the FER-2013"
    ) as e:
        download("fer2013")
    assert PAGE in str(e.value)


def test_out_gets_a_whole_copy(cache, tmp_path, no_network):
    folder = fill_cache(cache, FER, 1, fer_files())
    got = download("fer2013", tmp_path / "new" / "fer")
    assert got.folder == tmp_path / "new" / "fer"
    names = [sorted(p.relative_to(f) for p in f.rglob("*")) for f in (folder, got.folder)]
    assert names[0] == names[1]
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["fer"]


def test_out_is_written_whole_or_not_at_all(cache, tmp_path, monkeypatch):
    fill_cache(cache, FER, 1, fer_files())
    copied = []

    def fill_up(source, place):
        copied.append(place)
        if len(copied) == 5:
            raise OSError(errno.ENOSPC, "No space left on device", str(place))
        Path(place).write_bytes(b"")

    monkeypatch.setattr(shutil, "copyfile", fill_up)
    with pytest.raises(DataError, match="No space left on device; nothing was kept"):
        download("fer2013", tmp_path / "fer")
    assert not list(tmp_path.glob("*fer*"))


def test_out_that_exists_is_refused_before_anything_is_asked(kaggle, tmp_path):
    (tmp_path / "fer").mkdir()
    (tmp_path / "fer" / "mine.txt").touch()
    with pytest.raises(DataError, match="exists already: expected a new folder"):
        download("fer2013", tmp_path / "fer")
    assert not kaggle.asked


def test_without_kagglehub_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    with pytest.raises(MissingExtraError, match=r'pip install -e "\.\[train\]"'):
        download("fer2013")


def test_unknown_names_list_the_choices():
    with pytest.raises(UnknownNameError, match="known: fer2013, ckplus"):
        download("rafdb")

import json
import os

import pytest
from made_kaggle import CK, FER, ck_files, fer_files, fill_cache, serving
from typer.testing import CliRunner

from mien.cli.main import app


@pytest.fixture
def here(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.startswith("KAGGLE") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path / "home"))
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "the cache"))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words):
    return CliRunner().invoke(app, ["data", *map(str, words)])


def test_download_says_what_it_is_where_it_lies_and_what_comes_next(here):
    folder = fill_cache(here / "the cache", FER, 1, fer_files())
    result = call("download", "fer2013")
    assert result.exit_code == 0, result.stderr
    for text in (
        "FER-2013, version 1, https://www.kaggle.com/datasets/msambare/fer2013",
        "it was complete in the cache: nothing was downloaded",
        "terms: the pictures were collected by web search",
        f"files: {folder}",
        f"next: mien data prepare '{folder}' data/fer2013 --as fer2013-folders",
    ):
        assert text in result.stdout


def test_the_next_command_does_what_it_says(here):
    fill_cache(here / "the cache", FER, 1, fer_files())
    call("download", "fer2013", "--out", "raw")
    result = call("prepare", "raw", "data/fer2013", "--as", "fer2013-folders")
    assert result.exit_code == 0, result.stderr
    record = json.loads((here / "data/fer2013/dataset.json").read_text())
    assert record["pictures"] == 21


def test_ckplus_says_that_it_may_not_be_passed_on(here):
    fill_cache(here / "the cache", CK, 1, ck_files())
    result = call("download", "ckplus")
    assert "CK+ may not be passed on" in result.stdout
    assert "data/ckplus --as ckextended" in result.stdout


def test_no_network_is_one_line_and_exit_code_one(here, monkeypatch):
    kaggle_env = pytest.importorskip("kagglesdk.kaggle_env")
    with serving() as kaggle:
        url = kaggle.url
    monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.PROD, url)
    result = call("download", "fer2013")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("mien: FER-2013 was not downloaded: the connection was refused")
    assert "page and licence: https://www.kaggle.com/datasets/msambare/fer2013" in result.stderr
    assert not list(here.glob("the cache/**/*.complete"))


@pytest.mark.parametrize("words", [("rafdb",), (), ("fer2013", "--version", "0")])
def test_wrong_use_is_exit_code_two(here, words):
    result = call("download", *words)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr

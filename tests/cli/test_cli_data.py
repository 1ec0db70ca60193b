import json
import sys
import types

import numpy as np
import pytest
from typer.testing import CliRunner

from mien.cli.data import app
from mien.datasets.source import Picture
from mien.errors import DataError, SourceError, UnreadablePicturesError, UsageError


def write_csv(path, codes=(0, 1, 2, 0, 1, 2), usages=("Training", "PublicTest", "PrivateTest")):
    rng = np.random.default_rng(0)
    rows = ["emotion,pixels,Usage"]
    for number, code in enumerate(codes):
        pixels = " ".join(map(str, rng.integers(0, 256, 2304)))
        rows.append(f"{code},{pixels},{usages[number % len(usages)]}")
    path.write_text("\n".join(rows))
    return path


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


def call(*words):
    return CliRunner().invoke(app, list(map(str, words)))


def error_of(*words):
    error = call(*words).exception
    assert error is not None
    return error


def test_prepare_says_what_it_took_and_where_it_lies(here):
    result = call("prepare", write_csv(here / "fer2013.csv"))
    assert result.exit_code == 0, result.exception
    assert "FER-2013 as CSV (emotion, pixels, usage)" in result.stdout
    assert "split: as in the source" in result.stdout
    assert "prepared 6 pictures in data/fer2013" in result.stdout
    assert (here / "data/fer2013/manifest.csv").is_file()


def test_the_bar_goes_to_the_error_output_of_a_terminal(here, monkeypatch):
    path = write_csv(here / "fer2013.csv")
    assert call("prepare", path, here / "first").stderr == ""
    monkeypatch.setenv("FORCE_COLOR", "1")
    result = call("prepare", path, here / "second")
    assert "6/6" in result.stderr
    assert "6/6" not in result.stdout


def test_notes_are_printed(here):
    result = call("prepare", write_csv(here / "fer2013.csv", usages=["Training"]), "out")
    assert "split: train 90 %, val 10 % of the source's train" in result.stdout
    path = write_csv(here / "train.csv", usages=["Training"])
    path.write_text("\n".join(r.rsplit(",", 1)[0] for r in path.read_text().split("\n")))
    assert "note: train.csv holds no test pictures" in call("prepare", path, "other").stdout


def test_audit_prints_the_counts_again_and_findings_are_no_failure(here):
    path = write_csv(here / "fer2013.csv")
    first, rest = path.read_text().split("\n", 2)[1:]
    path.write_text(
        f"emotion,pixels,Usage\n{first}\n{rest}\n{first.replace('Training', 'PrivateTest')}"
    )
    prepared = call("prepare", path, "out")
    result = call("audit", "out")
    assert result.exit_code == 0
    assert result.stdout.partition("\n finding")[0].rstrip() in prepared.stdout
    parts = [line.strip().rpartition(" ") for line in result.stdout.splitlines()]
    counts = {name.strip(): number for name, _, number in parts}
    assert counts["test in train"] == counts["train copies of test"] == "1"
    assert counts["unique"] == "6"
    audit = json.loads((here / "out/audit.json").read_text())
    assert counts.keys() >= {
        k.replace("_", " ") for k, v in audit.items() if isinstance(v, int) and v
    }


def test_info_tells_source_split_and_data_hash(here):
    call("prepare", write_csv(here / "fer2013.csv"), "out")
    result = call("info", "out")
    assert result.exit_code == 0
    for text in ("FER-2013 as CSV", "fer2013.csv", "as in the source", "6, 0 unreadable", "votes"):
        assert text in result.stdout
    from mien.runs import sha256

    assert sha256(here / "out/manifest.csv") in result.stdout


def test_skip_bad_and_overwrite(here):
    path = write_csv(here / "fer2013.csv", codes=(0, 9, 2))
    assert isinstance(error_of("prepare", path, "out"), UnreadablePicturesError)
    assert not (here / "out").exists()
    assert call("prepare", path, "out", "--skip-bad").exit_code == 0
    assert isinstance(error_of("prepare", path, "out", "--skip-bad"), DataError)
    assert call("prepare", path, "out", "--skip-bad", "--overwrite").exit_code == 0


def test_votes_that_cannot_be_used_are_refused(here):
    path = write_csv(here / "fer2013.csv")
    error = error_of("prepare", path, "out", "--votes", here / "none.csv")
    assert isinstance(error, SourceError)
    assert "none.csv cannot be read" in str(error)


def test_what_is_not_there_is_refused(here):
    assert "no such file or folder" in str(error_of("prepare", "none.csv"))
    assert "no such folder" in str(error_of("audit", "none"))
    assert list(here.iterdir()) == []


class Drawn:
    name, label_set, layout, keeps_row_order = "drawn", "ferplus", "drawn by code", False
    has_splits = True

    def __init__(self, count=2000, seed=0):
        self.count, self.seed, self.notes = count, seed, [f"seed {seed}"]

    def __iter__(self):
        for number in range(self.count):
            face = np.full((8, 8), number, np.uint8)
            yield Picture(f"d{number}", f"face {number}", "train", "train", "contempt", face)


@pytest.fixture
def drawn(monkeypatch):
    module = types.ModuleType("mien.datasets.drawn")
    module.Drawn = Drawn
    monkeypatch.setitem(sys.modules, "mien.datasets.drawn", module)


def test_drawn_faces_need_no_source(here, drawn):
    result = call("prepare", "drawn", "--count", 30, "--seed", 4)
    assert result.exit_code == 0, result.exception
    assert "note: seed 4" in result.stdout
    assert "prepared 30 pictures in data/drawn" in result.stdout


def test_count_belongs_to_drawn(here):
    error = error_of("prepare", write_csv(here / "fer2013.csv"), "--count", 30)
    assert isinstance(error, UsageError)
    assert "--count: expected with the source drawn only" in str(error)

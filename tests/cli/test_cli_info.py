import json

import numpy as np
import pytest
from typer.testing import CliRunner

from mien.cli.data import app
from mien.datasets import published
from mien.datasets.published_forms import Form
from mien.datasets.source import Picture
from mien.datasets.store import prepare
from mien.emotions import EMOTIONS

COUNTS = {"train": {"anger": 20, "fear": 20}, "test": {"anger": 3, "fear": 2}}


class Made:
    name, label_set, layout, keeps_row_order, has_splits = "made", "seven", "a list", False, True

    def __init__(self, counts):
        self.counts, self.notes = counts, []

    def __iter__(self):
        rng = np.random.default_rng(0)
        for split, row in self.counts.items():
            for emotion, count in row.items():
                for number in range(count):
                    face = rng.integers(0, 256, (8, 8), np.uint8)
                    name = f"{split}-{emotion}-{number}"
                    yield Picture(name, name, split, split, emotion, face)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    form = Form("Made", "Nobody 2013", COUNTS)
    monkeypatch.setattr(published, "FORMS", {"made": (form,)})
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(counts, here, **changes):
    """What `info` prints of such a set."""
    summary = prepare(Made(counts), here / "out", reader="made")
    record = here / "out/dataset.json"
    record.write_text(json.dumps(summary.record | changes))
    result = CliRunner().invoke(app, ["info", str(here / "out")])
    assert result.exit_code == 0, result.exception
    return result.stdout


def test_equal_counts_are_one_line_though_validation_was_cut(here):
    out = told(COUNTS, here)
    assert "counts equal the published ones: Made (Nobody 2013)" in out
    assert "val " in out


def test_each_difference_is_a_line(here):
    out = told({"train": {"anger": 20, "fear": 21}, "test": {"anger": 3, "fear": 1}}, here)
    assert "2 count(s) differ from the published ones: Made (Nobody 2013)" in out
    assert "  train, fear: expected 20, came 21" in out
    assert "  test, fear: expected 2, came 1" in out


def test_published_counts_stand_below_those_that_came(here):
    lines = told({"train": {"anger": 20, "fear": 21}, "test": COUNTS["test"]}, here).splitlines()
    place = next(n for n, line in enumerate(lines) if "source's split" in line)
    assert lines[place].split()[2:] == [*EMOTIONS, "all"]
    rows = [line.split() for line in lines[place + 2 : place + 6]]
    assert [row[0] for row in rows] == ["train", "published", "test", "published"]
    assert [(row[1], row[4], row[-1]) for row in rows[:2]] == [
        ("20", "21", "41"),
        ("20", "20", "40"),
    ]


@pytest.mark.parametrize("changes", [{"reader": ""}, {"reader": "folders"}])
def test_nothing_is_said_where_nothing_was_published(here, changes):
    assert "published" not in told(COUNTS, here, **changes)


def test_an_evened_out_set_is_not_compared(here):
    out = told(COUNTS, here, balance="repeat")
    assert "not compared with the published ones" in out
    assert "equal" not in out

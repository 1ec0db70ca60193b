import importlib.util
import json
import os

import numpy as np
import pytest
from typer.testing import CliRunner

from mien.cli.main import app
from mien.datasets.store import prepare

pytest.importorskip("torch")
pytest.importorskip("matplotlib")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


def call(*words):
    return CliRunner().invoke(app, ["data", "explore", *map(str, words)])


def refused(code, *words):
    """Return the one line that a command ends with."""
    result = call(*words)
    assert result.exit_code == code, result.output
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("mien: ")
    return result.stderr


def state_of(folder):
    """Return when each file was written; a set's own cache may be made again."""
    return {p: p.stat().st_mtime_ns for p in folder.rglob("*") if ".packed" not in str(p)}


def source(pictures, labels):
    """A source of these pictures; None is an unreadable one."""
    from mien.datasets.source import Picture

    class Given:
        name, label_set, layout, keeps_row_order = "given", "ferplus", "a list", False
        has_splits, notes = True, ()

        def __iter__(self):
            for n, (pixels, label) in enumerate(zip(pictures, labels, strict=True)):
                problem = "" if pixels is not None else "no picture"
                yield Picture(f"g{n}", f"row {n}", "val", "val", label, pixels, problem)

    return Given()


@pytest.fixture(scope="module")
def explored(drawn_set, tmp_path_factory):
    """The folder that the command was called in, once, and what it said."""
    folder = tmp_path_factory.mktemp("explored")
    before = state_of(drawn_set)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = call(drawn_set)
    assert state_of(drawn_set) == before
    return folder, result


def test_a_page_and_its_figures_appear_in_the_current_folder(explored):
    folder, result = explored
    assert result.exit_code == 0, result.stderr
    out = folder / "drawn-explore"
    assert "figures of 240 pictures: drawn-explore/explore.html" in result.stdout
    assert "left out: Examples of copies: no two pictures have the same pixels" in result.stdout
    record = json.loads((out / "explore.json").read_text())
    assert len(record["figures"]) >= 12
    assert {f"{f['key']}.png" for f in record["figures"]} == {p.name for p in out.glob("*.png")}
    assert [p.name for p in folder.iterdir()] == ["drawn-explore"]


def test_the_same_set_gives_the_same_files_and_overwrite_is_asked_for(explored, drawn_set):
    out = explored[0] / "drawn-explore"
    first = {p.name: p.read_bytes() for p in out.iterdir()}
    said = refused(2, drawn_set, "--out", out)
    assert "exists already: name another with --out, or add --overwrite" in said
    assert call(drawn_set, "--out", out, "--overwrite").exit_code == 0
    assert {p.name: p.read_bytes() for p in out.iterdir()} == first


def test_augmented_pictures_are_those_of_training(drawn_set):
    """The original first, then four versions that differ from it and from each other."""
    from mien.cli.data.explore import _augmented
    from mien.datasets.prepared import PreparedSet
    from mien.report.explore.material import read

    material = read(PreparedSet.open(drawn_set), lambda *words: None)
    shown = _augmented(material)
    assert len(shown.rows) == 8
    for pictures in shown.rows.values():
        assert len(pictures) == 5
        assert all(p.dtype == np.uint8 and p.shape == (24, 24) for p in pictures)
        assert len({p.tobytes() for p in pictures}) == 5
    assert shown.settings.startswith("flip (in 50 %), turn (±15°), zoom (±10 %), shear (±10 %)")
    again = _augmented(material)
    assert all(np.array_equal(again.rows[k], shown.rows[k]) for k in shown.rows)


def test_colour_unreadable_constant_and_mixed_sizes_are_no_trouble(here):
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (30, 20, 3), np.uint8), None, np.zeros((9, 200), np.uint8)]
    pictures += [np.zeros((9, 200), np.uint8), rng.integers(0, 256, (1, 1), np.uint8)]
    prepare(source(pictures, ["anger"] * 3 + ["fear"] * 2), here / "set", skip_bad=True)
    result = call("set")
    assert result.exit_code == 0, result.stderr
    assert "figures of 4 pictures" in result.stdout
    text = (here / "set-explore/explore.html").read_text()
    assert "5, 1 of them unreadable" in text
    assert "Heights go from 1 to 30 pixels" in text


def test_one_picture_is_enough_for_twelve_figures(here):
    prepare(source([np.full((48, 48), 5, np.uint8)], ["fear"]), here / "set")
    result = call("set")
    assert result.exit_code == 0, result.stderr
    assert "figures of 1 pictures" in result.stdout
    assert len(list((here / "set-explore").glob("*.png"))) >= 12


def test_what_is_no_prepared_set_is_refused_in_one_line(here):
    assert "none: no such folder" in refused(1, "none")
    (here / "other").mkdir()
    assert "is no prepared dataset" in refused(1, "other")
    assert [p.name for p in here.iterdir()] == ["other"]


def test_the_folder_is_never_made_inside_the_set(here, drawn_set, monkeypatch):
    assert "lies in the prepared dataset" in refused(2, drawn_set, "--out", drawn_set / "explored")
    monkeypatch.chdir(drawn_set)
    assert "lies in the prepared dataset" in refused(2, ".")
    assert not list(drawn_set.glob("*explore*"))


def test_what_is_no_exploration_is_never_replaced(here, drawn_set):
    (here / "mine").mkdir()
    (here / "mine" / "thesis.tex").write_text("years of work")
    assert "mine exists and is no folder" in refused(2, drawn_set, "--out", "mine", "--overwrite")
    assert (here / "mine" / "thesis.tex").read_text() == "years of work"


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_one_line(here, drawn_set):
    (here / "locked").mkdir(mode=0o500)
    assert "Permission denied" in refused(1, drawn_set, "--out", "locked/x")


def test_a_place_that_cannot_be_a_folder_is_one_line(here, drawn_set):
    (here / "file").write_text("")
    assert "file" in refused(1, drawn_set, "--out", "file/x")
    assert (here / "file").read_text() == ""


@pytest.mark.parametrize("module", ["matplotlib", "torch"])
def test_a_missing_extra_is_named_before_any_work(here, monkeypatch, module):
    find = importlib.util.find_spec
    gone = lambda name, *rest: None if name == module else find(name, *rest)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", gone)
    said = refused(2, "none")
    line = 'pip install -e ".[train]" in mien\'s folder'
    assert said == f"mien: mien data explore needs an optional part: {line}\n"
    assert list(here.iterdir()) == []

import sys

import numpy as np
import pytest
from made_sets import make, noise, picture
from typer.testing import CliRunner

from mien.cli.main import app
from mien.datasets.prepared import PreparedSet


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    sides = ["train"] * 6 + ["val"] * 2 + ["test"] * 2
    faces = [picture(f"p{n}", n, "fear", s, pixels=noise(n, 16)) for n, s in enumerate(sides)]
    make(tmp_path / "set", faces)
    return tmp_path


def call(*words):
    return CliRunner().invoke(app, ["data", "augment", *map(str, words)])


def no_torch(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for name in [n for n in sys.modules if n.startswith("mien.transforms")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)


def test_without_a_name_the_new_set_lies_beside_the_old_one(here):
    assert call("set", "--copies", 1).exit_code == 0
    assert (here / "set-augmented/manifest.csv").is_file()


def test_copies_join_the_training_pictures(here):
    pytest.importorskip("torch")
    result = call("set", "out", "--copies", 2)
    assert result.exit_code == 0, result.stderr
    assert "note: each augmented copy has the sequence of its picture" in result.stdout
    assert "6 training pictures got 2 augmented copies each" in result.stdout
    assert PreparedSet.open("out").record["splits"] == {"train": 18, "val": 2, "test": 2}
    assert result.stderr == ""


def test_the_config_tells_what_may_change(here):
    pytest.importorskip("torch")
    nothing = [*("flip", "rotate", "zoom", "shear", "shift"), "blur", "patch"]
    nothing += ["brightness", "contrast"]
    (here / "still.yaml").write_text("augment:\n" + "".join(f"  {n}: 0\n" for n in nothing))
    assert call("set", "out", "--copies", 1, "--config", "still.yaml").exit_code == 0
    opened = PreparedSet.open("out")
    for n in range(6):
        assert np.array_equal(opened.pixels(n), opened.pixels(10 + n))
    assert opened.record["augmented"]["settings"]["flip"] == 0


def test_the_seed_is_heeded(here):
    pytest.importorskip("torch")
    for seed in (0, 1, 1):
        call("set", f"out{seed}", "--copies", 1, "--seed", seed, "--overwrite")
    call("set", "again", "--copies", 1, "--seed", 1)
    sums = {name: PreparedSet.open(name).sha256 for name in ("out0", "out1", "again")}
    assert sums["out1"] == sums["again"] != sums["out0"]


def test_preprocessing_alone_needs_no_torch(here, monkeypatch):
    no_torch(monkeypatch)
    result = call("set", "out", "--copies", 0, "--equalise", "histogram", "--size", 12)
    assert result.exit_code == 0, result.stderr
    opened = PreparedSet.open("out")
    assert opened.sizes[:, :2].max() == 12
    assert opened.record["augmented"]["equalise"] == "histogram"


def test_copies_without_torch_name_the_install_line_before_any_work(here, monkeypatch):
    no_torch(monkeypatch)
    result = call("nowhere", "out", "--copies", 1)
    assert result.exit_code == 2
    assert 'mien data augment needs an optional part: pip install -e ".[train]"' in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("set", "out", "--copies=0"), 2, "nothing to change: ask for --copies 1"),
        (("set", "out", "--copies=0", "--size=8", "--config=a.yaml"), 2, "ask for --copies 1"),
        (("set", "out", "--copies=1", "--equalise=flat"), 2, "known: histogram, clahe"),
        (("set", "out", "--copies=1", "--config=a.yaml"), 2, "a.yaml: no such file"),
        (("set", "out", "--copies=1", "--config=bad.yaml"), 2, "augment.flip"),
        (("set", "set/out", "--copies=1"), 2, "must stay as it is"),
        (("none", "out", "--copies=1"), 1, "none: no such folder"),
        (("set", "out", "--copies=1", "--equalise=clahe", "--size=9"), 1, "no squares of 16"),
        (("set", "there", "--copies=1"), 1, "is not only a prepared dataset"),
    ],
)
def test_what_cannot_be_done_is_one_line(here, words, code, message):
    pytest.importorskip("torch")
    (here / "bad.yaml").write_text("augment: {flip: 2}\n")
    (here / "there").mkdir()
    (here / "there/file").touch()
    result = call(*words)
    assert result.exit_code == code
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (here / "out").exists()


def test_copies_must_be_said(here):
    assert call("set", "out").exit_code == 2

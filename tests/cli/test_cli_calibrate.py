"""``mien calibrate``, and what it gives to ``mien export``."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

pytest.importorskip("torch")

import onnx

from mien.cli.calibrate import calibrate
from mien.cli.export import export
from mien.cli.main import Commands
from mien.inference.model import Model
from mien.runs import RunFolder, sha256

APP = typer.Typer(cls=Commands)
APP.command()(calibrate)
APP.command()(export)


def call(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(APP, [str(word) for word in words])
    said = " ".join(f"{result.stdout} {result.stderr}".split())
    assert result.exit_code == code, said
    return said


@pytest.fixture
def run(small_run: Path, tmp_path: Path) -> RunFolder:
    """A copy of the small run, without a calibration."""
    there = tmp_path / "run"
    shutil.copytree(small_run, there, ignore=shutil.ignore_patterns("calibration.json"))
    return RunFolder(there)


@pytest.fixture(scope="module")
def plain(small_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small run as a file that was not calibrated, with its card."""
    folder = tmp_path_factory.mktemp("plain")
    path = folder / "small.onnx"
    call("export", small_run, "--out", path)
    model = onnx.load(path)
    values = told(path)
    for head in values["heads"].values():
        head.clear()
        head |= {"classes": told(path)["heads"]["ferplus"]["classes"], "temperature": 1.0}
    model.metadata_props[0].value = json.dumps(values)
    path.write_bytes(model.SerializeToString())
    return path


def told(path: Path) -> Any:
    """Return the metadata of a model file."""
    return json.loads(onnx.load(path).metadata_props[0].value)


def test_a_run_keeps_what_was_fitted_and_export_takes_it(run: RunFolder) -> None:
    said = call("calibrate", run.root)
    entry = json.loads(run.calibration.read_text())["ferplus"]
    assert f"head ferplus: temperature {entry['temperature']:.3f} (the limit" in said
    assert "fitted to 24 validation" in said
    assert entry["fitted_on"]["model_sha256"] == sha256(run.best)
    assert entry["fitted_on"]["split"] == "val"
    assert "had no calibration.json" not in call("export", run.root, "--out", run.root / "m.onnx")
    head = Model.open(run.root / "m.onnx").head
    assert head.temperature == entry["temperature"]
    assert head.conformal == entry["conformal"]
    assert "not calibrated yet" not in (run.root / "m.md").read_text()


def test_export_fits_where_the_run_has_nothing(run: RunFolder) -> None:
    said = call("export", run.root, "--out", run.root / "m.onnx")
    assert "the run had no calibration.json, so the file was calibrated on validation: head" in said
    assert not run.calibration.exists()
    call("calibrate", run.root)
    entry = json.loads(run.calibration.read_text())["ferplus"]
    head = Model.open(run.root / "m.onnx").head
    assert head.temperature == pytest.approx(entry["temperature"], rel=1e-4)
    assert head.fitted_on["n"] == entry["fitted_on"]["n"]


def test_calibrating_again_gives_the_same(run: RunFolder) -> None:
    call("calibrate", run.root)
    first = json.loads(run.calibration.read_text())["ferplus"]
    call("calibrate", run.root)
    again = json.loads(run.calibration.read_text())["ferplus"]
    assert again["temperature"] == pytest.approx(first["temperature"], rel=1e-4)
    assert again["validation"]["before"]["ece"] == pytest.approx(
        first["validation"]["before"]["ece"]
    )


def test_a_calibration_of_other_weights_is_not_exported(run: RunFolder) -> None:
    call("calibrate", run.root)
    entries = json.loads(run.calibration.read_text())
    entries["ferplus"]["fitted_on"]["model_sha256"] = "0" * 64
    run.calibration.write_text(json.dumps(entries))
    said = call("export", run.root, "--out", run.root / "m.onnx", code=1)
    assert "calibration.json: fitted to other weights than those here; run mien calibrate" in said
    assert not (run.root / "m.onnx").exists()


def test_a_file_is_written_anew_with_the_same_network(
    plain: Path, drawn_set: Path, tmp_path: Path
) -> None:
    before, out = plain.read_bytes(), tmp_path / "new.onnx"
    said = call("calibrate", plain, "--data", drawn_set, "--out", out)
    assert f"{out} head ferplus: temperature" in said
    assert plain.read_bytes() == before
    old, new = onnx.load(plain), onnx.load(out)
    assert old.graph.SerializeToString() == new.graph.SerializeToString()
    entry = told(out)["heads"]["ferplus"]
    assert entry["fitted_on"]["model_sha256"] == sha256(plain)
    assert {"heads"} == {key for key in told(out) if told(out)[key] != told(plain)[key]}
    assert ": calibrated on drawn" in out.with_suffix(".md").read_text()


def test_the_answers_stay_in_their_order(plain: Path, drawn_set: Path, tmp_path: Path) -> None:
    out = tmp_path / "new.onnx"
    call("calibrate", plain, "--data", drawn_set, "--out", out)
    faces = list(np.random.default_rng(0).integers(0, 256, (20, 24, 24), np.uint8))
    first, second = Model.open(plain), Model.open(out)
    assert second.head.temperature != 1
    logits = first.logits(faces)["ferplus"]
    np.testing.assert_array_equal(logits, second.logits(faces)["ferplus"])
    p, q = first.probabilities(faces), second.probabilities(faces)
    assert not np.allclose(p, q)
    np.testing.assert_array_equal(np.argsort(p, 1), np.argsort(q, 1))


def test_a_file_may_replace_itself_and_stands_beside_itself_by_default(
    plain: Path, drawn_set: Path, tmp_path: Path
) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(plain.read_bytes())
    call("calibrate", path, "--data", drawn_set)
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["m-calibrated.onnx", "m.onnx"]
    call("calibrate", path, "--data", drawn_set, "--out", path)
    first, second = (Model.open(p).head for p in (path, tmp_path / "m-calibrated.onnx"))
    assert first == second


def test_too_few_rows_have_no_threshold_and_say_so(run: RunFolder) -> None:
    said = call("calibrate", run.root)  # 24 validation rows
    assert "no threshold keeps the wrong answers at 10 % or below" in said
    call("export", run.root, "--out", run.root / "m.onnx")
    assert Model.open(run.root / "m.onnx").head.uncertain_below == 1
    uncertain = told(run.root / "m.onnx")["heads"]["ferplus"]["uncertain"]
    assert uncertain == {"below": 1.0, "error": 0.1}


@pytest.mark.parametrize("split", ["test", "train"])
def test_no_other_split_is_taken(plain: Path, drawn_set: Path, run: RunFolder, split: str) -> None:
    for words in ((plain, "--data", drawn_set), (run.root,)):
        said = call("calibrate", *words, "--split", split, code=2)
        assert f"a model is calibrated on the val split, not on {split}" in said
    assert not run.calibration.exists()


def test_wrong_use_is_refused(
    plain: Path, drawn_set: Path, run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "needs --data DIR" in call("calibrate", plain, code=2)
    assert "--out goes with a model file" in call(
        "calibrate", run.root, "--out", tmp_path / "x.onnx", code=2
    )
    words = ("calibrate", plain, "--data", drawn_set)
    assert "a name that ends in .onnx" in call(*words, "--out", tmp_path / "x", code=2)
    assert "no such model file" in call(
        "calibrate", tmp_path / "none.onnx", "--data", drawn_set, code=1
    )
    assert "found no config.yaml" in call("calibrate", tmp_path, code=1)
    real = __import__("importlib.util").util.find_spec
    hidden = lambda name, *a: None if name in ("torch", "onnx") else real(name, *a)  # noqa: E731
    monkeypatch.setattr("importlib.util.find_spec", hidden)
    for model in ((plain, "--data", drawn_set), (run.root,)):
        assert 'pip install -e ".[train]"' in call("calibrate", *model, code=2)


@pytest.mark.parametrize("text", ["{", "{}", '{"ferplus": {"temperature": -1}}'])
def test_a_damaged_calibration_is_made_anew(run: RunFolder, text: str) -> None:
    run.calibration.write_text(text)
    call("calibrate", run.root)
    assert json.loads(run.calibration.read_text())["ferplus"]["temperature"] > 0


def test_a_file_with_a_damaged_calibration_is_calibrated_anew(
    plain: Path, drawn_set: Path, tmp_path: Path
) -> None:
    path, out = tmp_path / "m.onnx", tmp_path / "new.onnx"
    model, values = onnx.load(plain), told(plain)
    values["heads"]["ferplus"] |= {"conformal": {"lac": {"0.9": 0.5}}, "fitted_on": {"n": 0}}
    model.metadata_props[0].value = json.dumps(values)
    path.write_bytes(model.SerializeToString())
    call("calibrate", path, "--data", drawn_set, "--out", out)
    assert told(out)["heads"]["ferplus"]["fitted_on"]["n"] == 24


def test_a_file_in_the_way_is_refused_before_any_work(
    plain: Path, drawn_set: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.onnx").mkdir()
    words = ("calibrate", plain, "--data", drawn_set, "--out")
    said = call(*words, tmp_path / "file" / "m.onnx", code=2)
    assert "expected a folder for the results" in said
    assert "expected a file to write" in call(*words, tmp_path / "folder.onnx", code=2)
    assert "must stay as it is" in call(*words, drawn_set / "m.onnx", code=2)

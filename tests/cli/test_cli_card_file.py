"""The card and the report of a model file."""

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

pytest.importorskip("matplotlib")

from mien.cli.card import card
from mien.cli.main import Commands
from mien.cli.report import report
from mien.cli.subjects import metadata
from mien.inference.latency import measure
from mien.inference.model import Model
from mien.inference.recognizer import WEIGHTS

RUN = CliRunner()
APP = typer.Typer(cls=Commands)
APP.command()(report)
APP.command()(card)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(WEIGHTS, tmp_path / "copied.onnx"))


def test_latency_is_measured_kept_and_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mien.inference import latency

    monkeypatch.setattr(latency.measure, "__kwdefaults__", {"single": 3, "batch": 2, "warm_up": 1})
    result = RUN.invoke(APP, ["card", str(file), "--measure-latency", "--licence", "mit"])
    assert result.exit_code == 0, result.stderr
    assert "ms a face" in result.stdout
    kept = json.loads((file.parent / "copied-evaluation" / "latency.json").read_text())
    assert kept["single"]["runs"] == 3
    assert kept["environment"]["packages"]["onnxruntime"]
    text = file.with_suffix(".md").read_text(encoding="utf-8")
    assert f"| {kept['batch']['faces']} | {kept['batch']['median_ms']:.2f} |" in text


def test_times_are_of_one_face_and_of_many() -> None:
    found = measure(Model.open(WEIGHTS), single=3, batch=2, warm_up=1)
    one, many = found["single"], found["batch"]
    assert (one["faces"], many["faces"]) == (1, 64)
    assert many["median_ms"] > one["median_ms"] > 0
    assert one["faces_per_second"] == pytest.approx(1000 / one["median_ms"])
    assert many["p95_ms"] >= many["median_ms"]


def test_a_file_says_of_itself_what_export_wrote() -> None:
    about = metadata(WEIGHTS)
    assert set(about["heads"]) == {"fer2013", "ferplus"}
    assert about["answer"] == "ferplus"
    assert about["preprocessing"]["size"] == 48
    assert about["provenance"]["data"]["label_set"] == "fer2013"


def test_a_file_that_was_not_evaluated_has_a_report_of_its_origin(file: Path) -> None:
    out = file.with_name("page.html")
    result = RUN.invoke(APP, ["report", str(file), "--out", str(out)])
    assert result.exit_code == 0, result.stderr
    assert "mien evaluate copied.onnx --data DATASET" in result.stdout
    assert "28,006 training pictures" in out.read_text(encoding="utf-8")

"""From a run to scores, pictures and a checked file, through the commands."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("torch")

from mien.cli.main import app
from mien.inference.model import Model

RUN = CliRunner()


def _said(result: object) -> str:
    return " ".join(f"{result.stdout} {result.stderr}".split())  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def evaluated(small_run: Path) -> Path:
    result = RUN.invoke(app, ["evaluate", str(small_run)])
    assert result.exit_code == 0, _said(result)
    assert "official" in result.stdout
    said = _said(result)
    assert "on these 24 scored pictures: ECE" in said
    assert "samples_*.png show pictures of the dataset; do not publish them" in said
    return small_run


@pytest.fixture(scope="module")
def exported(evaluated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "small.onnx"
    result = RUN.invoke(app, ["export", str(evaluated), "--out", str(path)])
    assert result.exit_code == 0, _said(result)
    assert "largest difference of a logit" in _said(result)
    return path


def test_evaluate_writes_scores_answers_and_pictures(evaluated: Path) -> None:
    folder = evaluated / "evaluation" / "drawn-test"
    metrics = json.loads((folder / "metrics.json").read_text())
    report = metrics["heads"]["ferplus"]["ferplus"]["official"]
    assert report["n"] == 24
    assert {"accuracy", "macro_f1", "micro_f1", "per_class", "confusion"} <= report.keys()
    assert metrics["data"]["split"] == "test"
    assert metrics["environment"]["packages"]["torch"]
    with np.load(folder / "predictions.npz") as saved:
        right = saved["probabilities_ferplus"].argmax(1) == saved["labels"]
    assert right.mean() == pytest.approx(report["accuracy"])
    kinds = ("confusion", "classes", "samples", "reliability", "uncertain", "conformal")
    names = {p.name for p in folder.glob("*.png")}
    assert names == {"curves.png", *(f"{kind}_ferplus.png" for kind in kinds)}
    assert (evaluated / "calibration.json").is_file()
    assert metrics["temperatures"]["ferplus"] != 1


def test_scores_do_not_fall_with_damaged_curves(evaluated: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(evaluated, run, ignore=shutil.ignore_patterns("evaluation"))
    (run / "metrics.csv").write_text("epoch,train_loss\n1,much\n")
    result = RUN.invoke(app, ["evaluate", str(run)])
    assert result.exit_code == 0, _said(result)
    assert "note: no learning curves:" in _said(result)
    assert "metrics.csv" in _said(result)
    names = {path.name for path in run.glob("evaluation/drawn-test/*")}
    assert {"metrics.json", "predictions.npz"} <= names
    assert "curves.png" not in names


def test_another_dataset_of_the_same_name_gets_a_folder_of_its_own(
    evaluated: Path, tmp_path: Path
) -> None:
    from mien.datasets.drawn import Drawn
    from mien.datasets.store import prepare

    first = evaluated / "evaluation" / "drawn-test" / "metrics.json"
    before = first.read_bytes()
    prepare(Drawn(count=80, seed=2, size=24), tmp_path / "other")
    command = ["evaluate", str(evaluated), "--data", str(tmp_path / "other")]
    for _ in range(2):
        assert RUN.invoke(app, command).exit_code == 0
    assert first.read_bytes() == before
    (other,) = set(evaluated.glob("evaluation/drawn-test-*"))
    assert json.loads((other / "metrics.json").read_text())["heads"]["ferplus"]
    for path in other.iterdir():
        path.unlink()
    other.rmdir()


def test_the_file_carries_everything(exported: Path, evaluated: Path) -> None:
    info = Model.open(exported).info
    assert info.answer == "ferplus"
    assert info.preprocessing.size == 24
    assert len(info.heads["ferplus"].classes) == 8
    provenance = info.provenance
    assert provenance["seed"] == 0
    assert provenance["data"]["rows"] == {"train": 192, "val": 24}
    assert "optimizer:" in provenance["config"]
    assert info.scores["drawn-test"]["ferplus"]["ferplus"]["official"]["n"] == 24
    written = exported.read_bytes()
    assert b"site-packages" not in written
    assert str(Path(__file__).parents[2]).encode() not in written


def test_the_exported_file_scores_as_the_run(
    exported: Path, evaluated: Path, drawn_set: Path
) -> None:
    out = exported.parent / "scores"
    result = RUN.invoke(
        app, ["evaluate", str(exported), "--data", str(drawn_set), "--out", str(out)]
    )
    assert result.exit_code == 0, _said(result)
    ours = json.loads((out / "metrics.json").read_text())["heads"]
    theirs = json.loads((evaluated / "evaluation" / "drawn-test" / "metrics.json").read_text())[
        "heads"
    ]
    assert (
        ours["ferplus"]["ferplus"]["official"]["confusion"]
        == theirs["ferplus"]["ferplus"]["official"]["confusion"]
    )


def test_a_file_that_answers_otherwise_is_not_kept(
    evaluated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mien.export import run as exporting

    real = exporting.of_run
    wrong = lambda *a: {h: v + 0.01 for h, v in real(*a).items()}  # noqa: E731
    monkeypatch.setattr(exporting, "of_run", wrong)
    path = tmp_path / "wrong.onnx"
    result = RUN.invoke(app, ["export", str(evaluated), "--out", str(path)])
    assert result.exit_code == 1
    assert "differs from the network: largest difference of a logit 1.00e-02" in _said(result)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["evaluate", "export"])
def test_what_is_no_finished_run_is_refused(command: str, small_run: Path, tmp_path: Path) -> None:
    result = RUN.invoke(app, [command, str(tmp_path)])
    assert result.exit_code == 1
    assert "found no config.yaml" in _said(result)
    (tmp_path / "config.yaml").write_bytes((small_run / "config.yaml").read_bytes())
    result = RUN.invoke(app, [command, str(tmp_path)])
    assert result.exit_code == 1
    assert "has not finished" in _said(result)
    (tmp_path / "state.json").write_text('{"status": "finished"}')
    (tmp_path / "best.safetensors").write_bytes(b"half")
    result = RUN.invoke(app, [command, str(tmp_path)])
    assert result.exit_code == 1
    assert "expected the best weights" in _said(result)


def test_weights_of_another_model_are_refused(small_run: Path, tmp_path: Path) -> None:
    config = (small_run / "config.yaml").read_text().replace("name: compact", "name: lenet")
    (tmp_path / "config.yaml").write_text(config)
    for name in ("state.json", "best.safetensors"):
        (tmp_path / name).write_bytes((small_run / name).read_bytes())
    result = RUN.invoke(app, ["evaluate", str(tmp_path)])
    assert result.exit_code == 1
    assert "weights of another model than the experiment's" in _said(result)


def test_a_model_file_needs_a_dataset(exported: Path) -> None:
    result = RUN.invoke(app, ["evaluate", str(exported)])
    assert result.exit_code == 2
    assert "needs --data" in _said(result)


def test_train_refuses_wrong_use(tmp_path: Path) -> None:
    for words, said in (
        (["train"], "give one of the two"),
        (["train", "a.yaml", "--resume", "x"], "takes no others"),
        (["train", "--resume", str(tmp_path), "--out", "x"], "takes no others"),
        (["train", "nowhere.yaml"], "no such file"),
    ):
        result = RUN.invoke(app, words)
        assert (result.exit_code, said in _said(result)) == (2, True), words


def test_without_torch_the_install_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    real = importlib.util.find_spec
    hidden = lambda name, *a: None if name in ("torch", "matplotlib") else real(name, *a)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", hidden)
    for words in (["train", "configs/quick.yaml"], ["evaluate", "x"], ["export", "x"]):
        result = RUN.invoke(app, words)
        assert result.exit_code == 2
        assert 'pip install -e ".[train]"' in _said(result)

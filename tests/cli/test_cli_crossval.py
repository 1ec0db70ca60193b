"""Cross-validation through the command."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("torch")

from mien.cli.main import app

RUN = CliRunner()
CONFIG = """
preprocess: {size: 24}
model: {name: lenet}
optimizer: {name: adamw, lr: 0.003}
train: {epochs: 1, batch_size: 32, histograms: false, show_faces: 0}
"""


def said(result: object) -> str:
    return " ".join(f"{result.stdout} {result.stderr}".split())  # type: ignore[attr-defined]


@pytest.fixture
def config(drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "tiny.yaml"
    path.write_text(f"data: {{path: '{drawn_set}', heads: [ferplus]}}\n{CONFIG}")
    return path


def test_crossval_writes_scores_tables_and_a_run_a_fold(config: Path, tmp_path: Path) -> None:
    words = ["crossval", str(config), "seed=3", "--folds", "2", "--no-near", "--by", "picture"]
    result = RUN.invoke(app, words)
    assert result.exit_code == 0, said(result)
    out = tmp_path / "runs" / "tiny-cv2-s3"
    found = json.loads((out / "crossval.json").read_text())
    assert found["dealing"] == {"folds": 2, "repeats": 1, "by": "picture", "near": False}
    assert found["config"]["seed"] == 3
    assert "mean ± sd" in (out / "crossval.md").read_text()
    assert {p.name for p in out.iterdir() if p.name[0] != "."} == {
        *("plan.json", "folds.csv", "fold-0", "fold-1", "crossval.json", "crossval.md"),
    }
    lines = result.stdout.splitlines()
    assert sum(line.startswith("fold-1: epoch 1/1") for line in lines) == 1
    assert (
        sum(bool(re.match(r"fold-[01] \([12] of 2\): .* % of 96 held out", n)) for n in lines) == 2
    )
    assert "Bengio & Grandvalet 2004" in said(result)
    again = RUN.invoke(app, ["crossval", "--resume", str(out)])
    assert again.exit_code == 0, said(again)
    assert "fold-0 (1 of 2, finished before)" in again.stdout


def test_an_interrupt_says_how_to_go_on(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mien.training import fit

    def interrupted(experiment: object, out: Path, **_: object) -> None:
        out.mkdir()
        raise KeyboardInterrupt("go on with: mien train --resume x")

    monkeypatch.setattr(fit, "fit", interrupted)
    result = RUN.invoke(app, ["crossval", str(config), "--folds", "2", "--out", "here"])
    assert result.exit_code == 130
    assert "interrupted; go on with: mien crossval --resume here" in said(result)


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["crossval"], "give one of the two"),
        (["crossval", "tiny.yaml", "--resume", "x"], "give one of the two"),
        (["crossval", "--resume", "x", "--folds", "3"], "takes no others"),
        (["crossval", "--resume", "x", "--no-near"], "takes no others"),
        (["crossval", "nowhere.yaml"], "no such file"),
        (["crossval", "tiny.yaml", "--folds", "1"], "greater than or equal to 2"),
        (["crossval", "tiny.yaml", "--by", "frame"], "'subject', 'picture'"),
        (["crossval", "tiny.yaml", "machine.devices=2"], "expected devices: 1"),
        (["crossval", "tiny.yaml", "train.epoch=2"], "did you mean train.epochs"),
    ],
)
def test_wrong_use_is_refused_before_any_work(words: list[str], match: str, config: Path) -> None:
    result = RUN.invoke(app, words)
    assert (result.exit_code, match in said(result)) == (2, True), said(result)
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["crossval", "--resume", "x"], "x: expected a folder of mien crossval"),
        (["crossval", "tiny.yaml", "--folds", "99"], "take fewer folds"),
        (["crossval", "tiny.yaml", "--by", "subject"], "does not say who is in a picture"),
        (["crossval", "tiny.yaml", "data.path=none"], "none: no such folder"),
        (["crossval", "tiny.yaml", "--out", "."], "holds something else already (tiny.yaml)"),
    ],
)
def test_what_cannot_be_done_is_one_line(words: list[str], match: str, config: Path) -> None:
    result = RUN.invoke(app, words)
    assert (result.exit_code, match in said(result)) == (1, True), said(result)
    assert not Path("runs").exists() or not any(Path("runs").iterdir())


def test_without_torch_the_install_line_is_named(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    real = importlib.util.find_spec
    hidden = lambda name, *a: None if name == "torch" else real(name, *a)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", hidden)
    result = RUN.invoke(app, ["crossval", str(config)])
    assert result.exit_code == 2
    assert 'pip install -e ".[train]"' in said(result)

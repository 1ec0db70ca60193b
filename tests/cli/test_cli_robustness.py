"""``mien robustness``: files, going on, baselines and refusals."""

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from inference.tiny_models import describe, write_model
from typer.testing import CliRunner

pytest.importorskip("matplotlib")

from mien.cli.main import Commands
from mien.cli.robustness import robustness
from mien.evaluation.robustness import Answered

RUN = CliRunner()
APP = typer.Typer(cls=Commands)
APP.command("robustness")(robustness)


@APP.callback()
def _group() -> None:
    """Keep ``robustness`` a command of a group."""


def call(*words: object) -> tuple[int, str]:
    result = RUN.invoke(APP, ["robustness", *map(str, words)])
    return result.exit_code, " ".join(f"{result.stdout} {result.stderr}".split())


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(write_model(tmp_path / "tiny.onnx", describe()))


HEADS = ("fer2013", "ferplus")
SMALL = ("--only", "noise", "--only", "eyes_band", "--levels", "1,5")


def test_it_writes_numbers_answers_and_figures(model: Path, drawn_set: Path) -> None:
    code, said = call(model, "--data", drawn_set, *SMALL)
    assert code == 0, said
    folder = model.parent / "tiny-evaluation" / "drawn-test"
    pictures = ("corruptions", *(f"{w}_{h}" for w in ("robustness", "drops") for h in HEADS))
    assert {path.name for path in folder.iterdir()} == {
        "robustness.json",
        "robustness.npz",
        *(f"{name}.{form}" for name in pictures for form in ("png", "svg")),
    }
    found = json.loads((folder / "robustness.json").read_text())
    assert found["grid"]["corruptions"] == ["noise", "eyes_band"]
    assert found["grid"]["sampled"] is False
    assert set(found["heads"]) == {"fer2013", "ferplus"}
    assert found["heads"]["ferplus"]["ferplus"]["official"]["n"] == 24
    assert len(Answered.load(folder / "robustness.npz").cells) == 4
    assert "head ferplus, FER+ labels" in said
    assert "eyes band" in said
    assert "noise: 96 faces to answer" in said
    assert "eyes_band: 48 of 96 faces, less than a minute left" in said
    assert str(folder) in said


def test_the_same_command_goes_on_and_gives_the_same(model: Path, drawn_set: Path) -> None:
    path = model.parent / "tiny-evaluation" / "drawn-test" / "robustness.json"
    call(model, "--data", drawn_set, *SMALL)
    first = json.loads(path.read_text())
    code, said = call(model, "--data", drawn_set, *SMALL)
    assert code == 0
    assert "4 of 4 cells are done" in said
    assert json.loads(path.read_text())["heads"] == first["heads"]


def test_an_interrupted_run_says_how_it_goes_on(
    model: Path, drawn_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mien.evaluation.robustness import running

    real = running.corrupt

    def until(picture: np.ndarray, name: str, *rest: object) -> np.ndarray:
        if name == "eyes_band":
            raise KeyboardInterrupt
        return real(picture, name, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(running, "corrupt", until)
        code, said = call(model, "--data", drawn_set, *SMALL)
    assert code == 130
    assert "interrupted; the same command goes on with the next corruption" in said
    code, said = call(model, "--data", drawn_set, *SMALL)
    assert code == 0
    assert "2 of 4 cells are done" in said


def test_sampled_rows_have_a_folder_of_their_own(model: Path, drawn_set: Path) -> None:
    code, said = call(model, "--data", drawn_set, *SMALL, "--rows", 10, "--seed", 3)
    assert code == 0, said
    folder = model.parent / "tiny-evaluation" / "drawn-test" / "robustness-10-rows"
    grid = json.loads((folder / "robustness.json").read_text())["grid"]
    assert (grid["rows"], grid["sampled"], grid["seed"]) == (10, True, 3)
    assert "note: a sample of 10 rows; mien report and mien card tell of it where nothing" in said


def test_a_set_that_was_never_learnt_from_is_scored_whole(
    model: Path, drawn_set: Path, tmp_path: Path
) -> None:
    words = ("--only", "noise", "--levels", "3", "--split", "all", "--out", tmp_path / "out")
    code, said = call(model, "--data", drawn_set, *words)
    assert code == 0, said
    found = json.loads((tmp_path / "out" / "robustness.json").read_text())
    assert found["data"]["split"] == "all"
    assert found["heads"]["ferplus"]["ferplus"]["official"]["n"] == 240


def test_another_dataset_of_the_same_name_gets_another_folder(model: Path, drawn_set: Path) -> None:
    call(model, "--data", drawn_set, *SMALL)
    path = model.parent / "tiny-evaluation" / "drawn-test" / "robustness.json"
    values = json.loads(path.read_text())
    values["data"]["sha256"] = "0" * 64
    path.write_text(json.dumps(values))
    code, said = call(model, "--data", drawn_set, *SMALL)
    assert code == 0, said
    assert len(list(path.parent.parent.glob("drawn-test-*/robustness.json"))) == 1
    assert json.loads(path.read_text()) == values


def test_a_baseline_may_be_a_model_its_folder_or_its_file(
    model: Path, drawn_set: Path, tmp_path: Path
) -> None:
    other = Path(write_model(tmp_path / "other.onnx", describe(name="other")))
    code, said = call(other, "--data", drawn_set, *SMALL)
    assert code == 0, said
    numbers = tmp_path / "other-evaluation" / "drawn-test" / "robustness.json"
    for baseline in (other, numbers, numbers.parent):
        code, said = call(model, "--data", drawn_set, *SMALL, "--baseline", baseline)
        assert code == 0, said
    path = tmp_path / "tiny-evaluation" / "drawn-test" / "robustness.json"
    found = json.loads(path.read_text())["baseline"]
    assert found["model"] == "other"
    assert found["heads"]["ferplus"]["ferplus"]["official"]["mce"] == pytest.approx(1)
    assert "CE: corruption errors as shares of those of other" in said


def test_a_baseline_that_cannot_be_is_refused_before_the_work(
    model: Path, drawn_set: Path, tmp_path: Path
) -> None:
    call(model, "--data", drawn_set, *SMALL)
    numbers = tmp_path / "tiny-evaluation" / "drawn-test" / "robustness.json"
    out = tmp_path / "out"
    words = (model, "--data", drawn_set, "--out", out)
    code, said = call(*words, "--only", "jpeg", "--baseline", numbers)
    assert code == 1
    assert "it lacks the corruptions jpeg: run it with them too" in said
    code, said = call(*words, "--baseline", tmp_path / "none.onnx")
    assert code == 1
    assert "expected the robustness.json of `mien robustness`, but: no such file" in said
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--only", "fog"), 2, "unknown corruption fog; known: gaussian_blur"),
        (("--levels", "0"), 2, "levels '0': expected some of 1,2,3,4,5"),
        (("--rows", "25"), 2, "--rows 25: expected 1 to the 24 rows of the split"),
        (("--rows", "0"), 2, "--rows 0: expected 1 to the 24 rows"),
        (("--split", "dev"), 2, "'dev' is not one of"),
    ],
)
def test_wrong_use_is_one_line(
    model: Path, drawn_set: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    found, said = call(model, "--data", drawn_set, *words)
    assert (found, message in said) == (code, True), said
    assert "Traceback" not in said


def test_a_model_file_needs_a_dataset(model: Path, tmp_path: Path) -> None:
    code, said = call(model)
    assert code == 2
    assert "needs --data DIR" in said
    code, said = call(tmp_path / "none.onnx", "--data", tmp_path)
    assert code == 1
    assert "no such model file" in said


def test_a_run_is_scored_on_its_own_dataset(small_run: Path, tmp_path: Path) -> None:
    words = ("--only", "low_contrast", "--levels", "5", "--out", tmp_path)
    code, said = call(small_run, *words)
    assert code == 0, said
    found = json.loads((tmp_path / "robustness.json").read_text())
    assert found["data"]["name"] == "drawn"
    cell = found["heads"]["ferplus"]["ferplus"]["official"]["cells"]["low_contrast"]["5"]
    assert 0 <= cell["accuracy"] <= 1
    answered = Answered.load(tmp_path / "robustness.npz")
    (probabilities,) = answered.cells["low_contrast", 5].values()
    assert np.allclose(probabilities.astype(float).sum(1), 1, atol=2e-3)

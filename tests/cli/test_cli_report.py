import json
from pathlib import Path

import pytest
import typer
from made_accounts import PLACE, answered, cross, told_run
from typer.testing import CliRunner

pytest.importorskip("matplotlib")

from mien.cli.card import card
from mien.cli.main import Commands
from mien.cli.report import report
from mien.evaluation.stored import write_predictions
from mien.runs import sha256

RUN = CliRunner()
APP = typer.Typer(cls=Commands)
APP.command()(report)
APP.command()(card)


def _call(*words: object) -> tuple[int, str]:
    result = RUN.invoke(APP, [str(word) for word in words])
    return result.exit_code, f"{result.stdout}{result.stderr}"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return told_run(tmp_path / "lenet", parts=("errors",), calibrated=False)


def test_report_writes_a_page_and_figures_and_names_what_is_missing(run: Path) -> None:
    code, said = _call("report", "lenet", "--out", "page.html")
    assert code == 0, said
    assert "wrote page.html and its figures in page-figures" in said
    assert "not in it: robustness: mien robustness lenet" in said
    text = Path("page.html").read_text(encoding="utf-8")
    assert "28,709 training pictures of fer2013" in text
    names = {path.name for path in Path("page-figures").iterdir()}
    assert {"confusion_fer2013.svg", "classes_fer2013.png", "curves.svg"} <= names
    code, said = _call("report", "lenet", "--out", "page.html")
    assert (code, "exists already" in said) == (2, True)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are not drawn: they take most of the time."""
    from mien.report.page import files

    monkeypatch.setattr(files, "encode", lambda figure, form: b"<svg/>")


@pytest.mark.usefixtures("undrawn")
def test_faces_are_shown_only_when_asked_for(run: Path) -> None:
    (run / "evaluation" / PLACE / "ten_fer2013.png").write_bytes(b"face")
    _call("report", "lenet", "--out", "plain.html")
    _call("report", "lenet", "--out", "faces.html", "--with-pictures")
    assert "image/png" not in Path("plain.html").read_text(encoding="utf-8")
    text = Path("faces.html").read_text(encoding="utf-8")
    assert "image/png" in text
    assert "do not publish this page" in text


@pytest.mark.usefixtures("undrawn")
def test_report_compares_with_other_answers_and_other_datasets(run: Path) -> None:
    other = told_run(run.parent / "other", right=0.2, parts=(), calibrated=False)
    Path("cross.json").write_text(json.dumps(cross(sha256(run / "best.safetensors"))))
    words = ("--against", other, "--cross", "cross.json", "--evaluation", PLACE)
    code, said = _call("report", "lenet", "--out", "page.html", *words)
    assert code == 0, said
    text = Path("page.html").read_text(encoding="utf-8")
    assert "Beside other models" in text
    assert "On other datasets" in text
    write_predictions(answered(other, 0.2, 0), Path("peer.npz"))
    assert _call("report", "lenet", "--out", "b.html", "--against", "peer.npz")[0] == 0


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("report", "nowhere"), 1, "expected a run folder"),
        (("report", "lenet", "--out", "a.txt"), 2, "NAME.html"),
        (("report", "lenet", "--evaluation", "x"), 2, f"there are: {PLACE}"),
        (("report", "lenet", "--against", "no.npz"), 1, "no.npz"),
        (("report", "lenet", "--against", "bare"), 2, "found nothing"),
        (("report", "lenet", "--cross", "state.json"), 1, "state.json"),
        (("report", "broken.onnx"), 1, "broken.onnx"),
        (("card", "nowhere"), 1, "expected a run folder"),
        (("card", "lenet", "--evaluations", "x"), 2, "--evaluations goes with a model file"),
        (("card", "lenet", "--measure-latency"), 2, "goes with a model file"),
    ],
)
def test_wrong_use_is_one_line(run: Path, words: tuple[str, ...], code: int, part: str) -> None:
    Path("bare").mkdir()
    Path("broken.onnx").write_bytes(b"no network")
    found, said = _call(*words)
    assert found == code, said
    assert part in said
    assert "Traceback" not in said


def test_card_writes_into_the_run_and_keeps_the_licence(run: Path) -> None:
    code, said = _call("card", "lenet", "--licence", "MIT")
    assert (code, said.strip()) == (0, "wrote lenet/MODEL_CARD.md")
    _call("card", "lenet")
    text = (run / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert text.startswith("---\nlicense: mit\n")
    assert _call("card", "lenet", "--out", "other.md")[0] == 0
    assert Path("other.md").read_text(encoding="utf-8").startswith("---\nlicense: unknown\n")

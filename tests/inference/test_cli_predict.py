import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image
from tiny_models import describe, write_model
from typer.testing import CliRunner

from mien.cli.predict import predict
from mien.emotions import EMOTIONS
from mien.errors import UsageError
from mien.inference.sources import sample_photograph


@pytest.fixture
def run(tiny_model):
    """Run the command on words; its model is a tiny one."""
    app = typer.Typer()
    app.command()(predict)

    def call(*words, model=tiny_model):
        chosen = ["--model", str(model)] if model else []
        result = CliRunner().invoke(app, [*map(str, words), *chosen])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def folder(tmp_path):
    """One face, no face, text named .png."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(sample_photograph().read_bytes())
    Image.new("RGB", (80, 60), "navy").save(tmp_path / "in" / "b.png")
    (tmp_path / "in" / "c.png").write_text("not a picture")
    return tmp_path / "in"


def test_a_photograph_is_answered_in_a_table(run, folder, monkeypatch):
    (folder / "a.jpg").rename(folder / "[red]a.jpg")
    monkeypatch.chdir(folder)
    result = run("[red]a.jpg")
    assert result.exit_code == 0
    for word in ("[red]a.jpg", "emotion", "%", "181 70 89x106"):
        assert word in result.stdout


def test_an_uncertain_answer_is_marked_everywhere(run, folder, tmp_path):
    model = doubting(tmp_path / "doubting.onnx", 0.999)
    result = run(folder / "a.jpg", "--json", tmp_path / "j", "--annotate", tmp_path, model=model)
    assert " ? " in result.stdout
    assert "?: uncertain, below 100 %; of the model's other answers at most 10 %" in result.stdout
    (answer,) = json.loads((tmp_path / "j").read_text(encoding="utf-8"))
    assert answer["faces"][0]["uncertain"] is True
    assert (tmp_path / "a.mien.jpg").is_file()


def test_a_model_without_a_threshold_says_that_all_is_uncertain(run, folder, tmp_path):
    result = run(folder / "a.jpg", model=doubting(tmp_path / "doubting.onnx", 1.0))
    assert "?: uncertain: no threshold keeps the model's wrong answers at 10 %" in result.stdout


def test_a_sure_answer_has_no_mark(run, folder, tmp_path):
    result = run(folder / "a.jpg", model=doubting(tmp_path / "sure.onnx", 0.01))
    assert "?" not in result.stdout


def doubting(path, below):
    """Write a model that is uncertain below a threshold."""
    head = {"classes": list(EMOTIONS), "uncertain": {"below": below, "error": 0.1}}
    about = describe(heads={"ferplus": head})
    return write_model(path, about, [("ferplus", 8)])


def test_an_unreadable_picture_has_its_row_and_the_others_their_answers(run, folder, tmp_path):
    result = run(folder, folder / "gone.jpg", "--csv", tmp_path / "o.csv", "--json", tmp_path / "j")
    assert result.exit_code == 1
    assert "2 of 4 pictures could not be read" in result.stderr
    assert f"wrote {tmp_path / 'o.csv'}" in result.stderr
    rows = list(csv.DictReader(io.StringIO((tmp_path / "o.csv").read_text(encoding="utf-8"))))
    assert [r["status"] for r in rows] == ["ok", "no_face", "error", "error"]
    assert rows[2]["reason"].startswith("expected a picture")
    assert "looks like text" in rows[2]["reason"]
    assert "no such file" in rows[3]["reason"]
    answers = json.loads((tmp_path / "j").read_text(encoding="utf-8"))
    assert [a["status"] for a in answers] == [r["status"] for r in rows]
    assert answers[0]["faces"][0]["emotion"] == rows[0]["emotion"]


def test_no_face_is_an_answer(run, folder):
    result = run(folder / "b.png")
    assert result.exit_code == 0
    assert "no face" in result.stdout


@pytest.mark.parametrize(("option", "read"), [("--json", json.loads), ("--csv", csv.reader)])
def test_a_dash_prints_the_answers_and_nothing_else(run, folder, option, read):
    result = run(folder / "a.jpg", option, "-")
    assert result.exit_code == 0
    text = result.stdout if option == "--json" else io.StringIO(result.stdout)
    assert len(list(read(text))) == (1 if option == "--json" else 2)


def test_annotated_pictures_never_overwrite(run, folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    for name in ("a.jpg", "b.png"):
        (other / name).write_bytes((folder / name).read_bytes())
    before = {p: p.read_bytes() for p in (*folder.iterdir(), *other.iterdir())}
    for _ in range(2):  # a second run writes over its own pictures alone
        words = [folder / "a.jpg", folder / "b.png", other / "a.jpg", other / "b.png"]
        assert run(*words, "--annotate", folder).exit_code == 0
        assert all(path.read_bytes() == content for path, content in before.items())
        new = {p.name for p in folder.iterdir()} - {p.name for p in before}
        assert new == {"a.mien.jpg", "a-2.mien.jpg", "b.mien.png", "b-2.mien.png"}
    drawn = np.asarray(Image.open(folder / "a.mien.jpg"))
    original = np.asarray(Image.open(folder / "a.jpg"))
    assert drawn.shape == original.shape
    assert np.abs(drawn.astype(int) - original).max() > 100


def test_the_annotated_copy_is_upright(run, tmp_path, photograph):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.fromarray(photograph[:, :400]).transpose(Image.Transpose.ROTATE_90)
    turned.save(tmp_path / "t.jpg", exif=exif)
    assert run(tmp_path / "t.jpg", "--annotate", tmp_path / "new" / "out").exit_code == 0
    with Image.open(tmp_path / "new" / "out" / "t.mien.jpg") as drawn:
        assert drawn.size == (400, 512)


def test_wrong_use_is_refused_before_any_work(run, folder, tmp_path, monkeypatch):
    import mien.inference.recognizer

    monkeypatch.setattr(mien.inference.recognizer, "load", None)
    (tmp_path / "empty").mkdir()
    file = folder / "a.jpg"
    cases = {
        r"empty: no picture in this folder": [tmp_path / "empty"],
        r"--json and --csv both go to": [file, "--json", "-", "--csv", "-"],
        r"a\.jpg: this is one of the pictures": [file, "--csv", file],
        r"in: expected a file to write, this is a folder": [file, "--json", folder],
        r"null: expected a file to write, this is a folder or a device": [
            *(file, "--json", "/dev/null")
        ],
        r"both go to .*o; name two files": [
            *(file, "--json", tmp_path / "o", "--csv", folder / ".." / "o")
        ],
        r"but .*a\.jpg is a file": [file, "--annotate", file],
        r"2 problems": [file, "--annotate", file, "--csv", file],
        r"none\.onnx: no such file; expected a YuNet file": [
            file,
            "--detector",
            tmp_path / "none.onnx",
        ],
    }
    for message, words in cases.items():
        with pytest.raises(UsageError, match=message):
            run(*words)
    with pytest.raises(UsageError, match=r"none\.onnx: no such file; expected a model"):
        run(file, model=tmp_path / "none.onnx")
    (tmp_path / "run").mkdir()
    with pytest.raises(UsageError, match=r"run: this is a folder; expected a model"):
        run(file, model=tmp_path / "run")
    (tmp_path / "run" / "config.yaml").touch()
    with pytest.raises(UsageError, match=r"model file of it first \(mien export .*run\);"):
        run(file, model=tmp_path / "run")


def test_a_folder_that_may_not_be_written_is_wrong_use(run, folder, monkeypatch):
    monkeypatch.setattr(os, "access", lambda _, mode: not mode & os.W_OK)
    with pytest.raises(UsageError, match="may not be written to"):
        run(folder / "a.jpg", "--csv", folder / "o.csv")


def test_a_file_that_may_not_be_read_has_its_row(run, folder, monkeypatch):
    def refused(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "a.jpg")
    monkeypatch.setattr(Image, "open", refused)
    result = run(folder / "a.jpg", "--csv", "-")
    assert result.exit_code == 1
    assert 'error,"expected a picture (JPEG, PNG, WebP, …); permission denied"' in result.stdout


@pytest.mark.parametrize("words", [["--min-score", "2"], ["--bogus"], []])
def test_options_are_checked(run, words):
    assert run(*words).exit_code == 2


def test_a_high_min_score_leaves_the_face_out(run):
    assert "no face" in run(sample_photograph(), "--min-score", "0.99").stdout


def test_a_full_disk_leaves_the_old_file(run, folder, tmp_path, monkeypatch):
    target = tmp_path / "o.csv"
    target.write_text("old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        run(folder / "a.jpg", "--csv", target)
    assert target.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "o.csv"]


def test_an_annotated_picture_that_the_disk_cannot_hold_is_an_error(
    run, folder, tmp_path, monkeypatch
):
    def full(path, data):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        run(folder / "a.jpg", "--annotate", tmp_path / "out")
    assert not any((tmp_path / "out").iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="needs names that are no UTF-8")
@pytest.mark.parametrize("target", ["table", "-", "o.csv", "o.json"])
@pytest.mark.parametrize("encoding", ["utf-8:strict", "latin-1"])
def test_names_that_cannot_be_shown_are_escaped(tiny_model, tmp_path, target, encoding):
    Image.new("RGB", (80, 60)).save(tmp_path / "表.png")
    (tmp_path / "表.png").rename(tmp_path / "\udcff表.png")
    option = {"table": [], "o.json": ["--json", target]}.get(target, ["--csv", target])
    done = subprocess.run(
        [sys.executable, "-m", "mien", "predict", "\udcff表.png", "--model", tiny_model, *option],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    written = (tmp_path / target).read_bytes() if target[0] == "o" else done.stdout
    assert b"udcff" in written

"""The picture of a run's learning curves."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mien.errors import MissingExtraError, RunError

pytest.importorskip("matplotlib")

from mien.report import learning

ROWS = [
    {
        "epoch": n + 1,
        "train_accuracy_a": 0.3 + n / 50,
        "train_loss": 2 - n / 10,
        "val_accuracy": 0.3 + n / 60,
        "val_accuracy_a": 0.3 + n / 60,
        "val_loss": 2.1 - n / 11,
        "val_macro_f1": 0.25 + n / 70,
        "lr": 0.1 - n / 200,
        "seconds": 10 * n,
    }
    for n in range(12)
]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder with 12 epochs."""
    root = tmp_path / "run"
    root.mkdir()
    (root / "config.yaml").write_text("name: made\n")
    lines = [",".join(ROWS[0]), *(",".join(str(v) for v in row.values()) for row in ROWS)]
    (root / "metrics.csv").write_text("\n".join(lines) + "\n")
    state = {"status": "finished", "best_epoch": 10, "monitor": "val_macro_f1", "best": 0.4}
    (root / "state.json").write_text(json.dumps(state))
    return root


def _legend(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_a_picture_is_written_into_the_run_folder(run: Path) -> None:
    said = learning.draw(run)
    assert said.verdict == "still improving"
    assert said.text.endswith("The weights kept are those of epoch 11.")
    with Image.open(run / "curves.png") as picture:
        assert picture.format == "PNG"
        assert picture.width == 1500


def test_another_place_can_be_named(run: Path, tmp_path: Path) -> None:
    learning.draw(run, tmp_path / "new" / "c.png")
    assert (tmp_path / "new" / "c.png").is_file()
    assert not (run / "curves.png").exists()


def test_both_panels_hold_training_validation_and_the_best_epoch() -> None:
    figure = learning.curves_picture(ROWS, "Said.", 11, "val_macro_f1")
    loss, scores, rate = figure.axes
    best = "best epoch by macro-F1: 11"
    assert _legend(loss) == ["training", "validation", best]
    assert _legend(scores) == ["training", "validation", "macro-F1, validation", best]
    assert list(loss.lines[1].get_ydata()) == [row["val_loss"] for row in ROWS]
    assert list(scores.lines[2].get_ydata()) == [row["val_macro_f1"] for row in ROWS]
    assert list(rate.lines[0].get_ydata()) == [row["lr"] for row in ROWS]
    assert {line.get_xdata()[0] for line in (loss.lines[-1], rate.lines[-1])} == {11}
    texts = [text.get_text() for text in figure.subfigs[1].texts]
    assert texts == ["Said.", learning.NOTE]


def test_lines_are_told_apart_without_colour() -> None:
    scores = learning.curves_picture(ROWS, "").axes[1]
    assert len({line.get_linestyle() for line in scores.lines}) == 3


def test_a_long_caption_is_broken_and_stays_inside() -> None:
    said = "Overfitting: the validation loss rose by 33% from its lowest, 1.203 at epoch 16, to "
    figure = learning.curves_picture(ROWS, said * 6)
    figure.canvas.draw()
    texts = figure.subfigs[1].texts
    frame = figure.subfigs[1].bbox
    for text in texts:
        box = text.get_window_extent()
        assert (box.x0 >= frame.x0, box.x1 <= frame.x1) == (True, True)
        assert (box.y0 >= frame.y0, box.y1 <= frame.y1) == (True, True)
    boxes = [text.get_window_extent() for text in texts]
    assert boxes[0].y0 > boxes[1].y1


def test_a_loss_of_many_sizes_is_drawn_on_a_logarithmic_scale() -> None:
    rows = [{**ROWS[0], "train_loss": 100.0}, *ROWS[1:]]
    assert learning.curves_picture(rows, "").axes[0].get_yscale() == "log"
    assert learning.curves_picture(ROWS, "").axes[0].get_yscale() == "linear"


def test_a_run_of_one_epoch_is_drawn(run: Path) -> None:
    lines = (run / "metrics.csv").read_text().splitlines()
    (run / "metrics.csv").write_text("\n".join(lines[:2]) + "\n")
    assert learning.draw(run).verdict == "too short to tell"
    figure = learning.curves_picture(ROWS[:1], "")
    figure.canvas.draw()
    low, high = figure.axes[0].get_xlim()
    assert [tick for tick in figure.axes[0].get_xticks() if low <= tick <= high] == [1]


def test_an_interrupted_run_without_a_state_is_drawn(run: Path) -> None:
    (run / "state.json").unlink()
    assert "weights kept" not in learning.draw(run).text


def test_what_is_no_run_or_has_no_epoch_is_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="expected a run folder"):
        learning.draw(tmp_path)
    (run / "metrics.csv").unlink()
    with pytest.raises(RunError, match=r"metrics\.csv: expected the metrics of a run .*no such"):
        learning.draw(run)
    (run / "metrics.csv").write_text("epoch,train_loss\n")
    with pytest.raises(RunError, match="train at least one epoch"):
        learning.draw(run)


@pytest.mark.parametrize("cell", ["much", "1.0.0"])
def test_a_damaged_cell_is_named(run: Path, cell: str) -> None:
    text = (run / "metrics.csv").read_text().replace("\n3,", f"\n3,{cell}")
    assert cell in text
    (run / "metrics.csv").write_text(text)
    with pytest.raises(RunError, match=rf"metrics\.csv: expected numbers .*{cell}"):
        learning.draw(run)
    assert not (run / "curves.png").exists()


def test_no_text_is_refused(run: Path) -> None:
    (run / "metrics.csv").write_bytes(b"epoch\xff\xfe\n")
    with pytest.raises(RunError, match="no text"):
        learning.draw(run)


def test_a_failed_picture_leaves_the_old_one(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (run / "curves.png").write_text("old")

    def torn(target: Path, data: bytes) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", torn)
    with pytest.raises(OSError, match="No space left"):
        learning.draw(run)
    assert (run / "curves.png").read_text() == "old"


def test_without_matplotlib_the_install_line_is_named(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r'pip install -e "\.\[train\]"'):
        learning.draw(run)


def test_neither_pyplot_nor_torch_is_loaded(run: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from mien.report import learning;"
        "assert 'matplotlib' not in sys.modules;"
        f"learning.draw(Path({str(run)!r}));"
        "assert not {'matplotlib.pyplot', 'torch'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

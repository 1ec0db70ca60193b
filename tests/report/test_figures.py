"""Figures: what stands in them, and that they are written whole or not at all."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mien.emotions import EMOTIONS
from mien.errors import MissingExtraError, UsageError
from mien.evaluation.metrics import classification_report, confusion_matrix

pytest.importorskip("matplotlib")

import matplotlib
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from mien.report import figures
from mien.shares import rounded

RNG = np.random.default_rng(0)
TRUE = RNG.choice(8, 400, p=[0.1, 0.02, 0.03, 0.05, 0.3, 0.3, 0.1, 0.1])
PREDICTED = np.where(RNG.random(400) < 0.7, TRUE, RNG.integers(0, 8, 400))
REPORT = classification_report(TRUE, PREDICTED, EMOTIONS)
MATRIX = confusion_matrix(TRUE, PREDICTED, EMOTIONS)
ROWS = [
    {"epoch": e, "train_loss": 2 - e / 10, "val_loss": 2.1 - e / 10, "val_accuracy": e / 10}
    for e in range(5)
]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_nothing_is_rounded_to_all_or_nothing() -> None:
    shares = (1.0, 0.998, 0.994, 0.5, 0.004, 0.0)
    assert [rounded(one) for one in shares] == [
        "100%", ">99%", "99%", "50%", "<1%", "0%",
    ]  # fmt: skip


def test_row_shares_by_hand() -> None:
    shares = figures.row_shares(np.array([[3, 1], [0, 0]]))
    assert shares.tolist() == [[0.75, 0.25], [0, 0]]


@pytest.mark.parametrize("normalised", [True, False])
def test_each_cell_of_a_confusion_matrix_has_count_and_share(normalised: bool) -> None:
    figure = figures.confusion_figure(np.array([[1500, 500], [1, 3]]), ["a", "b"], normalised)
    axes = figure.axes[0]
    assert texts(figure) == ["75%\n(1,500)", "25%\n(500)", "25%\n(1)", "75%\n(3)"]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a\nn = 2,000", "b\nn = 4"]
    shade = np.asarray(axes.images[0].get_array())
    assert shade[1, 1] == pytest.approx(0.75 if normalised else 3 / 1500)


def test_text_in_cells_stands_out_from_their_shade() -> None:
    figure = figures.confusion_figure(MATRIX, EMOTIONS)
    image = figure.axes[0].images[0]
    shades = image.to_rgba(image.get_array())[..., :3].reshape(-1, 3)
    for shade, text in zip(shades, figure.axes[0].texts, strict=True):
        ink = 1.0 if to_hex(text.get_color()) == "#ffffff" else 0.0
        assert contrast(luminance(shade), ink) >= 4.5  # WCAG 2.1, level AA


def luminance(colour: Any) -> float:
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: float, other: float) -> float:
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)


def test_bars_of_each_class() -> None:
    axes = figures.per_class_figure(REPORT).axes[0]
    heights = [[bar.get_height() for bar in bars] for bars in axes.containers]
    for share, bars in zip(("precision", "recall", "f1"), heights, strict=True):
        assert bars == [REPORT["per_class"][name][share] for name in EMOTIONS]
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == [f"macro-F1 {REPORT['macro_f1']:.3f}", "precision", "recall", "F1"]


def test_samples_are_ticked_or_crossed() -> None:
    grey, colour = np.zeros((8, 8), np.uint8), np.zeros((9, 9, 3), np.uint8)
    figure = figures.probability_samples_figure(
        [grey, colour], [0, 1], [0, 2], EMOTIONS, [0.9, 0.25]
    )
    assert [axes.get_title() for axes in figure.axes] == [
        "✓ anger 90%\n",
        "✗ disgust 25%\nis contempt",
    ]
    colours = [axes.title.get_color() for axes in figure.axes]
    assert colours == [figures.RIGHT, figures.WRONG]


@pytest.mark.parametrize(
    "figure",
    [
        figures.confusion_figure(MATRIX, EMOTIONS),
        figures.per_class_figure(REPORT),
        figures.probability_samples_figure([np.eye(8, dtype=np.uint8)] * 7, TRUE, TRUE, EMOTIONS),
    ],
    ids=["confusion", "per_class", "samples"],
)
def test_figures_are_written_as_png(figure: Figure, tmp_path: Path) -> None:
    path = tmp_path / "new" / "figure.png"
    figures.save(figure, path)
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.info["dpi"] == pytest.approx((150, 150), abs=0.1)
        low, high = picture.convert("L").getextrema()
    assert (low, high) == (pytest.approx(0, abs=40), 255)


def test_an_svg_is_the_same_each_time_and_needs_no_font(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.svg", "two.SVG")]
    for path in paths:
        figures.save(figures.confusion_figure(MATRIX, EMOTIONS), path)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert b"<dc:date>" not in first
    assert b"<text" not in first
    figures.save(figures.blank(1, 1), tmp_path / "figure.png")  # settings are as before
    assert matplotlib.rcParams["svg.fonttype"] == matplotlib.rcParamsDefault["svg.fonttype"]
    assert matplotlib.rcParams["svg.hashsalt"] is None


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"figure.gif: expected a name that ends in png or svg"):
        figures.save(figures.blank(1, 1), tmp_path / "figure.gif")


def test_a_failed_figure_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "figure.png"
    path.write_text("old")

    def torn(target: Path, data: bytes) -> None:
        target.write_text("half")
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", torn)
    with pytest.raises(OSError, match="No space left"):
        figures.save(figures.per_class_figure(REPORT), path)
    assert [p.name for p in tmp_path.iterdir()] == ["figure.png"]
    assert path.read_text() == "old"


def test_drawing_touches_no_pyplot() -> None:
    code = (
        "import sys; from mien.report import figures, tables;"
        "assert 'matplotlib' not in sys.modules;"
        "figures.blank(2, 2);"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_matplotlib_the_install_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r'figures needs .*pip install -e "\.\[train\]"'):
        figures.per_class_figure(REPORT)

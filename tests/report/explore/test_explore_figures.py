"""Figures of an exploration: what stands in them, and that a print of them can be read."""

from functools import partial
from io import BytesIO

import numpy as np
import pytest
from made_material import augmented, full, made, pictures, votes_of
from PIL import Image

pytest.importorskip("matplotlib")

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Wedge
from matplotlib.text import Text

from mien.emotions import EMOTIONS
from mien.report.explore.drawing import charts, classes, faces, pies, style, tables
from mien.report.explore.drawing.pies import spaced
from mien.report.explore.numbers.classes import Counts
from mien.report.explore.panels.every import every
from mien.report.explore.panels.panel import Panel

UNEVEN = Counts(
    ("train", "val", "test"),
    EMOTIONS,
    np.array([[3995, 3, 436, 40, 7215, 9, 4830, 20], [5] * 8, [0, 0, 0, 0, 500, 1, 1, 1]]),
)


def drawn_panels(material):
    return [p for p in every(material, augmented(material)) if not p.missing]


def long_names():
    """Many sizes, long ids, one split, one class."""
    shapes = [(20 + 9 * n, 30 + 5 * n, 3) for n in range(14)]
    rng = np.random.default_rng(0)
    pixels = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]
    material = made(pixels, [2] * 14, ["val"] * 14)
    material.ids[:] = "a_very_l"
    return material


def every_panel():
    materials = {"full": full(), "odd": long_names()}
    materials["one"] = made([pictures(1)[0][0]], [4], ["train"])
    materials["flat"] = made([np.full((48, 48), 9, np.uint8)], [4], ["test"])
    uneven = [np.full((48, 48), n, np.uint8) for n in range(30)]
    materials["rare"] = made(uneven, [4] * 25 + [0, 1, 2, 3, 5], votes=votes_of([4] * 30))
    return [
        (f"{m}-{p.key}", p) for m, material in materials.items() for p in drawn_panels(material)
    ]


def thin_slices():
    """Classes of a few pictures in thousands, beside each other."""
    kinds = {"bars": classes.bars, "pies": pies.pies, "shares": classes.shares}
    return [
        (f"thin-{k}", Panel(k, "t", "", draw=partial(f, UNEVEN, "t"))) for k, f in kinds.items()
    ]


PANELS = every_panel() + thin_slices()


@pytest.fixture(scope="module", params=[p for _, p in PANELS], ids=[name for name, _ in PANELS])
def figure(request):
    with style.styled():
        drawn = request.param.draw()
    FigureCanvasAgg(drawn)
    drawn.set_dpi(100)
    with style.styled():
        drawn.canvas.draw()
    return drawn


def texts_of(figure):
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def shown(figure):
    """Texts with their boxes in pixels; tick labels outside of their axes are not drawn."""
    hidden = set()
    for axes in figure.axes:
        if not axes.get_visible() or not axes.axison:
            hidden |= set(axes.get_xticklabels() + axes.get_yticklabels())
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                    hidden |= {tick.label1, tick.label2}
    found = [t for t in texts_of(figure) if t not in hidden]
    return [(t, t.get_window_extent()) for t in found if t.axes is None or t.axes.get_visible()]


def test_nothing_is_cut_off_and_no_text_lies_on_another(figure):
    width, height = figure.bbox.width, figure.bbox.height
    boxes = shown(figure)
    for text, box in boxes:
        assert box.x0 >= -1, text.get_text()
        assert box.y0 >= -1, text.get_text()
        assert box.x1 <= width + 1, text.get_text()
        assert box.y1 <= height + 1, text.get_text()
    level = [(text, box) for text, box in boxes if text.get_rotation() in (0, 90)]
    for number, (text, box) in enumerate(level):
        for other, beside in level[:number]:
            across = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            along = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            assert across < 1 or along < 2, (text.get_text(), other.get_text())


def test_text_is_at_least_eight_points_on_a_page_of_seven_inches(figure):
    assert figure.get_size_inches()[0] == 7
    assert figure.get_size_inches()[1] <= 9.5  # a page's text
    assert min(text.get_fontsize() for text in texts_of(figure)) >= 8


def test_each_figure_has_its_title_and_n(figure):
    assert any(", n = " in text.get_text() for text in texts_of(figure))


def luminance(colour):
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(first, second):
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_splits_can_be_told_apart_in_grey_and_without_colour():
    colours, hatches, markers = zip(*style.SPLITS.values(), strict=True)
    greys = sorted(np.dot(to_rgb(c), (0.299, 0.587, 0.114)) for c in colours)
    assert min(np.diff(greys)) > 0.15
    assert len(set(hatches)) == len(set(markers)) == 3


def test_every_emotion_has_its_own_colour_of_okabe_and_ito():
    okabe_ito = {"#000000", "#E69F00", "#56B4E9", "#009E73"}
    okabe_ito |= {"#F0E442", "#0072B2", "#D55E00", "#CC79A7"}
    assert set(style.EMOTION_COLOURS) == set(EMOTIONS)
    assert set(style.EMOTION_COLOURS.values()) == okabe_ito


@pytest.mark.parametrize("percent", range(0, 101, 2))
def test_text_in_a_table_stands_out_from_its_shade(percent):
    figure = tables.heat_map(np.array([[percent, 100 - percent]]), ["a"], ["b", "c"], "t")
    image = figure.axes[0].images[0]
    shades = image.to_rgba(image.get_array())[0, :, :3]
    for shade, text in zip(shades, figure.axes[0].texts, strict=True):
        assert contrast(to_hex(shade), to_hex(text.get_color())) >= 4.5  # WCAG 2.1, level AA


def test_bars_carry_their_counts():
    with style.styled():
        figure = classes.bars(UNEVEN, "t")
    numbers = [text.get_text() for text in figure.axes[0].texts]
    assert numbers == [f"{n:,}" for n in UNEVEN.table.ravel()]
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["train, n = 16,548", "val, n = 40", "test, n = 503"]


def test_every_split_has_a_pie_and_every_slice_its_share():
    with style.styled():
        figure = pies.pies(UNEVEN, "t")
    for axes, counts in zip(figure.axes[1:], UNEVEN.table, strict=True):
        slices = [p for p in axes.patches if isinstance(p, Wedge)]
        found = {text.get_text() for text in axes.texts[1:]}
        expected = {
            f"{name}\n{style.share(n / counts.sum())}"
            for name, n in zip(EMOTIONS, counts, strict=True)
            if n
        }
        assert found == expected
        assert sum(s.theta2 - s.theta1 for s in slices) == pytest.approx(360)


def test_labels_are_spaced_and_kept_inside():
    assert spaced([0.0, 1.0], 0.3, -1, 1) == [0.0, 1.0]
    assert spaced([0.0, 0.1, 0.2], 0.3, -1, 1) == pytest.approx([0, 0.3, 0.6])
    assert spaced([0.9, 0.95, 5.0], 0.3, -1, 1) == pytest.approx([0.4, 0.7, 1])
    assert spaced([0.0] * 5, 0.6, -1, 1) == pytest.approx([-1, -0.5, 0, 0.5, 1])
    assert spaced([], 0.3, -1, 1) == []


def test_boxes_stand_at_the_percentiles():
    with style.styled():
        figure = charts.boxes(["a"], np.array([[1.0, 2, 3, 4, 9]]), "t", 5, "x")
    lines = [line.get_xdata().tolist() for line in figure.axes[0].lines]
    assert [3, 3] in lines
    assert [2, 1] in lines
    assert [4, 9] in lines


def test_a_share_that_is_not_zero_is_never_printed_as_zero():
    assert [style.share(s) for s in (0, 0.0001, 0.0005, 0.1234, 1)] == [
        "0.0 %",
        "< 0.1 %",
        "0.1 %",
        "12.3 %",
        "100.0 %",
    ]


def test_long_names_lose_their_middle():
    assert style.shortened("abcdefghij", 10) == "abcdefghij"
    assert style.shortened("abcdefghijk", 10) == "abcd…ghijk"


def test_pictures_keep_their_proportions_and_values():
    with style.styled():
        _, axes = style.sheet("t", 1, 2)
        style.place(axes, np.zeros((10, 20, 3), np.uint8), 1, 1, 1)
    assert axes.images[0].get_extent() == pytest.approx([1, 2, 1.75, 1.25])
    assert axes.images[0].get_clim() == (0, 255)


def test_the_same_figure_gives_the_same_bytes_whatever_the_user_has_set():
    def png():
        with style.styled():
            return style.as_png(classes.shares(UNEVEN, "t"))

    first = png()
    with rc_context({"font.size": 30, "figure.facecolor": "red", "savefig.dpi": 10}):
        second = png()
    assert first == second
    assert Image.open(BytesIO(first)).size[0] == 7 * style.DPI


def test_one_original_alone_can_be_drawn():
    with style.styled():
        figure = faces.versions({"anger": pictures(2)[0]}, "t", 1)
    headings = [text.get_text() for text in figure.axes[0].texts]
    assert headings.count("original") == 1

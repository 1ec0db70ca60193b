"""What each chart and sheet of an exploration shows, checked on numbers made by hand."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from matplotlib.colors import to_hex

from mien.report.explore.drawing import charts, classes, faces, style, tables
from mien.report.explore.numbers.classes import Counts

GREY = np.full((8, 8), 200, np.uint8)


@pytest.fixture(autouse=True)
def as_drawn():
    with style.styled():
        yield


def texts(axes):
    return [text.get_text() for text in axes.texts]


def labels(axis):
    return [text.get_text() for text in axis.get_ticklabels()]


def test_a_heat_map_has_share_count_and_names_in_their_place():
    figure = tables.heat_map(np.array([[3, 1], [0, 0]]), ["a", "b"], ["c", "d"], "Title")
    axes, scale = figure.axes
    assert texts(axes) == ["75 %\n3", "25 %\n1", "0 %\n0", "0 %\n0"]
    assert [text.get_position() for text in axes.texts] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert labels(axes.yaxis) == ["a\nn = 4", "b\nn = 0"]
    assert labels(axes.xaxis) == ["c", "d"]
    assert np.asarray(axes.images[0].get_array()).tolist() == [[0.75, 0.25], [0, 0]]
    assert axes.images[0].get_clim() == (0, 1)
    assert scale.get_ylabel() == "share of the label"
    assert figure.get_suptitle() == "Title, n = 4"


def test_copies_are_counted_and_shared_out():
    across, held = np.array([[2, 1], [1, 0]]), np.array([8, 2])
    figure = tables.copy_counts(np.array([2, 3, 2]), across, held, ["train", "test"], "t", 10)
    left, right = figure.axes
    assert [bar.get_height() for bar in left.patches] == [2, 1]
    assert labels(left.xaxis) == ["2", "3"]
    assert texts(right) == ["25.0 %\n(2)", "12.5 %\n(1)", "50.0 %\n(1)", "0.0 %\n(0)"]
    assert labels(right.yaxis) == ["train\nn = 8", "test\nn = 2"]


def test_entropies_have_a_panel_a_class_on_one_scale():
    bits = [np.array([0.0, 0, 1]), np.array([2.0]), *[np.zeros(2)] * 3]
    figure = tables.entropies(list("abcde"), bits, "t")
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == 5
    assert shown[0].get_title(loc="left") == "a, n = 3\nmedian 0.00"
    assert [axes.lines[0].get_xdata()[0] for axes in shown[:2]] == [0, 2]
    heights = shown[0].patches[0].get_data().values
    assert heights.sum() == pytest.approx(1)
    assert heights[0] == pytest.approx(2 / 3)
    assert len({axes.get_ylim() for axes in shown}) == 1
    assert figure.get_suptitle() == "t, n = 10"


def test_counted_bars_have_count_and_share():
    axes = charts.counted_bars(["a", "b" * 50], [3, 0], "t", 4, "pictures").axes[0]
    assert texts(axes) == ["3 (75.0 %)", "0 (0.0 %)"]
    assert [bar.get_width() for bar in axes.patches] == [3, 0]
    assert labels(axes.yaxis) == ["a", f"{'b' * 16}…{'b' * 17}"]


def test_sizes_stand_at_width_and_height_and_larger_marks_are_more_pictures():
    sizes = np.array([[10, 20, 1], [30, 5, 3], [30, 5, 3], [40, 5, 3]])
    axes = charts.shapes(sizes, "t").axes[0]
    grey, colour = axes.collections
    assert grey.get_offsets().tolist() == [[20, 10]]
    assert colour.get_offsets().tolist() == [[5, 30], [5, 40]]
    assert colour.get_sizes()[0] > colour.get_sizes()[1]
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["grey, n = 1", "colour, n = 3"]


def test_a_line_of_grey_levels_and_pictures_for_each_treatment():
    share = np.zeros(256)
    share[[10, 11, 12, 255]] = 0.1, 0.2, 0.1, 0.6
    shown = {"as it is": [GREY, GREY], "after": [GREY, 255 - GREY]}
    figure = charts.equalised({"as it is": share, "after": share[::-1]}, shown, "t", 7)
    lines = [axes for axes in figure.axes if axes.patches]
    pictures = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title(loc="left") for axes in lines] == ["as it is", "after"]
    assert lines[0].patches[0].get_data().values[255] == 0.6
    assert lines[0].get_ylim() == pytest.approx((0, 0.11))  # a tenth over the third highest
    assert len(pictures) == 4
    assert np.asarray(pictures[3].images[0].get_array()).max() == 55
    assert {axes.images[0].get_clim() for axes in pictures} == {(0, 255)}


def test_shares_stand_at_their_split_with_intervals_that_hold_them():
    counts = Counts(("train", "test"), ("anger", "fear"), np.array([[3, 1], [0, 4]]))
    axes = classes.shares(counts, "t").axes[0]
    train, test = (line for line in axes.lines if line.get_label().startswith("t"))
    assert train.get_xdata().tolist() == [0.75, 0.25]
    assert test.get_xdata().tolist() == [0, 1]
    assert to_hex(train.get_markerfacecolor()).upper() == style.BLUE
    bars = [segment for c in axes.collections for segment in c.get_segments()]
    assert len(bars) == 4
    for share, bar in zip([0.75, 0.25, 0, 1], bars, strict=True):
        assert bar[0, 0] - 1e-9 <= share <= bar[1, 0] + 1e-9
        assert bar[0, 0] < bar[1, 0]


def test_a_grid_has_a_row_a_name():
    axes = faces.grid({"a": [GREY, GREY], "b": [GREY]}, "t", 3).axes[0]
    assert texts(axes) == ["t, n = 3", "a", "b"]
    places = [image.get_extent() for image in axes.images]
    assert places[0][0] == places[2][0]
    assert places[0][3] == places[1][3] < places[2][3]


def test_versions_stand_to_the_right_of_their_original():
    axes = faces.versions({name: [GREY] * 5 for name in "abc"}, "t", 3).axes[0]
    lefts = [image.get_extent()[0] for image in axes.images]
    assert len(lefts) == 15
    assert lefts[:5] == sorted(lefts[:5])
    assert min(lefts[10:]) > 3.5  # the second column of rows
    assert texts(axes).count("augmented") == 2


def test_captions_stand_below_their_pictures():
    axes = faces.captioned([(GREY, "one\ntwo"), (GREY, "three")], "t", 2).axes[0]
    for image, text in zip(axes.images, axes.texts[1:], strict=True):
        left, right, bottom, _ = image.get_extent()
        x, y = text.get_position()
        assert y > bottom
        assert x == pytest.approx((left + right) / 2)


def test_strips_have_a_heading_a_row_and_no_picture_leaves_the_page():
    rows = {"darkest": [(GREY, "x\n1")] * 6, "brightest": [(GREY, "y\n2")]}
    axes = faces.strips(rows, "t", 7).axes[0]
    assert [t for t in texts(axes) if "est" in t] == ["darkest", "brightest"]
    assert len(axes.images) == 7
    assert max(image.get_extent()[1] for image in axes.images) < style.WIDTH


def test_maps_share_one_scale():
    shown = {"a": np.zeros((4, 4)), "b": np.full((4, 4), 60.0)}
    figure = faces.maps(shown, "t", 2, "gray", "grey level")
    images = [axes.images[0] for axes in figure.axes if axes.images]
    assert [image.get_clim() for image in images] == [(0, 60), (0, 60)]
    assert figure.axes[-1].get_ylabel() == "grey level"


def test_equal_maps_are_drawn_too():
    figure = faces.maps({"a": np.full((4, 4), 7.0)}, "t", 1, style.SHADES, "x")
    assert figure.axes[0].images[0].get_clim() == (7, 8)

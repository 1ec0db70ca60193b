"""Figures and tables of a robustness grid, and the documentation's table of levels."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_grids import answers
from PIL import Image

pytest.importorskip("matplotlib")

from rich.console import Console

from mien.evaluation.robustness import Grid, compare, result
from mien.report import robustness
from mien.report.robustness.sheet import sheet_figure
from mien.report.robustness.table import middle_level, title
from mien.transforms.corruptions import CORRUPTIONS

DOCS = Path(__file__).parents[2] / "docs" / "robustness.md"
RNG = np.random.default_rng(0)


def made(grid: Grid, best: float = 0.9, model: str = "made") -> dict[str, Any]:
    shares = [best, *(best - 0.03 * place for place, _ in enumerate(grid.cells()))]
    right = [(RNG.random(200) < max(share, 0.1)).astype(int).tolist() for share in shares]
    return result(answers(right, grid, model=model), grid, False)


GRID = Grid.of(["noise", "jpeg", "rotation", "lower_face_mask", "shift"], "1,3,5")
FOUND = made(GRID)
REPORT = FOUND["heads"]["seven"]["seven"]["official"]
OTHER = made(GRID, 0.7, "other")


def test_curves_go_from_the_clean_accuracy_through_every_level() -> None:
    figure = robustness.curves_figure(REPORT, "made, seven labels")
    panels = {axes.get_title(loc="left"): axes for axes in figure.axes}
    assert list(panels) == ["noise", "JPEG", "rotation", "shift", "lower face mask"]
    line = panels["JPEG"].lines[0]
    assert line.get_xdata().tolist() == [0, 1, 3, 5]
    scores = [REPORT["clean"], *REPORT["cells"]["jpeg"].values()]
    assert line.get_ydata().tolist() == [one["accuracy"] for one in scores]
    band = panels["JPEG"].collections[0].get_paths()[0].vertices[:, 1]
    assert {band.min(), band.max()} == {
        min(one["interval"][0] for one in scores),
        max(one["interval"][1] for one in scores),
    }
    assert "n = 200" in figure.get_suptitle()


def test_a_baseline_is_dashed_beside_it() -> None:
    other = OTHER["heads"]["seven"]["seven"]["official"]
    figure = robustness.curves_figure(REPORT, "made", ("other", other))
    ours, theirs = figure.axes[1].lines
    assert (ours.get_linestyle(), theirs.get_linestyle()) == ("-", "--")
    assert theirs.get_ydata()[0] == other["clean"]["accuracy"]
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == [
        "this model",
        "other",
    ]


def test_drops_are_sorted_and_carry_their_number_and_interval() -> None:
    (axes,) = robustness.drops_figure(REPORT, "made, seven labels").axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    lost = {title(name): one["3"]["drop_points"] for name, one in REPORT["cells"].items()}
    assert names == sorted(lost, key=lambda name: -lost[name])
    assert [bar.get_width() for bar in axes.patches] == [lost[name] for name in names]
    assert [text.get_text() for text in axes.texts] == [f"{lost[name]:.1f}" for name in names]
    jpeg = axes.lines[names.index("JPEG")]
    assert list(jpeg.get_xdata()) == REPORT["cells"]["jpeg"]["3"]["drop_interval"]
    assert "level 3" in axes.get_title()


@pytest.mark.parametrize(
    ("levels", "expected"), [("12345", "3"), ("13", "3"), ("12", "1"), ("245", "4"), ("5", "5")]
)
def test_drops_are_shown_at_level_3_or_the_middle_one(levels: str, expected: str) -> None:
    assert middle_level({"levels": dict.fromkeys(levels)}) == expected


def test_names_are_written_out() -> None:
    assert title("gaussian_blur") == "Gaussian blur"


def test_the_sheet_shows_every_corruption_at_every_level_once_named() -> None:
    (axes,) = robustness.drawn_sheet().axes
    assert len(axes.images) == 16 * 6
    words = [text.get_text() for text in axes.texts]
    assert {title(name) for name in CORRUPTIONS} <= set(words)
    assert words.count("as it is") == words.count("5") == 2
    places = {tuple(np.round(image.get_extent(), 3)) for image in axes.images}
    assert len(places) == 96
    right, bottom = axes.get_xlim()[1], axes.get_ylim()[0]
    assert all(e[1] <= right and e[2] <= bottom for e in places)


def test_a_sheet_of_one_row_has_one_column() -> None:
    faces = [np.zeros((8, 8), np.uint8)] * 2
    assert sheet_figure({"noise": faces}, (0, 1)).get_figwidth() < 3
    assert sheet_figure({"noise": faces, "jpeg": faces}, (0, 1)).get_figwidth() > 4


def test_all_pictures_are_written(tmp_path: Path) -> None:
    against = {**FOUND, "baseline": compare(FOUND, OTHER)}
    paths = robustness.draw(tmp_path, against, OTHER)
    names = ("corruptions", "drops_seven", "robustness_seven")
    expected = sorted(tmp_path / f"{name}.{form}" for name in names for form in ("png", "svg"))
    assert sorted(paths) == sorted(tmp_path.iterdir()) == expected
    for path in tmp_path.glob("*.png"):
        with Image.open(path) as picture:
            assert np.asarray(picture.convert("L")).std() > 5


def test_the_table_by_hand() -> None:
    text = robustness.markdown(REPORT)
    lines = text.splitlines()
    assert lines[0] == ("| corruption | level 1 | level 3 | level 5 | mean | points lost (95 %) |")
    (jpeg,) = (line for line in lines if line.startswith("| JPEG"))
    scores = [*REPORT["cells"]["jpeg"].values(), REPORT["corruptions"]["jpeg"]]
    last = scores[-1]
    low, high = last["drop_interval"]
    assert [cell.strip() for cell in jpeg.split("|")[2:-1]] == [
        *(f"{100 * one['accuracy']:.1f}" for one in scores),
        f"{last['drop_points']:.1f} ({low:.1f} to {high:.1f})",
    ]
    assert "| mean of all |" in text
    assert lines[-1].startswith("Accuracy in per cent, n = 200; clean pictures: ")


def test_the_table_has_the_errors_relative_to_a_baseline() -> None:
    relative = compare(FOUND, OTHER)["heads"]["seven"]["seven"]["official"]
    relative["corruptions"]["jpeg"]["relative_ce"] = None
    lines = robustness.markdown(REPORT, relative).splitlines()
    assert lines[0].endswith("| CE | relative CE |")
    (jpeg,) = (line for line in lines if line.startswith("| JPEG"))
    assert jpeg.endswith(f"| {relative['corruptions']['jpeg']['ce']:.2f} | – |")
    (mean,) = (line for line in lines if line.startswith("| mean of all"))
    assert mean.endswith(f"| {relative['mce']:.2f} | {relative['relative_mce']:.2f} |")


def test_the_whole_table_fits_a_terminal_of_eighty_columns() -> None:
    ours = made(Grid.of())
    relative = compare(ours, ours)["heads"]["seven"]["seven"]["official"]
    console = Console(width=80)
    with console.capture() as shown:
        report = ours["heads"]["seven"]["seven"]["official"]
        console.print(robustness.scores_table(report, relative))
    text = shown.get()
    assert "…" not in text
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "lower face mask" in text


def test_the_documentation_has_the_table_of_the_code() -> None:
    assert robustness.levels_markdown() in DOCS.read_text(encoding="utf-8")


def test_few_people_have_a_table_and_pictures_without_intervals() -> None:
    right = [[1] * 20, [1] * 15 + [0] * 5]
    grid = Grid.of(["noise"], "1")
    found = result(answers(right, grid, [f"s{i % 2}" for i in range(20)]), grid, False)
    report = found["heads"]["seven"]["seven"]["official"]
    text = robustness.markdown(report)
    assert "| noise | 75.0 | 75.0 | 25.0 (–) |" in text
    assert "mean over the levels; no interval: fewer than 5 people." in text
    (panel,) = robustness.curves_figure(report, "made").axes
    assert not panel.collections
    assert panel.lines[0].get_ydata().tolist() == [1, 0.75]
    (axes,) = robustness.drops_figure(report, "made").axes
    assert [text.get_text() for text in axes.texts] == ["25.0"]
    assert list(axes.lines[0].get_xdata()) == [25, 25]

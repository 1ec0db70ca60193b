"""Figures of a robustness grid: a curve for each corruption, and what each costs."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.report import figures
from mien.report.robustness.sheet import drawn_sheet
from mien.report.robustness.table import middle_level, title
from mien.report.tables import decimal, protocol_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 4
Report = Mapping[str, Any]
"""One head's numbers on one protocol and kind of rows, see ``mien.evaluation.robustness``."""


def draw(folder: Path, result: Report, baseline: Report | None = None) -> list[Path]:
    """Draw the curves and drops of each head, on all rows of its own labels, and the sheet.

    Args:
        folder: where the pictures go.
        result: content of ``robustness.json``.
        baseline: content of the baseline's; its curves are dashed.

    Returns:
        The paths of the pictures.
    """
    drawn = {"corruptions": drawn_sheet(result["grid"]["corruptions"], result["grid"]["levels"])}
    for head, protocols in result["heads"].items():
        for protocol, kinds in protocols.items():
            names = f"{result['model']}, {protocol_words(protocol)} labels"
            other = _of_baseline(result, baseline, head, protocol)
            drawn[f"robustness_{head}"] = curves_figure(kinds["official"], names, other)
            drawn[f"drops_{head}"] = drops_figure(kinds["official"], names)
    paths = [folder / f"{name}.{form}" for name in drawn for form in figures.FORMS]
    for path in paths:
        figures.save(drawn[path.stem], path)
    return paths


def curves_figure(
    report: Report, names: str, baseline: tuple[str, Report] | None = None
) -> "Figure":
    """Draw accuracy against level, a panel a corruption, with its 95 % interval as a band.

    Args:
        report: one head's numbers.
        names: of the model and its labels, for the title.
        baseline: name and numbers of another model, which is drawn dashed.
    """
    cells = report["cells"]
    lines = -(-len(cells) // COLUMNS)
    figure = figures.blank(10, 0.9 + 2.05 * lines)
    first: Axes | None = None
    for number, name in enumerate(cells):
        axes = figure.add_subplot(lines, COLUMNS, number + 1, sharex=first, sharey=first)
        first = first or axes
        _curve(axes, report, name)
        if baseline is not None:
            levels, scores = _along(baseline[1], name)
            shares = [one["accuracy"] for one in scores]
            axes.plot(levels, shares, "--s", color=figures.ORANGE, markersize=3, label=baseline[0])
        axes.set_title(title(name), fontsize=10, loc="left")
        axes.tick_params(
            labelleft=number % COLUMNS == 0, labelbottom=number + COLUMNS >= len(cells)
        )
    if first is not None:
        first.yaxis.set_major_formatter(figures.percent)
        first.set_xticks([0, *(int(level) for level in report["levels"])])
        if baseline is not None:
            first.legend(fontsize=8, frameon=False)
    figure.supxlabel("level (0: the picture as it is)", fontsize=10)
    figure.supylabel("accuracy", fontsize=10)
    figure.suptitle(f"Accuracy on worse pictures: {names}, n = {report['n']:,}", fontsize=11)
    return figure


def _curve(axes: "Axes", report: Report, name: str) -> None:
    levels, scores = _along(report, name)
    spans = [one["interval"] for one in scores]
    if None not in spans:  # there are enough people
        low, high = zip(*spans, strict=True)
        axes.fill_between(levels, low, high, color=figures.SKY, alpha=0.4, linewidth=0)
    shares = [one["accuracy"] for one in scores]
    axes.plot(levels, shares, "-o", color=figures.BLUE, markersize=3, label="this model")
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def _along(report: Report, name: str) -> tuple[list[int], list[Mapping[str, Any]]]:
    """Return the levels of a corruption from 0 on, and the scores there."""
    levels = report["cells"][name]
    return [0, *(int(level) for level in levels)], [report["clean"], *levels.values()]


def drops_figure(report: Report, names: str) -> "Figure":
    """Draw how many points of accuracy each corruption costs at the middle level, worst first.

    Args:
        report: one head's numbers.
        names: of the model and its labels, for the title.
    """
    level = middle_level(report)
    scores = {name: levels[level] for name, levels in report["cells"].items()}
    worst = sorted(scores, key=lambda name: -scores[name]["drop_points"])
    drops = [scores[name]["drop_points"] for name in worst]
    ends = [scores[name]["drop_interval"] or [scores[name]["drop_points"]] * 2 for name in worst]
    figure = figures.blank(7, 1.3 + 0.3 * len(worst))
    axes = figure.add_subplot()
    axes.barh(range(len(worst)), drops, color=figures.SKY, edgecolor="black", linewidth=0.6)
    for place, (low, high) in enumerate(ends):
        axes.plot((low, high), (place, place), color="black", linewidth=1.2)
        axes.annotate(
            decimal(drops[place]),
            (max(high, 0), place),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_yticks(range(len(worst)), [title(name) for name in worst])
    axes.set(ylim=(len(worst) - 0.5, -0.5), xlabel="points of accuracy lost (line: 95 % interval)")
    axes.margins(x=0.08)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    clean, n = report["clean"]["accuracy"], report["n"]
    axes.set_title(
        f"Lost at level {level} of 5: {names}\nclean {100 * clean:.1f} %, n = {n:,}", fontsize=10
    )
    return figure


def _of_baseline(
    result: Report, baseline: Report | None, head: str, protocol: str
) -> tuple[str, Report] | None:
    """Return the baseline's name and numbers on the same labels, where it has some."""
    pairs = result.get("baseline", {}).get("heads", {}).get(head, {}).get(protocol, {})
    if baseline is None or "official" not in pairs:
        return None
    other = baseline["heads"][pairs["official"]["head"]][protocol]["official"]
    return str(baseline["model"]), other

"""How a model does on worse pictures, from ``robustness.json``."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mien.report.account.pieces import Missing, Picture, Section, Table, Told
from mien.report.account.story import Story
from mien.report.account.words import FEW, ends, labels, listed, percent
from mien.report.robustness.figures import curves_figure, drops_figure
from mien.report.robustness.table import caption, headers, rows, title

WORST = 3


def robust(story: Story) -> Told:
    """Return the section, or what is missing; told of the first seed's run."""
    result = story.on.parts.get("robustness") if story.on else None
    if result is None:
        return Missing("robustness", story.first.command("robustness", story.on))
    each = list(_each(result, story.in_order(result["heads"])))
    note = f"{sample(result)}; for all leave --rows away" if sample(result) else ""
    return Section(
        id="robustness",
        title="On worse pictures",
        text=tuple(sentence(story.before(head), result, report) for head, _, report, _ in each),
        tables=tuple(_table(head, protocol, *rest) for head, protocol, *rest in each),
        pictures=tuple(p for head, protocol, report, _ in each for p in _pictures(
            result, head, protocol, report)),
        notes=tuple(filter(None, (
            "CE: a corruption's errors over all levels as a share of the baseline's "
            f"({result['baseline']['model']}); the mean is mCE (Hendrycks & Dietterich 2019)"
            if "baseline" in result else "", note,
            f"seed of the corruptions' random numbers: {result['grid']['seed']}"))),
    )  # fmt: skip


def sample(result: Mapping[str, Any]) -> str:
    """Say of how many pictures a sample is; empty where all were scored."""
    grid = result["grid"]
    return f"a sample of {grid['rows']:,} pictures, drawn by lot" if grid.get("sampled") else ""


def _each(result: Mapping[str, Any], heads: Sequence[str]) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield head, protocol, numbers and those relative to a baseline, where there is one."""
    relative = result.get("baseline", {}).get("heads", {})
    for head in heads:
        for protocol, kinds in result["heads"][head].items():
            against = relative.get(head, {}).get(protocol, {}).get("official")
            yield head, protocol, kinds["official"], against


def sentence(before: str, result: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    """Say how much worse pictures cost on average, and which cost most."""
    mean, each = report["mean"], report["corruptions"]
    worst = sorted(each, key=lambda name: -each[name]["drop_points"])[:WORST]
    said = listed(f"{title(name)} ({each[name]['drop_points']:.1f})" for name in worst)
    around = mean["drop_interval"]
    span = f"95 % {around[0]:.1f}–{around[1]:.1f}" if around else FEW
    grid = f"{len(each)} corruptions at {len(result['grid']['levels'])} levels"
    part = f"on {sample(result)}, " if sample(result) else ""
    return (
        f"{before}Of {percent(report['clean']['accuracy'])} on clean pictures "
        f"{percent(mean['accuracy'])} is left on average over {grid}: {mean['drop_points']:.1f} "
        f"points less ({part}{span}, n = {report['n']:,}). Most is "
        f"lost, in points, by {said}."
    )


def _table(head: str, protocol: str, report: Any, against: Any) -> Table:
    told = f"Head {head}, {labels(protocol)}. {caption(report).rstrip('.')}"
    cells = tuple(tuple(row) for row in rows(report, against))
    return Table(told, tuple(headers(report, against)), cells)


def _pictures(result: Mapping[str, Any], head: str, protocol: str, report: Any) -> list[Picture]:
    names = f"{result['model']}, {labels(protocol)}"
    around = report["mean"]["interval"]
    return [
        Picture(
            f"robustness_{head}",
            f"Accuracy of head {head} against the level of each corruption; on average over all "
            f"it is {percent(report['mean']['accuracy'])} ({ends(around)}).",
            f"Accuracy against level, head {head}, one panel a corruption; the band is the 95 % "
            "interval.",
            lambda: curves_figure(report, names),
        ),
        Picture(
            f"drops_{head}",
            f"Points of accuracy that each corruption costs head {head}, the worst first; the "
            "numbers stand in the table.",
            f"What each corruption costs, head {head}.",
            lambda: drops_figure(report, names),
        ),
    ]

"""What is said below a table: what has no score and why, and what a reader must know."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mien.report.compare import words
from mien.report.compare.numbers import COMMON, duration
from mien.report.compare.record import Run, Scored
from mien.report.compare.tables import Table
from mien.report.compare.words import HASH, is_whole_fer2013

Say = Callable[[Path], str]
"""How a run's folder is written in a note."""

KINDS = (
    "official: every row of the test split that has a label; dedup: those without a "
    "byte-identical picture in training; both from the same answers. In brackets or below: the "
    "95 % interval that the choice of test pictures leaves open."
)
TRAINED = (
    "full-trained: all 28,709 Training rows of FER-2013; clean-trained: the 28,006 without a "
    "copy in validation or test."
)
SPREAD = "± is the sample standard deviation over seeds."
TIME = "Time is that of one run, on average. The best epoch was chosen on validation."


def legend_of(tables: Sequence[Table]) -> list[str]:
    """Return what is said below all tables: of what stands in them, no more."""
    rows = [row for table in tables for row in table.rows]
    needed = {
        KINDS: any(row.official for row in rows),
        TRAINED: any(is_whole_fer2013(row.record) for row in rows),
        SPREAD: any(len(row.seeds) > 1 for row in rows),
        TIME: True,
    }
    return [line for line, wanted in needed.items() if wanted]


def notes_of(table: Table, say: Say = str) -> list[str]:
    """Return the notes of a table, most pressing first.

    Args:
        table: what they are about.
        say: how a run's folder is written.
    """
    silent = [run for row in table.rows if row.official is None for run in row.runs]
    found = [*(_without(run, say) for run in silent), *_hashes(table), *_masked(table)]
    return list(dict.fromkeys([*found, *_common(table), *_untested(table, say)]))


def _untested(table: Table, say: Say) -> Iterator[str]:
    """Say of which rows no difference was tested, and why."""
    if len([row for row in table.rows if row.official]) < 2:
        return
    if not table.tests:
        yield "no difference between two rows was tested for significance"
    for row, reason in table.untested:
        yield f"{words.joined(say(run.source) for run in row.runs)}: not tested: {reason}"


def _without(run: Run, say: Say) -> str:
    """Say why a run has no score, and what to do about it."""
    record, state = run.record, run.record.state
    name = f"{record.config.name}, seed {record.config.seed}"
    if state.status == "finished":
        if record.tests:
            return f"{name}: no test picture has a label that it can be scored on"
        return f"{name}: not evaluated" + _command(run, "evaluate", say)
    pruned = state.status == "pruned"
    said = "stopped" if state.status == "failed" else "not finished"
    reason = "pruned by mien tune" if pruned else state.reason
    return (
        f"{name}: {said} after {state.epochs} of {record.config.train.epochs} epochs{_time(run)}"
        + (f" ({reason})" if reason else "")
        + ("" if pruned else _command(run, "train --resume", say))
    )


def _command(run: Run, words: str, say: Say) -> str:
    return f": mien {words} {say(run.source)}" if run.is_folder else ""


def _time(run: Run) -> str:
    """Say how long it ran, and how long all epochs take at that pace."""
    state, planned = run.record.state, run.record.config.train.epochs
    if not state.epochs or not state.hours:
        return ""
    whole = state.hours * planned / state.epochs
    return f" and {duration(state.hours)}; at this pace all of them take {duration(whole)}"


def _hashes(table: Table) -> Iterator[str]:
    """Say where rows were scored on different preparations of a dataset."""
    found: dict[str, list[str]] = {}
    for row in table.rows:
        if row.scored:
            found.setdefault(row.scored.sha256, []).append(row.record.config.name)
    if len(found) > 1:
        parts = (f"{sha[:HASH]} ({', '.join(dict.fromkeys(n))})" for sha, n in found.items())
        yield (
            f"different preparations of {table.data} were scored, the number of pictures is the "
            f"same: {'; '.join(parts)}"
        )
    for row in table.rows:
        scored, data = row.scored, row.record.data
        if scored and scored.name == data.name and scored.sha256 != data.sha256:
            yield _other(row.record.config.name, scored, data.sha256)


def _other(name: str, scored: Scored, learnt: str) -> str:
    return (
        f"{name}: scored on another preparation of {scored.name} ({scored.sha256[:HASH]}) than it "
        f"learnt from ({learnt[:HASH]})"
    )


def _masked(table: Table) -> Iterator[str]:
    reports = [report for row in table.rows if row.official for report in row.official.reports]
    masked = sorted({name for report in reports for name in report.masked})
    if masked:
        yield (
            f"labels without {', '.join(masked)}: its probability counts as 0; unmasked: it may be "
            "the answer"
        )


def _common(table: Table) -> Iterator[str]:
    if any(row.official and row.official.common_f1 for row in table.rows):
        yield (
            f"some classes have fewer than {COMMON} test pictures: macro-F1 ≥{COMMON} is the mean "
            "over the others"
        )

"""What cells say of a run, in words."""

from collections.abc import Iterable

from mien.report.compare.numbers import NONE, decimals, millions, percent
from mien.report.compare.record import Record
from mien.report.compare.rows import Row

SETS = {
    "fer2013": "FER-2013",
    "ferplus": "FER+",
    "rafdb": "RAF-DB",
    "ckplus": "CK+",
    "affectnet": "AffectNet",
    "jaffe": "JAFFE",
    "expw": "ExpW",
}
MONITORS = {"val_accuracy": "accuracy", "val_macro_f1": "macro-F1", "val_loss": "loss"}
FULL, CLEAN = 28_709, 28_006
"""Rows of FER-2013's Training, and those of them without a copy in validation or test."""
FULL_TRAINED, CLEAN_TRAINED = "full-trained", "clean-trained"
HASH = 12
"""Digits of a hash that are shown."""


def set_name(name: str) -> str:
    """Return a label set's name as people write it."""
    return SETS.get(name, name)


def learnt(record: Record) -> str:
    """Say which labels a run learnt."""
    return ", ".join(learnt_by(record, head) for head in sorted(record.config.data.heads))


def learnt_by(record: Record, head: str) -> str:
    """Say which labels a head of a run learnt."""
    name, data = set_name(head), record.data.heads.get(head)
    if data and data.votes:
        return f"{name} votes"
    of_votes = record.config.data.votes == "majority" and head == "ferplus"
    if of_votes and record.data.label_set != head:
        return f"{name} majority"
    return f"{name} labels"


def data_words(record: Record) -> str:
    """Say what a run learnt from and what was left out of it."""
    return f"{record.data.name}, {_what(record)}"


def data_short(row: Row) -> str:
    """Return the same, without the dataset's name where it is the one scored."""
    record, scored = row.record, row.scored
    same = scored is None or scored.name == record.data.name
    return _what(record) if same else data_words(record)


def _what(record: Record) -> str:
    fold = record.data.fold
    return _rows(record) + (f", without fold {fold.get('held_out')}" if fold else "")


def is_whole_fer2013(record: Record) -> bool:
    """Tell whether a run learnt from all of FER-2013's Training, with or without its copies."""
    return _rows(record) in (FULL_TRAINED, CLEAN_TRAINED)


def _rows(record: Record) -> str:
    data = record.data
    if data.label_set == "fer2013":
        if data.rows.train == FULL and not data.left_out:
            return FULL_TRAINED
        if data.rows.train == CLEAN and data.left_out == ("copies",):
            return CLEAN_TRAINED
    left_out = f" without {', '.join(data.left_out)}" if data.left_out else ""
    return f"{data.rows.train:,} pictures{left_out}"


def other_data(row: Row) -> str:
    """Say what other pictures than those of the scored dataset a row saw; empty: none."""
    model, data, scored = row.record.config.model, row.record.data, row.scored
    found = []
    if model.pretrained:
        imagenet = model.pretrained == "imagenet"
        found.append(f"weights of {'ImageNet' if imagenet else model.pretrained}")
    if model.weights:
        started = (data.started_from or "")[:HASH]
        found.append(f"weights of an earlier run {started}".rstrip())
    if scored is not None and scored.name != data.name:
        found.append(f"learnt from {data.name}")
    return ", ".join(found)


def other_short(row: Row) -> str:
    """Return the same in a word each."""
    model, scored, name = row.record.config.model, row.scored, row.record.data.name
    return joined(
        [
            "ImageNet" if model.pretrained == "imagenet" else "weights" if model.pretrained else "",
            "earlier run" if model.weights else "",
            name if scored and scored.name != name else "",
        ]
    )


def model_words(row: Row) -> str:
    """Return a network's name, with its width where that is not 1."""
    model = row.record.config.model
    return model.name if model.width == 1 else f"{model.name} (width {model.width:g})"


def input_words(row: Row) -> str:
    """Say what a network takes: ``48×48 grey``."""
    channels, height, width = row.record.network.input
    return f"{width}×{height} {'grey' if channels == 1 else 'RGB'}"


def parameters(row: Row) -> str:
    """Return the parameters, and how many of them learn where that is not all."""
    network = row.record.network
    if network.trained == network.parameters:
        return millions(network.parameters)
    return f"{millions(network.parameters)} ({millions(network.trained)} learn)"


def devices(row: Row) -> str:
    """Return what the runs of a row ran on: ``cpu``, ``gpu ×2``."""
    machines = (run.record.environment for run in row.runs)
    return joined(
        ("gpu" if machine.gpu else "cpu")
        + (f" ×{machine.processes}" if machine.processes > 1 else "")
        for machine in machines
    )


def machines(row: Row) -> str:
    """Return the names of these devices."""
    return joined(run.record.environment.gpu or run.record.environment.cpu for run in row.runs)


def commits(row: Row) -> str:
    """Return the commits that the runs of a row were trained at, shortened."""
    return joined(_short(run.record.environment.commit) for run in row.runs)


def _short(commit: str | None) -> str:
    """Return a commit shortened, ``—`` where there is none."""
    head, plus, changed = (commit or "").partition("+")
    return f"{head[:8]}{plus}{changed}" or NONE


def seeds(row: Row) -> str:
    """Return how many seeds a row has, and which."""
    return f"{seed_count(row)} ({', '.join(str(seed) for seed in row.seeds)})"


def seed_count(row: Row) -> str:
    """Return how many seeds a row has."""
    return "one" if len(row.seeds) == 1 else str(len(row.seeds))


def epochs(row: Row) -> str:
    """Return the epochs reached, and of how many where that is more: ``30``, ``21–28 of 30``."""
    low, high, planned = min(row.epochs), max(row.epochs), row.record.config.train.epochs
    shown = str(low) if low == high else f"{low}–{high}"
    return shown if low == planned else f"{shown} of {planned}"


def best(row: Row) -> str:
    """Return the best validation value and what it is of."""
    monitor = row.record.state.monitor or ""
    name = MONITORS.get(monitor, monitor)
    if row.best is None:
        return NONE
    if name == "accuracy":
        return f"{name} {percent(row.best)}\u00a0%"
    return f"{name} {decimals(row.best, 3 if name == 'macro-F1' else 4)}"


def joined(words: Iterable[str]) -> str:
    """Return what is known of several runs in one cell, each word once."""
    return ", ".join(dict.fromkeys(word for word in words if word))

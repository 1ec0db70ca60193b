"""Which settings two runs must share to be one experiment."""

import json

from mien.report.compare.record import Record

NOT_DECIDING = {
    "": ("seed", "machine", "tune"),
    "data": ("path",),
    "model": ("weights",),
    "train": ("histograms", "show_faces", "threads", "accelerator"),
}
"""Settings that may differ within a row; data and weights are compared by their hash."""


def settings_of(record: Record) -> str:
    """Return what decides the numbers of a run but its seed, as text that can be compared."""
    values = record.config.model_dump(mode="json")
    for section, names in NOT_DECIDING.items():
        part = values if not section else values[section]
        for name in names:
            part.pop(name, None)
    fold = values["data"].get("fold")
    if isinstance(fold, dict):
        fold.pop("file", None)
    return json.dumps(values, sort_keys=True)

"""Writing a prepared dataset with augmented copies of its training pictures.

Training is better served by copies that are drawn anew in each epoch (``mien train`` does so).
A written set is for programs that cannot, and for looking at what augmentation does.
"""

from pathlib import Path

from mien import runs
from mien.datasets.auditing.places import new_dataset
from mien.datasets.prepared import RECORD
from mien.datasets.rules import Rule
from mien.datasets.source import Progress
from mien.datasets.store import Summary, prepare
from mien.datasets.workspace import check_outside
from mien.transforms.augmented import Augmented

READER = "augment"


def write_augmented(
    source: Augmented, out: Path, *, overwrite: bool = False, progress: Progress | None = None
) -> Summary:
    """Write a dataset with its augmented copies, whole or not at all; the splits stay.

    ``dataset.json`` tells under ``augmented`` what was done.

    Raises:
        UsageError: ``out`` is the dataset itself, or lies in it.
        DataError: ``out`` exists, or it cannot be written.
    """
    check_outside(out, source.prepared.root)
    with new_dataset(out, overwrite) as folder:
        summary = prepare(
            source,
            folder,
            files=source.files,
            skip_bad=True,
            rule=Rule("official"),
            framing=source.framing,
            reader=READER,
            progress=progress,
        )
        split = source.prepared.record.get("split", summary.record["split"])
        record = summary.record | {"split": split, "augmented": source.told()}
        runs.write_json(folder / RECORD, record)
    return Summary(out, record, summary.audit)

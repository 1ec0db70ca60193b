"""``mien data audit``."""

from mien.cli.data.show import Folder, print_audit


def audit(folder: Folder) -> None:
    """Count duplicates, copies across splits, conflicting labels and unusable pictures."""
    from mien.datasets.audit import audit as count_all
    from mien.datasets.audit import group_ids
    from mien.datasets.prepared import PreparedSet

    opened = PreparedSet.open(folder)
    print_audit(
        count_all(group_ids(opened.manifest.hashes), opened.split, opened.labels, opened.flags)
    )

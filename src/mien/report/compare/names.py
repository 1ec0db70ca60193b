"""What tracks, label sets, protocols and measures are called."""

from mien.report.compare.rows import Track

SETS = {
    "fer2013": "FER-2013",
    "ferplus": "FER+",
    "rafdb": "RAF-DB",
    "ckplus": "CK+",
    "affectnet": "AffectNet",
    "jaffe": "JAFFE",
    "expw": "ExpW",
}
TRACKS = {
    ("fer2013",): "FER-2013 labels",
    ("ferplus",): "FER+ votes",
    ("fer2013", "ferplus"): "Both: FER-2013 labels and FER+ votes",
}
MONITORS = {"val_accuracy": "accuracy", "val_macro_f1": "macro-F1", "val_loss": "loss"}


def track_title(track: Track) -> str:
    """Return the title of a track."""
    return TRACKS.get(track) or f"{' and '.join(set_name(name) for name in track)} labels"


def set_name(name: str) -> str:
    """Return a label set's name as people write it."""
    return SETS.get(name, name)


def protocol_words(protocol: str) -> str:
    """Say against which labels was scored."""
    majority, _, without = protocol.partition("_majority")
    if majority == protocol:
        return f"{set_name(protocol)} labels"
    return f"{set_name(majority)} majority labels{without.replace('_', ' ')}"

"""Sentences beside scores: what was not scored, and what a model did not learn for."""

from collections.abc import Collection

from mien.datasets.framing import ALIGN, faces_of
from mien.datasets.prepared import PreparedSet
from mien.evaluation.predictions import Predictions


def unscored_note(predictions: Predictions, scored: Collection[str]) -> str:
    """Say which heads were not scored, in one sentence; empty where all were.

    Args:
        predictions: answers.
        scored: names of the heads that were.
    """
    left = [head for head in predictions.heads if head not in scored]
    if not left:
        return ""
    origin = predictions.origin
    return (
        f"not scored: {' and '.join(left)}, without a class of the labels in {origin.dataset} "
        f"{origin.split}"
    )


def framing_note(prepared: PreparedSet, faces: str) -> str:
    """Say where a model learnt from upright faces and the dataset has others, or the reverse.

    Args:
        prepared: what the model is scored on; its pictures are taken as they are.
        faces: how the faces that the model learnt from were cut out, see ``framing.faces_of``.

    Returns:
        One sentence; empty where they agree.
    """
    learnt, scored = (one == ALIGN for one in (faces, faces_of(prepared.record)))
    if learnt == scored:
        return ""
    told = {True: "turned upright", False: "as they stood"}
    return (
        f"the model learnt from faces {told[learnt]}, those of {prepared.name} were prepared "
        f"{told[scored]}: it is not scored on what it learnt for"
    )

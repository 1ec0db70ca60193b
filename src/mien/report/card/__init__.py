"""The model card: Markdown in the form of the Hugging Face hub, from a model's files alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mien.report.account.subject import of_file
from mien.report.card.front import licence_in
from mien.report.card.whole import card

__all__ = ["card", "card_of_file", "licence_in"]


def card_of_file(
    path: Path, about: Mapping[str, Any], folder: Path | None = None, licence: str = ""
) -> str:
    """Return the card of a model file, with what was evaluated of it.

    Args:
        path: where the file is.
        about: its metadata.
        folder: holds its evaluations, where there is one; else they are looked for beside it.
        licence: of the weights; empty keeps that of the card (``.md``) beside the file.
    """
    there = folder if folder is not None and folder.is_dir() else None
    subject = of_file(path, about, there)
    return card(subject, licence or licence_in(path.with_suffix(".md")))

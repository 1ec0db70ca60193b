"""All sections of an account, in the order in which it is told."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mien.errors import RunError
from mien.evaluation.predictions import Predictions
from mien.report.account.against import against
from mien.report.account.certain import certain
from mien.report.account.elsewhere import elsewhere
from mien.report.account.erring import class_pictures, erring
from mien.report.account.evaluated import of_file
from mien.report.account.grouped import grouped
from mien.report.account.origin import origin
from mien.report.account.pieces import Missing, Picture, Section, Told
from mien.report.account.robust import robust
from mien.report.account.scores import classes, scores
from mien.report.account.story import Story
from mien.report.learning import curves_picture
from mien.report.reading import reading

OF_ONE = ("certainty", "robustness", "elsewhere", "groups", "errors")
"""Sections that are told of the first seed's run alone."""
METRICS = "metrics.csv"
CURVES = "Loss and scores in training and validation, epoch by epoch, with the learning rate below"


def told(
    story: Story, others: Sequence[Predictions] = (), cross: Mapping[str, Any] | None = None
) -> list[Told]:
    """Return the sections of an account; those without their file are ``Missing``.

    Args:
        story: what is told of.
        others: other models' answers, to compare with.
        cross: content of a ``cross.json``.

    Raises:
        RunError: a file holds something else than it should.
    """
    if not story.heads:
        command = story.first.command("evaluate")
        return [Missing("scores, and all that rests on them", command), _origin(story)]
    parts: list[tuple[str, Callable[[Story], Told]]] = [
        ("metrics", scores),
        ("metrics", _classes),
        ("metrics", certain),
        ("robustness", robust),
        ("cross", lambda one: elsewhere(one, cross)),
        ("groups", grouped),
        ("errors", erring),
    ]
    found = [_part(story, name, make) for name, make in parts]
    ours = story.on.metrics.get("model_sha256") if story.on else None
    if different := [one for one in others if one.origin.model_sha256 != ours]:
        found.insert(1, against(story, different))
    return [*found, _origin(story), *story.first.refused]


def _part(story: Story, name: str, make: Callable[[Story], Told]) -> Told:
    folder = story.on.folder if story.on else Path()
    with of_file(folder / f"{name}.json", "evaluate" if name == "metrics" else name):
        found = make(story)
    if len(story.subjects) > 1 and isinstance(found, Section) and found.id in OF_ONE:
        return replace(found, notes=(f"told of seed {story.seeds[0]} alone", *found.notes))
    return found


def _classes(story: Story) -> Told:
    found = classes(story)
    return replace(found, pictures=tuple(class_pictures(story)))


def _origin(story: Story) -> Section:
    """Return where the model comes from, with the learning curves of a run."""
    found, path = origin(story), story.first.path
    if story.first.is_file or not (path / METRICS).is_file():
        return found
    rows = list(csv.DictReader((path / METRICS).read_text(encoding="utf-8").splitlines()))
    best, monitor = (story.first.origin.get(key) for key in ("best_epoch", "monitor"))
    kept = best + 1 if isinstance(best, int) and best >= 0 else None
    try:
        said = reading(rows, kept)
        figure = curves_picture(rows, said.text, kept, str(monitor or ""))
    except (KeyError, TypeError, ValueError, RunError) as error:
        raise RunError(f"{path / METRICS}: expected the metrics of a run: {error}") from None
    name = f"Learning curves, seed {story.seeds[0]}."
    picture = Picture("curves", f"{CURVES}. {said.text}", name, lambda: figure)
    return replace(found, text=(said.text,), pictures=(picture,))

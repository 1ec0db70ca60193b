"""Panels about votes: labels against their majority, and disagreement."""

import numpy as np

from mien.emotions import EMOTIONS
from mien.report.explore.drawing import tables
from mien.report.explore.material import Ints, Material
from mien.report.explore.numbers.votes import NO_MAJORITY, against, entropy
from mien.report.explore.panels.panel import Panel, pc, present

_WHY = "this dataset has no votes"


def panels(material: Material) -> list[Panel]:
    """Return the panels of votes."""
    return [_agreement(material), _entropy(material)]


def _agreement(material: Material) -> Panel:
    title = f"Labels ({material.record['label_set']}) against FER+ votes"
    how = (
        "The majority label of FER+ (Barsoum et al. 2016): single votes are dropped, and an "
        "emotion needs more than half of those left, votes for unknown and not-a-face included."
    )
    table = None if material.votes is None else against(material.labels, material.votes)
    if table is None or not table.any():
        return Panel("votes", title, how, missing=_WHY)
    rows = [k for k in range(len(EMOTIONS)) if table[k].any()]
    decided = table[:, :NO_MAJORITY]
    names = [EMOTIONS[k] for k in rows]
    return Panel(
        "votes",
        title,
        how,
        int(table.sum()),
        _kept(decided),
        "A table in shades: for each label, the share of each majority of the votes.",
        lambda: tables.heat_map(table[rows], names, [*EMOTIONS, "no majority"], title),
    )


def _kept(decided: Ints) -> str:
    """Say how many labels the majority confirms, and which class it confirms least."""
    totals, same = decided.sum(axis=1), np.diag(decided)
    if not totals.any():
        return "No picture has a majority."
    all_of_them = f"{int(same.sum()):,} of the {int(totals.sum()):,} pictures with a majority"
    kept = np.where(totals > 0, same / np.maximum(totals, 1), 2.0)
    worst = int(kept.argmin())
    others = np.where(np.arange(NO_MAJORITY) == worst, -1, decided[worst])
    more = (
        f"; {EMOTIONS[worst]} keeps it least ({pc(kept[worst])}) and most often becomes "
        f"{EMOTIONS[int(others.argmax())]} ({pc(others.max() / totals[worst])})"
        if kept[worst] < 1
        else ""
    )
    return f"{all_of_them} ({pc(same.sum() / totals.sum())}) keep their label{more}."


def _entropy(material: Material) -> Panel:
    title = "How much voters disagree on each class"
    how = (
        "Entropy (Shannon 1948) of all ten choices as they were cast, in bits: 0 where all agree, "
        "3.32 where each choice has as many votes. The dashed line is the median."
    )
    if material.votes is None:
        return Panel("entropy", title, how, missing=_WHY)
    bits = entropy(material.votes)
    voted = ~np.isnan(bits) & (material.labels >= 0)
    labels, bits = material.labels[voted], bits[voted]
    if not len(bits):
        return Panel("entropy", title, how, missing=_WHY)
    classes = present(labels)
    names, values = [EMOTIONS[k] for k in classes], [bits[labels == k] for k in classes]
    medians = [float(np.median(part)) for part in values]
    low, high = int(np.argmin(medians)), int(np.argmax(medians))
    agreed = f"on {pc((bits == 0).mean())} of the pictures all voters agree"
    reading = (
        f"The median is {medians[low]:.2f} bits; {agreed}."
        if low == high
        else f"Voters agree most on {names[low]} (median {medians[low]:.2f} bits), least on "
        f"{names[high]} ({medians[high]:.2f}); {agreed}."
    )
    return Panel(
        "entropy",
        title,
        how,
        len(bits),
        reading,
        "A histogram of the entropy of the votes for each class, with its median.",
        lambda: tables.entropies(names, values, title),
    )

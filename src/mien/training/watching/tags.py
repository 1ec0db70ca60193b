"""What TensorBoard gets of an epoch, by tag, and the charts that it draws of them."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mien.emotions import LABEL_SETS

SPLITS = ("train", "val")


def scalars(
    metrics: Mapping[str, float], confusion: Mapping[str, Tensor], heads: tuple[str, ...]
) -> Iterator[tuple[str, float]]:
    """Yield tags and values of an epoch.

    Args:
        metrics: by the names of ``metrics.csv``; names with a slash are tags already.
        confusion: head → int [K, K], true classes down. A class without rows has no recall.
        heads: of the network.
    """
    for name, value in metrics.items():
        split, _, measure = name.partition("_")
        if "/" in name:
            yield name, value
        elif split in SPLITS and measure:
            head = next((h for h in heads if measure.endswith(f"_{h}")), "")
            measure = measure.removesuffix(f"_{head}")
            yield "/".join(part for part in (measure, head, split) if part), value
    for head, counts in confusion.items():
        for name, row, right in zip(LABEL_SETS[head], counts.sum(1), counts.diag(), strict=True):
            if row:
                yield f"recall/{head}/{name}", float(right / row)


def layout(heads: tuple[str, ...]) -> dict[str, dict[str, list[Any]]]:
    """Return the charts of the page *Custom Scalars*: tags of one chart by a pattern."""
    both = "(train|val)$"
    charts = {"loss": ["Multiline", [f"loss/{both}"]]}
    for head in heads:
        charts[f"accuracy {head}"] = ["Multiline", [f"accuracy/{head}/{both}"]]
    charts["macro-F1"] = ["Multiline", ["macro_f1/"]]
    recall = {head: ["Multiline", [f"recall/{head}/"]] for head in heads}
    return {"training and validation": charts, "recall of each class": recall}


def classes(targets: Tensor) -> npt.NDArray[np.int64]:
    """Return each row's class, or -1 where no class has more than half of the target."""
    share, found = targets.max(1)
    return torch.where(share > 0.5, found, -1).numpy()

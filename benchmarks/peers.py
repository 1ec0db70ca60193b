"""Score what other installable recognisers answer on PrivateTest, by mien's own protocols.

    python benchmarks/peers.py --data data/fer2013 --peers PEERS

``PEERS`` holds one ``<recogniser>.npz`` each: ``probabilities`` [N, K], ``classes`` (names of
the K columns) and ``csv_row`` (the row of fer2013.csv that each answer belongs to). None of them
needs to be installed here. The scores go to ``results/peers.json``.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from mien.datasets.prepared import PreparedSet
from mien.errors import DataError
from mien.evaluation.protocols import score
from mien.report.tables import scores_table
from mien.runs import environment, write_json

FIGURES = ("n", "accuracy", "interval", "macro_f1")
CSV_ROWS = 35_887


def score_peer(peer: Path, prepared: PreparedSet) -> dict[str, dict[str, dict[str, Any]]]:
    """Return ``protocols.score`` of one recogniser's answers."""
    with np.load(peer, allow_pickle=False) as file:
        answers = {name: file[name] for name in ("probabilities", "classes", "csv_row")}
    rows = answers["csv_row"]
    if len(prepared) != CSV_ROWS or set(prepared.split[rows]) != {"test"}:
        raise DataError(
            f"{peer.name} answers rows of the {CSV_ROWS} of fer2013.csv that are in its test "
            f"split; {prepared.root} has {len(prepared)} rows, or other rows there"
        )
    return score(
        answers["probabilities"],
        answers["classes"].tolist(),
        prepared.labels[rows],
        None if prepared.votes is None else prepared.votes[rows],
        prepared.flags["copy_in_train"][rows],
        prepared.label_set,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, required=True, help="prepared FER-2013 with votes")
    parser.add_argument("--peers", type=Path, required=True, help="folder of .npz files")
    parser.add_argument("--out", type=Path, default=Path("results/peers.json"))
    given = parser.parse_args()
    prepared, peers = PreparedSet.open(given.data), {}
    for path in sorted(given.peers.glob("*.npz")):
        scores = score_peer(path, prepared)
        Console().print(path.stem, scores_table(scores))
        peers[path.stem] = {
            protocol: {
                rows: {key: report[key] for key in FIGURES} for rows, report in kinds.items()
            }
            for protocol, kinds in scores.items()
        }
    if not peers:
        raise DataError(f"{given.peers}: expected .npz files of recognisers, found none")
    source = {"name": prepared.name, "sha256": prepared.sha256, "split": "test"}
    where = environment()
    write_json(given.out, {"data": source, "environment": where, "peers": peers})


if __name__ == "__main__":
    main()

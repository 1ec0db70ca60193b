"""What share of a training step goes into data: fetching, augmenting, blending, normalising.

    python benchmarks/data_side.py [--out results/benchmark_data_side.json]

The network and recipe are configs/mien.yaml's; the pictures are drawn faces, so that it runs
anywhere (the time does not depend on what is in a picture). Data side and whole step are timed in
turns in one process, and their medians compared. Limit: 10 %.
"""

import argparse
import os
import statistics
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from mien.models.torchvision_operators import declare

declare()

import torch  # noqa: E402

from mien import runs  # noqa: E402
from mien.config import Experiment  # noqa: E402
from mien.datasets.drawn import draw_face  # noqa: E402
from mien.emotions import EMOTIONS, LABEL_SETS  # noqa: E402
from mien.models.registry import build  # noqa: E402
from mien.training import optim  # noqa: E402
from mien.training.data import Faces, Shuffled, loader  # noqa: E402
from mien.training.module import Lesson  # noqa: E402

ROOT = Path(__file__).parents[1]
LIMIT = 0.10


def faces(count, heads):
    """Return ``count`` drawn faces with random targets for each head."""
    import numpy as np

    drawn = [draw_face(EMOTIONS[i % 8], np.random.default_rng(i)) for i in range(64)]
    pictures = torch.from_numpy(np.stack(drawn)[:, None]).repeat(count // 64, 1, 1, 1)
    targets = {}
    for head in heads:
        classes = len(LABEL_SETS[head])
        targets[head] = torch.eye(classes)[torch.arange(len(pictures)) % classes]
    return Faces(pictures, targets)


class Lone(Lesson):
    """A lesson without a trainer: nothing is logged."""

    current_epoch = 0

    def log(self, *values, **named):
        pass


def measure(experiment, steps):
    """Return the seconds of the data side and of the whole step, a pair a step."""
    learnt = faces(steps * experiment.train.batch_size, experiment.data.heads)
    lesson = Lone(build(experiment), experiment, dict.fromkeys(experiment.data.heads, False), {})
    optimiser = optim.optimizer(lesson.network, experiment.optimizer)
    size = experiment.train.batch_size
    batches = iter(loader(learnt, Shuffled(steps * size, size, 0)))
    pairs = []
    for number in range(steps):
        began = time.perf_counter()
        batch = next(batches)
        lesson.prepared(batch, number)
        data = time.perf_counter() - began
        began = time.perf_counter()
        optimiser.zero_grad()
        lesson.training_step(batch, number).backward()
        optimiser.step()
        pairs.append((data, time.perf_counter() - began))
    return pairs[3:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "benchmark_data_side.json")
    given = parser.parse_args()
    experiment = Experiment.load(ROOT / "configs" / "mien.yaml")
    pairs = measure(experiment, given.steps)
    data, whole = (statistics.median(column) for column in zip(*pairs, strict=True))
    record = {
        "what": "data side of a training step (fetch, augment, blend, normalise) on the CPU",
        "share": round(data / whole, 4),
        "limit": LIMIT,
        "within_limit": data / whole <= LIMIT,
        "data_ms": round(1000 * data, 2),
        "step_ms": round(1000 * whole, 2),
        "pictures_a_second": round(experiment.train.batch_size / whole),
        "batch": experiment.train.batch_size,
        "steps": len(pairs),
        "threads": torch.get_num_threads(),
        "environment": runs.environment("torch"),
    }
    runs.write_json(given.out, record)
    print({key: value for key, value in record.items() if key != "environment"})


if __name__ == "__main__":
    main()

"""How fast does mien train, against a bare PyTorch loop and against a tutorial's pipeline?

    python benchmarks/training_speed.py [--rounds 5] [--steps 24] [--device cpu|cuda]

The network and recipe are configs/shared_cnn_fer2013.yaml's; the pictures are drawn faces (the
time does not depend on what is in a picture). Three loops take turns, each in the same process
and with the same network, batch and arithmetic:

- mien: ``fit`` as users run it, with augmentation, logging, moving average and Lightning;
- bare: forward, loss, backward, optimiser step, moving average, on batches that lie in memory
  already augmented; nothing is logged;
- tutorial: PIL pictures, torchvision transforms, a DataLoader with two workers; then the bare loop.

Limits: mien at least 0.92 of the bare loop on a CPU; the data side (fetching, augmenting, blending,
normalising) at most 5 % of a step. Times are from the third step on; ratios are taken within a
round, and their median is reported. Peak is the best of ten 2048×2048 float32 matrix products.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from mien.models.torchvision_operators import declare

declare()

import torch  # noqa: E402
from lightning.pytorch import Callback  # noqa: E402
from PIL import Image  # noqa: E402
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn  # noqa: E402
from torch.utils.data import DataLoader, Dataset  # noqa: E402
from torchvision import transforms  # noqa: E402

from mien import runs  # noqa: E402
from mien.config import Experiment  # noqa: E402
from mien.datasets.drawn import Drawn  # noqa: E402
from mien.datasets.prepared import PreparedSet  # noqa: E402
from mien.datasets.store import prepare  # noqa: E402
from mien.models.costs import costs  # noqa: E402
from mien.models.registry import build  # noqa: E402
from mien.training import losses, optim  # noqa: E402
from mien.training.data import splits  # noqa: E402
from mien.training.fit import fit  # noqa: E402
from mien.training.module import Lesson  # noqa: E402

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "results" / "benchmark_training_speed.json"
LEAST, MOST_DATA, WARM = 0.92, 0.05, 3


def now(device):
    """Return the time once the device has done all it was given, in seconds."""
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


class Clock(Callback):
    """Notes when each batch ended, and how long making it ready for the network took."""

    def __init__(self):
        self.ends, self.data = [], []

    def setup(self, trainer, pl_module, stage):
        prepared = pl_module.prepared

        def timed(batch, number):
            began = now(pl_module.device.type)
            made = prepared(batch, number)
            self.data.append(now(pl_module.device.type) - began)
            return made

        pl_module.prepared = timed

    def on_train_batch_end(self, trainer, *others):
        self.ends.append(now(trainer.strategy.root_device.type))


def by_mien(experiment, folder):
    """Return seconds a step, and the share of the data side."""
    clock = Clock()
    fit(experiment, folder, say=lambda line: None, watching=[clock])
    seconds = (clock.ends[-1] - clock.ends[WARM - 1]) / (len(clock.ends) - WARM)
    return seconds, statistics.mean(clock.data[WARM:]) / seconds


def bare(experiment, batches, device):
    """Return seconds a step of a plain loop over batches ``(faces, targets)``."""
    torch.manual_seed(0)
    network = build(experiment).to(device, memory_format=torch.channels_last)
    optimiser = optim.optimizer(network, experiment.optimizer)
    average = get_ema_multi_avg_fn(experiment.train.average)
    averaged = AveragedModel(network, multi_avg_fn=average, use_buffers=True)
    head, smoothing = experiment.data.heads[0], experiment.loss.label_smoothing
    ends = []
    for faces, targets in batches:
        faces = faces.to(device).contiguous(memory_format=torch.channels_last)  # noqa: PLW2901
        loss = losses.head_loss(network(faces)[head], targets.to(device), smoothing)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        averaged.update_parameters(network)
        ends.append(now(device))
    return (ends[-1] - ends[WARM - 1]) / (len(ends) - WARM)


def in_memory(experiment, learnt, steps):
    """Return ``steps`` augmented, normalised batches."""

    class Lone(Lesson):
        current_epoch, global_rank = 0, 0

    head = experiment.data.heads[0]
    lesson = Lone(build(experiment), experiment, {head: False}, {})
    size = experiment.train.batch_size
    for number in range(steps):
        rows = torch.arange(number * size, (number + 1) * size)
        faces, targets = lesson.prepared(learnt[rows], number)
        yield faces, targets[head]


class Tutorial(Dataset):
    """Pictures as tutorials hand them out: one at a time, through torchvision's transforms."""

    def __init__(self, learnt, head):
        self.pictures = [Image.fromarray(face[0].numpy()) for face in learnt.faces]
        self.targets = learnt.heads[head]
        self.changed = transforms.Compose(
            [
                transforms.RandomHorizontalFlip(),
                transforms.RandomAffine(18, (0.08, 0.08), (0.85, 1.15), 6),
                transforms.ColorJitter(0.3, 0.3),
                transforms.ToTensor(),
                transforms.Normalize([0.5], [0.25]),
                transforms.RandomErasing(),
            ]
        )

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, place):
        return self.changed(self.pictures[place]), self.targets[place]


def peak(device):
    """Return FLOP/s of the best of ten matrix products."""
    a, b = (torch.rand(2048, 2048, device=device) for _ in range(2))
    best = 0.0
    for _ in range(10):
        began = now(device)
        a @ b
        best = max(best, 2 * 2048**3 / (now(device) - began))
    return best


def measure(experiment, learnt, folder, args):
    """Return one round: seconds a step of each loop, data share, peak."""
    steps, size = args.steps, experiment.train.batch_size
    found = {"peak": peak(args.device)}
    found["mien"], found["data_share"] = by_mien(experiment, folder)
    batches = list(in_memory(experiment, learnt, steps))
    found["bare"] = bare(experiment, batches, args.device)
    del batches
    pictures = Tutorial(learnt, experiment.data.heads[0])
    loader = DataLoader(pictures, size, shuffle=True, num_workers=2, drop_last=True)
    found["tutorial"] = bare(experiment, loader, args.device)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--out", type=Path, default=RESULT)
    args = parser.parse_args()
    overrides = ["data.heads=[ferplus]", "train.epochs=1", "schedule.warmup_epochs=0"]
    overrides += [f"machine.accelerator={'cpu' if args.device == 'cpu' else 'gpu'}"]
    experiment = Experiment.load(ROOT / "configs" / "shared_cnn_fer2013.yaml", overrides)
    size = experiment.train.batch_size
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        # of drawn faces, 10 % each are validation and test
        prepare(Drawn(count=int(args.steps * size / 0.8) + 64, seed=0, size=48), folder / "drawn")
        experiment = experiment.changed({"data.path": str(folder / "drawn")})
        learnt = splits(PreparedSet.open(folder / "drawn"), experiment).train
        rounds = []
        for number in range(args.rounds):
            rounds.append(measure(experiment, learnt, folder / f"run{number}", args))
            print({name: round(value, 4) for name, value in rounds[-1].items()}, flush=True)
    record = summary(experiment, rounds, args)
    runs.write_json(args.out, record)
    for name, value in record.items():
        print(f"{name}: {value}")
    raise SystemExit(not record["within_limits"])


def summary(experiment, rounds, args):
    """Return what is committed."""
    size, spec = experiment.train.batch_size, experiment.preprocess
    macs = costs(build(experiment), spec.channels, spec.size).macs
    speed = statistics.median(size / one["mien"] for one in rounds)
    ratio = statistics.median(one["bare"] / one["mien"] for one in rounds)
    share = statistics.median(one["data_share"] for one in rounds)
    fraction = statistics.median(6 * macs * size / one["mien"] / one["peak"] for one in rounds)
    return {
        "what": "training speed of configs/shared_cnn_fer2013.yaml on drawn faces",
        "device": torch.cuda.get_device_name() if args.device == "cuda" else "cpu",
        "pictures_a_second": round(speed),
        "of_bare_loop": round(ratio, 3),
        "of_bare_loop_each": [round(one["bare"] / one["mien"], 3) for one in rounds],
        "times_the_tutorial": round(
            statistics.median(one["tutorial"] / one["mien"] for one in rounds), 2
        ),
        "data_share": round(share, 4),
        "gflops": round(6 * macs * speed / 1e9, 1),  # forward 2, backward 4 a multiply-accumulate
        "share_of_matrix_product_peak": round(fraction, 3),
        "limits": {"of_bare_loop": LEAST, "data_share": MOST_DATA},
        "within_limits": (ratio >= LEAST or args.device != "cpu") and share <= MOST_DATA,
        "batch": size,
        "steps": args.steps,
        "rounds": args.rounds,
        "threads": torch.get_num_threads(),
        "environment": runs.environment("torch", "lightning", "torchvision"),
    }


if __name__ == "__main__":
    main()

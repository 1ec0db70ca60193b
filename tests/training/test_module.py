"""What the module and its callbacks do with a batch and with the weights."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from safetensors.torch import load_file  # noqa: E402
from small_experiment import SMALL  # noqa: E402

from mien.config import Experiment  # noqa: E402
from mien.datasets.prepared import PreparedSet  # noqa: E402
from mien.models.registry import build  # noqa: E402
from mien.training import fit as fitting  # noqa: E402
from mien.training import losses  # noqa: E402
from mien.training.data import splits  # noqa: E402
from mien.training.module import Lesson  # noqa: E402

NOTHING = dict.fromkeys(
    ("flip", "rotate", "zoom", "shear", "shift", "brightness", "contrast", "blur", "patch"), 0
)


class Lone(Lesson):
    """A lesson without a trainer."""

    current_epoch = 0


def _lesson(soft: bool = False, **changes: object) -> Lone:
    experiment = Experiment.from_dict({**SMALL, **changes})
    return Lone(build(experiment), experiment, {"ferplus": soft}, {})


def test_pictures_and_targets_are_blended_by_the_same_share() -> None:
    raw = {"size": 24, "normalise": "fixed", "mean": [0], "std": [1]}
    lesson = _lesson(augment=NOTHING, mix={"mixup": 1}, preprocess=raw)
    white = torch.tensor([0, 1, 0, 1, 1, 0, 1, 0])
    faces = (white * 255).to(torch.uint8)[:, None, None, None].expand(8, 1, 24, 24)
    batch = {"faces": faces, "ferplus": torch.eye(8)[white]}
    blended, targets = lesson.prepared(batch, 0)
    shares = blended.mean((1, 2, 3))
    assert torch.allclose(shares, targets["ferplus"][:, 1], atol=1e-5)
    assert ((shares > 0.01) & (shares < 0.99)).any()


@pytest.mark.parametrize("soft", [True, False])
def test_votes_are_soft_already_and_not_smoothed(soft: bool) -> None:
    lesson = _lesson(soft, loss={"label_smoothing": 0.1})
    logits, targets = torch.randn(16, 8), torch.eye(8).repeat(2, 1)
    expected = losses.head_loss(logits, targets, 0.0 if soft else 0.1)
    assert torch.equal(lesson.criteria["ferplus"](logits, targets), expected)


def test_what_is_left_out_is_not_learnt(drawn_set: Path) -> None:
    prepared = PreparedSet.open(drawn_set)
    copied = prepared.where(split="train")[:5]
    prepared.flags["copy_in_test"][copied] = True
    experiment = Experiment.from_dict(SMALL)
    data = experiment.data.model_copy(update={"leave_out": ("copies",)})
    kept = splits(prepared, experiment.model_copy(update={"data": data}))
    assert len(kept.train) == len(splits(prepared, experiment).train) - 5
    assert not set(copied) & set(kept.rows["train"])
    assert len(kept.val) == 24


def test_the_best_weights_are_the_averaged_ones(drawn_set: Path, tmp_path: Path) -> None:
    values = {**SMALL, "data": {"path": str(drawn_set), "heads": ["ferplus"]}}
    values["train"] = {**SMALL["train"], "epochs": 1, "average": 0.9}
    fitting.fit(Experiment.from_dict(values), tmp_path / "run", say=lambda line: None)
    best = load_file(tmp_path / "run" / "best.safetensors")
    saved = torch.load(tmp_path / "run" / "checkpoints" / "last.ckpt", weights_only=True)
    averaged, current = saved["state_dict"], saved["current_model_state"]
    assert all(torch.equal(value, averaged[f"network.{name}"]) for name, value in best.items())
    assert not all(torch.equal(value, current[f"network.{name}"]) for name, value in best.items())


@torch.inference_mode()
def test_the_validation_loss_does_not_depend_on_the_batches() -> None:
    """A loss is a mean over the rows that have a target, wherever the others stand."""
    torch.manual_seed(0)
    faces = torch.randint(256, (30, 1, 24, 24), dtype=torch.uint8)
    targets = torch.eye(8)[torch.arange(30) % 8]
    targets[:9] = 0
    lesson, found = _lesson(), []
    lesson.network.eval()
    for size in (30, 10, 7):
        lesson.on_validation_epoch_start()
        for start in range(0, 30, size):
            rows = slice(start, start + size)
            lesson.validation_step({"faces": faces[rows], "ferplus": targets[rows]}, 0)
        loss, count = lesson._sums[0].tolist()
        assert count == 21
        assert lesson.confusion["ferplus"].sum() == 21
        found.append(loss / count)
    assert found == pytest.approx([found[0]] * 3, rel=1e-5)

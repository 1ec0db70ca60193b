"""What TensorBoard gets of a run, and that the run is the same with it and without."""

import random
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from lightning.pytorch import Callback  # noqa: E402
from small_experiment import SMALL  # noqa: E402
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator  # noqa: E402
from tensorboard.plugins.custom_scalar import layout_pb2  # noqa: E402

from mien.config import Experiment  # noqa: E402
from mien.emotions import EMOTIONS, LABEL_SETS  # noqa: E402
from mien.errors import RunError  # noqa: E402
from mien.training import callbacks, machines  # noqa: E402
from mien.training import fit as fitting  # noqa: E402
from mien.training.module import Lesson  # noqa: E402
from mien.training.watching import board, faces, tags  # noqa: E402
from mien.training.watching.histograms import BINS, histogram  # noqa: E402

EPOCHS, CLIP = 3, 1e-3


def _experiment(drawn: Path, **train: object) -> Experiment:
    return Experiment.from_dict(
        {
            **SMALL,
            "data": {"path": str(drawn), "heads": ["ferplus"]},
            "optimizer": {**SMALL["optimizer"], "clip": CLIP},
            "train": {**SMALL["train"], "epochs": EPOCHS, "flip_average": True, **train},
        }
    )


def _events(root: Path) -> EventAccumulator:
    every = {"scalars": 0, "histograms": 0, "images": 0, "tensors": 0}
    return EventAccumulator(str(root / "tensorboard"), every).Reload()


def _scalars(root: Path) -> dict[str, list[tuple[int, float]]]:
    found = _events(root)
    names = found.Tags()["scalars"]
    return {name: [(e.step, e.value) for e in found.Scalars(name)] for name in names}


@pytest.fixture(scope="module")
def shown() -> list[tuple[list[str], list[str]]]:
    """The true names and the answers of the grids that ``run`` draws."""
    return []


@pytest.fixture(scope="module")
def run(drawn_set: Path, tmp_path_factory: pytest.TempPathFactory, shown: list[Any]) -> Path:
    """A run of three epochs."""
    root, grid = tmp_path_factory.mktemp("board") / "run", faces.grid

    def kept(pixels: Any, true: list[str], answered: list[str]) -> Any:
        shown.append((true, answered))
        return grid(pixels, true, answered)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(faces, "grid", kept)
        fitting.fit(_experiment(drawn_set), root, say=lambda line: None)
    return root


class Without(Callback):
    """Stands in for the board."""

    def __init__(self, *_: object) -> None:
        pass


def test_a_run_is_bit_for_bit_the_same_without_it(
    run: Path, drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "Board", Without)
    fitting.fit(_experiment(drawn_set), tmp_path / "run", say=lambda line: None)
    one, other = (
        torch.load(root / "checkpoints" / "last.ckpt", weights_only=True)
        for root in (run, tmp_path / "run")
    )
    for part in ("state_dict", "current_model_state"):
        assert one[part].keys() == other[part].keys()
        assert all(torch.equal(one[part][k], other[part][k]) for k in one[part])
    best = [(root / "best.safetensors").read_bytes() for root in (run, tmp_path / "run")]
    assert best[0] == best[1]
    assert not any(tag.startswith("loss/") for tag in _scalars(tmp_path / "run"))


class Watched(board.Board):
    """A board whose every call is checked to leave the random states alone."""

    calls = 0

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if not name.startswith("on_") or getattr(Callback, name, None) is None:
            return found

        def checked(*args: Any, **kwargs: Any) -> None:
            before = (torch.get_rng_state(), random.getstate(), str(np.random.get_state()))
            found(*args, **kwargs)
            assert torch.equal(before[0], torch.get_rng_state())
            assert before[1:] == (random.getstate(), str(np.random.get_state()))
            Watched.calls += 1

        return checked


def test_no_random_state_is_moved(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "Board", Watched)
    fitting.fit(_experiment(drawn_set, epochs=1), tmp_path / "run", say=lambda line: None)
    assert Watched.calls > 4


def test_every_measure_has_a_point_an_epoch(run: Path) -> None:
    found = _scalars(run)
    epochs = list(range(1, EPOCHS + 1))
    expected = {"loss/train", "loss/val", "accuracy/ferplus/train", "accuracy/ferplus/val"}
    expected |= {"macro_f1/val", "lr/all", "lr/all norms"} | {
        f"recall/ferplus/{name}" for name in EMOTIONS
    }
    missing = {t for t in expected if [s for s, _ in found.get(t, [])] != epochs}
    assert not missing


def test_the_values_are_those_of_the_metrics_file(run: Path) -> None:
    lines = (run / "metrics.csv").read_text().splitlines()
    rows = [dict(zip(lines[0].split(","), line.split(","), strict=True)) for line in lines[1:]]
    found = _scalars(run)
    for tag, column in {"loss/train": "train_loss", "loss/val": "val_loss"}.items():
        assert [v for _, v in found[tag]] == pytest.approx([float(r[column]) for r in rows], 1e-5)


def test_no_tag_is_written_twice_at_a_step(run: Path) -> None:
    for tag, points in _scalars(run).items():
        if tag != "epoch":  # Lightning's own
            assert len({step for step, _ in points}) == len(points), tag


def test_parameters_and_their_gradients_have_histograms(run: Path) -> None:
    found = _events(run)
    names = found.Tags()["histograms"]
    weights = {n.removeprefix("weights/") for n in names if n.startswith("weights/")}
    gradients = {n.removeprefix("gradients/") for n in names if n.startswith("gradients/")}
    assert weights == gradients
    assert {"heads.ferplus.weight", "heads.ferplus.bias"} < weights
    for name in names:
        assert [e.step for e in found.Histograms(name)] == list(range(1, EPOCHS + 1))
    bias = found.Histograms("weights/heads.ferplus.bias")[-1].histogram_value
    assert bias.num == sum(bias.bucket) == len(EMOTIONS)


def test_gradients_are_the_clipped_ones_of_an_epochs_last_step(run: Path) -> None:
    found = _events(run)
    names = [n for n in found.Tags()["histograms"] if n.startswith("gradients/")]
    for epoch in range(EPOCHS):
        squares = [found.Histograms(n)[epoch].histogram_value.sum_squares for n in names]
        assert sum(squares) ** 0.5 == pytest.approx(CLIP, rel=1e-3)


def test_the_same_faces_of_all_classes_are_shown_every_epoch(
    run: Path, shown: list[tuple[list[str], list[str]]]
) -> None:
    assert len(shown) == EPOCHS
    assert all(true == shown[0][0] for true, _ in shown)
    assert len(shown[0][0]) == 16
    assert set(shown[0][0]) == set(EMOTIONS)
    pictures = _events(run).Images("faces/ferplus")
    assert [(e.step, e.width) for e in pictures] == [(n + 1, 8 * faces.WIDE) for n in range(EPOCHS)]


def test_faces_are_answered_by_the_network_that_is_validated(
    run: Path, drawn_set: Path, shown: list[tuple[list[str], list[str]]]
) -> None:
    """The averaged one: that of ``best.safetensors``, in the epoch that made it."""
    from safetensors.torch import load_file

    from mien.datasets.prepared import PreparedSet
    from mien.models.registry import build
    from mien.training.data import splits

    experiment = _experiment(drawn_set)
    data = splits(PreparedSet.open(drawn_set), experiment)
    lesson = Lesson(build(experiment), experiment, data.soft, {}).eval()
    lesson.network.load_state_dict(load_file(run / "best.safetensors"))
    rows = faces.spread(tags.classes(data.val.heads["ferplus"]), 16)
    with torch.no_grad():
        found = board.answers(lesson, data.val.faces[torch.from_numpy(rows)])["ferplus"]
    best = fitting.RunFolder.open(run).read_state()["best_epoch"]
    assert shown[best][1] == [LABEL_SETS["ferplus"][k] for k in found]


def test_an_epoch_without_a_checkpoint_is_not_written_twice(
    run: Path, drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full when epoch 2 is saved: the resumed run repeats that epoch."""
    save, saved = callbacks.WholeCheckpoints.save_checkpoint, []

    def full(self: Any, checkpoint: Any, path: Any, storage_options: Any = None) -> None:
        saved.append(checkpoint["epoch"])
        if saved == [0, 1]:
            raise OSError(28, "No space left on device")
        save(self, checkpoint, path, storage_options)

    monkeypatch.setattr(callbacks.WholeCheckpoints, "save_checkpoint", full)
    root = tmp_path / "run"
    with pytest.raises(RunError, match="the disk is full"):
        fitting.fit(_experiment(drawn_set), root, say=lambda line: None)
    fitting.resume(root, say=lambda line: None)
    assert saved == [0, 1, 1, 2]
    whole, resumed = _scalars(run), _scalars(root)
    for tag in (t for t in whole if t.startswith(("loss/", "recall/", "lr/"))):
        assert resumed[tag] == whole[tag]
    assert [e.step for e in _events(root).Images("faces/ferplus")] == [1, 2, 3]


def test_an_epoch_is_on_the_disk_when_the_next_begins(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, seen = Lesson.training_step, []

    def looks(lesson: Lesson, batch: Any, number: int) -> Any:
        if (lesson.current_epoch, number) == (1, 0):
            seen.extend(_scalars(tmp_path / "run")["loss/val"])
        return step(lesson, batch, number)

    monkeypatch.setattr(Lesson, "training_step", looks)
    fitting.fit(_experiment(drawn_set, epochs=2), tmp_path / "run", say=lambda line: None)
    assert [epoch for epoch, _ in seen] == [1]


def test_both_can_be_switched_off(drawn_set: Path, tmp_path: Path) -> None:
    experiment = _experiment(drawn_set, epochs=1, histograms=False, show_faces=0)
    fitting.fit(experiment, tmp_path / "run", say=lambda line: None)
    found = _events(tmp_path / "run").Tags()
    assert (found["histograms"], found["images"]) == ([], [])
    assert "loss/val" in found["scalars"]


def test_other_processes_than_the_first_write_nothing() -> None:
    trainer: Any = SimpleNamespace(
        is_global_zero=False, callback_metrics={}, loggers=[], is_last_batch=True
    )
    lesson: Any = SimpleNamespace()
    trainer.sanity_checking = False
    there = board.Board(4, histograms=True)
    there.on_train_batch_end(trainer, lesson, None, None, 0)
    there.on_validation_batch_start(trainer, lesson, None, 0)
    assert there._waiting == []


def test_training_and_validation_are_lines_of_one_chart(run: Path) -> None:
    found = _events(run)
    content = found.Tensors("custom_scalars__config__")[0].tensor_proto.string_val[0]
    charts = {
        chart.title: [
            tag for tag in _scalars(run) for p in chart.multiline.tag if re.compile(p).match(tag)
        ]
        for category in layout_pb2.Layout.FromString(content).category
        for chart in category.chart
    }
    assert sorted(charts["loss"]) == ["loss/train", "loss/val"]
    assert sorted(charts["accuracy ferplus"]) == ["accuracy/ferplus/train", "accuracy/ferplus/val"]
    assert charts["ferplus"] == [f"recall/ferplus/{name}" for name in EMOTIONS]
    assert set(charts["macro-F1"]) == {"macro_f1/val", "macro_f1/ferplus/val"}


def test_names_become_tags() -> None:
    metrics = {
        "train_loss": 1.0,
        "val_macro_f1_fer2013": 0.5,
        "val_accuracy": 0.25,
        "recall/x/y": 0.75,
        "lr": 3.0,
    }
    confusion = {"fer2013": torch.zeros(7, 7, dtype=torch.int64)}
    confusion["fer2013"][2, 2:5] = torch.tensor([3, 1, 0])
    assert dict(tags.scalars(metrics, confusion, ("ferplus", "fer2013"))) == {
        "loss/train": 1.0,
        "macro_f1/fer2013/val": 0.5,
        "accuracy/val": 0.25,
        "recall/x/y": 0.75,
        "recall/fer2013/fear": 0.75,  # the others have no rows
    }


def test_unclear_targets_have_no_class() -> None:
    targets = torch.tensor([[0.0, 1.0], [0.5, 0.5], [0.0, 0.0], [0.6, 0.4]])
    assert tags.classes(targets).tolist() == [1, -1, -1, 0]


def test_histograms_count_as_numpy_does() -> None:
    values = torch.randn(5000, generator=torch.Generator().manual_seed(0))
    found = histogram(values.reshape(50, 100))
    assert found is not None
    counts, edges = np.histogram(values.numpy(), BINS)
    assert np.abs(np.array(found.bucket_counts) - counts).max() <= 1  # on an edge, in float32
    assert found.bucket_limits == pytest.approx(edges[1:].tolist(), abs=1e-6)
    exact = values.double()
    assert (found.num, found.min, found.max) == (5000, exact.min(), exact.max())
    assert (found.sum, found.sum_squares) == pytest.approx(
        (float(exact.sum()), float(exact.square().sum())), rel=1e-6
    )


def test_numbers_that_are_not_finite_do_not_count() -> None:
    found = histogram(torch.tensor([1.0, float("nan"), float("inf"), -3e38, 3.0]))
    assert found is not None
    assert (found.num, found.min, found.max, found.sum) == (2, 1, 3, 4)
    assert sum(found.bucket_counts) == 2
    assert histogram(torch.tensor([float("nan"), -float("inf")])) is None
    assert histogram(torch.tensor([])) is None


@pytest.mark.parametrize("value", [0.0, -2.5, 1e-38])
def test_equal_numbers_have_a_histogram(value: float) -> None:
    found = histogram(torch.tensor([value, value]))
    assert found is not None
    assert (sum(found.bucket_counts), found.min) == (2, pytest.approx(value))


def test_gradients_that_are_not_numbers_are_survived() -> None:
    there = board.Board(0, histograms=True)
    there._count("gradients/x", torch.full((3,), float("nan")))
    assert there._waiting == []

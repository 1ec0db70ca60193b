"""How an experiment learns: optimiser, schedule, the run, the machine."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from mien.config.section import (
    Below1,
    Count,
    CountOrNone,
    NotNegative,
    Positive,
    Section,
    Share,
)


class Optimizer(Section):
    """``sgd`` (with Nesterov momentum), ``adam`` or ``adamw``; norms and biases do not decay.

    Attributes:
        lr: peak learning rate.
        backbone_lr: that of the layers below the heads; None takes ``lr`` for all.
        momentum: of ``sgd``.
        weight_decay: L2 with ``sgd`` and ``adam``, decoupled with ``adamw``.
        sam: radius ρ of sharpness-aware minimisation (Foret et al. 2021, arXiv:2010.01412),
            which takes two passes a step; 0 switches it off.
        clip: largest norm of all gradients together; 0 does not clip.
    """

    name: Literal["sgd", "adam", "adamw"] = "sgd"
    lr: Positive = 0.1
    backbone_lr: Positive | None = None
    momentum: Share = 0.9
    weight_decay: NotNegative = 0
    sam: NotNegative = 0
    clip: NotNegative = 0


class Schedule(Section):
    """How the learning rate moves.

    Attributes:
        name: ``cosine`` falls to 0 at the end; ``step`` multiplies by ``factor`` after every
            ``every`` epochs since the warm-up; ``onecycle`` rises from lr / 25 for the share
            ``rise`` of the run and falls to nearly 0 (Smith & Topin 2018, arXiv:1708.07120);
            ``plateau`` multiplies by ``factor`` when the validation loss has not fallen for
            ``patience`` epochs; ``constant`` stays.
        warmup_epochs: epochs in which the rate rises linearly first (not with ``onecycle``,
            which has its own rise).
    """

    name: Literal["cosine", "step", "onecycle", "plateau", "constant"] = "cosine"
    warmup_epochs: NotNegative = 0
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.5
    every: Count = 10
    patience: Count = 3
    rise: Annotated[float, Field(gt=0, lt=1)] = 0.3


class Train(Section):
    """The run itself.

    Attributes:
        batch_size: pictures a step, over all devices together.
        sampler: ``shuffled`` shows every picture once an epoch (those that do not fill the last
            batch wait for another epoch); ``weighted`` draws them with replacement, each class
            of the first head equally often.
        sizes: progressive input size: the side of the input in px, each for an equal part of
            the epochs; the last is ``preprocess.size``. Empty: always that.
        average: decay a step of the moving average of the weights; 0 switches it off.
        monitor: what picks the best epoch, on the validation split.
        stop_after: early stopping: epochs without a better ``monitor``; 0 never stops.
        flip_average: answers are the mean over a picture and its mirror image, from
            validation to the exported file.
        histograms: whether TensorBoard gets the weights and gradients of every epoch.
        show_faces: how many validation faces TensorBoard shows an epoch, right answers framed
            in green, wrong ones in red.
    """

    epochs: Count = 30
    batch_size: Annotated[int, Field(ge=2)] = 128
    sampler: Literal["shuffled", "weighted"] = "shuffled"
    sizes: tuple[Annotated[int, Field(ge=8, le=1024)], ...] = ()
    average: Below1 = 0
    monitor: Literal["val_loss", "val_accuracy", "val_macro_f1"] = "val_loss"
    stop_after: CountOrNone = 0
    flip_average: bool = False
    histograms: bool = True
    show_faces: Annotated[int, Field(ge=0, le=64)] = 16


def _text(value: object) -> object:
    return str(value) if value in (16, 32) else value  # YAML reads them as numbers


class Machine(Section):
    """Where a run runs.

    Attributes:
        accelerator: ``auto`` takes a GPU where there is one.
        devices: processes on each node, one a device; 0 takes every device there is.
        nodes: machines; each starts the same command (docs/distributed.md).
        threads: of torch, a process; 0 leaves its own choice.
        precision: ``32``, or mixed with ``bf16`` (for ``compact`` 1.8 times as fast on a CPU with
            avx512_bf16, slow on one without) or ``16`` bits (GPUs alone).
    """

    accelerator: Literal["auto", "cpu", "gpu"] = "auto"
    devices: Annotated[int, Field(ge=0, le=1024)] = 1
    nodes: Annotated[int, Field(ge=1, le=10_000)] = 1
    threads: Annotated[int, Field(ge=0, le=1024)] = 0
    precision: Annotated[Literal["32", "bf16", "16"], BeforeValidator(_text)] = "32"

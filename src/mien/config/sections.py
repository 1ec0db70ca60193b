"""What an experiment learns, and with which network: data, model, augmentation, loss."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from mien.config.section import Below1, Count, CountOrNone, Positive, Section, Share
from mien.emotions import LABEL_SETS


class Fold(Section):
    """One fold of a cross-validation: it is not learnt from.

    Attributes:
        file: table with the columns ``id`` and ``fold``, as ``mien crossval`` writes it.
        held_out: the fold that the training pictures are without.
    """

    file: Path
    held_out: CountOrNone


class Data(Section):
    """What is learnt from.

    Attributes:
        path: a prepared dataset (``mien data prepare``).
        heads: the label sets to learn, one output of the network each. ``ferplus`` learns the
            votes where the dataset has votes, the labels where its labels are of that set.
        votes: ``soft`` learns the shares of the votes, ``majority`` their majority label alone
            (rows without a majority then teach that head nothing).
        leave_out: training rows to leave out, by flag: ``copies`` (byte-identical to a
            validation or test picture), ``not_a_face``, ``no_face`` (none was found when the
            dataset was prepared), ``constant``, ``conflicting``.
        fold: training pictures to leave out as a fold; None leaves out none.
    """

    path: Path = Path("data/fer2013")
    heads: tuple[str, ...] = ("fer2013",)
    votes: Literal["soft", "majority"] = "soft"
    leave_out: tuple[str, ...] = ()
    fold: Fold | None = None

    @field_validator("heads")
    @classmethod
    def _known_heads(cls, heads: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [head for head in heads if head not in LABEL_SETS]
        if unknown:
            raise ValueError(f"unknown label set {unknown[0]!r}; known: {', '.join(LABEL_SETS)}")
        if not heads or len(set(heads)) < len(heads):
            raise ValueError("heads names one or more different label sets")
        return heads


class Model(Section):
    """The network.

    Attributes:
        name: one of mien's own (``mien models``), or any classification net of torchvision.
        width: mien's own nets only: factor on their channels.
        dropout: share of features dropped before the heads, in training.
        pretrained: torchvision's nets only: ``imagenet`` (fetched by torchvision, or taken from
            its cache), or a file with such weights (``.pth``, ``.safetensors``); None starts
            from random weights.
        learn: ``all`` layers; ``top``, the last ``top`` stages and the heads (fine-tuning);
            ``heads`` alone (feature extraction). Frozen layers keep their norms' statistics.
        top: how many stages learn with ``learn: top``, counted from the end.
        weights: a ``best.safetensors`` of an earlier run with the same network and heads, from
            which all layers start.
    """

    name: str = "compact"
    width: Annotated[float, Field(gt=0, le=8)] = 1
    dropout: Below1 = 0.3
    pretrained: str | None = None
    learn: Literal["all", "top", "heads"] = "all"
    top: Count = 1
    weights: Path | None = None


class Augment(Section):
    """Random changes to training pictures; each picture draws its own.

    ``flip``, ``blur`` and ``patch`` are shares of pictures; ``rotate`` is in degrees; ``zoom``,
    ``shear`` and ``shift`` are half-widths around no change (``zoom: 0.1`` is 90–110 %, shear a
    slope, shift a share of the side); ``brightness`` and ``contrast`` likewise (0.3 is
    70–130 %). ``blur_sigma`` is in pixels at most, ``patch_area`` a share of the picture at most.
    """

    flip: Share = 0.5
    rotate: Annotated[float, Field(ge=0, le=180)] = 15
    zoom: Below1 = 0.1
    shear: Below1 = 0.1
    shift: Below1 = 0.08
    brightness: Share = 0.3
    contrast: Share = 0.3
    blur: Share = 0.1
    blur_sigma: Positive = 1.0
    patch: Share = 0.25
    patch_area: Annotated[float, Field(gt=0, le=0.5)] = 0.15


class Mix(Section):
    """Blends of two training pictures, at most one of the two kinds in a batch.

    Attributes:
        mixup: share of batches in which two pictures are blended (Zhang et al. 2018,
            arXiv:1710.09412); ``beta`` is the parameter of their Beta distribution.
        cutmix: share of batches in which a box of another picture is pasted in (Yun et al.
            2019, arXiv:1905.04899); ``cutmix_beta`` likewise.
    """

    mixup: Share = 0
    beta: Positive = 0.4
    cutmix: Share = 0
    cutmix_beta: Positive = 1.0


class Loss(Section):
    """Cross-entropy and its switches.

    Attributes:
        name: ``cross_entropy``, or ``focal`` (Lin et al. 2017, arXiv:1708.02002), which weighs
            what is learnt already less: (1 - p)^gamma.
        gamma: of the focal loss.
        label_smoothing: spread over all classes; for labels, never for votes, which are soft.
        class_weights: ``balanced`` weighs each class by n / (K · n_class), labels only.
    """

    name: Literal["cross_entropy", "focal"] = "cross_entropy"
    gamma: Annotated[float, Field(ge=0, le=10)] = 2
    label_smoothing: Below1 = 0
    class_weights: Literal["none", "balanced"] = "none"

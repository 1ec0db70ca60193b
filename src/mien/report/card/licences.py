"""What is known of the terms of datasets, by the label set whose pictures they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from mien.report.account.subject import Subject

UNKNOWN = "not known to mien"


@dataclass(frozen=True, slots=True)
class Known:
    """A dataset.

    Attributes:
        title: as people write it.
        terms: what its owners allow, in short; their own text decides.
        note: what a user of the model must know of its pictures; may be empty.
        source: where it was published.
    """

    title: str
    terms: str
    source: str
    note: str = ""


DATASETS = MappingProxyType(
    {
        "fer2013": Known(
            "FER-2013",
            "the pictures were found by web search and belong to whoever took them; not to be "
            "passed on",
            "Goodfellow et al. 2013, arXiv:1307.0414",
            "Ages, skin tones and cultures are not balanced in it, and nobody knows the shares.",
        ),
        "ferplus": Known("FER+ votes", "MIT, for the votes", "Barsoum et al. 2016, "
                         "arXiv:1608.01041"),
        "rafdb": Known(
            "RAF-DB",
            "for non-commercial research; the pictures may not be passed on",
            "Li, Deng & Du 2017, CVPR",
        ),
        "ckplus": Known(
            "CK+",
            "for research under an agreement; may not be passed on",
            "Lucey et al. 2010, CVPR workshops",
            "Posed in a laboratory by young adults.",
        ),
        "affectnet": Known(
            "AffectNet",
            "for research, not for commercial use, under an agreement",
            "Mollahosseini, Hasani & Mahoor 2017, arXiv:1708.03985",
        ),
        "jaffe": Known(
            "JAFFE",
            "for non-commercial scientific research",
            "Lyons et al. 1998, Automatic Face and Gesture Recognition",
            "Ten Japanese women, posed.",
        ),
        "expw": Known("ExpW", UNKNOWN, "Zhang, Luo, Loy & Tang 2016, arXiv:1609.06426"),
        "drawn": Known(
            "made-up cartoon faces",
            "drawn by mien, of nobody",
            "mien",
            "It has seen drawings only: a score on them says nothing about photographs.",
        ),
    }
)  # fmt: skip


def datasets_of(subject: Subject) -> Iterator[tuple[str, Known]]:
    """Yield what a model learnt from: its name and what is known of it, votes too."""
    data = subject.data
    name, label_set = str(data.get("name", UNKNOWN)), str(data.get("label_set", ""))
    known = DATASETS.get(label_set) or DATASETS.get(name)
    yield name, known or Known(name, UNKNOWN, UNKNOWN)
    heads = data.get("heads", {})
    if label_set == "fer2013" and "ferplus" in heads:
        yield "ferplus", DATASETS["ferplus"]
    start = subject.config.get("model", {}).get("pretrained")
    if start:
        title = "weights of ImageNet" if start == "imagenet" else f"weights {start}"
        yield str(start), Known(title, UNKNOWN, UNKNOWN)

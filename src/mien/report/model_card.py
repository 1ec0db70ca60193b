"""The card of a model file, from what the file says of itself (Mitchell et al. 2019)."""

from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Any

from mien.report.tables import markdown_table

HEADERS = ("dataset", "head", "labels", "rows", "n", "accuracy %", "macro-F1")

PERCEIVED = (
    "It answers how a face *looks* to people who label pictures, not what the person feels "
    "(Barrett et al. 2019, doi:10.1177/1529100619832930)."
)
ABOUT = {
    "fer2013": "FER-2013's pictures were collected by web search; ages, skin tones and cultures "
    "are not balanced in it, and nobody knows the shares.",
    "drawn": "It has seen made-up cartoon faces only: a score on them says nothing about "
    "photographs.",
}
"""What is known of a training set, by its name."""
FACES = {
    "crop": "cut out around what the detector found",
    "align": "cut out around what the detector found, and turned upright",
}
"""How the faces were cut out that a model learnt from, by the file's word for it."""
LIMITS = (
    "Probabilities are not calibrated yet. Faces under about 60 pixels, rare expressions, and "
    "answers with a low probability are the least to be trusted. Do not use it to judge a person: "
    "in the EU, inferring emotions at work and in education is prohibited except for medical or "
    "safety reasons (Regulation (EU) 2024/1689, Art. 5(1)(f))."
)


def card(metadata: Mapping[str, Any], licence: str = "MIT") -> str:
    """Return a model card in Markdown.

    Args:
        metadata: the JSON under the key ``mien`` of a model file.
        licence: of the weights.
    """
    origin, data = metadata["provenance"], metadata["provenance"]["data"]
    facts = [
        ("licence", licence),
        ("input", _input(metadata["preprocessing"])),
        *_faces(metadata.get("framing", {})),
        ("outputs", "; ".join(_head(*h) for h in metadata["heads"].items())),
        ("answers with", metadata["answer"]),
        ("learnt from", _learnt(data)),
        ("seed", origin["seed"]),
        ("epochs", f"{origin['epochs']}; the weights of epoch {origin['best_epoch'] + 1}"),
        ("chosen by", f"best {origin['monitor']} on validation: {origin['best']:.4f}"),
        ("hours", f"{origin['hours']:.2f}"),
        ("hardware", origin["gpu"] or f"{origin['cpu']}, {origin.get('threads', '?')} threads"),
        ("versions", ", ".join(f"{k} {v}" for k, v in origin["packages"].items() if v)),
        ("commit", origin["commit"] or "not known"),
        ("sha256 of the weights", origin["weights_sha256"]),
    ]
    parts = [
        f"# {metadata['name']}",
        markdown_table(("", ""), facts),
        "## Scores",
        "*official* is every row of the split that has a label of that kind; *dedup* leaves out "
        "rows with a byte-identical picture in training. Both come from the same answers.",
        markdown_table(HEADERS, list(_scores(metadata["scores"]))),
        "## Use, and limits",
        fill(f"{PERCEIVED} {ABOUT.get(data['name'], '')} {LIMITS}", 100),
        "## Experiment",
        f"```yaml\n{origin['config'].strip()}\n```",
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _input(spec: Mapping[str, Any]) -> str:
    colour = "grey" if spec["channels"] == 1 else "RGB"
    even = {"histogram": "histogram equalisation, ", "clahe": "CLAHE, "}
    equalised = even.get(spec.get("equalise", "none"), "")
    return f"{spec['size']}×{spec['size']} {colour}, {equalised}normalised {spec['normalise']}"


def _faces(framing: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield how faces were cut out, where the detector did it."""
    if framing.get("faces"):
        yield "faces", FACES[framing["faces"]]


def _head(name: str, head: Mapping[str, Any]) -> str:
    return f"`{name}`: {', '.join(head['classes'])}"


def _learnt(data: Mapping[str, Any]) -> str:
    left_out = f", left out: {', '.join(data['left_out'])}" if data["left_out"] else ""
    return f"{data['name']}, {data['rows']['train']:,} pictures{left_out} ({data['sha256'][:12]})"


def _scores(scores: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    for dataset, heads in scores.items():
        for head, protocols in heads.items():
            for protocol, kinds in protocols.items():
                for kind, s in kinds.items():
                    share, f1 = f"{100 * s['accuracy']:.2f}", f"{s['macro_f1']:.3f}"
                    yield dataset, head, protocol, kind, s["n"], share, f1

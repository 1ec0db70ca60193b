"""The head of a card: YAML that the Hugging Face hub reads."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from mien.report.account.story import Story
from mien.report.account.words import labels

TAGS = ("facial-expression-recognition", "emotion-recognition", "affective-computing", "mien")
TASK = {"type": "image-classification", "name": "Facial expression recognition"}
UNKNOWN = "unknown"
METRICS = {"accuracy": "accuracy", "macro_f1": "f1"}
"""Score of a report → what the hub calls it."""
WORDS = {"accuracy": "accuracy", "f1": "macro-F1"}


def front(story: Story, licence: str = "") -> str:
    """Return the YAML between two lines of three dashes.

    Args:
        story: what the card is of.
        licence: of the weights, as the hub names it, such as ``mit``; empty where none is stated.
    """
    subject = story.first
    data = [str(subject.data["name"])] if subject.data.get("name") else []
    values = {
        "license": licence.lower() or UNKNOWN,
        "library_name": "mien",
        "pipeline_tag": "image-classification",
        "tags": [*TAGS, *(["onnx"] if subject.is_file else [])],
        "datasets": data,
        "metrics": list(METRICS.values()),
        "model-index": [{"name": subject.name, "results": list(results(story))}],
    }
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)
    return f"---\n{text}---\n"


def licence_in(path: Path) -> str:
    """Return the licence that a card's head states; empty where there is no card, or none in it."""
    try:
        head = path.read_text(encoding="utf-8").split("---\n")[1]
        stated = yaml.safe_load(head)["license"]
    except (OSError, ValueError, IndexError, KeyError, TypeError, yaml.YAMLError):
        return ""
    return "" if stated == UNKNOWN else str(stated)


def results(story: Story) -> Iterator[dict[str, Any]]:
    """Yield an entry for each evaluation of the first run, with its scores on all labels."""
    evaluations: Mapping[str, Any] = {
        one.name: (one.metrics["data"], one.heads) for one in story.first.evaluations
    }
    for data, heads in (evaluations or _told(story)).values():
        where = {"type": data["name"], "name": data["name"], "split": data["split"]}
        revision = {"revision": data["sha256"]} if data.get("sha256") else {}
        yield {
            "task": dict(TASK),
            "dataset": {**where, **revision},
            "metrics": list(_metrics(heads)),
        }


def _metrics(heads: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for head, protocols in heads.items():
        for protocol, kinds in protocols.items():
            for kind, report in kinds.items():
                said = f"head {head}, {labels(protocol)}, {kind}, n={report['n']}"
                for score, name in METRICS.items():
                    value = round(float(report[score]), 5)
                    yield {"type": name, "name": f"{WORDS[name]} ({said})", "value": value}


def _told(story: Story) -> dict[str, Any]:
    """Return the scores that a file itself carries, where no evaluation is there."""
    found = {}
    for name, heads in story.first.about.get("scores", {}).items():
        dataset, _, split = name.partition("-")
        known = split in ("train", "val", "test", "all")
        found[name] = ({"name": dataset if known else name, "split": split or "test"}, heads)
    return found

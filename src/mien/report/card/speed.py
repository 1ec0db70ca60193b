"""How fast a model answers, from ``latency.json``."""

from collections.abc import Mapping
from typing import Any

from mien.report.account.pieces import Missing, Section, Table, Told
from mien.report.account.subject import Subject

HEADERS = ("faces at once", "ms a call, median", "ms, 95th percentile", "faces a second", "calls")


def speed(subject: Subject) -> Told:
    """Return the section, or what is missing."""
    found = subject.latency
    if found is None:
        name = subject.path.name if subject.is_file else "MODEL.onnx"
        return Missing("latency", f"mien card {name} --measure-latency")
    machine = found["environment"]
    rows = tuple(_row(found[kind]) for kind in ("single", "batch"))
    return Section(
        id="latency",
        title="Latency",
        tables=(Table(f"On {machine['cpu']}, {found['threads']} threads", HEADERS, rows, words=0),),
        notes=(
            "from stored crops to probabilities, preprocessing included, without finding faces; "
            f"after {found['warm_up']} calls that were not counted",
            f"Python {machine['python']}, ONNX Runtime {machine['packages'].get('onnxruntime')}, "
            f"{machine['platform']}, measured {machine['time']}",
        ),
    )


def _row(one: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"{one['faces']:,}",
        f"{one['median_ms']:.2f}",
        f"{one['p95_ms']:.2f}",
        f"{one['faces_per_second']:,.0f}",
        f"{one['runs']:,}",
    )

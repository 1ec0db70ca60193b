"""One file that runs anywhere: weights, class order, preprocessing, provenance and scores.

Input ``faces`` is ``float32 [N, C, S, S]``, preprocessed as the file says; one output for each
head, named after its label set: logits ``[N, classes]``. Everything else is JSON under the key
``mien`` of the file's metadata (``mien.inference.info`` reads it).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from mien.config import Experiment
from mien.emotions import LABEL_SETS
from mien.evaluation.certainty.fitted import Entry, for_file
from mien.export.metadata import put
from mien.inference.info import FORMAT
from mien.training.quiet import quiet

OPSET = 18


class _Outputs(nn.Module):
    """Heads as a tuple, in the order of their names in the file."""

    def __init__(self, network: nn.Module, heads: tuple[str, ...]) -> None:
        super().__init__()
        self.network, self.heads = network, heads

    def forward(self, faces: Tensor) -> tuple[Tensor, ...]:
        """Return each head's logits."""
        logits = self.network(faces)
        return tuple(logits[head] for head in self.heads)


def write(
    network: nn.Module, experiment: Experiment, path: Path, metadata: Mapping[str, Any]
) -> None:
    """Write a network in evaluation mode as ONNX with mien's metadata.

    Args:
        network: as ``mien.training.finished.open_run`` returns it.
        experiment: gives preprocessing and heads.
        path: the file to write.
        metadata: see ``metadata``.
    """
    heads = experiment.data.heads
    spec = experiment.preprocess
    shape = (3, spec.channels, spec.size, spec.size)
    with quiet("torch.onnx", "onnxscript", ignore=("",)):
        program = torch.onnx.export(
            _Outputs(network, heads).eval(),
            (torch.zeros(shape),),
            dynamo=True,
            opset_version=OPSET,
            input_names=["faces"],
            output_names=list(heads),
            dynamic_shapes={"faces": {0: torch.export.Dim.DYNAMIC}},
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    _forget_sources(model.graph)
    put(model, metadata)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def metadata(
    experiment: Experiment,
    details: Mapping[str, Any],
    fitted: Mapping[str, Entry] | None = None,
) -> dict[str, Any]:
    """Return what a model file says of itself.

    Args:
        experiment: gives preprocessing, heads and classes.
        details: ``name``, ``framing``, ``provenance`` and ``scores``.
        fitted: head → what calibrates it, see ``mien.evaluation.certainty.calibrate``; None leaves
            the logits as they are.
    """
    heads, plain = experiment.data.heads, {"temperature": 1.0}
    told = {head: for_file(entry) for head, entry in (fitted or {}).items()}
    return {
        "format": FORMAT,
        "preprocessing": experiment.preprocess.to_dict(),
        "heads": {h: {"classes": list(LABEL_SETS[h]), **told.get(h, plain)} for h in heads},
        "answer": "ferplus" if "ferplus" in heads else heads[0],
        **details,
    }


def _forget_sources(graph: onnx.GraphProto) -> None:
    """Drop the exporter's notes on every node: stack traces with paths of this machine."""
    for node in graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*graph.input, *graph.output, *graph.value_info, *graph.initializer]:
        del value.metadata_props[:]
    del graph.metadata_props[:]

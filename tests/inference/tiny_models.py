"""Tiny model files, in the layout that mien export writes."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from mien.emotions import BASIC, EMOTIONS
from mien.preprocess import Preprocessing


def describe(**changes):
    heads = {
        "fer2013": {"classes": list(BASIC), "temperature": 2.0},
        "ferplus": {"classes": list(EMOTIONS), "temperature": 1.0},
    }
    about = {
        "format": 1,
        "name": "tiny",
        "preprocessing": Preprocessing().to_dict(),
        "heads": heads,
        "answer": "ferplus",
        "provenance": {"seed": 0},
        "scores": {"ferplus": 0.5},
    }
    return about | changes


def write_model(path, about, classes=(("fer2013", 7), ("ferplus", 8)), size=48, channels=1, n="n"):
    """Write one linear layer a head with fixed random weights; about=None leaves no metadata."""
    rng = np.random.default_rng(7)
    nodes, weights, outputs = [helper.make_node("Flatten", ["faces"], ["flat"])], [], []
    for name, count in classes:
        matrix = rng.normal(0, 0.03, (channels * size * size, count)).astype(np.float32)
        weights.append(numpy_helper.from_array(matrix, f"w_{name}"))
        nodes.append(helper.make_node("MatMul", ["flat", f"w_{name}"], [name]))
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [n, count]))
    shape = [n, channels, size, size]
    faces = helper.make_tensor_value_info("faces", TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "tiny", [faces], outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    if about is not None:
        text = about if isinstance(about, str) else json.dumps(about)
        helper.set_model_props(model, {"mien": text})
    onnx.save(model, path)
    return path

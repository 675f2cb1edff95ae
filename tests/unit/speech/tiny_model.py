"""A VITS model made by hand, for sherpa-onnx: it sounds 440 Hz, a quarter of a second for each letter."""

from __future__ import annotations

import math
from pathlib import Path

import onnx
from onnx import TensorProto, helper

RATE = 16000
METADATA = {
    "model_type": "vits",
    "comment": "made by hand",
    "language": "Korean",
    "frontend": "characters",
    "sample_rate": str(RATE),
    "n_speakers": "1",
    "add_blank": "0",
    "use_eos_bos": "0",
    "blank_id": "0",
    "bos_id": "0",
    "eos_id": "0",
    "pad_id": "0",
    "punctuation": "",
}


def write_model(folder: Path) -> Path:
    """Write model and letters into ``folder``."""
    folder.mkdir(parents=True)
    constants = [
        helper.make_tensor("letter", TensorProto.INT64, [], [RATE // 4]),
        helper.make_tensor("zero", TensorProto.INT64, [], [0]),
        helper.make_tensor("one", TensorProto.INT64, [], [1]),
        helper.make_tensor("step", TensorProto.FLOAT, [], [2 * math.pi * 440 / RATE]),
        helper.make_tensor("loud", TensorProto.FLOAT, [], [0.3]),
        helper.make_tensor("shape", TensorProto.INT64, [3], [1, 1, -1]),
    ]
    nodes = [
        helper.make_node("Size", ["x"], ["letters"]),
        helper.make_node("Mul", ["letters", "letter"], ["count"]),
        helper.make_node("Range", ["zero", "count", "one"], ["index"]),
        helper.make_node("Cast", ["index"], ["place"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["place", "step"], ["angle"]),
        helper.make_node("Sin", ["angle"], ["wave"]),
        helper.make_node("Mul", ["wave", "loud"], ["sound"]),
        helper.make_node("Reshape", ["sound", "shape"], ["y"]),
    ]
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.INT64, [1, "letters"]),
        helper.make_tensor_value_info("x_length", TensorProto.INT64, [1]),
        *(
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])
            for name in ("noise_scale", "length_scale", "noise_scale_w")
        ),
    ]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, "samples"])
    graph = helper.make_graph(nodes, "tone", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, METADATA)
    onnx.save(model, str(folder / "tone.onnx"))
    letters = " 가나다라마바사.,"
    (folder / "tokens.txt").write_text(
        "".join(f"{letter} {number}\n" for number, letter in enumerate(letters)), "utf-8"
    )
    return folder

"""ONNX: runs with onnxruntime, without torch and without this project."""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.deploy.checked import parse_told
from search.deploy.format import Run
from spaces.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from search.deploy.program import Program

OPSET = 18  # torch's exporter writes it best, and onnxruntime runs it since 1.14: our choice
TOLD = "export.json"
IMAGE = "image"
CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


@dataclass(frozen=True)
class Onnx:
    """Written by torch's exporter on `torch.export`, with what is told in its metadata."""

    name: str = "onnx"
    suffix: str = ".onnx"
    beside: tuple[str, ...] = ()
    writing: tuple[str, ...] = ("onnx", "onnxscript")
    running: tuple[str, ...] = ("onnxruntime",)
    trusting: str = ""
    extra: str = "export"

    def write(self, program: Program, size: tuple[int, int], told: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """See `Format.write`."""
        import torch  # torch: 1.5 s, wrong arguments are refused without

        from search.deploy.pt2_format import BATCH, trace_program

        exported = trace_program(program, size)
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of its own internals, which nobody here can mend
                made = torch.onnx.export(
                    exported,
                    dynamo=True,
                    opset_version=OPSET,
                    input_names=[IMAGE],
                    output_names=[task.name for task in program.tasks],
                    verbose=False,
                )
        except Exception as error:  # it raises whatever its translation meets
            first = str(error).strip().splitlines()
            raise DataError(
                f"this network cannot be written as ONNX ({type(error).__name__}: {first[0] if first else ''}); take "
                "--format pt2"
            ) from error
        assert made is not None
        model = made.model_proto
        model.metadata_props.add(key=TOLD, value=json.dumps(told))
        _name_batch(model, BATCH)
        _check_input(model, size)
        path.write_bytes(model.SerializeToString())
        return {"opset": OPSET}

    def explain_no_cuda(self) -> str:
        """See `Format.explain_no_cuda`."""
        import onnxruntime  # type: ignore[import-untyped]  # onnxruntime: 0.2 s, where a file is run

        there = CUDA in onnxruntime.get_available_providers()
        return "" if there else f"onnxruntime as it is installed here has no {CUDA}; onnxruntime-gpu has"

    def open(self, path: Path, threads: int, device: str = "cpu") -> Run:
        """See `Format.open`."""
        session = _open(path, threads, CPU if device == "cpu" else CUDA)
        names = [output.name for output in session.get_outputs()]

        def run(images: np.ndarray) -> dict[str, np.ndarray]:
            return dict(zip(names, session.run(names, {IMAGE: images}), strict=True))

        return run

    def read(self, path: Path) -> dict[str, Any]:
        """See `Format.read`."""
        told = _open(path, 1).get_modelmeta().custom_metadata_map.get(TOLD)
        if told is None:
            raise DataError(f"{path} was not written by python -m search.export, for it does not tell its tasks")
        return parse_told(told, path)


def _name_batch(model: Any, name: str) -> None:
    """Call the number of images so wherever it stands, for the exporter calls it by a symbol such as s40."""
    values = [*model.graph.input, *model.graph.output, *model.graph.value_info]
    (given,) = model.graph.input
    symbol = given.type.tensor_type.shape.dim[0].dim_param
    if not symbol:
        return
    for side in (each for value in values for each in value.type.tensor_type.shape.dim):
        if side.dim_param:
            side.dim_param = re.sub(rf"\b{re.escape(symbol)}\b", name, side.dim_param)  # it may be a product, too


def _check_input(model: Any, size: tuple[int, int]) -> None:
    """See that the number of images is free, for the exporter freezes it without a word where code reads it."""
    (given,) = model.graph.input
    dimensions = [each.dim_param or each.dim_value for each in given.type.tensor_type.shape.dim]
    if not isinstance(dimensions[0], str) or dimensions[1:] != [*size, 3]:
        raise DataError(
            f"the exported graph takes images of shape {dimensions} and not any number of {size[0]}x{size[1]}; that is "
            "a defect of the network's code, take --format pt2"
        )


def _open(path: Path, threads: int, provider: str = CPU) -> Any:
    import onnxruntime  # onnxruntime: as above

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    # Threads that spin after their work take the cores from whoever runs next, the trained network in a comparison.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(path, options, providers=[provider])
    except Exception as error:  # onnxruntime has an exception a cause
        raise DataError(
            f"{path} cannot be read as ONNX ({type(error).__name__}); export the trial again with python -m "
            "search.export"
        ) from error

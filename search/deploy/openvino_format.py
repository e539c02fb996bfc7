"""OpenVINO's own form, made of ONNX: for Intel's CPUs, without torch and without this project.

Two files as its users know them, the graph as .xml and the weights beside it as .bin.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from search.deploy.checked import parse_told
from search.deploy.format import Run
from search.deploy.onnx_format import IMAGE, TOLD, Onnx
from spaces.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from search.deploy.program import Program

PLACE = "sharing_search"  # where in the graph's notes `TOLD` stands
# bfloat16, which newer CPUs would take by themselves, answers otherwise than the network that was measured.
PRECISION = "f32"


@dataclass(frozen=True)
class OpenVino:
    """Converted from what `Onnx` writes, weights in full precision."""

    name: str = "openvino"
    suffix: str = ".xml"
    beside: tuple[str, ...] = (".bin",)
    writing: tuple[str, ...] = ("onnx", "onnxscript", "openvino")
    running: tuple[str, ...] = ("openvino",)
    trusting: str = ""
    extra: str = "openvino"

    def write(self, program: Program, size: tuple[int, int], told: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """See `Format.write`."""
        openvino = _import_quietly()
        with TemporaryDirectory() as folder:
            between = Path(folder, "model.onnx")
            chosen = Onnx().write(program, size, told, between)
            try:
                model = openvino.Core().read_model(between)
            except Exception as error:  # it raises whatever its translation meets
                raise DataError(
                    f"this network cannot be converted for OpenVINO ({type(error).__name__}: {_first_line(error)}); "
                    "take --format onnx"
                ) from error
            model.set_rt_info(json.dumps(told), [PLACE, TOLD])
            openvino.save_model(model, path, compress_to_fp16=False)
        return chosen

    def explain_no_cuda(self) -> str:
        """See `Format.explain_no_cuda`."""
        return "OpenVINO has no CUDA"

    def open(self, path: Path, threads: int, device: str = "cpu") -> Run:
        """See `Format.open`."""
        openvino = _import_quietly()
        options = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": PRECISION,
            "PERFORMANCE_HINT": "LATENCY",
        }
        compiled = openvino.Core().compile_model(_read(path), "CPU", options)
        names = [output.any_name for output in compiled.outputs]

        def run(images: np.ndarray) -> dict[str, np.ndarray]:
            found = compiled({IMAGE: images}, share_outputs=False)
            return {name: found[name] for name in names}

        return run

    def read(self, path: Path) -> dict[str, Any]:
        """See `Format.read`."""
        model = _read(path)
        if not model.has_rt_info([PLACE, TOLD]):
            raise DataError(f"{path} was not written by python -m search.export, for it does not tell its tasks")
        return parse_told(model.get_rt_info([PLACE, TOLD]).astype(str), path)


def _read(path: Path) -> Any:
    try:
        return _import_quietly().Core().read_model(path)
    except Exception as error:  # it has one exception for all causes
        raise DataError(
            f"{path} cannot be read as OpenVINO's ({type(error).__name__}), whose weights lie beside it in "
            f"{path.with_suffix('.bin').name}; export the trial again with python -m search.export"
        ) from error


def _import_quietly() -> Any:
    """OpenVINO without its telemetry, which names the user in a file of the home folder as soon as it is imported."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # as Python marks what is not there
    import openvino  # openvino: 0.2 s, where it is used

    return openvino


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0]

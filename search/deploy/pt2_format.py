"""torch's own exported program, .pt2: runs with torch alone, no code of this project."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.deploy.checked import parse_told
from search.deploy.format import Run
from search.deploy.writable import writable
from spaces.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import torch

    from search.deploy.program import Program

TOLD = "export.json"
BATCH = "batch"  # the free dimension, as it is called in graphs


@dataclass(frozen=True)
class Pt2:
    """Written by `torch.export`, with what is told in a file of its archive."""

    name: str = "pt2"
    suffix: str = ".pt2"
    beside: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()
    running: tuple[str, ...] = ("torch",)
    trusting: str = "torch.export"
    extra: str = "export"

    def write(self, program: Program, size: tuple[int, int], told: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """See `Format.write`."""
        import torch  # torch: 1.5 s, wrong arguments are refused without

        exported = trace_program(program, size)
        with open(path, "wb") as file:  # by its name it would want the suffix
            torch.export.save(exported, file, extra_files={TOLD: json.dumps(told)})
        return {}

    def explain_no_cuda(self) -> str:
        """See `Format.explain_no_cuda`."""
        import torch  # torch: as above

        return "" if torch.cuda.is_available() else "torch sees no CUDA device"

    def open(self, path: Path, threads: int, device: str = "cpu") -> Run:
        """See `Format.open`."""
        import torch  # torch: as above

        from trainers.threads import threads_of_torch  # torch: as above

        exported, told = _load(path)
        if device != "cpu":
            from torch.export.passes import move_to_device_pass  # torch: as above

            exported = move_to_device_pass(exported, device)
        module = exported.module()

        def run(images: np.ndarray) -> dict[str, np.ndarray]:
            with threads_of_torch(threads), torch.inference_mode():
                found = module(torch.from_numpy(writable(images)).to(device))
            return {name: each.cpu().numpy() for name, each in _name_outputs(found, told).items()}

        return run

    def read(self, path: Path) -> dict[str, Any]:
        """See `Format.read`."""
        return _load(path)[1]


def _name_outputs(found: Any, told: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """Outputs by task: by the graph's own names, else in the order that the file tells; earlier ones had no names."""
    if isinstance(found, Mapping):
        return dict(found)
    return dict(zip(told.get("outputs", tuple(told["tasks"])), found, strict=True))


def trace_program(program: Program, size: tuple[int, int]) -> torch.export.ExportedProgram:
    """The program as a graph for any number of images.

    Raises:
        DataError: it cannot be traced so.
    """
    import torch  # torch: as above

    example = torch.zeros(2, *size, 3, dtype=torch.uint8)  # one image alone would be taken for the only number
    batch = torch.export.Dim(BATCH, min=1)
    try:
        with torch.no_grad():
            return torch.export.export(program, (example,), dynamic_shapes=({0: batch},))
    except Exception as error:  # torch.export raises whatever the module's code does
        first = str(error).strip().splitlines()
        raise DataError(
            f"this network cannot be exported for images of {size[0]}x{size[1]} pixels "
            f"({type(error).__name__}: {first[0] if first else 'no reason given'}); leave out --size, or take another "
            "trial"
        ) from error


def _load(path: Path) -> tuple[torch.export.ExportedProgram, dict[str, Any]]:
    import torch  # torch: as above

    told = {TOLD: ""}
    logging.getLogger("torch.export").setLevel(logging.ERROR)  # a damaged file is one message, not torch's as well
    try:
        with open(path, "rb") as file:
            exported = torch.export.load(file, extra_files=told)
        return exported, parse_told(told[TOLD], path)
    except Exception as error:  # what a damaged archive raises depends on where it is damaged
        raise DataError(
            f"{path} cannot be read as an exported program of this project ({type(error).__name__}); export the trial "
            "again with python -m search.export"
        ) from error

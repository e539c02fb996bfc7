"""The contract of an export format: a way to write a program to one file, and to run that file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

    from search.deploy.program import Program

LARGEST = 1_000_000  # pixels a side that images may have: our choice, beyond all cameras and within torch's numbers
SIDECAR = "export.json"  # beside a file, with what is known of it

Run = Callable[["np.ndarray"], "dict[str, np.ndarray]"]
"""``(B, H, W, 3)`` uint8 RGB -> scores by task."""


class Format(Protocol):
    """One of `search.deploy.formats`; nothing heavy is imported to have one."""

    @property
    def name(self) -> str:
        """As ``--format`` takes it."""

    @property
    def suffix(self) -> str:
        """Of its files."""

    @property
    def beside(self) -> tuple[str, ...]:
        """Suffixes of what lies beside a file and belongs to it."""

    @property
    def extra(self) -> str:
        """Of this project, with all the packages that it wants."""

    @property
    def writing(self) -> tuple[str, ...]:
        """Packages that writing wants."""

    @property
    def running(self) -> tuple[str, ...]:
        """Packages that running a file wants."""

    @property
    def trusting(self) -> str:
        """Package that runs what a file holds as code while it opens it, so that a stranger's wants a word; or ""."""

    def write(self, program: Program, size: tuple[int, int], told: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """Write a program for images of a size and any number of them, with what is told of it inside.

        Returns:
            What was chosen, such as the opset.

        Raises:
            DataError: the network cannot be written so, with the reason.
        """

    def explain_no_cuda(self) -> str:
        """Why files of this format cannot be run on a CUDA device here; empty where they can."""

    def open(self, path: Path, threads: int, device: str = "cpu") -> Run:
        """Run a file on the CPU, as many threads as said; or on "cuda", where `explain_no_cuda` has no reason.

        Raises:
            DataError: it is no such file, or damaged.
        """

    def read(self, path: Path) -> dict[str, Any]:
        """What was told of the program when it was written.

        Raises:
            DataError: it is no such file, or tells nothing.
        """

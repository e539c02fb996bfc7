"""Trainings that wait for each other, so that a test on several nodes need not take long to be sure of what runs where.

Else they would have to be longer than a worker's start: Tune gives up one that still starts when another is free.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ray

PATIENCE = 120.0  # seconds
STEP = 0.05  # seconds, in which nothing is computed


@dataclass(frozen=True)
class Meet:
    """An augmentation that changes nothing: it holds a training until others were begun on as many nodes as wanted.

    Args:
        folder: of `Meeting`.
    """

    folder: str

    def __call__(self, images: Any, targets: Any, tasks: Any, generator: Any) -> tuple[Any, Any]:
        wanted, end = Path(self.folder, "wanted"), time.monotonic() + PATIENCE
        if wanted.read_text() != "0":
            Path(self.folder, f"at-{ray.get_runtime_context().get_node_id()}").touch()
            time.sleep(STEP)
        while len(list(Path(self.folder).glob("at-*"))) < int(wanted.read_text()) and time.monotonic() < end:
            time.sleep(STEP)
        return images, targets


class Meeting:
    """What a test wants of trainings.

    Args:
        folder: of the test.

    Attributes:
        choice: of the trainer whose trainings meet, in the folder's "conf".
        words: arguments that stand before those of a search, for which nothing else is there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "meeting"
        self._folder.mkdir()
        conf = folder / "conf" / "trainer"
        conf.mkdir(parents=True, exist_ok=True)
        (conf / "meeting.yaml").write_text(
            "_target_: trainers.recipe.Recipe\n"
            f"augment:\n  - {{_target_: tests.end_to_end.meeting.Meet, folder: {self._folder}}}\n"
        )
        self.choice = "trainer=meeting"
        self.words = ["--config-dir", str(conf.parent), self.choice]
        self.want(0)

    def want(self, nodes: int) -> None:
        """Have trainings begun on so many nodes, of those that ever were, before any goes on; 0 for no waiting."""
        whole = self._folder / "next"
        whole.write_text(str(nodes))
        whole.replace(self._folder / "wanted")

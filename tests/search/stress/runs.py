"""A real search whose networks are tested for robustness: three trials on small rooms."""

from __future__ import annotations

from pathlib import Path

from search.run import main
from tests.tiny import NETWORK

SMALL = ["data.images=16", "data.val_images=8", "data.test_images=6", "data.image_size=18"]  # padded


def search_rooms(home: Path, *more: str, tasks: str = "segmentation,depth,normals,edges") -> Path:
    """The run folder of a search, in this process and on one CPU."""
    given = [*SMALL, f"data.tasks=[{tasks}]", f"data.cache={home / 'cache'}", f"run.folder={home / 'runs'}", *NETWORK]
    given += ["trainer.epochs=1", "trainer.batch_size=8", "baselines.seeds=1", "runner=inline", "tracking=none"]
    assert main([*given, "sampler=frontier", "trials=3", "run.name=rooms", *more]) == 0
    return home / "runs" / "rooms"

"""Searches over data that are streamed: under Ray, in this process, and planned."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.config import compose
from search.job import Job, execute
from search.plan import main as plan
from spaces.pattern import hard_sharing
from tests.end_to_end.searches import finish, trials_in
from tests.pictures import write_pictures
from tests.tiny import NETWORK

CONF = """
_target_: tests.pictures.Pictures
root: {root}
loading:
  _target_: trainers.data.loading.Loading
  memory_gb: {memory}
  workers: 1
"""


def given(tmp_path: Path, root: Path, memory: float, *more: str) -> list[str]:
    folder = tmp_path / "conf" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pictures.yaml").write_text(CONF.format(root=root, memory=memory))
    few = ["trainer.epochs=2", "trainer.batch_size=8", "baselines.seeds=1", "tracking=none", "trials=2"]
    return ["--config-dir", str(tmp_path / "conf"), "data=pictures", *NETWORK, *few, "sampler=exhaustive", *more]


@pytest.mark.slow
def test_a_streamed_search_under_ray_is_one_from_memory_in_this_process(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "data", images=16)
    finish(given(tmp_path, root, 4.0, "runner=inline", "run.name=memory"), tmp_path)
    finish(given(tmp_path, root, 0.0, "run.name=ray"), tmp_path)
    memory, ray = (trials_in(tmp_path / "runs" / name) for name in ("memory", "ray"))
    assert len(memory) == 2
    assert {t.key: t.metrics for t in ray.values()} == {t.key: t.metrics for t in memory.values()}


@pytest.mark.slow
def test_a_plan_times_trainings_on_streams(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "data", images=16)
    assert plan(given(tmp_path, root, 0.0, "runner=inline")) == 0


def test_a_damaged_file_is_the_reason_of_a_failed_training(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "data", images=16)
    (root / "train" / "9.png").write_bytes(b"no picture")
    settings = compose(given(tmp_path, root, 0.0, "runner=inline"))
    pattern = hard_sharing([task.name for task in settings.data.selected], 2, 2)
    job = Job("a job", pattern, settings.data, settings.network, settings.trainer, 0, 1, tmp_path / "outcome.json")
    outcome = execute(job)
    assert outcome.reason.startswith(f"DataError: {root / 'train' / '9.png'}: cannot be read")
    assert outcome.metrics == {}

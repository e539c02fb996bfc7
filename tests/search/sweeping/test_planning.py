"""A sweep's plan counts what its runs share once, and agrees with the plans of its runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.sweeping.planning import PlannedRun, format_plan, plan_runs
from search.sweeping.record import open_record, read_record
from search.sweeping.sweep import plan_sweep
from tests.tiny import arguments, write_tiny


@pytest.mark.slow
def test_shared_trainings_are_counted_with_the_first_run(capsys: pytest.CaptureFixture[str]) -> None:
    given = arguments(write_tiny(Path("data")), "space=fusion,branching", "trials=2", "trainer.epochs=3")
    sweep = plan_sweep([*(word for word in given if word != "trainer.epochs=1"), "run.seed=0,1"])
    said: list[str] = []
    planned = plan_runs(sweep, read_record(sweep), said.append)
    assert [(each.trials, each.baselines, each.epochs) for each in planned] == [(2, 3, 15)] * 2 + [(2, 0, 6)] * 2
    assert all(each.seconds and 0 < each.seconds[0] <= each.seconds[1] for each in planned)
    assert planned[0].seconds == planned[1].seconds  # timed once, for seeds change no step
    assert not said
    lines = format_plan(sweep, planned).splitlines()
    assert lines[0] == "4 runs in runs/sweep-space-seed, one after the other"
    assert lines[-3].split()[:4] == ["together", "8", "6", "42"]
    assert not sweep.folder.exists()


def test_finished_runs_have_nothing_left_and_untimed_ones_are_told() -> None:
    sweep = plan_sweep(arguments(write_tiny(Path("data")), "trials=2", "run.seed=0,1", "trainer.lr=1e30"))
    said: list[str] = []
    with open_record(sweep) as record:
        sweep.runs[0].folder.mkdir()
        (sweep.runs[0].folder / "config.yaml").touch()
        record.finish(sweep.runs[0])
        planned = plan_runs(sweep, record, said.append)
    assert planned == [PlannedRun("seed.0", 0, 0, 0, (0.0, 0.0)), PlannedRun("seed.1", 2, 3, 5, None)]
    assert len(said) == 1 and said[0].startswith("seed.1: no forecast, for a training that was to be timed failed: ")
    told = format_plan(sweep, planned)
    assert "nothing left" in told and told.count("not known") == 2

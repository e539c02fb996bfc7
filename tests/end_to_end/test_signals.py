"""A search that is told to stop says how to go on, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from spaces.common.interpreter import spell_python
from tests.end_to_end.searches import left_running, start, trials_in
from tests.tiny import arguments, write_tiny


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_under_ray_a_signal_ends_the_search_in_order(tmp_path: Path, number: signal.Signals) -> None:
    given = [a for a in arguments(write_tiny(tmp_path / "data"), "trials=15") if a != "runner=inline"]
    given += ["runner.concurrency=1", "trainer.epochs=60"]
    process = start(given, tmp_path)
    run = tmp_path / "runs" / "fusion-npz"
    end = time.monotonic() + 120
    while not (run.exists() and trials_in(run)):
        assert process.poll() is None and time.monotonic() < end, (tmp_path / "log.txt").read_text()
        time.sleep(0.05)
    os.kill(process.pid, number)
    assert process.wait(timeout=60) == 130
    told = (tmp_path / "log.txt").read_text()
    assert f"Interrupted. Nothing finished is lost; go on with:\n  {spell_python()} -m search.run" in told
    assert "Traceback" not in told
    assert 0 < len(trials_in(run)) < 15
    assert (run / "front.csv").exists()
    assert not left_running(tmp_path)

from __future__ import annotations

import io
import json
import math
import time
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from search.jobs.heartbeat import Beat
from search.jobs.job import Outcome
from search.problem import objectives
from search.report.terminal.progress import Progress
from search.report.terminal.pulse import Pulse
from search.standing.started import Started
from spaces.common.formatting import format_count, format_duration
from spaces.drawing.one_line import describe_in_line
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, uniform
from spaces.pattern.stage import Stage
from tests.search.jobs.tiny_job import make_job
from tests.search.trials import TASKS, complete, failed

CHOSEN = objectives.resolve_objectives(["delta_mtl", "macs"], TASKS)


def _start(trials: int, baselines: int, **more: Any) -> Started:
    return Started(began=time.time(), trainings={"trial": trials, "baseline": baselines}, **more)


class Flushed(io.StringIO):
    """A file that is no terminal and remembers what has been flushed."""

    seen = ""

    def flush(self) -> None:
        self.seen = self.getvalue()


def _lines(progress: Progress) -> list[str]:
    return progress.console.file.seen.splitlines()  # type: ignore[attr-defined]  # the file is a Flushed


def test_each_finished_trial_is_one_flushed_line_where_there_is_no_terminal() -> None:
    good, bad = complete(0, 1.5, 12_400_000), failed(1, "out of memory\nin [decoder]")
    with Progress(_start(24, 2), Console(file=Flushed(), width=60), objectives=CHOSEN) as progress:
        progress.print_baseline("depth, seed 1", {"abs_err_m [m]": 0.1234}, 11.6)
        assert _lines(progress) == ["baseline depth, seed 1  abs_err_m [m] 0.1234  12 s"]
        progress.update(done=1, front=1)
        progress.print_trial(good)
        progress.print_trial(bad)
        assert _lines(progress)[1:] == [
            "trial 0  complete  delta_mtl +1.5 %  macs 12.4 M  12 s  " + describe_in_line(good.pattern),
            "trial 1  failed  12 s  " + describe_in_line(bad.pattern) + "  out of memory in [decoder]",
        ]
    assert len(_lines(progress)) == 3


def test_undefined_deltas_do_not_disturb_a_line() -> None:
    chosen = objectives.resolve_objectives(["edges.f1", "macs"], TASKS[3:])
    measured = {"edges.f1": 0.4, "delta_mtl": math.nan, "worst_delta": math.nan}
    trial = complete(0, 0.0, 10, metrics=measured, objectives={"edges.f1": 0.4, "macs": 10.0})
    with Progress(_start(24, 2), Console(file=Flushed(), width=60), objectives=chosen) as progress:
        progress.print_trial(trial)
    assert _lines(progress)[0].startswith("trial 0  complete  edges.f1 0.4")
    assert "nan" not in _lines(progress)[0]


def test_a_terminal_shows_the_counts_below_the_lines() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=160)
    with Progress(_start(24, 0, concurrency=2), console, objectives=CHOSEN) as progress:
        progress.update(done=6, failed=1, front=4, hypervolume=123456789.0)
        progress.print_trial(complete(6, 1.5, 12_400_000))
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # the file is a StringIO
    assert "trial 6  complete" in shown
    assert "6 of 24 trials  |  1 failed  |  front 4  |  hypervolume 123 M  |  about 1 min 46 s left" in shown


def test_time_left_follows_the_finished_trials_and_the_concurrency() -> None:
    progress = Progress(_start(24, 3, concurrency=2), Console(file=io.StringIO()))
    assert progress.seconds_left is None
    assert progress.list_counts() == ["0 of 3 baselines", "0 of 24 trials"]
    progress.print_trial(complete(0, 0.0, 1, seconds=10.0))
    progress.print_trial(failed(1))
    progress.print_trial(complete(2, 0.0, 1, seconds=20.0))
    progress.update(done=2, failed=1)
    progress.find_baselines(f"depth, seed {seed}" for seed in (1, 2, 3))
    assert progress.seconds_left == pytest.approx((24 - 3) * 15 / 2)
    assert progress.list_counts() == ["2 of 24 trials", "1 failed", "about 2 min 38 s left"]
    progress.update(done=23)
    assert progress.seconds_left == 0
    assert progress.list_counts()[-1] == "finishing"


def test_what_runs_is_told_by_what_workers_leave_and_a_baseline_is_no_trial(tmp_path: Path) -> None:
    trial = make_job(tmp_path, "trainer.epochs=4")
    shared = replace(trial, label="trial 0")
    alone = replace(trial, pattern=hard_sharing(["depth"], 4, 4), outcome=tmp_path / "alone.json")
    alone.begun.write_text(json.dumps(asdict(Beat("depth, seed 2", 8, 6, 10.0))))
    progress = Progress(_start(4, 3, epochs={"baseline": 8, "trial": 4}), Console(file=io.StringIO(), width=60))
    progress.find_baselines(["depth, seed 1"])
    progress.show_running([alone, shared])
    # Of baselines 1 1/4 trainings of 80 s, of trials 4 of 40 s, which no network has shown yet.
    assert progress.list_counts() == ["1 of 3 baselines", "0 of 4 trials, 1 running", "about 4 min 20 s left"]
    with Progress(_start(4, 3), Console(file=io.StringIO(), force_terminal=True, width=60)) as shown:
        shown.show_running([alone, shared])
        time.sleep(0.6)
    written = shown.console.file.getvalue()  # type: ignore[attr-defined]  # the file is a StringIO
    assert "depth, seed 2: epoch 6 of 8" in written
    assert f"{shared.label}: starts" in written


def test_a_plan_tells_the_time_left_until_the_first_trial_has_ended() -> None:
    progress = Progress(_start(4, 3, forecast=300.0), Console(file=io.StringIO()))
    progress.print_baseline("depth, seed 1", {}, 1.0)
    assert progress.seconds_left == pytest.approx(300.0, abs=1)
    progress.print_trial(complete(0, 0.0, 1, seconds=10.0))
    progress.update(done=1)
    assert progress.seconds_left == pytest.approx(2 * 1.0 + 3 * 10.0)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (hard_sharing(["a", "b"], 4, 4), "4 x all"),
        (
            uniform("abc", 1, [(("a", "b", "c"),), (("b", "c"), ("a",)), (("a",), ("b",), ("c",))]),
            "1 x all > 1 x a | b+c > 1 x apart",
        ),
        (
            SharingPattern(
                (Stage((("a", "b"),)), Stage((("a",), ("b",)))),
                hard_sharing("ab", 2, 1).exchange,
                (Stage((("a",), ("b",))),),
            ),
            "encoder: 1 x all > 1 x apart; decoder: 1 x apart",
        ),
    ],
)
def test_sharing_in_one_line(pattern: SharingPattern, line: str) -> None:
    assert describe_in_line(pattern) == line


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (950, "950"), (999.6e3, "1.00 M"), (123e3, "123 k"), (12.34e6, "12.3 M"), (1.5e9, "1.50 G")],
)
def test_counts_are_short(value: float, text: str) -> None:
    assert format_count(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_trainings_with_fresh_seeds_are_counted_and_timed() -> None:
    started = _start(1, 0, epochs={"trial": 4.0, "confirmation": 4.0}, fresh=2, concurrency=1)
    with Progress(started, Console(file=Flushed(), width=60), objectives=CHOSEN) as progress:
        progress.print_trial(complete(0, 1.5, 10, seconds=10.0))
        progress.update(done=1, front=2)
        assert progress.seconds_left == pytest.approx(2 * 2 * 10.0)
        progress.hear_confirmed(Outcome({"depth.abs_err_m": 1.0}, seconds=20.0, ended=time.time()))
        progress.hear_confirmed(Outcome({"depth.abs_err_m": 1.0}, seconds=20.0, ended=started.began - 9))  # kept
        assert progress.seconds_left == pytest.approx(3 * 20.0)
        assert "1 of 4 trainings with fresh seeds" in progress.list_counts()


def test_a_terminal_says_that_workers_start_and_stands_still_once_they_are_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = replace(make_job(tmp_path, "trainer.epochs=4"), label="trial 0")
    job.begun.write_text(json.dumps(asdict(Beat("trial 0", 4, 3, 1.0))))
    console = Console(file=io.StringIO(), force_terminal=True, width=60)
    shown = console.file

    def written(seconds: float = 0.7) -> str:
        since = len(shown.getvalue())  # type: ignore[attr-defined]  # the file is a StringIO
        time.sleep(seconds)  # the panel is drawn twice a second
        return str(shown.getvalue()[since:])  # type: ignore[attr-defined]  # as above

    with pytest.raises(KeyboardInterrupt), Progress(_start(4, 0), console) as progress:
        assert "workers start" in written()
        progress.show_running([job])
        assert "trial 0: epoch 3 of 4" in written()
        monkeypatch.setattr("spaces.common.interruption.WORDS", [""])
        job.begun.unlink()
        assert "trial 0: epoch 3 of 4" in written(2.5)  # it looks again after 2 s
        progress.show_running([])
        assert "trial 0: epoch 3 of 4" in written()
        raise KeyboardInterrupt
    assert shown.getvalue().endswith("The report of what has finished is written.\n")  # type: ignore[attr-defined]


def test_a_dumb_terminal_on_which_no_panel_is_drawn_hears_now_and_then_how_it_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("search.report.terminal.progress.Pulse", partial(Pulse, first=0.1))
    console = Console(file=io.StringIO(), force_terminal=True, width=80, _environ={"TERM": "dumb"})
    with Progress(_start(4, 0), console) as progress:
        progress.show_running([replace(make_job(tmp_path, "trainer.epochs=4"), label="trial 0")])
        time.sleep(1.0)
    assert "0 of 4 trials, 1 running" in console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


@pytest.mark.parametrize("width", [60, 80])
def test_lines_on_a_terminal_are_wrapped_at_words_and_indented(width: int) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=width)
    progress = Progress(_start(4, 0), console, objectives=CHOSEN)
    progress.print_trial(failed(1, "many words of a reason " * 5))
    first, *more = console.file.getvalue().splitlines()  # type: ignore[attr-defined]  # the file is a StringIO
    assert first.startswith("trial 1  failed")
    assert more and all(line.startswith("  ") and len(line) <= width for line in more)

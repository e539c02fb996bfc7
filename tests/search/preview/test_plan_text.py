from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from search.config.epoch_split import EpochSplit
from search.preview.confirming_left import ConfirmingLeft
from search.preview.forecast import Forecast
from search.preview.plan_text import format_patterns, format_time, format_trainings
from search.problem.census import LARGEST, Census, Priced, Span
from spaces.networks.cost import Cost
from spaces.pattern.sharing_pattern import hard_sharing

EXPECTED = Forecast(
    device="cpu",
    concurrency=1,
    step=(0.0012, 0.0012),
    steps=4,
    epochs=8,
    measuring=(0.5, 2.0),
    trial=(8.25, 75.0),
    baseline=7200.0,
    start=15.0,
    search=(100.0, 200.0),
    quiet=None,
    worker=700 * 2**20,
    training=100 * 2**20,
    gpu=0,
    timed=1,
    share=1.0,
)


def test_every_expectation_has_a_row() -> None:
    assert format_time(EXPECTED).splitlines() == [
        "Expected on the CPUs of this machine, one training at a time",
        "  a trial     8.2 s to 1 min 15 s: 8 epochs of 4 steps (1.2 ms each) and a validation (500 ms to 2.0 s)",
        "  a baseline  2 h 0 min",
        "  the search  1 min 40 s to 3 min 20 s, of which 15 s to start and end",
        "  memory      1.5 GiB in all: 700 MiB a worker, 100 MiB of it for the training; driver, Ray and MLflow",
        "An estimate from 1 step or more of the extremes and of a baseline, timed in one process on the machine as "
        "it is now. Other load, a cluster, or a sampler that waits for results or ends by itself changes it.",
    ]


@pytest.mark.parametrize("columns", [60, 80])
def test_it_takes_the_terminals_width(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert max(map(len, format_time(EXPECTED).splitlines())) <= columns


def test_several_trainings_on_gpus_without_baselines() -> None:
    expected = replace(EXPECTED, device="cuda", concurrency=3, baseline=None, gpu=3 * 2**30, timed=9, share=0.4)
    lines = format_time(expected).splitlines()
    assert lines[0] == "Expected on the GPUs of this machine, 3 trainings at a time"
    assert lines[1].endswith("; the scheduler ends most earlier, after 40% on average")
    assert lines[2] == "  a baseline  none to train"
    assert lines[5] == "  GPU         3.0 GiB of tensors a training; CUDA itself takes some more"
    assert lines[6].startswith("An estimate from 9 steps or more of the extremes, timed in 3 processes at once")


def test_a_quiet_machine_is_told_of_where_that_makes_a_difference() -> None:
    quiet = "1 min 30 s on a quiet machine; now something else uses the CPUs, too"
    assert format_time(replace(EXPECTED, quiet=(90.0, 90.2))).splitlines()[4] == f"              {quiet}"
    assert "quiet" not in format_time(replace(EXPECTED, quiet=(100.1, 200.1)))
    assert format_time(None) == "Nothing is left to train: the search would write its report again."


PLAIN = EpochSplit(0, 5, 8, 0, 0, delivers=False)


def _settings(split: EpochSplit = PLAIN, budget: int | None = None, **more: Any) -> Any:
    tasks = [SimpleNamespace(name="depth"), SimpleNamespace(name="edges")]
    return SimpleNamespace(
        data=SimpleNamespace(selected=tasks, size=(32, 64)),
        network=SimpleNamespace(stride=16),
        space=SimpleNamespace(name="fusion"),
        run=SimpleNamespace(seed=7),
        baselines=SimpleNamespace(seeds=3),
        split=split,
        plain={"limits": {"macs": None, "params": None, **more}, "budget": budget},
    )


def test_trainings_are_counted_and_missing_patterns_told() -> None:
    left: Any = SimpleNamespace(trials=3, finished=2, untrained=[1], cached=5, supernet=53, confirming=ConfirmingLeft())
    assert format_trainings(_settings(), left).splitlines() == [
        "To train",
        "  trials     3 to train, 2 are finished",
        "  baselines  1 to train, 5 are there already; tasks x seeds: 2 x 3",
        "  epochs     5 trials x 8 = 40 epochs",
    ]
    left.finished = 0
    assert "3 to train; there are no other patterns within the limits" in format_trainings(_settings(), left)


def test_limits_are_named_with_what_they_leave() -> None:
    pattern = hard_sharing(("depth", "edges"), 2, 2)
    cheap, dear = Priced("all fused", pattern, Cost(1_000_000, 20_000)), Priced("", pattern, Cost(3_000_000, 50_000))
    seen = Span(6, (1_000_000, 3_000_000), (20_000, 50_000))
    census = Census(True, seen, replace(seen, patterns=4), cheap, dear)
    lines = format_patterns(_settings(macs=2.5e6), census).splitlines()
    assert lines[:2] == [
        "Space fusion: tasks depth, edges, images of 32x64 pixels",
        "6 patterns, all looked at, 4 within limits.macs=2.5e+06",
    ]
    assert lines[4].split() == [
        "within",
        "limits",
        "4",
        "1.00",
        "M",
        "to",
        "3.00",
        "M",
        "2.00",
        "M",
        "to",
        "6.00",
        "M",
        "20.0",
        "k",
        "to",
        "50.0",
        "k",
    ]
    assert "Cheapest within limits (all fused): 1.00 M multiply-accumulates, 2.00 M FLOPs, 20.0 k parameters" in lines
    assert "Costliest within limits: 3.00 M multiply-accumulates, 6.00 M FLOPs, 50.0 k parameters" in lines
    unlimited = format_patterns(_settings(), replace(census, exact=False)).splitlines()
    assert unlimited[1] == f"More than {LARGEST} patterns; the numbers are of 6: the anchors and draws with seed 7"
    assert "within limits" not in "".join(unlimited)


def test_supernet_and_final_trainings_are_planned() -> None:
    left: Any = SimpleNamespace(
        trials=5, finished=0, untrained=[], cached=6, supernet=53, final=40, confirming=ConfirmingLeft(3, 28, 6, 6)
    )
    rows = format_trainings(_settings(EpochSplit(53, 5, 8, 2, 20, delivers=False)), left).splitlines()
    assert rows[1] == "  supernet    53 epochs, on which all patterns are estimated"
    assert rows[4:] == [
        "  final       2 networks of the front, 20 epochs each",
        "  confirming  6 trainings with fresh seeds, 28 epochs each, and 6 of single tasks",
        "  epochs      supernet 53 + 5 trials x 8 + 2 final trainings x 20 = 133 epochs",
    ]
    left.supernet, left.final = 0, 20
    rows = format_trainings(_settings(EpochSplit(53, 5, 8, 2, 20, delivers=False)), left).splitlines()
    assert rows[4] == "  final       1 network of the front, 20 epochs each"
    left.final = 0
    rows = format_trainings(_settings(EpochSplit(53, 5, 8, 2, 20, delivers=False)), left).splitlines()
    assert rows[4] == "  final       all networks of the front are trained to the end already"
    assert "it is there already" in format_trainings(_settings(EpochSplit(53, 5, 8, 0, 0, delivers=False)), left)


def test_a_confirmation_of_a_front_that_is_not_known_is_told_by_network() -> None:
    left: Any = SimpleNamespace(trials=2, finished=1, untrained=[], cached=6, supernet=0)
    left.confirming = ConfirmingLeft(3, 8, None, 6)
    told = "3 fresh seeds of all networks of a front not known yet, 8 epochs each, and 6 of single tasks"
    assert told in format_trainings(_settings(), left)
    left.confirming = ConfirmingLeft(3, 8, 0, 0)
    assert "confirming  all networks are confirmed already" in format_trainings(_settings(), left)


def test_a_space_with_fewer_patterns_than_trials_leaves_epochs_unspent_and_says_so() -> None:
    left: Any = SimpleNamespace(
        trials=2, finished=1, untrained=[], cached=6, supernet=53, final=0, confirming=ConfirmingLeft()
    )
    split = EpochSplit(53, 5, 8, 0, 0, delivers=True)
    rows = format_trainings(_settings(split, budget=93), left).splitlines()
    assert rows[2] == "  trials     2 to train, 1 are finished; there are no other patterns within the limits"
    assert rows[-1] == (
        "  epochs     supernet 53 + 3 networks x 8 = 77 epochs; 16 of the budget stay unspent, for want of patterns"
    )
    assert format_trainings(_settings(split), left).endswith("supernet 53 + 3 networks x 8 = 77 epochs")

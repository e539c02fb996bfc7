"""A dry run is told in full: networks, steps, costs, time, and what was not there."""

from __future__ import annotations

from search.config.composition import compose
from search.preview.dry_run import Counted, DryRun
from search.preview.dry_run_text import format_dry_run
from search.preview.random_step import Rate


def test_every_number_is_told() -> None:
    settings = compose(
        ["experiment=interrogate_celeba", "trainer.epochs=10", "trainer.batch_size=4", "trials=5", "baselines.seeds=2"]
    )
    pattern = next(iter(settings.space.anchors(("a", "b")).values())).pattern
    alone = Counted("gender", pattern, 1_000, 0, 10_000_000)
    networks = (
        Counted("hard sharing", pattern, 1_500, 2, 20_000_000),
        Counted("all gated", pattern, 4_000, 3, 60_000_000, first=40_000_000, left=(20_000_000, 50_000_000)),
    )
    rate = Rate("cpu", (32, 64), 0.25, 6_000_000)

    lines = format_dry_run(settings, DryRun(networks, (alone,), 10, "no folder", 3, rate)).splitlines()

    assert lines[:2] == [
        "experiment=interrogate_celeba: space gates, network ResNet, sampler Frontier",
        "Tasks age, gender, clothes, images of 64x64 pixels",
    ]
    table = [line.split("  ") for line in lines]
    assert any("hard sharing" in row and "20.0 M" in row and "40.0 M" in row and "4.80 G" in row for row in table)
    assert (
        "  all gated: as it is trained, with every branch; its gates leave 20.0 M to 50.0 M multiply-accumulates"
        in lines
    )
    assert "  10 images (as they are published, for the data cannot be read) in batches of 4: 2 steps an epoch, " in (
        "\n".join(lines)
    )
    assert (
        "  search: 5 trials x 10 = 50 epochs, at most 3 of the trials: 14.4 G to 52.8 G multiply-accumulates" in lines
    )
    assert "  baselines: 1 tasks x 2 seeds: 4.80 G multiply-accumulates" in lines
    assert "  the data: no folder" in lines
    assert (
        "Time, from a step of 2 random images of 32x64 pixels on cpu: 0.25 s, 24.0 M multiply-accumulates a second"
        in lines
    )
    assert "  a training 3 min 20 s to 16 min 40 s" in lines


def test_long_times_are_in_days() -> None:
    settings = compose(["trainer.epochs=10"])
    pattern = next(iter(settings.space.anchors(("a", "b")).values())).pattern
    each = Counted("all fused", pattern, 1, 0, 10**9)

    told = format_dry_run(settings, DryRun((each,), (each,), 1000, "", 3, Rate("cpu", (8, 8), 1.0, 1e6)))

    assert " days to " in told
    assert "1000 images (of the data)" in told
    assert "the data:" not in told

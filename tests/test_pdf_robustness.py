"""The experiment on what fused decoders bear, from searches to its table, on small rooms."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from experiments.papers.comparison.rivals import CLOSE, list_rivals, scale_widths
from experiments.papers.pdf import robustness
from search.config.composition import compose
from spaces.errors import ConfigError
from spaces.networks.cost import compute_cost
from tests.tiny import NETWORK

SMALL = ["data.images=16", "data.val_images=8", "data.test_images=2", "data.image_size=16", "trainer.batch_size=8"]


def test_landmarks_and_trees_are_measured_beside_separate_decoders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [*SMALL, *NETWORK, f"data.cache={tmp_path / 'cache'}", f"run.folder={tmp_path / 'runs'}", "runner=inline"]
    given += ["trainer.epochs=1", "baselines.seeds=1", "data.tasks=[segmentation,depth]"]
    monkeypatch.setattr("sys.argv", ["robustness", "--seeds", "3", "--rates", "1,2", "--folder", str(tmp_path), *given])
    assert robustness.main() == 0
    with (tmp_path / "robustness-scenes-rates.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    networks = {row["network"] for row in rows}
    assert any(name.startswith("all separate") for name in networks)
    assert any("progressive" in name for name in networks)
    assert any("offline" in name for name in networks)
    numbers = [row["number"] for row in rows if row["network"] == rows[0]["network"]]
    assert {row["mean"] for row in rows if row["number"] == robustness.SHARE} <= {"1", "2"}
    wanted = {robustness.SHARE, "delta_mtl", "noise.delta", "noise.delta_mtl", "attack.joint.high.delta_mtl"}
    wanted.add("consistency.outlined")
    assert wanted <= set(numbers)
    assert len(rows) == len(networks) * len(numbers)
    measured = [row for row in rows if row["number"] != robustness.SHARE]
    assert all(bool(row["minus separate"]) != row["network"].startswith("all separate") for row in measured)


def test_a_tree_stands_beside_rivals_of_its_cost() -> None:
    settings = compose(["data.tasks=[segmentation,depth,normals]"])
    landmarks = settings.space.anchors(("depth", "normals", "segmentation"))
    known = {f"{name}, offline": landmarks[name].pattern for name in ("all separate", "all fused")}
    with pytest.raises(ConfigError, match=r"^both searches settled on all separate and all fused with --thresh"):
        robustness.match_trees(settings, known, 0.4)
    apart, fused = (each.decoder for each in known.values())
    tree = replace(known["all fused, offline"], decoder=(*fused[:2], *apart[2:]))
    name, entrants = robustness.match_trees(settings, {**known, "progressive": tree})
    outputs = {task.name: task.output for task in settings.data.selected}
    costs = [
        compute_cost(each.pattern, each.network or settings.network, outputs, settings.data.size).macs
        for each in entrants.values()
    ]
    assert (name, entrants[name].pattern, len(costs)) == ("progressive", tree, 4)
    assert all(abs(cost / costs[0] - 1) <= CLOSE for cost in costs)


@pytest.mark.parametrize("wanted", [2.5e6, 3.75e6])
def test_where_one_factor_of_all_widths_is_too_coarse_single_ones_take_steps(wanted: float) -> None:
    settings = compose(["data.tasks=[segmentation,depth,normals]", "data.image_size=32"])
    pattern = list_rivals(settings)["single-task networks"].pattern
    outputs = {task.name: task.output for task in settings.data.selected}
    scaled = scale_widths(settings, pattern, wanted)
    assert abs(compute_cost(pattern, scaled, outputs, settings.data.size).macs / wanted - 1) <= CLOSE

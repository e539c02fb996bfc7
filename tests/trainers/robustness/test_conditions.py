from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.trainers.robustness.rooms import TASKS, build_network, draw_split
from trainers.measure import measure
from trainers.robustness.ascent import AttackedSource
from trainers.robustness.attacks import list_attacks
from trainers.robustness.conditions import Agreeing, Attacked, Clean, Corrupted
from trainers.robustness.consistency import Outlined, find_consistencies
from trainers.robustness.corrupted_source import CorruptedSource
from trainers.robustness.corruptions.catalogue import CORRUPTIONS

SPLIT = draw_split()
NETWORKS = {3: build_network(seed=0), 7: build_network(seed=1)}
FOG, DEPTH = CORRUPTIONS["fog"], list_attacks(TASKS)["depth"]


def test_each_network_has_the_numbers_that_it_has_alone() -> None:
    clean = Clean().measure(NETWORKS, SPLIT, TASKS)
    corrupted = Corrupted(FOG, 4, 1).measure(NETWORKS, SPLIT, TASKS)
    attacked = Attacked(DEPTH, 8.0, 1).measure(NETWORKS, SPLIT, TASKS)
    for number, network in NETWORKS.items():
        assert clean[number] == measure(network, SPLIT, TASKS)
        assert corrupted[number] == measure(network, CorruptedSource(SPLIT, FOG, 4, 1), TASKS)
        assert attacked[number] == measure(network, AttackedSource(SPLIT, network, DEPTH, 8.0, 1), TASKS)
    assert clean[3] != clean[7]
    assert attacked[3]["depth.abs_err_m"] > clean[3]["depth.abs_err_m"]


def test_agreement_is_told_beside_that_of_the_truth() -> None:
    relations = find_consistencies(TASKS, SPLIT)
    found = Agreeing(relations).measure(NETWORKS, SPLIT, TASKS)
    assert list(found) == [3, 7]
    names = ["geometric", "semantic", "outlined"]
    assert sorted(found[3]) == sorted([*names, *(f"{name}.truth" for name in names)])
    assert all(found[3][f"{name}.truth"] == found[7][f"{name}.truth"] for name in names)
    assert 0 <= found[3]["semantic"] <= 1


def test_a_mean_of_nothing_is_not_a_number() -> None:
    flat = draw_split(1)
    flat.targets["depth"].fill_(1)
    found = Agreeing((Outlined("segmentation", "depth"),)).measure({}, flat, TASKS)
    assert found == {}
    found = Agreeing((Outlined("segmentation", "depth"),)).measure({3: NETWORKS[3]}, flat, TASKS)
    assert math.isnan(found[3]["outlined.truth"])


@pytest.mark.parametrize(
    ("condition", "key"),
    [
        (Clean(), "clean"),
        (Corrupted(FOG, 2, 5), "corruption/fog/2/1.5/seed5"),
        (Attacked(DEPTH, 0.25, 0), "attack/depth/0.25/seed0"),
        (Attacked(replace(DEPTH, weighing="cospgd"), 0.25, 0), "attack/depth/0.25/seed0/scaled"),
        (Agreeing(()), "consistency"),
    ],
)
def test_keys_last(condition: Clean | Corrupted | Attacked | Agreeing, key: str) -> None:
    assert condition.key == key

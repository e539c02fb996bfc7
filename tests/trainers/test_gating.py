from __future__ import annotations

import math

import pytest
import torch

from spaces.errors import ConfigError
from spaces.networks.build import SharedNetwork, build
from spaces.networks.modules.gated import Start
from spaces.pattern.exchange import Workspace
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing
from spaces.pattern.stage import Stage
from tests.spaces.networks.mixes import FAMILY, OUTPUTS, TASKS, gated
from trainers.gating import Gating, gate_parameters, gate_rates
from trainers.recipe import Recipe, list_idle_fields


def network(rate: float = 0.25, seed: int = 0) -> SharedNetwork:
    """Two gated stages of two layers, with random logits."""
    made = build(gated(shared=1, rate=rate), FAMILY, OUTPUTS, 0)
    generator = torch.Generator().manual_seed(seed)
    for stage in made.gated.values():
        for gate in stage.gates:
            gate.alpha.data = torch.randn(gate.alpha.shape, generator=generator)
    return made


@pytest.mark.parametrize("counted", ["soft", "hard"])
@pytest.mark.parametrize("rate", [0.0, 0.45, 1.0])
def test_the_penalty_is_the_hinge_of_the_mean_over_layers_of_the_mean_over_channels(counted: str, rate: float) -> None:
    made = network(rate)
    excess = []
    for task in range(len(TASKS)):
        layers = []
        for stage in made.gated.values():
            for gate in stage.gates:
                logits = gate.alpha[task].tolist()
                opened = [1 / (1 + math.exp(-a)) if counted == "soft" else float(a >= 0) for a in logits]
                layers.append(sum(opened) / len(opened))
        excess.append(max(0.0, sum(layers) / len(layers) - rate))
    found = Gating(weight=3.0, counted=counted).penalty(made)
    assert float(found.detach()) == pytest.approx(3 * sum(excess) / len(excess), abs=1e-6)


def test_the_penalty_pushes_down_the_tasks_above_their_target_and_no_other() -> None:
    made = network(rate=0.5)
    for stage in made.gated.values():
        for gate in stage.gates:
            gate.alpha.data = torch.tensor([[1.0], [-1.0], [-1.0]]).expand_as(gate.alpha).clone()
    penalty = Gating(weight=1.0).penalty(made)
    penalty.backward()
    for stage in made.gated.values():
        for gate in stage.gates:
            assert (gate.alpha.grad[0] > 0).all()
            assert not gate.alpha.grad[1:].any()


def test_a_network_without_gates_has_no_penalty_no_rates_and_one_group_of_parameters() -> None:
    plain = build(hard_sharing(TASKS, 3, 3), FAMILY, OUTPUTS, 0)
    assert Gating().penalty(plain) == 0.0
    assert gate_rates(plain) == {}
    optimiser, _ = Recipe().optimiser(plain, 10)
    assert len(optimiser.param_groups) == 1


def test_gates_learn_faster_and_without_weight_decay() -> None:
    made = network()
    optimiser, schedule = Recipe(lr=0.01, weight_decay=0.1, gates=Gating(lr_ratio=7.0)).optimiser(made, 10)
    others, gates = optimiser.param_groups
    assert gates["weight_decay"] == 0.0 and others["weight_decay"] == 0.1
    assert {id(p) for p in gates["params"]} == {id(p) for p in gate_parameters(made)}
    assert len(gates["params"]) == 4 + 3  # logits of each layer, and mixing weights of all but the last
    assert len(gates["params"]) + len(others["params"]) == len(list(made.parameters()))
    for _ in range(5):
        assert gates["lr"] == pytest.approx(7.0 * others["lr"])
        optimiser.step()
        schedule.step()


def test_rates_are_told_by_stage_and_task_soft_and_hard() -> None:
    made = network()
    rates = gate_rates(made)
    assert set(rates) == {
        f"gates.encoder{stage}.{task}.{kind}" for stage in (2, 3) for task in TASKS for kind in ("soft", "hard")
    }
    first = made.gated["encoder2/depth+normals+segmentation/gated"]
    share = [sum(a >= 0 for a in gate.alpha[0].tolist()) / gate.alpha.shape[1] for gate in first.gates]
    assert rates["gates.encoder2.depth.hard"] == pytest.approx(sum(share) / 2)


def test_gates_rest_in_the_last_share_of_the_epochs() -> None:
    made = network()
    gate = next(iter(made.gated.values())).gates[0]
    seen = []
    for epoch in range(1, 9):
        Gating(settle=0.25).settle_gates(made, epoch, 8)
        seen.append((gate.settled, gate.alpha.requires_grad))
    assert seen == [(False, True)] * 6 + [(True, False)] * 2


def test_how_gates_begin() -> None:
    assert Gating(start=0.2, estimator="gumbel_sigmoid").begin == Start(0.2, "gumbel_sigmoid")


def test_what_does_not_act_on_a_pattern_is_named() -> None:
    assert list_idle_fields(hard_sharing(TASKS, 3, 3)) == ("gates", "dot_regression")
    assert list_idle_fields(gated(shared=1)) == ("dot_regression",)
    assert list_idle_fields(gated(shared=3)) == ("gates", "dot_regression")
    apart = (Stage(tuple((task,) for task in TASKS), Gated(dict.fromkeys(TASKS, 0.5))),) * 3  # type: ignore[arg-type]
    assert "gates" in list_idle_fields(SharingPattern(apart, (NoExchange(),) * 3, (Stage((TASKS,)),) * 3))
    together = (Stage((TASKS,)),) * 3
    framed = (Workspace(etf=16), NoExchange(), NoExchange())
    assert list_idle_fields(SharingPattern(together, framed, together)) == ("gates",)
    assert list_idle_fields(SharingPattern(together, framed, together[:2])) == ("gates",)
    assert list_idle_fields(SharingPattern(together, (framed[1], framed[0], framed[2]), together[:1])) == (
        "gates",
        "dot_regression",
    )


@pytest.mark.parametrize(("epochs", "settle"), [(1, 0.25), (2, 0.6), (10, 0.9), (3, 0.0)])
def test_gates_learn_in_one_epoch_at_least(epochs: int, settle: float) -> None:
    made = network()
    gate = next(iter(made.gated.values())).gates[0]
    Gating(settle=settle).settle_gates(made, 1, epochs)
    assert not gate.settled


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        Gating(weight=-1, counted="x", lr_ratio=0, start=0, estimator="relaxed", settle=1, initial="imagenet")
    assert refused.value.problems == (
        "trainer.gates.weight=-1: want a number >= 0",
        "trainer.gates.counted=x: want one of hard, soft",
        "trainer.gates.lr_ratio=0: want a number > 0",
        "trainer.gates.start=0: want another number, for 0 is where a gate opens or closes",
        "trainer.gates.estimator=relaxed: want one of threshold, hard_concrete, gumbel_sigmoid",
        "trainer.gates.settle=1: want a number from 0 to 0.9",
        "trainer.gates.initial=imagenet: want one of random, single_task, trained",
    )

"""How gates learn: their penalty, learning rate, start, and when they come to rest.

Part of the recipe: none of it is in a pattern, and networks without gates are not touched by it.

Bejnordi et al. 2024, whose text was not at hand. From public reviews: equation 4 is a penalty with a target rate for
each task, equation 5 adds it to the tasks' losses with one weight, and task branches start from converged single-task
weights, the shared one from ImageNet's. Recalled and not checked against the paper: that equation 4 is a hinge on the
mean probability of an open gate, the threshold as estimator, and an optimiser of the gates' own. Our choice: the mean
over channels before that over layers, counting hard rates, all values, when gates come to rest, and a shared branch
from a network that is trained first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from spaces.fields import Fields

if TYPE_CHECKING:
    import torch

    from spaces.networks.modules.gated import GatedStage, Start

ESTIMATORS = ("threshold", "hard_concrete", "gumbel_sigmoid")
COUNTED = ("hard", "soft")
INITIAL = ("random", "single_task", "trained")


@dataclass(frozen=True)
class Gating:
    """InterroGate's sparsity term and what goes with it (Bejnordi et al. 2024, equations 4 and 5, as recalled).

    The values are our choice, for the paper's are not known.

    Args:
        weight: of the hinge penalty, which pushes a task's share of open gates down to its target rate.
        counted: what the penalty counts: "soft", the mean probability of an open gate, as recalled; or "hard", the
            share of gates that are open now, with the gradient of the former. Under "soft" all gates may slide below
            the threshold together before they have parted, and none is left open; "hard" stops at the target.
        lr_ratio: learning rate of gates and mixing weights, as a multiple of the others'; they have no weight decay.
        start: logit of every gate in the beginning; positive is open, and 0 is the threshold itself.
        estimator: of the gate while training: "threshold" (straight through, as recalled), "hard_concrete" or
            "gumbel_sigmoid".
        settle: last share of the epochs in which gates stay as they are, hard.
        initial: weights of the branches: "random"; "single_task", those of task branches from networks of one task each
            that are trained first by the same recipe and counted with the trial, while shared blocks start as ever; or
            "trained", where shared ones start from a network without gates that is trained first likewise.

    Raises:
        ConfigError: with every field out of range.
    """

    weight: float = 0.2
    counted: str = "hard"
    lr_ratio: float = 10.0
    start: float = 0.5
    estimator: str = "threshold"
    settle: float = 0.25
    initial: str = "random"
    group: ClassVar[str] = "trainer.gates"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.number("weight", low=0.0)
        fields.one_of("counted", COUNTED)
        fields.number("lr_ratio", above=0.0)
        fields.number("start")
        fields.require(
            self.start != 0, "trainer.gates.start=0: want another number, for 0 is where a gate opens or closes"
        )
        fields.one_of("estimator", ESTIMATORS)
        fields.number("settle", low=0.0, high=0.9)
        fields.one_of("initial", INITIAL)
        fields.done()

    @property
    def begin(self) -> Start:
        """What the builder wants to know."""
        from spaces.networks.modules.gated import Start  # torch: 1.5 s, configurations and data are checked without

        return Start(self.start, self.estimator)

    def penalty(self, network: torch.nn.Module) -> torch.Tensor | float:
        """Equation 4, as recalled, times its weight; 0.0 for a network without gates.

        Per task the mean over layers of the channels' mean, so that wide layers do not count more (our choice).
        """
        import torch  # torch: 1.5 s, configurations and data are checked without

        rates: dict[str, list[torch.Tensor]] = {}
        targets: dict[str, list[float]] = {}
        for _, stage in gated_stages(network):
            for gate in stage.gates:
                soft = gate.rates
                counted = gate.open.float().mean(1) + (soft - soft.detach()) if self.counted == "hard" else soft
                for task, rate, target in zip(stage.tasks, counted, stage.rates, strict=True):
                    rates.setdefault(task, []).append(rate)
                    targets.setdefault(task, []).append(target)
        if not rates:
            return 0.0
        over = [torch.stack(rates[task]).mean() - sum(targets[task]) / len(targets[task]) for task in rates]
        return self.weight * torch.stack(over).clamp(min=0).mean()

    def settle_gates(self, network: torch.nn.Module, epoch: int, epochs: int) -> None:
        """Let gates come to rest when only the last share of the epochs is left, but learn in the first; from 1 on."""
        rest = epoch > max(1, epochs * (1 - self.settle))
        for _, stage in gated_stages(network):
            for gate in stage.gates:
                gate.settled = rest
                gate.alpha.requires_grad_(not rest)


def gated_stages(network: torch.nn.Module) -> Iterator[tuple[str, GatedStage]]:
    """The stages of a network whose gates still learn, by the name of their encoder stage, such as "encoder2"."""
    from spaces.networks.build import SharedNetwork  # torch: 1.5 s, configurations and data are checked without

    if isinstance(network, SharedNetwork):
        for name, stage in network.gated.items():
            yield name.partition("/")[0], stage


def gate_parameters(network: torch.nn.Module) -> list[torch.nn.Parameter]:
    """Logits of the gates and weights of the mixes."""
    return [
        parameter
        for _, stage in gated_stages(network)
        for parameter in (*(gate.alpha for gate in stage.gates), *stage.betas)
    ]


def gate_rates(network: torch.nn.Module) -> dict[str, float]:
    """Share of open gates, "gates.<stage>.<task>.soft" and ".hard", mean over the stage's layers.

    The soft rate is what the penalty sees, the hard one what is left after pruning; they may differ widely.
    """
    found = {}
    for place, stage in gated_stages(network):
        for row, task in enumerate(stage.tasks):
            soft = [float(gate.rates[row].detach()) for gate in stage.gates]
            hard = [float(gate.open[row].float().mean()) for gate in stage.gates]
            name = f"gates.{place}.{task}"
            found[f"{name}.soft"], found[f"{name}.hard"] = sum(soft) / len(soft), sum(hard) / len(hard)
    return found

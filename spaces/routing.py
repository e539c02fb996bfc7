"""The space ``routing``: how wide a branch for all tasks and branches of their own are, stage by stage.

The axis of explicit task routing with non-learnable primitives (ETR-NLP), as reconstructed in
`spaces.pattern.mixing.Routed`; decoders are separate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from spaces.choices import Choose, Proposal
from spaces.fields import Fields
from spaces.options import Makes, check_options, check_stages, choose_last_but, record_anchors
from spaces.pattern.mixing import FLOWS, NORMS, PRIMITIVES, Routed
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import SHARED, Stage

SETS = (
    "average+identity+max",
    "average+identity+max+shift",
    "dilated+identity+random",
    "identity+shift",
    "average+dilated+identity+max+noise+random+shift+sparse",
)


@dataclass(frozen=True)
class Routing:
    """Routed encoder stages after some that stay whole; every list holds the options of a decision.

    Args:
        encoder_stages: stages of the encoder.
        decoder_stages: stages of the decoder, low resolution to high.
        ratios: shares of a stage's channels that the branch for all tasks makes.
        primitive_sets: sets of non-learnable primitives, names joined by "+".
        recombinations: of the primitives' outputs.
        kernels: sides of the task branches' convolutions, in pixels.
        flows: what the branch for all tasks reads.
        norms: batch-norm of the branches.
        layers: of each branch.

    Raises:
        ConfigError: a list is empty, or holds what no routed stage can have.
    """

    encoder_stages: int
    decoder_stages: int
    ratios: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0)
    primitive_sets: tuple[str, ...] = SETS
    recombinations: tuple[str, ...] = ("dense", "grouped")
    kernels: tuple[int, ...] = (1, 3)
    flows: tuple[str, ...] = FLOWS
    norms: tuple[str, ...] = NORMS
    layers: int = 2

    group: ClassVar[str] = "space"
    name: ClassVar[str] = "routing"

    def __post_init__(self) -> None:
        fields = Fields(self)
        check_stages(fields)
        fields.numbers("ratios", low=0.0)
        check_primitive_sets(fields, self.primitive_sets)
        for name in ("recombinations", "flows", "norms"):
            fields.names(name, at_least=1)
        fields.integers("kernels", low=1)
        fields.integer("layers", low=1)
        fields.done()
        for name in ("ratios", "kernels"):
            fields.distinct(name)
        fields.done()
        check_options(fields, self, _MAKES)
        fields.done()

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        """Draw how many leading stages stay whole, a ratio for each stage, and one set of options for all of them."""
        stages = range(1, self.encoder_stages + 1)
        plain = choose("plain", tuple(range(self.encoder_stages + 1)))
        ratios = [choose(f"ratio.{stage}", self.ratios) for stage in stages]
        options = {
            "primitives": split_names(choose("primitives", self.primitive_sets)),
            "recombination": choose("recombination", self.recombinations),
            "kernel": choose("kernel", self.kernels),
            "flow": choose("flow", self.flows),
            "norm": choose("norm", self.norms),
        }
        together, apart = (tuple(tasks),), tuple((task,) for task in tasks)
        encoder = [
            Stage(together, SHARED if stage <= plain else Routed(ratio, layers=self.layers, **options))
            for stage, ratio in zip(stages, ratios, strict=True)
        ]
        none = (NoExchange(),) * self.encoder_stages
        return SharingPattern(tuple(encoder), none, (Stage(apart),) * self.decoder_stages)

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        """Hard sharing with separate decoders, and all stages routed with the least and the most of task branches."""
        ends = {
            "hard sharing": choose_last_but({"plain": self.encoder_stages}),
            "widest shared branches": choose_last_but({"plain": 0, "ratio": max(self.ratios)}),
            "widest task branches": choose_last_but({"plain": 0, "ratio": min(self.ratios)}),
        }
        found = record_anchors(self, tasks, ends)
        distinct = {proposal.pattern.key: name for name, proposal in reversed(found.items())}
        return {name: found[name] for name in ends if name in distinct.values()}


_MAKES: Makes[Routing] = {
    "ratios": lambda space, ratio: Routed(ratio),
    "primitive_sets": lambda space, names: Routed(0.5, split_names(names)),
    "recombinations": lambda space, recombination: Routed(0.5, recombination=recombination),
    "kernels": lambda space, kernel: Routed(0.5, kernel=kernel),
    "flows": lambda space, flow: Routed(0.5, flow=flow),
    "norms": lambda space, norm: Routed(0.5, norm=norm),
}


def check_primitive_sets(fields: Fields, sets: Any) -> None:
    """Distinct texts, none of them without primitives, in the field ``primitive_sets`` of a space."""
    listed = isinstance(sets, (list, tuple))
    if listed and (not sets or any(isinstance(each, str) and not each.strip(" +") for each in sets)):
        fields.require(
            False,
            f"space.primitive_sets={list(sets)}: an empty set; the branch for all tasks is made of "
            f"primitives, so want one or more of {', '.join(PRIMITIVES)} in each, joined by +",
        )
    else:
        fields.names("primitive_sets", at_least=1)


def split_names(primitives: str) -> tuple[str, ...]:
    """Names of primitives from a text in which "+" stands between them; none from an empty one."""
    return tuple(name.strip() for name in primitives.split("+")) if primitives.strip() else ()

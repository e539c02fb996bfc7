"""The space ``routing``: how wide a branch for all tasks and branches of their own are, stage by stage.

The axis of explicit task routing with non-learnable primitives (ETR-NLP), as reconstructed in
`spaces.pattern.mixing.Routed`; decoders are separate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from spaces.choices import Choose, Proposal, record
from spaces.errors import ConfigError, PatternError
from spaces.fields import Fields
from spaces.pattern.mixing import FLOWS, NORMS, PRIMITIVES, RECOMBINATIONS, Routed
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
    recombinations: tuple[str, ...] = RECOMBINATIONS
    kernels: tuple[int, ...] = (1, 3)
    flows: tuple[str, ...] = FLOWS
    norms: tuple[str, ...] = NORMS
    layers: int = 2

    group: ClassVar[str] = "space"
    name: ClassVar[str] = "routing"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integer("encoder_stages", low=1)
        fields.integer("decoder_stages", low=1)
        fields.numbers("ratios", low=0.0)
        if not refuse_empty_sets(fields, self.primitive_sets):
            fields.names("primitive_sets", at_least=1)
        for name in ("recombinations", "flows", "norms"):
            fields.names(name, at_least=1)
        fields.integers("kernels", low=1)
        fields.integer("layers", low=1)
        fields.done()
        for name in ("ratios", "kernels"):
            values = getattr(self, name)
            fields.require(len(set(values)) == len(values), f"space.{name}={list(values)}: want distinct options")
        fields.done()
        problems: list[str] = []
        for name, field in _SHOWN.items():
            for value in getattr(self, field):
                option: dict[str, Any] = {name: split_width(value) if name == "primitives" else value}
                try:
                    Routed(**{"ratio": 0.5, **option})
                except PatternError as error:
                    problems += [f"space.{field}={list(getattr(self, field))}: {text}" for text in error.problems]
        if problems:
            raise ConfigError(problems)

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        """Draw how many leading stages stay whole, a ratio for each stage, and one set of options for all of them."""
        stages = range(1, self.encoder_stages + 1)
        plain = choose("plain", tuple(range(self.encoder_stages + 1)))
        ratios = [choose(f"ratio.{stage}", self.ratios) for stage in stages]
        options = {
            "primitives": split_width(choose("primitives", self.primitive_sets)),
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
        ends: dict[str, dict[str, Any]] = {
            "hard sharing": {"plain": self.encoder_stages},
            "widest shared branches": {"plain": 0, "ratio": max(self.ratios)},
            "widest task branches": {"plain": 0, "ratio": min(self.ratios)},
        }
        found = {name: record(self, tasks, _with(fixed)) for name, fixed in ends.items()}
        distinct = {proposal.pattern.key: name for name, proposal in reversed(found.items())}
        return {name: found[name] for name in ends if name in distinct.values()}


_SHOWN = {
    "ratio": "ratios",
    "primitives": "primitive_sets",
    "recombination": "recombinations",
    "kernel": "kernels",
    "flow": "flows",
    "norm": "norms",
}


def refuse_empty_sets(fields: Fields, sets: Any) -> bool:
    """Whether there is no set, or one without primitives, which is then told."""
    listed = isinstance(sets, (list, tuple))
    empty = listed and (not sets or any(isinstance(each, str) and not each.strip(" +") for each in sets))
    fields.require(
        not empty,
        f"space.primitive_sets={list(sets) if listed else sets}: an empty set; the branch for all tasks is made of "
        f"primitives, so want one or more of {', '.join(PRIMITIVES)} in each, joined by +",
    )
    return empty


def split_width(primitives: str) -> tuple[str, ...]:
    """Names of primitives from a text in which "+" stands between them; none from an empty one."""
    return tuple(name.strip() for name in primitives.split("+")) if primitives.strip() else ()


def _with(fixed: dict[str, Any]) -> Choose:
    """The last option of every decision, the dearer one as a rule, but for the fixed ones."""
    return lambda name, options: fixed.get(name.partition(".")[0], options[-1])

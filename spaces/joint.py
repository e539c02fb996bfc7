"""The space ``joint``: decoder groups, routing, gates and workspace all at once; ours.

Every encoder stage is shared, routed or gated, any scale may have a workspace, whose tokens come of necks of the tasks'
own, and decoders fuse and split as in ``fusion``. How streams of different stages meet is the rule of
`spaces.pattern.walk`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from spaces.choices import Choose, Proposal
from spaces.errors import PatternError
from spaces.fields import Fields
from spaces.options import Makes, check_options, check_stages, choose_deepest, choose_first, record_anchors
from spaces.pattern.exchange import NECKS, NORMS, NoExchange, Workspace
from spaces.pattern.mixing import RECOMBINATIONS, Gated, Mixing, Routed
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import SHARED, Stage
from spaces.routing import check_primitive_sets, split_names
from spaces.tree import decode_partitions

MIXINGS = ("shared", "routed", "gated")


@dataclass(frozen=True)
class Joint:
    """All axes in one flat set of decisions; lists hold the options of a decision.

    Args:
        encoder_stages: stages of the encoder, each a scale.
        decoder_stages: stages of the decoder, low resolution to high.
        mixings: what an encoder stage may be: "shared", "routed", "gated".
        ratios: shares of a routed stage's channels that the branch for all tasks makes.
        primitive_sets: sets of non-learnable primitives, names joined by "+".
        flows: what the branch for all tasks reads; "mixed" trains slowest, one pass a task, and is no default.
        recombination: of the primitives' outputs. "grouped" with flow "shared" hardly mixes channels: one of stage 4
            sees 2.4 of 16 channels of the stem, and 13.5 to 15 in all other ways.
        rates: target rates that a task may have in gated stages.
        slots: of a workspace.
        width: of tokens and slots, in channels.
        top_ks: shares of all tokens that a slot may attend to.
        etfs: vectors of the frame that tokens are mapped into; 0 for none.
        neck: of each task's own where there is an exchange; "none" for none. Other scales have none, or hard sharing
            and plain separate decoders would not be in this space.
        norm: of what attends.

    Raises:
        ConfigError: a list is empty, or holds what no stage or workspace can have.
    """

    encoder_stages: int
    decoder_stages: int
    mixings: tuple[str, ...] = MIXINGS
    ratios: tuple[float, ...] = (0.25, 0.5, 0.75)
    primitive_sets: tuple[str, ...] = ("dilated+identity+random", "identity+shift")
    flows: tuple[str, ...] = ("shared",)
    rates: tuple[float, ...] = (0.1, 0.25, 0.5)
    slots: tuple[int, ...] = (4, 8)
    width: int = 16
    top_ks: tuple[float, ...] = (0.25, 1.0)
    etfs: tuple[int, ...] = (0, 16)
    neck: str = "none"
    norm: str = "none"
    recombination: str = "grouped"

    group: ClassVar[str] = "space"
    name: ClassVar[str] = "joint"

    def __post_init__(self) -> None:
        fields = Fields(self)
        check_stages(fields)
        check_primitive_sets(fields, self.primitive_sets)
        for name in ("mixings", "flows"):
            fields.names(name, at_least=1)
        fields.numbers("ratios", low=0.0)
        fields.numbers("rates", low=0.0)
        fields.integers("slots", low=1)
        fields.integer("width", low=1)
        fields.numbers("top_ks", above=0.0)
        fields.integers("etfs", low=0)
        fields.one_of("neck", NECKS)
        fields.one_of("norm", NORMS)
        fields.one_of("recombination", RECOMBINATIONS)
        fields.done()
        for name in ("ratios", "rates", "slots", "top_ks", "etfs"):
            fields.distinct(name)
        fields.done()
        fields.require(
            all(each in MIXINGS for each in self.mixings),
            f"space.mixings={list(self.mixings)}: want one or more of {', '.join(MIXINGS)}",
        )
        check_options(fields, self, _MAKES)
        fields.done()

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        """Draw decoder groups as ``fusion`` does, a mixing a stage, an exchange a scale, and options for all of them.

        Raises:
            PatternError: one task, which has nobody to share or exchange with.
        """
        if len(tasks) == 1:
            raise PatternError(
                f"joint sharing of {tasks[0]} alone: gates choose and exchanges go between tasks; want at least two in "
                "data.tasks"
            )
        decoder = decode_partitions(choose, tasks, self.decoder_stages)
        stages = range(1, self.encoder_stages + 1)
        mixings = [choose(f"mixing.{stage}", self.mixings) for stage in stages]
        ratio = choose("ratio", self.ratios)
        primitives = split_names(choose("primitives", self.primitive_sets))
        flow = choose("flow", self.flows)
        rates = tuple((task, choose(f"rate.{task}", self.rates)) for task in sorted(tasks))
        exchanging = [choose(f"scale.{stage}", (False, True)) for stage in stages]
        slots, top_k = choose("slots", self.slots), choose("top_k", self.top_ks)
        etf = choose("etf", self.etfs)
        workspace = Workspace(slots=slots, width=self.width, top_k=top_k, etf=etf, neck=self.neck, norm=self.norm)
        made: dict[str, Mixing] = {
            "shared": SHARED,
            "routed": Routed(ratio, primitives, self.recombination, flow),
            "gated": Gated(rates),
        }
        together = (tuple(tasks),)
        return SharingPattern(
            tuple(Stage(together, made[mixing]) for mixing in mixings),
            tuple(workspace if exchanges else NoExchange() for exchanges in exchanging),
            tuple(Stage(groups) for groups in decoder),
        )

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        """With the first mixing at all stages: all fused and separate decoders; and the most of everything."""
        ends: dict[str, Choose] = {
            "all fused": choose_deepest,
            "all separate": choose_first,
            "most of everything": lambda name, options: options[0] if name.startswith("depth.") else options[-1],
        }
        return record_anchors(self, tasks, ends)


_MAKES: Makes[Joint] = {
    "ratios": lambda space, ratio: Routed(ratio),
    "primitive_sets": lambda space, names: Routed(0.5, split_names(names)),
    "flows": lambda space, flow: Routed(0.5, flow=flow),
    "rates": lambda space, rate: Gated((("task", rate),)),
    "slots": lambda space, slots: Workspace(slots=slots, width=space.width),
    "top_ks": lambda space, top_k: Workspace(top_k=top_k),
    "etfs": lambda space, etf: Workspace(width=space.width, etf=etf),
}

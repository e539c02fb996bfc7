"""The space ``gates``: which encoder stages have learned gates, and how many of them a task may keep open.

The axis of InterroGate (Bejnordi et al. 2024): shared stages first, gated ones after them, separate decoders. What a
gated pattern costs is known when its gates have learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from spaces.choices import Choose, Proposal
from spaces.errors import PatternError
from spaces.fields import Fields
from spaces.options import check_stages, choose_last_but, record_anchors
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage

GATED, APART = "gated", "apart"


@dataclass(frozen=True)
class GatedEncoder:
    """Leading shared stages, and gated or separate ones after them.

    Args:
        encoder_stages: stages of the encoder.
        decoder_stages: stages of the decoder, low resolution to high.
        rates: target rates that a task may have; the same in all gated stages.
        rests: what stages after the shared ones are: "gated", or "apart", one a task, to compare with.

    Raises:
        ConfigError: a list is empty or holds what is not allowed.
    """

    encoder_stages: int
    decoder_stages: int
    rates: tuple[float, ...] = (0.0, 0.1, 0.25, 0.5, 0.75)
    rests: tuple[str, ...] = (GATED, APART)

    group: ClassVar[str] = "space"
    name: ClassVar[str] = "gates"

    def __post_init__(self) -> None:
        fields = Fields(self)
        check_stages(fields)
        fields.numbers("rates", low=0.0)
        fields.names("rests", at_least=1)
        fields.done()
        fields.distinct("rates")
        fields.require(
            all(rate <= 1 for rate in self.rates), f"space.rates={list(self.rates)}: want numbers from 0 to 1"
        )
        unknown = [rest for rest in self.rests if rest not in (GATED, APART)]
        fields.require(not unknown, f"space.rests={list(self.rests)}: want one or both of {GATED}, {APART}")
        fields.done()

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        """Draw the number of shared stages, what the others are, and a target rate for every task.

        Raises:
            PatternError: one task, between which and others there is nothing to choose.
        """
        if len(tasks) == 1:
            raise PatternError(
                f"gates for {tasks[0]} alone: they choose between tasks; want at least two in data.tasks"
            )
        shared = choose("shared", tuple(range(self.encoder_stages + 1)))
        rest = choose("rest", self.rests)
        rates = {task: choose(f"rate.{task}", self.rates) for task in sorted(tasks)}
        together, apart = (tuple(tasks),), tuple((task,) for task in tasks)
        own = Stage(together, Gated(tuple(rates.items()))) if rest == GATED else Stage(apart)
        encoder = (Stage(together),) * shared + (own,) * (self.encoder_stages - shared)
        return SharingPattern(encoder, (NoExchange(),) * self.encoder_stages, (Stage(apart),) * self.decoder_stages)

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        """Hard sharing, the cheapest, and single-task networks side by side, or else all gated as far as can be."""
        rest = APART if APART in self.rests else GATED
        ends = {
            "hard sharing": choose_last_but({"shared": self.encoder_stages}),
            f"all {rest}": choose_last_but({"shared": 0, "rest": rest}),
        }
        return record_anchors(self, tasks, ends)

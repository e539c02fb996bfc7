"""The space ``workspace``: at which scales tasks exchange through the slots of a workspace, and how large that is.

The axis of SGW-based multi-task learning (Zhang et al. 2024), see `spaces.pattern.exchange.Workspace`: a shared
encoder, and separate decoders that read what comes out of the exchange.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from spaces.choices import Choose, Proposal
from spaces.errors import PatternError
from spaces.fields import Fields
from spaces.options import Makes, check_options, check_stages, choose_last_but, record_anchors
from spaces.pattern.exchange import BROADCASTS, NECKS, NORMS, STATES, TYINGS, UPDATES, Necks, NoExchange, Workspace
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Stage


@dataclass(frozen=True)
class Workspaces:
    """A workspace at any subset of scales, alike at all of them; lists hold the options of a decision.

    Args:
        encoder_stages: stages of the encoder, each a scale.
        decoder_stages: stages of the decoder, low resolution to high.
        scales: numbers of the scales where there may be an exchange, from 1, the finest; None for all.
        slots: of a workspace.
        widths: of tokens and slots, in channels.
        top_ks: shares of all tokens that a slot may attend to.
        etfs: vectors of the frame that tokens are mapped into; 0 for none.
        heads: of the attention.
        state: what slots start from.
        update: of the slots.
        rounds: of retrieving.
        broadcast: weight of what is written back.
        tying: which weights are one.
        neck: of each task's own at all these scales, with an exchange and without; "none" for none.
        norm: of what attends.

    Raises:
        ConfigError: a list is empty, a scale that the encoder does not have, or options of no workspace.
    """

    encoder_stages: int
    decoder_stages: int
    scales: tuple[int, ...] | None = None
    slots: tuple[int, ...] = (4, 8, 16)
    widths: tuple[int, ...] = (16, 32)
    top_ks: tuple[float, ...] = (0.05, 0.25, 1.0)
    etfs: tuple[int, ...] = (0, 16)
    heads: int = 1
    state: str = "learned"
    update: str = "overwrite"
    rounds: int = 1
    broadcast: str = "one"
    tying: str = "tasks"
    neck: str = "none"
    norm: str = "none"

    group: ClassVar[str] = "space"
    name: ClassVar[str] = "workspace"

    def __post_init__(self) -> None:
        fields = Fields(self)
        check_stages(fields)
        if self.scales is not None:
            fields.integers("scales", low=1)
        for name, low in (("slots", 1), ("widths", 1), ("etfs", 0)):
            fields.integers(name, low=low)
        fields.numbers("top_ks", above=0.0)
        for name in ("heads", "rounds"):
            fields.integer(name, low=1)
        words = {"state": STATES, "update": UPDATES, "broadcast": BROADCASTS, "tying": TYINGS}
        for name, allowed in {**words, "neck": NECKS, "norm": NORMS}.items():
            fields.one_of(name, allowed)
        fields.done()
        if self.scales is None:
            object.__setattr__(self, "scales", tuple(range(1, self.encoder_stages + 1)))
        for name in ("scales", "slots", "widths", "top_ks", "etfs"):
            fields.distinct(name)
        fields.done()
        unknown = [scale for scale in self.scales or () if scale > self.encoder_stages]
        fields.require(
            not unknown,
            f"space.scales={list(self.scales or ())}: the encoder has no scale {', '.join(map(str, unknown))}; "
            f"want numbers from 1, the finest, to {self.encoder_stages}",
        )
        check_options(fields, self, _MAKES)
        fields.done()

    def sample(self, choose: Choose, tasks: Sequence[str]) -> SharingPattern:
        """Draw whether there is an exchange, scale by scale, and one set of options for all of them.

        Raises:
            PatternError: one task, which has nobody to exchange with.
        """
        if len(tasks) == 1:
            raise PatternError(f"a workspace for {tasks[0]} alone: an exchange needs at least two tasks in data.tasks")
        chosen = {scale for scale in self.scales or () if choose(f"scale.{scale}", (False, True))}
        workspace = Workspace(
            slots=choose("slots", self.slots),
            width=choose("width", self.widths),
            heads=self.heads,
            top_k=choose("top_k", self.top_ks),
            state=self.state,
            update=self.update,
            rounds=self.rounds,
            broadcast=self.broadcast,
            tying=self.tying,
            etf=choose("etf", self.etfs),
            neck=self.neck,
            norm=self.norm,
        )
        without = NoExchange() if self.neck == "none" else Necks(self.neck)
        known = set(self.scales or ())
        together, apart = (tuple(tasks),), tuple((task,) for task in tasks)
        exchange = tuple(
            workspace if scale in chosen else without if scale in known else NoExchange()
            for scale in range(1, self.encoder_stages + 1)
        )
        return SharingPattern((Stage(together),) * self.encoder_stages, exchange, (Stage(apart),) * self.decoder_stages)

    def anchors(self, tasks: Sequence[str]) -> dict[str, Proposal]:
        """No exchange, the cheapest, and one at all scales with the largest workspace."""
        largest = {"slots": max(self.slots), "width": max(self.widths), "etf": max(self.etfs)}
        ends = {
            "no exchange": choose_last_but({"scale": False, **largest}),
            "exchange at all scales": choose_last_but({"scale": True, **largest}),
        }
        return record_anchors(self, tasks, ends)


_MAKES: Makes[Workspaces] = {
    "slots": lambda space, slots: Workspace(slots=slots),
    "widths": lambda space, width: Workspace(width=width, heads=space.heads),
    "top_ks": lambda space, top_k: Workspace(top_k=top_k),
    "etfs": lambda space, etf: Workspace(width=min(space.widths), etf=etf),
}

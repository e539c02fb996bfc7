"""The sharing pattern: at this stage, these tasks use these weights.

One frozen, torch-free value that every space draws, that `spaces.networks.build` realises as a module, and that is
hashed, stored, drawn and compared. It is kept in canonical form: tasks sorted within groups, groups sorted within
partitions, encoder groups and target rates in one order among tasks that can be exchanged
(`spaces.pattern.group_order`, `spaces.pattern.interchange`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from spaces.errors import PatternError
from spaces.pattern.exchange import Exchange, NoExchange, Workspace
from spaces.pattern.group_order import order_groups
from spaces.pattern.interchange import find_linked_scale, order_rates
from spaces.pattern.json_values import exchange_from_json, exchange_to_json, stage_from_json, stage_to_json
from spaces.pattern.key import compute_key
from spaces.pattern.mixing import Gated, Shared
from spaces.pattern.stage import Group, Partition, Stage


@dataclass(frozen=True)
class SharingPattern:
    """Which tasks use which weights, from the image to the heads.

    Args:
        encoder: stages in order of computation, high resolution to low.
        exchange: exchange after each encoder stage, one entry a stage.
        decoder: stages in order of computation, low resolution to high.

    Raises:
        PatternError: no stages, tasks that differ between stages, a partition that gets coarser within the encoder or
            within the decoder, a count of exchanges other than that of encoder stages, an exchange of one task,
            workspaces that have something in common but differ, or a decoder stage that is routed or gated.
    """

    encoder: tuple[Stage, ...]
    exchange: tuple[Exchange, ...]
    decoder: tuple[Stage, ...]

    def __post_init__(self) -> None:
        for name in ("encoder", "exchange", "decoder"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not self.encoder or not self.decoder:
            raise PatternError("a sharing pattern needs at least one encoder and one decoder stage")
        if len(self.exchange) != len(self.encoder):
            raise PatternError(
                f"{len(self.exchange)} exchanges for {len(self.encoder)} encoder stages: want one a stage"
            )
        if len(self.tasks) == 1 and any(isinstance(each, Workspace) for each in self.exchange):
            raise PatternError(f"a workspace for {self.tasks[0]} alone: an exchange needs at least two tasks")
        _check_workspaces([each for each in self.exchange if isinstance(each, Workspace)])
        for index, stage in enumerate(self.decoder):
            if not isinstance(stage.mixing, Shared):
                raise PatternError(
                    f"decoder stage {index + 1} is {stage.mixing.kind}: want {Shared.kind}; branches and gates are for "
                    "encoder stages, decoders split by groups"
                )
        for part, stages in (("encoder", self.encoder), ("decoder", self.decoder)):
            for index, stage in enumerate(stages):
                if stage.tasks != self.tasks:
                    raise PatternError(
                        f"{part} stage {index + 1} has tasks {list(stage.tasks)}, "
                        f"others have {list(self.tasks)}: want the same tasks at every stage"
                    )
                if index and not _refines(stage.groups, stages[index - 1].groups):
                    raise PatternError(
                        f"{part} stage {index + 1} merges what stage {index} had split: "
                        "within the encoder and within the decoder, partitions only get finer"
                    )
        linked = find_linked_scale(self.exchange, self.encoder, self.decoder)
        if not _refines(self.decoder[0].groups, self.encoder[-1].groups):
            object.__setattr__(self, "encoder", order_groups(self.encoder, self.decoder, linked=linked))
        if any(isinstance(stage.mixing, Gated) for stage in self.encoder):
            object.__setattr__(self, "encoder", order_rates(self.encoder, self.decoder, linked=linked))

    @cached_property
    def tasks(self) -> Group:
        """All tasks, sorted."""
        return self.encoder[0].tasks

    @cached_property
    def key(self) -> str:
        """16 hex characters that name the computation: other networks have other keys, equal ones have equal keys.

        All but these, which no shipped space has: a decoder that fuses several encoder groups of whole blocks reads
        each group's features once, so {a, b}, {c, d} and {a}, {b, c, d} behind it are one network and have two keys.
        What a family rounds to the same channels is told by `spaces.networks.identity`.
        """
        return compute_key(self)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and texts, for `from_json`."""
        return {
            "encoder": [stage_to_json(stage) for stage in self.encoder],
            "exchange": [exchange_to_json(exchange) for exchange in self.exchange],
            "decoder": [stage_to_json(stage) for stage in self.decoder],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> SharingPattern:
        """Rebuild a pattern.

        Raises:
            PatternError: missing parts, or an unknown kind or option of mixing or exchange.
        """
        try:
            return SharingPattern(
                encoder=tuple(stage_from_json(stage) for stage in data["encoder"]),
                exchange=tuple(exchange_from_json(each) for each in data["exchange"]),
                decoder=tuple(stage_from_json(stage) for stage in data["decoder"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise PatternError(
                f"not the JSON of a sharing pattern ({type(error).__name__}: {error}): "
                "want the lists 'encoder', 'exchange' and 'decoder'"
            ) from error


def uniform(tasks: Iterable[str], encoder_stages: int, decoder: Iterable[Partition]) -> SharingPattern:
    """A pattern with a fully shared encoder, no exchange, and the given decoder partitions."""
    together = (tuple(tasks),)
    return SharingPattern(
        encoder=(Stage(together),) * encoder_stages,
        exchange=(NoExchange(),) * encoder_stages,
        decoder=tuple(Stage(groups) for groups in decoder),
    )


def hard_sharing(tasks: Iterable[str], encoder_stages: int, decoder_stages: int) -> SharingPattern:
    """Every block shared by all tasks; for one task, its single-task network."""
    tasks = tuple(tasks)
    return uniform(tasks, encoder_stages, [(tasks,)] * decoder_stages)


def separate_decoders(tasks: Iterable[str], encoder_stages: int, decoder_stages: int) -> SharingPattern:
    """A shared encoder and one decoder a task."""
    tasks = tuple(tasks)
    return uniform(tasks, encoder_stages, [tuple((task,) for task in tasks)] * decoder_stages)


@lru_cache(maxsize=10_000)  # thousands of patterns have few partitions between them
def _refines(fine: Partition, coarse: Partition) -> bool:
    home = {task: group for group in coarse for task in group}
    return all(len({home[task] for task in group}) == 1 for group in fine)


def _check_workspaces(workspaces: list[Workspace]) -> None:
    carried = any(each.state == "carried" for each in workspaces[1:])
    tied = any("scales" in each.tying for each in workspaces)
    if (carried or tied) and len(set(workspaces)) > 1:
        what = "state=carried hands slots on" if carried else "tying over scales has one set of weights"
        raise PatternError(f"{what}, but the workspaces of the scales differ: want the same options at all of them")

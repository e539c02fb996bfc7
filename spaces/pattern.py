"""The sharing pattern: at this stage, these tasks use these weights.

One frozen, torch-free value that every space draws, that `spaces.networks.build` realises as a module, and that is
hashed, stored, drawn and compared. It is kept in canonical form: tasks sorted within groups, groups sorted within
partitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from spaces.errors import PatternError

Group = tuple[str, ...]
Partition = tuple[Group, ...]


@dataclass(frozen=True)
class Shared:
    """Mixing in which the members of a group share the whole block."""

    kind: ClassVar[str] = "shared"


@dataclass(frozen=True)
class NoExchange:
    """No exchange between the tasks at this encoder scale."""

    kind: ClassVar[str] = "none"


# One class per way of mixing or exchanging; routing, gates and workspace slots join these unions.
Mixing = Shared
Exchange = NoExchange
_MIXINGS: dict[str, type[Mixing]] = {Shared.kind: Shared}
_EXCHANGES: dict[str, type[Exchange]] = {NoExchange.kind: NoExchange}


@dataclass(frozen=True)
class Stage:
    """One stage of the encoder or decoder: who shares its block, and how.

    Args:
        groups: partition of the tasks; any order, any iterables; stored sorted.
        mixing: how the members of a group share inside the block.

    Raises:
        PatternError: a group is empty or a task stands in two groups.
    """

    groups: Partition
    mixing: Mixing = Shared()

    def __post_init__(self) -> None:
        groups = tuple(sorted(tuple(sorted(group)) for group in self.groups))
        tasks = [task for group in groups for task in group]
        if not groups or not all(groups) or len(set(tasks)) != len(tasks):
            raise PatternError(
                f"groups {[list(g) for g in self.groups]} are no partition: "
                "want every task in exactly one non-empty group"
            )
        object.__setattr__(self, "groups", groups)

    @property
    def tasks(self) -> Group:
        """All tasks of the stage, sorted."""
        return tuple(sorted(task for group in self.groups for task in group))


@dataclass(frozen=True)
class SharingPattern:
    """Which tasks use which weights, from the image to the heads.

    Args:
        encoder: stages in order of computation, high resolution to low.
        exchange: exchange after each encoder stage, one entry a stage.
        decoder: stages in order of computation, low resolution to high.

    Raises:
        PatternError: no stages, tasks that differ between stages, a partition that gets coarser within the encoder or
            within the decoder, or a count of exchanges other than that of encoder stages.
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
        for part in ("encoder", "decoder"):
            stages = getattr(self, part)
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

    @cached_property
    def tasks(self) -> Group:
        """All tasks, sorted."""
        return self.encoder[0].tasks

    @cached_property
    def key(self) -> str:
        """16 hex characters that name the computation: equal networks have equal keys."""
        from spaces.walk import computation_key  # the walk interprets patterns, so it imports this file

        return computation_key(self)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and texts, for `from_json`."""
        return {
            "encoder": [_stage_to_json(stage) for stage in self.encoder],
            "exchange": [exchange.kind for exchange in self.exchange],
            "decoder": [_stage_to_json(stage) for stage in self.decoder],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> SharingPattern:
        """Rebuild a pattern.

        Raises:
            PatternError: missing parts, or an unknown kind of mixing or exchange.
        """
        try:
            return SharingPattern(
                encoder=tuple(_stage_from_json(stage) for stage in data["encoder"]),
                exchange=tuple(_named(_EXCHANGES, kind, "exchange")() for kind in data["exchange"]),
                decoder=tuple(_stage_from_json(stage) for stage in data["decoder"]),
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


def _refines(fine: Partition, coarse: Partition) -> bool:
    home = {task: group for group in coarse for task in group}
    return all(len({home[task] for task in group}) == 1 for group in fine)


def _stage_to_json(stage: Stage) -> dict[str, Any]:
    return {"groups": [list(group) for group in stage.groups], "mixing": stage.mixing.kind}


def _stage_from_json(data: Mapping[str, Any]) -> Stage:
    return Stage(tuple(tuple(group) for group in data["groups"]), _named(_MIXINGS, data["mixing"], "mixing")())


def _named(kinds: Mapping[str, Any], kind: str, what: str) -> Any:
    if kind not in kinds:
        raise PatternError(f"{what} '{kind}' is unknown: want one of {', '.join(kinds)}")
    return kinds[kind]

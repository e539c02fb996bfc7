"""Tasks that a gated encoder cannot tell apart: of patterns that differ by their exchange, one stands for all.

A task's branch in a gated stage is its own, but where decoders read the mean of several tasks' features, nothing says
which branch is whose: with their target rates exchanged it is the same network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from spaces.pattern.exchange import Exchange, Workspace
from spaces.pattern.mixing import Gated, Mixing, Routed
from spaces.pattern.stage import Group, Stage
from spaces.pattern.walk import find_skip_scale


def order_rates(encoder: Sequence[Stage], decoder: Sequence[Stage], *, linked: int | None = None) -> tuple[Stage, ...]:
    """The encoder with target rates in ascending order among tasks that can be exchanged.

    From a gated stage on, as far as their features are kept apart, tasks take their rates along. They can be exchanged
    if all along they are in one group, or each in one of its own, are in one group behind it, and the same decoder
    groups read them.

    Args:
        encoder: stages in order of computation.
        decoder: likewise.
        linked: as `find_linked_scale` finds it.
    """
    ordered = list(encoder)
    for gated, tasks in list_exchangeable(encoder, decoder, linked=linked):
        _sort_rates(ordered, gated, tasks)
    return tuple(ordered)


def list_exchangeable(
    encoder: Sequence[Stage], decoder: Sequence[Stage], *, linked: int | None = None
) -> Iterator[tuple[list[int], list[str]]]:
    """Sets of tasks that can be exchanged, each with the gated stages all along which they can.

    Args:
        encoder: as of `order_rates`, and so are the others.
        decoder: likewise.
        linked: likewise.
    """
    scales = len(encoder)
    for first in _list_starts(encoder):
        classes: dict[tuple[int, object, object], list[str]] = {}
        for task in encoder[0].tasks:
            last = _find_end(encoder, first, task)
            span = (first, last) if linked is None else (min(first, linked), scales)
            readers = [list_readers(scale, task, scales, decoder) for scale in range(*span)]
            alike = tuple(_find_company(stage, task) for stage in encoder[span[0] : span[1] + 1])
            classes.setdefault((last, alike, tuple(readers)), []).append(task)
        for (last, *_), tasks in classes.items():
            if len(tasks) > 1:
                yield [index for index in range(first, last) if isinstance(encoder[index].mixing, Gated)], tasks


def find_linked_scale(exchange: Sequence[Exchange], encoder: Sequence[Stage], decoder: Sequence[Stage]) -> int | None:
    """The first of the scales whose workspaces have weights of each task's own in common; None where none have.

    From there on a task is the same one all along, and only what is alike at all stages can be exchanged.
    """
    task, scales = encoder[0].tasks[0], len(encoder)
    read = [index for index in range(scales) if list_readers(index, task, scales, decoder)]
    tied = [index for index in read if isinstance(each := exchange[index], Workspace) and each.tying == "scales"]
    return tied[0] if len(tied) > 1 else None


def _find_company(stage: Stage, task: str) -> Group:
    """The group of a task, empty where it is alone in it, or has no more to do with the others than if it were."""
    group = find_group(stage, task)
    return () if is_apart(stage.mixing) or len(group) == 1 else group


def is_apart(mixing: Mixing) -> bool:
    """Whether tasks of a group have no more to do with each other in a stage than if each were in one of its own."""
    return isinstance(mixing, Routed) and mixing.ratio == 0 and mixing.norm == "task"


def _list_starts(encoder: Sequence[Stage]) -> Iterator[int]:
    """Stages from which on tasks' features are apart, that were the same before."""
    before = False
    for index, stage in enumerate(encoder):
        apart = keeps_apart(stage.mixing, before=before)
        if apart and not before:
            yield index
        before = apart


def _find_end(encoder: Sequence[Stage], first: int, task: str) -> int:
    """The stage at which a task's features are no longer kept apart from its group's; there may be none."""
    for index in range(first, len(encoder)):
        alone = len(find_group(encoder[index], task)) == 1
        if not alone and not keeps_apart(encoder[index].mixing, before=index > first):
            return index
    return len(encoder)


def keeps_apart(mixing: Mixing, *, before: bool) -> bool:
    """Whether tasks of a group have different features behind a stage; ``before``: whether they had in front of it."""
    if isinstance(mixing, Routed):
        return mixing.ratio < 1 or (before and mixing.flow == "mixed")
    return isinstance(mixing, Gated)


def list_readers(scale: int, task: str, scales: int, decoder: Sequence[Stage]) -> tuple[tuple[int, Group], ...]:
    """Decoder stages that read a scale, and their group with a task."""
    skips = [
        find_skip_scale(index, encoder_stages=scales, decoder_stages=len(decoder)) for index in range(len(decoder))
    ]
    read = [index for index, skip in enumerate(skips) if skip == scale or (index == 0 and scale == scales - 1)]
    return tuple((index, find_group(decoder[index], task)) for index in read)


def find_group(stage: Stage, task: str) -> Group:
    """The group of a task."""
    return next(group for group in stage.groups if task in group)


def _sort_rates(encoder: list[Stage], gated: Sequence[int], tasks: Sequence[str]) -> None:
    """Give tasks, in order of name, their rates at the gated stages in ascending order; in place."""
    rates: list[dict[str, Any]] = [dict(encoder[index].mixing.rates) for index in gated]  # type: ignore[union-attr]
    vectors = sorted(tuple(each[task] for each in rates) for task in tasks)
    for place, index in enumerate(gated):
        exchanged = {**rates[place], **{task: vector[place] for task, vector in zip(tasks, vectors, strict=True)}}
        encoder[index] = replace(encoder[index], mixing=Gated(tuple(exchanged.items())))

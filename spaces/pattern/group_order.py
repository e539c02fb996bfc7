"""Encoder groups that a decoder cannot tell apart: of patterns that differ by who is in which, one stands for all.

Where decoders fuse what the encoder has split, they read the mean of several groups' features, and nothing says which
group is whose: {a, c} and {b} behind a decoder of all three are the same network as {b, c} and {a}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from spaces.pattern.interchange import find_group, is_apart, keeps_apart, list_readers
from spaces.pattern.mixing import Gated
from spaces.pattern.stage import Group, Stage


def order_groups(encoder: Sequence[Stage], decoder: Sequence[Stage], *, linked: int | None = None) -> tuple[Stage, ...]:
    """The encoder with the names of tasks that decoders read alike in one order, whatever order they came in.

    From where tasks have the same features on, those that the same decoder groups read at all further scales can be
    exchanged. What becomes of them is put into words without names; the names go to it in the order of these words.

    Args:
        encoder: stages in order of computation.
        decoder: likewise.
        linked: as `spaces.pattern.interchange.find_linked_scale` finds it.
    """
    naming = _Naming(list(encoder), decoder)
    ends = naming.settle(0, encoder[0].tasks)
    while ends:
        tasks, first = ends.pop()
        if linked is None or first <= linked:
            ends += naming.settle(first, tasks)
    return tuple(naming.encoder)


class _Naming:
    """An encoder whose tasks get their names from its first stage to its last."""

    def __init__(self, encoder: list[Stage], decoder: Sequence[Stage]) -> None:
        self.encoder, tasks = encoder, encoder[0].tasks
        scales = len(encoder)
        self.readers = [{t: str(list_readers(scale, t, scales, decoder)) for t in tasks} for scale in range(scales)]

    def settle(self, first: int, tasks: Group) -> list[tuple[Group, int]]:
        """Name tasks that have the same features in front of a stage, from there on; in place.

        Returns:
            Those of them that have the same again, with the next stage.
        """
        ends = list(self._follow(first, tasks, None))
        alike: dict[tuple[str, ...], list[str]] = {}
        for task in (task for members, _ in ends for task in members):
            alike.setdefault(tuple(readers[task] for readers in self.readers[first:]), []).append(task)
        names = {old: new for each in alike.values() for old, new in zip(each, sorted(each), strict=True)}
        self.encoder[first:] = [_rename(stage, names) for stage in self.encoder[first:]]
        named = [(tuple(sorted(names[task] for task in members)), index) for members, index in ends]
        return [(members, index) for members, index in named if len(members) > 1 and index < len(self.encoder)]

    def _follow(self, index: int, tasks: Group, own: Mapping[str, str] | None) -> Iterator[tuple[Group, int]]:
        """Tasks that have the same features again, and the next stage, in the order of the words for them.

        Args:
            index: of a stage.
            tasks: that come together to it.
            own: what each one's own features have met; None while they have the same.
        """
        if index == len(self.encoder):
            yield tasks, index
            return
        for group in sorted(self._split(index, tasks), key=lambda each: (self._tell(index, each, own), each)):
            kept = self._keep(index, group, own)
            if kept is None:
                yield group, index + 1
            else:
                yield from self._follow(index + 1, group, kept)

    def _tell(self, index: int, group: Group, own: Mapping[str, str] | None) -> str:
        """What becomes of a group from a stage on, without names."""
        kept = self._keep(index, group, own)
        met = [] if kept is not None or own is None else sorted(own[task] for task in group)
        read = [] if kept is not None else sorted(self.readers[index][task] for task in group)
        if index + 1 == len(self.encoder):
            return str((met, read, sorted((kept or {}).values())))
        return str((met, read, sorted(self._tell(index + 1, each, kept) for each in self._split(index + 1, group))))

    def _keep(self, index: int, group: Group, own: Mapping[str, str] | None) -> dict[str, str] | None:
        """What each task's own features have met behind a stage; None where all of a group have the same."""
        mixing = self.encoder[index].mixing
        if len(group) == 1 or not keeps_apart(mixing, before=own is not None):
            return None
        rates = dict(mixing.rates) if isinstance(mixing, Gated) else {}
        return {task: str(((own or {}).get(task), rates.get(task), self.readers[index][task])) for task in group}

    def _split(self, index: int, tasks: Group) -> list[Group]:
        """The groups of a stage among tasks; all as one where these have nothing to do with each other in it."""
        stage = self.encoder[index]
        return [tasks] if is_apart(stage.mixing) else sorted({find_group(stage, task) for task in tasks})


def _rename(stage: Stage, names: Mapping[str, str]) -> Stage:
    """The stage with some tasks under other names."""
    groups = tuple(tuple(names.get(task, task) for task in group) for group in stage.groups)
    if not isinstance(stage.mixing, Gated):
        return replace(stage, groups=groups)
    rates = tuple((names.get(task, task), rate) for task, rate in stage.mixing.rates)
    return Stage(groups, Gated(rates))

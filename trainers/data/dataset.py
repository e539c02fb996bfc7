"""What a data set is: the contract of the group ``data``, and what such a set may offer beside it.

A data set of one's own is a frozen dataclass, so that it is hashable, equal by its fields and travels to workers. It
has the members of `DataSet`, whether it derives from it or not; where it does, a member that is a field needs a plain
default, or else the dataclass takes the property here for one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from trainers.data.loading import Loading
from trainers.data.splits.arrays import Arrays
from trainers.data.splits.samples import Samples
from trainers.tasks.task import Task


class DataSet(Protocol):
    """Images with targets for several tasks, in the splits "train", "val" and "test"."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is called in messages and files."""

    @property
    @abstractmethod
    def selected(self) -> tuple[Task, ...]:
        """The tasks that train, in order."""

    @property
    @abstractmethod
    def size(self) -> tuple[int, int]:
        """Height and width of the images, in pixels."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Names the content, wherever it lies and whichever tasks train: equal ones train alike."""

    def __hash__(self) -> int:
        """Equal sets are read once, for splits in memory are kept by it; a frozen dataclass replaces this one."""
        return object.__hash__(self)

    @abstractmethod
    def check(self) -> None:
        """Look at whatever can be looked at before a search; without torch.

        Raises:
            DataError: with every problem.
        """

    @abstractmethod
    def load(self, split: str, only: Sequence[str] | None = None) -> Arrays:
        """Images and canonical targets of a split, all in memory.

        Args:
            split: "train", "val" or "test".
            only: names of the tasks whose targets are wanted; None for all that train.

        Raises:
            DataError: there is no such split; a file is missing, damaged, or does not fit its task.
        """


@runtime_checkable
class Sampled(Protocol):
    """An ability: splits can be read sample by sample, so that they may be larger than memory."""

    @property
    @abstractmethod
    def loading(self) -> Loading:
        """Whether splits are kept in memory or streamed, and how."""

    @abstractmethod
    def samples(self, split: str, only: Sequence[str] | None = None) -> Samples:
        """A split whose samples are read one by one.

        Args:
            split: as for `DataSet.load`.
            only: as for `DataSet.load`.

        Raises:
            DataError: as `DataSet.load`, as far as it is known before a sample is read.
        """


class SampledDataSet(DataSet, Sampled, Protocol):
    """A data set with that ability."""


@runtime_checkable
class Selectable(Protocol):
    """An ability: which of its tasks train is chosen."""

    @property
    @abstractmethod
    def available(self) -> Mapping[str, Task]:
        """Every task that it has, by name."""


@runtime_checkable
class Dated(Protocol):
    """An ability: it can tell when its files were written, which what is derived from them on a machine depends on."""

    @property
    @abstractmethod
    def modified(self) -> str:
        """Names the times at which the files were last written, here."""


@runtime_checkable
class Noted(Protocol):
    """An ability: it knows what to tell of data that are right, such as how many images a note in their files turns."""

    @abstractmethod
    def notes(self) -> Sequence[str]:
        """A sentence for each thing to know, after `DataSet.check`."""

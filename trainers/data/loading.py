"""How the samples of a data set of files come to the training: kept in memory, or streamed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from spaces.common.home import expand_home
from spaces.fields import Fields


@dataclass(frozen=True)
class Loading:
    """Small splits stay in memory, larger ones are streamed by worker processes. Not part of the data's fingerprint.

    Args:
        memory_gb: largest split that is kept in memory, decoded [GB]; 0 streams always.
        workers: processes that decode a stream; None for as many as there are cores to spare, 0 for none.
        cache: folder that keeps decoded samples of a stream, or None.

    Raises:
        ConfigError: a value that is not allowed.
    """

    memory_gb: float = 4.0
    workers: int | None = None
    cache: str | None = None
    group: ClassVar[str] = "data.loading"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.number("memory_gb", low=0.0)
        if self.workers is not None:
            fields.integer("workers", low=0)
        if self.cache is not None:
            fields.text("cache")
            taken = isinstance(self.cache, str) and expand_home(self.cache, "data.loading.cache").is_file()
            fields.require(not taken, f"data.loading.cache={self.cache}: this is a file; want a folder")
        fields.done()

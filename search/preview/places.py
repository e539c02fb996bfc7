"""Where trainings would run on this machine: on which kind of device, and how many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spaces.common.cores import count_cores
from spaces.errors import ConfigError

if TYPE_CHECKING:
    from search.config.settings import Settings


@dataclass(frozen=True)
class Places:
    """Where trainings run.

    Args:
        device: "cpu" or "cuda".
        gpus: that one training takes.
        concurrency: trainings at a time.
    """

    device: str
    gpus: float
    concurrency: int


def count_places(settings: Settings) -> Places:
    """Where trainings would run on this machine; nothing is started.

    Raises:
        ConfigError: not one training fits on it.
    """
    import torch  # torch: 1.5 s, a plan that is refused before does without

    try:
        gpus, concurrency = settings.runner.places(count_cores(), torch.cuda.device_count())
    except ConfigError as error:
        if not settings.runner.elsewhere:
            raise
        raise ConfigError(f"{error}. A plan is timed where it is asked for: ask on a machine of the cluster") from error
    return Places("cuda" if gpus else "cpu", gpus, concurrency)

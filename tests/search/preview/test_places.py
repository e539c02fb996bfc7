from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from search.preview.places import Places, count_places
from spaces.errors import ConfigError


class Machine:
    """A runner with so many places."""

    def __init__(self, gpus: float, concurrency: int, *, elsewhere: bool = False) -> None:
        self._gpus, self._concurrency, self.elsewhere = gpus, concurrency, elsewhere

    def places(self, cpus: int, gpus: int) -> tuple[float, int]:
        assert cpus >= 1 and gpus >= 0
        if not self._concurrency:
            raise ConfigError("fits nowhere")
        return self._gpus, self._concurrency


def _count(runner: Machine) -> Places:
    settings: Any = SimpleNamespace(runner=runner)
    return count_places(settings)


def test_trainings_that_take_gpus_run_on_them() -> None:
    assert _count(Machine(0.0, 3)) == Places("cpu", 0.0, 3)
    assert _count(Machine(0.5, 4)) == Places("cuda", 0.5, 4)


def test_who_has_other_machines_is_sent_to_one_of_them() -> None:
    with pytest.raises(ConfigError, match=r"^fits nowhere$"):
        _count(Machine(0.0, 0))
    with pytest.raises(ConfigError, match=r"^fits nowhere\. .* ask on a machine of the cluster$"):
        _count(Machine(0.0, 0, elsewhere=True))

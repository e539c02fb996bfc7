"""Flags of sweeps are taken out, those of searches stay."""

from __future__ import annotations

import pytest

from search.sweeping.options import Options, read_options
from spaces.errors import ConfigError


def test_flags_are_taken_wherever_they_stand() -> None:
    assert read_options(["run.seed=0,1", "--plan", "--side-by-side", "3"]) == Options(("run.seed=0,1",), True, 3)
    assert read_options(["--side-by-side=2", "-h"]) == Options((), False, 2, True)
    found = read_options(["--cfg", "--config-dir", "a,b", "--allow", "mine", "--unknown"])
    assert found == Options(("--config-dir=a,b", "--allow=mine", "--unknown"), asks_config=True)


@pytest.mark.parametrize(
    "given", [["--side-by-side"], ["--side-by-side=0"], ["--side-by-side", "²"], ["--side-by-side=x"]]
)
def test_a_number_that_is_none_is_refused(given: list[str]) -> None:
    with pytest.raises(ConfigError, match="want a whole number of at least 1, of searches at a time"):
        read_options(given)

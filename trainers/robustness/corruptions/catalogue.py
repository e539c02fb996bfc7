"""All corruptions by name, and what a list of names means."""

from __future__ import annotations

from collections.abc import Sequence

from spaces.common.suggestions import suggest
from spaces.errors import ConfigError
from trainers.robustness.corruptions.blur import BLUR
from trainers.robustness.corruptions.corruption import Corruption
from trainers.robustness.corruptions.digital import DIGITAL
from trainers.robustness.corruptions.noise import NOISE
from trainers.robustness.corruptions.weather import WEATHER

CORRUPTIONS = {each.name: each for each in (*NOISE, *BLUR, *WEATHER, *DIGITAL)}
FAMILIES = tuple(dict.fromkeys(each.family for each in CORRUPTIONS.values()))
NONE = "none"


def find_corruptions(names: Sequence[str]) -> tuple[Corruption, ...]:
    """The corruptions that are meant, in the catalogue's order, each once.

    Args:
        names: of corruptions and of whole families; ["none"] for none at all.

    Raises:
        ConfigError: a name that is neither; all such names together.
    """
    if list(names) == [NONE]:
        return ()
    allowed = [*FAMILIES, *CORRUPTIONS]
    unknown = [name for name in names if name not in allowed]
    if unknown:
        raise ConfigError(
            f"--corruptions {' '.join(unknown)}: unknown{suggest(unknown[0], allowed)} Allowed: the families "
            f"{', '.join(FAMILIES)}, the corruptions {', '.join(CORRUPTIONS)}, or {NONE} alone"
        )
    return tuple(each for each in CORRUPTIONS.values() if each.name in names or each.family in names)

"""Rivals at a method's cost: their widths are scaled until they have as many multiply-accumulates, or parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from search.config.settings import Settings
from search.study.replicates import Entrant
from spaces.common.formatting import format_count, format_macs
from spaces.errors import ConfigError
from spaces.networks.cost import compute_cost
from spaces.networks.family import Family
from spaces.networks.small import Small
from spaces.pattern.exchange import NoExchange
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders
from spaces.pattern.stage import Stage

BISECTIONS = 12  # steps towards a cost
CLOSE = 0.03  # a rival may cost so much more or less, as a share: widths are whole numbers
MOST_STEPS = 3  # of one channel, for what is left: our choice
MACS, PARAMS = "macs", "params"


def list_rivals(settings: Settings) -> dict[str, Entrant]:
    """Hard sharing, separate decoders and single-task networks, of the family's own widths."""
    tasks = [task.name for task in settings.data.selected]
    stages = settings.network.encoder_stages, settings.network.decoder_stages
    apart = Stage(tuple((task,) for task in tasks))
    alone = SharingPattern((apart,) * stages[0], (NoExchange(),) * stages[0], (apart,) * stages[1])
    patterns = {
        "hard sharing, one decoder": hard_sharing(tasks, *stages),
        "hard sharing, separate decoders": separate_decoders(tasks, *stages),
        "single-task networks": alone,
    }
    return {name: Entrant(pattern) for name, pattern in patterns.items()}


def match_rivals(rivals: dict[str, Entrant], settings: Settings, wanted: float, measure: str) -> dict[str, Entrant]:
    """The same with widths at which they cost as much.

    Args:
        rivals: by name.
        settings: of the comparison.
        wanted: cost.
        measure: that it is in, "macs" or "params".

    Raises:
        ConfigError: a family that is neither the small one nor the classifier, or no widths that are close enough.
    """
    return {
        name: Entrant(each.pattern, scale_widths(settings, each.pattern, wanted, measure), each.recipe)
        for name, each in rivals.items()
    }


def check_scalable(family: Family) -> Small:
    """The family, whose widths can be scaled.

    Raises:
        ConfigError: they cannot.
    """
    if not isinstance(family, Small):
        raise ConfigError(
            f"network of class {type(family).__name__}: its widths cannot be scaled until rivals cost as much; want "
            "network=small or network=classifier"
        )
    return family


def scale_widths(settings: Settings, pattern: SharingPattern, wanted: float, measure: str = MACS) -> Small:
    """The family with all widths times one factor, the one that comes closest to the wanted cost.

    Where none is close enough, as of narrow networks, single widths take steps of one channel until one is.

    Raises:
        ConfigError: a family that is neither the small one nor the classifier, or no widths that are close enough.
    """
    family = check_scalable(settings.network)
    outputs = {task.name: task.output for task in settings.data.selected}

    def measure_excess(other: Small) -> float:
        return getattr(compute_cost(pattern, other, outputs, settings.data.size), measure) / wanted - 1

    def bisect(make: Callable[[float], Small]) -> None:
        low, high = 0.2, 5.0
        for _ in range(BISECTIONS):
            factor = (low * high) ** 0.5
            other = make(factor)
            tried[other] = measure_excess(other)
            low, high = (factor, high) if tried[other] < 0 else (low, factor)

    def widen(factor: float, decoder: int) -> Small:
        widths = tuple(max(1, round(factor * each)) for each in family.encoder_widths)
        return replace(family, encoder_widths=widths, decoder_width=decoder)  # a classifier stays one

    tried: dict[Small, float] = {}
    bisect(lambda factor: widen(factor, max(1, round(factor * family.decoder_width))))
    near = min(tried, key=lambda each: abs(tried[each]))
    # The decoder's width has few steps: the encoder's evens out what is left.
    bisect(lambda factor: widen(factor, near.decoder_width))
    best = min(tried, key=lambda each: abs(tried[each]))
    steps = 0
    while abs(tried[best]) > CLOSE and steps < MOST_STEPS:
        tried |= {other: measure_excess(other) for other in _list_neighbours(best) if other not in tried}
        best, steps = min(tried, key=lambda each: abs(tried[each])), steps + 1
    if abs(tried[best]) > CLOSE:
        cost = format_macs(wanted) if measure == MACS else format_count(wanted, "parameters")
        raise ConfigError(f"no widths come closer to {cost} than {100 * abs(tried[best]):.1f} %")
    return best


def _list_neighbours(family: Small) -> list[Small]:
    """The same with one width a channel wider or narrower."""
    widths = (*family.encoder_widths, family.decoder_width)
    found = []
    for place, width in enumerate(widths):
        for other in (width - 1, width + 1):
            if other > 0:
                *encoder, decoder = (other if at == place else each for at, each in enumerate(widths))
                found.append(replace(family, encoder_widths=tuple(encoder), decoder_width=decoder))
    return found

from __future__ import annotations

import pytest

from spaces.errors import PatternError
from spaces.networks.feasible import check_feasible
from spaces.networks.pdf import Pdf
from spaces.networks.small import Small
from spaces.pattern.exchange import NoExchange, Workspace
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from spaces.pattern.stage import Stage
from tests.spaces.networks.mixes import FAMILY, SIZE, any_mixture

PAIR = (("a", "b"),)


def exchanging(scale: int, slots: int) -> SharingPattern:
    exchange = [NoExchange()] * 4
    exchange[scale - 1] = Workspace(slots=slots)  # type: ignore[call-overload]
    return SharingPattern((Stage(PAIR),) * 4, tuple(exchange), (Stage(PAIR),) * 4)


@pytest.mark.parametrize("seed", range(50))
def test_what_can_be_built_passes(seed: int) -> None:
    check_feasible(any_mixture(seed), FAMILY, SIZE)


def test_as_many_slots_as_tokens_are_no_bottleneck() -> None:
    """Images of 64 pixels have 4x4 at scale 4, 32 tokens of two tasks."""
    check_feasible(exchanging(4, 31), Small(), (64, 64))
    check_feasible(exchanging(3, 127), Small(), (64, 64))
    with pytest.raises(
        PatternError, match="slots=32 at scale 4, which has 32 tokens of all tasks together: want fewer"
    ):
        check_feasible(exchanging(4, 32), Small(), (64, 64))


def test_a_ratio_that_leaves_a_branch_without_channels_is_refused() -> None:
    routed = SharingPattern((Stage(PAIR, Routed(0.05)),) * 4, (NoExchange(),) * 4, (Stage(PAIR),) * 4)
    with pytest.raises(PatternError, match=r"ratio=0\.05 of 16 channels leaves the shared branch without channels"):
        check_feasible(routed, Small(), (64, 64))


def test_another_number_of_stages_is_refused() -> None:
    with pytest.raises(PatternError, match="the pattern has 3 encoder stages, the network 4: want as many"):
        check_feasible(hard_sharing("ab", 3, 3), Small(), (64, 64))


def test_the_published_network_can_be_routed_and_gated() -> None:
    gates = Gated((("a", 0.5), ("b", 0.5)))
    encoder = (Stage(PAIR), *(Stage(PAIR, Routed(0.5)),) * 3, *(Stage(PAIR, gates),) * 2)
    check_feasible(SharingPattern(encoder, (Workspace(),) * 6, (Stage(PAIR),) * 5), Pdf(), (256, 512))

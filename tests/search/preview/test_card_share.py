"""How many trainings a card holds, and the share of it that says so."""

from __future__ import annotations

import pytest

from search.preview.card_share import CONTEXT, MARGIN, MOST, count_on_card, describe_share

GB = 10**9


@pytest.mark.parametrize("card", [8 * GB, 24 * GB, 80 * GB])
@pytest.mark.parametrize("training", [GB // 10, GB, 3 * GB, 20 * GB])
def test_as_many_fit_as_there_is_memory_for(training: int, card: int) -> None:
    many, each = count_on_card(training, card), MARGIN * training + CONTEXT
    assert many * each <= card
    assert many == MOST or (many + 1) * each > card


def test_the_share_lets_as_many_run_and_is_told_with_its_key() -> None:
    assert describe_share(2 * GB, 24 * GB) == "a card here holds 8 at once: runner.gpus_per_trial=0.125"
    assert describe_share(6 * GB, 24 * GB) == "a card here holds 3 at once: runner.gpus_per_trial=0.333"
    assert describe_share(80 * GB, 24 * GB) == (
        "a card here may not hold one: lower trainer.batch_size, or take smaller images"
    )

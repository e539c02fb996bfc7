"""Which part of a card a training takes, for `runner.gpus_per_trial`: from the bytes that its tensors hold."""

from __future__ import annotations

CONTEXT = 600_000_000  # bytes that CUDA, cuBLAS and cuDNN take of a card for each process: our choice, 0.3 to 0.6 GB
MARGIN = 1.2  # what the allocator holds beyond tensors, and patterns that were not timed: our choice
MOST = 16  # trainings on a card beyond which nothing is gained: our choice


def count_on_card(training: int, card: int) -> int:
    """How many trainings a card holds at once; 0 where one does not fit.

    Args:
        training: bytes of tensors of one.
        card: bytes of its memory.

    >>> count_on_card(2_000_000_000, 24_000_000_000)
    8
    """
    return min(MOST, int(card // (MARGIN * training + CONTEXT)))


def describe_share(training: int, card: int) -> str:
    """What to set for it, in words."""
    many = count_on_card(training, card)
    if not many:
        return "a card here may not hold one: lower trainer.batch_size, or take smaller images"
    return f"a card here holds {many} at once: runner.gpus_per_trial={_round_down(1 / many):g}"


def _round_down(share: float) -> float:
    """To three digits, so that as many fit all the same."""
    return int(1000 * share) / 1000

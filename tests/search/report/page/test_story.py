from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from search.problem.objectives import DELTA_MTL, MACS
from search.report.page.story import explain_numbers, find_first, summarise, tell_story
from search.study.fronts.front import Estimate, FrontView, find_front
from search.study.fronts.single_tasks import SingleTask
from tests.search.trials import SINGLES, complete, failed

TRIALS = [complete(0, -9.0, 8_000_000), complete(1, 2.0, 10_000_000), complete(2, 3.0, 20_000_000), failed(3)]
CHOSEN = (DELTA_MTL, MACS)
VIEW = FrontView(TRIALS, find_front(TRIALS, CHOSEN), CHOSEN, (-20.0, 21e6), {})


def test_two_sentences_tell_the_knee_and_the_ends() -> None:
    first, second = tell_story(replace(VIEW, singles=SINGLES))
    assert first.startswith("The best trade-off is trial 1: +2.0 +- 1.3 % against single-task networks (one training,")
    assert first.endswith("at 10.0 M multiply-accumulates an image, 25 % of the 40.0 M of 4 separate networks.")
    assert second == (
        "The front has 3 of 4 trials, from -9.0 +- 1.3 % at 8.00 M (trial 0) to +3.0 +- 1.3 % at 20.0 M (trial 2)."
    )
    assert find_first(VIEW) == 1


def _tell(deltas: Sequence[float], macs: Sequence[int]) -> list[str]:
    trials = [complete(n, delta, cost) for n, (delta, cost) in enumerate(zip(deltas, macs, strict=True))]
    return tell_story(FrontView(trials, find_front(trials, CHOSEN), CHOSEN, (-20.0, 21e6), {}))


def test_only_what_lies_between_others_is_called_a_trade_off() -> None:
    (first, _), (alone, none) = _tell((-9.0, 2.0), (8, 10)), _tell((1.0,), (8,))
    assert first.startswith("Best in delta_mtl is trial 1: +2.0 %")
    assert alone.startswith("The best network is trial 0: ")
    assert none == "There is no other trial."
    assert _tell((1.0, 0.0), (8, 9))[1] == "The other trial is not on the front."
    assert _tell((1.0, 0.0, 0.5), (8, 9, 10))[1] == "None of the other 2 trials is on the front."
    # Nothing lies nearer to the best of both than the front's two ends.
    bent = _tell((-18.1, -17.6, -16.2, -14.8), (11_600_000, 14_000_000, 15_000_000, 15_100_000))
    assert bent[0].startswith("Best in delta_mtl is trial 3: -14.8 %")


def test_the_range_is_told_of_what_the_best_is_chosen_from() -> None:
    """Of what is delivered, by the same numbers: a trial in the search may be worse than any of it."""
    ends = [complete(1, 24.8, 10_000_000), complete(2, 30.0, 20_000_000)]
    first, second = tell_story(replace(VIEW, finals=ends, confirmed={2: {"delta_mtl": Estimate(26.0, 25.0, 27.0)}}))
    assert first.startswith("Best in delta_mtl is trial 2: +26.0 +- 1.0 % against single-task networks (confirmed ")
    assert second == (
        "Delivered are 2 of 4 trials, from +24.8 % at 10.0 M (trial 1, trained to the end) to "
        "+26.0 +- 1.0 % at 20.0 M (trial 2)."
    )
    assert tell_story(replace(VIEW, finals=ends[:1]))[1] == "None of the other 3 trials is delivered."


def test_without_a_front_there_is_no_story() -> None:
    none = FrontView([failed(5)], (), CHOSEN, (-20.0, 21e6), {})
    assert tell_story(none) == []
    assert find_first(none) == 5
    assert summarise(none).startswith("No front")
    assert find_first(FrontView([], (), CHOSEN, (-20.0, 21e6), {})) is None


def test_what_delta_mtl_is_is_said_of_these_tasks() -> None:
    depth = SingleTask("depth", True, "abs_err_m", "m", False, 0.5, 0.1, 3, 10)
    text = explain_numbers([depth])
    assert "(depth abs_err_m)" in text
    assert "the mean of 3 of them a task" in text
    assert "search.confirm measures what fresh seeds show" in text
    assert "What +- tells of a delta has the error of that mean in it" in text  # and no other value
    assert explain_numbers([]) == ""

from __future__ import annotations

import pytest

from search.problem.objectives import resolve_objectives
from search.report.front_table import format_markdown, summarise_front
from search.study.fronts.best_guess import Guess
from search.study.fronts.front import find_front
from tests.search.trials import TASKS, complete, failed

CHOSEN = resolve_objectives(["delta_mtl", "macs"], TASKS)
TRIALS = [
    complete(0, 1.5, 18_000_000),
    complete(1, -4.0, 16_000_000),  # dominated
    failed(2),
    complete(3, -2.0, 9_000_000),
    complete(4, 1.0, 12_400_000),
]


def test_without_a_front_it_says_why() -> None:
    assert summarise_front((), CHOSEN).startswith("No front: no trial has completed.")
    assert format_markdown((), CHOSEN) == "No front: no trial has completed."


def test_the_summary_tells_what_is_shared_and_what_it_costs() -> None:
    text = summarise_front(find_front(TRIALS, CHOSEN), CHOSEN)
    lines = [line for line in text.splitlines() if line.strip()]
    assert "delta_mtl [%]" in lines[1]
    assert [line.split()[0] for line in lines[3:]] == ["3", "4", "0"]
    assert "-2.0" in lines[3]
    assert "9.00 M" in lines[3]
    assert "all" in lines[3]
    assert max(map(len, lines)) <= 110


def test_the_markdown_table_keeps_its_columns() -> None:
    lines = format_markdown(find_front(TRIALS, CHOSEN), CHOSEN).splitlines()
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


def test_best_guesses_have_a_column_of_their_own() -> None:
    members = find_front(TRIALS, CHOSEN)
    guesses = {trial.number: {"delta_mtl": Guess(trial.objectives["delta_mtl"] - 0.25, 0.123)} for trial in members}
    text = summarise_front(members, CHOSEN, guesses=guesses)
    (head,) = (line for line in text.splitlines() if "best guess" in line)
    assert head.index("delta_mtl [%]") < head.index("best guess") < head.index("MACs")
    (row,) = (line.split() for line in text.splitlines() if line.split()[:1] == ["3"])
    assert row[:5] == ["3", "-2.0", "-2.2", "+-", "0.1"]
    assert max(map(len, text.splitlines())) <= 110


def test_what_was_measured_has_no_more_digits_than_one_training_allows() -> None:
    """However much closer all trials together have it."""
    members = find_front(TRIALS, CHOSEN)
    guesses = {trial.number: {"delta_mtl": Guess(trial.objectives["delta_mtl"] - 0.25, 9.9)} for trial in members}
    spreads = {trial.number: {"delta_mtl": 20.0} for trial in members}
    text = summarise_front(members, CHOSEN, guesses=guesses, spreads=spreads)
    rows = {words[0]: words[1:5] for line in text.splitlines() if (words := line.split())}
    assert rows["4"] == ["+1", "+0.8", "+-", "9.9"]
    note = format_markdown(members, CHOSEN, spreads=spreads, guesses=guesses)
    assert "| trial | delta_mtl | delta_mtl, best guess | macs | sharing |" in note
    assert "| 4 | +1 +- 20 % | +0.8 +- 9.9 % | 12.4 M |" in note


def test_the_record_has_a_column_of_what_is_confirmed_where_anything_is() -> None:
    members = find_front(TRIALS, CHOSEN)
    note = format_markdown(members, CHOSEN, confirmed={4: {"delta_mtl": "+0.5 % (-1.0 to +2.0)"}})
    assert "| trial | delta_mtl | delta_mtl, confirmed (95 %) | macs | sharing |" in note
    assert "% | +0.5 % (-1.0 to +2.0) | 12.4 M |" in note
    assert "% | - | 9.00 M |" in note
    assert "confirmed" not in format_markdown(members, CHOSEN)


def test_without_guesses_there_is_no_column_of_them() -> None:
    assert "best guess" not in summarise_front(find_front(TRIALS, CHOSEN), CHOSEN)


def test_networks_that_were_trained_to_the_end_are_told_as_that() -> None:
    text = summarise_front(find_front(TRIALS, CHOSEN), CHOSEN, final=True)
    assert "Delivered, trained to the end, cheapest first" in text
    assert "Pareto front" not in text


def test_a_member_of_which_nothing_is_guessed_shows_what_was_measured() -> None:
    members = find_front(TRIALS, CHOSEN)
    guesses = {trial.number: {"delta_mtl": Guess(0.0, 0.5)} for trial in members[1:]}
    lines = summarise_front(members, CHOSEN, guesses=guesses).splitlines()
    (row,) = (line.split() for line in lines if line.split()[:1] == [str(members[0].number)])
    assert row[:4] == ["3", "-2.0", "-", "9.00"]


def test_without_guesses_values_have_the_spread_of_one_training() -> None:
    members = find_front(TRIALS, CHOSEN)
    spreads = {trial.number: {"delta_mtl": 13.4} for trial in members[:2]}
    text = summarise_front(members, CHOSEN, spreads=spreads, final=True)
    assert "cheapest first; +- 1 sd, as single-task networks scatter" in " ".join(text.split())
    rows = {words[0]: words[1:] for line in text.splitlines() if (words := line.split())}
    assert (rows["3"][:3], rows["4"][:3]) == (["-2", "+-", "13"], ["+1", "+-", "13"])
    assert rows["0"][:2] == ["+1.5", "18.0"]  # of which nothing is known
    assert "| -2 +- 13 % | 9.00 M |" in format_markdown(members, CHOSEN, spreads=spreads)
    assert "+- 1 sd" not in summarise_front(members, CHOSEN)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_words_stay_whole_and_within_the_terminal(width: int) -> None:
    members = find_front(TRIALS, CHOSEN)
    guesses = {trial.number: {"delta_mtl": Guess(trial.objectives["delta_mtl"] - 0.25, 0.123)} for trial in members}
    spreads = {trial.number: {"delta_mtl": 13.4} for trial in members}
    for known in ({"guesses": guesses}, {"spreads": spreads}, {"guesses": guesses, "spreads": spreads}):
        text = summarise_front(members, CHOSEN, width, **known)  # type: ignore[arg-type]  # as their names say
        assert max(map(len, text.splitlines())) <= width
        assert "…" not in text
        assert {"delta_mtl", "[%]", "parameters", "trial", "shared,"} <= set(text.split())
        assert text.count("what is shared") == 1
        assert "-2 +- 13" in text or "guesses" in known


def test_where_it_is_narrow_what_is_shared_has_a_table_of_its_own() -> None:
    text = summarise_front(find_front(TRIALS, CHOSEN), CHOSEN, 60)
    numbers, _, shared = text.partition("what is shared, from the encoder to the heads")
    assert "9.00 M" in numbers and "all" not in numbers
    numbered = [line.split()[0] for line in shared.splitlines() if line[:8].strip().isdigit()]
    assert numbered == ["3", "4", "0"]

from __future__ import annotations

from search.problem.objectives import resolve_objectives
from search.report.front_table import format_markdown, summarise_front
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
    assert "-2.00" in lines[3]
    assert "9.00 M" in lines[3]
    assert "all" in lines[3]
    assert max(map(len, lines)) <= 110


def test_the_markdown_table_keeps_its_columns() -> None:
    lines = format_markdown(find_front(TRIALS, CHOSEN), CHOSEN).splitlines()
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1

"""From settings to the problem that samplers see."""

from __future__ import annotations

from collections import Counter

from search.config import problem_statement
from search.config.composition import compose
from search.config.problem_statement import count_single_task_macs, fix_reference_point, state_problem
from spaces.choices import enumerate_patterns
from spaces.networks.cost import compute_cost

SMALL = ["network.encoder_widths=[4,8]", "objectives=[delta_mtl,macs,params]"]


def test_a_pattern_is_priced_once(monkeypatch) -> None:
    priced: Counter[str] = Counter()

    def counted(pattern, **options):
        priced[pattern.key] += 1
        return compute_cost(pattern, **options)

    monkeypatch.setattr(problem_statement, "compute_cost", counted)
    problem = state_problem(compose(SMALL))
    patterns = [proposal.pattern for proposal in enumerate_patterns(problem.space, problem.tasks)][:10]

    first = [problem.cost(pattern) for pattern in patterns]

    assert [problem.cost(pattern) for pattern in patterns] == first
    assert priced == Counter(pattern.key for pattern in patterns)


def test_the_reference_point_lies_beyond_the_costliest_pattern() -> None:
    settings = compose(SMALL)
    problem = fix_reference_point(state_problem(settings), settings)

    assert problem.point is not None
    for proposal in enumerate_patterns(problem.space, problem.tasks):
        cost = problem.most(proposal.pattern)
        assert problem.point[1] >= cost.macs
        assert problem.point[2] >= cost.params


def test_single_task_networks_cost_what_their_patterns_cost() -> None:
    settings = compose(SMALL)
    problem = state_problem(settings)
    macs = count_single_task_macs(problem, settings)

    assert tuple(macs) == problem.tasks
    costliest = max(problem.cost(each.pattern).macs for each in enumerate_patterns(problem.space, problem.tasks))
    assert max(macs.values()) < costliest

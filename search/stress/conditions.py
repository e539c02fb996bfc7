"""What a request comes to for the tasks of a run: a plan of conditions to measure."""

from __future__ import annotations

from collections.abc import Sequence

from search.stress.request import Request
from trainers.batches.source import Source
from trainers.robustness.ascent import list_smooth_tasks
from trainers.robustness.attacks import find_attacks
from trainers.robustness.consistency import explain_left_out, find_consistencies
from trainers.robustness.plan import Plan
from trainers.tasks.task import Task


def make_plan(request: Request, tasks: Sequence[Task], split: Source) -> Plan:
    """What a request comes to.

    Args:
        request: what is asked.
        tasks: of the run.
        split: that is measured.

    Raises:
        ConfigError: an attack of no known name, or on a task whose loss has no gradient.
    """
    smooth = list_smooth_tasks(tasks, split)
    attacks = find_attacks(request.attacks, tasks, smooth)
    rough = [task.name for task in tasks if task not in smooth]
    notes = [f"attacks leave {', '.join(rough)} out: no gradient leads through the loss"] if rough and attacks else []
    notes += explain_left_out(tasks)
    return Plan(request.chosen, attacks, find_consistencies(tasks, split), request.seed, tuple(notes))

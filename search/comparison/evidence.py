"""What a run knows best of its networks: confirmed means, else final trainings, else single trainings; one kind a run.

Kinds mean different things: single values that were chosen among flatter, confirmed means on the test split do not. So
of all runs the best kind is compared that every one has, unless another is wanted; every value is told with its kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from search.confirming.confirmation import Cell
from search.confirming.request import DIVISIONS
from search.confirming.shown import list_networks
from search.confirming.sums import Totals, sum_up
from search.jobs.trial import Trial
from search.problem.objectives import Objective
from search.results.confirmed import read_confirmed
from search.results.results import Results
from search.study.fronts.final_files import choose_ended, load_finals
from search.study.fronts.front import Estimate
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError, DataError

ALIKE, BEST, CONFIRMED, FINAL, TRIAL = "alike", "best", "confirmed", "final", "trial"
KINDS = {
    CONFIRMED: "means of fresh seeds on the test split",
    FINAL: "final trainings on the validation split",
    TRIAL: "single trainings of the search on the validation split",
}
"""What values are, in words, the best first."""
SHORT = {CONFIRMED: "confirmed", FINAL: "final training", TRIAL: "single training"}
"""The same of one value."""
MENDS = {CONFIRMED: "python -m search.confirm", FINAL: "its search again with final.epochs=N"}


@dataclass(frozen=True)
class Evidence:
    """What is compared of one run.

    Args:
        kind: of all its values, a key of ``KINDS``.
        trials: with these values; of single trainings also those that failed.
        others: complete trials of the run of which nothing of that kind is known.
        totals: of its confirmation, where that is the kind.
        intervals: 95 % ends of confirmed means, by number and name of objective.
        better: whether the run has a better kind, which others lack.
    """

    kind: str
    trials: Sequence[Trial]
    others: int = 0
    totals: Totals | None = None
    intervals: Mapping[int, Mapping[str, Estimate]] = field(default_factory=dict)
    better: bool = False

    @property
    def words(self) -> str:
        """What its values are; of confirmed ones also what was trained on."""
        more = f", trained {DIVISIONS[self.totals.confirmation.division]}" if self.totals else ""
        return KINDS[self.kind] + more


def check_kind(wanted: str) -> None:
    """See that there is such a kind.

    Raises:
        ConfigError: there is none.
    """
    known = (ALIKE, BEST, *KINDS)
    if wanted not in known:
        raise ConfigError(f"--values {wanted}: want {' or '.join(known)}{suggest(wanted, known)}")


def find_every(runs: Sequence[Results], objectives: Sequence[Objective], wanted: str = ALIKE) -> list[Evidence]:
    """Evidence of runs: of the best kind that all have, of the best that each has, or of the kind that is wanted.

    Raises:
        DataError: as `find_evidence`.
    """
    found = [find_evidence(run, objectives, BEST if wanted == ALIKE else wanted) for run in runs]
    if wanted != ALIKE or len({each.kind for each in found}) == 1:
        return found
    least = max((each.kind for each in found), key=list(KINDS).index)
    if least == FINAL and not all(choose_ended(load_finals(run.path)) for run in runs):
        least = TRIAL
    every = [find_evidence(run, objectives, least) for run in runs]
    return [replace(each, better=best.kind != least) for each, best in zip(every, found, strict=True)]


def find_evidence(run: Results, objectives: Sequence[Objective], wanted: str = BEST) -> Evidence:
    """What a run knows best, or what it knows of the kind that is wanted.

    Raises:
        DataError: it has nothing of that kind, or a file is damaged.
    """
    ended, finals = run.ended, load_finals(run.path)
    complete = sum(trial.complete for trial in ended)
    if wanted in (BEST, CONFIRMED) and (totals := read_confirmed(run, objectives)):
        return _take_confirmed(totals, list_networks(ended, finals), complete)
    if wanted in (BEST, FINAL) and (trained := choose_ended(finals)):
        return Evidence(FINAL, [final.trial for final in trained.values()], complete - len(trained))
    if wanted in (BEST, TRIAL):
        return Evidence(TRIAL, ended)
    raise DataError(
        f"--values {wanted}: {run.path} has none of its own; {MENDS[wanted]} trains what they need, or leave --values "
        f"out, which takes the best kind that all runs have"
    )


def relate_confirmed(evidence: Evidence, references: Mapping[int, Cell], run: Results) -> Evidence:
    """The same with deltas against these single-task networks on the test split; intervals are as wide as its own."""
    if evidence.totals is None or evidence.totals.confirmation.references == references:
        return evidence
    own, objectives = evidence.totals, evidence.totals.objectives
    numbers = {trial.number: trial for trial in evidence.trials}
    found = _take_confirmed(sum_up(replace(own.confirmation, references=references), objectives, run.tasks), numbers, 0)
    moved = {
        number: {
            name: Estimate(each.mean, each.mean - (was.mean - was.low), each.mean + (was.high - was.mean))
            for name, each in told.items()
            if (was := evidence.intervals[number].get(name))
        }
        for number, told in found.intervals.items()
    }
    return replace(found, totals=own, others=evidence.others, intervals=moved)


def _take_confirmed(totals: Totals, networks: Mapping[int, Trial], complete: int) -> Evidence:
    trials, intervals = [], {}
    for row in sorted(totals.rows, key=lambda row: row.member.number):
        number = row.member.number
        means = {name: each.mean for name, each in row.test.items()}
        intervals[number] = {
            each.name: Estimate(row.test[each.name].mean, row.test[each.name].low, row.test[each.name].high)
            for each in totals.objectives
        }
        objectives = {each.name: means[each.name] for each in totals.objectives}
        metrics = {name: value for name, value in means.items() if name not in ("macs", "params")}
        trials.append(replace(networks[number], metrics=metrics, objectives=objectives))
    return Evidence(CONFIRMED, trials, complete - len(trials), totals, intervals)

"""What the reporter has a tracker record: trials and other trainings, under names that people meet everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from search.jobs.job import Job, Outcome
from search.report.other_trainings import describe_confirmation, describe_final, describe_supernet
from search.tracking.children import name_training, name_trial

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from search.study.fronts.final_files import Final
    from search.tracking.tracker import Tracker


class Recorder:
    """Tells a tracker of trainings.

    Args:
        tracker: the record.
        marks: words by key of the patterns that are pointed out, as far as they are known by then.
        show: choices of a trial as people are shown them.
    """

    def __init__(
        self,
        tracker: Tracker,
        marks: Callable[[], Mapping[str, str]],
        show: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> None:
        self._tracker, self._marks, self._show = tracker, marks, show
        self._trials: dict[str, Trial] = {}  # the last of a pattern, by its key

    def resumed(self, trials: Sequence[Trial], finals: Sequence[Final]) -> None:
        """Earlier starts finished these."""
        for final in finals:
            self.final(final)
        for trial in trials:
            self.trial(trial)

    def trial(self, trial: Trial) -> None:
        """A trial has ended."""
        self._trials[trial.key] = trial
        self._tracker.log(self._spell(trial))

    def front(self, trials: Sequence[Trial], members: Sequence[Trial], finals: Sequence[Final] | None = None) -> None:
        """The front is this now.

        Args:
            trials: all that have ended.
            members: those on the front.
            finals: trainings to the end that are delivered, of which none are where the front's members are delivered;
                None where that is not known yet.
        """
        marks, delivered = self._marks(), None
        if finals is not None:
            ended = [name_training(describe_final(final)) for final in finals]
            delivered = ended or [name_trial(trial.number) for trial in members]
        words = {trial.number: marks[trial.key] for trial in trials if trial.key in marks}
        self._tracker.log_front([trial.number for trial in members], words, delivered)

    def supernet(self, job: Job, outcome: Outcome) -> None:
        """The supernet is there."""
        self._tracker.log_training(describe_supernet(job, outcome))

    def final(self, final: Final) -> None:
        """A network was trained to the end."""
        told = replace(final, trial=self._spell(final.trial))
        self._tracker.log_training(describe_final(told, self._marks().get(final.trial.key, "")))

    def confirmed(self, job: Job, outcome: Outcome) -> None:
        """A network was trained with a fresh seed; single-task networks are of no trial."""
        trial = self._trials.get(job.pattern.key)
        spelled = self._spell(trial) if trial else None
        mark = self._marks().get(job.pattern.key, "")
        self._tracker.log_training(describe_confirmation(job, outcome, spelled, mark))

    def _spell(self, trial: Trial) -> Trial:
        return replace(trial, choices=dict(self._show(trial.choices)))

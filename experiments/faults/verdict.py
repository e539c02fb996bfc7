"""What faults have done to a search, when the same command has brought it to its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from experiments.faults.case import Case
from search.jobs.trial import Trial, load_trial


@dataclass
class Verdict:
    """Counts over the searches of one kind of fault.

    Args:
        struck: faults.
        finished: trials that had ended when a fault struck, summed over faults.
        lost: of these, gone at the end.
        again: of these, trained a second time.
        twice: trials that are counted twice at the end, in the study, the table or MLflow.
        running: left as running, in the study or in MLflow.
        other: searches whose trials are not those of an undisturbed one.
        unfinished: searches that the same command did not bring to an end.
        tracebacks: searches that showed one.
        seconds: wall time.
    """

    struck: int = 0
    finished: int = 0
    lost: int = 0
    again: int = 0
    twice: int = 0
    running: int = 0
    other: int = 0
    unfinished: int = 0
    tracebacks: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, repeated, left or changed."""
        return not any((self.lost, self.again, self.twice, self.running, self.other, self.unfinished, self.tracebacks))

    def add(self, other: Verdict) -> Verdict:
        """Both together."""
        return Verdict(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def judge(case: Case, before: list[Mapping[str, bytes]], calm: Mapping[int, Trial]) -> Verdict:
    """Compare what is there at the end with what was there at every fault, and with an undisturbed search."""
    after = case.read_finished()
    found = Verdict(struck=len(before), finished=sum(map(len, before)))
    for snapshot in before:
        found.lost += sum(name not in after for name in snapshot)
        found.again += sum(name in after and after[name] != content for name, content in snapshot.items())
    trials = {trial.number: trial for trial in map(load_trial, sorted((case.run / "trials").glob("[0-9]*.json")))}
    found.other = int(_tell(trials) != _tell(calm))
    if found.other:
        found.notes.append(f"{case.folder.name}: {sorted(set(_tell(trials)) ^ set(_tell(calm)))[:2]}")
    keys = Counter(trial.key for trial in trials.values())
    found.twice = sum(count - 1 for count in keys.values())
    in_study, more = _look_at_study(case, len(trials))
    in_store, doubled = count_running(case.store, "search.trial")
    found.running, found.twice = in_study + in_store, found.twice + more + doubled
    found.tracebacks = int(b"Traceback (most recent call last)" in (case.folder / "log.txt").read_bytes())
    return found


def _tell(trials: Mapping[int, Trial]) -> list[str]:
    """What must be equal, a line a trial; times are not."""
    return [repr((n, t.key, t.status, sorted(t.metrics.items()), t.curves)) for n, t in sorted(trials.items())]


def _look_at_study(case: Case, trials: int) -> tuple[int, int]:
    """Trials that are left as running in the study, and those that it has too many."""
    import optuna  # optuna: 1 s, and the command says what it does before
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = JournalStorage(JournalFileBackend(str(case.run / "study.journal")))
    (study,) = storage.get_all_studies()
    known = optuna.load_study(study_name=study.study_name, storage=storage).trials
    return sum(not trial.state.is_finished() for trial in known), max(0, len(known) - trials)


def count_running(store: str, tag: str) -> tuple[int, int]:
    """Runs that are left as running in an MLflow store, and those that are there twice, by the tag that names them."""
    from mlflow import MlflowClient  # mlflow: 3 s, likewise

    client = MlflowClient(store)
    ids = [each.experiment_id for each in client.search_experiments()]
    runs = list(client.search_runs(ids, max_results=10_000))
    running = sum(each.info.status in ("RUNNING", "SCHEDULED") for each in runs)
    tags = [each.data.tags for each in runs]
    names = Counter(each.get(tag, "parent") for each in tags if tag in each or "mlflow.parentRunId" not in each)
    return running, sum(count - 1 for count in names.values())

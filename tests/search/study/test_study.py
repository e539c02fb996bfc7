from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import optuna
import pytest
from optuna.study import StudyDirection
from optuna.trial import TrialState

from search.jobs.trial import COMPLETE, FAILED, Trial
from search.problem.bounds import Limits, Stop
from search.problem.objectives import DELTA_MTL, MACS, PARAMS
from search.problem.problem import Problem
from search.problem.training_memory import TrainingMemory
from search.samplers.exhaustive import Exhaustive
from search.samplers.frontier import Frontier
from search.samplers.nsga2 import Nsga2
from search.samplers.random import Random
from search.samplers.sampler import Done, Sampler
from search.samplers.tpe import Tpe
from search.study.record.journal import open_journal
from search.study.study import Candidate, Study
from spaces.branching import Branching
from spaces.choices import count_patterns, enumerate_patterns
from spaces.drawing.one_line import describe_in_line
from spaces.errors import ConfigError, DataError
from spaces.fusion import Fusion
from spaces.networks.cost import compute_cost
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import SharingPattern

TASKS = ("depth", "normals", "segmentation")
PRICE = partial(compute_cost, family=Small(), outputs=dict.fromkeys(TASKS, Output(2, "regression")), size=(64, 64))
PROBLEM = Problem(Fusion(4, 4), TASKS, (DELTA_MTL, MACS), PRICE)
SMALL = replace(PROBLEM, space=Fusion(2, 2), cost=partial(PRICE, family=Small(encoder_widths=(16, 24))))


def open_study(
    path: Path, sampler: Sampler, problem: Problem = PROBLEM, limits: Limits | None = None, seed: int = 0
) -> Study:
    problem = replace(problem, limits=limits or Limits())
    return Study(path / "study.journal", problem, sampler, anchors=problem.space.anchors(TASKS), seed=seed)


def outcome(candidate: Candidate, *, failed: bool = False) -> Trial:
    """A made-up value that depends on the pattern alone."""
    delta = -10 + 20 * (int(candidate.pattern.key, 16) % 1000) / 1000
    trial = Trial(
        candidate.number,
        COMPLETE,
        candidate.pattern.key,
        candidate.choices,
        candidate.pattern,
        candidate.cost.macs,
        candidate.cost.params,
        objectives={"delta_mtl": delta, "macs": candidate.cost.macs},
        metrics={"worst_delta": delta - 1},
    )
    return replace(trial, status=FAILED, objectives={}, reason="gone") if failed else trial


def proposals(study: Study, many: int) -> list[str]:
    keys = []
    for _ in range(many):
        candidate = study.ask()
        assert isinstance(candidate, Candidate)
        keys.append(candidate.pattern.key)
        study.tell(outcome(candidate))
    return keys


@pytest.mark.parametrize("sampler", [Random(), Tpe(startup=3), Nsga2(population=4), Exhaustive()], ids=repr)
def test_a_whole_small_space_is_trained_once_each_and_then_there_is_no_more(tmp_path: Path, sampler: Sampler) -> None:
    study = open_study(tmp_path, sampler, SMALL)
    keys = proposals(study, count_patterns(SMALL.space, TASKS))
    assert len(set(keys)) == len(keys)
    assert isinstance(study.ask(), Done)


def test_anchors_come_first(tmp_path: Path) -> None:
    study = open_study(tmp_path, Random())
    costs = [study.ask().cost.macs for _ in range(6)]
    assert costs[0] == min(costs)
    assert costs[1] == max(costs)


@pytest.mark.parametrize("sampler", [Random(), Tpe(startup=3), Nsga2(population=4)], ids=repr)
def test_a_study_that_is_closed_and_opened_proposes_what_an_undisturbed_one_does(
    tmp_path: Path, sampler: Sampler
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    undisturbed = proposals(open_study(tmp_path / "whole", sampler), 14)
    resumed = [key for _ in range(7) for key in proposals(open_study(tmp_path / "parts", sampler), 2)]
    assert resumed == undisturbed
    assert proposals(open_study(tmp_path / "whole", sampler, seed=1), 4) != undisturbed[:4]


def test_the_study_is_an_ordinary_optuna_study_without_gaps(tmp_path: Path) -> None:
    study = open_study(tmp_path, Tpe(startup=3))
    begun = [study.ask() for _ in range(3)]
    for each in (begun[1], begun[2], begun[0]):  # in whatever order they end, they are known as to one opened anew
        study.tell(outcome(each))
        assert study._history == open_study(tmp_path, Tpe(startup=3))._history
    proposals(study, 7)
    failed = study.ask()
    study.tell(outcome(failed, failed=True))
    study.ask()
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(str(tmp_path / "study.journal"))
    )
    seen = optuna.load_study(study_name=tmp_path.name, storage=storage)
    assert [trial.number for trial in seen.trials] == list(range(12))
    assert [trial.state for trial in seen.trials] == [TrialState.COMPLETE] * 10 + [
        TrialState.FAIL,
        TrialState.RUNNING,
    ]
    assert seen.trials[10].user_attrs["reason"] == "gone"
    assert seen.trials[10].values is None
    assert seen.best_trials
    assert [d.name for d in seen.directions] == ["MAXIMIZE", "MINIMIZE"]
    assert seen.metric_names == ["delta_mtl", "macs"]


class Chained(Random):
    """Draws, each on the weights of the one before."""

    @property
    def chained(self) -> bool:
        return True


def test_the_first_of_a_chain_has_no_attribute_of_the_one_before(tmp_path: Path) -> None:
    study = open_study(tmp_path, Chained())
    proposals(study, 2)
    assert [trial.user_attrs.get("follows", "none") for trial in study._study.trials] == ["none", 0]


def test_the_record_has_flat_attributes_and_decisions_that_are_no_metrics(tmp_path: Path) -> None:
    study = open_study(tmp_path, Random())
    candidate = study.ask()
    trial = outcome(candidate)
    metrics = {"delta_mtl": 1.5, "depth.delta": -2.0, "normals.delta": math.nan}
    found = {"similarity": {"stages": [1.0]}}
    study.tell(replace(trial, metrics=metrics, findings=found))
    study.record_pause(study.ask().number, 2, {"delta_mtl": 0.25, "macs": 10.0})
    seen, paused = study._study.trials
    told, attributes = seen.user_attrs, [*seen.user_attrs.items(), *paused.user_attrs.items()]
    assert [name for name, value in attributes if isinstance(value, dict | list) or value in ("", None)] == []
    assert (told["status"], told["delta_mtl"], told["depth.delta"]) == ("complete", 1.5, -2.0)
    wanted = (trial.macs, trial.params, describe_in_line(trial.pattern))
    assert (told["macs"], told["params"], told["sharing"]) == wanted
    assert "normals.delta" not in told
    assert study._history[0].user_attrs == {**told, "findings": found}  # what samplers see
    assert study._history[1].user_attrs["rungs"] == study.rungs(1) == {"2": {"delta_mtl": 0.25, "macs": 10.0}}
    assert set(seen.params) == {"sharing/depth.normals", "sharing/parent.segmentation", "sharing/depth.segmentation"}
    assert paused.intermediate_values == {2: 0.25}
    assert [each.params for each in study._history] == [candidate.choices, study.list_running()[0].choices]
    noted = study._study._storage.get_study_system_attrs(study._study._study_id)["dashboard:note_str:0"]
    assert "Parameters `sharing/...`" in noted


def test_a_record_of_an_earlier_version_goes_on_and_proposes_the_same(tmp_path: Path) -> None:
    sampler = Tpe(startup=3)
    (tmp_path / "new").mkdir()
    undisturbed = proposals(open_study(tmp_path / "new", sampler), 10)
    ways = [StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE]
    old = open_journal(tmp_path / "study.journal", ways)
    for trial in open_study(tmp_path / "new", sampler)._history[:6]:  # with every choice, under the space's names
        trial.user_attrs = {"key": trial.user_attrs["key"], "metrics": {"macs": 1}, "findings": {}}
        old.add_trial(trial)
    assert proposals(open_study(tmp_path, sampler), 4) == undisturbed[6:]


def test_what_was_running_is_found_again_and_a_second_telling_changes_nothing(tmp_path: Path) -> None:
    study = open_study(tmp_path, Random())
    first, second = study.ask(), study.ask()
    study.tell(outcome(first))
    again = open_study(tmp_path, Random())
    assert again.list_running() == [second]
    again.tell(replace(outcome(first), objectives={"delta_mtl": 99.0, "macs": 1.0}))
    assert again._study.trials[0].values == list(outcome(first).objectives.values())


def test_a_run_folder_that_was_renamed_keeps_its_study(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    proposals(open_study(tmp_path / "before", Random()), 3)
    (tmp_path / "before").rename(tmp_path / "after")
    assert len(open_study(tmp_path / "after", Random())) == 3


@pytest.mark.parametrize("cut", [1, 20])
def test_a_journal_cut_off_in_the_middle_of_a_line_opens(tmp_path: Path, cut: int) -> None:
    proposals(open_study(tmp_path, Random()), 3)
    journal = tmp_path / "study.journal"
    journal.write_bytes(journal.read_bytes()[:-cut])
    (tmp_path / "study.journal.lock").write_text("left by a killed process")
    study = open_study(tmp_path, Random())
    assert len(study) == 3
    assert len(study.list_running()) == 1  # what the lost line told is asked for again
    proposals(study, 2)


def test_patterns_beyond_a_limit_are_never_proposed(tmp_path: Path) -> None:
    costs = sorted(PRICE(p.pattern).macs for p in _all())
    limit = costs[len(costs) // 3]
    study = open_study(tmp_path, Tpe(startup=3), limits=Limits(macs=limit))
    within = sum(c <= limit for c in costs)
    found = [study.ask() for _ in range(within)]
    assert all(candidate.cost.macs <= limit for candidate in found)
    assert isinstance(study.ask(), Done)


def test_a_limit_that_no_pattern_meets_is_refused_with_the_cheapest(tmp_path: Path) -> None:
    cheapest = min(PRICE(p.pattern).macs for p in _all())
    with pytest.raises(ConfigError, match=rf"limits\.macs=1000; the least that was found is {cheapest} macs"):
        open_study(tmp_path, Random(), limits=Limits(macs=1000))
    assert not (tmp_path / "study.journal").exists()


def test_exhaustive_refuses_a_space_nobody_trains_whole(tmp_path: Path) -> None:
    price = partial(PRICE, family=Small(encoder_widths=(4,) * 3))
    problem = replace(PROBLEM, space=Branching(3, 3), tasks=tuple("abcdef"), cost=price)
    with pytest.raises(ConfigError, match="more than 10000 patterns for 6 tasks"):
        Exhaustive().check(problem)


def _all():
    from spaces.choices import enumerate_patterns

    return list(enumerate_patterns(PROBLEM.space, TASKS))


def test_it_ends_when_the_next_training_is_expected_to_gain_too_little(tmp_path: Path) -> None:
    def ended(stop: Stop) -> tuple[int, str]:
        folder = tmp_path / str(stop.hv_gain)
        folder.mkdir()
        anchors = PROBLEM.space.anchors(TASKS)
        study = Study(folder / "study.journal", PROBLEM, Frontier(), anchors=anchors, seed=0, stop=stop)
        while isinstance(answer := study.ask(), Candidate):
            study.tell(outcome(answer))
        assert isinstance(answer, Done)
        return len(study), answer.reason

    (late, least), (early, reason) = ended(Stop(1e-12)), ended(Stop(0.05))
    assert 2 <= early < late
    assert "% of the hypervolume, less than stop.hv_gain=0.05: a smaller one goes on." in reason
    assert "stop.hv_gain" in least or "no other pattern" in least


def test_a_study_of_other_objectives_is_refused(tmp_path: Path) -> None:
    study = open_study(tmp_path, Tpe())
    study.tell(outcome(study.ask()))
    other = replace(study.problem, objectives=(*study.problem.objectives, PARAMS))
    with pytest.raises(DataError, match=r"is the study of 2 objectives to maximize, minimize, and this search has 3"):
        Study(tmp_path / "study.journal", other, Tpe(), anchors={}, seed=0)


def foretell(pattern: SharingPattern) -> int:
    return SMALL.cost(pattern).macs * 100


def test_patterns_that_are_foretold_to_hold_too_much_are_not_proposed(tmp_path: Path) -> None:
    held = sorted(foretell(each.pattern) for each in enumerate_patterns(SMALL.space, TASKS))
    limit = held[len(held) // 2] / 1e9
    study = open_study(tmp_path, Random(), replace(SMALL, memory=TrainingMemory(foretell, limit)))
    found = []
    while isinstance(candidate := study.ask(), Candidate):
        found.append(foretell(candidate.pattern))
        study.tell(outcome(candidate))
    assert sorted(found) == [each for each in held if each <= limit * 1e9]


def test_what_ran_out_of_memory_is_learned_as_a_bound_and_after_a_restart_too(tmp_path: Path) -> None:
    problem = replace(SMALL, memory=TrainingMemory(foretell, None))
    study = open_study(tmp_path, Random(), problem)
    first = study.ask()
    assert isinstance(first, Candidate)
    starved = replace(outcome(first, failed=True), reason="memory ran out, the process held 9.0 GiB at the peak: ...")
    study.tell(starved)
    rest = []
    while isinstance(candidate := study.ask(), Candidate):
        rest.append(foretell(candidate.pattern))
        study.tell(outcome(candidate))
    assert all(each < foretell(first.pattern) for each in rest)
    again = TrainingMemory(foretell, None)
    (tmp_path / "again").mkdir()
    later = open_study(tmp_path / "again", Random(), replace(SMALL, memory=again))
    later.learn_memory(starved)
    assert not again.allows(first.pattern)


def test_limits_of_memory_that_no_pattern_meets_are_refused(tmp_path: Path) -> None:
    problem = replace(SMALL, memory=TrainingMemory(foretell, 1e-6))
    with pytest.raises(ConfigError, match=r"no pattern of the space meets limits\.memory_gb=1e-06; the least that was"):
        open_study(tmp_path, Random(), problem, Limits(memory_gb=1e-6))

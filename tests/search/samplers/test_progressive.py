from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from search.jobs.trial import COMPLETE, FAILED, Trial, load_trial
from search.problem.bounds import Limits
from search.problem.objectives import DELTA_MTL, MACS
from search.problem.problem import Problem
from search.run import main as search
from search.samplers.progressive import Fused, Offline, Progressive
from search.samplers.sampler import Done, Wait
from search.study.study import Candidate, Study
from spaces.choices import enumerate_patterns
from spaces.errors import ConfigError, DataError
from spaces.fusion import Fusion
from spaces.networks.cost import compute_cost
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import SharingPattern
from tests.references.grouping import best as best_slowly
from tests.tiny import arguments, write_tiny

TASKS = ("autoencoder", "depth", "edges", "normals", "segmentation")
PRICE = partial(compute_cost, family=Small(), outputs=dict.fromkeys(TASKS, Output(1, "depth")), size=(32, 32))
PROBLEM = Problem(Fusion(4, 4), TASKS, (DELTA_MTL, MACS), PRICE)
PAPER = {("segmentation", "edges"): 0.86, ("depth", "normals"): 0.76}
FIFTY, SIXTY = [("segmentation", "depth"), ("segmentation", "normals")], [("depth", "edges"), ("edges", "normals")]

Similarities = Callable[[SharingPattern], list[list[list[float]]]]


def paper(pattern: SharingPattern) -> list[list[list[float]]]:
    """The worked example of the paper at every stage, whatever has been fused."""
    matrix = np.eye(5)
    for pairs, value in ((PAPER, None), (FIFTY, 0.5), (SIXTY, 0.6)):
        for one, other in pairs:
            a, b = TASKS.index(one), TASKS.index(other)
            matrix[a, b] = matrix[b, a] = PAPER[one, other] if value is None else value
    return [matrix.tolist()] * 4


def drawn(pattern: SharingPattern) -> list[list[list[float]]]:
    """Similarities of their own for every pattern and stage, 1 between tasks that share it."""
    rng = np.random.default_rng(int(pattern.key, 16) % 2**32)
    matrices = []
    for stage in pattern.decoder:
        half = rng.uniform(0.2, 1, (5, 5))
        matrix = (half + half.T) / 2
        for group in stage.groups:
            rows = [TASKS.index(task) for task in group]
            matrix[np.ix_(rows, rows)] = 1
        matrices.append(matrix.tolist())
    return matrices


def told(study: Study, candidate: Candidate, similarities: Similarities, status: str = COMPLETE) -> None:
    found = {"similarity": {"tasks": list(TASKS), "stages": similarities(candidate.pattern)}}
    trial = Trial(
        candidate.number,
        status,
        candidate.pattern.key,
        candidate.choices,
        candidate.pattern,
        candidate.cost.macs,
        candidate.cost.params,
        objectives={"delta_mtl": 0.0, "macs": candidate.cost.macs},
        findings=found,
    )
    study.tell(trial if status == COMPLETE else replace(trial, objectives={}, findings={}, reason="out of luck"))


def _made(folder: Path) -> Study:
    folder.mkdir()
    return opened(folder, Progressive())


def opened(folder: Path, sampler: Fused, problem: Problem = PROBLEM) -> Study:
    return Study(folder / "study.journal", problem, sampler, anchors=problem.space.anchors(problem.tasks), seed=0)


def run(study: Study, similarities: Similarities) -> list[SharingPattern]:
    patterns = []
    while isinstance(candidate := study.ask(), Candidate):
        patterns.append(candidate.pattern)
        told(study, candidate, similarities)
    assert isinstance(candidate, Done)
    return patterns


def tree(similarities: Similarities, threshold: float, *, offline: bool) -> list[tuple[tuple[str, ...], ...]]:
    """The paper's algorithm told once more, straight through, with a brute-force grouping."""
    apart = tuple((task,) for task in TASKS)
    decided: list[tuple[tuple[str, ...], ...]] = []
    for stage in range(4):
        leading = [] if offline else decided
        network = PROBLEM.space.with_decoder(TASKS, [*leading, *[apart] * (4 - len(leading))]).pattern
        matrix = np.array(similarities(network)[stage])
        groups = []
        for group in decided[-1] if decided else (TASKS,):
            rows = [TASKS.index(task) for task in group]
            within = matrix[np.ix_(rows, rows)]
            for part in best_slowly(within, group)[0]:
                inside = [matrix[TASKS.index(a), TASKS.index(b)] for a in part for b in part if a != b]
                groups += [part] if inside and np.mean(inside) >= threshold else [(task,) for task in part]
        decided.append(tuple(sorted(tuple(sorted(group)) for group in groups)))
    return decided


def test_the_papers_example_fuses_what_the_paper_fuses(tmp_path: Path) -> None:
    study = opened(tmp_path, Progressive())
    patterns = run(study, paper)
    groups = (("autoencoder",), ("depth", "normals"), ("edges", "segmentation"))
    assert [stage.groups for stage in patterns[-1].decoder] == [groups] * 4
    assert len(patterns) == 1 + 1 + 4  # the anchor all fused, separate decoders, and one a stage
    fused = [sum(stage.groups == groups for stage in pattern.decoder) for pattern in patterns[1:]]
    assert fused == [0, 1, 2, 3, 4]
    assert study.marks()[patterns[-1].key] == "progressive tree"


@pytest.mark.parametrize("threshold", [0.0, 0.5, 0.65, 1.0])
@pytest.mark.parametrize("sampler", [Progressive, Offline])
def test_the_tree_is_that_of_a_slow_telling(tmp_path: Path, sampler: type[Fused], threshold: float) -> None:
    study = opened(tmp_path, sampler(threshold=threshold))
    patterns = run(study, drawn)
    expected = tree(drawn, threshold, offline=sampler is Offline)
    names = {key: name for key, name in study.marks().items() if sampler.words in name}
    assert names.keys() == {PROBLEM.space.with_decoder(TASKS, expected).pattern.key}
    assert len(patterns) <= (3 if sampler is Offline else 6)


def test_several_workers_wait_for_what_decides_and_get_the_same_tree(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    alone = run(opened(tmp_path / "one", Progressive()), drawn)
    study = opened(tmp_path / "two", Progressive())
    first, second = study.ask(), study.ask()
    assert isinstance(first, Candidate)
    assert isinstance(second, Candidate)
    assert study.ask() == Wait()
    told(study, first, drawn)  # all fused, which decides nothing
    assert study.ask() == Wait()
    told(study, second, drawn)
    assert [first.pattern, second.pattern, *run(study, drawn)] == alone


def test_a_study_opened_again_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    undisturbed = run(opened(tmp_path / "one", Progressive()), drawn)
    patterns = []
    while isinstance(candidate := opened(tmp_path / "two", Progressive()).ask(), Candidate):
        patterns.append(candidate.pattern)
        told(opened(tmp_path / "two", Progressive()), candidate, drawn)
    assert patterns == undisturbed


def test_a_network_that_failed_ends_the_algorithm_with_its_reason(tmp_path: Path) -> None:
    study = opened(tmp_path, Progressive())
    for status in (COMPLETE, FAILED, FAILED):
        told(study, study.ask(), drawn, status)
    with pytest.raises(DataError, match=r"trial 2 failed, .* and decides decoder stage 1: out of luck; mend this"):
        study.ask()
    assert "progressive tree" not in study.marks().values()


def test_a_network_that_failed_once_is_tried_again_and_then_counts(tmp_path: Path) -> None:
    study = opened(tmp_path, Progressive())
    told(study, study.ask(), drawn)
    failed = study.ask()
    told(study, failed, drawn, FAILED)
    assert run(study, drawn) == run(_made(tmp_path / "sound"), drawn)[1:]


def test_a_final_tree_that_failed_is_no_success(tmp_path: Path) -> None:
    study = opened(tmp_path, Offline())
    for status in (COMPLETE, COMPLETE, FAILED, FAILED):
        told(study, study.ask(), drawn, status)
    with pytest.raises(DataError, match=r"trial 3 failed, .* and it is the offline tree: out of luck"):
        study.ask()


def test_it_says_whether_it_has_come_to_its_end(tmp_path: Path) -> None:
    study = opened(tmp_path, Offline())
    told(study, study.ask(), drawn)
    assert study.outlook() == "The sampler had not come to its end after 1 trials: trials=3 is enough for it."
    run(study, drawn)
    assert study.outlook() == "The offline tree is trained: trial 2."


def test_similarities_that_were_refused_end_the_algorithm_with_the_reason(tmp_path: Path) -> None:
    study = opened(tmp_path, Progressive())
    for _ in range(2):
        candidate = study.ask()
        trial = Trial(
            candidate.number,
            COMPLETE,
            candidate.pattern.key,
            candidate.choices,
            candidate.pattern,
            1,
            1,
            objectives={"delta_mtl": 0.0, "macs": 1.0},
            findings={"similarity": {"refused": "3 images to measure"}},
        )
        study.tell(trial)
    with pytest.raises(DataError, match=r"are none: 3 images to measure; mend this and start anew with run\.name"):
        study.ask()


class Flat:
    """A space without decoder groups."""

    name = "flat"


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (
            replace(PROBLEM, space=Flat()),
            "sampler=progressive: space=flat has no decoder groups to fuse; use space=fusion",
        ),
        (replace(PROBLEM, tasks=("depth",)), "1 tasks to group; want from 2 to 10 in data.tasks"),
        (
            replace(PROBLEM, limits=Limits(macs=3e6)),
            "starts from one decoder a task, .* beyond the limits: raise limits",
        ),
    ],
)
def test_a_problem_that_it_is_not_made_for_is_refused(problem: Problem, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Progressive().check(problem)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 1.5}, "sampler.threshold=1.5: want a number"),
        ({"threshold": -0.1}, "sampler.threshold=-0.1: want a number"),
        ({"images": 3}, "sampler.images=3: want a whole number"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Progressive(**options)


def test_every_pattern_of_the_space_can_be_told_by_its_groups() -> None:
    for proposal in enumerate_patterns(Fusion(2, 3), TASKS[:4]):
        decoder = [stage.groups for stage in proposal.pattern.decoder]
        assert Fusion(2, 3).with_decoder(TASKS[:4], decoder).pattern == proposal.pattern


def _keys(run: Path) -> Sequence[str]:
    return [load_trial(path).key for path in sorted((run / "trials").glob("[0-9]*.json"))]


@pytest.mark.parametrize("name", ["progressive", "offline"])
def test_on_real_networks_it_ends_with_a_marked_tree_and_pictures(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "runs"
    given = arguments(write_tiny(tmp_path / "data"), f"sampler={name}", "sampler.threshold=0.3", f"run.folder={folder}")
    assert search([*given, "run.name=whole"]) == 0
    assert f"The {name} tree is trained: trial" in capsys.readouterr().out
    keys = _keys(folder / "whole")
    assert len(keys) <= 4
    pictures = sorted(path.name for path in (folder / "whole" / "similarity").iterdir())
    assert pictures == [f"{number:04d}.png" for number in range(len(keys))]
    assert f"{name} tree" in (folder / "whole" / "trials.csv").read_text()
    assert f"{name} tree" in (folder / "whole" / "front.html").read_text()
    for trials in range(1, 6):  # stopped after every trial and taken up again
        assert search([*given, "run.name=parts", f"trials={trials}"]) == 0
    assert _keys(folder / "parts") == keys

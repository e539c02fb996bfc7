from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from experiments.benchmarks.arenas import TREES, arena
from experiments.benchmarks.contestants.other_weights import Unseeing
from experiments.benchmarks.samplers import ASHA, main, run
from experiments.benchmarks.volumes import Volumes
from search.problem import pareto
from search.samplers.frontier import Frontier
from spaces.choices import enumerate_patterns

NAMES = ["table", "routing", "tree51", "tree561"]


@pytest.mark.parametrize("name", NAMES)
def test_an_arena_lists_its_space_and_its_noise_is_around_the_truth(name: str) -> None:
    place = arena(name, 3)
    assert len(place.keys) == len(set(place.keys)) == {"table": 35, "routing": 48, "tree51": 51, "tree561": 561}[name]
    rng = np.random.default_rng(0)
    ends = np.array([place.trained(7, rng)[-1] for _ in range(300)])
    assert ends.mean() == pytest.approx(place.truth[7, 0], abs=4 * ends.std() / 300**0.5 + 1e-9)
    assert place.volumes(list(place.keys))[-1] == pytest.approx(1)


def test_a_seed_draws_a_problem_of_its_own_and_the_same_again() -> None:
    assert (arena("tree51", 1).truth == arena("tree51", 1).truth).all()
    assert not (arena("tree51", 1).truth == arena("tree51", 2).truth).any()
    assert set(TREES) < set(ASHA)


@pytest.mark.parametrize("name", NAMES)
def test_the_oracle_takes_the_whole_front_the_greatest_gain_first(name: str) -> None:
    place = arena(name, 0)
    keys = place.oracle()
    found = place.volumes(keys)
    assert found[-1] == pytest.approx(1)
    gains = np.diff([0, *found])
    assert all(after <= before + 1e-12 for before, after in pairwise(gains))
    front = pareto.mark_front(place.truth, [each.direction for each in place.problem.objectives])
    assert {place.row(key) for key in keys} == set(front.tolist())


@pytest.mark.parametrize("contestant", ["frontier", "frontier+asha", "random+asha", "tpe"])
def test_no_pattern_is_trained_twice_and_the_same_seed_gives_the_same(contestant: str) -> None:
    place = arena("tree51", 0)
    legs, again = (list(islice(run(place, contestant, 5, "tree51"), 25)) for _ in range(2))
    assert legs == again
    trained: dict[str, int] = {}
    for key, epochs, complete in legs:
        trained[key] = trained.get(key, 0) + epochs
        assert (trained[key] == 27) is complete
        assert trained[key] <= 27
    complete = [key for key, _, whole in legs if whole]
    assert len(complete) == len(set(complete))


def test_runs_are_kept_whole_and_of_several_commands(tmp_path: Path) -> None:
    place = arena("tree51", 0)
    legs = [(key, 27, True) for key in place.oracle()]
    mine, others = Volumes(tmp_path), Volumes(tmp_path)
    mine.add("tree51", "oracle", 0, place, legs)
    others.add("tree51", "tpe", 0, place, legs[:2])
    with (tmp_path / "volumes.csv").open("a") as file:
        file.write("tree51,tpe,1,visited,0.5,0.6")  # cut off by a power cut
    mine.read()
    assert mine.has("tree51", "tpe", 0)
    assert not mine.has("tree51", "tpe", 1)
    assert mine.of("tree51", "tpe", "complete")[0] == pytest.approx(
        place.volumes([key for key, _, _ in legs[:2]]), abs=1e-5
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--seeds", "0"], "--seeds 0: want at least 1"),
        (["--contestants", "random"], "a part of the benchmark would replace the tables in"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is(
    given: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["samplers", *given])
    with pytest.raises(SystemExit):
        main()
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("contestant", ["botorch", "moasha"])
def test_peers_repeat_nothing_and_the_same_seed_gives_the_same(contestant: str) -> None:
    pytest.importorskip("botorch" if contestant == "botorch" else "syne_tune", reason='wants the extra "peers"')
    before = np.random.get_state()[1].tolist()
    legs, again = (list(islice(run(arena("tree51", 0), contestant, 5, "tree51"), 60)) for _ in range(2))
    assert legs == again
    assert np.random.get_state()[1].tolist() == before
    complete = [key for key, _, whole in legs if whole]
    assert complete and len(complete) == len(set(complete))
    runs = [key for (key, _, _), (after, _, _) in pairwise(legs) if key != after]
    assert len(runs) == len(set(runs))  # who has stopped never comes back


def test_the_sampler_without_options_sees_how_much_is_shared_and_not_by_what() -> None:
    place = arena("routing", 0)
    patterns = [each.pattern for each in enumerate_patterns(place.problem.space, place.problem.tasks)]
    seen, whole = ({tuple(each.describe(p)) for p in patterns} for each in (Unseeing(), Frontier()))
    assert len(whole) == len(patterns) == 48 > len(seen) > 20
    assert len(list(islice(run(place, "unseeing", 0, "routing"), 6))) == 6

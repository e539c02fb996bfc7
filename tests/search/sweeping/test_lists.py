"""Which arguments are lists, and what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.sweeping.lists import Listed, cut_values, list_combinations, read_lists
from spaces.errors import ConfigError

PIECES = st.sampled_from(
    ["a", "0", "[1,2]", "{a:1,b:2}", "'x,y'", '"x,y"', "f(1,2)", r"a\,b", "[[1,2],[3]]", "~/d", ""]
)


@given(st.lists(PIECES, min_size=1, max_size=5))
def test_a_text_is_cut_where_it_was_joined(pieces: list[str]) -> None:
    assert cut_values(",".join(pieces)) == pieces
    assert cut_values(" , ".join(pieces)) == pieces


def test_lists_are_told_from_values() -> None:
    words = [
        "space=fusion,branching",
        "trials=2",
        "objectives=[delta_mtl,macs]",
        "data.root='a,b'",
        "run.seed=range(0,3)",
    ]
    lists, rest = read_lists(words)
    assert lists == [Listed("space", ("fusion", "branching")), Listed("run.seed", ("0", "1", "2"))]
    assert rest == words[1:4]
    combinations = list_combinations(lists)
    assert len(combinations) == 6
    assert combinations[1] == {"space": "fusion", "run.seed": "1"}


def test_values_stay_as_they_were_typed() -> None:
    (found,), _ = read_lists(["data.root=~/a b,2024_01_05"])
    assert found.values == ("~/a b", "2024_01_05")
    (found,), _ = read_lists(["objectives=[delta_mtl,macs],[delta_mtl,params]"])
    assert found.values == ("[delta_mtl,macs]", "[delta_mtl,params]")
    (found,), _ = read_lists(["+space=choice(fusion,gates)"])
    assert found == Listed("space", ("fusion", "gates"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ["no list of values, so this would be one search: give one, such as run.seed=0,1,2"]),
        (["trials=2"], ["no list of values"]),
        (["run.seed=0,,1"], ["run.seed=0,,1: an element of the list is empty"]),
        (["run.seed=0,"], ["an element of the list is empty"]),
        (["run.seed=0,1,0"], ["run.seed=0,1,0: 0 stands there twice"]),
        (["run.seed=0,1", "run.seed=2"], ["run.seed: given twice, once as a list; give it once"]),
        (["run.name=a,b"], ["run.name=a,b: no list here, for run.name=NAME names the folder of all runs"]),
        (["run.folder=a,b"], ["run.folder=a,b: no list here"]),
        (["tracking=none,mlflow"], ["tracking=none,mlflow: no list here"]),
        (["space=glob(*)"], ["space=glob(*): glob cannot be taken"]),
        (["run.seed=0,,1", "space=a,a"], ["is empty", "a stands there twice"]),
        (["run.seed=range(0,1e9)"], ["1001 runs: want at most 1000 in a sweep"]),
        (["run.seed=range(0,40)", "trainer.lr=range(0,40)"], ["1600 runs"]),
    ],
)
def test_what_is_wrong_is_told_at_once(words: list[str], told: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        read_lists(words)
    assert len(caught.value.problems) == len(told)
    for problem, part in zip(caught.value.problems, told, strict=True):
        assert part in problem

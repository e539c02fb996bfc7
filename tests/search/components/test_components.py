"""Components come from mappings and go back to them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import yaml

from search.components.component_names import TARGET
from search.components.components import build_component, describe_component
from search.components.groups import Groups
from spaces.errors import ConfigError

LIBRARY = Groups()
STAGES = {"encoder_stages": 4, "decoder_stages": 4}
PLAIN_GROUPS = ("runner", "scheduler", "sampler", "tracking", "space")  # their YAML stands alone, without other files
CHOICES = [(group, choice) for group in PLAIN_GROUPS for choice in LIBRARY.choices(group)]


@pytest.fixture(autouse=True)
def _own_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCH_ALLOW", "tests")


@dataclass(frozen=True)
class Leaf:
    size: int = 1

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ConfigError(f"size={self.size}: want more")


@dataclass(frozen=True)
class Tree:
    leaves: list[Leaf]
    name: str = "tree"


class Loud:
    """A class that is no space, and would be heard."""

    made = 0

    def __init__(self) -> None:
        Loud.made += 1


LEAF, TREE = f"{__name__}.Leaf", f"{__name__}.Tree"


@pytest.mark.parametrize(("group", "choice"), CHOICES)
def test_a_description_builds_an_equal_component(group: str, choice: str) -> None:
    spec = yaml.safe_load(LIBRARY.choices(group)[choice].read_text())
    given = STAGES if group == "space" else None
    built = build_component(spec, group, given)

    described = yaml.safe_load(yaml.safe_dump(describe_component(built, spec)))

    assert build_component(described, group, given) == built
    assert describe_component(built, described) == described


@pytest.mark.parametrize(("group", "choice"), CHOICES)
def test_an_unknown_option_names_the_allowed_ones(group: str, choice: str) -> None:
    spec = yaml.safe_load(LIBRARY.choices(group)[choice].read_text())

    with pytest.raises(ConfigError) as caught:
        build_component({**spec, "nonsense": 7}, group, STAGES if group == "space" else None)

    (problem,) = caught.value.problems
    assert problem.startswith(f"{group}.nonsense=7: unknown key")
    for name in set(spec) - {TARGET}:
        assert f"{group}.{name}" in problem


def test_everything_wrong_is_told_at_once_with_its_place() -> None:
    wrong = {"a": {TARGET: LEAF, "size": -1}, "b": {TARGET: LEAF, "colour": 3}}

    with pytest.raises(ConfigError) as caught:
        build_component({TARGET: TREE, "leaves": wrong["a"], "name": wrong["b"], "nam": "oak"}, "garden")

    unknown, refused, inside = caught.value.problems
    assert unknown.startswith("garden.nam=oak: unknown key; did you mean 'name'?")
    assert refused == "garden.leaves: size=-1: want more"
    assert inside.startswith("garden.name.colour=3: unknown key")


def test_components_inside_components_come_back() -> None:
    tree = Tree([Leaf(3), Leaf()], "oak")
    assert build_component(describe_component(tree), "garden") == tree


def test_what_is_wrong_with_any_of_a_list_is_told_of_all() -> None:
    leaves = [{TARGET: LEAF, "size": -1}, {TARGET: LEAF}, {TARGET: LEAF, "colour": 3}]
    with pytest.raises(ConfigError) as caught:
        build_component({TARGET: TREE, "leaves": leaves, "nam": "oak"}, "garden")
    unknown, refused, inside = caught.value.problems
    assert "garden.nam=oak" in unknown
    assert "garden.leaves.0" in refused
    assert "garden.leaves.2.colour=3" in inside


@pytest.mark.parametrize("group", ["space", "data", "network", "trainer", "sampler", "scheduler", "runner", "tracking"])
def test_a_class_that_is_none_of_its_group_is_refused_before_it_is_made(group: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{group}\._target_=.*Loud: is no {group}, for it lacks "):
        build_component({TARGET: f"{__name__}.Loud"}, group)
    assert Loud.made == 0

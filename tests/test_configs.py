"""Every YAML of the command line composes, says what its keys mean, and agrees with the component."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path

import pytest
import yaml

import search.config
from search.components.components import describe_component
from search.components.groups import EXPERIMENT, SHIPPED, Groups
from search.config.composition import compose, from_plain
from trainers.weighting.gradients import Gradients

LIBRARY = Groups()
GROUPS = [*LIBRARY.defaults, *LIBRARY.parts.values()]
CHOICES = [(group, choice) for group in GROUPS for choice in LIBRARY.choices(group)]
EXPERIMENTS = [(EXPERIMENT, name) for name in LIBRARY.choices(EXPERIMENT)]


def test_every_yaml_is_among_the_choices() -> None:
    found = sorted(path for path in SHIPPED.rglob("*.yaml") if path.parent != SHIPPED)

    listed = [*CHOICES, *EXPERIMENTS]
    assert found == sorted(LIBRARY.choices(group)[choice] for group, choice in listed)
    assert len(found) >= 12
    assert {group for group, _ in listed} == {path.parent.relative_to(SHIPPED).as_posix() for path in found}


@pytest.mark.parametrize(("group", "choice"), [*CHOICES, *EXPERIMENTS])
def test_it_composes_and_its_plain_form_is_whole(group: str, choice: str) -> None:
    settings = compose([f"{group.replace('/', '.')}={choice}"])

    again = from_plain(settings.plain)

    assert again == settings
    assert again.plain == settings.plain


@pytest.mark.parametrize(("group", "choice"), [(None, "config"), *CHOICES])
def test_every_key_says_what_it_means(group: str | None, choice: str) -> None:
    for key in LIBRARY.keys(group, choice):
        assert key.comment, f"{key.name} in {choice}.yaml has no comment"


@pytest.mark.parametrize(("group", "choice"), CHOICES)
def test_its_defaults_are_those_of_the_component(group: str, choice: str) -> None:
    """Otherwise a component made in Python is another one than the command line's."""
    if group == "space":
        return  # its options are the network's
    key = group.replace("/", ".")
    component = attrgetter(key)(compose([f"{key}={choice}"]))
    # Of a named data set, the shipped specification, and the size that images of many sizes are brought to.
    named = group == "data" and getattr(component, "spec", None)
    preset = {"spec": named, **_size(component)} if named else {}
    if isinstance(component, Gradients):  # one class by name
        preset = {"method": choice}
    own = yaml.safe_load(LIBRARY.choices(group)[choice].read_text())
    if "defaults" in own:  # a choice over another is made for what it says itself
        preset |= {name: value for name, value in own.items() if name != "defaults"}

    kept = {name: getattr(component, name) for name in getattr(component, "later", ())}  # runs of before lack these
    assert describe_component(type(component)(**preset, **kept)) == describe_component(component)


def _size(component: object) -> dict[str, object]:
    return {"image_size": component.image_size} if hasattr(component, "image_size") else {}


def test_the_shipped_folder_is_the_package_data() -> None:
    assert Path(__file__).resolve().parent.parent / "search" / "conf" == SHIPPED


def test_programs_of_earlier_versions_find_compose() -> None:
    assert search.config.compose is compose
    with pytest.raises(AttributeError, match=r"module 'search\.config' has no attribute 'composed'"):
        search.config.composed  # noqa: B018

"""Names of components that stand in files."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.components.component_names import COMPONENTS, TARGET, mark_all, name_all
from search.components.groups import SHIPPED
from trainers.data.specs.reader_names import READERS

TABLES = {"components": COMPONENTS, "readers": READERS}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_todays_path_of_every_name_is_there_and_no_path_has_two_names(table) -> None:
    for paths in table.paths.values():
        module, _, name = paths[-1].rpartition(".")
        assert callable(getattr(import_module(module), name))
    every = [path for paths in table.paths.values() for path in paths]
    assert len(set(every)) == len(every)


def test_every_shipped_choice_has_a_name() -> None:
    text = "\n".join(path.read_text() for path in Path(SHIPPED).rglob("*.yaml"))
    paths = set(re.findall(rf"{TARGET}: ([\w.]+)", text))
    assert paths
    assert {path for path in paths if COMPONENTS.name(path) == path} == set()
    assert {path for path in paths if COMPONENTS.locate(path) != path} == set()  # today's, none of before


@given(st.sampled_from(sorted(COMPONENTS.paths)))
def test_a_name_and_every_path_it_had_mean_the_same(name: str) -> None:
    for given_as in (name, *COMPONENTS.paths[name]):
        assert COMPONENTS.name(given_as) == name
        assert COMPONENTS.locate(given_as) == COMPONENTS.paths[name][-1]
        assert COMPONENTS.mark(given_as) == COMPONENTS.paths[name][0]


def test_what_is_nobodys_here_stays() -> None:
    own = {TARGET: "late.Late", "inside": [{TARGET: "spaces.fusion.Fusion", "n": 1}], "text": "spaces.fusion.Fusion"}
    assert name_all(own) == {**own, "inside": [{TARGET: "space/fusion", "n": 1}]}
    assert mark_all(name_all(own)) == own

from __future__ import annotations

import pytest

from spaces.common.lasting_names import LastingNames

NAMES = LastingNames({"space/late": ("late.Late", "spaces.late.Late", "spaces.trees.Late"), "task/one": ("one.One",)})


@pytest.mark.parametrize("named", ["space/late", "late.Late", "spaces.late.Late", "spaces.trees.Late"])
def test_a_name_and_the_paths_of_all_versions_are_one_thing(named: str) -> None:
    assert NAMES.name(named) == "space/late"
    assert NAMES.locate(named) == "spaces.trees.Late"
    assert NAMES.mark(named) == "late.Late"


@pytest.mark.parametrize("own", ["mine.Space", "late", "space/unknown", ""])
def test_what_is_not_in_the_table_is_its_own_name(own: str) -> None:
    assert NAMES.name(own) == NAMES.locate(own) == NAMES.mark(own) == own


def test_a_move_changes_where_a_thing_lies_and_neither_its_name_nor_its_mark() -> None:
    moved = LastingNames({**NAMES.paths, "task/one": ("one.One", "tasks.one.One")})
    assert moved.locate("task/one") == moved.locate("one.One") == "tasks.one.One"
    assert moved.mark("tasks.one.One") == NAMES.mark("one.One")
    assert moved.name("tasks.one.One") == NAMES.name("one.One")

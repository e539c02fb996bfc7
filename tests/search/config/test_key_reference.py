"""The committed reference of keys is what the code says, and leaves nothing out."""

from __future__ import annotations

from search.components.groups import Groups, Key
from search.config.key_reference import format_reference, tabulate
from tests.conftest import ROOT


def test_the_committed_reference_is_up_to_date() -> None:
    told = (ROOT / "search/KEYS.md").read_text(encoding="utf-8").strip()
    assert told == format_reference(Groups()), "python -m search.config.key_reference > search/KEYS.md"


def test_every_key_of_every_choice_is_in_it() -> None:
    groups = Groups()
    told = format_reference(groups)
    for group in [*groups.defaults, *groups.parts.values()]:
        for choice in groups.choices(group):
            assert f"### {group.replace('/', '.')}={choice}" in told
            assert all(f"| `{key.name}` |" in told for key in groups.keys(group, choice))


def test_what_parts_a_table_s_cells_is_escaped() -> None:
    assert tabulate([Key("a", "b|c", "d")]).splitlines()[-1] == "| `a` | `b\\|c` | d |"

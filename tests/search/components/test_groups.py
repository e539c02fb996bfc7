"""The YAML files behind the command line explain themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.components.groups import SHIPPED, Groups
from search.config.composition import compose
from spaces.errors import ConfigError

LIBRARY = Groups()
EVERY = [*LIBRARY.defaults, *LIBRARY.parts.values()]


@pytest.mark.parametrize("group", EVERY)
def test_every_shipped_choice_says_what_it_is_and_what_its_keys_are(group: str) -> None:
    choices = LIBRARY.choices(group)
    assert choices
    for choice in choices:
        assert LIBRARY.meaning(group, choice), choice
        for key in LIBRARY.keys(group, choice):
            assert key.name.startswith(f"{group.replace('/', '.')}.")
            assert key.comment, key.name


def test_every_shipped_file_is_a_choice_and_every_default_one_of_them() -> None:
    found = {path for group in EVERY for path in LIBRARY.choices(group).values()}
    # Experiments are settings, not choices of a component.
    assert found == {path for path in SHIPPED.rglob("*.yaml") if path.parent not in (SHIPPED, SHIPPED / "experiment")}
    for group, default in LIBRARY.defaults.items():
        assert default in LIBRARY.choices(group)
    assert all(key.comment for key in LIBRARY.keys(None))


def test_a_folder_of_ones_own_adds_choices_and_takes_none_away(tmp_path: Path) -> None:
    (tmp_path / "space").mkdir()
    (tmp_path / "space" / "mine.yaml").write_text("# My own.\n_target_: mine.Space\ndeep:\n  width: 3  # metres\n")
    library = Groups(tmp_path)

    assert set(library.choices("space")) == {*LIBRARY.choices("space"), "mine"}
    assert library.meaning("space", "mine") == "My own."
    (key,) = library.keys("space", "mine")
    assert (key.name, key.default, key.comment) == ("space.deep.width", "3", "metres")
    (tmp_path / "space" / "mine.yaml").write_text("a: [\n")
    with pytest.raises(ConfigError, match="mend the file"):
        library.keys("space", "mine")


def test_a_choice_over_another_has_its_keys_with_its_own_values() -> None:
    usual, own = ({key.name: key.default for key in LIBRARY.keys("trainer", name)} for name in ("adamw", "unmirrored"))
    assert own == {**usual, "trainer.augment": "[]"} != usual


def test_keys_are_put_in_the_order_of_the_list_as_hydra_puts_them(tmp_path: Path) -> None:
    (tmp_path / "trainer").mkdir()
    first = "# My own.\ndefaults: [_self_, /trainer/adamw]\nlr: 1.0  # peak\nmine: 2  # one more\n"
    (tmp_path / "trainer" / "first.yaml").write_text(first)
    found = {key.name: key.default for key in Groups(tmp_path).keys("trainer", "first")}
    usual = {key.name: key.default for key in LIBRARY.keys("trainer", "adamw")}
    assert found == {**usual, "trainer.mine": "2"}


@pytest.mark.parametrize(
    ("lists", "circle"), [({"mine": "mine"}, "mine > mine"), ({"mine": "b", "b": "mine"}, "mine > b > mine")]
)
def test_a_choice_over_itself_is_one_message(tmp_path: Path, lists: dict[str, str], circle: str) -> None:
    (tmp_path / "trainer").mkdir()
    for name, base in lists.items():
        (tmp_path / "trainer" / f"{name}.yaml").write_text(f"# My own.\ndefaults: [{base}, _self_]\nlr: 0.1  # peak\n")
    told = rf"trainer=mine: its defaults go round in a circle, {circle}; take mine out of the list in .*\.yaml$"
    with pytest.raises(ConfigError, match=told):
        Groups(tmp_path).keys("trainer", "mine")
    with pytest.raises(ConfigError, match=told):
        compose(["--config-dir", str(tmp_path), "trainer=mine"])

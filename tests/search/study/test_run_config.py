from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from search.components.component_names import COMPONENTS, TARGET, name_all
from search.config.composition import compose
from search.study.run_config import BEFORE, FREE, PLACES, explain_mismatch, list_changes, list_contents, read_config
from spaces.errors import ConfigError
from tests.tiny import arguments, write_tiny

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
CONTENTS = {"search_id": "0" * 32, **list_contents(compose(["run.name=mine"]))}


def walk(values: dict[str, Any], *above: str) -> dict[tuple[str, ...], Any]:
    """Values that are no mappings, by the names on the way to them."""
    found: dict[tuple[str, ...], Any] = {}
    for name, value in values.items():
        found |= walk(value, *above, name) if isinstance(value, dict) and value else {(*above, name): value}
    return found


def change(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    changed = deepcopy(CONTENTS)
    *above, last = path
    inner = changed
    for name in above:
        inner = inner[name]
    inner[last] = value
    return changed


def restore_paths(plain: Any, which: int) -> Any:
    """As an earlier version kept it: classes by one of the dotted paths that they have had."""
    if isinstance(plain, dict):
        paths = {name: COMPONENTS.paths[value] for name, value in plain.items() if name == TARGET}
        return {n: p[which % len(p)] for n, p in paths.items()} | {
            name: restore_paths(value, which) for name, value in plain.items() if name not in paths
        }
    return [restore_paths(each, which) for each in plain] if isinstance(plain, list) else plain


@quick
@given(path=st.sampled_from(sorted(walk(CONTENTS))))
def test_whatever_defines_results_is_a_change_and_the_rest_is_none(path: tuple[str, ...]) -> None:
    key = ".".join(path)
    changes = list_changes(change(path, "another"), CONTENTS)
    if any(key == free or key.startswith(f"{free}.") for free in (*FREE, *PLACES)):
        assert changes == []
    else:
        (told,) = changes
        assert told.startswith(f"{key.removesuffix(f'.{TARGET}')}: another -> ")
        assert f"\n  {told}\n" in explain_mismatch(Path("runs/mine"), changes)


@quick
@given(which=st.integers(0, 3))
def test_where_classes_lay_in_an_earlier_version_is_no_change(which: int) -> None:
    earlier = restore_paths(CONTENTS, which)
    assert earlier != CONTENTS
    assert name_all(earlier) == CONTENTS
    assert list_changes(earlier, CONTENTS) == []


def test_a_run_of_before_an_option_goes_on_with_what_it_did_then(tmp_path: Path) -> None:
    given = arguments(write_tiny(tmp_path / "one"), "space=joint", "network=pdf", "sampler=oneshot")
    data = [each for each in given if not each.startswith("network.")]
    then = list_contents(compose([*data, *(f"{key}={value}" for key, value in BEFORE.items())]))
    earlier = {
        group: {key: value for key, value in plain.items() if f"{group}.{key}" not in BEFORE}
        if isinstance(plain, dict)
        else plain
        for group, plain in then.items()
    }
    assert len([*walk(then)]) == len([*walk(earlier)]) + len(BEFORE)
    assert list_changes(earlier, then) == []
    changes = sorted(list_changes(earlier, list_contents(compose(data))))
    assert changes[:2] == ["epochs.supernet: 7 -> 3", "epochs.trial: 2 -> 4"]  # another order has another split
    assert changes[2:] == [
        "network.pixels: unit -> imagenet",
        "sampler.order: apart -> chained",
        "space.neck: none -> separable",
        "space.norm: none -> cosine",
        "space.recombination: grouped -> dense",
    ]
    order = changes[:2] + [change for change in changes if change.startswith("sampler.")]
    assert "; sampler.order=apart goes on as it began\n" in explain_mismatch(Path("runs/mine"), order)


def test_what_is_kept_is_read_again_and_another_folder_of_the_same_data_is_no_change(tmp_path: Path) -> None:
    kept = {"search_id": "0" * 32, **list_contents(compose(arguments(write_tiny(tmp_path / "one"), "run.name=mine")))}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(kept))
    assert read_config(tmp_path) == kept
    moved = compose(arguments(write_tiny(tmp_path / "two"), "run.name=other", "trials=99"))
    assert list_changes(kept, list_contents(moved)) == []
    other = replace(moved, data=compose(arguments(write_tiny(tmp_path / "three", images=24))).data)
    assert [told.split(":")[0] for told in list_changes(kept, list_contents(other))] == ["data_content"]


@pytest.mark.parametrize("text", ["{", "", "[1]", "trials: 3", "search_id: 3", "\x00", "a: !!python/object:os.x {}"])
def test_a_file_that_holds_something_else_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"config\.yaml is no configuration of a run \(.*\); restore it from a copy"):
        read_config(tmp_path)


def test_a_run_with_another_split_of_its_epochs_is_told_what_gives_its_own() -> None:
    changes = ["epochs.supernet: 53 -> 72", "epochs.trial: 11 -> 16"]
    text = explain_mismatch(Path("runs/mine"), changes)
    assert "and trainer.epochs; supernet.epochs=53 final.epochs=11 gives those it has\n" in text
    assert "gives those" not in explain_mismatch(Path("runs/mine"), [*changes, "sampler: oneshot -> tpe"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[" * 20_000, "lists within lists too deep to be read"),
        ("search_id: x\nbegun: 2001-99-99", "month must be in 1..12"),
        ("search_id: x\ntrials: " + "1" * 6000, "Exceeds the limit"),
        ("search_id: x\na: &a [*a]", "anchors that repeat values without end"),
        (
            "search_id: x\na: &a [x, x]\n"
            + "".join(f"{b}: &{b} [{', '.join(f'*{a}' for _ in range(99))}]\n" for a, b in ("ab", "bc", "cd", "de")),
            "anchors that repeat values without end",
        ),
        ("#" * (17 * 2**20), "more than 16 MiB"),
    ],
    ids=["deep", "date", "number", "circle", "bomb", "large"],
)
def test_a_file_made_to_be_read_without_end_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ConfigError, match=rf"config\.yaml is no configuration of a run \({told}"):
        read_config(tmp_path)

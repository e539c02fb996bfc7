"""Packages that whoever types a command names with it."""

from __future__ import annotations

from pathlib import Path

from search.config.arguments import parse
from search.config.named_packages import list_named


def test_what_is_typed_and_what_lies_in_the_folder_of_configurations_is_named(tmp_path: Path) -> None:
    (tmp_path / "space").mkdir()
    (tmp_path / "space/mine.yaml").write_text("_target_: garden.Hedge\nparts: [{_target_: garden.leaves.Leaf}]\n")
    (tmp_path / "space/torn.yaml").write_text("_target_: [")
    given = parse([
        f"--config-dir={tmp_path}",
        "trainer.augment=[{_target_: wild.Turn}, {_target_: trainers.augment.Flip}]",
        "data._target_=own.data.Set",
        "space.rates=[0.5]",
    ])  # fmt: skip
    assert list_named(given) == ["wild", "own.data", "garden", "garden.leaves"]
    assert list_named(parse(["space=fusion"])) == []

from __future__ import annotations

from pathlib import Path

import yaml

from trainers.data.exports.ready import Places, add_background, find_folder, write_spec


def test_texts_are_yaml_that_means_the_same(tmp_path: Path) -> None:
    names = ["no", "cat", 'a "b"', "中", "1", "x: y", "null"]
    text = write_spec(Places(["{id}.jpg", "{id}.png"], None, {}), {"s": {"kind": "segmentation", "classes": names}})

    content = yaml.safe_load(text)

    assert content["image"] == ["{id}.jpg", "{id}.png"]
    assert content["tasks"]["s"]["classes"] == names
    assert content["tasks"]["again"] == {"kind": "autoencoder", "role": "auxiliary"}


def test_small_things(tmp_path: Path) -> None:
    assert add_background(["a"]) == ["background", "a"]
    assert add_background(["a", "_background_"]) == ["a", "_background_"]
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "1.png").touch()
    assert find_folder(tmp_path, ["1.png"], ["", "x/"]) == "x/"
    assert find_folder(tmp_path, [], [""]) is None

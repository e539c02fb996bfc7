from __future__ import annotations

from pathlib import Path

import pytest

from search.report.page.context import NO_CONTEXT, gather_context
from search.standing.started import Started, write_started
from search.study.fronts.final_files import Final, save_final
from spaces.common.interpreter import spell_python
from tests.search.trials import NAMES, TASKS, complete


def test_a_run_is_told_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = complete(3, 1.0, 10)
    (tmp_path / "config.yaml").write_text(
        "search_id: abc\nbegun: 1795913152\n"
        "space: {_target_: space/fusion}\ndata: {_target_: data/folder, root: photos}\n"
    )
    write_started(
        tmp_path,
        Started("space=fusion data.root='my photos'", place="/home/me/my work", commits=("0123abc", "4567def+")),
    )
    (tmp_path / "trials").mkdir()
    (tmp_path / "trials/0003.pt").touch()
    found = gather_context(tmp_path, [trial], TASKS)
    assert found.facts["space"] == "fusion"
    assert not found.alike  # as far as is known of a space without its stages
    assert found.facts["commit"] == "0123abc, 4567def+"
    assert found.facts["data"] == "folder (photos)"
    assert found.facts["begun"].startswith("2026-11-")
    python = spell_python(anywhere=True)
    command = f"{python} -m search.run space=fusion data.root='my photos'"
    assert found.facts["command"] == f"cd '/home/me/my work' && {command}"
    assert all(name in found.facts["tasks"] for name in NAMES)
    assert found.weights == {3: "trials/0003.pt"}
    assert found.export == f"{python} -m search.export {tmp_path}"  # a page is read anywhere
    monkeypatch.chdir(tmp_path.parent)
    assert gather_context(Path(tmp_path.name), [trial], TASKS).export == found.export
    assert (found.progress, found.running) == ("", False)
    write_started(tmp_path, Started("space=fusion"))  # of an earlier version: that of the code that draws is none
    assert "commit" not in gather_context(tmp_path, [trial], TASKS).facts


def test_weights_are_those_that_an_export_takes(tmp_path: Path) -> None:
    """Of a trial that was trained to the end those of its end, whether it is delivered or not."""
    trial, place = complete(3, 1.0, 10), tmp_path / "finals/0003-0123456789abcdef.pt"
    for file in (tmp_path / "trials/0003.pt", tmp_path / f"front/3-{trial.key}/weights.pt", place):
        file.parent.mkdir(parents=True)
        file.touch()
    assert gather_context(tmp_path, [trial], TASKS).weights == {3: "trials/0003.pt"}
    save_final(tmp_path, Final(trial, "0123456789abcdef", place))
    assert gather_context(tmp_path, [trial], TASKS).weights == {3: "finals/0003-0123456789abcdef.pt"}
    place.with_suffix(".json").write_text("{")
    assert gather_context(tmp_path, [trial], TASKS).weights == {}


def test_a_bare_or_damaged_folder_tells_little(tmp_path: Path) -> None:
    assert gather_context(tmp_path, [], ()) == NO_CONTEXT
    write_started(tmp_path, Started())  # by a command that only adds to a run
    assert gather_context(tmp_path, [], ()) == NO_CONTEXT
    (tmp_path / "config.yaml").write_text("a: [")
    assert gather_context(tmp_path, [], ()) == NO_CONTEXT

from __future__ import annotations

from pathlib import Path

from spaces.common.control_groups import list_groups


def test_a_process_s_groups_are_listed_from_its_own_to_the_outermost(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("11:memory:/job\n4:cpu,cpuacct:/slurm/job\n")
    found = list(list_groups("cpu", tmp_path / "own", tmp_path / "groups"))
    root = tmp_path / "groups/cpu,cpuacct"
    assert found[:4] == [root / "slurm/job", root / "slurm", root, tmp_path / "groups"]
    assert tmp_path / "groups/cpu/slurm/job" in found  # where version 1 has a folder of that name
    assert not any("memory" in each.parts for each in found)


def test_of_version_2_one_folder_bounds_everything(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("0::/job\n")
    groups = [list(list_groups(kind, tmp_path / "own", tmp_path / "groups")) for kind in ("cpu", "memory")]
    assert groups[0] == groups[1]
    assert groups[0][:2] == [tmp_path / "groups/job", tmp_path / "groups"]


def test_other_systems_have_none(tmp_path: Path) -> None:
    assert list(list_groups("cpu", tmp_path / "none", tmp_path)) == []

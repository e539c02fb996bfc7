from __future__ import annotations

from pathlib import Path

import pytest

from spaces.common.free_memory import measure_free_memory


def write(folder: Path, group: str, **files: str) -> None:
    (folder / "groups" / group).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / "groups" / group / name.replace("__", ".")).write_text(text)


@pytest.mark.parametrize(("limit", "free"), [("1000000", 600_000), ("max", 2_048_000), ("100", 0)])
def test_the_least_of_machine_and_groups_counts(limit: str, free: int, tmp_path: Path) -> None:
    (tmp_path / "own").write_text("0::/slurm/job\n")
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable: 2000 kB\n")
    write(tmp_path, "slurm", memory__max=limit, memory__current="400000")
    write(tmp_path, "slurm/job", memory__max="max", memory__current="3")
    assert measure_free_memory(tmp_path / "meminfo", tmp_path / "own", tmp_path / "groups") == free


def test_groups_of_version_1_count_too(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("11:memory:/job\n")
    write(tmp_path, "memory/job", memory__limit_in_bytes="900", memory__usage_in_bytes="200")
    assert measure_free_memory(tmp_path / "none", tmp_path / "own", tmp_path / "groups") == 700


def test_where_nothing_is_told_nothing_is_known(tmp_path: Path) -> None:
    assert measure_free_memory(tmp_path / "none", tmp_path / "neither", tmp_path) is None
    (tmp_path / "meminfo").write_text("MemAvailable: much\n")
    assert measure_free_memory(tmp_path / "meminfo", tmp_path / "neither", tmp_path) is None

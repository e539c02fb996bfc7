from __future__ import annotations

import os
from pathlib import Path

import pytest

from spaces.common.cores import count_cores, name_cpu


def write(folder: Path, group: str, **files: str) -> None:
    (folder / group).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / group / name.replace("__", ".")).write_text(text)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this process were bound to eight cores."""
    monkeypatch.setattr("joblib.cpu_count", lambda: 8)


def test_a_process_has_no_more_cores_than_it_is_bound_to(tmp_path: Path) -> None:
    assert 1 <= count_cores() <= len(os.sched_getaffinity(0))
    assert count_cores(tmp_path / "none", tmp_path) == count_cores(tmp_path / "none", tmp_path / "neither")


@pytest.mark.parametrize(
    ("inner", "outer", "cores"),
    [("max 100000", "max 100000", 8), ("150000 100000", "max 100000", 2), ("max 100000", "50000 100000", 1)],
)
def test_the_least_of_all_groups_of_version_2_counts(
    inner: str, outer: str, cores: int, tmp_path: Path, many: None
) -> None:
    (tmp_path / "own").write_text("0::/slurm/job_7\n")
    write(tmp_path / "groups", "slurm/job_7", cpu__max=inner)
    write(tmp_path / "groups", "slurm", cpu__max=outer)
    assert count_cores(tmp_path / "own", tmp_path / "groups") == cores


@pytest.mark.parametrize(("kinds", "quota", "cores"), [("cpu,cpuacct", "300000", 3), ("cpu", "-1", 8)])
def test_groups_of_version_1_count_too(kinds: str, quota: str, cores: int, tmp_path: Path, many: None) -> None:
    (tmp_path / "own").write_text(f"11:memory:/job\n4:{kinds}:/job\n")
    write(tmp_path / "groups", f"{kinds}/job", cpu__cfs_quota_us=quota, cpu__cfs_period_us="100000")
    assert count_cores(tmp_path / "own", tmp_path / "groups") == cores


def test_damaged_files_say_nothing(tmp_path: Path, many: None) -> None:
    (tmp_path / "own").write_text("0::/job\nwhat\n")
    write(tmp_path / "groups", "job", cpu__max="many\n")
    assert count_cores(tmp_path / "own", tmp_path / "groups") == 8


def test_the_processor_has_a_name(tmp_path: Path) -> None:
    models = tmp_path / "cpuinfo"
    models.write_text("processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nmodel name\t: Some CPU @ 2 GHz\n")
    assert name_cpu(models) == "Some CPU @ 2 GHz"
    assert name_cpu(tmp_path / "none")

from __future__ import annotations

import os
from pathlib import Path
from tempfile import gettempdir

import pytest

from search.runners.ray_connection import LONGEST, SOCKET, make_short_folder
from spaces.common.machine_faults import MachineError


def test_ray_keeps_its_usual_folder_where_its_sockets_fit() -> None:
    usual = Path(gettempdir(), "ray")
    assert (make_short_folder(usual) is None) == (len(f"{usual}{SOCKET}") <= LONGEST)


def test_a_long_or_unwritable_folder_is_gone_round(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for usual in (tmp_path / ("é" * 60), tmp_path / "file" / "ray"):
        made = make_short_folder(usual, (str(tmp_path / "file"), str(tmp_path)))
        assert made is not None and made.parent == tmp_path and made.name.startswith("ray-")
        assert os.access(made, os.W_OK)


def test_where_there_is_no_short_folder_the_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"of \d+ bytes at most; name one with RAY_TMPDIR=DIR, or take runner="):
        make_short_folder(tmp_path / ("x" * 100), ())

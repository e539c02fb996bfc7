"""Programs that use Hydra themselves find it as they left it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hydra
import pytest
from hydra.core.global_hydra import GlobalHydra
from hydra.version import VersionBase

from search.config.composition import compose
from spaces.errors import ConfigError


def test_a_program_that_uses_hydra_itself_finds_it_as_it_was(tmp_path: Path) -> None:
    """From several threads at a time, and also where a composition is refused."""
    (tmp_path / "config.yaml").write_text("a: 1\n")
    with hydra.initialize_config_dir(str(tmp_path), version_base="1.3"):
        version = VersionBase.instance().getbase()
        theirs = GlobalHydra.instance().hydra
        with ThreadPoolExecutor(4) as pool:
            assert [each.trials for each in pool.map(lambda n: compose([f"trials={n}"]), range(1, 9))] == [*range(1, 9)]
        with pytest.raises(ConfigError):
            compose(["trials=0"])
        assert GlobalHydra.instance().hydra is theirs
        assert VersionBase.instance().getbase() == version
        assert hydra.compose("config", ["a=2"]).a == 2
    assert not GlobalHydra.instance().is_initialized()

from __future__ import annotations

from pathlib import Path

import numpy as np

from experiments.benchmarks.arenas import TABLE
from experiments.benchmarks.table import Table, read, trained, write
from search.config.composition import compose
from spaces.choices import count_patterns
from spaces.fusion import Fusion
from tests.tiny import arguments, write_tiny


def test_the_table_that_ships_is_whole_and_small() -> None:
    table = read(TABLE)
    keys = {pattern.key for pattern in table.patterns}
    assert len(keys) == len(table.patterns) == count_patterns(Fusion(4, 4), ("a", "b", "c")) == 35
    rows, seeds, epochs = table.delta_mtl.shape
    assert (rows, epochs) == (35, 8) and seeds >= 3
    assert np.isfinite(table.delta_mtl).all()
    assert (table.worst_delta <= table.delta_mtl).all()
    assert TABLE.stat().st_size < 64_000
    curve = table.curve(5, np.random.default_rng(0))
    assert curve.tolist() in table.delta_mtl[5].tolist()


def test_a_table_is_what_was_trained_and_is_read_as_written(tmp_path: Path) -> None:
    given = arguments(write_tiny(tmp_path / "data"), "trainer.epochs=2", f"run.folder={tmp_path / 'runs'}")
    table = trained(compose(given), (7, 8))
    write(tmp_path / "table.npz", table)
    again = read(tmp_path / "table.npz")
    assert isinstance(again, Table)
    assert [p.key for p in again.patterns] == [p.key for p in table.patterns]
    assert np.allclose(again.delta_mtl, table.delta_mtl, rtol=1e-5)
    assert table.delta_mtl.shape[1:] == (2, 2)
    assert (again.macs == table.macs).all() and (again.params == table.params).all()

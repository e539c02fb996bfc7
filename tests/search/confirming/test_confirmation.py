from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from search.confirming.confirmation import FILE, Cell, choose_shown, drop_stale, load_confirmations, save_confirmation
from search.confirming.request import RESPLIT
from spaces.common.atomic_files import strict
from spaces.errors import DataError
from tests.search.confirming.made import make_confirmation, make_member
from tests.search.trials import complete

KEPT = make_confirmation(make_member(3, 0.0, 10.0, 4.0), make_member(1, 0.05, 20.0, 8.0, (500, 502)))


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    assert load_confirmations(tmp_path) == ()
    save_confirmation(tmp_path, KEPT)
    assert load_confirmations(tmp_path) == (KEPT,)
    assert KEPT.seeds == (500, 501, 502)


def test_what_is_not_known_stays_so(tmp_path: Path) -> None:
    save_confirmation(tmp_path, replace(KEPT, references={500: Cell({}, {"depth.abs_err_m": math.nan})}))
    (found,) = load_confirmations(tmp_path)
    assert math.isnan(found.references[500].test["depth.abs_err_m"])
    assert math.isnan(found.references[500].macs)


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 99}', '{"version": 1, "members": 3}', '{"version": 2}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(DataError, match=r"confirmed\.json: no confirmation \(.*remove it, and python -m search"):
        load_confirmations(tmp_path)


def test_divisions_are_kept_side_by_side_the_one_that_ended_last_first(tmp_path: Path) -> None:
    other, more = replace(KEPT, division=RESPLIT), replace(KEPT, members=KEPT.members[:1])
    for each, want in ((KEPT, (KEPT,)), (other, (other, KEPT)), (more, (more, other)), (other, (other, more))):
        save_confirmation(tmp_path, each)
        assert load_confirmations(tmp_path) == want


def test_a_file_of_one_division_as_earlier_versions_wrote_it_is_read_and_kept(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({"version": 1, **strict(asdict(KEPT))}))
    assert load_confirmations(tmp_path) == (KEPT,)
    other = replace(KEPT, division=RESPLIT)
    save_confirmation(tmp_path, other)
    assert load_confirmations(tmp_path) == (other, KEPT)


def test_what_is_shown_has_measured_networks_as_they_are_now() -> None:
    deltas, costs = {3: 4.0, 1: 8.0}, {3: 10, 1: 20}
    now = {m.number: complete(m.number, deltas[m.number], costs[m.number], metrics=m.metrics) for m in KEPT.members}
    bare = replace(KEPT, division=RESPLIT, members=tuple(replace(each, cells={}) for each in KEPT.members))
    assert choose_shown((bare, KEPT), now) == KEPT
    assert choose_shown((replace(KEPT, division=RESPLIT), KEPT), now) == replace(KEPT, division=RESPLIT)
    assert choose_shown((KEPT,), {}) is None
    few = replace(KEPT, division=RESPLIT, members=KEPT.members[:1])
    assert choose_shown((few, KEPT), now) == KEPT  # the later one knows fewer


def test_metrics_of_the_search_that_earlier_files_lack_are_taken_from_its_trials() -> None:
    bare = replace(KEPT, members=tuple(replace(each, metrics={}) for each in KEPT.members))
    trial = complete(3, 4.0, 10)
    assert drop_stale(bare, {3: trial}).members[0].metrics == trial.metrics


def test_cheapest_is_first_though_cost_is_no_objective() -> None:
    members = tuple(replace(each, searched={"worst_delta": 1.0, "params": 9.0}) for each in KEPT.members[::-1])
    now = {n: complete(n, 0.0, macs, objectives=members[0].searched) for n, macs in ((3, 10), (1, 20))}
    assert [member.number for member in drop_stale(replace(KEPT, members=members), now).members] == [3, 1]


def test_networks_that_were_trained_further_since_are_dropped() -> None:
    now = {3: complete(3, 4.0, 10), 1: complete(1, 8.5, 20)}
    assert [member.number for member in drop_stale(KEPT, now).members] == [3]
    assert drop_stale(KEPT, {}).members == ()


def test_a_value_that_is_not_known_is_the_same_as_before(tmp_path: Path) -> None:
    unknown = {"delta_mtl": 4.0, "macs": 10.0, "latency_ms": math.nan}
    save_confirmation(tmp_path, replace(KEPT, members=(replace(KEPT.members[0], searched=unknown),)))
    (kept,) = load_confirmations(tmp_path)
    trial = complete(3, 4.0, 10, objectives={**unknown, "latency_ms": float("nan")})
    assert [member.number for member in drop_stale(kept, {3: trial}).members] == [3]
    known = complete(3, 4.0, 10, objectives={**unknown, "latency_ms": 2.0})
    assert drop_stale(kept, {3: known}).members == ()

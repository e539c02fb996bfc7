from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest

from search.confirming.confirmation import Confirmation
from search.confirming.request import WITH_VAL
from search.confirming.sums import Totals, sum_up
from search.confirming.table import describe, format_csv, format_rows, list_means, list_numbers, list_rows, show_means
from search.problem.objectives import DELTA_MTL, MACS, WORST_DELTA, format_interval
from tests.search.confirming.made import make_confirmation, make_member
from tests.search.trials import TASKS

MEMBERS = make_member(3, 0.00, 10.0, 4.0), make_member(1, 0.05, 20.0, 8.0), make_member(5, 0.051, 30.0, 9.0)


def total(confirmation: Confirmation) -> Totals:
    return sum_up(confirmation, (DELTA_MTL, MACS), TASKS, (-20.0, 40.0))


def test_a_row_a_network_with_all_that_is_told_of_it() -> None:
    totals = total(make_confirmation(*MEMBERS))
    rows = list(csv.DictReader(io.StringIO(format_csv(list_rows(totals)))))
    assert [row["number"] for row in rows] == ["3", "1", "5"]
    assert rows[0]["apart"] == ""
    assert float(rows[1]["apart"]) == pytest.approx(totals.differences[0].p)
    assert float(rows[2]["delta_mtl"]) == totals.rows[2].test["delta_mtl"].mean
    assert rows[0]["delta_mtl.search"] == "4.0"
    assert rows[0]["delta_mtl.guess"] == ""
    assert {"macs", "params", "worst_delta", "depth.delta.sd", "segmentation.miou"} <= set(rows[0])
    assert "macs.sd" not in rows[0]


def test_the_terminal_shows_means_with_intervals_beside_what_the_search_told() -> None:
    totals = total(make_confirmation(*MEMBERS))
    head, first, *_ = format_rows(totals).splitlines()
    assert head.split("  ")[1:4] == ["trial", "MACs", "seeds"]
    mean = totals.rows[0].test["delta_mtl"]
    told = " to ".join(format_interval(DELTA_MTL, mean.mean, mean.low, mean.high)).replace(" to ", " (", 1)
    before = format_interval(DELTA_MTL, 4.0, mean.low, mean.high)[0]  # to the same place
    assert f"{told}; {before})" in first


def test_a_record_has_the_means_and_people_their_intervals_of_what_was_measured() -> None:
    totals = total(make_confirmation(*MEMBERS))
    mean = totals.rows[0].test["delta_mtl"]
    assert list_means(totals)[3] == {"delta_mtl.confirmed": mean.mean}
    first, low, high = format_interval(DELTA_MTL, mean.mean, mean.low, mean.high)
    assert show_means(totals)[3] == {"delta_mtl": f"{first} % ({low} to {high})"}
    assert (list_means(None), show_means(None)) == ({}, {})


def test_sentences_say_what_intervals_cover_who_is_told_apart_and_what_was_promised() -> None:
    work, curse, neighbours, gap = describe(total(make_confirmation(*MEMBERS)))
    assert work == (
        "Confirmed on the test split: 3 networks, 3 fresh seeds each, on train; fresh is the whole training, of "
        "single-task networks too, so that is what the intervals (95 %, of the mean) cover."
    )
    assert curse.startswith("Winner's curse: the search flattered delta_mtl by +")
    assert re.search(r"by its single-task networks \(fresh ones in their place\), \+[\d.]+ for having been", curse)
    assert re.search(r"fresh seeds; standard error over networks [\d.]+\), \+1\.0 from validation to test", curse)
    assert neighbours == "Neighbours by cost told apart (95 %, Holm): 3 and 1; not told apart: 1 and 5."
    assert gap.startswith("Hypervolume of these networks [% x MACs]: ")
    assert re.search(r"\(pessimistic\), so validation promised [\d.]+ more\.$", gap)


def test_the_worst_mean_of_a_task_is_told_apart_from_the_mean_of_the_worst() -> None:
    totals = sum_up(make_confirmation(*MEMBERS), (WORST_DELTA, MACS), TASKS, (-20.0, 40.0))
    told = next(line for line in describe(totals) if line.startswith("The worst task"))
    assert told.startswith("The worst task is the one whose mean over seeds is least; worst_delta is the mean of what")
    row = totals.rows[0]
    assert row.test["worst_delta"].mean <= row.test[f"{row.worst}.delta"].mean


def test_one_seed_has_no_interval_and_other_images_are_named() -> None:
    alone = make_confirmation(make_member(3, 0.0, 10.0, 4.0, (500,)))
    totals = total(replace(alone, division=WITH_VAL, references={500: alone.references[500]}))
    assert "one seed: no interval" in format_rows(totals)
    assert "1 network, 1 fresh seed each, on train and validation;" in describe(totals)[0]
    assert describe(totals)[1].endswith(" points on average, in which is what other images in training do.")


def test_a_tracker_is_shown_the_curse_and_the_volumes() -> None:
    totals = total(make_confirmation(*MEMBERS))
    assert totals.curse is not None
    assert list_numbers(totals)["confirmed.curse"] == totals.curse.total
    assert list_numbers(totals)["confirmed.hypervolume.pessimistic"] == totals.gap.pessimistic

"""Of a run that an earlier version left killed: `tests/earlier`."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from filelock import FileLock

from search.jobs.heartbeat import Beat
from search.standing.standing import read_standing
from search.standing.started import Started, write_started
from search.standing.state import FINISHED, RUNNING, STOPPED
from search.standing.words import describe_run, describe_runs
from search.study.fronts.final_files import save_final
from tests.conftest import ROOT
from tests.search.study.fronts.test_final_files import make

FRONT = "key,number,delta_mtl,macs\nabc,0,-0.001,11592704\n"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "tests/earlier/version_2/killed", tmp_path / "killed"))


@pytest.fixture
def held(run: Path) -> Iterator[Path]:
    """The same while a process works on it."""
    (run / ".owner.json").write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}))
    with FileLock(run / ".lock"):
        yield run


def _list_files(folder: Path) -> dict[Path, tuple[int, bytes]]:
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def test_a_killed_run_of_an_earlier_version_is_told_and_left_as_it_is(run: Path) -> None:
    before = _list_files(run)
    standing = read_standing(run)
    assert (standing.state, standing.ended, standing.wanted, standing.baselines) == (STOPPED, 1, 6, 3)
    assert standing.problems == ()
    assert standing.seconds_left is None
    assert "the command of the search again" in describe_run(standing, 80)
    assert _list_files(run) == before


def test_a_run_at_work_tells_what_trains_and_how_long_it_takes(held: Path) -> None:
    (held / "front.csv").write_text(FRONT)
    (held / ".outcomes" / "0001.begun").write_text(json.dumps(asdict(Beat("trial 1", 4, 1, 2.0))))
    write_started(held, Started("space=fusion", 1.0, {"trial": 5, "baseline": 3}, {"trial": 4.0}, 2))
    standing = read_standing(held)
    seconds = json.loads((held / "trials" / "0000.json").read_text())["seconds"]
    assert standing.state == RUNNING
    assert standing.seconds_left == pytest.approx((4 - 1 / 4) * seconds / 2)
    told = describe_run(standing, 60)
    assert f"process {os.getpid()}" in told
    assert "trial 1: epoch 1 of 4" in told
    assert "1 complete, of 5" in told
    assert "trial 0  delta_mtl 0.0 %  macs 11.6 M" in told
    assert max(map(len, told.splitlines()[1:])) <= 60


def test_a_run_that_ended_well_is_finished(run: Path) -> None:
    (run / "baselines.csv").write_text("task\n")
    standing = read_standing(run)
    assert standing.state == FINISHED
    assert f"-m search.confirm {run}" in describe_run(standing, 200)


def test_a_finished_run_that_another_start_was_to_add_to_has_stopped_where_that_did_not_end(run: Path) -> None:
    report, ended = run / "baselines.csv", json.loads((run / "trials" / "0000.json").read_text())
    (run / "trials" / "0000.json").write_text(json.dumps({**ended, "ended": 100.0}))
    report.write_text("task\n")
    for wanted in (4, 1):  # more trials; as many, but further trainings
        os.utime(report, (200.0, 200.0))
        write_started(run, Started("space=fusion", 300.0, {"trial": wanted}))
        standing = read_standing(run)
        assert standing.state == STOPPED
        assert "-m search.run space=fusion" in describe_run(standing, 200)
        os.utime(report, (400.0, 400.0))  # it has ended, at a plateau say
        assert read_standing(run).state == FINISHED


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("trials/0000.json", '{"number": 0, "status'),
        ("trials/0000.json", "null"),
        ("baselines.json", "[1]"),
        ("baselines.json", '{"a": 1}'),
        ("study.journal", '{"op_code":0\n{"op_code":1}\n'),
        ("front.csv", "key,number\nabc,zero\n"),
        ("config.yaml", "- no mapping\n"),
        ("config.yaml", ""),
    ],
)
def test_what_is_damaged_is_named(run: Path, name: str, text: str) -> None:
    (run / name).write_text(text)
    standing = read_standing(run)
    assert len(standing.problems) == 1
    assert name in standing.problems[0]
    told = describe_run(standing, 400)
    assert name in told
    assert "None" not in told


def test_a_copy_tells_when_its_trials_ended_and_not_when_it_was_made(run: Path) -> None:
    trial = json.loads((run / "trials" / "0000.json").read_text())
    (run / "trials" / "0000.json").write_text(json.dumps({**trial, "ended": 1e9}))
    assert read_standing(run).last == 1e9
    (run / "baselines.csv").write_text("task\n")
    assert read_standing(run).state == FINISHED
    (run / "trials" / "0000.json").write_text(json.dumps({**trial, "ended": 0.0}))  # of an earlier version
    assert read_standing(run).last == (run / "trials" / "0000.json").stat().st_mtime


def test_the_front_is_told_by_best_guesses_as_the_report_tells_it(run: Path) -> None:
    rows = [
        "key,number,delta_mtl,macs,delta_mtl.guess,delta_mtl.sd",
        "a,0,0.58,1.7e7,0.11,0.43",
        "b,1,0.31,1.8e7,0.6,0.42",
    ]
    (run / "front.csv").write_text("\n".join([*rows, "c,2,-2.04,1e7,,", ""]))
    standing = read_standing(run)
    assert standing.front[1]["delta_mtl.guess"] == 0.6
    told = describe_run(standing, 120)
    assert "trial 0  delta_mtl +0.1 +- 0.4 %  macs 17.0 M" in told
    assert "trial 2  delta_mtl -2.0" in told
    assert "trial 1  delta_mtl +0.6 +- 0.4 %" in describe_runs([standing], 120, run.parent)


def test_trials_of_the_front_that_are_gone_are_named(run: Path) -> None:
    (run / "front.csv").write_text(FRONT)
    assert read_standing(run).problems == ()
    (run / "trials" / "0000.json").unlink()
    assert any("lacks the files of trials 0, which are on the front" in each for each in read_standing(run).problems)


def test_single_task_networks_are_counted_before_all_are_there(run: Path) -> None:
    (run / "baselines.json").unlink()
    assert read_standing(run).baselines is None  # a start of an earlier version does not say which they are
    names = ("a.json", "b.json", "c.json", "d.json")
    write_started(run, Started(trainings={"baseline": 4}, baselines=names))
    outcomes = ({"outcome": {"reason": ""}}, {"outcome": {"reason": "it broke"}}, {"outcome": 3})
    for name, outcome in zip(names, outcomes, strict=False):
        path = run.parent / "baselines" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(outcome))
    standing = read_standing(run)
    assert (standing.baselines, standing.problems) == (1, ())
    assert "baselines  1 of 4" in describe_run(standing, 80)


def test_half_a_line_at_the_end_of_the_journal_is_no_damage(run: Path) -> None:
    with open(run / "study.journal", "a") as file:
        file.write('{"op_code":')
    assert read_standing(run).problems == ()


def test_a_run_that_confirms_tells_how_long_that_takes(held: Path) -> None:
    rows = json.loads((held / "trials" / "0000.json").read_text())
    (held / "front.csv").write_text(FRONT)
    (held / "confirmed").mkdir()
    (held / "confirmed" / "abc.begun").write_text(json.dumps(asdict(Beat("trial 0, seed 500", 4, 2, 2.0))))
    trainings, epochs = {"trial": 1, "baseline": 3, "confirmation": 1}, {"trial": 4.0, "confirmation": 4.0}
    write_started(held, Started("space=fusion", 1.0, trainings, epochs, 1, fresh=2))
    each = float(rows["seconds"])  # at the pace of the trials, which have as many epochs
    assert read_standing(held).seconds_left == pytest.approx((1 + 2 - 0.5) * each)
    (held / "confirmed" / "def.json").write_text("{}")
    assert read_standing(held).seconds_left == pytest.approx((1 + 2 - 1 - 0.5) * each)


def test_trainings_to_the_end_tell_how_long_the_others_take(held: Path) -> None:
    write_started(held, Started("space=fusion", 10.0, {"trial": 1, "final": 3}, {"trial": 4.0, "final": 8.0}, 1))
    before, now = make(held, 0, 1.0, 8, ended=5.0), make(held, 1, 2.0, 8, ended=50.0)
    for final in (before, now):
        save_final(held, final)
    standing = read_standing(held)
    assert (standing.finals, standing.earlier, len(standing.delivered)) == (2, 1, 2)
    assert standing.seconds_left == pytest.approx((3 - 1) * now.trial.seconds)


def test_a_supernet_has_ended_when_its_outcome_is_there_and_trials_on_it_follow_one_another(held: Path) -> None:
    trainings, epochs = {"trial": 5, "baseline": 3, "supernet": 1}, {"trial": 4.0, "supernet": 8.0}
    write_started(held, Started("space=fusion", 1.0, trainings, epochs, 2, chained=True))
    each = float(json.loads((held / "trials" / "0000.json").read_text())["seconds"])
    (held.parent / "supernets").mkdir()
    beat = Beat("supernet", 8, 6, 2.0)
    (held.parent / "supernets" / "abc.begun").write_text(json.dumps(asdict(beat)))
    assert read_standing(held).seconds_left == pytest.approx(2 * each / 4 + 4 * each)
    (held / "supernet.json").write_text("{}")  # of before: it is trained once more
    assert read_standing(held).seconds_left == pytest.approx(2 * each / 4 + 4 * each)
    (held.parent / "supernets" / "abc.begun").unlink()
    assert read_standing(held).seconds_left == pytest.approx(4 * each)
    (held / "supernet.json").unlink()
    assert read_standing(held).seconds_left == pytest.approx(8 * each / 4 + 4 * each)

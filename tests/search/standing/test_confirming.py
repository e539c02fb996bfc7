from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
from filelock import FileLock

from search.jobs.heartbeat import Beat
from search.standing.confirming import (
    BY_ITSELF,
    BY_SEARCH,
    Confirming,
    drop_confirming,
    drop_search_confirming,
    estimate_confirming,
    is_at_work,
    leave_confirming,
    list_ended,
    read_confirming,
)
from search.standing.standing import read_standing
from search.standing.started import Started, write_started
from search.standing.state import CONFIRMING, FINISHED, RUNNING
from search.standing.words import describe_run

ODD = ['{"networks": 3}', '{"networks": [], "alone": [], "began": "soon"}', "[]", "{}", ""]


@pytest.fixture
def run(finished: Path) -> Path:
    """Finished, with three trainings that a confirmation lacked."""
    leave(finished)
    return finished


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    run = tmp_path / "runs" / "a"
    for folder in (run / "trials", run / "confirmed", run.parent / "baselines"):
        folder.mkdir(parents=True)
    (run / "config.yaml").write_text("search_id: a\nobjectives: [delta_mtl, macs]\ntrials: 1\n")
    (run / "trials" / "0000.json").write_text('{"number": 0, "status": "complete", "seconds": 8.0, "ended": 50.0}')
    write_started(run, Started("space=fusion", 10.0, {"trial": 1}, {"trial": 4.0}, 1))
    (run / "baselines.csv").write_text("task\n")
    (run / "study.journal").touch()
    return run


def leave(
    run: Path, names: Sequence[str] = ("confirmed/a", "confirmed/b", "../baselines/c"), by: str = BY_ITSELF
) -> None:
    networks = tuple(f"{Path(name).name}.json" for name in names if "baselines" not in name)
    alone = tuple(f"{Path(name).name}.json" for name in names if "baselines" in name)
    told = Confirming("--trials 3 --seeds 2", 100.0, networks, alone, 4.0, 1)
    (run / by).write_text(json.dumps(asdict(told)))


def end(file: Path, reason: str = "") -> None:
    file.write_text(json.dumps({"outcome": {"seconds": 6.0, "reason": reason}}))


@pytest.fixture
def held(finished: Path) -> Iterator[Path]:
    """The same while a process works on it, which is no search."""
    os.utime(finished / ".started.json", (100.0, 100.0))
    (finished / ".owner.json").write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}))
    with FileLock(finished / ".lock"):
        yield finished


def test_what_a_confirmation_leaves_is_read_again_until_it_is_dropped(tmp_path: Path) -> None:
    assert read_confirming(tmp_path) is None
    leave_confirming(tmp_path, "--seeds 2", 5.0, [], 2)
    assert read_confirming(tmp_path) == Confirming("--seeds 2", 5.0, concurrency=2)
    drop_confirming(tmp_path, "--seeds 3")  # another command, whose trainings were all there
    assert read_confirming(tmp_path) is not None
    for _ in range(2):
        drop_confirming(tmp_path, "--seeds 2")
    assert read_confirming(tmp_path) is None
    leave_confirming(tmp_path / "no folder", "", 5.0, [], 1)  # no matter


def test_that_of_a_search_lies_beside_and_neither_forgets_the_other_s(tmp_path: Path) -> None:
    leave_confirming(tmp_path, "--trials 0 --seeds 9", 5.0, [], 2)
    leave_confirming(tmp_path, "--seeds 2", 6.0, [], 2, BY_SEARCH)
    assert read_confirming(tmp_path) == Confirming("--trials 0 --seeds 9", 5.0, concurrency=2)
    assert read_confirming(tmp_path, BY_SEARCH) == Confirming("--seeds 2", 6.0, concurrency=2)
    drop_search_confirming(tmp_path)
    assert read_confirming(tmp_path) is not None and read_confirming(tmp_path, BY_SEARCH) is None
    leave_confirming(tmp_path, "--seeds 2", 6.0, [], 2, BY_SEARCH)
    drop_confirming(tmp_path, "--seeds 2")  # the same trainings
    assert read_confirming(tmp_path) is not None and read_confirming(tmp_path, BY_SEARCH) is None


@pytest.mark.parametrize("text", ODD)
def test_one_that_cannot_be_read_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / BY_ITSELF).write_text(text)
    assert read_confirming(tmp_path) is None
    drop_confirming(tmp_path, "")
    assert not (tmp_path / BY_ITSELF).exists()


def test_trainings_that_failed_have_not_ended_and_the_pace_is_that_of_those_that_have(run: Path) -> None:
    told = read_confirming(run)
    assert told is not None
    beat = Beat("trial 3, seed 500", 4, 1, 2.0)
    assert list_ended(run, told) == []
    assert estimate_confirming(run, told, [beat], [8.0], 4.0) == pytest.approx((3 - 1 / 4) * 8)
    end(run / "confirmed/a.json")
    end(run / "confirmed/b.json", "it broke")
    assert list_ended(run, told) == [6.0]
    assert estimate_confirming(run, told, [beat], [8.0], 4.0) == pytest.approx((2 - 1 / 4) * 6)
    end(run / "confirmed/b.json")
    end(run.parent / "baselines/c.json")
    assert estimate_confirming(run, told, [beat], [], 1.0) is None  # a seed that a budget gives
    assert estimate_confirming(run, told, [], [], 1.0) == 0


def test_a_confirmation_at_work_tells_its_own_times(held: Path) -> None:
    told = describe_run(read_standing(held), None)
    assert "running, process" in told  # whatever holds it, the search's end is not near
    assert "time left" not in told
    leave(held)
    end(held / "confirmed/a.json")
    standing = read_standing(held)
    assert (standing.state, standing.seconds_left) == (CONFIRMING, pytest.approx(2 * 6))
    told = describe_run(standing, None)
    assert f"state       confirming, process {os.getpid()} on {socket.gethostname()}, for 0" in told
    assert "confirming  1 of 3 trainings with fresh seeds\n" in told
    assert "next" not in told


def test_a_search_that_confirms_tells_the_same_times(held: Path) -> None:
    leave(held, by=BY_SEARCH)
    end(held / "confirmed/a.json")
    end(held.parent / "baselines/c.json")
    standing = read_standing(held)
    assert (standing.state, standing.seconds_left) == (RUNNING, pytest.approx(6))
    assert "confirming  2 of 3 trainings with fresh seeds\n" in describe_run(standing, None)


def test_one_that_was_stopped_is_not_at_work_when_a_search_goes_on(held: Path) -> None:
    leave(held)
    os.utime(held / BY_ITSELF, (200.0, 200.0))
    assert not is_at_work(held, (held / ".owner.json").stat().st_mtime)
    standing = read_standing(held)
    assert (standing.state, standing.confirming) == (RUNNING, None)


def test_a_confirmation_that_was_stopped_tells_what_is_kept_and_how_it_goes_on(run: Path) -> None:
    end(run / "confirmed/a.json")
    end(run.parent / "baselines/c.json")
    standing = read_standing(run)
    assert standing.state == FINISHED
    told = describe_run(standing, None)
    assert "confirming  stopped; 2 of 3 trainings with fresh seeds have ended and are kept\n" in told
    assert told.endswith(f"-m search.confirm {run} --trials 3 --seeds 2")
    drop_confirming(run, "--trials 3 --seeds 2")
    assert "confirming" not in describe_run(read_standing(run), None)

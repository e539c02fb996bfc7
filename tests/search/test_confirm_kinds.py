"""Searches of several kinds, confirmed: at their end, of other objectives, by what their networks started from; and
what the command says without one."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from search.config.command import EXIT_INTERRUPTED
from search.confirm import main
from search.jobs.job import Job, Outcome
from search.jobs.worker import run_job
from search.load import load
from search.run import main as search
from search.status import main as status
from spaces.common.interruption import STOPPING
from tests.search.light import check_refuses_lightly
from tests.tiny import arguments, write_tiny


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "data")
    return tmp_path


def test_a_search_confirms_at_its_end(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = arguments(home / "data", f"run.folder={home / 'runs'}", "run.name=whole", "trials=2", "confirm.seeds=2")
    assert search(given) == 0
    assert "Winner's curse: the search flattered delta_mtl by " in capsys.readouterr().out
    first = (home / "runs/whole/confirmed.csv").read_bytes()
    assert search(given) == 0
    assert (home / "runs/whole/confirmed.csv").read_bytes() == first


def test_how_far_one_came_that_was_stopped_is_told_until_it_has_ended(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(job: Job) -> Outcome:
        if done:
            raise KeyboardInterrupt
        done.append(job)
        return run_job(job)

    done, run = list[Job](), str(home / "runs/cut")
    assert search(arguments(home / "data", f"run.folder={home / 'runs'}", "run.name=cut", "trials=2")) == 0
    with monkeypatch.context() as cut:
        cut.setattr("search.runners.inline.run_job", stop)
        assert main([run, "--trials", "0", "--seeds", "1"]) == EXIT_INTERRUPTED
    capsys.readouterr()
    assert status([run]) == 0
    told = capsys.readouterr().out
    assert "state       finished" in told
    assert "confirming  stopped; 1 of 4 trainings with fresh seeds have ended and are kept" in told
    assert told.rstrip().endswith(f"-m search.confirm {run} --trials 0 --seeds 1")
    assert main([run, "--trials", "0", "--seeds", "1"]) == 0
    capsys.readouterr()
    assert status([run]) == 0
    assert "confirming" not in capsys.readouterr().out


def test_a_search_that_was_stopped_while_it_confirms_has_not_finished(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(job: Job) -> Outcome:
        if not job.tested:
            return run_job(job)
        if done:
            assert status([run]) == 0
            raise KeyboardInterrupt
        done.append(job)
        return run_job(job)

    done, run = list[Job](), str(home / "runs/cut")
    given = arguments(home / "data", f"run.folder={home / 'runs'}", "run.name=cut", "trials=2", "confirm.seeds=1")
    with monkeypatch.context() as cut:
        cut.setattr("search.runners.inline.run_job", stop)
        assert search(given) == EXIT_INTERRUPTED
    shown = capsys.readouterr().out
    assert "state       running, process" in shown
    assert re.search(r"confirming  1 of \d trainings with fresh seeds\n", shown)
    assert status([run]) == 0
    told = capsys.readouterr().out
    assert "state       stopped, the last trial ended" in told
    assert re.search(r"confirming  stopped; 1 of \d trainings with fresh seeds have ended and are kept\n", told)
    assert "-m search.run " in told and "confirm.seeds=1" in told and "-m search.confirm" not in told
    assert search(given) == 0
    capsys.readouterr()
    assert status([run]) == 0
    told = capsys.readouterr().out
    assert "state       finished" in told and "confirming" not in told and "-m search.pick" in told


def test_an_interruption_is_told_at_the_moment_it_comes(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert search(arguments(home / "data", f"run.folder={home / 'runs'}", "run.name=whole", "trials=1")) == 0
    capsys.readouterr()
    told = []

    def interrupt(job: Job) -> Outcome:
        try:
            os.kill(os.getpid(), signal.SIGINT)
        finally:
            told.append(capsys.readouterr().err)
        return Outcome(reason="nobody has answered")

    monkeypatch.setattr("search.runners.inline.run_job", interrupt)
    assert main([str(home / "runs/whole"), "--seeds", "1"]) == 130
    assert told == [f"\n{STOPPING}\n"]
    assert capsys.readouterr().err == "\nInterrupted. Nothing finished is lost; the same command goes on.\n"


def test_neighbours_are_those_by_cost_though_it_is_no_objective(home: Path) -> None:
    given = arguments(home / "data", f"run.folder={home / 'runs'}", "run.name=other", "trials=4", "sampler=random")
    assert search([*given, "objectives=[worst_delta,params]"]) == 0
    run = load(home / "runs/other")
    assert main([str(run.path), "--trials", "0", "1", "2", "3", "--seeds", "1"]) == 0
    costs = [run.trials.loc[number, "macs"] for number in load(run.path).confirmed.index]
    assert costs == sorted(costs)
    assert len(set(costs)) > 1


def test_final_trainings_are_done_anew_on_the_supernet_that_is_there(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = arguments(home / "data", f"run.folder={home / 'runs'}", "sampler=oneshot", "run.name=shot", "trials=2")
    assert search([*given, "supernet.epochs=1"]) == 0
    assert main([str(home / "runs/shot"), "--seeds", "2"]) == 0
    printed = capsys.readouterr().out
    assert (
        "on the supernet's weights and on those of trials before, these too with fresh seeds" in printed
        and ", of single-task networks too, so that is what the intervals" in printed
    )
    trained = [line.partition(":")[0] for line in printed.splitlines() if line.startswith("trial ")]
    assert len(trained) == len(set(trained))  # what is delivered and what others go on from is trained once
    assert not list((home / "runs/shot/confirmed").glob("*.pt"))
    for weights in (home / "runs/supernets").glob("*.pt"):
        weights.write_bytes(weights.read_bytes()[:3000])
        assert main([str(home / "runs/shot"), "--seeds", "3"]) == 2
        told = capsys.readouterr().err
        assert "does not hold any more, or not whole; the command of the search with a larger trials=N" in told
        weights.unlink()
    assert main([str(home / "runs/shot"), "--seeds", "3"]) == 2
    assert "started from the weights of a supernet, which " in capsys.readouterr().err


def test_what_was_trained_for_a_network_alone_is_trained_anew(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = arguments(home / "data", f"run.folder={home / 'runs'}", "run.name=ended", "trials=2", "final.epochs=2")
    assert search(given) == 0
    run = load(home / "runs/ended")
    assert main([str(run.path), "--seeds", "2"]) == 0
    printed = capsys.readouterr().out
    number = run.delivered[0].number
    assert f"trial {number} anew, seed 500: " in printed
    assert "final training on its trial's weights, that too with fresh seeds" in printed
    assert not list((run.path / "confirmed").glob("*.pt"))
    assert main([str(run.path), "--seeds", "2"]) == 0
    assert ", seed 500: " not in capsys.readouterr().out


def test_wrong_arguments_are_refused_before_torch_is_read() -> None:
    check_refuses_lightly("search.confirm", ["runs/r", "--seeds", "0"])


def test_help_names_everything(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "95 % intervals" in text
    assert "--resplit" in text

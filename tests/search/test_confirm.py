"""What a search delivered, confirmed from the command line on real searches; and what can be got wrong."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from search.confirm import main
from search.confirming.confirmation import load_confirmations
from search.confirming.request import AS_SEARCHED
from search.export import main as export
from search.jobs.job import Job, Outcome
from search.jobs.worker import run_job
from search.load import load
from search.pick import main as pick
from search.problem.objectives import DELTA_MTL, format_interval
from search.run import main as search
from search.runners.inline import Inline
from spaces.errors import DataError
from tests.tiny import arguments, write_tiny


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    given = arguments(write_tiny(home / "data"), f"run.folder={home / 'runs'}")
    assert search([*given, "run.name=r", "trials=5"]) == 0
    assert main([str(home / "runs/r"), "--seeds", "2"]) == 0
    return home


@pytest.fixture
def run(home: Path) -> Path:
    """Of its own, beside the single-task trainings of all."""
    Path("runs").mkdir()
    for name in ("r", "baselines"):
        shutil.copytree(home / "runs" / name, Path("runs", name))
    return Path("runs/r").absolute()


def rows_of(run: Path) -> list[dict[str, str]]:
    with open(run / "confirmed.csv", newline="") as file:
        return list(csv.DictReader(file))


def count_trainings(run: Path) -> int:
    return len(list((run / "confirmed").glob("*.json")))


def test_every_network_of_the_front_has_its_mean_interval_and_place(home: Path) -> None:
    folder = home / "runs/r"
    rows, front = rows_of(folder), load(folder).front
    assert [int(row["number"]) for row in rows] == list(front.index)
    assert count_trainings(folder) == 2 * len(rows)
    for row in rows:
        assert float(row["delta_mtl.low"]) < float(row["delta_mtl"]) < float(row["delta_mtl.high"])
        assert row["seeds"] == "2"
        assert 0 <= float(row["front"]) <= 1
        assert row["trained"] == "whole training"
        assert float(row["delta_mtl.search"]) == front.loc[int(row["number"]), "delta_mtl"]
        assert row["worst_task"] in ("colour", "depth", "brightness")
    assert rows[0]["apart"] == ""
    assert load(folder).confirmed.loc[int(rows[0]["number"]), "delta_mtl"] == float(rows[0]["delta_mtl"])


def test_page_and_table_of_the_run_tell_it(home: Path) -> None:
    page = (home / "runs/r/front.html").read_text()
    assert "Confirmed on the test split: " in page
    assert "Winner&#x27;s curse: the search flattered delta_mtl by " in page
    assert "delta_mtl.confirmed" in page
    assert "confirmed, 95 %" in page


def test_the_same_command_trains_nothing_twice_and_a_larger_one_goes_on(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, trained = (run / "confirmed.csv").read_bytes(), count_trainings(run)
    with monkeypatch.context() as idle:
        idle.setattr(Inline, "run", None)  # no runner is started for nothing
        assert main([str(run), "--seeds", "2"]) == 0
    printed = capsys.readouterr()
    assert ", seed 500: " not in printed.out
    assert printed.err == ""
    assert (run / "confirmed.csv").read_bytes() == before
    number = rows_of(run)[0]["number"]
    assert main([str(run), "--trials", number, "--seeds", "3"]) == 0
    assert count_trainings(run) == trained + 1
    assert f"trial {number}, seed 502: " in capsys.readouterr().out
    assert [row["seeds"] for row in rows_of(run)] == ["3", *["2"] * (len(rows_of(run)) - 1)]


def test_a_budget_goes_where_a_place_on_the_front_is_open_and_the_same_command_decides_the_same(run: Path) -> None:
    command = [str(run), "--trials", "0", "1", "2", "3", "4", "--seeds", "2", "--budget", "16"]
    assert main(command) == 0
    rows, trained, table = rows_of(run), count_trainings(run), (run / "confirmed.csv").read_bytes()
    assert 10 < sum(int(row["seeds"]) for row in rows) == trained <= 16
    assert main(command) == 0
    assert count_trainings(run) == trained
    assert (run / "confirmed.csv").read_bytes() == table


@pytest.mark.parametrize(("flag", "told"), [("--with-val", "on train and validation;"), ("--resplit", "drawn anew")])
def test_other_images_are_trained_on_and_the_test_split_stays(
    run: Path, flag: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows_of(run)
    number = before[0]["number"]
    assert main([str(run), "--trials", number, "--seeds", "2", flag]) == 0
    printed = capsys.readouterr().out
    assert told in printed and "Asked for now, and kept in confirmed.json beside the one" in printed
    assert len(before) > 1
    assert rows_of(run) == before  # which knows more networks than were asked for this time
    other, first = load_confirmations(run)
    (member,) = other.members
    assert (str(member.number), first.division) == (number, AS_SEARCHED)
    cells, beside = ({s: c.test for s, c in each.cells.items()} for each in (member, first.members[0]))
    assert cells.keys() <= beside.keys() and all(cells[seed] != beside[seed] for seed in cells)
    assert main([str(run), "--trials", number, "--seeds", "2"]) == 0
    assert rows_of(run) == before  # those that were not asked for this time as well


@pytest.mark.parametrize("flag", ["--with-val", "--resplit"])
@pytest.mark.parametrize("end", [KeyboardInterrupt(), Outcome(reason="loss is NaN")])
def test_one_that_does_not_end_leaves_what_is_confirmed(
    run: Path, flag: str, end: Outcome | BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(job: Job) -> Outcome:
        if isinstance(end, BaseException):
            raise end
        return end

    kept = {name: (run / name).read_bytes() for name in ("confirmed.json", "confirmed.csv", "front.html")}
    monkeypatch.setattr("search.runners.inline.run_job", stop)
    assert main([str(run), "--seeds", "2", flag]) != 0
    assert {name: (run / name).read_bytes() for name in kept} == kept


def test_picks_rest_on_confirmed_values_and_say_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "runs/r"
    assert pick([str(folder), "--maximize", "delta_mtl"]) == 0
    printed = capsys.readouterr().out
    best = max(rows_of(folder), key=lambda row: float(row["delta_mtl"]))
    assert printed.startswith(f"Trial {best['number']}: ")
    assert "Numbers are confirmed ones: means of fresh seeds on the test split, trained on train." in printed
    mean, low, high = (float(best[f"delta_mtl{end}"]) for end in ("", ".low", ".high"))
    told = format_interval(DELTA_MTL, mean, low, high)
    assert "delta_mtl {} % (95 %: {} to {})".format(*told) in printed


def test_a_confirmed_network_is_not_ranked_beside_values_of_another_kind(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = sorted(rows_of(run), key=lambda row: float(row["macs"]))
    (cheap, *others), macs = [row["number"] for row in rows], rows[-1]["macs"]
    shutil.rmtree(run / "confirmed")
    for name in ("confirmed.json", "confirmed.csv"):
        (run / name).unlink()
    assert main([str(run), "--trials", cheap, "--seeds", "2"]) == 0
    capsys.readouterr()
    assert pick([str(run), "--maximize", "macs"]) == 0  # which some other one has more of
    printed = capsys.readouterr().out
    assert printed.startswith(f"Trial {cheap}: of 1 delivered networks 1 fit, ")
    assert "not confirmed and left out; with them:" in printed
    assert f" -m search.confirm {run} --trials {' '.join(sorted(others, key=int))}" in printed
    assert pick([str(run), f"macs>={macs}"]) == 0
    printed = capsys.readouterr().out
    assert f"Trial {cheap} was confirmed and does not fit by that. To confirm the others:" in printed
    assert "delta_mtl" in printed and "(95 %: " not in printed.split("delta_mtl", 2)[1].splitlines()[0]


def test_an_export_tells_confirmed_numbers_beside_those_of_the_search(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row, folder = rows_of(home / "runs/r")[0], home / "runs/r"
    assert export([str(folder), row["number"], "--format", "pt2", "--out", "out"]) == 0
    shown = capsys.readouterr().out
    assert "of the search on its validation split, and confirmed ones of 2 fresh seeds on the test split" in shown
    told = json.loads(Path("out/export.json").read_text())
    assert told["metrics are"] == "of the search, on its validation split"
    assert told["metrics"]["delta_mtl"] == float(row["delta_mtl.search"])
    found = told["confirmed"]["metrics"]["delta_mtl"]
    assert (found["mean"], found["low"], found["high"]) == pytest.approx(
        [float(row[f"delta_mtl{end}"]) for end in ("", ".low", ".high")]
    )
    assert told["confirmed"]["split"] == "test"


def test_the_machine_s_fault_loses_nothing(
    run: Path, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, number = (run / "confirmed.csv").read_bytes(), rows_of(run)[0]["number"]
    given = arguments(home / "data", "run.folder=runs", "run.name=full", "trials=1", "confirm.seeds=1")
    with monkeypatch.context() as broken:
        outcome = Outcome(reason="no room on the disk", fault=True)
        broken.setattr("search.runners.inline.run_job", lambda job: outcome if job.tested else run_job(job))
        assert main([str(run), "--trials", number, "--seeds", "3"]) == 1
        told = capsys.readouterr().err
        assert "seed 502: no room on the disk. Nothing finished is lost; the same command goes on." in told
        assert search(given) == 1
        assert "no room on the disk\nMend this, then go on with:\n" in capsys.readouterr().err
    assert (run / "confirmed.csv").read_bytes() == before
    assert main([str(run), "--trials", number, "--seeds", "3"]) == 0
    assert rows_of(run)[0]["seeds"] == "3"
    assert search(given) == 0
    assert rows_of(Path("runs/full"))[0]["seeds"] == "1"


def test_failed_trainings_are_named_and_the_others_kept(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = [row["number"] for row in rows_of(run)]

    def fail_one(job: Job) -> Outcome:
        return Outcome(reason="loss is NaN") if job.label == f"trial {first}, seed 502" else run_job(job)

    with monkeypatch.context() as broken:
        broken.setattr("search.runners.inline.run_job", fail_one)
        assert main([str(run)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("1 trainings failed; the same command tries them again, the others are kept\n")
    assert f"trial {first}, seed 502: loss is NaN" in told
    assert main([str(run)]) == 0
    assert [row["seeds"] for row in rows_of(run)] == ["3"] * (1 + len(others))


def test_a_notebook_is_told_how_to_confirm(home: Path, run: Path) -> None:
    for left in ("confirmed.csv", "confirmed.json"):
        (run / left).unlink()
    with pytest.raises(DataError, match=r"confirmed\.csv is not there yet: python -m search\.confirm .*r trains and"):
        _ = load(run).confirmed


def test_data_that_have_changed_are_refused(run: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (run / "config.yaml").read_text()
    other = write_tiny(Path("other"), images=17).absolute()
    (run / "config.yaml").write_text(text.replace(str(home / "data"), str(other)))
    assert main([str(run)]) == 2
    told = capsys.readouterr().err
    assert f"the data of {run} have changed since its search (content " in told
    assert len(told.splitlines()) == 1


def test_nothing_on_the_front_yet_is_one_message(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (run / "trials").glob("*"):
        path.unlink()
    (run / "study.journal").unlink()
    assert main([str(run)]) == 2
    assert f"nothing of {run} is on a front, for no trial has finished yet: give the command of the search" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["runs/s"], "runs/s is no folder; want the run folder of a search, such as "),
        ([], "the following arguments are required: RUN; python -m search.confirm --help lists what can be said"),
        (["runs/r", "--trials", "8"], "runs/r has no finished trial 8: it has 0, 1, 2, 3, 4, and 4 is the nearest"),
        (["runs/r", "--seeds", "0"], "--seeds 0: want a whole number of at least 1"),
        (
            ["runs/r", "--trials", "0", "1", "--budget", "5"],
            "--budget 5: 2 networks with 3 seeds each take 6 trainings;",
        ),
        (["runs/r", "--best", "2", "--budget", "3"], "--budget 3: 2 networks with 3 seeds each take 6 trainings;"),
        (["runs/r", "--best", "0"], "--best 0: want a whole number of at least 1"),
        (["runs/r", "--best", "1", "--trials", "2"], "--trials and --best: each says which networks; give one of them"),
        (
            ["runs/r", "--with-val", "--resplit"],
            "--with-val and --resplit: with all images in training nothing is left",
        ),
    ],
)
def test_a_mistake_is_one_message(run: Path, given: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = (run / "confirmed.csv").read_bytes()
    assert main(given) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert len(printed.err.strip().splitlines()) == 1
    assert printed.out == ""
    assert (run / "confirmed.csv").read_bytes() == before


def test_a_damaged_file_is_made_again_of_what_is_trained(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (run / "confirmed.csv").read_bytes()
    (run / "confirmed.json").write_text("{")
    with pytest.raises(DataError, match=r"confirmed\.json: no confirmation .*remove it, and python -m search\.confirm"):
        pick_error(run)
    assert main([str(run), "--seeds", "2"]) == 0
    assert (run / "confirmed.csv").read_bytes() == before
    assert json.loads((run / "confirmed.json").read_text())["version"] == 2


def pick_error(run: Path) -> None:
    from search.picking.picking import pick_network

    pick_network(load(run), [], None, largest=True, knee=False)

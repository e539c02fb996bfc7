from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from search.standing.standing import Standing
from search.standing.started import Started
from search.standing.state import DAMAGED, FINISHED, RUNNING, STOPPED
from search.standing.words import describe_run, describe_runs
from spaces.common.interpreter import spell_python

RUNS = Path("runs")
FRONT = tuple({"number": number, "delta_mtl": number / 7, "macs": 1e7 * (number + 1)} for number in range(12))
RUN = Standing(Path("runs/a"), STOPPED, None, objectives=("delta_mtl", "macs"), trials={"complete": 12}, front=FRONT)


def test_a_long_front_is_counted_and_cut() -> None:
    told = describe_run(RUN, 80).splitlines()
    assert "  front of 12  trial 0  delta_mtl 0.0 %  macs 10.0 M" in told
    assert told[-2].strip() == "and 4 more"


def test_a_front_that_is_lost_is_not_told_as_one_that_is_yet_to_come(tmp_path: Path) -> None:
    lost = replace(RUN, path=tmp_path, state=FINISHED, front=())
    for run in (lost, replace(lost, state=STOPPED)):
        assert "  front   front.csv is missing; the command of the search writes it anew" in describe_run(run, None)
    for run in (replace(lost, state=RUNNING), replace(lost, trials={"failed": 12})):
        assert "none yet" in describe_run(run, None)


def test_the_command_of_a_search_runs_from_where_the_person_stands(tmp_path: Path) -> None:
    def tell(place: str) -> str:
        return describe_run(replace(RUN, started=Started("data.root=photos", place=place)), None)

    assert f"{spell_python()} -m search.run data.root=photos" in tell(str(Path.cwd()))
    assert f"{spell_python()} -m search.run data.root=photos" in tell("")  # an earlier version did not keep it
    there = tmp_path / "my searches"
    assert f"cd '{there}' && {spell_python(anywhere=True)} -m search.run data.root=photos" in tell(str(there))


def test_the_command_of_the_record_is_for_the_python_that_runs_now() -> None:
    kept = Started("trials=12", view="/gone/bin/python -m mlflow ui --backend-store-uri 'sqlite:///a -m b.db'")
    told = describe_run(replace(RUN, started=kept), None)
    assert f"MLflow       {spell_python(anywhere=True)} -m mlflow ui --backend-store-uri 'sqlite:///a -m b.db'" in told
    server = Started("trials=12", view="https://mlflow.example.org")
    assert "MLflow       https://mlflow.example.org\n" in describe_run(replace(RUN, started=server), None)


def test_commands_stay_whole_in_a_narrow_terminal_and_what_ends_now_has_no_time_left() -> None:
    view = f"{spell_python(anywhere=True)} -m mlflow ui --backend-store-uri sqlite:////{'long/' * 20}mlflow.db"
    run = replace(RUN, started=Started("trials=12", view=view), state=RUNNING, seconds_left=0.3)
    told = describe_run(run, 60).splitlines()
    assert any(line.endswith(view) for line in told)
    assert "  time left    finishing" in told
    assert max(len(line) for line in told if view not in line) <= 60
    assert describe_runs([run], 200, RUNS).splitlines()[1].endswith("finishing")


def test_what_is_delivered_stands_in_place_of_the_front_with_what_was_confirmed_of_it() -> None:
    delivered = ({"number": 3, "delta_mtl": 9.7, "macs": 1.5e7}, {"number": 8, "delta_mtl": 13.9, "macs": 1.7e7})
    confirmed = {3: {"delta_mtl": (24.8, 19.5, 30.1)}, 8: {"delta_mtl": (10.0, math.nan, math.nan)}}
    run = replace(RUN, delivered=delivered, confirmed=confirmed, finals=3, earlier=1)
    run = replace(run, started=Started(trainings={"final": 2}))
    told = describe_run(run, None)
    assert "delivered 2  trial 3  delta_mtl +9.7 %  macs 15.0 M  confirmed delta_mtl +24.8 (+19.5 to +30.1) %" in told
    assert "trial 8  delta_mtl +13.9 %  macs 17.0 M  confirmed delta_mtl +10.0 (one seed) %" in told
    assert "front        12 trials, in front.csv" in told
    assert "; 3 trained to the end\n" in told
    assert "; 1 of 2 trained to the end\n" in describe_run(replace(run, finals=1, earlier=0), None)
    assert "trial 8  delta_mtl +13.9 %" in describe_runs([run], None, RUNS)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_all_runs_stand_in_a_table_with_their_best(width: int) -> None:
    others = (
        Standing(Path("runs/b"), RUNNING, trials={}, wanted=18, seconds_left=200.0),
        Standing(Path("runs/c"), DAMAGED, problems=("runs/c/config.yaml is no configuration of a run",)),
    )
    told = describe_runs([RUN, *others], width, RUNS)
    assert max(map(len, told.splitlines())) <= width
    words = " ".join(told.split())
    assert "a stopped 12 12 trial 11 delta_mtl +1.6 % macs 120 M" in words or width == 60  # where it is in two lines
    assert "about 3 min 20 s left" in words
    assert "config.yaml" in words


def test_a_run_of_a_sweep_is_named_as_it_lies_in_the_folder_of_runs() -> None:
    swept = replace(RUN, path=Path("runs/sw/seed.0"))
    assert "  sw/seed.0  stopped  12 " in describe_runs([RUN, swept], None, RUNS)
    assert "  seed.0  stopped  12 " in describe_runs([swept], None, RUNS / "sw")

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from search.load import load
from search.stress.measuring import measure_run
from search.stress.request import Request
from spaces.errors import DataError
from tests.search.stress.runs import search_rooms
from trainers.batches.memory import load_split
from trainers.measure import measure

FEW = Request(corruptions=["fog"], attacks=["depth"], device="cpu")


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return search_rooms(tmp_path_factory.mktemp("home"))


@pytest.fixture
def rooms(searched: Path, tmp_path: Path) -> Path:
    return shutil.copytree(searched, tmp_path / "rooms")


def test_each_network_is_measured_under_each_condition(rooms: Path) -> None:
    said: list[str] = []
    run = load(rooms)
    plan, measured = measure_run(run, FEW, said.append)

    assert [each.member.trial.number for each in measured] == list(run.front.index)
    keys = [condition.key for _, conditions in plan.groups for condition in conditions]
    test = load_split(run.data, "test", "cpu")
    for each in measured:
        assert list(each.conditions) == keys
        assert each.conditions["clean"] == measure(run.network(each.member.trial.number, "cpu"), test, run.tasks)
    assert said[0].endswith("on 6 images of test, on cpu.")
    assert [line.split(":")[0] for line in said[1:]] == ["  clean", "  weather", "  attack depth"]


def test_nothing_is_measured_twice_and_what_is_new_is_measured(rooms: Path) -> None:
    _, first = measure_run(load(rooms), FEW, lambda line: None)
    files = {path: path.stat().st_mtime_ns for path in (rooms / "robustness").iterdir()}
    said: list[str] = []
    _, again = measure_run(load(rooms), FEW, said.append)
    assert {path: path.stat().st_mtime_ns for path in (rooms / "robustness").iterdir()} == files
    assert [each.conditions for each in again] == [each.conditions for each in first]
    count = len(first)
    assert f"  weather: {5 * count} measurements, {5 * count} of them known from before, 0 s" in said

    more = Request(corruptions=["fog", "snow"], attacks=["none"], device="cpu")
    said.clear()
    _, wider = measure_run(load(rooms), more, said.append)
    assert any(line.startswith(f"  weather: {10 * count} measurements, {5 * count} of them known") for line in said)
    assert set(wider[0].conditions) > set(first[0].conditions)


def test_a_killed_command_goes_on_where_it_was(rooms: Path) -> None:
    class Killed(Exception):
        pass

    def die(line: str) -> None:
        if line.startswith("  weather"):
            raise Killed

    with pytest.raises(Killed):
        measure_run(load(rooms), FEW, die)
    said: list[str] = []
    measure_run(load(rooms), FEW, said.append)
    assert [" known from before" in line for line in said[1:]] == [True, True, False]


def test_split_images_and_seed_are_kept_apart(rooms: Path) -> None:
    def ask(**changes: object) -> dict[str, dict[str, float]]:
        fields = {"corruptions": ["gaussian_noise"], "attacks": ["none"], "device": "cpu", **changes}
        _, measured = measure_run(load(rooms), Request(**fields), lambda line: None)  # type: ignore[arg-type]
        return dict(measured[0].conditions)

    usual = ask()
    assert ask(split="val")["clean"] != usual["clean"] != ask(images=2)["clean"]
    other = ask(seed=1)
    assert other["corruption/gaussian_noise/5/0.38/seed1"] != usual["corruption/gaussian_noise/5/0.38/seed0"]
    assert {**usual, **ask()} == ask() == other | ask()


def test_other_data_in_the_place_of_the_old_are_refused(rooms: Path) -> None:
    config = (rooms / "config.yaml").read_text()
    (rooms / "config.yaml").write_text(
        config.replace(f"data_content: {load(rooms).data.fingerprint}", "data_content: x")
    )
    with pytest.raises(DataError, match=r"have changed since its search \(content x -> \w+\).*; restore them"):
        measure_run(load(rooms), FEW, lambda line: None)

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from search.jobs import trial as trials
from search.jobs.trial import Trial
from spaces.common.atomic_files import replacing, write_json
from spaces.errors import DataError
from tests.search.trials import complete, failed


@pytest.mark.parametrize("trial", [complete(3, 1.25, 12_345_678), failed(4, 'bad "x"\nin line 2')])
def test_a_trial_comes_back_as_it_was(trial: Trial, tmp_path: Path) -> None:
    trials.save_trial(tmp_path / "trials" / "3.json", trial)
    assert trials.load_trial(tmp_path / "trials" / "3.json") == trial


def test_a_file_that_does_not_say_the_device_is_read(tmp_path: Path) -> None:
    data = complete(0, 1.0, 10, device="cuda").to_json()
    write_json(tmp_path / "0.json", {name: value for name, value in data.items() if name != "device"})
    assert trials.load_trial(tmp_path / "0.json") == complete(0, 1.0, 10, device="")


def test_a_part_that_is_not_known_here_is_named(tmp_path: Path) -> None:
    write_json(tmp_path / "0.json", {**complete(0, 1.0, 10).to_json(), "later": 1})
    with pytest.raises(DataError, match="not the JSON of a trial here, unless a newer version's: later"):
        trials.load_trial(tmp_path / "0.json")


def test_numbers_that_are_not_finite_are_null_in_the_file_and_nan_again(tmp_path: Path) -> None:
    path = tmp_path / "0.json"
    trial = complete(0, math.nan, 10, curves={"loss": [1.0, math.inf, math.nan]}, seconds=math.nan)
    trials.save_trial(path, trial)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    data = json.loads(path.read_text(), parse_constant=refuse)
    assert data["curves"]["loss"] == [1.0, None, None]
    back = trials.load_trial(path)
    assert math.isnan(back.objectives["delta_mtl"])
    assert math.isnan(back.metrics["worst_delta"])
    assert math.isnan(back.seconds)
    assert back.curves["loss"][0] == 1.0
    assert all(map(math.isnan, back.curves["loss"][1:]))


def test_numpy_values_are_stored_as_numbers(tmp_path: Path) -> None:
    trials.save_trial(
        tmp_path / "0.json", complete(0, np.float64(2.5), np.int64(40), curves={"loss": (np.float32(1),)})
    )
    assert trials.load_trial(tmp_path / "0.json").curves == {"loss": [1.0]}


def test_a_writer_that_dies_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "0.json"
    write_json(path, {"old": 1})
    with pytest.raises(RuntimeError, match="killed"), replacing(path) as temporary:
        temporary.write_text('{"new":')
        raise RuntimeError("killed")
    assert [each.name for each in tmp_path.iterdir()] == ["0.json"]
    assert json.loads(path.read_text()) == {"old": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"number": 3, "stat', r"3\.json: no JSON \(.*restore it from a copy, or use another run\.name"),
        ("[]", r"3\.json: not the JSON of a trial"),
        ("{}", r"3\.json: not the JSON of a trial \(KeyError: 'choices'\)"),
        ('{"surprise": 1}', r"3\.json: not the JSON of a trial"),
    ],
)
def test_a_damaged_file_is_named_with_the_remedy(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "3.json"
    path.write_text(content)
    with pytest.raises(DataError, match=message):
        trials.load_trial(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"7\.json: cannot be read \(No such file"):
        trials.load_trial(tmp_path / "7.json")


@pytest.mark.parametrize("change", [{"status": "done"}, {"extra": 1}, {"pattern": {"encoder": []}}, {"curves": 3}])
def test_fields_that_do_not_fit_are_refused(change: dict[str, object], tmp_path: Path) -> None:
    data = {**complete(1, 1.0, 10).to_json(), **change}
    write_json(tmp_path / "1.json", data)
    with pytest.raises(DataError, match=r"1\.json: .*restore it from a copy"):
        trials.load_trial(tmp_path / "1.json")


@pytest.mark.parametrize("key", ["../../../elsewhere", "/elsewhere/own", "a\0b", "", "ABCDEFABCDEFABCD"])
def test_a_key_that_would_lead_out_of_the_folder_is_refused(key: str, tmp_path: Path) -> None:
    write_json(tmp_path / "1.json", {**complete(1, 1.0, 10).to_json(), "key": key})
    with pytest.raises(DataError) as caught:
        trials.load_trial(tmp_path / "1.json")
    assert f"number=1, key={key}: want 0 or more, and 16 hex characters" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("number", "../1", "number=../1, want a whole number"),
        ("number", -1, "number=-1, key="),
        ("macs", "many", "macs=many, want a whole number"),
        ("params", True, "params=True, want a whole number"),
        ("reason", [], r"reason=\[\], want a text"),
        ("findings", 3, "findings=3, want a mapping"),
    ],
)
def test_fields_of_another_kind_are_refused_by_name(name: str, value: object, told: str, tmp_path: Path) -> None:
    write_json(tmp_path / "1.json", {**complete(1, 1.0, 10).to_json(), name: value})
    with pytest.raises(DataError, match=rf"1\.json: not the JSON of a trial \(.*{told}"):
        trials.load_trial(tmp_path / "1.json")

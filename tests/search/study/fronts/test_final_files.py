from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.problem.objectives import resolve_objectives
from search.study.fronts.final_files import (
    FINALS,
    Final,
    choose_delivered,
    choose_ended,
    choose_told,
    load_finals,
    save_final,
)
from spaces.errors import DataError
from spaces.networks.weights.content import digest_file
from tests.search.trials import TASKS, complete, failed

OBJECTIVES = resolve_objectives(["delta_mtl", "macs"], TASKS)


def make(folder: Path, number: int, delta: float, epochs: int, *, ended: float = 1.0, there: bool = True) -> Final:
    """A final training that left its weights, or did not."""
    weights = folder / FINALS / f"{number:04d}-{epochs}{ended:g}.pt"
    weights.parent.mkdir(exist_ok=True)
    digest = ""
    if there:
        weights.write_bytes(f"{epochs}".encode())
        digest = digest_file(weights)
    trial = replace(complete(number, delta, 10 + number), epochs=epochs, ended=ended)
    return Final(trial, f"{epochs}{ended:g}", weights, digest, "trial", 8)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    finals = [make(tmp_path, 3, 1.0, 8), make(tmp_path, 3, 2.0, 16), make(tmp_path, 5, 2.0, 16)]
    for final in finals:
        save_final(tmp_path, final)
    assert sorted(load_finals(tmp_path), key=lambda f: (f.trial.number, f.trial.epochs)) == finals
    assert all(final.whole for final in finals)


def test_of_a_trial_the_longest_counts_of_equals_the_latest_and_none_without_its_weights(tmp_path: Path) -> None:
    short, early = make(tmp_path, 3, 9.0, 8), make(tmp_path, 3, 2.0, 16)
    late, gone = make(tmp_path, 3, 1.0, 16, ended=2.0), make(tmp_path, 3, 5.0, 32, there=False)
    broken = replace(gone, trial=replace(failed(3), epochs=64))
    assert choose_ended([late, short, gone, early, broken]) == {3: late}
    assert choose_told([broken, replace(broken, trial=failed(4)), late]) == [late.trial, failed(4)]


def test_their_front_is_delivered_cheapest_first(tmp_path: Path) -> None:
    finals = [make(tmp_path, 4, 6.0, 8), make(tmp_path, 2, 5.0, 8), make(tmp_path, 3, 4.0, 8)]
    assert choose_delivered(finals, OBJECTIVES) == [finals[1], finals[0]]
    assert choose_delivered([], OBJECTIVES) == []


def test_other_weights_are_refused(tmp_path: Path) -> None:
    final = make(tmp_path, 4, 6.0, 8)
    final.check_weights()
    final.weights.write_bytes(b"other")
    with pytest.raises(
        DataError, match="not the weights that the final training of trial 4 left; the file was damaged"
    ):
        final.check_weights()
    replace(final, digest="").check_weights()  # of an earlier version
    final.weights.unlink()
    final.check_weights()


@pytest.mark.parametrize("text", ["[1]", "{", '{"training": "a"}'])
def test_a_damaged_file_is_refused_with_the_way_out(tmp_path: Path, text: str) -> None:
    (tmp_path / FINALS).mkdir()
    (tmp_path / FINALS / "0003.json").write_text(text)
    with pytest.raises(DataError, match="no final training") as caught:
        load_finals(tmp_path)
    assert "remove it, and the same command trains it again" in str(caught.value)
    assert "restore" not in str(caught.value)

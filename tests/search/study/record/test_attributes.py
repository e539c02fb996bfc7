from __future__ import annotations

import math
from pathlib import Path

import pytest
from optuna.study import StudyDirection
from optuna.trial import TrialState, create_trial

from search.problem.objectives import DELTA_MTL, MACS
from search.study.record.attributes import (
    BODY,
    VERSION,
    choose_shown,
    describe_study,
    list_attributes,
    written_together,
)
from search.study.record.journal import open_journal
from tests.search.study.test_study import PROBLEM
from tests.search.trials import complete, failed

WAYS = [StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE]


def test_a_failed_trial_tells_its_reason_and_no_empty_numbers() -> None:
    told = list_attributes(failed(3, "gone"), ("depth",))
    assert (told["status"], told["reason"]) == ("failed", "gone")
    assert "delta_mtl" not in told
    good = list_attributes(complete(0, 1.5, 10, metrics={"delta_mtl": math.inf, "depth.delta": 2.0}), ("depth",))
    assert good["depth.delta"] == 2.0
    assert not {"delta_mtl", "reason", "findings"} & set(good)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [({"delta_mtl": 1.5, "macs": 3.0}, 1.5), ({"macs": 3.0}, None), ({"delta_mtl": math.nan}, None)],
)
def test_a_pause_shows_what_the_training_decides(values: dict[str, float], wanted: float | None) -> None:
    assert PROBLEM.objectives == (DELTA_MTL, MACS)
    assert choose_shown(values, PROBLEM) == wanted


def test_a_note_that_somebody_edited_stays(tmp_path: Path) -> None:
    study = open_journal(tmp_path / "study.journal", WAYS)
    describe_study(study, PROBLEM, "Tpe")
    assert len(study._storage.get_study_system_attrs(study._study_id)[BODY]) <= 2045
    study._storage.set_study_system_attr(study._study_id, BODY, "mine")
    study._storage.set_study_system_attr(study._study_id, VERSION, 2)
    size = (tmp_path / "study.journal").stat().st_size
    describe_study(study, PROBLEM, "Tpe")
    assert study._storage.get_study_system_attrs(study._study_id)[BODY] == "mine"
    assert (tmp_path / "study.journal").stat().st_size == size  # nor is anything written where all is said


def test_what_is_written_together_is_there_for_all_who_read(tmp_path: Path) -> None:
    study = open_journal(tmp_path / "study.journal", WAYS)
    study.add_trial(create_trial(state=TrialState.RUNNING))
    with written_together(study):
        for name in "abc":
            study._storage.set_trial_user_attr(study.trials[0]._trial_id, name, name)
        assert '"a"' not in (tmp_path / "study.journal").read_text()
    for seen in (study, open_journal(tmp_path / "study.journal", WAYS)):
        assert seen.trials[0].user_attrs == {"a": "a", "b": "b", "c": "c"}

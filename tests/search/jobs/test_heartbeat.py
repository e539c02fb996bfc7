from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from search.jobs import heartbeat
from search.jobs.heartbeat import Beat, Heartbeat, begin, read_beat
from search.jobs.members import Members
from search.jobs.worker import run_job
from spaces.fusion import Fusion
from tests.search.jobs.tiny_job import make_job


def test_a_training_leaves_how_far_it_is_and_nothing_once_it_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "SELDOM", 0.0)
    job, seen = make_job(tmp_path, "trainer.epochs=3"), []
    told = Heartbeat.beat

    def watch(self: Heartbeat, epoch: int, values: Mapping[str, float]) -> None:
        seen.append(read_beat(job.begun))
        told(self, epoch, values)
        seen.append(read_beat(job.begun))

    monkeypatch.setattr(Heartbeat, "beat", watch)
    assert run_job(job).complete
    assert [beat and (beat.label, beat.epochs, beat.epoch) for beat in seen] == [
        (job.label, 3, epoch) for epoch in (0, 1, 1, 2, 2, 3)
    ]
    assert all(beat and beat.seconds > 0 and "loss" in beat.values for beat in seen[1:])
    assert read_beat(job.begun) is None


def test_short_epochs_are_left_seldom_and_what_cannot_be_written_is_no_matter(tmp_path: Path) -> None:
    job = make_job(tmp_path, "trainer.epochs=3")
    begin(job)
    beating = Heartbeat(job)
    beating.beat(1, {})
    beat = read_beat(job.begun)
    assert beat == Beat(job.label, 3, begun=beat.begun if beat else 0.0, seed=job.seed)
    assert beat and 0 <= time.time() - beat.begun < 60
    job.begun.unlink()
    job.begun.mkdir()
    beating.beat(3, {})


WRONG = '{"label": "a", "epochs": 3, "epoch": 1, "seconds": 1, "values": "x"}'


@pytest.mark.parametrize("text", ["", "{", '{"epoch": 1, "more": 2}', "[1]", WRONG])
def test_a_file_that_says_nothing_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.begun").write_text(text)
    assert read_beat(tmp_path / "a.begun") is None


def test_beats_in_words() -> None:
    assert Beat("trial 3", 8, 2, 1.0).describe() == "trial 3: epoch 2 of 8"
    assert Beat("trial 3", 8).describe() == "trial 3: starts"
    estimating = Beat("supernet", 8, 8, 1.0, estimated=30, estimates=90)
    assert estimating.describe() == "supernet: estimating all patterns, 30 of 90 answers"


def test_a_supernet_leaves_how_far_its_estimates_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "SELDOM", 0.0)
    job = make_job(tmp_path, "trainer.epochs=1")
    job = replace(job, members=Members(Fusion(2, 2)), label="supernet")
    seen: list[Beat | None] = []
    told = Heartbeat.estimate

    def watch(self: Heartbeat, done: int, of: int) -> None:
        told(self, done, of)
        seen.append(read_beat(job.begun))

    monkeypatch.setattr(Heartbeat, "estimate", watch)
    assert run_job(job).complete
    beats = [each for each in seen if each]
    assert [each.estimated for each in beats] == list(range(beats[0].estimates + 1))
    assert beats[0].estimates > 1
    assert {(each.epoch, each.epochs) for each in beats} == {(1, 1)}
    assert beats[-1].estimating >= beats[1].estimating >= 0

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from search.config.composition import compose
from search.jobs.job import Outcome
from search.report.other_trainings import describe_confirmation, describe_final, describe_supernet
from search.study.fronts.final_files import Final
from search.study.supernet_training import plan_supernet
from spaces.drawing.one_line import describe_in_line
from tests.search.jobs.tiny_job import make_job
from tests.search.trials import complete
from tests.tiny import arguments, write_tiny


def test_a_supernet_is_told_under_its_fingerprint_with_what_it_measured_and_cost(tmp_path: Path) -> None:
    job = plan_supernet(compose(arguments(write_tiny(tmp_path), "sampler=oneshot")), 1)
    assert job is not None
    outcome = Outcome({"depth.rmse": 0.5}, {"loss": [2.0, 1.0]}, {}, {"macs": 7}, {}, 2, seconds=3.0, ended=9.0)
    told = describe_supernet(job, outcome)
    assert (told.name, told.mark) == ("supernet", job.fingerprint)
    assert told.numbers == {"depth.rmse": 0.5, "macs": 7.0, "seconds": 3.0, "epochs": 2.0}
    assert told.tags == {"measured": job.pattern.key, "fingerprint": job.fingerprint, "seed": str(job.seed)}
    assert (told.curves, told.seconds, told.ended) == ({"loss": [2.0, 1.0]}, 3.0, 9.0)


def test_a_training_to_the_end_is_told_apart_from_a_later_one_of_the_same_trial() -> None:
    once = replace(complete(3, 1.5, 12), ended=100.0)
    finals = [Final(trial, "a", Path("a.pt")) for trial in (once, replace(once, ended=200.0))]
    told, again = map(describe_final, finals)
    assert told.name == again.name == "final training of trial 3"
    assert told.mark != again.mark
    assert (told.numbers["delta_mtl"], told.numbers["macs"]) == (1.5, 12.0)
    assert told.params == {"depth.depth": "3", "parent.depth": "segmentation"}
    named = describe_final(finals[0], "all fused").tags
    assert (named["key"], named["status"], named["trial"], named["mark"]) == (once.key, "complete", "3", "all fused")


def test_a_training_with_a_fresh_seed_is_told_with_what_it_shows_on_both_splits(tmp_path: Path) -> None:
    job = replace(make_job(tmp_path), label="trial 3, seed 500", seed=500)
    findings = {"tested": {"metrics": {"depth.rmse": 0.75}}}
    told = describe_confirmation(job, Outcome({"depth.rmse": 0.5}, {}, findings, {"macs": 7}, {}, 2, seconds=3.0))
    assert (told.name, told.mark) == ("confirmation, trial 3, seed 500", job.fingerprint)
    assert told.params == {}
    assert told.tags.items() >= {"fingerprint": job.fingerprint, "seed": "500", "trial": ""}.items()
    assert (told.tags["key"], told.tags["network_key"]) == (job.pattern.key, job.pattern.key)
    assert told.tags["sharing"] == describe_in_line(job.pattern)
    of_trial = describe_confirmation(job, Outcome(reason="lost"), complete(3, 1.5, 12), "all fused")
    assert of_trial.params == {"depth.depth": "3", "parent.depth": "segmentation"}
    assert (of_trial.tags["trial"], of_trial.tags["mark"]) == ("3", "all fused")
    wanted = {"depth.rmse": 0.5, "test/depth.rmse": 0.75, "macs": 7.0, "seconds": 3.0, "epochs": 2.0}
    assert told.numbers == wanted

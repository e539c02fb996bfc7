"""Comparisons of methods: variants are patterns of their space, rivals cost the same, and a table comes of it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from experiments.papers import compare
from experiments.papers.comparison.contestants import (
    RATES,
    list_silenced,
    list_tries,
    list_variants,
    read_method,
)
from experiments.papers.comparison.convergence import FLAT, Course, find_course
from experiments.papers.comparison.lengths import choose_lengths, list_lengths
from experiments.papers.comparison.rivals import CLOSE, list_rivals, match_rivals, scale_widths
from experiments.papers.comparison.table import compute_interval
from experiments.papers.comparison.written import write_tables
from experiments.papers.sgw import acting
from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.config.settings import Settings
from spaces.errors import ConfigError
from spaces.networks.cost import compute_cost
from spaces.pattern.exchange import Workspace
from spaces.pattern.sharing_pattern import hard_sharing
from tests.tiny import arguments, write_tiny


def told(method: str) -> tuple[Settings, dict[str, Any]]:
    config = read_method(method)
    return compose([f"space={config['space']}"]), config


@pytest.mark.parametrize(("method", "rows"), [*((each, "variants") for each in compare.METHODS), ("sgw", "acting")])
def test_variants_are_different_trainings(method: str, rows: str) -> None:
    settings, config = told(method)
    found = list_variants(settings, config[rows])
    assert (len(RATES) >= len(found) or rows == "acting") and len(found) == len(config[rows]) >= 3
    assert len({(each.pattern.key, repr(each.recipe)) for each in found.values()}) == len(found)


@pytest.mark.parametrize("method", compare.METHODS)
@pytest.mark.parametrize("factor", [1.0, 1.3])
def test_rivals_cost_what_the_method_does(method: str, factor: float) -> None:
    settings, config = told(method)
    first = next(iter(config["variants"].values()))
    (usual,) = list_variants(settings, {"first": first}).values()
    outputs = {task.name: task.output for task in settings.data.selected}
    rivals = {**list_rivals(settings), **list_silenced(settings, config.get("rivals", {}), first)}
    assert len(rivals) == 3 + (method == "sgw")
    for measure in config.get("match", ["macs"]):
        wanted = factor * getattr(state_problem(settings).cost(usual.pattern), measure)
        for each in match_rivals(rivals, settings, wanted, measure).values():
            assert each.network is not None
            cost = compute_cost(each.pattern, each.network, outputs, settings.data.size)
            assert getattr(cost, measure) == pytest.approx(wanted, rel=CLOSE)


def test_the_rivals_of_a_classifier_are_classifiers() -> None:
    settings = compose(["data=multidigits", "network=classifier"])
    network, outputs = settings.network, {task.name: task.output for task in settings.data.selected}
    pattern = hard_sharing(list(outputs), network.encoder_stages, network.decoder_stages)
    wanted = 1.5 * compute_cost(pattern, network, outputs, settings.data.size).macs
    found = scale_widths(settings, pattern, wanted)
    assert type(found) is type(network)
    assert compute_cost(pattern, found, outputs, settings.data.size).macs == pytest.approx(wanted, rel=CLOSE)


def test_what_no_widths_can_cost_is_refused() -> None:
    settings, _ = told("sgw")
    with pytest.raises(ConfigError, match=r"no widths come closer to 100 k multiply-accumulates than"):
        scale_widths(settings, hard_sharing([task.name for task in settings.data.selected], 4, 4), 1e5)
    with pytest.raises(ConfigError, match=r"^network of class Pdf: its widths .*; want network=small or"):
        other = compose(["network=pdf", "data.image_size=128"])
        scale_widths(other, hard_sharing(["depth"], 6, 5), 1e9)


def test_a_rival_of_the_methods_own_has_the_necks_of_the_variant_and_no_exchange() -> None:
    settings, config = told("sgw")
    for variant in config["variants"].values():
        (each,) = list_variants(settings, {"it": variant}).values()
        (silent,) = list_silenced(settings, config["rivals"], variant).values()
        necks = [getattr(stage, "neck", "none") for stage in each.pattern.exchange]
        assert [getattr(stage, "neck", "none") for stage in silent.pattern.exchange] == necks
        assert any(isinstance(stage, Workspace) for stage in each.pattern.exchange)
        assert not any(isinstance(stage, Workspace) for stage in silent.pattern.exchange)


def test_beside_a_workspace_that_may_act_stand_its_own_necks_at_its_own_scales() -> None:
    settings, config = told("sgw")
    silenced, beside = acting.pair_silenced(settings, config["rivals"], config["acting"])
    assert list(beside) == list(config["acting"])
    assert set(beside.values()) == set(silenced)
    for row, each in list_variants(settings, config["acting"]).items():
        silent = silenced[beside[row]].pattern
        necks = [[getattr(stage, "neck", "none") for stage in some.exchange] for some in (each.pattern, silent)]
        assert necks[0] == necks[1]
        assert not any(isinstance(stage, Workspace) for stage in silent.exchange)
    assert list(silenced) == [
        f"the same necks, no exchange, as in '{row}'"
        for row in ("two deepest scales", "all scales", "separable necks", "no necks, as it was")
    ]


def test_differences_in_the_table_are_to_networks_with_the_same_necks() -> None:
    settings, config = told("sgw")
    _, beside = acting.pair_silenced(settings, config["rivals"], config["acting"])
    with (acting.FOLDER / acting.FILE).open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert row["beside"] in ("", beside.get(row["network"], ""))
        assert bool(row["beside"]) == bool(row["interval low"]) == bool(row["delta_mtl of 'beside' minus this"])
    assert sum(bool(row["beside"]) for row in rows) == 9


def test_rivals_are_tried_as_often_as_the_method_has_variants_with_other_learning_rates() -> None:
    settings, config = told("etr_nlp")
    count = len(config["variants"])
    for name, tries in list_tries(list_rivals(settings), settings.trainer, RATES[:count]).items():
        rates = [each.recipe.lr / settings.trainer.lr for each in tries.values() if each.recipe]  # type: ignore[attr-defined]
        assert rates == pytest.approx(RATES[:count])
        assert all(each.startswith(f"{name}, rate x ") for each in tries)


def test_rivals_may_train_as_long_as_the_method_or_as_one_training(tmp_path: Path) -> None:
    given = (f"run.folder={tmp_path / 'runs'}", "trainer.epochs=1")
    settings = compose(arguments(write_tiny(tmp_path / "data"), *given))
    rivals = dict(list(list_rivals(settings).items())[:1])
    (tries,) = list_lengths(rivals, 3.0, settings).values()
    assert [each.recipe.epochs for each in tries.values() if each.recipe] == [1, 3]
    chosen, found = choose_lengths({"it": tries}, settings, (1, 2), lambda _: None)
    assert found is not None and list(found.found.epochs[:, 0]) == [1, 3]
    deltas = found.average()
    assert chosen["it"] is tries[max(deltas, key=lambda name: deltas[name])]
    once = list_lengths(rivals, 1.0, settings)
    same, untried = choose_lengths(once, settings, (1, 2), lambda _: None)
    assert untried is None and [each.recipe and each.recipe.epochs for each in same.values()] == [1]


def test_an_interval_is_student_s() -> None:
    values = np.array([1.0, 2.5, 0.5, 3.0, 2.0])
    mean, low, high = compute_interval(values)
    wanted = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (mean, low, high) == pytest.approx((values.mean(), wanted.low, wanted.high))


def test_rows_of_a_workspace_say_whether_it_acts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = arguments(write_tiny(tmp_path / "data", 4, 64))  # of fewer pixels, a scale has fewer tokens than slots
    data = [each for each in tiny if not each.startswith(("network.", "sampler="))]
    few = ["--epochs", "1", "--rows", "1", "--folder", str(tmp_path), f"run.folder={tmp_path / 'runs'}"]
    monkeypatch.setattr("sys.argv", ["acting", *few, *data])
    assert acting.main() == 0
    told = [line for line in capsys.readouterr().out.splitlines() if "multiply-accumulates" in line]
    assert [("; retrieval entropy 0." in line and "; worth " in line) for line in told] == [True, False]
    acts, silent = csv.DictReader((tmp_path / acting.FILE).read_text().splitlines())
    assert 0 < float(acts["retrieval entropy"]) <= 1 and acts["worth"] and acts["beside"] == silent["network"]
    assert not silent["retrieval entropy"] and not silent["worth"] and not silent["beside"]


def test_epochs_are_doubled_until_nobody_gains_or_none_are_left(tmp_path: Path) -> None:
    given = (f"run.folder={tmp_path / 'runs'}", "trainer.epochs=1")
    settings = compose(arguments(write_tiny(tmp_path / "data"), *given))
    said: list[str] = []
    rivals = dict(list(list_rivals(settings).items())[:1])
    course = find_course(settings, rivals, (1, 2), 4, said.append)
    doublings = list(course.gains)
    assert doublings == [2, 4][: len(doublings)]
    assert course.converged == (max(course.gains[doublings[-1]].values()) < FLAT)
    assert course.epochs == (doublings[-1] // 2 if course.converged else 4)
    assert sum("epochs: " in line for line in said) == len(doublings)


def test_a_course_says_whether_trainings_have_converged() -> None:
    gains = {16: {"a": 3.0}, 32: {"a": 0.2}}
    assert Course(16, gains).describe() == (
        "16 epochs: with twice as many nobody gains 1 points, so trainings have converged."
    )
    assert Course(32, {16: {"a": 4.0}, 32: {"a": 3.0, "b": 1.2}}).describe() == (
        "32 epochs, the most that were allowed; the last doubling gained up to +3.0 points, so trainings have not "
        "converged."
    )
    assert "none was doubled" in Course(8, {}).describe()


def check_intervals(judged: list[dict[str, str]], file: Path) -> None:
    """Means and intervals of a table are those of the values seed by seed."""
    with file.open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["round"] == "judged on test"]
    deltas = {row["network"]: [float(r["delta_mtl"]) for r in rows if r["network"] == row["network"]] for row in judged}
    for row in judged:
        assert float(row["delta_mtl mean"]) == pytest.approx(np.mean(deltas[row["network"]]), rel=1e-3)
        if row["beside"]:
            gains = np.subtract(deltas[row["beside"]], deltas[row["network"]])
            low, high = stats.t.interval(0.95, len(gains) - 1, gains.mean(), stats.sem(gains))
            told = [float(row[name]) for name in ("interval low", "interval high")]
            assert told == pytest.approx([low, high], abs=0.02)


def test_what_doublings_gained_is_written_beside_the_table(tmp_path: Path) -> None:
    settings, _ = told("sgw")
    write_tables(tmp_path / "t", settings, [], Course(16, {16: {"a": 3.0, "b": 1.0}, 32: {"a": 0.2, "b": -0.1}}))
    assert (tmp_path / "t-course.csv").read_text().splitlines() == [
        "epochs,to,network,delta_mtl gained on val",
        *("8,16,a,+3.00", "8,16,b,+1.00", "16,32,a,+0.20", "16,32,b,-0.10"),
    ]
    write_tables(tmp_path / "t", settings, [], None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t-seeds.csv", "t.csv"]


def test_a_comparison_ends_in_a_table_and_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = [each for each in arguments(write_tiny(tmp_path / "data")) if not each.startswith(("network.", "sampler="))]
    small = ["network.encoder_widths=[24,32]", "network.decoder_width=24", f"run.folder={tmp_path / 'runs'}"]
    few = ["--epochs", "1", "--seeds", "3", "--variants", "2", "--folder", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["compare", "interrogate", *few, *data, *small])
    assert compare.main() == 0
    (file,) = (each for each in tmp_path.glob("*.csv") if not each.stem.endswith("-seeds"))
    table = file.read_bytes()
    rows = list(csv.DictReader(table.decode().splitlines()))
    judged = [row for row in rows if row["round"] == "judged on test"]
    names = {row["network"] for row in judged}
    assert {row["beside"] for row in judged} <= names | {""}
    assert len([row for row in judged if row["beside"]]) == 3 * len([row for row in judged if not row["beside"]])
    for row in judged:
        if row["beside"]:
            (other,) = (each for each in judged if each["network"] == row["beside"])
            assert float(row["macs"]) == pytest.approx(float(other["macs"]), rel=2 * CLOSE)
            assert float(row["interval low"]) <= float(row["delta_mtl of 'beside' minus this"])
    assert len([row for row in rows if row["round"] == "tried on val"]) == 2 + 3 * 2
    lengths = [row for row in rows if row["round"].startswith("epochs beside '")]
    assert len(lengths) == 2 * 3 * len([row for row in judged if not row["beside"]])
    assert {float(row["epochs"]) for row in judged} <= {float(row["epochs"]) for row in lengths}
    check_intervals(judged, file.with_name(f"{file.stem}-seeds.csv"))
    capsys.readouterr()
    assert compare.main() == 0
    assert "left, about" not in capsys.readouterr().out
    assert file.read_bytes() == table


def test_a_variant_and_its_rivals_are_tried_with_the_rates_that_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = [each for each in arguments(write_tiny(tmp_path / "data")) if not each.startswith(("network.", "sampler="))]
    small = ["network.encoder_widths=[24,32]", "network.decoder_width=24", f"run.folder={tmp_path / 'runs'}"]
    few = ["--epochs", "1", "--seeds", "3", "--folder", str(tmp_path), "--rates", "1,2"]
    monkeypatch.setattr("sys.argv", ["compare", "interrogate", *few, *data, *small])
    assert compare.main() == 0
    (file,) = tmp_path.glob("*-rates.csv")  # values seed by seed have another end
    rows = list(csv.DictReader(file.read_text().splitlines()))
    tried = [row["network"] for row in rows if row["round"] == "tried on val"]
    assert len(tried) == 2 * (1 + 3) and sum(name.endswith(", rate x 2") for name in tried) == 4
    judged = [row for row in rows if row["round"] == "judged on test"]
    usual = "trained start, target 25 %"
    assert [row["network"] for row in judged if not row["beside"]] == [usual] and len(judged) == 1 + 3
    told = capsys.readouterr().out
    assert f"{usual}, rate x 2: delta_mtl" in told and f"learning rates: {usual} x " in told
    rates = {row["lr"] for row in rows}
    assert len(rates) == 2 and max(map(float, rates)) == 2 * min(map(float, rates))
    for row in judged:
        (name, *_) = row["network"].split(", as many")
        tries = {float(row["delta_mtl mean"]): row["lr"] for row in rows if row["network"].startswith(f"{name}, rate")}
        assert row["lr"] == tries[max(tries)]
    alone = ["--alone", "--variants", "2", *few[: few.index("--rates")]]
    monkeypatch.setattr("sys.argv", ["compare", "interrogate", *alone, *data, *small])
    assert compare.main() == 0
    with next(tmp_path.glob("*-variants.csv")).open(newline="") as table:
        assert [row["beside"] for row in csv.DictReader(table)] == ["", usual]


@pytest.mark.parametrize("rates", ["0,1", "1,nan", "2,2", "1,inf", "", "fast", "2"])
def test_rates_that_are_none_are_refused(
    rates: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["compare", "sgw", "--rates", rates])
    with pytest.raises(SystemExit):
        compare.main()
    assert "want two or more different numbers above 0, such as 1,2,4" in capsys.readouterr().err


def test_rates_and_variants_are_not_tried_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["compare", "sgw", "--rates", "1,2", "--variants", "3"])
    with pytest.raises(SystemExit):
        compare.main()
    assert "--rates and --variants: rates are tried with one variant" in capsys.readouterr().err

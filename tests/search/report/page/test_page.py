from __future__ import annotations

import base64
import hashlib
import json
import random
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from search.jobs.trial import Trial
from search.problem import objectives
from search.problem.objectives import MAXIMISE, MINIMISE, Objective
from search.report.figures import front_figure as plots
from search.report.page import page
from search.report.page.context import NO_CONTEXT, Context
from search.report.page.sharing_effects import FEWEST, Effect
from search.study.fronts import front
from search.study.fronts.front import FrontView
from spaces.choices import enumerate_patterns
from spaces.drawing.one_line import describe_in_line
from spaces.drawing.svg import draw_svg
from spaces.fusion import Fusion
from spaces.pattern.sharing_pattern import uniform
from tests.search.trials import NAMES, TASKS, complete, failed

CHOSEN = objectives.resolve_objectives(["delta_mtl", "macs"], TASKS)
REFERENCE = (-20.0, 21e6)
TRIALS = [
    complete(0, 1.5, 18_000_000),
    complete(1, -4.0, 16_000_000),  # dominated
    failed(2, "loss is NaN in epoch 2"),
    complete(3, -2.0, 9_000_000),
    complete(4, 1.0, 12_400_000),
]
NAMESPACE = "http://www.w3.org/2000/svg"  # names what a picture is; nothing is there to be loaded


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.contents: dict[str, str] = {}
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag + str(dict(attrs).get("id") or "")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        self.contents[self._open] = self.contents.get(self._open, "") + data

    @property
    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    @property
    def points(self) -> dict[int, dict[str, str | None]]:
        points = [a for _, a in self.elements if a.get("class") == "point"]
        return {int(attributes["data-trial"] or ""): attributes for attributes in points}

    @property
    def data(self) -> Any:
        return json.loads(self.contents["scriptdata"])


def _view(
    trials: Sequence[Trial] = TRIALS,
    marks: dict[str, str] | None = None,
    chosen: Sequence[Objective] = CHOSEN,
    reference: Sequence[float] = REFERENCE,
) -> FrontView:
    return FrontView(trials, front.find_front(trials, chosen), chosen, reference, marks or {})


def _page(folder: Path, view: FrontView, title: str = "a run", context: Context = NO_CONTEXT) -> Page:
    figure = plots.render_front_svg(plots.draw_front_figure(view))
    page.write_page(folder / "front.html", title, view, figure, context=context)
    return Page((folder / "front.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("names", "reference"),
    [
        (["delta_mtl", "macs"], (-20.0, 21e6)),
        (["delta_mtl"], (-20.0,)),
        (["params", "macs"], (1e6, 21e6)),
        (["delta_mtl", "worst_delta"], (-20.0, -20.0)),
        (["delta_mtl", "macs", "depth.abs_err_m"], (-20.0, 21e6, 0.5)),
    ],
)
def test_every_trial_is_one_point_that_can_be_focused_and_read_aloud(
    names: list[str], reference: tuple[float, ...], tmp_path: Path
) -> None:
    chosen = objectives.resolve_objectives(names, TASKS)
    trials = [
        replace(t, objectives=objectives.collect_objectives(t.metrics, t.macs, t.params, chosen)) if t.complete else t
        for t in TRIALS
    ]
    found = _page(tmp_path, _view(trials, chosen=chosen, reference=reference))
    assert sorted(found.points) == [0, 1, 2, 3, 4]
    for number, point in found.points.items():
        assert (point["tabindex"], point["role"]) == ("-1", "button")
        label = str(point["aria-label"])
        assert label.startswith(f"trial {number}: ")
        assert all(name in label for name in names) or not trials[number].complete
    assert str(found.points[2]["aria-label"]).endswith(
        ("macs 9.00 M, loss is NaN in epoch 2", "9.00 MMACs, loss is NaN in epoch 2")
    )
    assert found.tags.count("circle") == len(trials)  # what is pointed at and shows the focus


def test_the_data_are_the_trials(tmp_path: Path) -> None:
    view = _view(marks={TRIALS[4].key: "progressive tree"})
    data = _page(tmp_path, view).data
    assert [line["name"] for line in data["objectives"]] == ["delta_mtl", "macs"]
    assert [line["status"] for line in data["trials"]] == ["front", "dominated", "failed", "front", "front"]
    assert [line["mark"] for line in data["trials"]] == ["", "", "", "", "progressive tree"]
    assert [line["hypervolume"] for line in data["trials"]] == list(view.volumes)
    for line, trial in zip(data["trials"], TRIALS, strict=True):
        for name in ("number", "key", "macs", "params", "seconds", "epochs", "reason", "objectives", "metrics"):
            assert line[name] == getattr(trial, name)
        assert line["flops"] == 2 * trial.macs
        assert line["sharing"] == describe_in_line(trial.pattern)


def test_a_supernet_tells_who_should_share_what_until_trials_do(tmp_path: Path) -> None:
    effect = Effect("decoder 1", ("depth", "normals"), -2.0, 0.5, 10, 35)
    alone = {**asdict(effect), "pair": list(effect.pair)}
    patterns = [drawn.pattern for drawn in enumerate_patterns(Fusion(2, 3), NAMES[:3])][:FEWEST]
    trials = [complete(n, float(n), 10 + n, pattern=p, key=p.key) for n, p in enumerate(patterns)]
    for few, told in ((trials[:-1], [alone]), (trials, None)):
        data = _page(tmp_path, _view(few), context=Context(estimated=(effect,))).data
        assert data["estimated"] is (told is not None)
        assert (data["effects"] == told) is data["estimated"]
        assert data["effects"]


def test_numbers_that_are_not_finite_are_null_in_the_data(tmp_path: Path) -> None:
    trial = complete(0, 1.0, 9_000_000)
    trial = replace(trial, metrics={**trial.metrics, "edges.f1": float("nan")}, seconds=float("nan"))
    (line,) = _page(tmp_path, _view([trial])).data["trials"]
    assert (line["metrics"]["edges.f1"], line["seconds"]) == (None, None)


def test_decisions_are_called_as_in_optuna_and_never_as_metrics(tmp_path: Path) -> None:
    trials = [complete(n, float(n % 5), 9_000_000 + n) for n in range(20)]
    assert set(_page(tmp_path, _view(trials)).data["importances"]) == {"sharing/depth.depth"}


def test_every_pattern_is_drawn_once(tmp_path: Path) -> None:
    again = complete(5, 0.0, 17_000_000, key=TRIALS[0].key, pattern=TRIALS[0].pattern)
    pictures = _page(tmp_path, _view([*TRIALS, again])).data["pictures"]
    assert len(set(pictures["lines"])) == len(pictures["lines"])
    drawn = {key: [pictures["lines"][line] for line in lines] for key, lines in pictures["drawn"].items()}
    assert drawn == {trial.key: draw_svg(trial.pattern).splitlines() for trial in TRIALS}


def test_the_page_refers_to_nothing_outside(tmp_path: Path) -> None:
    found = _page(tmp_path, _view(marks={TRIALS[0].key: "all separate"}))
    for _, attributes in found.elements:
        assert "src" not in attributes
        assert str(attributes.get("href", "#")).startswith("#")
        for value in attributes.values():
            assert str(value).count("url(") == str(value).count("url(#")
    text = found.text.replace(NAMESPACE, "")
    assert "http" not in text.replace("http-equiv", "")
    assert "@import" not in text
    assert not {"link", "iframe", "object", "embed", "base", "form"} & set(found.tags)


def test_the_policy_forbids_the_network_and_all_scripts_but_the_pages_own(tmp_path: Path) -> None:
    found = _page(tmp_path, _view())
    (policy,) = [str(a["content"]) for _, a in found.elements if a.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(found.contents["script"].encode()).digest()).decode()
    rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "script-src": f"'sha256-{digest}'",
        "base-uri": "'none'",
    }


def test_what_users_write_stays_text(tmp_path: Path) -> None:
    hostile = "</script><img src=x onerror=alert(1)><!-- {{data}} \u2028 & \"' $x^{$"
    pattern = uniform((hostile, "b"), 2, [((hostile, "b"),)])

    def found(words: str) -> Page:
        metric = f"{words}.error"
        chosen = (Objective(metric, words, MINIMISE), Objective("delta_mtl", "%", MAXIMISE))
        trials = [
            replace(trial, objectives={metric: 0.5, "delta_mtl": 1.0} if trial.complete else {}, pattern=pattern)
            for trial in (complete(0, 1.0, 10), failed(1, words))
        ]
        return _page(tmp_path, _view(trials, {trials[0].key: words}, chosen, (1.0, -20.0)), title=words)

    harmless, attacked = found(re.sub(r"\S", "x", hostile)), found(hostile)
    assert attacked.tags == harmless.tags
    assert attacked.contents["h1"].strip() == attacked.contents["title"].strip() == hostile
    assert attacked.data["trials"][1]["reason"] == attacked.data["trials"][0]["mark"] == hostile
    assert attacked.data["objectives"][0]["label"] == f"{hostile}.error [{hostile}]"
    assert " ".join(hostile.split()) in str(attacked.points[1]["aria-label"])
    assert attacked.text.count("<script") == 2


def test_paper_keeps_what_is_told_by_colour_alone(tmp_path: Path) -> None:
    style = _page(tmp_path, _view()).contents["style"]
    assert "print-color-adjust: exact" in style[style.index("@media print") :]


def test_the_same_trials_give_the_same_bytes(tmp_path: Path) -> None:
    first = _page(tmp_path, _view()).text
    assert _page(tmp_path, _view()).text == first
    assert [path.name for path in tmp_path.iterdir()] == ["front.html"]
    assert _page(tmp_path, _view([*TRIALS, complete(5, 3.0, 8_000_000)])).text != first


@pytest.mark.parametrize(
    ("trials", "words"),
    [
        ([], "No trial has finished."),
        ([failed(0), failed(1)], "No front: no trial has completed."),
        (TRIALS, "Pareto front of delta_mtl, macs: 3 of 5 trials, 1 failed."),
    ],
)
def test_the_page_says_whether_there_is_a_front(trials: list[Trial], words: str, tmp_path: Path) -> None:
    found = _page(tmp_path, _view(trials))
    assert words in found.contents["psummary"]
    assert len(found.points) == len(trials)


def test_a_hundred_trials_make_a_small_page(tmp_path: Path) -> None:
    patterns = [drawn.pattern for drawn in enumerate_patterns(Fusion(4, 4), NAMES)]
    chosen = random.Random(0).sample(patterns, 100)
    trials = [complete(n, n % 7 - n / 20, 9_000_000 + n, pattern=p, key=p.key) for n, p in enumerate(chosen)]
    assert len({trial.key for trial in trials}) == 100
    assert len(_page(tmp_path, _view(trials)).text.encode()) < 400_000


def test_what_trainings_to_the_end_came_to_stands_beside_their_trials(tmp_path: Path) -> None:
    finals = [replace(complete(4, 9.0, 12_400_000), epochs=40)]
    shown = {each["number"]: each for each in _page(tmp_path, replace(_view(), ended=finals)).data["trials"]}
    assert shown[4]["end"]["metrics"] == finals[0].metrics
    assert shown[4]["end"]["epochs"] == 40
    assert shown[4]["shown"]["delta_mtl"][0] == 9.0
    assert shown[4]["metrics"]["delta_mtl"] == shown[4]["objectives"]["delta_mtl"] == 1.0
    assert shown[0]["end"] is None

"""A page of a search to look at in a browser, and questions to it at a width."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

from search.problem.objectives import DELTA_MTL, MACS
from search.report.figures.front_figure import BELOW, draw_front_figure, render_front_svg
from search.report.page.context import Context
from search.report.page.examples import NO_EXAMPLES, Examples
from search.report.page.page import write_page
from search.study.fronts.best_guess import guess_objectives
from search.study.fronts.front import Estimate, FrontView, find_front
from search.study.fronts.single_tasks import SingleTask
from tests.browser import open_page
from tests.search.trials import complete, failed

SINGLES = (
    SingleTask("segmentation", True, "miou", "", True, 0.5, 0.01, 3, 9_000_000),
    SingleTask("depth", True, "abs_err_m", "m", False, 0.2, 0.01, 3, 9_000_000),
    SingleTask("normals", True, "angle_deg", "deg", False, 20.0, 0.5, 3, 9_000_000),
)

LEAD = ("Winner's curse: the search flattered delta_mtl by much, " * 5,) * 8
DELTAS = tuple(f"{each.task}.delta" for each in SINGLES)


def write_a_page(
    path: Path, metrics: Mapping[str, float] = MappingProxyType({}), *, alike: bool = False, ended: bool = False
) -> None:
    """Of 14 trials and a failed one, with single-task networks; `metrics` are of every trial, beside its own.

    Trial 5 is confirmed. All share stages alike where they are `alike`; trial 3 is trained to the end where one is
    `ended`, which multiplies its deltas by -2.
    """
    trials = [complete(n, 3.0 - (n - 6) ** 2 / 9, 8_000_000 + 900_000 * n) for n in range(14)]
    more = {"parent.segmentation": "depth"}
    trials = [replace(t, metrics={**t.metrics, **metrics}, choices={**t.choices, **more}) for t in trials]
    if alike:
        trials = [replace(trial, pattern=trials[0].pattern, key=trials[0].key) for trial in trials]
    trials.append(failed(14, "lost <b> because of " + "a reason that is long " * 9))
    chosen = (DELTA_MTL, MACS)
    guesses = guess_objectives(trials, chosen)
    view = FrontView(trials, find_front(trials, chosen, guesses), chosen, (-20.0, 30e6), {}, guesses, singles=SINGLES)
    view = replace(view, confirmed={5: dict.fromkeys(("delta_mtl", "macs", *DELTAS), Estimate(1.5, 1.0, 2.0))})
    if ended:
        told = {**trials[3].metrics, **{name: -2 * value for name, value in metrics.items()}, "depth.abs_err_m": 0.0712}
        far = replace(trials[3], metrics=told, curves={"depth.abs_err_m": [0.1, 0.08, 0.0712]}, epochs=40)
        view = replace(view, ended=[replace(far, objectives={**far.objectives, "delta_mtl": 14.8})])
    context = Context({"space": "fusion"}, {4: "trials/0004.pt"}, "python -m search.export r", alike)
    some = Examples(("image",), full=True) if ended else NO_EXAMPLES
    write_page(path, "r", view, render_front_svg(draw_front_figure(view, BELOW)), (), LEAD, context, some)


def ask_frame(folder: Path, width: int, script: str, height: int = 900, *, printed: bool = False) -> Any:
    """What a script in the page tells at a width, which a window of the browser may not have and a frame can.

    In the styles of print where it is `printed`.
    """
    write_a_page(folder / "front.html", dict.fromkeys(DELTAS, -7.4321))
    text = re.sub(r"<meta http-equiv=.Content-Security-Policy[^>]*>", "", (folder / "front.html").read_text())
    text = text.replace("@media print", "@media all") if printed else text
    ask = f"""<script>addEventListener('load', () => setTimeout(() => {{
      const find = (name) => document.querySelector(name);
      const hidden = (name) => find(name).scrollWidth - find(name).clientWidth;
      parent.document.title = JSON.stringify((() => {{ {script} }})());
    }}, 300));</script>"""
    frame = f'<title></title><iframe style="width:{width}px;height:{height}px" srcdoc="{escape(text + ask)}"></iframe>'
    (folder / "frame.html").write_text(frame)
    found = re.search(r"<title>(.*?)</title>", open_page((folder / "frame.html").as_uri(), folder / "browser").page)
    assert found
    return json.loads(found[1])

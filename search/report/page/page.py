"""The page of a search: one HTML file in which every trial can be pointed at, read, sorted and compared.

Written for the report. The figure is the one of `search.report.figures.front_figure`; the trials stand in the page as
JSON, from which its scripts fill cards, tables and further drawings. Nothing is loaded from anywhere, which the page's
own policy enforces. No plotting library is bundled: the least of them (plotly's cartesian part, 1.4 MB) is many times
the size of scripts that draw the little that moves here, and none knows of one tab stop, print and both colour sets.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.problem.objectives import BEFOREHAND
from search.report.page.context import NO_CONTEXT, Context
from search.report.page.examples import NO_EXAMPLES, Examples
from search.report.page.points import make_interactive
from search.report.page.rows import draw_pictures, list_trials
from search.report.page.sharing_effects import estimate_effects
from search.report.page.story import explain_numbers, find_first, summarise, tell_story
from search.study.fronts.importances import measure_importances
from search.study.fronts.single_tasks import estimate_spreads
from spaces.common.atomic_files import strict, write_text
from spaces.drawing.shapes import FAINT, INK

if TYPE_CHECKING:
    from search.problem.objectives import Objective
    from search.study.fronts.front import FrontView

HERE = Path(__file__).parent
SCRIPTS = ("basics.js", "cards.js", "plot.js", "table.js", "sharing.js", "axes.js", "start.js")


def write_page(
    path: Path,
    title: str,
    view: FrontView,
    figure: str,
    cost_lines: Sequence[str] = (),
    lead: Sequence[str] = (),
    context: Context = NO_CONTEXT,
    examples: Examples = NO_EXAMPLES,
    caution: str = "",
) -> None:
    """Write the page, replacing an older one at one stroke; the same view and context give the same file.

    Args:
        path: where to.
        title: heads the page.
        view: what is shown.
        figure: the drawing of the view that `search.report.figures.front_figure.render_front_svg` gave.
        cost_lines: lines that say what the run has cost.
        lead: lines above it: what is delivered, and how well a supernet ranked.
        context: of the run.
        examples: predictions of some networks.
        caution: what the story's numbers are not to be read without, such as that trainings differ in length.
    """
    script = "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    parts = {
        "policy": _make_policy(script),
        "title": escape(title),
        "progress": f'<p id="progress">{escape(context.progress)}</p>' if context.progress else "",
        "summary": escape(summarise(view)),
        "story": " ".join(escape(line) for line in tell_story(view)),
        "caution": f'<p id="caution">{escape(caution)}</p>' if caution else "",
        "meaning": _fold("What is measured, and how sure it is", [explain_numbers(view.singles)]),
        "facts": "".join(f"<div><dt>{escape(n)}</dt><dd>{escape(v)}</dd></div>" for n, v in context.facts.items()),
        "lead": _fold("What is delivered, and what fresh seeds show", lead),
        "receipt": "\n".join(f"<p>{escape(line)}</p>" for line in cost_lines),
        "style": (HERE / "page.css").read_text(encoding="utf-8"),
        "figure": make_interactive(figure, view),
        # What users have named and what their code has said may hold "</script>" and "<!--".
        "data": json.dumps(strict(_collect(view, context, examples)), allow_nan=False, separators=(",", ":")).replace(
            "<", "\\u003c"
        ),
        "script": script,
    }
    template = (HERE / "page.html").read_text(encoding="utf-8")
    write_text(path, re.sub(r"\{\{(\w+)\}\}", lambda hole: parts[hole[1]], template))


def _fold(head: str, lines: Iterable[str]) -> str:
    """Lines behind a heading that opens them, or a card would not be seen below them; nothing without any."""
    told = "\n".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f"<details><summary>{head}</summary>\n{told}\n</details>" if told else ""


def _collect(view: FrontView, context: Context, examples: Examples) -> dict[str, Any]:
    """What the scripts show."""
    told = next((each for each in view.objectives if each not in BEFOREHAND), None)
    effects = estimate_effects(view.trials, told.name) if told else ()
    return {
        "objectives": [
            {"name": o.name, "label": o.label, "unit": o.unit, "better": o.direction} for o in view.objectives
        ],
        "trials": list_trials(view, context.weights),
        "pictures": draw_pictures(view.trials),
        "first": find_first(view),
        "scatter": estimate_spreads(view.singles, {}),  # where a trial tells no deltas
        "singles": [asdict(each) for each in view.singles],
        "separate": view.separate,
        "export": context.export,
        "running": context.running,
        "examples": asdict(examples),
        "inks": [INK, FAINT],
        "told": told and told.name,
        "effects": [asdict(each) for each in effects or context.estimated],
        "estimated": not effects,
        "alike": context.alike,
        "importances": _name_importances(view, told) if told else {},
    }


def _name_importances(view: FrontView, told: Objective) -> dict[str, float]:
    """By decisions as Optuna's record calls them: some spaces call them as metrics begin."""
    from search.study.record.decisions import spell_name  # optuna: 0.2 s, which the importances themselves want

    return {spell_name(name): share for name, share in measure_importances(view.trials, told).items()}


def _make_policy(script: str) -> str:
    """Content security policy: nothing is fetched or sent, and no script runs but the page's own."""
    digest = base64.b64encode(hashlib.sha256(f"\n{script}\n".encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'; base-uri 'none'"
    )

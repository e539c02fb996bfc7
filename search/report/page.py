"""The page of a search: one HTML file in which every trial can be pointed at, read, sorted and compared.

Written for the report. The figure is the one of `search.report.figures.front_figure`; the trials stand in the page as
JSON, from which its script fills a card and a table. Nothing is loaded from anywhere, which the page's own policy
enforces.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from search.jobs.trial import FAILED, PRUNED
from search.jobs.trial_columns import read_columns, read_shown_columns
from search.problem.objectives import BEFOREHAND, format_value
from search.report.figures import palette
from search.report.figures.trial_points import POINT
from search.study.fronts.guess_columns import tabulate_guesses
from spaces.common.atomic_files import strict, write_text
from spaces.common.formatting import format_count
from spaces.drawing.svg import draw_svg

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from search.study.fronts.front import FrontView

TEMPLATE = Path(__file__).with_suffix(".html")
# The colours of the figure become those of the page, which has two sets, for light and for dark.
_COLOURS = {
    palette.BLACK: "var(--ink)",
    palette.LIGHT: "var(--line)",
    palette.GREY: "var(--grey)",
    palette.BLUE: "var(--blue)",
    palette.RED: "var(--red)",
    palette.ORANGE: "var(--orange)",
}


def write_page(
    path: Path, title: str, view: FrontView, figure: str, cost_lines: Sequence[str] = (), lead: Sequence[str] = ()
) -> None:
    """Write the page, replacing an older one at one stroke; the same view gives the same file.

    Args:
        path: where to.
        title: heads the page.
        view: what is shown.
        figure: the drawing of the view that `search.report.figures.front_figure.render_front_svg` gave.
        cost_lines: lines that say what the run has cost.
        lead: lines above it: what is delivered, and how well a supernet ranked.
    """
    template = TEMPLATE.read_text(encoding="utf-8")
    data = {
        "objectives": [{"name": o.name, "label": o.label, "unit": o.unit} for o in view.objectives],
        "trials": list_trials(view),
        "pictures": _draw_pictures(view.trials),
    }
    parts = {
        "policy": _make_policy(template),
        "title": escape(title),
        "summary": escape(_summarise(view)),
        "lead": "\n".join(f"<p>{escape(line)}</p>" for line in lead if line),
        "receipt": "\n".join(f"<p>{escape(line)}</p>" for line in cost_lines),
        "figure": _make_interactive(figure, view),
        # What users have named and what their code has said may hold "</script>" and "<!--".
        "data": json.dumps(strict(data), allow_nan=False, separators=(",", ":")).replace("<", "\\u003c"),
    }
    write_text(path, re.sub(r"\{\{(\w+)\}\}", lambda hole: parts[hole[1]], template))


def list_trials(view: FrontView) -> list[dict[str, Any]]:
    """All that the page knows of each trial, in order of number."""
    beside = tabulate_guesses(view.trials, view.objectives, view.guesses)
    ends = {trial.number: _tell_end(trial, view) for trial in view.finals}
    return [
        {
            **read_columns(trial, ("number", "key")),
            "status": _find_status(trial, view),
            "mark": view.marked.get(trial.number, ""),
            "objectives": dict(trial.objectives),
            **read_columns(trial, ("macs", "flops", "params", "sharing")),
            "metrics": {
                **ends.get(trial.number, {}),
                **_tell_confirmed(trial, view),
                **{name: value for name, value in beside[trial.number].items() if value != ""},
                **trial.metrics,
            },
            **read_shown_columns(trial, ("seconds", "epochs")),
            "hypervolume": float(volume),
            **read_columns(trial, ("reason",)),
        }
        for trial, volume in zip(view.trials, view.volumes, strict=True)
    ]


def _tell_end(final: Trial, view: FrontView) -> dict[str, float]:
    """What a final training came to, under names of its own."""
    told = [each.name for each in view.objectives if each not in BEFOREHAND]
    return {**{f"{name}.final": final.objectives[name] for name in told}, "epochs.final": final.epochs}


def _tell_confirmed(trial: Trial, view: FrontView) -> dict[str, float]:
    """What fresh seeds have shown on the test split, under names of its own."""
    told: dict[str, float] = {}
    for objective in view.objectives:
        if objective not in BEFOREHAND and (each := view.confirmed.get(trial.number, {}).get(objective.name)):
            ends = {f"{objective.name}.low": each.low, f"{objective.name}.high": each.high}
            told |= {f"{objective.name}.confirmed": each.mean, **{n: v for n, v in ends.items() if math.isfinite(v)}}
    return told


def _find_status(trial: Trial, view: FrontView) -> str:
    if trial.number in view.members:
        return "front"
    return "dominated" if trial.complete else trial.status


def _summarise(view: FrontView) -> str:
    if not view.trials:
        return "No trial has finished."
    if not view.front:
        return "No front: no trial has completed. The table tells why each one failed."
    failed, stopped = (sum(trial.status == status for trial in view.trials) for status in (FAILED, PRUNED))
    names = ", ".join(objective.name for objective in view.objectives)
    early = f", {stopped} stopped early" if stopped else ""
    return f"Pareto front of {names}: {len(view.front)} of {len(view.trials)} trials; {failed} failed{early}."


def _draw_pictures(trials: Iterable[Trial]) -> dict[str, Any]:
    """Drawings of patterns by trials' keys, as positions in one list of lines: they differ in few, if in many ways."""
    lines: dict[str, int] = {}
    drawn: dict[str, list[int]] = {}
    for trial in trials:
        if trial.key not in drawn:
            drawn[trial.key] = [lines.setdefault(line, len(lines)) for line in draw_svg(trial.pattern).splitlines()]
    return {"lines": list(lines), "drawn": drawn}


def _make_interactive(figure: str, view: FrontView) -> str:
    """The figure as part of a page: what shows a trial can be found, pointed at, focused and read aloud."""
    root = ElementTree.fromstring(figure)
    points = {POINT.format(trial.number): trial for trial in view.trials}
    for element in root.iter():
        # In a page an SVG needs no namespaces, and so names no address.
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
        if "style" in element.attrib:
            element.set("style", re.sub(r"#[0-9a-f]{6}", _replace_colour, element.get("style", "")))
        trial = points.get(element.get("id", ""))
        if trial:
            _make_point(element, trial, view)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "group")
    root.set("aria-label", "Pareto front")
    return ElementTree.tostring(root, encoding="unicode")


def _make_point(element: ElementTree.Element, trial: Trial, view: FrontView) -> None:
    marker = next(use for use in element.iter() if use.tag.endswith("use"))
    centre = {"cx": marker.get("x", ""), "cy": marker.get("y", "")}
    element.append(ElementTree.Element("circle", {"class": "halo", "r": "9", **centre}))
    element.attrib |= {
        "class": "point",
        "tabindex": "0",
        "role": "button",
        "data-trial": str(trial.number),
        "aria-label": _describe_trial(trial, view),
    }


def _describe_trial(trial: Trial, view: FrontView) -> str:
    known = {**trial.objectives, "macs": trial.macs}
    numbers = [f"{o.name} {format_value(o, known.pop(o.name))}" for o in view.objectives if o.name in known]
    cost = f"{format_count(trial.macs)}MACs" if "macs" in known else ""
    words = [
        _find_status(trial, view),
        view.marked.get(trial.number),
        *numbers,
        cost,
        " ".join(trial.reason.split()),
    ]
    return f"trial {trial.number}: " + ", ".join(word for word in words if word)


def _replace_colour(found: re.Match[str]) -> str:
    return _COLOURS.get(found[0], found[0])


def _make_policy(template: str) -> str:
    """Content security policy: nothing is fetched or sent, and no script runs but the page's own."""
    scripts = re.findall(r"<script>(.*?)</script>", template, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    own = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {own}; base-uri 'none'"

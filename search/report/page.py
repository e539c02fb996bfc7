"""The page of a search: one HTML file in which every trial can be pointed at, read, sorted and compared.

Written for the report. The figure is the one of `search.report.figures.front_figure`; the trials stand in the page as
JSON, from which its script fills a card and a table. Nothing is loaded from anywhere, which the page's own policy
enforces.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from search.jobs.trial import FAILED, PRUNED
from search.problem.objectives import format_value
from search.report.figures import palette
from search.report.figures.front_panel import POINT
from spaces.common.atomic_files import strict, write_text
from spaces.common.formatting import format_count
from spaces.drawing.one_line import describe_in_line

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from search.study.front import FrontView
    from spaces.pattern.sharing_pattern import SharingPattern

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


def write_page(path: Path, title: str, standing: FrontView, figure: str, receipt: Sequence[str] = ()) -> None:
    """Write the page, replacing an older one at one stroke; the same standing gives the same file.

    Args:
        path: where to.
        title: heads the page.
        standing: what is shown.
        figure: the drawing of the standing that `search.report.figures.front_figure.render_front_svg` gave.
        receipt: lines that say what the run has cost.
    """
    template = TEMPLATE.read_text(encoding="utf-8")
    data = {
        "objectives": [{"name": o.name, "label": o.label, "unit": o.unit} for o in standing.objectives],
        "trials": list_trials(standing),
        "pictures": _pictures(trial.pattern for trial in standing.trials),
    }
    parts = {
        "policy": _policy(template),
        "title": escape(title),
        "summary": escape(_summary(standing)),
        "receipt": "\n".join(f"<p>{escape(line)}</p>" for line in receipt),
        "figure": _interactive(figure, standing),
        # What users have named and what their code has said may hold "</script>" and "<!--".
        "data": json.dumps(strict(data), allow_nan=False, separators=(",", ":")).replace("<", "\\u003c"),
    }
    write_text(path, re.sub(r"\{\{(\w+)\}\}", lambda hole: parts[hole[1]], template))


def list_trials(standing: FrontView) -> list[dict[str, Any]]:
    """All that the page knows of each trial, in order of number."""
    return [
        {
            "number": trial.number,
            "key": trial.key,
            "status": _status(trial, standing),
            "mark": standing.marked.get(trial.number, ""),
            "objectives": dict(trial.objectives),
            "macs": trial.macs,
            "flops": 2 * trial.macs,
            "params": trial.params,
            "sharing": describe_in_line(trial.pattern),
            "metrics": dict(trial.metrics),
            "seconds": round(trial.seconds, 3),
            "epochs": trial.epochs,
            "hypervolume": float(volume),
            "reason": trial.reason,
        }
        for trial, volume in zip(standing.trials, standing.volumes, strict=True)
    ]


def _status(trial: Trial, standing: FrontView) -> str:
    if trial.number in standing.members:
        return "front"
    return "dominated" if trial.complete else trial.status


def _summary(standing: FrontView) -> str:
    if not standing.trials:
        return "No trial has finished."
    if not standing.front:
        return "No front: no trial has completed. The table tells why each one failed."
    failed, stopped = (sum(trial.status == status for trial in standing.trials) for status in (FAILED, PRUNED))
    names = ", ".join(objective.name for objective in standing.objectives)
    early = f", {stopped} stopped early" if stopped else ""
    return f"Pareto front of {names}: {len(standing.front)} of {len(standing.trials)} trials; {failed} failed{early}."


def _pictures(patterns: Iterable[SharingPattern]) -> dict[str, Any]:
    """Drawings of patterns by key, as positions in one list of lines: they differ in few lines, if in many ways."""
    from spaces.drawing.svg import draw_svg

    lines: dict[str, int] = {}
    drawn: dict[str, list[int]] = {}
    for pattern in patterns:
        if pattern.key not in drawn:
            drawn[pattern.key] = [lines.setdefault(line, len(lines)) for line in draw_svg(pattern).splitlines()]
    return {"lines": list(lines), "drawn": drawn}


def _interactive(figure: str, standing: FrontView) -> str:
    """The figure as part of a page: what shows a trial can be found, pointed at, focused and read aloud."""
    root = ElementTree.fromstring(figure)
    points = {POINT.format(trial.number): trial for trial in standing.trials}
    for element in root.iter():
        # In a page an SVG needs no namespaces, and so names no address.
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
        if "style" in element.attrib:
            element.set("style", re.sub(r"#[0-9a-f]{6}", _page_colour, element.get("style", "")))
        trial = points.get(element.get("id", ""))
        if trial:
            _make_point(element, trial, standing)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "group")
    root.set("aria-label", "Pareto front and hypervolume")
    return ElementTree.tostring(root, encoding="unicode")


def _make_point(element: ElementTree.Element, trial: Trial, standing: FrontView) -> None:
    marker = next(use for use in element.iter() if use.tag.endswith("use"))
    centre = {"cx": marker.get("x", ""), "cy": marker.get("y", "")}
    element.append(ElementTree.Element("circle", {"class": "halo", "r": "9", **centre}))
    element.attrib |= {
        "class": "point",
        "tabindex": "0",
        "role": "button",
        "data-trial": str(trial.number),
        "aria-label": _in_words(trial, standing),
    }


def _in_words(trial: Trial, standing: FrontView) -> str:
    known = {**trial.objectives, "macs": trial.macs}
    numbers = [f"{o.name} {format_value(o, known.pop(o.name))}" for o in standing.objectives if o.name in known]
    cost = f"{format_count(trial.macs)}MACs" if "macs" in known else ""
    words = [
        _status(trial, standing),
        standing.marked.get(trial.number),
        *numbers,
        cost,
        " ".join(trial.reason.split()),
    ]
    return f"trial {trial.number}: " + ", ".join(word for word in words if word)


def _page_colour(found: re.Match[str]) -> str:
    return _COLOURS.get(found[0], found[0])


def _policy(template: str) -> str:
    """Content security policy: nothing is fetched or sent, and no script runs but the page's own."""
    scripts = re.findall(r"<script>(.*?)</script>", template, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    own = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {own}; base-uri 'none'"

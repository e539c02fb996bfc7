"""The figure as part of a page: what shows a trial can be found, pointed at, focused and read aloud."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from search.jobs.trial import Trial
from search.problem.objectives import format_value
from search.report.figures import palette
from search.report.figures.trial_points import POINT
from search.report.page.rows import find_status
from search.report.page.shown_values import choose_shown, format_shown
from search.study.fronts.front import FrontView
from spaces.common.formatting import format_count

# The colours of the figure become those of the page, which has two sets, for light and for dark.
_COLOURS = {
    palette.BLACK: "var(--ink)",
    palette.LIGHT: "var(--line)",
    palette.GREY: "var(--grey)",
    palette.BLUE: "var(--blue)",
    palette.RED: "var(--red)",
    palette.ORANGE: "var(--orange)",
}


def make_interactive(figure: str, view: FrontView) -> str:
    """The figure with its points marked for the page's script, in the page's colours and without an address."""
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
            _make_point(element, trial.number, _describe_trial(trial, view))
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "group")
    root.set("aria-label", "Pareto front")
    return ElementTree.tostring(root, encoding="unicode")


def _make_point(element: ElementTree.Element, number: int, words: str) -> None:
    marker = next(use for use in element.iter() if use.tag.endswith("use"))
    centre = {"cx": marker.get("x", ""), "cy": marker.get("y", "")}
    element.append(ElementTree.Element("circle", {"class": "halo", "r": "9", **centre}))
    element.set("id", f"point-{number}")  # addresses that end in the trial's own name are the script's
    element.attrib |= {
        "class": "point",
        "tabindex": "-1",  # one stop for all of them; the script says which
        "role": "button",
        "data-trial": str(number),
        "aria-label": words,
    }


def _describe_trial(trial: Trial, view: FrontView) -> str:
    known, shown = {**trial.objectives, "macs": trial.macs}, choose_shown(view, trial)
    numbers = []
    for each in view.objectives:
        if each.name in known:
            value = known.pop(each.name)
            told = format_shown(each, shown[each.name]) if each.name in shown else format_value(each, value)
            numbers.append(f"{each.name} {told}")
    cost = f"macs {format_count(trial.macs)}" if "macs" in known else ""
    words = [
        find_status(trial, view),
        view.marked.get(trial.number),
        *numbers,
        cost,
        " ".join(trial.reason.split()),
    ]
    return f"trial {trial.number}: " + ", ".join(word for word in words if word)


def _replace_colour(found: re.Match[str]) -> str:
    return _COLOURS.get(found[0], found[0])

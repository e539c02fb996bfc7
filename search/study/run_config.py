"""The config.yaml of a run: what it says, and whether another search has the same results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from search.components.component_names import TARGET, name_all
from search.components.components import describe_component
from search.config.settings import Settings
from search.jobs.job import TRAINING_VERSION
from spaces.errors import ConfigError
from spaces.networks.weights.content import digest_weights

CONFIG = "config.yaml"
LARGEST = 16 * 2**20  # bytes of it: our choice, a hundred times what a search of many tasks says
MOST = 1_000_000  # values in it, those that anchors repeat counted again: our choice
# Two runs give the same results when everything but these is equal; the data say the tasks. For the places of data,
# which may move, their content is compared.
FREE = (
    *("search_id", "begun", "trials", "budget", "retry", "supernet", "final", "confirm", "stop", "runner", "tracking"),
    *("run.name", "run.folder", "tasks", "data.loading", "limits.memory_gb"),
)
EPOCHS = "epochs come of budget, trials, supernet.epochs, final.epochs and trainer.epochs"
SAID = {"epochs.supernet": "supernet.epochs", "epochs.trial": "final.epochs"}  # what gives them where trials are final
ORDER = "sampler.order: apart -> chained"  # another order has another split of epochs
# What options that came later stood for before they were there; runs of before go on with these.
BEFORE = {
    **{"sampler.order": "apart", "space.neck": "none", "space.norm": "none", "network.pixels": "unit"},
    "space.recombination": "grouped",
}
PLACES = ("data.root", "data.spec", "data.cache")


def list_contents(settings: Settings) -> dict[str, Any]:
    """What the file says of a search, beside its id."""
    # The tasks, so that what was trained can be built again where the data are not.
    tasks = [describe_component(task) for task in settings.data.selected]
    contents = {"data_content": settings.data.fingerprint, "weights_content": digest_weights(settings.network)}
    known = {name: held for name, held in contents.items() if held is not None}
    # What budget, supernet and final come to; they may change where this does not.
    epochs = {"supernet": settings.split.supernet, "trial": settings.split.trial}
    return {"training_version": TRAINING_VERSION, **known, "tasks": tasks, "epochs": epochs, **settings.plain}


def read_config(folder: Path) -> dict[str, Any]:
    """The configuration that a run folder keeps, which it has.

    Raises:
        ConfigError: it is damaged.
    """
    path = folder / CONFIG
    try:
        old = _parse(path)
    except (yaml.YAMLError, OSError, ValueError) as error:  # the last: of dates and numbers that are none
        old = str(error).splitlines()[0]
    except RecursionError:
        old = "lists within lists too deep to be read"
    if not isinstance(old, dict) or not isinstance(old.get("search_id"), str):
        held = "it is empty" if old is None else str(old)[:80]
        raise ConfigError(
            f"{path} is no configuration of a run ({held}); restore it from a copy, or start anew with run.name=NAME"
        )
    return old


def _parse(path: Path) -> Any:
    """What the file holds, unless reading or walking it takes without end.

    Raises:
        ValueError: it would.
    """
    if path.stat().st_size > LARGEST:
        raise ValueError(f"more than {LARGEST // 2**20} MiB")
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    waiting, seen = [content], 0
    while waiting:
        node = waiting.pop()
        waiting += node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
        if (seen := seen + 1) > MOST:
            raise ValueError("anchors that repeat values without end")
    return content


def list_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Keys that define results and differ, as ``key: old -> new``."""
    before, after = _flat(name_all(old)), _flat(new)  # earlier versions kept dotted paths
    # Those of versions without supernets do not say their epochs.
    usual = {key: value for key, value in BEFORE.items() if key in after}
    before = {"epochs.supernet": 0, "epochs.trial": before.get("trainer.epochs"), **usual, **before}
    keys = [*after, *(key for key in before if key not in after)]
    return [
        f"{key.removesuffix(f'.{TARGET}')}: {_shown(before, key)} -> {_shown(after, key)}"
        for key in keys
        if not _is_free(key) and not _is_later(key, before, after)
        if key not in before or key not in after or before[key] != after[key]
    ]


def explain_mismatch(path: Path, changes: list[str]) -> str:
    """The message that refuses a run folder of another configuration."""
    listed = "".join(f"\n  {change}" for change in changes)
    final = "final, "
    if any(change.startswith("epochs.") for change in changes):  # trials of some samplers are final trainings
        listed, final = f"{listed}\n{EPOCHS}{_say_epochs(changes)}", ""
    return (
        f"run folder {path} belongs to another configuration (there -> now):{listed}\n"
        "Give the values it was started with to resume it, or start another search with run.name=NAME; "
        f"only trials, retry, stop, {final}runner, tracking, data.loading and the place of the data may change"
    )


def _say_epochs(changes: list[str]) -> str:
    """What gives the epochs of before, where nothing but these differs: another split, or a later version's."""
    if ORDER in changes:  # with it come the epochs of before
        return "; sampler.order=apart goes on as it began"
    pairs = [change.split(" -> ")[0].split(": ") for change in changes]
    if any(key not in SAID for key, _ in pairs):
        return ""
    return f"; {' '.join(f'{SAID[key]}={before}' for key, before in pairs)} gives those it has"


def _is_free(key: str) -> bool:
    return any(key == free or key.startswith(f"{free}.") for free in (*FREE, *PLACES))


def _is_later(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether an option came with a later version and is not made use of."""
    return key not in before and key in after and after[key] is None


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Values by dotted key; an empty mapping counts as a value."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            found.update(_flat(value, f"{prefix}{name}."))
        else:
            found[f"{prefix}{name}"] = value
    return found


def _shown(values: Mapping[str, Any], key: str) -> str:
    if key not in values:
        return "absent"
    value = values[key]
    return "null" if value is None else str(value)

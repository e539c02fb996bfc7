"""Stages and exchanges as JSON holds them, and back: the kind alone, or with its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from spaces.errors import PatternError
from spaces.pattern import exchange as exchanges
from spaces.pattern import mixing as mixings
from spaces.pattern.exchange import Exchange
from spaces.pattern.mixing import Mixing
from spaces.pattern.stage import Partition, Stage


def stage_to_json(stage: Stage) -> dict[str, Any]:
    """Groups as lists, and the mixing."""
    return {"groups": [list(group) for group in stage.groups], "mixing": _to_json(stage.mixing)}


def stage_from_json(data: Mapping[str, Any]) -> Stage:
    """Rebuild a stage.

    Raises:
        PatternError: an unknown kind or option of mixing, or groups that are no partition.
    """
    groups, mixing = tuple(tuple(group) for group in data["groups"]), data["mixing"]
    return _read_plain(groups, mixing) if isinstance(mixing, str) else _read(groups, mixing)


def _read(groups: Partition, mixing: Any) -> Stage:
    return Stage(groups, _from_json(mixings.KINDS, mixing, "mixing"))


_read_plain = lru_cache(maxsize=10_000)(_read)  # thousands of patterns are made of few stages


def exchange_to_json(exchange: Exchange) -> Any:
    """The kind alone, or with its options."""
    return _to_json(exchange)


def exchange_from_json(data: Any) -> Exchange:
    """Rebuild an exchange.

    Raises:
        PatternError: an unknown kind or option.
    """
    return _from_json(exchanges.KINDS, data, "exchange")


def _to_json(value: Mixing | Exchange) -> Any:
    options = {name: _unfreeze(option) for name, option in asdict(value).items()}
    return {"kind": value.kind, **options} if options else value.kind


def _from_json(kinds: Mapping[str, Any], data: Any, what: str) -> Any:
    kind, options = (data, {}) if isinstance(data, str) else (data["kind"], dict(data))
    options.pop("kind", None)
    if kind not in kinds:
        raise PatternError(f"{what} '{kind}' is unknown: want one of {', '.join(kinds)}")
    return kinds[kind](**{name: _freeze(option) for name, option in options.items()})


def _unfreeze(option: Any) -> Any:
    return [_unfreeze(each) for each in option] if isinstance(option, tuple) else option


def _freeze(option: Any) -> Any:
    return tuple(_freeze(each) for each in option) if isinstance(option, list) else option

"""A workspace for one image in plain loops: per head, per slot, per token."""

from __future__ import annotations

import math
from typing import Any

Rows = list[list[float]]


def attend(module: Any, tokens: list[Rows], slots: Rows) -> tuple[list[Rows], Rows]:
    """What each task reads, and the slots, for tokens (n, d) a task and slots to start from."""
    heads, width = module.heads, len(slots[0])
    part = width // heads
    own = [min(task, len(module.keys) - 1) for task in range(len(tokens))]
    keys, values, queries = (
        [_times(token, weights[own[task]].tolist()) for task, rows in enumerate(tokens) for token in rows]
        for weights in (module.keys, module.values, module.queries)
    )
    count = max(1, math.ceil(module.top_k * len(keys)))
    for _ in range(module.rounds):
        retrieved = [[0.0] * width for _ in slots]
        asked = [_times(slot, module.slot_queries.tolist()) for slot in slots]
        for head in range(heads):
            piece = slice(head * part, (head + 1) * part)
            for index, query in enumerate(asked):
                scores = [_dot(query[piece], key[piece]) / math.sqrt(part) for key in keys]
                best = sorted(range(len(keys)), key=lambda n, scores=scores: -scores[n])[:count]
                weights = _softmax([scores[n] for n in best])
                retrieved[index][piece] = _sum(weights, [values[n][piece] for n in best])
        slots = _updated(module.update, slots, retrieved)
    slot_keys = [_times(slot, module.slot_keys.tolist()) for slot in slots]
    slot_values = [_times(slot, module.slot_values.tolist()) for slot in slots]
    read = []
    for query in queries:
        row: list[float] = []
        for head in range(heads):
            piece = slice(head * part, (head + 1) * part)
            weights = _softmax([_dot(query[piece], key[piece]) / math.sqrt(part) for key in slot_keys])
            row += _sum(weights, [value[piece] for value in slot_values])
        read.append(row)
    n = len(tokens[0])
    return [read[task * n : (task + 1) * n] for task in range(len(tokens))], slots


def _updated(update: Any, slots: Rows, retrieved: Rows) -> Rows:
    kind = type(update).__name__
    if kind == "Overwrite":
        return retrieved
    after = []
    for slot, new in zip(slots, retrieved, strict=True):
        if kind == "Residual":
            both = [a + b for a, b in zip(slot, new, strict=True)]
            mean = sum(both) / len(both)
            variance = sum((each - mean) ** 2 for each in both) / len(both)
            scale, bias = update.norm.weight.tolist(), update.norm.bias.tolist()
            root = math.sqrt(variance + update.norm.eps)
            after.append([(e - mean) / root * s + b for e, s, b in zip(both, scale, bias, strict=True)])
        else:
            raw = _times([*slot, *new], update.gates.weight.T.tolist())
            gates = [1 / (1 + math.exp(-r - b)) for r, b in zip(raw, update.gates.bias.tolist(), strict=True)]
            d = len(slot)
            after.append([gates[i] * math.tanh(new[i]) + gates[d + i] * slot[i] for i in range(d)])
    return after


def _times(row: list[float], matrix: Rows) -> list[float]:
    return [sum(a * matrix[i][j] for i, a in enumerate(row)) for j in range(len(matrix[0]))]


def _dot(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _softmax(scores: list[float]) -> list[float]:
    powers = [math.exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


def _sum(weights: list[float], rows: Rows) -> list[float]:
    return [sum(w * row[i] for w, row in zip(weights, rows, strict=True)) for i in range(len(rows[0]))]

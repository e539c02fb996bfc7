"""The workspace (knowledge extraction module): tasks exchange through its few slots.

Zhang et al., "SGW-based multi-task learning in vision tasks" (ACCV 2024), equations from a digest, which leaves much
open; what is said here of projections, slots and updates is our choice, after the mechanism's origin (Goyal et al.
2022, "Coordination among neural modules through a shared global workspace") where it is known. Work grows linearly with
the tokens: every token meets the slots, never another token.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spaces.networks.modules.exchange.etf import make_frame

FRAME_SEED = 0  # one frame for all networks, so that it needs no search: our choice
EPS = 1e-6  # shortest length that is divided by; more than 0 in half precision too
LEARNED = 0.1  # where a learned broadcast weight starts
FACTOR, MOST = 10.0, 100.0  # that cosines count by, at the start and at most
REMEMBER = 1.0  # bias of the forget gate at the start, as at the mechanism's origin


class SlotProjection(nn.Module):
    """From a task's features at a scale to its tokens.

    With a frame the projected features are normalised and mapped by it: the stable variant, of which the digest says
    only that features enter the frame's space. Without the normalisation the linear maps around it would absorb it.

    Args:
        inputs: channels of the features.
        width: channels of the tokens.
        etf: vectors of the frame; 0 for none.
    """

    def __init__(self, inputs: int, width: int, etf: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, etf or width, bias=False)
        self.frame: Tensor | None
        self.register_buffer("frame", make_frame(etf, width, FRAME_SEED).to(self.linear.weight.device) if etf else None)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, inputs, H, W) -> (B, H W, width)``."""
        tokens = self.linear(features.flatten(2).transpose(1, 2))
        if self.frame is None:
            return tokens
        return F.normalize(tokens, dim=-1, eps=EPS) @ self.frame.T.to(tokens.dtype)


class SlotAttention(nn.Module):
    """Slots retrieve from the tokens of all tasks; every token reads back from the slots.

        retrieve   R' = softmax_topk((R W_qr)(F W_kr)' / sqrt(d)) F W_vr
        write      F' = softmax((F W_qw)(R' W_kw)' / sqrt(d)) R' W_vw

    Args:
        tasks: whose tokens come in.
        slots: of the workspace.
        width: of tokens and slots, in channels.
        heads: that the width is divided among.
        top_k: share of all tokens that a slot may attend to, at least one; the others are masked before the softmax.
        state: what slots start from: "learned", "identity", or "carried", which is learned where it starts.
        update: of the slots by what was retrieved: "overwrite", "residual" or "gated".
        rounds: of retrieving.
        tied: whether tasks share the weights that are applied to their tokens.
        starts: whether it is to have slots to start from; given ones, a last input, are read instead.
        norm: "none"; "tokens", which come normalised, as slots do before they ask; or "cosine", the same with queries
            and keys of length 1, whose products count by a learned factor a head (Liu et al. 2022, "Swin transformer
            V2", eq. 3; its bounds and start too).
    """

    def __init__(
        self,
        tasks: int,
        slots: int,
        width: int,
        heads: int,
        top_k: float,
        state: str,
        update: str,
        rounds: int,
        tied: bool,
        starts: bool,
        norm: str = "none",
    ) -> None:
        super().__init__()
        self.tasks, self.heads, self.top_k, self.rounds = tasks, heads, top_k, rounds
        own = 1 if tied else tasks
        self.keys, self.values, self.queries = (
            nn.Parameter(torch.stack([_draw_projection(width) for _ in range(own)])) for _ in range(3)
        )
        self.slot_queries, self.slot_keys, self.slot_values = (nn.Parameter(_draw_projection(width)) for _ in range(3))
        self.start: Tensor | None
        if starts and state != "identity":
            # Orthogonal, for slots that start alike attend to the same tokens for ever.
            self.start = nn.Parameter(_draw_orthogonal(slots, width))
        else:
            self.register_buffer("start", torch.eye(slots, width) if starts else None)
        # Modules of their own, so that attention can be looked at. Where tokens read, slots stand before them, for over
        # the few slots a softmax is three times as fast if they do not come last.
        self.retrieving, self.reading = nn.Softmax(-1), nn.Softmax(-2)
        plain = norm == "none"
        self.token_norm, self.slot_norm = (nn.Identity() if plain else nn.LayerNorm(width) for _ in range(2))
        self.match_tokens = Cosine(heads) if norm == "cosine" else multiply
        self.match_slots = Cosine(heads) if norm == "cosine" else multiply_scaled
        updates = {"overwrite": Overwrite, "residual": Residual, "gated": GatedUpdate}
        self.update = updates[update](width)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Tokens ``(B, n, width)`` a task[, slots] -> what is read ``(B, n, width)`` a task, and the slots."""
        tokens = self.token_norm(torch.stack(inputs[: self.tasks], 1))  # (B, T, n, d)
        if len(inputs) > self.tasks:  # also where weights tied over scales have a start, for the first of them
            slots = inputs[self.tasks]
        else:
            assert self.start is not None
            slots = self.start.to(tokens.dtype).expand(tokens.shape[0], -1, -1)  # len() would freeze an exported batch
        keys, values, queries = (self._split(self._project(tokens, w)) for w in (self.keys, self.values, self.queries))
        for _ in range(self.rounds):
            retrieved = self._attend(self.slot_norm(slots) @ self.slot_queries, keys, values, self.top_k)
            slots = self.update(slots, retrieved)
        written = self.slot_norm(slots)
        keys, values = self._split(written @ self.slot_keys), self._split(written @ self.slot_values)
        scores = self.match_slots(keys, queries)  # (B, h, L, T n)
        read = self._join(self.reading(scores).transpose(-1, -2) @ values)  # (B, T n, d)
        return (*read.unflatten(1, (self.tasks, -1)).unbind(1), slots)

    def _project(self, tokens: Tensor, weights: Tensor) -> Tensor:
        """``(B, T, n, d) -> (B, T n, d)``, by the tasks' own weights or by those of all."""
        return (tokens @ weights).flatten(1, 2)

    def _attend(self, queries: Tensor, keys: Tensor, values: Tensor, top_k: float) -> Tensor:
        queries = self._split(queries)
        # In single precision: equal halves would make the choice of the largest a matter of chance.
        with _keep_single_precision(queries.device.type):
            scores = self.match_tokens(queries.float(), keys.float())  # (B, h, L, T n)
        count = max(1, math.ceil(top_k * scores.shape[-1]))
        if count < scores.shape[-1]:
            largest = scores.topk(count, dim=-1, sorted=False)
            scores = torch.full_like(scores, -math.inf).scatter(-1, largest.indices, largest.values)
        return self._join(self.retrieving(scores).to(values.dtype) @ values)

    def _split(self, tokens: Tensor) -> Tensor:
        """``(B, n, d) -> (B, heads, n, d / heads)``."""
        return tokens.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def _join(self, tokens: Tensor) -> Tensor:
        return tokens.transpose(1, 2).flatten(2)


class Cosine(nn.Module):
    """How well queries and keys fit, by their cosines times a learned factor a head."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.log_factor = nn.Parameter(torch.full((heads, 1, 1), math.log(FACTOR)))

    def forward(self, queries: Tensor, keys: Tensor) -> Tensor:
        """``(B, heads, m, d), (B, heads, n, d) -> (B, heads, m, n)``."""
        factor = self.log_factor.clamp(max=math.log(MOST)).exp().to(queries.dtype)
        return factor * F.normalize(queries, dim=-1, eps=EPS) @ F.normalize(keys, dim=-1, eps=EPS).transpose(-1, -2)


class Overwrite(nn.Module):
    """The slots are what was retrieved, as published."""

    def __init__(self, width: int) -> None:
        super().__init__()

    def forward(self, slots: Tensor, retrieved: Tensor) -> Tensor:
        """``(B, slots, width)`` both."""
        return retrieved


class Residual(nn.Module):
    """What was retrieved is added to the slots, and both are normalised."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)

    def forward(self, slots: Tensor, retrieved: Tensor) -> Tensor:
        """``(B, slots, width)`` both."""
        return self.norm(slots + retrieved)


class GatedUpdate(nn.Module):
    """Input and forget gates a slot channel decide what of both is kept, as at the mechanism's origin."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gates = nn.Linear(2 * width, 2 * width)
        with torch.no_grad():
            self.gates.bias[:width] = 0.0
            self.gates.bias[width:] = REMEMBER

    def forward(self, slots: Tensor, retrieved: Tensor) -> Tensor:
        """``(B, slots, width)`` both."""
        taken, kept = self.gates(torch.cat((slots, retrieved), -1)).sigmoid().chunk(2, -1)
        return taken * torch.tanh(retrieved) + kept * slots


class SlotBroadcast(nn.Module):
    """What a task has read, brought back to its features and added to them.

    Args:
        width: of the tokens.
        outputs: channels of the features.
        weight: of what is added: "one" as published, "learned" from 0.1 on, "identity" learned from 0 on.
    """

    def __init__(self, width: int, outputs: int, weight: str) -> None:
        super().__init__()
        self.linear = nn.Linear(width, outputs, bias=False)
        starts = {"learned": LEARNED, "identity": 0.0}
        self.weight = nn.Parameter(torch.tensor(starts[weight])) if weight in starts else None

    def forward(self, features: Tensor, read: Tensor) -> Tensor:
        """``(B, outputs, H, W), (B, H W, width) -> (B, outputs, H, W)``."""
        heard = self.linear(read).transpose(1, 2).reshape(features.shape)
        return features + (heard if self.weight is None else self.weight * heard)


def multiply(queries: Tensor, keys: Tensor) -> Tensor:
    """How well ``(B, heads, m, d)`` and ``(B, heads, n, d)`` fit, ``(B, heads, m, n)``, as published."""
    return queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])


def multiply_scaled(queries: Tensor, keys: Tensor) -> Tensor:
    """The same in the order that is cheaper where the queries are few."""
    return queries / math.sqrt(queries.shape[-1]) @ keys.transpose(-1, -2)


def _keep_single_precision(device: str) -> AbstractContextManager[object]:
    """Keeps autocast, where the device has it, from halving single precision in a product."""
    return torch.autocast(device, enabled=False) if torch.amp.is_autocast_available(device) else nullcontext()


def _draw_projection(width: int) -> Tensor:
    """A square map in the scale that linear layers start in."""
    return nn.init.kaiming_uniform_(torch.empty(width, width), a=math.sqrt(5))


def _draw_orthogonal(slots: int, width: int) -> Tensor:
    return nn.init.orthogonal_(torch.empty(slots, width))

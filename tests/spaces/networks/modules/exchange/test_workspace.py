from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from spaces.networks.build import build
from spaces.networks.modules.exchange.workspace import (
    FACTOR,
    MOST,
    Cosine,
    SlotAttention,
    SlotBroadcast,
    SlotProjection,
)
from spaces.pattern.block import Block
from spaces.pattern.exchange import BROADCASTS, NORMS, STATES, TYINGS, UPDATES, NoExchange, Workspace
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Stage
from tests.references import workspace as reference
from tests.spaces.networks.mixes import FAMILY, OUTPUTS, SIZE, STAGES, TASKS

T, N, WIDTH, SLOTS = 3, 6, 8, 4


def attend(**changes: Any) -> SlotAttention:
    torch.manual_seed(0)
    options: dict[str, Any] = {
        "tasks": T,
        "slots": SLOTS,
        "width": WIDTH,
        "heads": 2,
        "top_k": 0.3,
        "state": "learned",
        "update": "overwrite",
        "rounds": 1,
        "tied": True,
        "starts": True,
    }
    return SlotAttention(**{**options, **changes})


def tokens(images: int = 2, seed: int = 1) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(images, N, WIDTH, generator=generator) for _ in range(T)]


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("update", UPDATES)
@pytest.mark.parametrize(("heads", "top_k", "rounds"), [(1, 0.05, 1), (2, 0.3, 2), (2, 1.0, 1), (4, 0.5, 3)])
def test_it_computes_what_the_slow_one_does(tied: bool, update: str, heads: int, top_k: float, rounds: int) -> None:
    module = attend(tied=tied, update=update, heads=heads, top_k=top_k, rounds=rounds).double()
    given = [each.double() for each in tokens(1)]
    *read, slots = module(*given)
    assert module.start is not None
    wanted, left = reference.attend(module, [each[0].tolist() for each in given], module.start.tolist())
    torch.testing.assert_close(slots[0], torch.tensor(left, dtype=torch.float64), atol=1e-6, rtol=1e-5)
    for mine, theirs in zip(read, wanted, strict=True):
        torch.testing.assert_close(mine[0], torch.tensor(theirs, dtype=torch.float64), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("norm", ["tokens", "cosine"])
def test_normalised_it_attends_alike_whatever_the_scale_of_the_tokens(norm: str) -> None:
    module = attend(norm=norm).double().eval()
    given = [each.double() for each in tokens()]
    read = module(*given)[0]
    torch.testing.assert_close(module(*(1000 * each for each in given))[0], read, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(attend().double()(*(1000 * each for each in given))[0], read, rtol=1e-2)


def test_cosines_count_by_a_learned_factor_a_head_that_stays_within_bounds() -> None:
    torch.manual_seed(0)
    cosine = Cosine(2)
    queries, keys = torch.randn(1, 2, 3, 4), torch.randn(1, 2, 5, 4)
    wanted = torch.nn.functional.cosine_similarity(queries.unsqueeze(3), keys.unsqueeze(2), dim=-1)
    torch.testing.assert_close(cosine(queries, keys), FACTOR * wanted)
    with torch.no_grad():
        cosine.log_factor[1] = 99.0
    torch.testing.assert_close(cosine(queries, keys)[:, 1], MOST * wanted[:, 1])
    torch.testing.assert_close(cosine(queries, keys)[:, 0], FACTOR * wanted[:, 0])


STARTS = [*((state, True) for state in STATES), ("carried", False)]


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("rounds", [1, 2])
@pytest.mark.parametrize("update", UPDATES)
@pytest.mark.parametrize(("state", "starts"), STARTS)
def test_every_parameter_gets_a_gradient(
    state: str, starts: bool, update: str, rounds: int, tied: bool, norm: str
) -> None:
    module = attend(state=state, update=update, tied=tied, starts=starts, rounds=rounds, norm=norm)
    carried = [] if starts else [torch.randn(2, SLOTS, WIDTH)]
    *read, _ = module(*tokens(), *carried)
    sum((each - 0.2).square().mean() for each in read).backward()
    dead = [name for name, p in module.named_parameters() if p.grad is None or not p.grad.any()]
    assert not dead


def test_a_slot_attends_to_a_share_of_the_tokens_and_at_least_one() -> None:
    for top_k, count in ((0.01, 1), (0.3, 6), (1.0, 18)):
        module = attend(heads=1, top_k=top_k, rounds=1)
        given = [each[:1].requires_grad_() for each in tokens()]
        slots = module(*given)[-1]
        slots[0, 0].sum().backward()
        # A value counts where its token was attended to; keys of others have no say.
        touched = sum(int((each.grad[0].abs().sum(-1) > 0).sum()) for each in given)
        assert touched == count


def test_all_tokens_are_attended_to_by_a_plain_softmax() -> None:
    module = attend(heads=1, top_k=1.0)
    given = tokens()
    together = torch.cat(given, 1)
    scores = (module.start @ module.slot_queries) @ (together @ module.keys[0]).transpose(1, 2) / WIDTH**0.5
    torch.testing.assert_close(module(*given)[-1], scores.softmax(-1) @ (together @ module.values[0]))


@pytest.mark.parametrize("update", UPDATES)
def test_tokens_are_chosen_in_single_precision_under_autocast(update: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen_by = []
    topk = torch.Tensor.topk
    monkeypatch.setattr(
        torch.Tensor, "topk", lambda scores, *args, **more: chosen_by.append(scores) or topk(scores, *args, **more)
    )
    module = attend(update=update, rounds=2)
    with torch.autocast("cpu", torch.bfloat16):
        made = module(*tokens())
    assert [scores.dtype for scores in chosen_by] == [torch.float32] * 2
    # Equal scores are what halves would bring; the dtype alone would not show a product that was halved before.
    assert not any(torch.equal(scores, scores.bfloat16().float()) for scores in chosen_by)
    assert all(bool(each.isfinite().all()) for each in made)


@pytest.mark.parametrize("tied", [True, False])
def test_work_grows_linearly_with_the_tokens(tied: bool) -> None:
    def macs(n: int) -> int:
        with torch.device("meta"):
            module, given = attend(tied=tied).requires_grad_(False), [torch.empty(1, n, WIDTH) for _ in range(T)]
        with FlopCounterMode(display=False) as counter:
            assert [each.shape for each in module(*given)] == [(1, n, WIDTH)] * T + [(1, SLOTS, WIDTH)]
        return counter.get_total_flops() // 2

    a_token = 3 * WIDTH**2 + 4 * SLOTS * WIDTH
    assert macs(64) == T * 64 * a_token + 3 * SLOTS * WIDTH**2
    assert macs(128) - macs(64) == T * 64 * a_token


def test_slots_start_apart_and_anew_for_every_image() -> None:
    module = attend(slots=4)
    assert module.start is not None
    gram = module.start.detach() @ module.start.detach().T
    torch.testing.assert_close(gram, torch.eye(4), atol=1e-5, rtol=0)
    both, alone = tokens(2), [each[:1] for each in tokens(2)]
    for one, other in zip(module(*both), module(*alone), strict=True):
        torch.testing.assert_close(one[:1], other)


def test_what_one_task_has_is_heard_by_the_others() -> None:
    module = attend(top_k=1.0)
    before = module(*tokens())
    changed = tokens()
    changed[0] = changed[0] + 1.0
    after = module(*changed)
    assert all(not torch.allclose(one, other) for one, other in zip(before[1:T], after[1:T], strict=True))


def test_carried_slots_are_read_instead_of_own_ones() -> None:
    module = attend(state="carried", update="residual", starts=False)
    assert module.start is None
    carried = torch.randn(2, SLOTS, WIDTH)
    assert not torch.allclose(module(*tokens(), carried)[0], module(*tokens(), 2 * carried)[0])


def test_tied_tasks_share_their_weights() -> None:
    assert attend(tied=True).keys.shape == (1, WIDTH, WIDTH)
    assert attend(tied=False).keys.shape == (T, WIDTH, WIDTH)


def test_projection_lays_pixels_out_as_tokens_row_by_row() -> None:
    torch.manual_seed(0)
    project = SlotProjection(5, WIDTH, 0)
    image = torch.rand(2, 5, 3, 4).to(memory_format=torch.channels_last)
    made = project(image)
    assert made.shape == (2, 12, WIDTH)
    torch.testing.assert_close(made[1, 1 * 4 + 2], project.linear(image[1, :, 1, 2]))


def test_the_frame_is_fixed_saved_and_makes_vectors_of_one_scale() -> None:
    torch.manual_seed(0)
    project = SlotProjection(5, WIDTH, 6)
    assert [name for name, _ in project.named_parameters()] == ["linear.weight"]
    assert project.linear.weight.shape == (6, 5)
    assert project.state_dict()["frame"].shape == (WIDTH, 6)
    made = project(torch.rand(2, 5, 3, 4))
    # A scaled isometry of what is left of a unit vector without its mean.
    assert float(made.detach().norm(dim=-1).max()) <= (6 / 5) ** 0.5 + 1e-5
    other = SlotProjection(5, WIDTH, 6)
    other.load_state_dict(project.state_dict())
    image = torch.rand(1, 5, 2, 2)
    assert torch.equal(other(image), project(image))


@pytest.mark.parametrize("precision", [torch.bfloat16, torch.float16])
def test_silent_features_do_not_divide_by_zero(precision: torch.dtype) -> None:
    project = SlotProjection(5, WIDTH, 6)
    with torch.autocast("cpu", precision):
        assert not project(torch.zeros(1, 5, 2, 2)).any()


@pytest.mark.parametrize("etf", [0, 6])
@pytest.mark.parametrize("weight", BROADCASTS)
def test_what_is_around_the_slots_learns(weight: str, etf: int) -> None:
    torch.manual_seed(0)
    project, module, broadcast = SlotProjection(5, WIDTH, etf), attend(), SlotBroadcast(WIDTH, 5, weight)
    if weight == "identity":
        # At 0 only the weight itself learns.
        torch.nn.init.constant_(broadcast.weight, 0.5)
    features = [torch.rand(2, 5, 2, 3) for _ in range(T)]
    *read, _ = module(*map(project, features))
    made = [broadcast(each, heard) for each, heard in zip(features, read, strict=True)]
    sum((each - 0.2).square().mean() for each in made).backward()
    parameters = torch.nn.ModuleList((project, module, broadcast)).named_parameters()
    assert not [name for name, p in parameters if p.grad is None or not p.grad.any()]


@pytest.mark.parametrize("weight", BROADCASTS)
def test_broadcast_adds_to_each_pixel_what_its_token_has_read(weight: str) -> None:
    torch.manual_seed(0)
    broadcast = SlotBroadcast(WIDTH, 5, weight)
    features, read = torch.rand(2, 5, 3, 4), torch.rand(2, 12, WIDTH)
    made = broadcast(features, read)
    factor = {"one": 1.0, "learned": 0.1, "identity": 0.0}[weight]
    torch.testing.assert_close(made[1, :, 2, 1], features[1, :, 2, 1] + factor * broadcast.linear(read[1, 2 * 4 + 1]))
    assert torch.equal(made, features) == (weight == "identity")
    assert (broadcast.weight is None) == (weight == "one")


@pytest.mark.parametrize("tying", TYINGS)
def test_slots_that_are_carried_act_in_a_whole_network(tying: str) -> None:
    """Weights that are tied over scales belong to one module, which must heed what comes in."""
    together = (Stage((TASKS,)),) * STAGES
    workspace = Workspace(slots=4, width=8, state="carried", tying=tying, update="residual")
    pattern = SharingPattern(together, (workspace, NoExchange(), workspace), together)
    network = build(pattern, FAMILY, OUTPUTS, 0).eval()
    images = torch.rand(1, 3, *SIZE)
    before = network(images)["depth"]
    plain = network.blend

    def spoiled(block: Block, inputs: tuple[torch.Tensor, ...], outputs: int) -> tuple[torch.Tensor, ...]:
        return plain(block, (*inputs[:T], *(each + torch.randn(each.shape) for each in inputs[T:])), outputs)

    network.blend = spoiled  # type: ignore[method-assign]
    assert not torch.allclose(network(images)["depth"], before)

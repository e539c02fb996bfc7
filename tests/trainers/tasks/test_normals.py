from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch

from spaces.errors import ConfigError, DataError
from tests.references import metrics as reference
from trainers.tasks import Normals, make_task
from trainers.tasks.decoding import in_parts


def _unit(seed: int, *shape: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(*shape, 3))
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@pytest.mark.parametrize("seed", range(3))
def test_metrics_equal_loops(seed: int) -> None:
    truth = _unit(seed, 3, 4, 5)
    truth[np.random.default_rng(seed).random((3, 4, 5)) < 0.2] = 0
    guess = truth + np.random.default_rng(seed + 9).normal(size=truth.shape) * 0.3
    task = Normals("n")
    measured = task.metrics(task.statistics(*(torch.from_numpy(a).movedim(-1, 1) for a in (guess, truth))))
    truths = [tuple(v) if any(v) else None for v in truth.reshape(-1, 3).tolist()]
    expected = reference.normals([tuple(v) for v in guess.reshape(-1, 3).tolist()], truths)
    assert measured == pytest.approx(expected)
    assert 0 < measured["within_11.25"] < measured["within_22.5"] < measured["within_30"] < 1


def test_small_angles_keep_their_digits() -> None:
    task, angle = Normals("n"), 1e-5
    truth = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64).view(1, 3, 1, 1)
    guess = torch.tensor([np.sin(angle), 0.0, np.cos(angle)], dtype=torch.float64).view(1, 3, 1, 1)
    assert task.metrics(task.statistics(guess, truth))["angle_deg"] == pytest.approx(np.degrees(angle), rel=1e-6)


def test_length_of_the_prediction_does_not_matter() -> None:
    task = Normals("n")
    truth = torch.from_numpy(_unit(0, 2, 4, 4)).movedim(-1, 1).float()
    guess = torch.from_numpy(_unit(1, 2, 4, 4)).movedim(-1, 1).float()
    torch.testing.assert_close(task.loss(guess, truth), task.loss(7 * guess, truth))
    torch.testing.assert_close(task.statistics(guess, truth), task.statistics(7 * guess, truth))
    assert task.loss(truth, truth).item() == pytest.approx(0, abs=1e-6)


def test_the_gradient_of_a_vanishing_prediction_is_bounded() -> None:
    guess = torch.zeros(1, 3, 1, 1, requires_grad=True)
    Normals("n").loss(guess, torch.tensor([0.0, 0.0, 1.0]).view(1, 3, 1, 1)).backward()
    assert guess.grad is not None
    assert torch.isfinite(guess.grad).all()
    assert guess.grad.abs().max() <= 1001


def test_a_mirror_turns_x_round() -> None:
    target = torch.tensor([[0.6, 0.0, -0.8], [0.0, 1.0, 0.0]]).T.reshape(1, 3, 1, 2)
    flipped = Normals("n").flip(target)
    torch.testing.assert_close(flipped[0, :, 0, 0], torch.tensor([0.0, 1.0, 0.0]))
    torch.testing.assert_close(flipped[0, :, 0, 1], torch.tensor([-0.6, 0.0, -0.8]))


@pytest.mark.parametrize("layout", [(0, 1, 2, 3), (0, 3, 1, 2)])
@pytest.mark.parametrize(
    ("encode", "spec"),
    [
        (lambda v: v, {}),
        (lambda v: np.round(v * 127).astype(np.int8), {"scale": 1 / 127}),
        (lambda v: np.round(v * 127.5 + 127.5).astype(np.uint8), {"scale": 2 / 255, "offset": -1}),
    ],
)
def test_decoding_gives_unit_vectors(layout: tuple[int, ...], encode: Any, spec: dict[str, float]) -> None:
    vectors = _unit(0, 4, 5, 6)
    decoded = Normals("n", **spec).decode(encode(vectors).transpose(layout), "here")
    assert decoded.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(decoded, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(decoded.transpose(0, 2, 3, 1), vectors, atol=0.02)


@pytest.mark.parametrize(
    "invalid", [255, [255, 255, 255], [[255, 255, 255]], [[1, 2, 3], [255, 255, 255]], [255.0, 255, 255]]
)
def test_decoding_marks_invalid_vectors(invalid: Any) -> None:
    raw = np.round(_unit(0, 1, 2, 3) * 127.5 + 127.5).astype(np.uint8)
    raw[0, 1, 2] = 255
    raw[0, 0, 0] = (255, 128, 128)  # one component like the mark is no mark
    decoded = make_task("n", {"kind": "normals", "scale": 2 / 255, "offset": -1, "invalid": invalid}).decode(raw, "x")
    assert (decoded[0, :, 1, 2] == 0).all()
    assert (np.abs(decoded).sum(1) > 0).sum() == 5


@pytest.mark.parametrize(
    ("raw", "spec", "message"),
    [
        (
            np.full((1, 1, 2, 3), [0, 0, -127], np.int8),
            {},
            "x.npz: vectors of median length 127 at scale: 1, offset: 0, want unit length "
            "(given: int8, shape (1, 1, 2, 3), values -127..0); say scale: 0.007874",
        ),
        (
            np.full((1, 1, 2, 3), [128, 128, 255], np.uint8),
            {},
            "x.npz: vectors of median length 313 at scale: 1, offset: 0, want unit length "
            "(given: uint8, shape (1, 1, 2, 3), values 128..255); "
            "say scale: 0.007843 (2/255) and offset: -1 if it holds 127.5 * (n + 1)",
        ),
        (
            np.array([[[[128, 128, 255], [128, 128, 255], [0, 0, 0]]]], np.uint8),
            {"scale": 2 / 255, "offset": -1, "invalid": []},
            "x.npz: vectors up to length 1.73 at scale: 0.00784314, offset: -1, want unit length (given: uint8, shape "
            "(1, 1, 3, 3), values 0..255); if it marks missing normals, say invalid: [0, 0, 0]",
        ),
        (
            np.full((1, 2, 2, 4), 255, np.uint8),
            {},
            "x.npz: wrong shape (given: uint8, shape (1, 2, 2, 4), values 255..255); want 3 values a pixel: "
            "(N, H, W, 3) or (N, 3, H, W); save it without an alpha channel",
        ),
        (
            np.array([[[[128, 128, 255], [128, 128, 255], [255, 255, 255]]]], np.uint8),
            {"scale": 2 / 255, "offset": -1},
            "x.npz: vectors up to length 1.73 at scale: 0.00784314, offset: -1, want unit length "
            "(given: uint8, shape (1, 1, 3, 3), values 128..255); "
            "if it marks missing normals, say invalid: [[0, 0, 0], [255, 255, 255]]",
        ),
        (
            np.zeros((1, 2, 2, 3)),
            {},
            "x.npz: no valid pixel (invalid values: [(0, 0, 0)]) "
            "(given: float64, shape (1, 2, 2, 3), values 0..0); check the array and the field 'invalid'",
        ),
        (
            np.ones((2, 4, 4)),
            {},
            "x.npz: wrong shape (given: float64, shape (2, 4, 4), values 1..1); "
            "want 3 values a pixel: (N, H, W, 3) or (N, 3, H, W)",
        ),
    ],
)
def test_bad_arrays(raw: np.ndarray, spec: dict[str, float], message: str) -> None:
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        Normals("n", **spec).decode(raw, "x.npz")


def test_huge_values_are_refused_and_not_overflown() -> None:
    with pytest.raises(DataError, match="want unit length"):
        Normals("n").decode(np.full((1, 2, 2, 3), 1e300), "x.npz")


@pytest.mark.parametrize("invalid", ["none", [0, 0], [[0, 0, 0], [1, 1]], True])
def test_bad_invalid_vectors(invalid: Any) -> None:
    message = f"tasks.n.invalid={invalid}: want a vector such as [0, 0, 0], or a list of vectors, or a number"
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}$"):
        make_task("n", {"kind": "normals", "invalid": invalid})


def test_answers_are_unit_vectors_of_the_same_direction() -> None:
    directions = torch.from_numpy(_unit(0, 2, 4, 5)).float()
    for length in (1e-9, 0.3, 1.0, 1e30):
        answer = make_task("n", {"kind": "normals"}).answer(length * directions.permute(0, 3, 1, 2))
        torch.testing.assert_close(answer, directions)
    assert (Normals("n").answer(torch.zeros(1, 3, 2, 2)) == 0).all()


GREY = {"scale": 2 / 255, "offset": -1}


def grey_and_noise() -> np.ndarray:
    raw = np.full((1, 4, 5, 3), (128, 128, 255), np.uint8)
    raw[0, 0], raw[0, 1] = 127, 128
    raw[0, 2] = 127 + np.random.default_rng(0).integers(-6, 7, (5, 3))
    return raw


def test_nearly_zero_vectors_are_missing() -> None:
    decoded = Normals("n", **GREY).decode(grey_and_noise(), "x")

    assert (decoded[0, :, :3] == 0).all()
    assert np.allclose(decoded[0, 2, 3], 1, atol=1e-4)


def test_how_short_is_an_option() -> None:
    raw = grey_and_noise()[:, [2, 3, 3]]

    assert np.allclose(np.linalg.norm(Normals("n", shortest=0, **GREY).decode(raw, "x"), axis=1), 1)
    assert not Normals("n", **GREY).decode(raw, "x")[0, :, 0].any()
    with pytest.raises(ConfigError, match=r"tasks\.n\.shortest=1: want a number from 0 to 0\.8"):
        Normals("n", shortest=1)


def test_a_part_may_be_all_nearly_zero_and_a_whole_not() -> None:
    task, raw = Normals("n", **GREY), np.full((1, 2, 2, 3), 127, np.uint8)
    with in_parts():
        assert not task.decode(raw, "x").any()
    with pytest.raises(DataError, match=r"vectors of median length 0\.00679 at scale"):
        task.decode(raw, "x")


def test_the_share_of_short_vectors_is_told() -> None:
    assert Normals("n", **GREY).remark([grey_and_noise(), grey_and_noise()]) == [
        "task 'n': 75 % of the vectors looked at are shorter than shortest = 0.2, at scale and offset, and count as "
        "missing"
    ]
    assert Normals("n").remark([_unit(0, 1, 2, 2)]) == []


def test_fingerprints_are_those_from_before_the_option() -> None:
    plain = "Normals(name='n', role='main', weight=1.0, scale=1.0, offset=0.0, invalid=((0, 0, 0),)"
    assert repr(Normals("n")) == f"{plain})"
    assert repr(Normals("n", shortest=0.3)) == f"{plain}, shortest=0.3)"


def test_axes_bring_components_to_right_down_and_forward() -> None:
    raw = np.array([[[[0.6, 0.0, 0.8], [0.0, 0.0, 0.0]]]])
    assert np.allclose(Normals("n", axes=("right", "up", "back")).decode(raw, "x")[0, :, 0, 0], [0.6, 0, -0.8])
    swapped = Normals("n", axes=("back", "down", "left")).decode(raw, "x")
    assert np.allclose(swapped[0, :, 0].T, [[-0.8, 0, -0.6], [0, 0, 0]])


@pytest.mark.parametrize(
    "axes", ["right up back", ["right", "up"], ["right", "left", "up"], ["x", "y", "z"], [1, 2, 3]]
)
def test_bad_axes(axes: Any) -> None:
    message = (
        f"tasks.n.axes={axes}: want three words, right or left, up or down, forward or back, such as [right, up, back]"
    )
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}$"):
        make_task("n", {"kind": "normals", "axes": axes})


def test_a_field_of_view_is_an_angle() -> None:
    assert make_task("n", {"kind": "normals", "field_of_view": 60}).field_of_view == 60  # type: ignore[attr-defined]
    with pytest.raises(ConfigError, match=r"tasks\.n\.field_of_view=0: want a number from 1 to 170"):
        Normals("n", field_of_view=0)

"""Made-up confirmations: networks of known means, seeds that shift all alike."""

from __future__ import annotations

from search.confirming.confirmation import Cell, Confirmation, Confirmed
from search.confirming.request import AS_SEARCHED
from tests.search.trials import TASKS

SEEDS = (500, 501, 502)
SHIFTS = {500: -0.01, 501: 0.0, 502: 0.01}
REFERENCE = {"segmentation.miou": 0.5, "depth.abs_err_m": 0.2, "normals.angle_deg": 20.0, "edges.f1": 0.4}


def measure(gain: float, shift: float = 0.0) -> dict[str, float]:
    """Metrics that are better than the single-task networks' by a share, and by a share of the seed."""
    factor = 1 + gain + shift
    return {
        name: value * (2 - factor if name.split(".")[1] in ("abs_err_m", "angle_deg") else factor)
        for name, value in REFERENCE.items()
    }


def make_member(
    number: int, gain: float, macs: float, searched: float, seeds: tuple[int, ...] = SEEDS, noise: float = 0.002
) -> Confirmed:
    """A network that is better by a share, with some noise of its own."""
    cells = {
        seed: Cell(
            measure(gain, SHIFTS[seed]),
            measure(gain - 0.01, SHIFTS[seed] + noise * ((number + turn) % 3 - 1)),
            macs,
            macs / 30,
        )
        for turn, seed in enumerate(seeds)
    }
    told = {"delta_mtl": searched, "macs": macs}
    return Confirmed(number, f"key{number}", told, {}, "whole training", cells, measure(searched / 100))


def make_confirmation(*members: Confirmed, scatter: float = 0.0) -> Confirmation:
    """With single-task networks that scatter by so large a share from seed to seed."""
    references = {seed: Cell(measure(0.0), measure(0.0, 100 * shift * scatter)) for seed, shift in SHIFTS.items()}
    return Confirmation(AS_SEARCHED, members, references)


assert {f"{task.name}.{task.headline}" for task in TASKS} == set(REFERENCE)

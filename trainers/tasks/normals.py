"""Surface normals in the camera frame: x right, one unit vector a pixel.

Canonical targets: ``(N, 3, H, W)`` float32 unit vectors, the zero vector where invalid; where ``axes`` are said their
frame is x right, y down, z forward, else x alone is known. Predictions: vectors of any length, only their direction
counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from spaces.fields import Fields
from trainers.tasks.axes import Axes, are_axes, turn_axes
from trainers.tasks.decoding import layers, may_be_empty, refuse
from trainers.tasks.looks import join_layers
from trainers.tasks.measures.measure import Measure, Measured
from trainers.tasks.measures.normals import measure_normals
from trainers.tasks.metric import Metric, ratio
from trainers.tasks.valid_values import find_extent, is_list, is_number, marked
from trainers.tasks.views import mirror, values_last

if TYPE_CHECKING:
    from torch import Tensor

THRESHOLDS = (11.25, 22.5, 30.0)
"""Degrees; the share of pixels below each is the convention of the NYUv2 literature (Fouhey et al. 2013)."""

SHORTEST = 1e-3
"""Predicted vectors shorter than this are not stretched to unit length in the loss: it bounds the gradient,
which grows as 1/length. Our choice."""

MISSING = 0.2
"""Stored vectors shorter than this are missing normals: grey that was rounded, or with the noise of compression. No
rounding shortens a unit vector so far, and the mean of directions that do has none. Our choice."""

LEAST = 1e-12
"""So short that it only saves the zero vector from 0/0."""


@dataclass(frozen=True)
class Normals(Measured):
    """1 - cosine over valid pixels; angles are exact over the split's valid pixels.

    The array is read as ``raw * scale + offset``, then brought to unit length.

    Args:
        scale: components per unit of the array; 1/127 for int8.
        offset: added after scaling; scale 2/255 and offset -1 for uint8.
        invalid: a vector of the array that marks missing normals, or a list of them, or one number for a
            vector of three equal components; NaN always does.
        shortest: vectors that are shorter, after scale and offset, are missing normals; 0 for the zero vector alone.
        axes: where the components of the array point: right or left, up or down, forward (away from the camera) or
            back, as [right, up, back] of OpenGL; None for x right, and y and z whichever way they point.
        field_of_view: of the camera, in degrees across the longer side of the image, where normals are compared with
            depth; None for the one under which they agree best.
    """

    scale: float = 1.0
    offset: float = 0.0
    invalid: tuple[tuple[float, float, float], ...] = ((0, 0, 0),)
    shortest: float = MISSING
    axes: Axes | None = None
    field_of_view: float | None = None

    kind: ClassVar[str] = "normals"
    headline: ClassVar[str] = "angle_deg"
    later: ClassVar[Mapping[str, Any]] = MappingProxyType({"shortest": MISSING, "axes": None, "field_of_view": None})

    def _check(self, fields: Fields) -> None:
        fields.number("scale", above=0)
        fields.number("offset")
        fields.number("shortest", low=0, high=0.8)  # unit vectors are as short as 0.9 by rounding and resizing
        if self.field_of_view is not None:
            fields.number("field_of_view", low=1, high=170)
        if are_axes(self.axes):
            self._set("axes", tuple(self.axes))
        elif self.axes is not None:
            want = "want three words, right or left, up or down, forward or back, such as [right, up, back]"
            fields.require(False, f"{self.group}.axes={self.axes}: {want}")
        vectors = _vectors(self.invalid)
        if vectors is None:
            want = "want a vector such as [0, 0, 0], or a list of vectors, or a number"
            fields.require(False, f"{self.group}.invalid={self.invalid}: {want}")
        else:
            self._set("invalid", vectors)

    def __repr__(self) -> str:
        """Fields that decide what is read, as fingerprints have had them since before ``shortest`` was one."""
        given = {each.name: getattr(self, each.name) for each in fields(self) if each.repr}
        shown = [f"{name}={value!r}" for name, value in given.items() if (name, value) not in self.later.items()]
        return f"{type(self).__qualname__}({', '.join(shown)})"

    @property
    def usual(self) -> tuple[Metric, ...]:
        """Mean angle, and the shares of pixels below three angles."""
        shares = (Metric(f"within_{limit:g}", "fraction", True) for limit in THRESHOLDS)
        return (Metric("angle_deg", "deg", False), *shares)

    @property
    def further(self) -> tuple[Measure, ...]:
        """Those of the literature."""
        return measure_normals(_angles)

    @property
    def channels(self) -> int:
        """The three components."""
        return 3

    def decode(self, array: np.ndarray, where: str) -> np.ndarray:
        """``(N, H, W, 3)`` or ``(N, 3, H, W)`` raw vectors -> ``(N, 3, H, W)`` float32 unit vectors."""
        raw = np.ascontiguousarray(layers(array, where, 3))  # planes, or every step below strides
        invalid = self._marked(raw)
        find_extent(raw, np.broadcast_to(invalid[:, None], raw.shape), array, where, self.invalid)
        vectors, length = self._measure(raw, invalid)
        short = ~invalid & (length < self.shortest)
        if short.any():
            if not (short | invalid).all():
                invalid = invalid | short
            elif may_be_empty():
                return np.zeros_like(vectors)
        self._check_lengths(array, where, length[~invalid] if invalid.any() else length, raw)
        length[length == 0] = 1
        vectors /= length[:, None]
        np.copyto(vectors, 0, where=invalid[:, None])
        return vectors if self.axes is None else turn_axes(vectors, self.axes)

    def remark(self, arrays: Sequence[np.ndarray]) -> list[str]:
        """How many vectors are missing for being short."""
        short = count = 0
        for array in arrays:
            raw = layers(array, "", 3)
            invalid = self._marked(raw)
            short += int((~invalid & (self._measure(raw, invalid)[1] < self.shortest)).sum())
            count += invalid.size
        if not short:
            return []
        return [
            f"task {self.name!r}: {100 * short / count:.2g} % of the vectors looked at are shorter than shortest = "
            f"{self.shortest:g}, at scale and offset, and count as missing"
        ]

    def _marked(self, raw: np.ndarray) -> np.ndarray:
        """Which vectors ``(N, 3, H, W)`` the field ``invalid`` names, ``(N, H, W)``."""
        invalid = np.asarray(marked(raw, ()).any(axis=1))
        for x, y, z in self.invalid:
            invalid |= marked(raw[:, 0], (x,)) & marked(raw[:, 1], (y,)) & marked(raw[:, 2], (z,))
        return invalid

    def _measure(self, raw: np.ndarray, invalid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Vectors at scale and offset, 0 where invalid, ``(N, 3, H, W)``, and their lengths, ``(N, H, W)``."""
        with np.errstate(over="ignore"):  # an infinite length is refused
            vectors = raw.astype(np.float32)
            vectors *= np.float32(self.scale)
            vectors += np.float32(self.offset)
            np.copyto(vectors, 0, where=invalid[:, None])
            length = np.square(vectors[:, 0])
            for channel in (1, 2):
                length += np.square(vectors[:, channel])
        return vectors, np.sqrt(length, out=length)

    def _check_lengths(self, array: np.ndarray, where: str, lengths: np.ndarray, raw: np.ndarray) -> None:
        if lengths.size == 0:
            return  # a part of a split in which nothing is valid
        # Rounding to 8 bits and resizing change lengths a little; 10 % at the median is our choice. A vector
        # longer than 1.5 is none: (255, 255, 255) read as (1, 1, 1) has length 1.73.
        longest, half = float(lengths.max()), lengths.size / 2
        read = f"scale: {self.scale:g}, offset: {self.offset:g}"
        middle = 1.0
        # quicker than finding the median
        if np.count_nonzero(lengths < 0.9) >= half or np.count_nonzero(lengths > 1.1) >= half:
            middle = float(np.median(lengths))
        if not 0.9 <= middle <= 1.1:
            mend = f"say scale: {self.scale / middle:.4g}" if middle else "say scale: 1"
            if array.dtype.kind == "u":
                most = np.iinfo(array.dtype).max
                mend = f"say scale: {2 / most:.4g} (2/{most}) and offset: -1 if it holds {most / 2:.1f} * (n + 1)"
            refuse(array, where, f"vectors of median length {middle:.3g} at {read}, want unit length", mend)
        if longest > 1.5:
            mend = f"if it marks missing normals, say invalid: {self._write_longest(raw)}"
            refuse(array, where, f"vectors up to length {longest:.3g} at {read}, want unit length", mend)

    def _write_longest(self, raw: np.ndarray) -> str:
        """The field ``invalid`` with the longest of the vectors ``(N, 3, H, W)`` that count."""
        invalid = self._marked(raw)
        lengths = self._measure(raw, invalid)[1]  # 0 where invalid
        vector = np.moveaxis(raw, 1, -1).reshape(-1, 3)[lengths.argmax()].tolist()
        return str([*map(list, self.invalid), vector] if self.invalid else vector)

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Mean of 1 - cosine."""
        valid = target.any(1)  # (B, H, W)
        cosine = (_unit(prediction.float(), SHORTEST) * target).sum(1)
        return ((1 - cosine) * valid).sum() / valid.sum().clamp(min=1)

    def usual_statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Sums ``(5,)``: valid pixels, angle [deg], pixels below 11.25, 22.5 and 30 degrees."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        angle, valid = _angles(prediction, target)
        below = [(valid & (angle < limit)).sum() for limit in THRESHOLDS]
        return torch.stack([valid.sum(), angle.sum(), *below])

    def usual_metrics(self, statistics: Tensor) -> dict[str, float]:
        """Means over the valid pixels."""
        count, *sums = statistics.tolist()
        return {metric.name: ratio(value, count) for metric, value in zip(self.usual, sums, strict=True)}

    def answer(self, prediction: Tensor) -> Tensor:
        """Unit vectors ``(B, H, W, 3)``."""
        return values_last(_unit(prediction.double(), LEAST).float())

    def flip(self, target: Tensor) -> Tensor:
        """A mirror turns the x component round."""
        return mirror(target) * target.new_tensor([-1, 1, 1]).view(1, 3, 1, 1)

    def find_invalid(self, targets: np.ndarray) -> np.ndarray:
        """Where it is 0, in all components."""
        return join_layers(targets == 0)

    def depict(self, targets: np.ndarray) -> np.ndarray:
        """Components as red, green and blue."""
        return np.moveaxis(targets, 1, -1) / 2 + 0.5

    def trivial(self, target: Tensor) -> Tensor:
        """Mean normal, the minimiser of the loss."""
        return _unit(target.mean((0, 2, 3)).view(1, 3, 1, 1), LEAST)


def _angles(prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Degrees from unit vectors ``(B, 3, H, W)``, 0 where not valid, and which are valid; both ``(B, H, W)``."""
    import torch  # torch: 1.5 s, configurations and data are checked without

    valid = target.any(1)
    truth = target.double()
    guess = _unit(prediction.double(), LEAST)
    # atan2 of half-angle chords: acos of a dot product loses half the digits near 0.
    half = torch.atan2(_length(guess - truth), _length(guess + truth)).squeeze(1)
    return torch.where(valid, torch.rad2deg(2 * half), 0), valid


def _length(vectors: Tensor, shortest: float = 0.0) -> Tensor:
    """Length along axis 1, kept, at least ``shortest``; ten times as fast as Tensor.norm on a CPU."""
    # Clamped before the root, whose gradient at 0 is infinite.
    return vectors.square().sum(1, keepdim=True).clamp(min=shortest**2).sqrt()


def _unit(vectors: Tensor, shortest: float) -> Tensor:
    """Vectors along axis 1 divided by their length."""
    return vectors / _length(vectors, shortest)


def _vectors(given: Any) -> tuple[tuple[float, float, float], ...] | None:
    """Coerce the field ``invalid``; None if it is malformed."""
    if given is None:
        return ()
    if is_number(given):
        return ((given, given, given),)
    if not is_list(given):
        return None
    if len(given) == 3 and all(map(is_number, given)):
        return (tuple(given),)
    if all(is_list(vector) and len(vector) == 3 and all(map(is_number, vector)) for vector in given):
        return tuple(tuple(vector) for vector in given)
    return None

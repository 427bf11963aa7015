"""Matrices in four bits a weight: groups of 32 share a scale, so that a transformer fits beside the linear model."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

GROUP = 32
"""Weights that share a scale."""
_MIDDLE = 8
"""The nibble that stands for zero."""
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Packed:
    """A matrix (rows, columns): `nibbles` (rows, columns / 2) and `scales` (rows, columns / 32).

    Of each group the first half of the weights stands in the low nibbles, the second in the high ones.
    """

    nibbles: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float16]

    @classmethod
    def of(cls, weights: Floats) -> Self:
        """The nearest that four bits can say. What was packed before comes out as it was."""
        groups = weights.reshape(len(weights), -1, GROUP)
        at = np.abs(groups).argmax(axis=-1)[..., None]
        # As the largest weight becomes -8, both ends of the range are used.
        scales = (np.take_along_axis(groups, at, -1) / -_MIDDLE).astype(np.float16)
        steps = scales.astype(np.float32)
        levels = np.divide(groups, steps, out=np.zeros_like(groups), where=steps != 0)
        nibbles = (np.clip(np.round(levels), -_MIDDLE, _MIDDLE - 1) + _MIDDLE).astype(np.uint8)
        packed = nibbles[..., : GROUP // 2] | nibbles[..., GROUP // 2 :] << np.uint8(4)
        return cls(packed.reshape(len(weights), -1), scales[..., 0])

    def unpacked(self, rows: npt.NDArray[np.int64] | slice = slice(None)) -> Floats:
        """The matrix, or some of its rows."""
        nibbles = self.nibbles[rows].reshape(-1, self.scales.shape[1], GROUP // 2)
        levels = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - _MIDDLE
        unpacked: Floats = (levels * self.scales[rows].astype(np.float32)[..., None]).reshape(len(nibbles), -1)
        return unpacked

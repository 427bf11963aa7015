"""Weights as a model file holds them: with little precision, so that they pack well."""

from typing import Any

import numpy as np
import numpy.typing as npt

_STEPS = 16
"""Between powers of two: each weight is off by at most 3 %."""
_LEAST = 0.6
"""Of a typical weight; what is smaller becomes zero. On what is kept back no figure changes in its third digit."""


def coarse(weights: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float32]:
    """The weights rounded to a few digits, and to zero where they are small beside the others."""
    there = weights[weights != 0]
    least = _LEAST * float(np.sqrt(np.mean(np.square(there)))) if there.size else 0.0
    mantissas, exponents = np.frexp(np.where(np.abs(weights) < least, 0.0, weights))
    rounded: npt.NDArray[np.float32] = np.ldexp(np.round(mantissas * _STEPS) / _STEPS, exponents).astype(np.float32)
    return rounded

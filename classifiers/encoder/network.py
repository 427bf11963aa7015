"""The encoder's arithmetic in NumPy: numbers of pieces in, one vector a piece out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from classifiers.encoder.packed import Packed

Floats: TypeAlias = npt.NDArray[np.float32]
Arrays: TypeAlias = Mapping[str, npt.NDArray[np.generic]]
HEAD_WIDTH = 32
"""Dimensions of one attention head."""
_TINY = np.float32(1e-12)
_CUBE = np.float32(0.044715)
_ROOT = np.float32(np.sqrt(2 / np.pi))
MATRICES = ("query", "key", "value", "mixed", "wide", "narrow")
"""The matrices of a layer: three that attention compares and weighs by, one that mixes its heads, two of the
feed-forward step."""


@dataclass(frozen=True, slots=True)
class _Layer:
    attention: Floats
    """Queries, keys and values side by side: (width, 3 width)."""
    attention_shift: Floats
    mixed: Floats
    mixed_shift: Floats
    norm: tuple[Floats, Floats]
    wide: Floats
    wide_shift: Floats
    narrow: Floats
    narrow_shift: Floats
    last_norm: tuple[Floats, Floats]


class Network:
    """The weights of an encoder, ready to be used: matrices unpacked, and what tuning added to them added.

    `arrays` are as `fit.py` writes them. `width` is the length of the vectors, `longest` the most pieces it takes.
    Raises `KeyError` where an array is missing and `ValueError` where shapes don't fit.
    """

    def __init__(self, arrays: Arrays) -> None:
        self._pieces = _packed(arrays, "pieces")
        self._places = _floats(arrays, "places")
        self._norm = _norm(arrays, "norm")
        self.longest, self.width = self._places.shape
        count = 1 + max(int(name.split(".")[1]) for name in arrays if name.startswith("layer."))
        self._layers = [_layer(arrays, f"layer.{at}") for at in range(count)]

    def __call__(self, pieces: npt.NDArray[np.int64]) -> Floats:
        """One vector for each piece, knowing of all others: (pieces, width)."""
        state = _normed(self._pieces.unpacked(pieces) + self._places[: len(pieces)], self._norm)
        for layer in self._layers:
            state = self._through(layer, state)
        return state

    def _through(self, layer: _Layer, state: Floats) -> Floats:
        count = len(state)
        compared = (state @ layer.attention + layer.attention_shift).reshape(count, 3, -1, HEAD_WIDTH)
        queries, keys, values = compared.transpose(1, 2, 0, 3)
        likeness = queries @ keys.transpose(0, 2, 1) / np.float32(np.sqrt(HEAD_WIDTH))
        shares = np.exp(likeness - likeness.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        gathered = (shares @ values).transpose(1, 0, 2).reshape(count, -1)
        state = _normed(state + gathered @ layer.mixed + layer.mixed_shift, layer.norm)
        return _normed(
            state + _bent(state @ layer.wide + layer.wide_shift) @ layer.narrow + layer.narrow_shift, layer.last_norm
        )


def _bent(values: Floats) -> Floats:
    """GELU by its usual approximation."""
    bent: Floats = 0.5 * values * (1 + np.tanh(_ROOT * (values + _CUBE * values * values * values)))
    return bent


def _normed(state: Floats, norm: tuple[Floats, Floats]) -> Floats:
    centred = state - state.mean(axis=-1, keepdims=True)
    scale, shift = norm
    normed: Floats = centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + _TINY) * scale + shift
    return normed


def _layer(arrays: Arrays, name: str) -> _Layer:
    matrices = {matrix: _matrix(arrays, f"{name}.{matrix}") for matrix in MATRICES}
    shifts = {matrix: _floats(arrays, f"{name}.{matrix}.shift") for matrix in MATRICES}
    return _Layer(
        attention=np.hstack([matrices[part] for part in ("query", "key", "value")]),
        attention_shift=np.concatenate([shifts[part] for part in ("query", "key", "value")]),
        mixed=matrices["mixed"],
        mixed_shift=shifts["mixed"],
        norm=_norm(arrays, f"{name}.norm"),
        wide=matrices["wide"],
        wide_shift=shifts["wide"],
        narrow=matrices["narrow"],
        narrow_shift=shifts["narrow"],
        last_norm=_norm(arrays, f"{name}.last_norm"),
    )


def _matrix(arrays: Arrays, name: str) -> Floats:
    """(from, to): the packed matrix, stored (to, from), and the product of two thin ones that tuning added."""
    whole = _packed(arrays, name).unpacked() + _floats(arrays, f"{name}.up") @ _floats(arrays, f"{name}.down")
    return np.ascontiguousarray(whole.T)


def _packed(arrays: Arrays, name: str) -> Packed:
    return Packed(np.asarray(arrays[f"{name}.nibbles"], np.uint8), np.asarray(arrays[f"{name}.scales"], np.float16))


def _floats(arrays: Arrays, name: str) -> Floats:
    return np.asarray(arrays[name], np.float32)


def _norm(arrays: Arrays, name: str) -> tuple[Floats, Floats]:
    return _floats(arrays, f"{name}.scale"), _floats(arrays, f"{name}.shift")

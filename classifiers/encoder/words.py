"""A post's words as pieces that the encoder knows, by SentencePiece; each word is cut alone and once."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from sentencepiece import SentencePieceProcessor

from classifiers.text import LONGEST_POST

BEGIN, END = 1, 2
"""The pieces before and after a post; 0 is what no piece can spell."""
_WORD = re.compile(r"\S+")
_LINK = re.compile(r"https?://|www\.")
_HANDLE = re.compile(r"[\"'(«“]*@\w[\w.\-@]*")
_JOINERS = str.maketrans({"\u200c": " ", "\u200d": None, "\u0640": None})


@dataclass(frozen=True, slots=True)
class Spelled:
    """A post in pieces, between `BEGIN` and `END`."""

    pieces: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    """Where in the post the word of each piece starts; -1 for the pieces around it."""
    ends: npt.NDArray[np.int64]


class Speller:
    """Cuts posts into at most `longest` pieces. `model` is SentencePiece's own format.

    Raises `RuntimeError` where it is not.
    """

    def __init__(self, model: bytes, longest: int) -> None:
        processor = SentencePieceProcessor(model_proto=model)
        self._longest = longest - 2

        @lru_cache(maxsize=50_000)
        def cut(word: str) -> list[int]:
            return [int(piece) for piece in processor.encode(plain(word))]

        self._cut = cut

    def spell(self, text: str) -> Spelled:
        """The pieces of a post; what is too long is cut off."""
        pieces, starts, ends = [BEGIN], [-1], [-1]
        for word in _WORD.finditer(text, 0, LONGEST_POST):
            cut = self._cut(word.group())
            room = self._longest + 1 - len(pieces)
            pieces += cut[:room]
            starts += [word.start()] * len(cut[:room])
            ends += [word.end()] * len(cut[:room])
            if len(cut) >= room:
                break
        return Spelled(np.array([*pieces, END]), np.array([*starts, -1]), np.array([*ends, -1]))


def plain(word: str) -> str:
    """A word as the encoder reads it: which link or whose handle does not matter."""
    if _LINK.match(word):
        return "link"
    return unicodedata.normalize("NFKC", _HANDLE.sub("@", word, count=1)).translate(_JOINERS)

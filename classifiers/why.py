"""The words that moved a verdict. The model is linear, so their weights add up to its log-odds exactly."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from sklearn.utils import murmurhash3_32

from cases.verdicts import Clue
from classifiers.text import Token, pieces

_MOST = 6


@lru_cache(maxsize=50_000)
def _bucket(feature: str, buckets: int) -> int:
    """Where `HashingVectorizer` counts a feature."""
    return abs(int(murmurhash3_32(feature, seed=0))) % buckets


@lru_cache(maxsize=50_000)
def _own_buckets(form: str, buckets: int) -> tuple[int, ...]:
    return tuple(_bucket(piece, buckets) for piece in pieces(form))


def contributions(
    post: Sequence[Token], columns: npt.NDArray[np.intp], weights: npt.NDArray[np.float64], buckets: int
) -> npt.NDArray[np.float64]:
    """What each token adds to the log-odds; together with the intercept they are the log-odds.

    `columns` and `weights` are the post's filled buckets in ascending order and what each adds. A bucket's weight is
    shared by its occurrences, a pair's by its two words.
    """
    places: list[int] = []
    owners: list[int] = []
    shares: list[float] = []
    for at, token in enumerate(post):
        own = _own_buckets(token.form, buckets)
        places += own
        owners += [at] * len(own)
        shares += [1.0] * len(own)
    forms = ["<start>", *(token.form for token in post), "<end>"]
    for at in range(len(forms) - 1):
        pair = _bucket(f"b {forms[at]} {forms[at + 1]}", buckets)
        sides = [side for side in (at - 1, at) if 0 <= side < len(post)]
        places += [pair] * len(sides)
        owners += sides
        shares += [1.0 / len(sides)] * len(sides)
    if not post:
        return np.zeros(0)
    slots = np.searchsorted(columns, places)
    share = np.asarray(shares)
    occurrences = np.bincount(slots, weights=share, minlength=len(columns))
    each = weights[slots] / occurrences[slots] * share
    added: npt.NDArray[np.float64] = np.bincount(owners, weights=each, minlength=len(post)).astype(np.float64)
    return added


def clues(text: str, post: Sequence[Token], added: npt.NDArray[np.float64]) -> tuple[Clue, ...]:
    """The few words that weighed most, strongest first, as spans of the post."""
    spans: dict[tuple[int, int], float] = {}
    for token, weight in zip(post, added, strict=True):
        spans[token.start, token.end] = spans.get((token.start, token.end), 0.0) + float(weight)
    strongest = sorted(spans.items(), key=lambda item: (-abs(item[1]), item[0]))[:_MOST]
    return tuple(Clue(text[start:end], round(weight, 4), start, end) for (start, end), weight in strongest)

"""The fitted pipeline, unrolled for single posts: the same log-odds, and each token's part in them.

The pipeline is linear, so the parts add up to the log-odds exactly. Words come again and again, so their buckets are
remembered, which makes this some times quicker than the pipeline itself.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from sklearn.pipeline import Pipeline
from sklearn.utils import murmurhash3_32

from classifiers.complaint import SIGNAL_WEIGHT
from classifiers.reading import Reading
from classifiers.signals import SIGNALS, signal_hits
from classifiers.text import Token, pairs, pieces

Floats = npt.NDArray[np.float64]


class LinearScorer:
    """Log-odds by token, from the weights of a fitted `complaint_classifier`."""

    def __init__(self, pipeline: Pipeline) -> None:
        union, regression = pipeline[0], pipeline[-1]
        rarity = union["words"][-1].idf_
        buckets = len(rarity)
        weights = regression.coef_[0].astype(np.float64)
        self._weights: Floats = weights[:buckets]
        self._rarity: Floats = rarity.astype(np.float64)
        self._signals = dict(zip(SIGNALS, (weights[buckets:] * SIGNAL_WEIGHT).tolist(), strict=True))
        self.intercept = float(regression.intercept_[0])

        @lru_cache(maxsize=50_000)
        def own(form: str) -> npt.NDArray[np.int64]:
            return np.array([_bucket(piece, buckets) for piece in pieces(form)], dtype=np.int64)

        @lru_cache(maxsize=50_000)
        def pair(feature: str) -> int:
            return _bucket(feature, buckets)

        self._own = own
        self._pair = pair

    def parts(self, reading: Reading) -> Floats:
        """What each token of a post adds to the log-odds, the intercept left out.

        A pair's weight goes half to each side, a signal's in equal shares to where it was heard.
        """
        if not reading.tokens:
            return np.zeros(0)
        parts = self._of_words(reading.tokens)
        for name, hits in signal_hits(reading).items():
            for hit in hits:
                parts[hit.first : hit.last + 1] += self._signals[name] / len(hits) / (hit.last + 1 - hit.first)
        return parts

    def _of_words(self, post: Sequence[Token]) -> Floats:
        forms = [token.form for token in post]
        own = [self._own(form) for form in forms]
        sizes = [len(places) for places in own]
        between = np.array([self._pair(feature) for feature in pairs(forms)], dtype=np.int64)
        places = np.concatenate([*own, between])
        columns, slots, counts = np.unique(places, return_inverse=True, return_counts=True)
        values = (1.0 + np.log(counts)) * self._rarity[columns]
        scale = np.sqrt(values @ values)
        each = (values * self._weights[columns] / (counts * scale))[slots]
        split = len(places) - len(between)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        parts: Floats = np.add.reduceat(each[:split], starts)
        halves = each[split:] / 2
        parts += halves[:-1] + halves[1:]
        parts[0] += halves[0]
        parts[-1] += halves[-1]
        return parts


def _bucket(feature: str, buckets: int) -> int:
    """Where `HashingVectorizer` counts a feature."""
    return abs(int(murmurhash3_32(feature, seed=0))) % buckets

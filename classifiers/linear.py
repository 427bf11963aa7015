"""The fitted pipelines, unrolled for single posts: the same scores, and each token's part in them.

For one post a mixture of experts is linear, so the parts add up to the log-odds exactly. Words come again and again, so
their buckets are remembered, which makes this some times quicker than the pipeline itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils import murmurhash3_32

from classifiers.complaint import SIGNAL_WEIGHT
from classifiers.reading import Reading
from classifiers.signals import SIGNALS, signal_hits
from classifiers.text import pairs, runs

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int64]
_AT = {name: at for at, name in enumerate(SIGNALS)}


@dataclass(frozen=True, slots=True)
class Row:
    """What a vectorizer makes of one post, feature by feature as it stands there.

    A feature that stands there several times has its value shared out. `first` and `last` are the tokens it came from:
    one, or two neighbours of which each has half.
    """

    columns: Places
    values: Floats
    first: Places
    last: Places

    def by_token(self, each: Floats, tokens: int) -> Floats:
        """What the features have, by the tokens they came from; a cue of several words goes to its ends."""
        summed: Floats = (np.bincount(self.first, each, tokens) + np.bincount(self.last, each, tokens)) / 2
        return summed


class Vectorizer:
    """A fitted `vectorizer` for one post at a time."""

    def __init__(self, union: FeatureUnion) -> None:
        self._words: Floats = union["words"][-1].idf_.astype(np.float64)
        self._runs: Floats = union["runs"][-1].idf_.astype(np.float64)
        words, of_runs = len(self._words), len(self._runs)
        self.buckets = words, of_runs
        self._signals_from = words + of_runs
        # To count in; only the places of the post at hand mean anything.
        self._counts: Floats = np.zeros(max(words, of_runs))

        @lru_cache(maxsize=50_000)
        def word(feature: str) -> int:
            return _bucket(feature, words)

        @lru_cache(maxsize=50_000)
        def within(form: str) -> Places:
            return np.array([_bucket(run, of_runs) for run in runs(form)], dtype=np.int64)

        self._word = word
        self._within = within

    def row(self, reading: Reading) -> Row:
        """The row of one post; it is empty for a post without tokens."""
        forms = [token.form for token in reading.tokens]
        if not forms:
            return _row([], [], [], [])
        at = np.arange(len(forms))
        words = np.array([self._word(f"w {form}") for form in forms] + [self._word(pair) for pair in pairs(forms)])
        within = [self._within(form) for form in forms]
        found = np.concatenate(within)
        owners = np.repeat(at, [len(places) for places in within])
        cues = self._cues(reading)
        return Row(
            np.concatenate([words, found + len(self._words), cues.columns]),
            np.concatenate(
                [_values(words, self._words, self._counts), _values(found, self._runs, self._counts), cues.values]
            ),
            np.concatenate([at, at[:1], at, owners, cues.first]),
            np.concatenate([at, at, at[-1:], owners, cues.last]),
        )

    def _cues(self, reading: Reading) -> Row:
        """Signals, each in equal shares where it was heard and there half at the first and half at the last token."""
        heard = [
            (_AT[name], SIGNAL_WEIGHT / len(hits), hit.first, hit.last)
            for name, hits in signal_hits(reading).items()
            for hit in hits
        ]
        columns, values, first, last = zip(*heard, strict=True) if heard else ((), (), (), ())
        return _row([column + self._signals_from for column in columns], values, first, last)


class LinearScorer:
    """Log-odds by token, from the weights of a fitted `complaint_classifier`."""

    def __init__(self, pipeline: Pipeline) -> None:
        mixture = pipeline[-1]
        self._count = len(mixture.kinds_)
        # One line a feature: what a post needs of it lies together in memory.
        self._weights = np.ascontiguousarray(np.vstack([mixture.coef_, mixture.gate_coef_]).T.astype(np.float32))
        self._intercepts: Floats = mixture.intercept_.astype(np.float64)
        self._gate: Floats = mixture.gate_intercept_.astype(np.float64)

    def judge(self, row: Row, tokens: int) -> tuple[float, Floats]:
        """The log-odds of a complaint, and what each of a post's tokens adds to them; the rest is the intercept.

        A pair's weight goes half to each side, and so does that of a cue of several words to its ends.
        """
        weights = self._weights[row.columns].astype(np.float64)
        shares = shares_of(row.values @ weights[:, self._count :] + self._gate)
        each = row.values * (weights[:, : self._count] @ shares)
        return float(each.sum() + shares @ self._intercepts), row.by_token(each, tokens)


def shares_of(scores: Floats) -> Floats:
    """Softmax of one row; SciPy's takes many times as long for so few numbers."""
    raised = np.exp(scores - scores.max())
    shares: Floats = raised / raised.sum()
    return shares


def _row(columns: Sequence[int], values: Sequence[float], first: Sequence[int], last: Sequence[int]) -> Row:
    return Row(
        np.array(columns, dtype=np.int64),
        np.array(values, dtype=np.float64),
        np.array(first, dtype=np.int64),
        np.array(last, dtype=np.int64),
    )


def _values(columns: Places, rarity: Floats, counts: Floats) -> Floats:
    """The TF-IDF values, sublinear and of length 1, of features as they stand in a post.

    `counts` is room for a number for each bucket, whatever it holds: counting there spares sorting the features.
    """
    counts[columns] = 0.0
    np.add.at(counts, columns, 1.0)
    times = counts[columns]
    values = (1.0 + np.log(times)) * rarity[columns] / times
    length = np.sqrt((values * values * times).sum())
    shared: Floats = values / (length or 1.0)
    return shared


def _bucket(feature: str, buckets: int) -> int:
    """Where `HashingVectorizer` counts a feature."""
    return abs(int(murmurhash3_32(feature, seed=0))) % buckets

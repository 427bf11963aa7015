"""The complaint verdict on a set of posts: precision, recall and their kin, each with a confidence interval."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifiers.corpora import Example
from classifiers.measures.bootstrap import DRAWS, Floats, Interval, blocks_of, bootstrap, unbiased

RARE = 0.05
"""The share of complaints among mentions of a brand that is told as realistic."""
TOWARDS_A_BRAND = 0.3
"""The share of complaints for which the aims on hand-written posts are set."""
_BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled post with its verdict."""

    example: Example
    probability: float
    said: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of one set of posts. Precision, recall and F1 are those of complaints.

    `blocks` is how many groups, or single posts, the intervals were drawn from. `precision_if_rare` and
    `precision_at_30` are what precision would be if 5 % or 30 % of the posts were complaints, with the recall and the
    rate of false alarms seen here. `calibration_error` is the expected one in ten bins of equal width; None where the
    scores are no probabilities.
    """

    name: str
    posts: int
    complaints: int
    blocks: int
    precision: Interval
    recall: Interval
    f1: Interval
    macro_f1: Interval
    average_precision: Interval
    calibration_error: Interval | None
    precision_if_rare: Interval
    precision_at_30: Interval


def score(name: str, posts: Sequence[Judged], *, calibrated: bool = True, seed: int = 0, draws: int = DRAWS) -> Scores:
    """The figures of some posts, each source among them counting the same."""
    strata = [post.example.source for post in posts]
    blocks = blocks_of([post.example.group for post in posts], strata)
    labels = np.array([post.example.complaint for post in posts])
    statistic = _Verdicts(
        labels,
        np.array([post.probability for post in posts]),
        np.array([post.said for post in posts]),
        _equal(strata),
    )
    precision, recall, f1, macro_f1, rare, usual, average, gap = bootstrap(
        statistic, blocks, strata, seed=seed, draws=draws
    )
    return Scores(
        name=name,
        posts=len(posts),
        complaints=int(labels.sum()),
        blocks=len(set(blocks)),
        precision=precision,
        recall=recall,
        f1=f1,
        macro_f1=macro_f1,
        average_precision=average,
        calibration_error=unbiased(gap) if calibrated else None,
        precision_if_rare=rare,
        precision_at_30=usual,
    )


def _equal(strata: Sequence[str]) -> Floats:
    """Weights of mean 1 that make sources count the same."""
    sizes = Counter(strata)
    return np.array([len(strata) / (len(sizes) * sizes[stratum]) for stratum in strata])


class _Verdicts:
    """The statistic of one set of posts: eight figures for each row of weights."""

    def __init__(
        self, labels: npt.NDArray[np.bool_], probabilities: Floats, said: npt.NDArray[np.bool_], base: Floats
    ) -> None:
        self._base = base
        self._cells = np.stack([labels & said, ~labels & said, labels & ~said, ~labels & ~said], axis=1).astype(float)
        self._order = np.argsort(-probabilities, kind="stable")
        self._labels = labels[self._order].astype(float)
        falling = probabilities[self._order]
        self._ends = np.flatnonzero(np.diff(falling, append=-np.inf))
        bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
        self._gaps = np.eye(_BINS)[bins] * (probabilities - labels)[:, None]

    def __call__(self, weights: Floats) -> Floats:
        weighted = weights * self._base
        with np.errstate(divide="ignore", invalid="ignore"):
            hit, alarm, miss, rest = (weighted @ self._cells).T
            recall = hit / (hit + miss)
            alarms = alarm / (alarm + rest)
            f1, other = 2 * hit / (2 * hit + alarm + miss), 2 * rest / (2 * rest + alarm + miss)
            figures = [
                np.nan_to_num(hit / (hit + alarm)),
                recall,
                f1,
                (f1 + other) / 2,
                np.nan_to_num(recall * RARE / (recall * RARE + alarms * (1 - RARE))),
                np.nan_to_num(recall * TOWARDS_A_BRAND / (recall * TOWARDS_A_BRAND + alarms * (1 - TOWARDS_A_BRAND))),
                self._average_precision(weighted),
                np.abs(weighted @ self._gaps).sum(axis=1) / weighted.sum(axis=1),
            ]
        return np.stack(figures, axis=1)

    def _average_precision(self, weighted: Floats) -> Floats:
        """The mean of precision over recall, one step for each probability that occurs."""
        ordered = weighted[:, self._order]
        hits = np.cumsum(ordered * self._labels, axis=1)[:, self._ends]
        precision = np.nan_to_num(hits / np.cumsum(ordered, axis=1)[:, self._ends])
        steps = np.diff(hits, axis=1, prepend=0.0)
        mean: Floats = (steps * precision).sum(axis=1) / hits[:, -1]
        return mean

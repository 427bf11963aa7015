"""Confidence intervals by bootstrap: posts are drawn again with replacement, in blocks where they come in groups."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""From weights, one row a draw and one column a post, to values: one row a draw, one column a figure."""

DRAWS = 1_000
_AT_A_TIME = 50
_LARGEST_SHARE = 0.2
_ENDS = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % confidence interval."""

    value: float
    low: float
    high: float


def blocks_of(groups: Sequence[str], strata: Sequence[str]) -> list[str]:
    """What is drawn as a whole: the groups of a stratum, or each post where one group holds more than a fifth of it.

    With so few groups their resampling says nothing; the interval is then one for more posts of the same groups.
    """
    sizes = Counter(zip(strata, groups, strict=True))
    totals = Counter(strata)
    coarse = {stratum for (stratum, _), size in sizes.items() if size > _LARGEST_SHARE * totals[stratum]}
    return [
        f"{stratum} {at if stratum in coarse else group}"
        for at, (stratum, group) in enumerate(zip(strata, groups, strict=True))
    ]


def bootstrap(
    statistic: Statistic, blocks: Sequence[str], strata: Sequence[str], *, seed: int = 0, draws: int = DRAWS
) -> list[Interval]:
    """The figures of a statistic, each with its percentile interval; blocks are drawn within their stratum.

    The same seed gives the same intervals. A draw in which a figure is not defined (NaN) is left out for that figure.
    """
    value = statistic(np.ones((1, len(blocks))))[0]
    drawn = np.concatenate([statistic(weights) for weights in _draws(blocks, strata, seed, draws)])
    found = []
    for at, figure in enumerate(value):
        defined = drawn[:, at][~np.isnan(drawn[:, at])]
        low, high = np.quantile(defined, _ENDS) if len(defined) else (np.nan, np.nan)
        found.append(Interval(float(figure), float(low), float(high)))
    return found


def unbiased(interval: Interval) -> Interval:
    """The basic bootstrap interval instead of the percentile one, within 0 and 1.

    For a figure that grows by resampling alone, as a sum of absolute gaps does: its percentiles lie too high.
    """
    low, high = 2 * interval.value - interval.high, 2 * interval.value - interval.low
    return Interval(interval.value, min(max(low, 0.0), interval.value), max(min(high, 1.0), interval.value))


def _draws(blocks: Sequence[str], strata: Sequence[str], seed: int, draws: int) -> Iterator[Floats]:
    """How often each post was drawn, some draws at a time."""
    rng = np.random.default_rng(seed)
    of_stratum = np.array(strata)
    of_block = np.array(blocks)
    places = []
    for stratum in np.unique(of_stratum):
        columns = np.flatnonzero(of_stratum == stratum)
        names, slots = np.unique(of_block[columns], return_inverse=True)
        places.append((columns, slots, len(names)))
    for begin in range(0, draws, _AT_A_TIME):
        weights = np.zeros((min(_AT_A_TIME, draws - begin), len(blocks)))
        for columns, slots, count in places:
            times = rng.multinomial(count, np.full(count, 1 / count), size=len(weights))
            weights[:, columns] = times[:, slots]
        yield weights

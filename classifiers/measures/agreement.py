"""How far what was said agrees with what was wanted: statistics for `bootstrap`."""

from collections.abc import Sequence

import numpy as np

from classifiers.measures.bootstrap import Floats, Statistic


def mean_of(values: Sequence[float]) -> Statistic:
    """The mean of a value for each post."""
    column = np.array(values, dtype=float)[:, None]
    return lambda weights: (weights @ column) / weights.sum(axis=1, keepdims=True)


def ratio_of(part: Sequence[float], whole: Sequence[float]) -> Statistic:
    """The sum of one count over the sum of another, as recall and precision are; undefined where there is none."""
    above, below = np.array(part, dtype=float), np.array(whole, dtype=float)

    def ratio(weights: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            value: Floats = ((weights @ above) / (weights @ below))[:, None]
        return value

    return ratio


def accuracy_and_macro_f1(wanted: Sequence[str], said: Sequence[str]) -> Statistic:
    """The share that is right, and F1 averaged over the classes that were wanted or said."""
    names = sorted({*wanted, *said})
    place = {name: at for at, name in enumerate(names)}
    rows = np.eye(len(names))[np.array([place[name] for name in wanted], dtype=int)]
    columns = np.eye(len(names))[np.array([place[name] for name in said], dtype=int)]

    def both(weights: Floats) -> Floats:
        hits, have, got = weights @ (rows * columns), weights @ rows, weights @ columns
        with np.errstate(divide="ignore", invalid="ignore"):
            f1 = 2 * hits / (have + got)
        return np.stack([hits.sum(axis=1) / weights.sum(axis=1), np.nanmean(f1, axis=1)], axis=1)

    return both


def on_a_scale(wanted: Sequence[int], said: Sequence[int]) -> Statistic:
    """Three figures for grades: the share that is right, the share within one, and quadratic-weighted kappa."""
    first, second = np.array(wanted, dtype=int), np.array(said, dtype=int)
    gaps = np.abs(first - second)
    grades = np.arange(max(first.max(initial=0), second.max(initial=0)) + 1)
    rows, columns = np.eye(len(grades))[first], np.eye(len(grades))[second]
    penalty = (grades[:, None] - grades[None, :]) ** 2
    squares, right, near = gaps.astype(float) ** 2, (gaps == 0).astype(float), (gaps <= 1).astype(float)

    def all_three(weights: Floats) -> Floats:
        total = weights.sum(axis=1)
        by_chance = np.einsum("di,ij,dj->d", weights @ rows, penalty, weights @ columns) / total
        with np.errstate(divide="ignore", invalid="ignore"):
            kappa = 1 - (weights @ squares) / by_chance
        return np.stack([weights @ right / total, weights @ near / total, kappa], axis=1)

    return all_three

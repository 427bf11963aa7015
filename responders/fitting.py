"""Choosing the phrasings: the richest set that holds everything and fits. Exact, by dynamic programming over length."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_NEVER = -1


@dataclass(frozen=True, slots=True)
class Option:
    """A phrasing that may be used: the parts that it holds, its text, its length with a space before it, its worth."""

    holds: frozenset[str]
    text: str
    length: int
    worth: int


def fit(order: Sequence[str], options: Sequence[Option], room: int) -> list[Option] | None:
    """The options of the highest total worth that hold each part of `order` once, in this order, within `room`.

    An option that holds several parts can stand only where these follow each other in `order`, in any sequence.
    `room` and lengths are in the unit of the network. None where nothing fits.
    """
    if room < 1:
        return None
    steps = _steps(order, options)
    best: list[npt.NDArray[np.int64]] = [np.full(room + 1, _NEVER, dtype=np.int64) for _ in range(len(order) + 1)]
    best[0][0] = 0
    for start, end, option in steps:
        if option.length <= room:
            before = best[start][: room + 1 - option.length]
            offer = np.where(before == _NEVER, _NEVER, before + option.worth)
            np.maximum(best[end][option.length :], offer, out=best[end][option.length :])
    length = int(best[-1].argmax())
    if best[-1][length] == _NEVER:
        return None
    return _walk_back(steps, best, length)


def _steps(order: Sequence[str], options: Sequence[Option]) -> list[tuple[int, int, Option]]:
    """Where in the order each option can stand, by start; none that another beats in both regards."""
    steps: list[tuple[int, int, Option]] = []
    held: dict[frozenset[str], list[Option]] = {}
    for option in sorted(options, key=lambda option: (option.length, -option.worth)):
        held.setdefault(option.holds, []).append(option)
    for start in range(len(order)):
        for end in range(start + 1, len(order) + 1):
            least = _NEVER
            for option in held.get(frozenset(order[start:end]), ()):
                if option.worth > least:
                    least = option.worth
                    steps.append((start, end, option))
    return steps


def _walk_back(
    steps: Sequence[tuple[int, int, Option]], best: Sequence[npt.NDArray[np.int64]], length: int
) -> list[Option]:
    chosen: list[Option] = []
    place = len(best) - 1
    while place:
        for start, end, option in steps:
            rest = length - option.length
            if (
                end == place
                and rest >= 0
                and best[start][rest] != _NEVER
                and best[start][rest] + option.worth == best[place][length]
            ):
                chosen.append(option)
                place, length = start, rest
                break
    return chosen[::-1]

"""Pictures made of table cells: mail clients show no drawing, and no image before their reader allows it.

Each holds its figures in words beside the colour, so that the picture is its own table.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from desk.reports.figures import HOURS, DayOfAnswers, WeekOfCauses

SPAN = 4
"""Hours that share a column."""
_LEVELS = 4
"""Shades above none."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a bar: its width in percent, and what it shows: "half", "nine" in ten, or nothing.

    `promised`: the promise ends with it.
    """

    width: int
    shows: str
    promised: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """One day's answers, with the bar from nothing to the longest wait of the week."""

    day: DayOfAnswers
    bar: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A count, and how dark its field is: 0 for none, to 4 for the most of the picture."""

    count: int
    level: int


def waits(days: Sequence[DayOfAnswers], promise: timedelta) -> tuple[Waits, ...]:
    """How long half and nine in ten had waited of those who were answered on each day."""
    longest = max([promise, *(day.most for day in days)])
    return tuple(Waits(day, _bar(day, promise, longest) if day.answered else ()) for day in days)


def _bar(day: DayOfAnswers, promise: timedelta, longest: timedelta) -> tuple[Piece, ...]:
    ends = {round(100 * end / longest): end for end in sorted((day.median, day.most, promise, longest))}
    pieces, before = [], 0
    for place, end in ends.items():
        if place > before:
            shows = "half" if end <= day.median else "nine" if end <= day.most else ""
            pieces.append(Piece(place - before, shows, promised=place == round(100 * promise / longest)))
            before = place
    return tuple(pieces)


def causes(weeks: Sequence[WeekOfCauses]) -> tuple[tuple[WeekOfCauses, tuple[Cell, ...]], ...]:
    """What people complained about, a row for each week, the latest last."""
    rows = _shaded([[count for _, count in week.counts] for week in weeks])
    return tuple(zip(weeks, rows, strict=True))


def hours(heat: Sequence[Sequence[int]]) -> tuple[tuple[Cell, ...], ...]:
    """When people complain: a row for each weekday (Monday first), a column for each `SPAN` hours."""
    return _shaded([[sum(row[start : start + SPAN]) for start in range(0, HOURS, SPAN)] for row in heat])


def _shaded(rows: Sequence[Sequence[int]]) -> tuple[tuple[Cell, ...], ...]:
    most = max((count for row in rows for count in row), default=0)
    return tuple(tuple(Cell(count, math.ceil(_LEVELS * count / most) if most else 0) for count in row) for row in rows)

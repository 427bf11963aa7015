"""Where things stand in the pictures. The template says what they look like; a language's direction mirrors them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cases.weeks import Week
from desk.reports.figures import DAYS, HOURS, DayOfAnswers, WeekOfCauses

WIDTH, HEIGHT = 640, 240
_START, _END, _TOP, _BOTTOM = 84, 8, 12, 28
"""What axes and their words take from each side, in the picture's units."""
_FLOOR = HEIGHT - _BOTTOM
_NICE = (1, 2, 5)
_LEVELS = 4
"""Shades of heat above none."""
_WIDE = 0.6
"""The share of its place that a bar fills."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A place along an axis, and what it says there."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A box. `shade` numbers the series it belongs to, or its heat."""

    x: float
    y: float
    width: float
    height: float
    shade: int = 0


@dataclass(frozen=True, slots=True)
class AnswersPlot:
    """Half of a day's answers within the bar, nine in ten up to the mark; the promise is a line. Ticks are hours."""

    bars: tuple[Bar, ...]
    marks: tuple[Bar, ...]
    promise: float
    ticks: tuple[Tick, ...]
    days: tuple[tuple[float, date], ...]


@dataclass(frozen=True, slots=True)
class CausesPlot:
    """A pile for each week, the commonest cause at the bottom."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    weeks: tuple[tuple[float, Week], ...]


@dataclass(frozen=True, slots=True)
class HeatPlot:
    """A cell for each hour of each weekday; `rows` and `columns` say where their words stand."""

    cells: tuple[Bar, ...]
    rows: tuple[float, ...]
    columns: tuple[Tick, ...]


class Plotter:
    """Draws for one direction: in a language that runs from right to left so does time."""

    def __init__(self, *, rtl: bool) -> None:
        self._rtl = rtl

    @property
    def edge(self) -> float:
        """Where the words of the upright axis end, at its side of the picture."""
        return self._x(_START - 8)

    @property
    def left(self) -> float:
        """Where the lines across begin."""
        return min(self._x(_START), self._x(WIDTH - _END))

    @property
    def right(self) -> float:
        """Where they end."""
        return max(self._x(_START), self._x(WIDTH - _END))

    def answers(self, days: Sequence[DayOfAnswers], promise: timedelta) -> AnswersPlot:
        """How long customers waited who were answered on each day, against the promise."""
        hour = timedelta(hours=1)
        top, ticks = _scale(max([promise / hour, *(day.most / hour for day in days)]))
        bars, marks, words = [], [], []
        for number, day in enumerate(days):
            place, width = self._place(number, len(days))
            words.append((place + width / 2, day.day))
            if day.answered:
                median, most = _height(day.median / hour, top), _height(day.most / hour, top)
                bars.append(self._bar(place, width, _FLOOR - median, median))
                marks.append(self._bar(place, width, _FLOOR - most, 2))
        return AnswersPlot(tuple(bars), tuple(marks), _FLOOR - _height(promise / hour, top), ticks, tuple(words))

    def causes(self, weeks: Sequence[WeekOfCauses]) -> CausesPlot:
        """How many complained, and why, week by week."""
        top, ticks = _scale(max(week.total for week in weeks), whole=True)
        bars, words = [], []
        for number, week in enumerate(weeks):
            place, width = self._place(number, len(weeks))
            words.append((place + width / 2, week.week))
            floor = float(_FLOOR)
            for shade, (_, count) in enumerate(week.counts):
                height = _height(count, top)
                floor -= height
                if height:
                    bars.append(self._bar(place, width, floor, height, shade))
        return CausesPlot(tuple(bars), ticks, tuple(words))

    def heat(self, counts: Sequence[Sequence[int]]) -> HeatPlot:
        """When people complain."""
        hottest = max(max(row) for row in counts)
        height = (_FLOOR - _TOP) / DAYS
        cells, columns = [], []
        for day, row in enumerate(counts):
            for hour, count in enumerate(row):
                place, width = self._place(hour, HOURS)
                shade = math.ceil(_LEVELS * count / hottest) if hottest else 0
                cells.append(Bar(place + 1, _TOP + day * height + 1, width - 2, height - 2, shade))
        for hour in range(0, HOURS, 3):
            place, width = self._place(hour, HOURS)
            columns.append(Tick(place + width / 2, hour))
        return HeatPlot(tuple(cells), tuple(_TOP + (day + 0.5) * height for day in range(DAYS)), tuple(columns))

    def _place(self, number: int, many: int) -> tuple[float, float]:
        """From where, and how wide, the place of one of many is."""
        width = (WIDTH - _START - _END) / many
        start = _START + number * width
        return round(self._x(start + width) if self._rtl else start, 1), width

    def _bar(self, place: float, width: float, y: float, height: float, shade: int = 0) -> Bar:
        return Bar(
            round(place + width * (1 - _WIDE) / 2, 1), round(y, 1), round(width * _WIDE, 1), round(height, 1), shade
        )

    def _x(self, x: float) -> float:
        return WIDTH - x if self._rtl else x


def _height(value: float, top: float) -> float:
    return value / top * (_FLOOR - _TOP)


def _scale(largest: float, *, whole: bool = False) -> tuple[float, tuple[Tick, ...]]:
    """A round end for an axis that begins at nothing, and its ticks: three to six."""
    rough = max(largest, 1.0) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((nice * power for nice in _NICE if nice * power >= rough), 10 * power)
    if whole:
        step = max(1.0, step)
    many = math.ceil(max(largest, step) / step)
    top = many * step
    return top, tuple(Tick(round(_FLOOR - _height(n * step, top), 1), round(n * step, 6)) for n in range(many + 1))

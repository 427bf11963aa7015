"""What the reports draw, counted by the brand's clock."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cases.weeks import Week
from store.reports import Reports, WeekFigures
from store.rhythm import Answer

WEEKS = 8
"""How many weeks the causes and the hours reach back."""
_CAUSES = 5
"""Causes that are told apart; the rest is one."""
OTHERS = ""
"""What stands for the rest."""
HOURS, DAYS = 24, 7


@dataclass(frozen=True, slots=True)
class DayOfAnswers:
    """One day: how many were answered, how long half and nine in ten had waited, how many within the promise."""

    day: date
    answered: int
    median: timedelta
    most: timedelta
    kept: int


@dataclass(frozen=True, slots=True)
class WeekOfCauses:
    """One week's complaints, by the causes of all the weeks, `OTHERS` last."""

    week: Week
    counts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is drawn of a week. `heat`: complaints by weekday (Monday is 0) and hour of day in `WEEKS` weeks."""

    days: tuple[DayOfAnswers, ...]
    causes: tuple[WeekOfCauses, ...]
    heat: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class WeekReport(Rhythm):
    """One week as the page shows it."""

    week: Week
    figures: WeekFigures
    before: WeekFigures


def week_report(reports: Reports, week: Week, *, zone: ZoneInfo, promise: timedelta) -> WeekReport:
    """All that is told of a week. Raises `StoreError`."""
    drawn = week_rhythm(reports, week, zone=zone, promise=promise)
    return WeekReport(
        days=drawn.days,
        causes=drawn.causes,
        heat=drawn.heat,
        week=week,
        figures=reports.week(*week.span(zone), promise=promise),
        before=reports.week(*week.before.span(zone), promise=promise),
    )


def week_rhythm(reports: Reports, week: Week, *, zone: ZoneInfo, promise: timedelta) -> Rhythm:
    """What is drawn of a week, by the clock of `zone`. Raises `StoreError`."""
    start, end = week.span(zone)
    weeks = [week]
    while len(weeks) < WEEKS:
        weeks.insert(0, weeks[0].before)
    return Rhythm(
        days=_days(reports.answers(start, end), week, zone, promise),
        causes=_causes(weeks, reports.causes([one.span(zone) for one in weeks])),
        heat=_heat(reports.complaints(weeks[0].span(zone)[0], end), zone),
    )


def _days(answers: Sequence[Answer], week: Week, zone: ZoneInfo, promise: timedelta) -> tuple[DayOfAnswers, ...]:
    days = []
    for number in range(DAYS):
        day = week.monday + timedelta(days=number)
        waits = sorted(answer.waited for answer in answers if answer.at.astimezone(zone).date() == day)
        kept = sum(1 for wait in waits if wait <= promise)
        days.append(DayOfAnswers(day, len(waits), _quantile(waits, 0.5), _quantile(waits, 0.9), kept))
    return tuple(days)


def _quantile(waits: Sequence[timedelta], share: float) -> timedelta:
    """The nearest-rank quantile; nothing of nothing."""
    return waits[max(0, math.ceil(share * len(waits)) - 1)] if waits else timedelta()


def _causes(weeks: Sequence[Week], found: Sequence[Counter[str]]) -> tuple[WeekOfCauses, ...]:
    overall: Counter[str] = Counter()
    for counts in found:
        overall.update(counts)
    # By name where two are equal, so that a page that is loaded anew looks the same.
    names = [name for name, _ in sorted(overall.items(), key=lambda item: (-item[1], item[0]))]
    shown, rest = names[:_CAUSES], names[_CAUSES:]
    return tuple(
        WeekOfCauses(
            week,
            tuple((name, counts[name]) for name in shown)
            + (((OTHERS, sum(counts[name] for name in rest)),) if rest else ()),
        )
        for week, counts in zip(weeks, found, strict=True)
    )


def _heat(written: Sequence[datetime], zone: ZoneInfo) -> tuple[tuple[int, ...], ...]:
    counts: Counter[tuple[int, int]] = Counter()
    for moment in written:
        there = moment.astimezone(zone)
        counts[there.weekday(), there.hour] += 1
    return tuple(tuple(counts[day, hour] for hour in range(HOURS)) for day in range(DAYS))


def noon(day: date, zone: ZoneInfo) -> datetime:
    """A moment that is surely of this day there."""
    return datetime.combine(day, time(12), zone)

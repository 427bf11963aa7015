"""Puts a week's figures together with those of the week before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.digest.week import Week
from monitor.house import House
from store.reports import Overdue, WeekFigures


@dataclass(frozen=True, slots=True)
class Digest:
    """All that one digest tells."""

    brand: str
    week: Week
    first_day: date
    last_day: date
    now: datetime
    """In the brand's time zone."""
    promise: timedelta
    figures: WeekFigures
    before: WeekFigures
    overdue: tuple[Overdue, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing came in and nothing was done."""
        return self.figures.mentions == 0 and self.figures.found == 0 and self.figures.answered == 0


def compose(house: House, week: Week) -> Digest:
    """The digest of a week, in the brand's time zone. Raises `StoreError`."""
    zone = house.config.brand.zone
    now = house.clock()
    start, end = week.span(zone)
    before_start, before_end = week.before.span(zone)
    reports = house.ledger.reports
    promise = house.config.promise.first_answer
    return Digest(
        brand=house.config.brand.name,
        week=week,
        first_day=week.monday,
        last_day=week.monday + timedelta(days=6),
        now=now.astimezone(zone),
        promise=promise,
        figures=reports.week(start, end, promise=promise),
        before=reports.week(before_start, before_end, promise=promise),
        overdue=reports.overdue(now=now, limit=10),
    )

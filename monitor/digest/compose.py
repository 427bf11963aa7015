"""Puts a week's figures together with those of the week before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from cases.weeks import Week
from desk.reports.figures import Rhythm, week_rhythm
from monitor.digest.drift import drifted
from monitor.house import House
from store.reports import Overdue, WeekFigures

if TYPE_CHECKING:
    from classifiers.drift import Drift


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
    first: bool
    """Whether nothing was watched before this week, so that there is nothing to compare with."""
    overdue: tuple[Overdue, ...]
    """The longest waits; `overdue_count` has how many there are."""
    overdue_count: int
    to_look_at: int = 0
    """Posts that were passed over and wait for somebody to look at them; a hundred stand for more."""
    broken_promises: int = 0
    """Promises to customers whose moment has passed."""
    follow_ups_due: int = 0
    """Customers who wait to be asked whether all is well again."""
    rhythm: Rhythm | None = None
    """What the mail draws: waits by day, causes by week, complaints by weekday and hour."""
    drift: "tuple[Drift, ...]" = ()
    """The languages whose posts of the last four weeks are not what the classifier knows."""

    @property
    def quiet(self) -> bool:
        """Whether nobody complained, and nothing older was worked on either."""
        week = self.figures
        moves = (week.answered, week.in_private, week.resolved, week.dismissed, week.escalated, week.decided)
        return week.found == 0 and week.missed == 0 and not any(moves)


def compose(house: House, week: Week) -> Digest:
    """The digest of a week, in the brand's time zone. Raises `StoreError`."""
    zone = house.config.brand.zone
    now = house.clock()
    start, end = week.span(zone)
    before_start, before_end = week.before.span(zone)
    reports = house.ledger.reports
    promise = house.config.promise.first_answer
    began = reports.began_at()
    return Digest(
        brand=house.config.brand.name,
        week=week,
        first_day=week.monday,
        last_day=week.monday + timedelta(days=6),
        now=now.astimezone(zone),
        promise=promise,
        figures=reports.week(start, end, promise=promise),
        before=reports.week(before_start, before_end, promise=promise),
        first=began is None or began >= start,
        overdue=reports.overdue(now=now, limit=10),
        overdue_count=reports.overdue_count(now=now),
        to_look_at=len(house.ledger.to_look_at(100)),
        broken_promises=house.ledger.broken_promises(now),
        follow_ups_due=house.ledger.follow_ups_due(),
        rhythm=week_rhythm(reports, week, zone=zone, promise=promise),
        drift=drifted(house, min(now, end)),
    )

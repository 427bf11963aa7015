"""ISO weeks in a time zone."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week: `str()` gives "2026-W47"."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read "2026-W47". Raises `ValueError` for anything else, and for a week that its year does not have."""
        found = re.fullmatch(r"(\d{4})-?W(\d{2})", text.strip())
        if found is None:
            message = f"{text!r} is no ISO week; write for example 2026-W47"
            raise ValueError(message)
        year, number = int(found.group(1)), int(found.group(2))
        try:
            date.fromisocalendar(year, number, 1)
        except ValueError as error:
            message = f"{year} has no week {number}"
            raise ValueError(message) from error
        return cls(year, number)

    @classmethod
    def of(cls, moment: datetime, zone: ZoneInfo) -> "Week":
        """The week in which a moment falls there."""
        year, number, _ = moment.astimezone(zone).isocalendar()
        return cls(year, number)

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def before(self) -> "Week":
        """The week before."""
        year, number, _ = (self.monday - timedelta(days=7)).isocalendar()
        return Week(year, number)

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From its first moment to the first of the next, in UTC: 167, 168 or 169 hours, as the clocks change."""
        return (
            datetime.combine(self.monday, time(), zone).astimezone(UTC),
            datetime.combine(self.monday + timedelta(days=7), time(), zone).astimezone(UTC),
        )

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"

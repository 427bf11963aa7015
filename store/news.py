"""The event log as it grows, for those who watch."""

from sqlalchemy import func, select

from cases.lifecycle import Status
from cases.news import News
from store import schema as t
from store.reading import Reading


class Newsroom(Reading):
    """What happened after a known line of the log."""

    def newest_event(self) -> int:
        """The number of the log's last line; 0 where it is empty."""
        with self._reading() as connection:
            return connection.execute(select(func.max(t.events.c.id))).scalar_one() or 0

    def news(self, after: int, *, limit: int = 500) -> list[News]:
        """The lines after a number, the oldest first.

        On PostgreSQL a line may come to be seen after one with a higher number: who must miss nothing asks again from
        somewhat before.
        """
        wanted = select(t.events).where(t.events.c.id > after).order_by(t.events.c.id).limit(limit)
        with self._reading() as connection:
            return [
                News(row["id"], row["case_id"], row["action"], row["who"], Status(row["new"]) if row["new"] else None)
                for row in connection.execute(wanted).mappings()
            ]

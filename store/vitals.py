"""How it all stands: totals for those who watch over it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from cases.case import IntentState
from store import schema as t
from store.reading import Reading


@dataclass(frozen=True, slots=True)
class Totals:
    """What was written so far. `sends`: public messages by what became of them."""

    mentions: int
    drafts: int
    sends: dict[IntentState, int]


class Vitals(Reading):
    """Totals and costs."""

    def totals(self) -> Totals:
        """What was read, drafted and sent since the store began."""
        states = select(t.intents.c.state, func.count()).group_by(t.intents.c.state)
        with self._reading() as connection:
            found = dict(connection.execute(states).tuples().all())
            return Totals(
                mentions=connection.execute(select(func.count()).select_from(t.mentions)).scalar_one(),
                drafts=connection.execute(select(func.count()).select_from(t.drafts)).scalar_one(),
                sends={state: found.get(str(state), 0) for state in IntentState},
            )

    def costs(self, day: date) -> dict[str, float]:
        """What reading has cost on a UTC day, in dollars, by platform."""
        with self._reading() as connection:
            wanted = select(t.costs.c.platform, t.costs.c.usd).where(t.costs.c.day == day)
            return dict(connection.execute(wanted).tuples().all())

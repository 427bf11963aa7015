"""How complaints and answers went over time: what reports draw."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, and_, select

from cases.case import IntentState
from cases.purposes import Purpose
from store import schema as t
from store.engine import told


@dataclass(frozen=True, slots=True)
class Answer:
    """A first answer in public: when it was posted, and how long its customer had waited."""

    at: datetime
    waited: timedelta


class Rhythm:
    """Read-only questions over spans of time, each from its start to before its end."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    def answers(self, start: datetime, end: datetime) -> tuple[Answer, ...]:
        """The first answers, the earliest first."""
        with told(self._name), self._engine.begin() as connection:
            return tuple(sorted(first_answers(connection, start, end), key=lambda answer: answer.at))

    def causes(self, spans: Sequence[tuple[datetime, datetime]]) -> tuple[Counter[str], ...]:
        """For each span how many cases were opened, by category."""
        wanted = select(t.verdicts.c.category).join(t.cases, t.cases.c.mention_id == t.verdicts.c.mention_id)
        with told(self._name), self._engine.begin() as connection:
            return tuple(
                Counter(
                    connection.execute(wanted.where(t.cases.c.opened_at >= start, t.cases.c.opened_at < end)).scalars()
                )
                for start, end in spans
            )

    def complaints(self, start: datetime, end: datetime) -> tuple[datetime, ...]:
        """When the posts were written whose cases were opened."""
        wanted = (
            select(t.mentions.c.posted_at)
            .join(t.cases, t.cases.c.mention_id == t.mentions.c.id)
            .where(t.cases.c.opened_at >= start, t.cases.c.opened_at < end)
        )
        with told(self._name), self._engine.begin() as connection:
            return tuple(connection.execute(wanted).scalars())


def first_answers(connection: Connection, start: datetime, end: datetime) -> list[Answer]:
    """The first answer of each case that got it in this time.

    Customers wait from their first post of the case; a forgotten post keeps its time.
    """
    posted = t.intents.c.state == str(IntentState.POSTED)
    # IN and no correlated EXISTS: SQLite would look that up by `state`, which nearly all intents share.
    earlier = select(t.intents.c.case_id).where(posted, t.intents.c.posted_at < start)
    wanted = (
        select(t.intents.c.case_id, t.intents.c.posted_at, t.mentions.c.posted_at.label("written_at"))
        .join(t.mentions, and_(t.mentions.c.case_id == t.intents.c.case_id, ~t.mentions.c.own))
        .where(
            posted,
            t.intents.c.purpose == str(Purpose.ANSWER),
            t.intents.c.posted_at >= start,
            t.intents.c.posted_at < end,
            t.intents.c.case_id.not_in(earlier),
        )
    )
    answered: dict[int, datetime] = {}
    written: dict[int, datetime] = {}
    for case, posted_at, written_at in connection.execute(wanted):
        answered[case] = min(posted_at, answered.get(case, posted_at))
        written[case] = min(written_at, written.get(case, written_at))
    # A network's clock may be ahead of ours.
    return [Answer(at, max(timedelta(), at - written[case])) for case, at in answered.items()]

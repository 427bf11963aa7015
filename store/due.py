"""What falls due by itself: promises, and the question some days after a matter was settled."""

from datetime import datetime

from sqlalchemy import and_, func, select, update

from cases.case import Case, IntentState
from cases.lifecycle import ANSWERED, Status
from cases.promises import Promise, PromiseState
from cases.purposes import Purpose
from store import schema as t
from store.promising import as_promise
from store.reading import Reading
from store.rows import storable

PROMISE_DUE = "promise_due"
"""The event of a promise that was taken up before or after its moment."""


class Dues(Reading):
    """What nobody has to remember."""

    def promises_due(self, until: datetime) -> list[Promise]:
        """Open promises that fall due by then, the first of each answered case, that were not taken up yet."""
        taken_up = (
            select(t.events.c.id)
            .where(
                t.events.c.case_id == t.promises.c.case_id,
                t.events.c.action == PROMISE_DUE,
                t.events.c.at >= t.promises.c.made_at,
            )
            .exists()
        )
        answered = [str(status) for status in ANSWERED]
        wanted = (
            select(t.promises)
            .join(t.cases, t.cases.c.id == t.promises.c.case_id)
            .where(
                t.promises.c.state == str(PromiseState.OPEN),
                t.promises.c.due_at <= until,
                t.cases.c.status.in_(answered),
                ~t.cases.c.forgotten,
                ~taken_up,
            )
            .order_by(t.promises.c.due_at, t.promises.c.id)
        )
        with self._reading() as connection:
            found = [as_promise(row) for row in connection.execute(wanted).mappings()]
        return list({promise.case: promise for promise in reversed(found)}.values())[::-1]

    def note_due(self, promise: Promise, *, why: str, now: datetime) -> Case | None:
        """Take up a promise: its case tells why from now on. None where somebody has. Raises `NotFound`."""
        with self._writing() as connection:
            self._case_row(connection, promise.case)
            told = (t.events.c.case_id == promise.case, t.events.c.action == PROMISE_DUE)
            since = t.events.c.at >= promise.made_at
            if connection.execute(select(t.events.c.id).where(*told, since).limit(1)).first() is not None:
                return None
            connection.execute(update(t.cases).where(t.cases.c.id == promise.case).values(reason=storable(why)))
            self._record_event(connection, promise.case, at=now, who="amends", action=PROMISE_DUE, why=why)
            return self._load(connection, promise.case)

    def settled_before(self, moment: datetime) -> list[int]:
        """Cases that are resolved since then or longer, and whose author was not asked yet whether all is well.

        Who writes again after the question and is settled with once more is asked once more.
        """
        since = (
            select(func.max(t.events.c.at))
            .where(t.events.c.case_id == t.cases.c.id, t.events.c.new == str(Status.RESOLVED))
            .scalar_subquery()
        )
        was_due = (
            select(t.events.c.id)
            .where(
                t.events.c.case_id == t.cases.c.id,
                t.events.c.new == str(Status.FOLLOW_UP_DUE),
                t.events.c.at >= t.mentions.c.seen_at,
            )
            .exists()
        )
        asked = (
            select(t.intents.c.id)
            .where(
                t.intents.c.case_id == t.cases.c.id,
                t.intents.c.post_id == t.mentions.c.post_id,
                t.intents.c.purpose == str(Purpose.FOLLOW_UP),
                t.intents.c.state == str(IntentState.POSTED),
            )
            .exists()
        )
        wanted = (
            select(t.cases.c.id)
            .join(t.mentions, t.mentions.c.id == t.cases.c.mention_id)
            .where(
                t.cases.c.status == str(Status.RESOLVED),
                ~t.cases.c.withdrawn,
                ~t.cases.c.forgotten,
                and_(since.is_not(None), since <= moment),
                ~was_due,
                ~asked,
            )
            .order_by(t.cases.c.id)
        )
        with self._reading() as connection:
            return list(connection.execute(wanted).scalars())

    def follow_ups_due(self) -> int:
        """How many customers wait to be asked whether all is well."""
        due = t.cases.c.status == str(Status.FOLLOW_UP_DUE)
        with self._reading() as connection:
            return connection.execute(select(func.count()).select_from(t.cases).where(due)).scalar_one()

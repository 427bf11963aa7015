"""The queue: views with their counts, filters, search, in pages that cost the same however far down they are."""

from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    update,
)

from cases.case import Case
from cases.errors import NotAllowed
from cases.lifecycle import Status
from cases.promises import PromiseState
from cases.queue import STATUSES, Order, QueuePage, QueueQuery, View
from cases.told import Told
from store import schema as t
from store.reading import Reading, cases_wanted
from store.rows import storable
from store.searching import holding

_Value = TypeVar("_Value")
Asked: TypeAlias = _Value | BindParameter[_Value]
"""A value, or the place where one is put when the question is asked."""

DUE_SOON = timedelta(days=1)
"""How near a promise's moment brings its case into view."""
PAGE = 30
"""Cases on a page: some screens full, and no more than is drawn in a moment."""

# A bare boolean has no order in SQL.
_AT_RISK = cast(t.cases.c.at_risk, Integer)
_SEVERITY = func.coalesce(t.verdicts.c.severity, 0)

_KEYS: dict[Order, tuple[tuple[ColumnElement[Any], bool], ...]] = {
    Order.DUE: ((t.cases.c.due_at, True), (t.cases.c.id, True)),
    Order.RISK: (
        (_AT_RISK, False),
        (_SEVERITY, False),
        (t.cases.c.due_at, True),
        (t.cases.c.id, True),
    ),
    Order.NEWEST: ((t.cases.c.id, False),),
}
"""By what each order goes, and whether upwards. The last is unique, so that a cursor is a place between two cases."""


class Queue(Reading):
    """What is to be done, and the marks by which people share it out."""

    def queue(self, query: QueueQuery, *, me: str, now: datetime, limit: int = PAGE) -> QueuePage:
        """One page of the queue as somebody sees it. Raises `NotAllowed` for a cursor that is none."""
        keys = _KEYS[query.order]
        # The numbers first: sorting thousands of whole rows, texts and all, for fifty of them costs ten times as much.
        page = select(t.cases.c.id).where(*_conditions(query, me, now, indexed=self._engine.dialect.name == "sqlite"))
        if query.after:
            page = page.where(_beyond(query.after))
        if query.language or query.category is not None or query.severity or query.order is Order.RISK:
            page = page.outerjoin(t.verdicts, t.verdicts.c.mention_id == t.cases.c.mention_id)
        if query.since is not None:
            page = page.join(t.mentions, t.mentions.c.id == t.cases.c.mention_id)
        page = page.order_by(*(key.asc() if upwards else key.desc() for key, upwards in keys)).limit(limit + 1)
        with self._reading() as connection:
            numbers = connection.execute(page).scalars().all()
            cases = {
                case.id: case for case in self._assemble(connection, cases_wanted().where(t.cases.c.id.in_(numbers)))
            }
        found = [cases[number] for number in numbers]
        after = _cursor(query.order, found[limit - 1]) if len(found) > limit else ""
        return QueuePage(tuple(found[:limit]), after)

    def view_counts(self, *, me: str, now: datetime) -> dict[View, int]:
        """How many cases each view has."""
        with self._reading() as connection:
            counts = connection.execute(_COUNTS, {"me": me, "now": now, "soon": now + DUE_SOON}).one()
            return dict(zip(View, counts, strict=True))

    def assign(self, case: int, assignee: str | None, *, who: str, now: datetime) -> Case:
        """Make a case somebody's, or nobody's. Raises `NotFound`."""
        with self._writing() as connection:
            row = self._case_row(connection, case)
            name = storable(assignee) if assignee else None
            if row["assignee"] != name:
                connection.execute(update(t.cases).where(t.cases.c.id == case).values(assignee=name))
                action = "assigned" if name else "unassigned"
                self._record_event(connection, case, at=now, who=who, action=action, why=name or "")
            return self._load(connection, case)

    def snooze(self, case: int, until: datetime | None, *, who: str, now: datetime) -> Case:
        """Put a case out of sight until a moment, or with None bring it back.

        Raises `NotFound`, and `NotAllowed` for a moment that has passed.
        """
        if until is not None and until <= now:
            message = Told("a case is snoozed until a moment to come")
            raise NotAllowed(message)
        with self._writing() as connection:
            self._case_row(connection, case)
            connection.execute(update(t.cases).where(t.cases.c.id == case).values(snoozed_until=until))
            action, why = ("snoozed", until.isoformat(timespec="minutes")) if until else ("unsnoozed", "")
            self._record_event(connection, case, at=now, who=who, action=action, why=why)
            return self._load(connection, case)


def _in_view(
    view: View, me: Asked[str], now: Asked[datetime], soon: Asked[datetime], *, few: bool = False
) -> list[ColumnElement[bool]]:
    # Few cases are snoozed, promised something, or hold a word: wrapped, so that SQLite looks for those and not for the
    # states, which many share.
    few = few or view in {View.SNOOZED, View.PROMISES}
    status = func.coalesce(t.cases.c.status, "") if few else t.cases.c.status
    conditions: list[ColumnElement[bool]] = [status.in_(sorted(map(str, STATUSES[view])))]
    snoozed = and_(t.cases.c.snoozed_until.is_not(None), t.cases.c.snoozed_until > now)
    if view is View.SNOOZED:
        conditions.append(snoozed)
    elif view is not View.DONE:
        conditions.append(or_(t.cases.c.snoozed_until.is_(None), t.cases.c.snoozed_until <= now))
    if view is View.MINE:
        conditions.append(t.cases.c.assignee == me)
    if view is View.PROMISES:
        due = select(t.promises.c.case_id).where(
            t.promises.c.state == str(PromiseState.OPEN), t.promises.c.due_at < soon
        )
        conditions.append(t.cases.c.id.in_(due))
    return conditions


def _counts() -> Select[tuple[int, ...]]:
    """How many cases each view has, asked in one go; `me`, `now` and `soon` are told with the question."""
    me, now, soon = bindparam("me", type_=String), bindparam("now", type_=t.Moment), bindparam("soon", type_=t.Moment)
    everything = select(func.count()).select_from(t.cases)
    counts: list[ColumnElement[int]] = [
        everything.where(*_in_view(view, me, now, soon)).scalar_subquery() for view in View
    ]
    # Nearly all cases are done after some months: counting all, and those that are not, is much quicker.
    others = everything.where(t.cases.c.status.in_(sorted(map(str, set(Status) - STATUSES[View.DONE]))))
    counts[list(View).index(View.DONE)] = everything.scalar_subquery() - others.scalar_subquery()
    return select(*counts)


# Asked for each page, so built once.
_COUNTS = _counts()


def _conditions(query: QueueQuery, me: str, now: datetime, *, indexed: bool) -> list[ColumnElement[bool]]:
    conditions = _in_view(query.view, me, now, now + DUE_SOON, few=bool(query.text))
    if query.network:
        conditions.append(t.cases.c.platform == query.network)
    if query.language:
        conditions.append(t.verdicts.c.language == query.language)
    if query.category is not None:
        conditions.append(t.verdicts.c.category == str(query.category))
    if query.severity:
        conditions.append(query.severity <= _SEVERITY)
    if query.assignee:
        conditions.append(t.cases.c.assignee == query.assignee)
    if query.since is not None:
        conditions.append(t.mentions.c.posted_at >= query.since)
    if words := query.text.split():
        conditions.append(holding(words, indexed=indexed))
    return conditions


def _cursor(order: Order, case: Case) -> str:
    """A page's last case as a place to go on from."""
    match order:
        case Order.DUE:
            return f"due~{case.due_at.isoformat()}~{case.id}"
        case Order.RISK:
            return f"risk~{int(case.at_risk)}~{case.verdict.severity}~{case.due_at.isoformat()}~{case.id}"
        case Order.NEWEST:
            return f"newest~{case.id}"


def _beyond(cursor: str) -> ColumnElement[bool]:
    """What comes after a cursor."""
    try:
        name, *told = cursor.split("~")
        order = Order(name)
        values: tuple[object, ...]
        match order:
            case Order.DUE:
                due, number = told
                values = (datetime.fromisoformat(due), int(number))
            case Order.RISK:
                at_risk, severity, due, number = told
                values = (int(at_risk), int(severity), datetime.fromisoformat(due), int(number))
            case Order.NEWEST:
                (number,) = told
                values = (int(number),)
    except ValueError as error:
        message = Told("%(cursor)s is no place in the queue: begin at its top", cursor=repr(cursor))
        raise NotAllowed(message) from error
    if any(isinstance(value, datetime) and value.tzinfo is None for value in values):
        message = Told("%(cursor)s is no place in the queue: begin at its top", cursor=repr(cursor))
        raise NotAllowed(message)
    ways: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for (key, upwards), value in zip(_KEYS[order], values, strict=True):
        ways.append(and_(*same, key > value if upwards else key < value))
        same.append(key == value)
    return or_(*ways)

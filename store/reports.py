"""The questions that the weekly digest asks."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Select, and_, func, select

from cases.case import IntentState, Purpose
from cases.lifecycle import WAITING, Status
from store import schema as t
from store.engine import told


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a breakdown: of what was found, how many have been answered."""

    name: str
    found: int
    answered: int


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """What one week's figures are. A share is None where there is nothing to divide by."""

    mentions: int
    found: int
    answered: int
    in_private: int
    resolved: int
    dismissed: int
    escalated: int
    median: timedelta | None
    p90: timedelta | None
    within_promise: float | None
    by_platform: tuple[Share, ...]
    by_language: tuple[Share, ...]
    by_category: tuple[Share, ...]
    by_severity: tuple[Share, ...]
    dismissed_why: tuple[tuple[str, int], ...]
    decided: int
    hit_rate: float | None
    missed: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """A case that waits longer than promised."""

    case: int
    platform: str
    author: str
    status: Status
    over: timedelta
    text: str


class Reports:
    """Read-only questions over whole weeks."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    def began_at(self) -> datetime | None:
        """When the first post was recorded; None where there is none."""
        with told(self._name), self._engine.begin() as connection:
            # An aggregate would lose the column's type on SQLite.
            wanted = select(t.mentions.c.seen_at).order_by(t.mentions.c.seen_at).limit(1)
            return connection.execute(wanted).scalar_one_or_none()

    def week(self, start: datetime, end: datetime, *, promise: timedelta) -> WeekFigures:
        """The figures from `start` to before `end`. Cases count in the week in which they were opened."""
        with told(self._name), self._engine.begin() as connection:
            opened = connection.execute(_opened(start, end)).mappings().all()
            replies = self._first_answers(connection, start, end)
            moves = self._moves(connection, start, end)
            reasons = self._reasons(connection, start, end)
            labels = self._labels(connection, start, end)
            mentions = connection.execute(
                select(func.count())
                .select_from(t.mentions)
                .where(t.mentions.c.seen_at >= start, t.mentions.c.seen_at < end, ~t.mentions.c.own)
            ).scalar_one()
        times = sorted(replied - posted for replied, posted in replies)
        kept = sum(1 for time in times if time <= promise)
        right, wrong, missed = labels
        return WeekFigures(
            mentions=mentions,
            found=len(opened),
            answered=len(replies),
            in_private=moves[Status.IN_PRIVATE],
            resolved=moves[Status.RESOLVED],
            dismissed=moves[Status.DISMISSED],
            escalated=moves[Status.ESCALATED],
            median=_quantile(times, 0.5),
            p90=_quantile(times, 0.9),
            within_promise=kept / len(times) if times else None,
            by_platform=_shares(opened, "platform"),
            by_language=_shares(opened, "language"),
            by_category=_shares(opened, "category"),
            by_severity=tuple(sorted(_shares(opened, "severity"), key=lambda share: share.name, reverse=True)),
            dismissed_why=reasons,
            decided=right + wrong,
            hit_rate=right / (right + wrong) if right + wrong else None,
            missed=missed,
        )

    def overdue(self, *, now: datetime, limit: int = 10) -> tuple[Overdue, ...]:
        """Cases without an answer whose time has run out, the longest first."""
        unanswered = (*WAITING, Status.FLAGGED, Status.APPROVED)
        wanted = (
            select(
                t.cases.c.id,
                t.cases.c.status,
                t.cases.c.due_at,
                t.cases.c.platform,
                t.mentions.c.author,
                t.mentions.c.text,
            )
            .join(t.mentions, t.mentions.c.id == t.cases.c.mention_id)
            .where(t.cases.c.status.in_([str(status) for status in unanswered]), t.cases.c.due_at < now)
            .order_by(t.cases.c.due_at)
            .limit(limit)
        )
        with told(self._name), self._engine.begin() as connection:
            return tuple(
                Overdue(
                    row["id"], row["platform"], row["author"], Status(row["status"]), now - row["due_at"], row["text"]
                )
                for row in connection.execute(wanted).mappings()
            )

    def _first_answers(self, connection: Connection, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """For each case first answered in this time: when, and when its post was written."""
        wanted = (
            select(t.intents.c.case_id, t.intents.c.posted_at, t.mentions.c.posted_at.label("written_at"))
            .join(t.cases, t.cases.c.id == t.intents.c.case_id)
            .join(
                t.mentions,
                and_(t.mentions.c.platform == t.cases.c.platform, t.mentions.c.post_id == t.intents.c.post_id),
            )
            .where(t.intents.c.state == str(IntentState.POSTED), t.intents.c.purpose == str(Purpose.ANSWER))
            .order_by(t.intents.c.posted_at)
        )
        recent = wanted.where(t.intents.c.posted_at >= start, t.intents.c.posted_at < end)
        rows = connection.execute(recent).all()
        earlier = select(t.intents.c.case_id).where(
            t.intents.c.case_id.in_({case for case, _, _ in rows}),
            t.intents.c.state == str(IntentState.POSTED),
            t.intents.c.posted_at < start,
        )
        seen = set(connection.execute(earlier).scalars()) if rows else set()
        first: list[tuple[datetime, datetime]] = []
        for case, posted_at, written_at in rows:
            if case not in seen:
                seen.add(case)
                first.append((posted_at, written_at))
        return first

    def _moves(self, connection: Connection, start: datetime, end: datetime) -> Counter[Status]:
        wanted = (
            select(t.events.c.new, func.count(func.distinct(t.events.c.case_id)))
            .where(t.events.c.at >= start, t.events.c.at < end, t.events.c.new.is_not(None))
            .group_by(t.events.c.new)
        )
        return Counter({Status(status): count for status, count in connection.execute(wanted)})

    def _reasons(self, connection: Connection, start: datetime, end: datetime) -> tuple[tuple[str, int], ...]:
        wanted = (
            select(t.events.c.why, func.count())
            .where(t.events.c.at >= start, t.events.c.at < end, t.events.c.new == str(Status.DISMISSED))
            .group_by(t.events.c.why)
            .order_by(func.count().desc(), t.events.c.why)
        )
        return tuple((why, count) for why, count in connection.execute(wanted))

    def _labels(self, connection: Connection, start: datetime, end: datetime) -> tuple[int, int, int]:
        """By people's decisions: complaints indeed, no complaints, and those that the classifier passed over."""
        wanted = (
            select(t.labels.c.mention_id, t.labels.c.value, t.verdicts.c.complaint)
            .join(t.verdicts, t.verdicts.c.mention_id == t.labels.c.mention_id)
            .where(t.labels.c.kind == "complaint", t.labels.c.at >= start, t.labels.c.at < end)
            .order_by(t.labels.c.id)
        )
        # The last word on a post counts.
        last = {mention: (value == "true", flagged) for mention, value, flagged in connection.execute(wanted)}
        right = sum(1 for true, flagged in last.values() if flagged and true)
        wrong = sum(1 for true, flagged in last.values() if flagged and not true)
        missed = sum(1 for true, flagged in last.values() if true and not flagged)
        return right, wrong, missed


def _opened(start: datetime, end: datetime) -> Select[tuple[object, ...]]:
    answered = (
        select(t.intents.c.id)
        .where(t.intents.c.case_id == t.cases.c.id, t.intents.c.state == str(IntentState.POSTED))
        .exists()
        .label("answered")
    )
    return (
        select(t.cases.c.platform, t.verdicts.c.language, t.verdicts.c.category, t.verdicts.c.severity, answered)
        .join(t.verdicts, t.verdicts.c.mention_id == t.cases.c.mention_id)
        .where(t.cases.c.opened_at >= start, t.cases.c.opened_at < end)
    )


def _shares(rows: Sequence[object], column: str) -> tuple[Share, ...]:
    found: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for row in rows:
        name = str(row[column])  # type: ignore[index] # a RowMapping
        found[name] += 1
        answered[name] += bool(row["answered"])  # type: ignore[index] # the same
    return tuple(Share(name, count, answered[name]) for name, count in found.most_common())


def _quantile(times: Sequence[timedelta], share: float) -> timedelta | None:
    """The nearest-rank quantile: a time that really occurred."""
    return times[max(0, math.ceil(share * len(times)) - 1)] if times else None

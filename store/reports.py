"""The questions that the weekly digest asks."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, Select, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from cases.case import IntentState
from cases.learning import Training
from cases.lifecycle import WAITING, Status
from store import schema as t
from store.engine import told
from store.labels import as_training
from store.recent import JudgedText, judged_texts
from store.rhythm import Rhythm, first_answers

_Z = 1.96
"""Standard errors to each side of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a breakdown: of what was found, how many have been answered."""

    name: str
    found: int
    answered: int


@dataclass(frozen=True, slots=True)
class SampleFigures:
    """What a look at some of what was passed over says about all of it.

    `drawn` posts were drawn by lot, people looked at `looked_at` of them, and `complaints` of those were complaints.
    `missed` estimates how many complaints were passed over in all, each found one standing for as many as it was drawn
    from, and `low` to `high` is the 95 % interval; None where nobody has looked yet.
    """

    drawn: int
    looked_at: int
    complaints: int
    missed: float | None
    low: float | None
    high: float | None


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
    sample: SampleFigures
    training: Training | None
    """The last training of the week."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A case that waits longer than promised."""

    case: int
    platform: str
    author: str
    status: Status
    over: timedelta
    text: str


class Reports(Rhythm):
    """Read-only questions over whole weeks."""

    def began_at(self) -> datetime | None:
        """When the first post was recorded; None where there is none."""
        with told(self._name), self._engine.begin() as connection:
            # An aggregate would lose the column's type on SQLite.
            wanted = select(t.mentions.c.seen_at).order_by(t.mentions.c.seen_at).limit(1)
            return connection.execute(wanted).scalar_one_or_none()

    def digest_claimed(self, week: str) -> bool:
        """Whether somebody mailed this week, or is at it."""
        with told(self._name), self._engine.begin() as connection:
            return connection.execute(select(t.digests.c.week).where(t.digests.c.week == week)).first() is not None

    def week(self, start: datetime, end: datetime, *, promise: timedelta) -> WeekFigures:
        """The figures from `start` to before `end`. Cases count in the week in which they were opened."""
        with told(self._name), self._engine.begin() as connection:
            opened = connection.execute(_opened(start, end)).mappings().all()
            times = sorted(answer.waited for answer in first_answers(connection, start, end))
            moves = self._moves(connection, start, end)
            dismissals = self._dismissals(connection, start, end)
            right, wrong, missed = self._labels(connection, start, end)
            sample = self._sample(connection, start, end)
            training = self._training(connection, start, end)
            mentions = connection.execute(
                select(func.count())
                .select_from(t.mentions)
                .where(t.mentions.c.seen_at >= start, t.mentions.c.seen_at < end, ~t.mentions.c.own)
            ).scalar_one()
        kept = sum(1 for time in times if time <= promise)
        return WeekFigures(
            mentions=mentions,
            found=len(opened),
            answered=len(times),
            in_private=moves[Status.IN_PRIVATE],
            resolved=moves[Status.RESOLVED],
            dismissed=sum(dismissals.values()),
            escalated=moves[Status.ESCALATED],
            median=_quantile(times, 0.5),
            p90=_quantile(times, 0.9),
            within_promise=kept / len(times) if times else None,
            by_platform=_shares(opened, "platform"),
            by_language=_shares(opened, "language"),
            by_category=_shares(opened, "category"),
            by_severity=tuple(sorted(_shares(opened, "severity"), key=lambda share: share.name, reverse=True)),
            dismissed_why=tuple(sorted(dismissals.items(), key=lambda reason: (-reason[1], reason[0]))),
            decided=right + wrong,
            hit_rate=right / (right + wrong) if right + wrong else None,
            missed=missed,
            sample=sample,
            training=training,
        )

    def sample(self, start: datetime, end: datetime) -> SampleFigures:
        """What people found in the sample of the posts that were read from `start` to before `end`."""
        with told(self._name), self._engine.begin() as connection:
            return self._sample(connection, start, end)

    def verdicts_decided(self, start: datetime, end: datetime) -> tuple[int, int, int]:
        """What people said of verdicts: right, wrongly a complaint, and complaints that were passed over."""
        with told(self._name), self._engine.begin() as connection:
            return self._labels(connection, start, end)

    def judged(self, start: datetime, end: datetime, *, most: int) -> tuple[JudgedText, ...]:
        """Posts that were read from `start` to before `end`, with their probabilities: `most` of them at the most."""
        with told(self._name), self._engine.begin() as connection:
            return judged_texts(connection, start, end, most)

    def overdue(self, *, now: datetime, limit: int = 10) -> tuple[Overdue, ...]:
        """Cases without an answer whose time has run out, the longest first."""
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
            .where(_overdue(now))
            .order_by(t.cases.c.due_at, t.cases.c.id)
            .limit(limit)
        )
        with told(self._name), self._engine.begin() as connection:
            return tuple(
                Overdue(
                    row["id"], row["platform"], row["author"], Status(row["status"]), now - row["due_at"], row["text"]
                )
                for row in connection.execute(wanted).mappings()
            )

    def overdue_count(self, *, now: datetime) -> int:
        """How many cases wait longer than promised."""
        wanted = (
            select(func.count())
            .select_from(t.cases)
            .join(t.mentions, t.mentions.c.id == t.cases.c.mention_id)
            .where(_overdue(now))
        )
        with told(self._name), self._engine.begin() as connection:
            return connection.execute(wanted).scalar_one()

    def _moves(self, connection: Connection, start: datetime, end: datetime) -> Counter[Status]:
        wanted = (
            select(t.events.c.new, func.count(func.distinct(t.events.c.case_id)))
            .where(t.events.c.at >= start, t.events.c.at < end, t.events.c.new.is_not(None))
            .group_by(t.events.c.new)
        )
        return Counter({Status(status): count for status, count in connection.execute(wanted)})

    def _dismissals(self, connection: Connection, start: datetime, end: datetime) -> Counter[str]:
        """Why cases were dismissed, each by its last dismissal in this time; one that was undone doesn't count."""
        dismissed = str(Status.DISMISSED)
        wanted = (
            select(t.events.c.case_id, t.events.c.new, t.events.c.why)
            .where(
                t.events.c.at >= start,
                t.events.c.at < end,
                or_(t.events.c.new == dismissed, t.events.c.old == dismissed),
            )
            .order_by(t.events.c.id)
        )
        last = {case: (new, why.strip()) for case, new, why in connection.execute(wanted)}
        return Counter(why for new, why in last.values() if new == dismissed)

    def _labels(self, connection: Connection, start: datetime, end: datetime) -> tuple[int, int, int]:
        """By people's decisions: complaints indeed, no complaints, and those that the classifier passed over.

        In a language that it never learned it gives no judgement that could be right or wrong.
        """
        wanted = (
            select(t.labels.c.mention_id, t.labels.c.value, t.verdicts.c.complaint)
            .join(t.verdicts, t.verdicts.c.mention_id == t.labels.c.mention_id)
            .where(t.labels.c.kind == "complaint", t.verdicts.c.learned, t.labels.c.at >= start, t.labels.c.at < end)
            .order_by(t.labels.c.id)
        )
        # The last word on a post counts; an empty one takes back what was said.
        last = {mention: (value, flagged) for mention, value, flagged in connection.execute(wanted)}
        right = sum(1 for value, flagged in last.values() if flagged and value == "true")
        wrong = sum(1 for value, flagged in last.values() if flagged and value == "false")
        missed = sum(1 for value, flagged in last.values() if value == "true" and not flagged)
        return right, wrong, missed

    def _sample(self, connection: Connection, start: datetime, end: datetime) -> SampleFigures:
        wanted = (
            select(t.samples.c.mention_id, t.samples.c.share)
            .join(t.mentions, t.mentions.c.id == t.samples.c.mention_id)
            .where(t.mentions.c.seen_at >= start, t.mentions.c.seen_at < end)
        )
        # Asked by itself, the last one kept: in one query SQLite goes through all labels once for each drawn post.
        said = (
            select(t.labels.c.mention_id, t.labels.c.value)
            .join(t.samples, t.samples.c.mention_id == t.labels.c.mention_id)
            .where(t.labels.c.kind == "complaint")
            .order_by(t.labels.c.id)
        )
        last = dict(connection.execute(said).tuples().all())
        return sample_figures([(share, last.get(mention)) for mention, share in connection.execute(wanted)])

    def _training(self, connection: Connection, start: datetime, end: datetime) -> Training | None:
        wanted = (
            select(t.trainings)
            .where(t.trainings.c.at >= start, t.trainings.c.at < end)
            .order_by(t.trainings.c.id.desc())
            .limit(1)
        )
        row = connection.execute(wanted).mappings().one_or_none()
        return as_training(row) if row else None


def sample_figures(drawn: Sequence[tuple[float, str | None]]) -> SampleFigures:
    """The figures of a sample: for each post the share that was drawn, and what people said of it, if they did.

    Each drawn post stands for 1 / share posts (Horvitz and Thompson), those that were looked at also for those that
    were not yet. The interval is Byar's approximation to that of a Poisson count.
    """
    looked_at = [(1 / share, value == "true") for share, value in drawn if value]
    found = sum(1 for _, complaint in looked_at if complaint)
    if not looked_at:
        return SampleFigures(len(drawn), 0, 0, None, None, None)
    passed_over = sum(1 / share for share, _ in drawn)
    seen = sum(weight for weight, _ in looked_at)
    missed = passed_over * sum(weight for weight, complaint in looked_at if complaint) / seen
    each = missed / found if found else passed_over / len(looked_at)
    low, high = (each * bound for bound in _poisson_interval(found))
    return SampleFigures(len(drawn), len(looked_at), found, missed, low, min(high, max(passed_over, missed)))


def _poisson_interval(count: int) -> tuple[float, float]:
    """95 % limits of a Poisson mean by Byar's approximation (Breslow and Day 1987, section 2.3)."""
    low = count * (1 - 1 / (9 * count) - _Z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    above = count + 1
    return max(0.0, low), above * (1 - 1 / (9 * above) + _Z / (3 * math.sqrt(above))) ** 3


def _answered() -> Select[tuple[int]]:
    """The cases with a public answer.

    To be asked for with IN: SQLite would look up a correlated EXISTS by `state`, which nearly all intents share.
    """
    return select(t.intents.c.case_id).where(t.intents.c.state == str(IntentState.POSTED))


def _opened(start: datetime, end: datetime) -> Select[tuple[object, ...]]:
    return (
        select(
            t.cases.c.platform,
            t.verdicts.c.language,
            t.verdicts.c.category,
            t.verdicts.c.severity,
            t.cases.c.id.in_(_answered()).label("answered"),
        )
        .join(t.verdicts, t.verdicts.c.mention_id == t.cases.c.mention_id)
        .where(t.cases.c.opened_at >= start, t.cases.c.opened_at < end)
    )


def _overdue(now: datetime) -> ColumnElement[bool]:
    """Due before now, and no answer of ours under the post that waits for one."""
    unanswered = (*WAITING, Status.FLAGGED, Status.APPROVED)
    answer = (
        select(t.intents.c.id)
        .where(
            t.intents.c.case_id == t.cases.c.id,
            t.intents.c.post_id == t.mentions.c.post_id,
            # Wrapped, so that SQLite does not look it up by `state`, which nearly all intents share.
            func.coalesce(t.intents.c.state, "") == str(IntentState.POSTED),
        )
        .exists()
    )
    return and_(
        t.cases.c.status.in_([str(status) for status in unanswered]),
        t.cases.c.due_at < now,
        ~answer,
    )


def _shares(rows: Sequence[RowMapping], column: str) -> tuple[Share, ...]:
    found: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for row in rows:
        name = str(row[column])
        found[name] += 1
        answered[name] += bool(row["answered"])
    return tuple(Share(name, count, answered[name]) for name, count in found.most_common())


def _quantile(times: Sequence[timedelta], share: float) -> timedelta | None:
    """The nearest-rank quantile: a time that really occurred."""
    return times[max(0, math.ceil(share * len(times)) - 1)] if times else None

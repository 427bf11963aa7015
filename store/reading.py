"""What the store can be asked, and the transactions that everything stands on."""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    Connection,
    Engine,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from cases.case import Case, Event, Intent, IntentState
from cases.drafts import Approval, Draft
from cases.errors import NotFound, Overtaken
from cases.lifecycle import WAITING, Status, check_move
from cases.told import Told, named
from store import schema as t
from store.engine import told
from store.rows import Row, as_approval, as_case, as_draft, as_event, as_intent, as_mention, as_verdict, storable
from store.views import JudgedMention, StoredMention

VERDICT = [column.label(f"v_{column.name}") for column in t.verdicts.c]
_RECORDS_WORDS = frozenset({"drafted", "approval", "approved"})
"""Events by which what somebody typed is kept for good, or given up by them for another text."""

_CASE = [column.label(f"c_{column.name}") for column in t.cases.c]


def _recent_texts() -> Select[tuple[str]]:
    """Walks back from the newest draft and stops when it has enough, however many there are."""
    newer = t.drafts.alias()
    overruled = (
        select(newer.c.id)
        .where(newer.c.case_id == t.drafts.c.case_id, newer.c.revision > t.drafts.c.revision, newer.c.text != "")
        .exists()
    )
    return (
        select(t.drafts.c.text)
        .where(t.drafts.c.case_id != bindparam("own"), t.drafts.c.text != "", ~overruled)
        .order_by(t.drafts.c.id.desc())
        .limit(bindparam("many"))
    )


def _history() -> Select[tuple[int, int]]:
    mine, other = t.cases.alias(), t.cases.alias()
    case: BindParameter[int] = bindparam("case")
    earlier = (
        select(func.count())
        .select_from(mine)
        .join(other, and_(other.c.platform == mine.c.platform, other.c.author_id == mine.c.author_id))
        .where(mine.c.id == case, other.c.id < case, other.c.status != str(Status.DISMISSED))
    )
    answers = select(func.count()).where(t.intents.c.case_id == case, t.intents.c.state == str(IntentState.POSTED))
    return select(earlier.scalar_subquery(), answers.scalar_subquery())


# Asked for each draft, so built once.
_RECENT_TEXTS = _recent_texts()
_HISTORY = _history()


def _part(row: Row, prefix: str) -> dict[str, object]:
    return {key.removeprefix(prefix): value for key, value in row.items() if key.startswith(prefix)}


class Reading:
    """Transactions, the one way in which a case moves, and all questions."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._moment = threading.local()

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """What this thread asks within sees the store as it is now, whoever writes meanwhile, by one connection.

        For a page that asks many things: its parts agree, and forty questions cost one transaction. What the thread
        itself writes within is not seen either before the end.
        """
        with told(self._name), self._engine.connect() as connection, self._fixed(connection).begin():
            self._moment.connection = connection
            try:
                yield
            finally:
                self._moment.connection = None

    @staticmethod
    def _fixed(connection: Connection) -> Connection:
        """SQLite's transactions see one moment anyway; PostgreSQL's do so from this level on."""
        if connection.dialect.name == "postgresql":
            return connection.execution_options(isolation_level="REPEATABLE READ")
        return connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One consistent view; nobody waits for it."""
        shared: Connection | None = getattr(self._moment, "connection", None)
        if shared is not None:
            yield shared
            return
        with told(self._name), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction: all of it, or nothing."""
        with told(self._name), self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def _alone(self, connection: Connection, step: str) -> None:
        """Keep other processes out of one step of the work until this transaction ends.

        SQLite has one writer anyway. On PostgreSQL two daemons that record, judge or open the same posts would
        otherwise run into each other's unique keys, and lose a batch of work to it.
        """
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"amends {step}"))))

    # --- the one way in which a case moves

    def _record_event(
        self,
        connection: Connection,
        case: int,
        *,
        at: datetime,
        who: str,
        action: str,
        old: Status | None = None,
        new: Status | None = None,
        why: str = "",
    ) -> None:
        words = {"who": storable(who), "why": storable(why)}
        line = {"case_id": case, "at": at, "action": action, "old": old, "new": new, **words}
        connection.execute(insert(t.events), [line])
        if new is Status.CLOSED:
            connection.execute(delete(t.unsaved).where(t.unsaved.c.case_id == case))
        elif action in _RECORDS_WORDS:
            theirs = select(t.people.c.id).where(t.people.c.name == storable(who)).scalar_subquery()
            connection.execute(delete(t.unsaved).where(t.unsaved.c.case_id == case, t.unsaved.c.person_id == theirs))

    def _transition(
        self,
        connection: Connection,
        case: int,
        old: Status,
        new: Status,
        *,
        at: datetime,
        who: str,
        action: str,
        why: str = "",
        withdrawn: bool = False,
        follow_up: bool = False,
        marks: Mapping[str, object] | None = None,
    ) -> None:
        """Move a case if it still stands where it was seen, and write the event, in the caller's transaction.

        `marks` are columns of the case that change with it.
        Raises `MoveRefused` where the lifecycle has no such move, `Overtaken` where somebody else was faster.
        """
        check_move(old, new, withdrawn=withdrawn, follow_up=follow_up)
        moved = connection.execute(
            update(t.cases)
            .where(t.cases.c.id == case, t.cases.c.status == str(old))
            .values(status=str(new), reason=storable(why), **(marks or {}))
        )
        if moved.rowcount != 1:
            found = connection.execute(select(t.cases.c.status).where(t.cases.c.id == case)).scalar_one_or_none()
            if found is None:
                raise NotFound(_no_case(case))
            message = Told(
                "case %(case)s is %(found)s by now, no longer %(expected)s: somebody else was faster",
                case=case,
                found=named(found),
                expected=named(old),
            )
            raise Overtaken(message)
        self._record_event(connection, case, at=at, who=who, action=action, old=old, new=new, why=why)

    def _case_row(self, connection: Connection, case: int) -> Row:
        # PostgreSQL locks the row; on SQLite a writing transaction has the whole file.
        row = connection.execute(select(t.cases).where(t.cases.c.id == case).with_for_update()).mappings().one_or_none()
        if row is None:
            raise NotFound(_no_case(case))
        return row

    # --- cases

    def case(self, id: int) -> Case:  # noqa: A002 - the number by which people call a case
        """One case. Raises `NotFound`."""
        with self._reading() as connection:
            return self._load(connection, id)

    def _load(self, connection: Connection, case: int) -> Case:
        found = self._assemble(connection, cases_wanted().where(t.cases.c.id == case))
        if not found:
            raise NotFound(_no_case(case))
        return found[0]

    def cases(
        self, statuses: Collection[Status] | None = WAITING, *, limit: int = 200, platform: str | None = None
    ) -> list[Case]:
        """Cases in these states (None: all), the most urgent first."""
        wanted = cases_wanted().order_by(t.cases.c.due_at, t.cases.c.id).limit(limit)
        if statuses is not None:
            wanted = wanted.where(t.cases.c.status.in_([str(status) for status in statuses]))
        if platform is not None:
            wanted = wanted.where(t.cases.c.platform == platform)
        with self._reading() as connection:
            return self._assemble(connection, wanted)

    def case_for_drafting(
        self, limit: int = 100, *, platform: str | None = None, now: datetime | None = None
    ) -> list[Case]:
        """Cases that wait for a draft by us; with `now`, those too whose draft promises what has passed by then."""
        flagged = t.cases.c.status == str(Status.FLAGGED)
        due = t.cases.c.needs_draft if now is None else or_(t.cases.c.needs_draft, t.cases.c.redraft_at <= now)
        again = and_(t.cases.c.status == str(Status.DRAFTED), due)
        wanted = cases_wanted().where(flagged | again).order_by(t.cases.c.id).limit(limit)
        if platform is not None:
            wanted = wanted.where(t.cases.c.platform == platform)
        with self._reading() as connection:
            return self._assemble(connection, wanted)

    def _assemble(self, connection: Connection, wanted: Select[tuple[object, ...]]) -> list[Case]:
        """Cases with mention, verdict, latest draft and standing approvals, in three queries whatever their number."""
        rows = connection.execute(wanted).mappings().all()
        ids = [row["c_id"] for row in rows]
        latest: dict[int, Draft] = {}
        given: dict[int, list[Approval]] = defaultdict(list)
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            newest = (
                select(t.drafts.c.case_id, func.max(t.drafts.c.revision).label("revision"))
                .where(t.drafts.c.case_id.in_(some))
                .group_by(t.drafts.c.case_id)
                .subquery()
            )
            same = and_(t.drafts.c.case_id == newest.c.case_id, t.drafts.c.revision == newest.c.revision)
            for row in connection.execute(select(t.drafts).join(newest, same)).mappings():
                latest[row["case_id"]] = as_draft(row)
            standing = (
                select(t.approvals)
                .where(t.approvals.c.case_id.in_(some), t.approvals.c.revoked_at.is_(None))
                .order_by(t.approvals.c.id)
            )
            for row in connection.execute(standing).mappings():
                given[row["case_id"]].append(as_approval(row))
        cases = []
        for row in rows:
            draft = latest.get(row["c_id"])
            approvals = tuple(yes for yes in given[row["c_id"]] if draft and yes.revision == draft.revision)
            cases.append(as_case(_part(row, "c_"), as_mention(row), as_verdict(row, "v_"), draft, approvals))
        return cases

    def history(self, case: int) -> tuple[int, int]:
        """Earlier cases of its author on this network, and how often this case was answered in public."""
        with self._reading() as connection:
            earlier, answers = connection.execute(_HISTORY, {"case": case}).one()
            return earlier, answers

    def drafts(self, case: int) -> list[Draft]:
        """All revisions, oldest first."""
        wanted = select(t.drafts).where(t.drafts.c.case_id == case).order_by(t.drafts.c.revision)
        with self._reading() as connection:
            return [as_draft(row) for row in connection.execute(wanted).mappings()]

    def events(self, case: int) -> list[Event]:
        """A case's history, oldest first."""
        wanted = select(t.events).where(t.events.c.case_id == case).order_by(t.events.c.id)
        with self._reading() as connection:
            return [as_event(row) for row in connection.execute(wanted).mappings()]

    def intents(self, case: int) -> list[Intent]:
        """Its public messages: written, tried, or being written."""
        wanted = select(t.intents).where(t.intents.c.case_id == case).order_by(t.intents.c.id)
        with self._reading() as connection:
            return [as_intent(row) for row in connection.execute(wanted).mappings()]

    def recent_events(self, after: int = 0, limit: int = 100) -> list[tuple[int, Event]]:
        """Events with their numbers, from one number on: what a live view follows."""
        wanted = select(t.events).where(t.events.c.id > after).order_by(t.events.c.id).limit(limit)
        with self._reading() as connection:
            return [(row["id"], as_event(row)) for row in connection.execute(wanted).mappings()]

    def last_event(self) -> int:
        """The number of the newest event; 0 where there is none."""
        with self._reading() as connection:
            return connection.execute(select(func.max(t.events.c.id))).scalar() or 0

    def others_of_author(self, case: int, limit: int = 10) -> list[Case]:
        """Other cases of the same author on the same network, the newest first."""
        own, other = t.cases.alias(), t.cases
        same = and_(own.c.platform == other.c.platform, own.c.author_id == other.c.author_id)
        wanted = (
            cases_wanted()
            .join(own, and_(same, own.c.id == case))
            .where(other.c.id != case, ~other.c.forgotten)
            .order_by(other.c.id.desc())
            .limit(limit)
        )
        with self._reading() as connection:
            return self._assemble(connection, wanted)

    def decided_by(self, who: str, since: datetime) -> list[Event]:
        """What a person approved or dismissed since a moment and still stands so: it can be undone; latest first."""
        wanted = (
            select(t.events)
            .join(t.cases, t.cases.c.id == t.events.c.case_id)
            .where(
                t.events.c.at >= since,
                t.events.c.who == who,
                t.events.c.new.in_([str(Status.APPROVED), str(Status.DISMISSED)]),
                # Wrapped and sorted here, so that SQLite begins with the few events of these moments.
                func.coalesce(t.cases.c.status, "") == t.events.c.new,
            )
        )
        with self._reading() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [as_event(row) for row in sorted(rows, key=lambda row: row["id"], reverse=True)]

    def counts(self) -> dict[Status, int]:
        """How many cases there are in each state that has any."""
        wanted = select(t.cases.c.status, func.count()).group_by(t.cases.c.status)
        with self._reading() as connection:
            return {Status(status): count for status, count in connection.execute(wanted)}

    def recent_texts(self, limit: int = 50, exclude: int | None = None) -> list[str]:
        """Our latest texts, posted or waiting, newest first: what a new draft should not resemble."""
        with self._reading() as connection:
            return list(connection.execute(_RECENT_TEXTS, {"own": exclude or 0, "many": limit}).scalars())

    # --- mentions

    def mention(self, id: int) -> StoredMention:  # noqa: A002 - the number by which people call a mention
        """One mention. Raises `NotFound`."""
        with self._reading() as connection:
            row = connection.execute(select(t.mentions).where(t.mentions.c.id == id)).mappings().one_or_none()
        if row is None:
            message = Told("there is no mention %(id)s", id=id)
            raise NotFound(message)
        return StoredMention(row["id"], as_mention(row), row["case_id"])

    def mentions_of(self, case: int) -> list[StoredMention]:
        """All posts that belong to a case, oldest first."""
        wanted = (
            select(t.mentions).where(t.mentions.c.case_id == case).order_by(t.mentions.c.posted_at, t.mentions.c.id)
        )
        with self._reading() as connection:
            rows = connection.execute(wanted).mappings()
            return [StoredMention(row["id"], as_mention(row), row["case_id"]) for row in rows]

    def passed_over(self, limit: int = 20) -> list[JudgedMention]:
        """The latest mentions that opened no case."""
        return self._judged(
            select(t.mentions, *VERDICT)
            .join(t.verdicts, t.verdicts.c.mention_id == t.mentions.c.id)
            .where(t.mentions.c.stage == "settled", t.mentions.c.case_id.is_(None), ~t.mentions.c.forgotten)
            .order_by(t.mentions.c.id.desc())
            .limit(limit)
        )

    def _judged(self, wanted: Select[tuple[object, ...]]) -> list[JudgedMention]:
        with self._reading() as connection:
            rows = connection.execute(wanted).mappings()
            return [JudgedMention(row["id"], as_mention(row), as_verdict(row, "v_")) for row in rows]

    def unjudged(self, limit: int = 500) -> list[StoredMention]:
        """Recorded mentions that wait for a verdict, oldest first."""
        wanted = select(t.mentions).where(t.mentions.c.stage == "recorded").order_by(t.mentions.c.id).limit(limit)
        with self._reading() as connection:
            return [StoredMention(row["id"], as_mention(row)) for row in connection.execute(wanted).mappings()]

    def unsettled(self, limit: int = 500) -> list[JudgedMention]:
        """Judged mentions for which nobody has decided yet whether they open a case, oldest first."""
        return self._judged(
            select(t.mentions, *VERDICT)
            .join(t.verdicts, t.verdicts.c.mention_id == t.mentions.c.id)
            .where(t.mentions.c.stage == "judged")
            .order_by(t.mentions.c.id)
            .limit(limit)
        )

    def count_mentions(self) -> int:
        """How many posts were read in all."""
        with self._reading() as connection:
            return connection.execute(select(func.count()).select_from(t.mentions)).scalar_one()


def _no_case(case: int) -> str:
    return Told("there is no case %(case)s; `amends queue` lists those that wait", case=case)


def cases_wanted() -> Select[tuple[object, ...]]:
    """Cases with the mention that they answer and its verdict; narrow it down, then give it to `_assemble`."""
    return (
        select(t.mentions, *VERDICT, *_CASE)
        .select_from(t.cases)
        .join(t.mentions, t.mentions.c.id == t.cases.c.mention_id)
        .outerjoin(t.verdicts, t.verdicts.c.mention_id == t.mentions.c.id)
    )

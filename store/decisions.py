"""What people decide, each decision in one transaction with its event and what the classifier learns from it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from cases.case import Case, IntentState
from cases.drafts import Approval, Draft, text_hash
from cases.errors import MoveRefused, NotAllowed, Overtaken, TextChanged
from cases.lifecycle import ANSWERED, Status
from cases.platform import Reply
from cases.promises import Spoken
from cases.purposes import Purpose
from cases.told import Told, Value, named
from cases.verdicts import Category
from store import schema as t
from store.following import check_purpose, home_of, purpose_of_next, said_in_public
from store.promising import add_promises, keep_promises, withdraw_promises
from store.reading import Reading
from store.rows import Row, as_approval, as_draft, storable

AMENDS = "amends"
"""Who acts where no person does."""


MEANWHILE = "wrote meanwhile"
"""The event of a complaint that came in while the answer to the one before was on its way."""


class Decisions(Reading):
    """Drafts, approvals, and every other move that a person makes."""

    def add_draft(
        self,
        case: int,
        *,
        text: str,
        by: str,
        language: str,
        components: Sequence[str],
        faults: Sequence[str],
        plan: str,
        now: datetime,
        why: str = "",
        expect: Status | None = None,
        good_until: datetime | None = None,
        purpose: Purpose | None = None,
        due_at: datetime | None = None,
    ) -> Draft:
        """Write a new revision, which takes back approvals of the one before; the case is drafted then.

        `due_at`: by when it should be said, where that is another time than before.
        `purpose` left out: what the latest draft is for. A further word beside an answer that stands is drafted from
        any answered state, and once it is posted the case goes back there.

        With `expect` the case must still be in that state (`Overtaken`). The same words again make no new revision.
        `good_until`: a draft that nobody took up by then promises what has passed, and waits for a new one.
        Raises `MoveRefused` while a write is under way, `NotAllowed` for a text that can't be stored letter by letter,
        for what was said under this post already, and where the author is forgotten.
        """
        if storable(text) != text:
            message = Told(
                "the text holds characters that can't be kept (NUL, or half of a surrogate pair): type it again"
            )
            raise NotAllowed(message)
        with self._writing() as connection:
            row = self._case_row(connection, case)
            status = Status(row["status"])
            _expect(case, status, expect)
            _check_free(row, Status.DRAFTED)
            latest = self._latest(connection, case)
            first = latest is None and purpose in {None, Purpose.ANSWER}
            said = {} if first else said_in_public(connection, row)
            wanted = purpose or purpose_of_next(said, latest)
            check_purpose(case, wanted, said)
            same = latest is not None and (latest.text, latest.purpose) == (text, wanted)
            if latest is not None and same and status is Status.DRAFTED:
                connection.execute(
                    update(t.cases).where(t.cases.c.id == case).values(needs_draft=False, redraft_at=good_until)
                )
                return latest
            revision = latest.revision + 1 if latest else 1
            values = {
                "case_id": case,
                "revision": revision,
                "text": text,
                "hash": text_hash(text),
                "by": by,
                "at": now,
                "language": language,
                "components": list(components),
                "faults": list(faults),
                "plan": plan,
                "purpose": str(wanted),
            }
            follow_up = wanted is not Purpose.ANSWER
            return_to = None
            if follow_up:
                return_to = str(status) if status in {*ANSWERED, Status.CLOSED} else row["return_to"]
            if latest is not None:  # without a draft there is nothing that was approved
                self._revoke(connection, case, now)
            self._transition(
                connection,
                case,
                status,
                Status.DRAFTED,
                at=now,
                who=by,
                action="drafted",
                why=why or (row["reason"] if status is Status.DRAFTED else ""),
                follow_up=follow_up,
                marks={
                    "needs_draft": False,
                    "approved_at": None,
                    "redraft_at": good_until,
                    "return_to": return_to,
                    "due_at": due_at or row["due_at"],
                },
            )
            connection.execute(insert(t.drafts), [values])
            return as_draft(values)

    def approve(
        self,
        case: int,
        *,
        revision: int,
        hash: str,  # noqa: A002 - its name
        by: str,
        now: datetime,
        override: str = "",
        promises: Sequence[Spoken] = (),
        stop: Callable[[Sequence[Approval]], str] | None = None,
    ) -> Case:
        """One person's yes to one revision's exact text (rule 1).

        With enough people's the case is approved, and what the text promises is kept with an owner: the assignee, or
        whoever approved. `override` tells what was overridden and why, for an event of its own. Raises `TextChanged`
        where the text is not the latest draft's, `NotAllowed` where this person has said yes to it before, and where
        `stop`, asked with the approvals of this text that stand at that very moment, says why not.
        """
        by = by.strip()
        if not by:
            message = Told("an approval needs the name of a person")
            raise NotAllowed(message)
        with self._writing() as connection:
            row = self._case_row(connection, case)
            status = Status(row["status"])
            if status is not Status.DRAFTED:
                message = Told(
                    "case %(case)s is %(status)s: only a draft that waits can be approved",
                    case=case,
                    status=named(status),
                )
                raise MoveRefused(message)
            latest = self._latest(connection, case)
            if latest is None or latest.revision != revision or latest.hash != hash:
                message = Told(
                    "the draft of case %(case)s has changed since you read it; look at it again: amends show %(case)s",
                    case=case,
                )
                raise TextChanged(message)
            wanted = select(t.approvals).where(
                t.approvals.c.case_id == case, t.approvals.c.revision == revision, t.approvals.c.revoked_at.is_(None)
            )
            given = [as_approval(found) for found in connection.execute(wanted).mappings()]
            if any(yes.by.casefold() == by.casefold() for yes in given):
                message = Told(
                    "%(by)s has approved this text already; case %(case)s is at risk and needs a second person",
                    by=by,
                    case=case,
                )
                raise NotAllowed(message)
            if stop is not None and (why_not := stop(given)):
                raise NotAllowed(why_not)
            values = {"case_id": case, "revision": revision, "hash": hash, "by": by, "at": now}
            connection.execute(insert(t.approvals), [values])
            if override:
                self._record_event(connection, case, at=now, who=by, action="override", why=override)
            if len(given) + 1 < (2 if row["at_risk"] else 1):
                why = "approved by one; a second person must approve it too"
                self._record_event(connection, case, at=now, who=by, action="approval", why=why)
                connection.execute(update(t.cases).where(t.cases.c.id == case).values(reason=why))
            else:
                self._transition(
                    connection,
                    case,
                    Status.DRAFTED,
                    Status.APPROVED,
                    at=now,
                    who=by,
                    action="approved",
                    marks={"approved_at": now, "not_before": None, "needs_draft": False},
                )
                self._label(connection, row["mention_id"], "complaint", "true", who=by, now=now)
                add_promises(connection, case, revision, promises, owner=row["assignee"] or by, now=now)
            return self._load(connection, case)

    def undo(self, case: int, *, by: str, now: datetime) -> Case:
        """Take an approval back before it leaves. Raises `MoveRefused` where it has left, or there was none."""
        with self._writing() as connection:
            row = self._case_row(connection, case)
            status = Status(row["status"])
            standing = select(t.approvals.c.id).where(t.approvals.c.case_id == case, t.approvals.c.revoked_at.is_(None))
            if status is Status.DRAFTED and connection.execute(standing).first() is not None:
                self._revoke(connection, case, now)
                self._record_event(connection, case, at=now, who=by, action="undo", why="an approval was taken back")
                connection.execute(update(t.cases).where(t.cases.c.id == case).values(reason=""))
                return self._load(connection, case)
            if status is not Status.APPROVED:
                told: dict[str, Value] = {"case": case, "status": named(status)}
                message = (
                    Told("case %(case)s is %(status)s: its reply is on its way or stands already", **told)
                    if status in _LEFT
                    else Told("case %(case)s is %(status)s: there is no approval to undo", **told)
                )
                raise MoveRefused(message)
            self._revoke(connection, case, now)
            self._transition(
                connection, case, status, Status.DRAFTED, at=now, who=by, action="undo", marks={"approved_at": None}
            )
            self._unlabel(connection, row["mention_id"], who=by, now=now)
            return self._load(connection, case)

    def move(
        self,
        case: int,
        new: Status,
        *,
        who: str,
        action: str,
        why: str = "",
        now: datetime,
        expect: Status | None = None,
        withdrawn: bool = False,
    ) -> Case:
        """Any other decision: escalate, dismiss, resolve, close and the like.

        Raises `MoveRefused`, `Overtaken`, `NotFound`, and `NotAllowed` where the author is forgotten. Approving and
        sending have ways of their own, that hold the text; while a write is under way only its outcome moves the case.
        """
        if new in _OWN_WAY:
            message = Told("a case becomes %(new)s by approving and sending alone", new=named(new))
            raise MoveRefused(message)
        with self._writing() as connection:
            row = self._case_row(connection, case)
            old = Status(row["status"])
            _expect(case, old, expect)
            if not (withdrawn and old is Status.UNKNOWN and new is Status.CLOSED):
                _check_free(row, new)
            marks: dict[str, object] = {"approved_at": None}
            if withdrawn:
                marks["withdrawn"] = True
            follow_up = self._follows(connection, case, old)
            if follow_up and new is Status.DISMISSED:
                message = Told(
                    "case %(case)s was answered; give up what is drafted beside that answer: amends drop %(case)s",
                    case=case,
                )
                raise MoveRefused(message)
            if new is not Status.BY_HAND:
                self._revoke(connection, case, now)
            self._transition(
                connection,
                case,
                old,
                new,
                at=now,
                who=who,
                action=action,
                why=why,
                withdrawn=withdrawn,
                follow_up=follow_up,
                marks=marks,
            )
            if old is Status.DISMISSED:
                self._unlabel(connection, row["mention_id"], who=who, now=now)
            if new in _WORD_GIVEN:
                keep_promises(connection, case, who=who, why=_WORD_GIVEN[new], now=now)
            if new is Status.DISMISSED:
                self._label(connection, row["mention_id"], "complaint", "false", who=who, now=now)
            return self._load(connection, case)

    def said(self, case: int) -> dict[Purpose, str]:
        """What of ours stands in public under the post that a case answers now: the address by purpose."""
        with self._reading() as connection:
            row = connection.execute(select(t.cases).where(t.cases.c.id == case)).mappings().one()
            return said_in_public(connection, row)

    def next_purpose(self, case: Case) -> Purpose:
        """What the next revision of a case's draft is for, where nobody says."""
        if case.draft is None or case.draft.purpose is Purpose.ANSWER:
            return Purpose.ANSWER
        return purpose_of_next(self.said(case.id), case.draft)

    def drop_follow_up(self, case: int, *, who: str, why: str = "", now: datetime) -> Case:
        """Give up what is drafted beside an answer that stands; the case is where it was before.

        Raises `MoveRefused` where no such draft waits.
        """
        with self._writing() as connection:
            row = self._case_row(connection, case)
            old = Status(row["status"])
            if not self._follows(connection, case, old):
                message = Told(
                    "case %(case)s is %(old)s: nothing is drafted there beside an answer that stands",
                    case=case,
                    old=named(old),
                )
                raise MoveRefused(message)
            self._revoke(connection, case, now)
            back = Status(row["return_to"] or Status.REPLIED)
            marks = {"approved_at": None, "needs_draft": False, "redraft_at": None, "return_to": None}
            self._transition(
                connection, case, old, back, at=now, who=who, action="dropped", why=why, follow_up=True, marks=marks
            )
            return self._load(connection, case)

    def mark_withdrawn(self, case: int, *, now: datetime, why: str) -> None:
        """Note that the author took the post back; what becomes of the case is for a person to say."""
        with self._writing() as connection:
            row = self._case_row(connection, case)
            if Status(row["status"]) is Status.APPROVED:
                self._revoke(connection, case, now)
                self._transition(
                    connection,
                    case,
                    Status.APPROVED,
                    Status.DRAFTED,
                    at=now,
                    who="amends",
                    action="withdrawn",
                    why=why,
                    marks={"approved_at": None},
                )
            elif not row["withdrawn"]:
                self._record_event(connection, case, at=now, who="amends", action="withdrawn", why=why)
            connection.execute(update(t.cases).where(t.cases.c.id == case).values(withdrawn=True, reason=why))

    def enter_reply(
        self, case: int, *, url: str, reply_id: str | None, text: str | None, who: str, now: datetime
    ) -> Case:
        """A reply was posted by hand, and stands there. Raises `MoveRefused` where none was waited for."""
        with self._writing() as connection:
            row = self._case_row(connection, case)
            self._posted_by_hand(connection, row, Reply(reply_id or url, url, text or "", now), who=who, now=now)
            return self._load(connection, case)

    def _posted_by_hand(self, connection: Connection, row: Row, reply: Reply, *, who: str, now: datetime) -> None:
        action = "seen" if who == "amends" else "entered"
        self._transition(
            connection, row["id"], Status(row["status"]), Status.REPLIED, at=now, who=who, action=action, why=reply.url
        )
        latest = self._latest(connection, row["id"])
        revision, purpose = (latest.revision, latest.purpose) if latest else (0, Purpose.ANSWER)
        keep_promises(connection, row["id"], who=who, why="we wrote again", now=now, before=revision)
        post_id = connection.execute(
            select(t.mentions.c.post_id).where(t.mentions.c.id == row["mention_id"])
        ).scalar_one()
        values = {
            "case_id": row["id"],
            "post_id": post_id,
            "purpose": str(purpose),
            "revision": revision,
            "hash": text_hash(reply.text),
            "key": f"hand-{row['id']}-{row['mention_id']}-{purpose}",
            "text": reply.text,
            "state": str(IntentState.POSTED),
            "owner": who,
            "lease_until": now,
            "begun_at": now,
            "absences": 0,
            "reply_id": reply.post_id,
            "reply_url": reply.url,
            "posted_at": reply.posted_at,
            "by_hand": True,
        }
        same = (
            t.intents.c.case_id == row["id"],
            t.intents.c.post_id == post_id,
            t.intents.c.purpose == str(purpose),
        )
        if connection.execute(update(t.intents).where(*same).values(**values)).rowcount == 0:
            connection.execute(insert(t.intents), [values])
        self._go_home(connection, row, purpose, now)

    def correct(
        self,
        case: int,
        *,
        category: Category | None = None,
        severity: int | None = None,
        who: str,
        now: datetime,
    ) -> Case:
        """Mend what the classifier said, and keep it as a label.

        A draft of ours that waits speaks of another trouble then, so it is written anew; what a person wrote stays.
        Raises `NotFound`, and `NotAllowed` where the author is forgotten.
        """
        with self._writing() as connection:
            row = self._case_row(connection, case)
            if row["forgotten"]:
                message = Told(
                    "case %(case)s: its author is forgotten, and there is nothing left to correct", case=case
                )
                raise NotAllowed(message)
            values: dict[str, object] = {}
            if category is not None:
                values["category"] = str(category)
            if severity is not None:
                values["severity"] = severity
            if not values:
                return self._load(connection, case)
            connection.execute(update(t.verdicts).where(t.verdicts.c.mention_id == row["mention_id"]).values(**values))
            for kind, value in values.items():
                self._label(connection, row["mention_id"], kind, str(value), who=who, now=now)
            told = ", ".join(f"{kind} is {value}" for kind, value in values.items())
            self._record_event(connection, case, at=now, who=who, action="corrected", why=told)
            if Status(row["status"]) is Status.DRAFTED and self._latest_is_ours(connection, case):
                connection.execute(update(t.cases).where(t.cases.c.id == case).values(needs_draft=True))
            return self._load(connection, case)

    # --- what the other parts of the ledger use

    def _latest(self, connection: Connection, case: int) -> Draft | None:
        wanted = select(t.drafts).where(t.drafts.c.case_id == case).order_by(t.drafts.c.revision.desc()).limit(1)
        row = connection.execute(wanted).mappings().one_or_none()
        return as_draft(row) if row else None

    def _latest_is_ours(self, connection: Connection, case: int) -> bool:
        wanted = select(t.drafts.c.by).where(t.drafts.c.case_id == case).order_by(t.drafts.c.revision.desc()).limit(1)
        return connection.execute(wanted).scalar_one_or_none() in {None, AMENDS}

    def _follows(self, connection: Connection, case: int, status: Status) -> bool:
        """Whether what waits there is a further word beside an answer that stands."""
        if status not in {Status.DRAFTED, Status.CHANGES_REQUESTED, Status.BY_HAND, Status.FAILED}:
            return False
        latest = self._latest(connection, case)
        return latest is not None and latest.purpose is not Purpose.ANSWER

    def _go_home(self, connection: Connection, case: Row, purpose: Purpose, now: datetime) -> None:
        """A further word stands in public: the case goes back to where it belongs."""
        if purpose is Purpose.ANSWER:
            return
        home = home_of(case["return_to"], purpose)
        if home is not Status.REPLIED:
            why = f"our {purpose.replace('_', ' ')} stands in public"
            marks = {"return_to": None}
            self._transition(
                connection,
                case["id"],
                Status.REPLIED,
                home,
                at=now,
                who=AMENDS,
                action=str(home),
                why=why,
                marks=marks,
            )

    def _revoke(self, connection: Connection, case: int, now: datetime) -> None:
        standing = (t.approvals.c.case_id == case, t.approvals.c.revoked_at.is_(None))
        connection.execute(update(t.approvals).where(*standing).values(revoked_at=now))
        withdraw_promises(connection, case, now=now)

    def _label(self, connection: Connection, mention: int, kind: str, value: str, *, who: str, now: datetime) -> None:
        """Add what a person decided, beside what the classifier had said by then."""
        said = select(t.verdicts.c.model, t.verdicts.c.probability).where(t.verdicts.c.mention_id == mention)
        model, probability = connection.execute(said).one_or_none() or (None, None)
        values = {"mention_id": mention, "kind": kind, "value": value, "who": storable(who), "at": now}
        connection.execute(insert(t.labels), [{**values, "model": model, "probability": probability}])

    def _unlabel(self, connection: Connection, mention: int, *, who: str, now: datetime) -> None:
        """A decision that is taken back teaches nothing: what held before it holds again, be it nothing."""
        last_two = (
            select(t.labels.c.value)
            .where(t.labels.c.mention_id == mention, t.labels.c.kind == "complaint")
            .order_by(t.labels.c.id.desc())
            .limit(2)
        )
        match connection.execute(last_two).scalars().all():
            case [last, before] if last:
                self._label(connection, mention, "complaint", before, who=who, now=now)
            case [last] if last:
                self._label(connection, mention, "complaint", "", who=who, now=now)


_WORD_GIVEN = {Status.IN_PRIVATE: "the talk goes on in private", Status.RESOLVED: "the matter is settled"}
"""Moves by which a customer has heard from us."""
_LEFT = frozenset({Status.SENDING, Status.UNKNOWN, Status.REPLIED, Status.IN_PRIVATE, Status.RESOLVED})
_OWN_WAY = frozenset({Status.APPROVED, Status.SENDING, Status.UNKNOWN, Status.REPLIED})

IN_FLIGHT = frozenset({Status.SENDING, Status.UNKNOWN})
"""States in which a reply may be about to stand in public: moved by what becomes of the write, by nothing else."""


def _check_free(row: Row, new: Status) -> None:
    """Raise unless a person may move a case: its reply is not on its way, and its author not forgotten."""
    old = Status(row["status"])
    if old in IN_FLIGHT:
        way = Told("wait for its outcome") if old is Status.SENDING else Told("say what became of it: amends settle")
        message = Told(
            "case %(case)s is %(old)s and by a decision it can't become %(new)s: a reply may stand soon; %(way)s",
            case=row["id"],
            old=named(old),
            new=named(new),
            way=way,
        )
        raise MoveRefused(message)
    if row["forgotten"]:
        message = Told("case %(case)s: its author is forgotten, and is never answered again", case=row["id"])
        raise NotAllowed(message)


def _expect(case: int, found: Status, expected: Status | None) -> None:
    if expected is not None and found is not expected:
        message = Told(
            "case %(case)s is %(found)s by now, no longer %(expected)s: somebody else was faster",
            case=case,
            found=named(found),
            expected=named(expected),
        )
        raise Overtaken(message)

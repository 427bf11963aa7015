"""How far each public message has got: intents, leases, outcomes (rules 1, 2 and 5)."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, or_, select, update

from cases.case import Case, Intent, IntentState
from cases.drafts import Approval, ApprovedText, text_hash
from cases.errors import MoveRefused, NotAllowed, NotFound, Overtaken
from cases.lifecycle import Status
from cases.platform import Reply
from cases.purposes import Purpose
from cases.told import Told, named
from store import schema as t
from store.decisions import AMENDS, IN_FLIGHT, MEANWHILE
from store.intake import Intake
from store.promising import keep_promises
from store.reading import cases_wanted
from store.rows import Row, as_approval, as_intent


class Sends(Intake):
    """From an approval to a reply that stands, or to the reason why not."""

    def in_flight(self, platform: str) -> bool:
        """Whether anything there is approved, being written, or unknown."""
        moving = [str(status) for status in (Status.APPROVED, Status.SENDING, Status.UNKNOWN)]
        wanted = select(t.cases.c.id).where(t.cases.c.status.in_(moving), t.cases.c.platform == platform).limit(1)
        with self._reading() as connection:
            return connection.execute(wanted).first() is not None

    def ready(self, *, now: datetime, undo: timedelta, platforms: Collection[str], limit: int = 20) -> list[Case]:
        """Approved cases that may leave: past the undo delay, not told to wait, sending not paused there."""
        paused = set(self.paused())
        free = [] if "*" in paused else [name for name in platforms if name not in paused]
        if not free:
            return []
        wanted = (
            cases_wanted()
            .where(
                t.cases.c.status == str(Status.APPROVED),
                t.cases.c.approved_at <= now - undo,
                t.cases.c.platform.in_(free),
                or_(t.cases.c.not_before.is_(None), t.cases.c.not_before <= now),
            )
            .order_by(t.cases.c.due_at, t.cases.c.id)
            .limit(limit)
        )
        with self._reading() as connection:
            return self._assemble(connection, wanted)

    def paused(self) -> dict[str, str]:
        """Where sending is stopped: a platform, or * for all, and by whom and why."""
        with self._reading() as connection:
            rows = connection.execute(select(t.pauses)).mappings()
            return {row["name"]: f"{row['who']}: {row['why']}" if row["why"] else row["who"] for row in rows}

    def begin(
        self,
        case: int,
        *,
        owner: str,
        lease: timedelta,
        key: str,
        now: datetime,
        undo: timedelta = timedelta(),
    ) -> tuple[Intent, ApprovedText]:
        """Write the intent to post the approved text for its purpose, and take the lease; the case is sending then.

        An intent that was shown to be absent keeps its key where the text is the same, so that the network can tell a
        second attempt. Raises `Overtaken` where the case is not approved any more, or not past the undo delay, or
        sending was paused since it was found to be ready; `NotAllowed` where this post was answered already or the
        approvals don't fit the text.
        """
        with self._writing() as connection:
            row = self._case_row(connection, case)
            if Status(row["status"]) is not Status.APPROVED:
                message = f"case {case} is {row['status']} by now"
                raise Overtaken(message)
            if row["approved_at"] is None or row["approved_at"] + undo > now or (row["not_before"] or now) > now:
                message = f"case {case} has to wait a little"
                raise Overtaken(message)
            stopped = select(t.pauses.c.name).where(t.pauses.c.name.in_(["*", row["platform"]]))
            if connection.execute(stopped).first() is not None:
                message = f"case {case}: sending is paused"
                raise Overtaken(message)
            latest = self._latest(connection, case)
            if latest is None:
                message = f"case {case} has no draft"
                raise NotFound(message)
            text = ApprovedText(
                latest.text, self._standing(connection, case, latest.revision), 2 if row["at_risk"] else 1
            )
            post_id = connection.execute(
                select(t.mentions.c.post_id).where(t.mentions.c.id == row["mention_id"])
            ).scalar_one()
            same = (
                t.intents.c.case_id == case,
                t.intents.c.post_id == post_id,
                t.intents.c.purpose == str(latest.purpose),
            )
            known = connection.execute(select(t.intents).where(*same)).mappings().one_or_none()
            if known is not None and known["state"] == IntentState.POSTED:
                message = f"case {case}: this post was answered already: {known['reply_url']}"
                raise NotAllowed(message)
            if known is not None and known["state"] in {IntentState.WRITING, IntentState.UNKNOWN}:
                message = f"case {case}: an earlier reply to this post may be on its way; settle that first"
                raise NotAllowed(message)
            values = {
                "revision": latest.revision,
                "hash": text_hash(latest.text),
                "text": latest.text,
                "state": str(IntentState.WRITING),
                "owner": owner,
                "lease_until": now + lease,
                "begun_at": now,
                "absences": 0,
            }
            if known is None:
                place = {
                    "case_id": case,
                    "post_id": post_id,
                    "purpose": str(latest.purpose),
                    "key": key,
                    "by_hand": False,
                }
                connection.execute(insert(t.intents), [{**place, **values}])
            else:
                keep = known["state"] == IntentState.ABSENT and known["hash"] == values["hash"]
                again = {**values, "key": known["key"] if keep else key}
                connection.execute(update(t.intents).where(t.intents.c.id == known["id"]).values(**again))
            self._transition(
                connection,
                case,
                Status.APPROVED,
                Status.SENDING,
                at=now,
                who=AMENDS,
                action="sending",
                marks={"not_before": None},
            )
            return as_intent(connection.execute(select(t.intents).where(*same)).mappings().one()), text

    def renew(self, intent: Intent, *, lease: timedelta, now: datetime) -> bool:
        """Lengthen the lease right before the write; whether it is still ours to make.

        Reading the post again may have taken longer than the lease: then somebody else may have settled the matter, and
        writing now could be a second reply.
        """
        mine = (
            t.intents.c.id == intent.id,
            t.intents.c.owner == intent.owner,
            t.intents.c.begun_at == intent.begun_at,
            t.intents.c.state == str(IntentState.WRITING),
            t.intents.c.lease_until > now,
        )
        with self._writing() as connection:
            return connection.execute(update(t.intents).where(*mine).values(lease_until=now + lease)).rowcount == 1

    def _standing(self, connection: Connection, case: int, revision: int) -> tuple[Approval, ...]:
        wanted = select(t.approvals).where(
            t.approvals.c.case_id == case, t.approvals.c.revision == revision, t.approvals.c.revoked_at.is_(None)
        )
        return tuple(as_approval(row) for row in connection.execute(wanted).mappings())

    # --- outcomes

    def posted(self, intent: int, reply: Reply, *, who: str = AMENDS, now: datetime) -> Case:
        """The reply stands there. Safe to say twice."""
        with self._writing() as connection:
            row = self._intent_row(connection, intent)
            if row["state"] == IntentState.POSTED:
                return self._load(connection, row["case_id"])
            self._end(
                connection,
                intent,
                IntentState.POSTED,
                now,
                reply_id=reply.post_id,
                reply_url=reply.url,
                posted_at=reply.posted_at,
            )
            keep_promises(connection, row["case_id"], who=who, why="we wrote again", now=now, before=row["revision"])
            self._go(connection, row, Status.REPLIED, now=now, action="replied", why=reply.url, who=who)
            return self._load(connection, row["case_id"])

    def unclear(self, intent: int, why: str, *, now: datetime, not_before: datetime | None = None) -> Case:
        """The write ended without a clear answer: the thread must be read."""
        with self._writing() as connection:
            row = self._intent_row(connection, intent)
            self._end(connection, intent, IntentState.UNKNOWN, now)
            self._go(
                connection, row, Status.UNKNOWN, now=now, action="unclear", why=why, marks={"not_before": not_before}
            )
            return self._load(connection, row["case_id"])

    def refused(self, intent: int, why: str, *, now: datetime) -> Case:
        """The network said no, and surely posted nothing."""
        with self._writing() as connection:
            row = self._intent_row(connection, intent)
            self._end(connection, intent, IntentState.REFUSED, now)
            self._revoke(connection, row["case_id"], now)
            self._go(connection, row, Status.FAILED, now=now, action="refused", why=why)
            return self._load(connection, row["case_id"])

    def stale(self, intent: int, why: str, *, now: datetime, withdrawn: bool = False, redraft: bool = False) -> Case:
        """Nothing was written since the post is no longer what was answered: back to a person."""
        with self._writing() as connection:
            row = self._intent_row(connection, intent)
            self._end(connection, intent, IntentState.ABSENT, now)
            self._revoke(connection, row["case_id"], now)
            marks: dict[str, object] = {"approved_at": None, "needs_draft": redraft}
            if withdrawn:
                marks["withdrawn"] = True
            self._go(connection, row, Status.DRAFTED, now=now, action="stale", why=why, marks=marks)
            return self._load(connection, row["case_id"])

    def to_hand(self, intent: int, why: str, *, now: datetime) -> Case:
        """Nothing was written since the API takes no reply here: a person posts it."""
        with self._writing() as connection:
            row = self._intent_row(connection, intent)
            self._end(connection, intent, IntentState.ABSENT, now)
            self._go(connection, row, Status.BY_HAND, now=now, action="by_hand", why=why)
            return self._load(connection, row["case_id"])

    def release(self, intent: int, why: str, *, now: datetime, not_before: datetime | None = None) -> Case:
        """The write was never begun: approved again, and tried later."""
        with self._writing() as connection:
            row = self._intent_row(connection, intent)
            self._end(connection, intent, IntentState.ABSENT, now)
            self._go(connection, row, Status.UNKNOWN, now=now, action="not begun", why=why)
            if Status(self._case_row(connection, row["case_id"])["status"]) is Status.UNKNOWN:
                marks = {"not_before": not_before}
                self._go(connection, row, Status.APPROVED, now=now, action="not begun", why=why, marks=marks)
            return self._load(connection, row["case_id"])

    # --- what is unknown

    def expire_leases(self, *, now: datetime) -> list[int]:
        """Whoever was writing has died, or hangs: their cases are unknown now."""
        expired: list[int] = []
        wanted = select(t.intents).where(t.intents.c.state == str(IntentState.WRITING), t.intents.c.lease_until < now)
        with self._reading() as connection:
            if connection.execute(wanted.limit(1)).first() is None:
                return expired
        with self._writing() as connection:
            for row in connection.execute(wanted.with_for_update()).mappings().all():
                connection.execute(
                    update(t.intents).where(t.intents.c.id == row["id"]).values(state=str(IntentState.UNKNOWN))
                )
                why = "whoever was sending it did not come back; the thread is read to see what became of it"
                self._go(
                    connection, row, Status.UNKNOWN, now=now, action="unclear", why=why, marks={"not_before": None}
                )
                expired.append(row["case_id"])
        return expired

    def claim_unknown(
        self, *, owner: str, lease: timedelta, now: datetime, platforms: Collection[str], limit: int = 20
    ) -> list[tuple[Case, Intent]]:
        """Take the lease on what must be looked up, and nobody else is at."""
        wanted = (
            select(t.intents.c.id, t.intents.c.case_id)
            .join(t.cases, t.cases.c.id == t.intents.c.case_id)
            .where(
                t.intents.c.state == str(IntentState.UNKNOWN),
                t.intents.c.lease_until <= now,
                t.cases.c.status == str(Status.UNKNOWN),
                t.cases.c.platform.in_(list(platforms)),
                or_(t.cases.c.not_before.is_(None), t.cases.c.not_before <= now),
            )
            .order_by(t.intents.c.id)
            .limit(limit)
        )
        with self._reading() as connection:
            if connection.execute(wanted.limit(1)).first() is None:
                return []
        with self._writing() as connection:
            claimed = connection.execute(wanted.with_for_update(of=t.intents, skip_locked=True)).all()
            ids = [intent for intent, _ in claimed]
            leased = {"owner": owner, "lease_until": now + lease}
            connection.execute(update(t.intents).where(t.intents.c.id.in_(ids)).values(**leased))
            found = connection.execute(select(t.intents).where(t.intents.c.id.in_(ids))).mappings()
            return [(self._load(connection, row["case_id"]), as_intent(row)) for row in found]

    def absent(
        self,
        intent: int,
        *,
        complete: bool,
        settle: timedelta,
        needed: int = 2,
        again: timedelta,
        now: datetime,
    ) -> Case:
        """A look that did not find the reply.

        Only a complete one after the settling delay counts; `needed` of them show that nothing was posted, and the case
        is approved again. Until then it is looked for once more after `again`.
        """
        with self._writing() as connection:
            row = self._intent_row(connection, intent)
            count = row["absences"] + (1 if complete and now >= row["begun_at"] + settle else 0)
            if row["state"] != IntentState.UNKNOWN:
                return self._load(connection, row["case_id"])
            if count < needed:
                values = {"absences": count, "lease_until": now}
                connection.execute(update(t.intents).where(t.intents.c.id == intent).values(**values))
                connection.execute(update(t.cases).where(t.cases.c.id == row["case_id"]).values(not_before=now + again))
                return self._load(connection, row["case_id"])
            self._end(connection, intent, IntentState.ABSENT, now)
            why = f"{count} complete looks at the thread show that nothing was posted; it is sent again"
            self._go(
                connection, row, Status.APPROVED, now=now, action="shown absent", why=why, marks={"not_before": None}
            )
            return self._load(connection, row["case_id"])

    def settle_by_person(self, case: int, *, posted_url: str | None, who: str, now: datetime) -> Case:
        """A person has looked and says what became of a write. Raises `MoveRefused` where nothing is unknown."""
        with self._writing() as connection:
            row = self._case_row(connection, case)
            new = Status.REPLIED if posted_url else Status.FAILED
            old = Status(row["status"])
            if old is not Status.UNKNOWN:
                message = Told("case %(case)s is %(old)s: there is no write to settle", case=case, old=named(old))
                raise MoveRefused(message)
            state = IntentState.POSTED if posted_url else IntentState.REFUSED
            outcome = {"reply_url": posted_url, "reply_id": posted_url, "posted_at": now} if posted_url else {}
            pending = (t.intents.c.case_id == case, t.intents.c.state == str(IntentState.UNKNOWN))
            begun = connection.execute(select(t.intents).where(*pending)).mappings().first()
            connection.execute(update(t.intents).where(*pending).values(state=str(state), lease_until=now, **outcome))
            self._transition(connection, case, old, new, at=now, who=who, action="settled", why=posted_url or "")
            if begun is not None and new is Status.REPLIED:
                taken_up = self._take_up(connection, row, new, begun["begun_at"], now)
                if not taken_up:
                    self._go_home(connection, row, Purpose(begun["purpose"]), now)
            return self._load(connection, case)

    def _intent_row(self, connection: Connection, intent: int) -> Row:
        wanted = select(t.intents).where(t.intents.c.id == intent).with_for_update()
        row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            message = f"there is no intent {intent}"
            raise NotFound(message)
        return row

    def _end(self, connection: Connection, intent: int, state: IntentState, now: datetime, **outcome: object) -> None:
        """Store an intent's state and let its lease go."""
        connection.execute(
            update(t.intents).where(t.intents.c.id == intent).values(state=str(state), lease_until=now, **outcome)
        )

    def _go(
        self,
        connection: Connection,
        intent: Row,
        new: Status,
        *,
        now: datetime,
        action: str,
        why: str,
        who: str = AMENDS,
        marks: Mapping[str, object] | None = None,
    ) -> None:
        case = self._case_row(connection, intent["case_id"])
        old = Status(case["status"])
        if case["forgotten"] and old not in IN_FLIGHT:
            return  # closed when its author was forgotten; the intent's end is stored all the same
        self._transition(connection, case["id"], old, new, at=now, who=who, action=action, why=why, marks=marks)
        if case["forgotten"]:
            # Its author was forgotten while the write was under way: now that it has an end, nothing more is done.
            self._transition(
                connection,
                case["id"],
                new,
                Status.CLOSED,
                at=now,
                who=AMENDS,
                action="forgotten",
                withdrawn=True,
                marks={"approved_at": None, "needs_draft": False},
            )
        elif new in {Status.REPLIED, Status.APPROVED}:
            taken_up = self._take_up(connection, case, new, intent["begun_at"], now)
            if new is Status.REPLIED and not taken_up:
                self._go_home(connection, case, Purpose(intent["purpose"]), now)

    def _take_up(self, connection: Connection, case: Row, status: Status, since: datetime, now: datetime) -> bool:
        """What came in while a write was under way: back to a draft where the answer or the approval falls short."""
        number = case["id"]
        marks: dict[str, object] = {"approved_at": None}
        told = (t.events.c.case_id == number, t.events.c.action == MEANWHILE, t.events.c.at >= since)
        if connection.execute(select(t.events.c.id).where(*told).limit(1)).first() is not None:
            newest = select(func.max(t.mentions.c.id)).where(t.mentions.c.case_id == number)
            marks |= {"mention_id": connection.execute(newest).scalar_one(), "needs_draft": True}
            why = "the author wrote again while the answer was on its way"
        elif status is Status.APPROVED and self._short_of_approvals(connection, case):
            why = "the approval no longer holds: the post was edited, or a second person must approve"
        else:
            return False
        drafted = Status.DRAFTED
        self._transition(
            connection, number, status, drafted, at=now, who=AMENDS, action="taken up", why=why, marks=marks
        )
        return True

    def _short_of_approvals(self, connection: Connection, case: Row) -> bool:
        latest = self._latest(connection, case["id"])
        given = self._standing(connection, case["id"], latest.revision) if latest else ()
        return len(given) < (2 if case["at_risk"] else 1)

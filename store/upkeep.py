"""What the daemon must remember beside cases: polls, pauses, costs, leases, mailed weeks, and what to forget."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, String, cast, delete, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cases.errors import NotFound
from cases.lifecycle import OPEN, Status
from store import schema as t
from store.decisions import AMENDS
from store.rows import storable, trace
from store.searching import drop_traces, index_words
from store.sends import Sends
from store.views import PlatformState

ALL = "*"
"""In place of a platform's name: all of them."""

_ERASED_MENTION = {
    "author": "",
    "author_name": "",
    "author_id": "",
    "text": "",
    "url": "",
    "ref": "",
    "followers": None,
    "forgotten": True,
    "forget_by": None,
}


class Upkeep(Sends):
    """Small tables, and the eraser."""

    def _insert(self, table: object) -> postgresql.Insert | sqlite.Insert:
        make = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        return make(table)  # type: ignore[arg-type] # a Table; both dialects' inserts know ON CONFLICT

    # --- polls

    def note_poll(
        self,
        platform: str,
        *,
        now: datetime,
        error: str | None = None,
        until: datetime | None = None,
        newest: datetime | None = None,
    ) -> None:
        """How a poll ended. `until`: the network wants us to wait until then."""
        told = None if error is None else storable(error)
        values: dict[str, object] = {"last_poll": now, "error": told, "until": until}
        if error is None:
            values["last_ok"] = now
        if newest is not None:
            values["newest"] = newest
        statement = self._insert(t.platforms).values(name=platform, **values)
        with self._writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))

    def platforms(self) -> list[PlatformState]:
        """Where each platform stands that was ever polled."""
        paused = self.paused()
        with self._reading() as connection:
            rows = connection.execute(select(t.platforms).order_by(t.platforms.c.name)).mappings()
            return [
                PlatformState(
                    row["name"],
                    row["last_poll"],
                    row["last_ok"],
                    row["newest"],
                    row["error"],
                    row["until"],
                    paused.get(row["name"]) or paused.get(ALL),
                )
                for row in rows
            ]

    # --- pauses

    def pause(self, platform: str | None, *, who: str, now: datetime, why: str = "") -> None:
        """Stop sending on one platform, or on all."""
        values = {"who": who, "why": why, "at": now}
        statement = self._insert(t.pauses).values(name=platform or ALL, **values)
        with self._writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))

    def resume(self, platform: str | None, *, who: str, now: datetime) -> None:  # noqa: ARG002 - a decision has a person
        """Start sending again on one platform; on None, everywhere."""
        with self._writing() as connection:
            statement = delete(t.pauses)
            connection.execute(statement if platform is None else statement.where(t.pauses.c.name == platform))

    # --- costs

    def add_cost(self, platform: str, usd: float, *, now: datetime) -> None:
        """Reading has cost this much."""
        statement = self._insert(t.costs).values(platform=platform, day=now.date(), usd=usd)
        more = {"usd": t.costs.c.usd + usd}
        with self._writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["platform", "day"], set_=more))

    def cost(self, platform: str, *, day: date) -> float:
        """What a UTC day has cost so far, in dollars."""
        wanted = select(t.costs.c.usd).where(t.costs.c.platform == platform, t.costs.c.day == day)
        with self._reading() as connection:
            return connection.execute(wanted).scalar_one_or_none() or 0.0

    # --- leases

    def lease(self, name: str, *, owner: str, until: datetime, now: datetime) -> bool:
        """Take or lengthen a lease; whether it is ours."""
        taken = self._insert(t.leases).values(name=name, owner=owner, until=until)
        free = or_(t.leases.c.owner == owner, t.leases.c.until <= now)
        values = {"owner": owner, "until": until}
        mine = taken.on_conflict_do_update(index_elements=["name"], set_=values, where=free)
        with self._writing() as connection:
            # Not rowcount: for an insert the drivers don't agree on it.
            return connection.execute(mine.returning(t.leases.c.name)).first() is not None

    def unlease(self, name: str, *, owner: str) -> None:
        """Let a lease go, if it is ours."""
        with self._writing() as connection:
            connection.execute(delete(t.leases).where(t.leases.c.name == name, t.leases.c.owner == owner))

    # --- digests

    def claim_digest(self, week: str, *, owner: str, now: datetime) -> bool:
        """Whether the mail of this week is ours to send; true once."""
        statement = self._insert(t.digests).values(week=week, owner=owner, claimed_at=now)
        with self._writing() as connection:
            claimed = statement.on_conflict_do_nothing().returning(t.digests.c.week)
            return connection.execute(claimed).first() is not None

    def release_digest(self, week: str) -> None:
        """The mail surely did not go out: it may be claimed again."""
        with self._writing() as connection:
            connection.execute(delete(t.digests).where(t.digests.c.week == week, t.digests.c.sent_at.is_(None)))

    def digest_done(self, week: str, now: datetime) -> None:
        """The mail went out."""
        with self._writing() as connection:
            connection.execute(update(t.digests).where(t.digests.c.week == week).values(sent_at=now))

    # --- forgetting (rule 9)

    def forget(self, platform: str, author: str, *, now: datetime) -> int:
        """Erase what is kept of a person, by handle or identifier; how many posts.

        Hashes stay, so that neither they nor a post of theirs is ever stored or answered again. Open cases are closed.
        """
        mine = (
            t.mentions.c.platform == platform,
            or_(t.mentions.c.author == author, t.mentions.c.author_id == author),
            ~t.mentions.c.forgotten,
        )
        columns = (t.mentions.c.id, t.mentions.c.post_id, t.mentions.c.author_id)
        with self._writing() as connection:
            # Even of somebody who is not known yet: what they write later is not kept either.
            self._remember_to_forget(connection, [trace(platform, "author", author)], now)
            ids = set(connection.execute(select(t.mentions.c.author_id).where(*mine)).scalars())
            if not ids:
                return 0
            # The handle may have changed between two posts; the identifier has not.
            same = (t.mentions.c.platform == platform, t.mentions.c.author_id.in_(ids), ~t.mentions.c.forgotten)
            rows = connection.execute(select(*columns).where(*same)).mappings().all()
            hashes = {trace(platform, "author", row["author_id"]) for row in rows}
            hashes |= {trace(platform, "post", row["post_id"]) for row in rows}
            self._remember_to_forget(connection, sorted(hashes), now)
            cases = select(t.cases.c.id, t.cases.c.status).where(
                t.cases.c.platform == platform, t.cases.c.author_id.in_(ids)
            )
            for case, status in connection.execute(cases).all():
                self._erase_case(connection, case, Status(status), now)
            self._erase_mentions(connection, [row["id"] for row in rows])
            drop_traces(connection)
            return len(rows)

    def forget_mention(self, mention_id: int, *, now: datetime) -> None:
        """Erase one post, on its network's terms; a case that stood on it keeps its history without words.

        Call `wipe` after the last of several: the search index may hold pieces of its words until then.
        """
        with self._writing() as connection:
            wanted = select(t.mentions).where(t.mentions.c.id == mention_id)
            row = connection.execute(wanted).mappings().one_or_none()
            if row is None:
                message = f"there is no mention {mention_id}"
                raise NotFound(message)
            self._remember_to_forget(connection, [trace(row["platform"], "post", row["post_id"])], now)
            if row["case_id"] is not None:
                case = self._case_row(connection, row["case_id"])
                if case["mention_id"] == mention_id:
                    self._erase_case(connection, case["id"], Status(case["status"]), now)
            self._erase_mentions(connection, [mention_id])

    def wipe(self) -> None:
        """Take what is left of forgotten words out of the search index; about a second for each 100,000 posts."""
        with self._writing() as connection:
            drop_traces(connection)

    def _remember_to_forget(self, connection: Connection, hashes: Sequence[str], now: datetime) -> None:
        rows = [{"hash": value, "at": now} for value in hashes]
        connection.execute(self._insert(t.forgotten).on_conflict_do_nothing(), rows)

    def _erase_mentions(self, connection: Connection, ids: Sequence[int]) -> None:
        for number in ids:
            connection.execute(
                update(t.mentions)
                .where(t.mentions.c.id == number)
                # On some networks an identifier names its author, so that goes too.
                .values(**_ERASED_MENTION, stage="settled", post_id=f"forgotten-{number}", thread_id="", parent_id=None)
            )
            connection.execute(update(t.verdicts).where(t.verdicts.c.mention_id == number).values(about="", why=[]))
        index_words(connection, ids)

    def _erase_case(self, connection: Connection, case: int, status: Status, now: datetime) -> None:
        # While a write is under way its outcome must still find the case, and closes it. The words go all the same.
        if status in OPEN - {Status.SENDING}:
            self._revoke(connection, case, now)
            self._transition(
                connection,
                case,
                status,
                Status.CLOSED,
                at=now,
                who=AMENDS,
                action="forgotten",
                withdrawn=True,
                marks={"approved_at": None, "needs_draft": False},
            )
        connection.execute(
            update(t.cases)
            .where(t.cases.c.id == case)
            .values(forgotten=True, withdrawn=True, author_id=f"forgotten-{case}", thread_id="", reason="")
        )
        connection.execute(delete(t.unsaved).where(t.unsaved.c.case_id == case))
        connection.execute(update(t.drafts).where(t.drafts.c.case_id == case).values(text="", plan="{}"))
        # The post's identifier may name its author here too.
        nameless = literal("forgotten-") + cast(t.intents.c.id, String)
        connection.execute(update(t.intents).where(t.intents.c.case_id == case).values(text="", post_id=nameless))
        connection.execute(update(t.events).where(t.events.c.case_id == case).values(why=""))
        connection.execute(update(t.findings).where(t.findings.c.case_id == case).values(cause="", damage=""))
        connection.execute(update(t.overrules).where(t.overrules.c.case_id == case).values(value=""))
        connection.execute(update(t.grants).where(t.grants.c.case_id == case).values(words=""))
        connection.execute(update(t.promises).where(t.promises.c.case_id == case).values(words="", why=""))

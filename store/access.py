"""Sessions, one-time links, API tokens and attempts to sign in: only hashes of secrets come here."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from cases.errors import NotFound
from cases.people import AccessEntry, ApiToken, Link, LinkPurpose, SignedIn
from cases.told import Told
from store import schema as t
from store.reading import Reading
from store.rows import Row, storable

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a session or a token was last used: each look would be a write."""
_FORGET_ATTEMPTS = timedelta(hours=1)


class Access(Reading):
    """What opens the desk. Every `digest` is the SHA-256 of a random secret, in hexadecimal digits."""

    # --- sessions

    def begin_session(self, digest: str, person: int, *, ends_at: datetime, now: datetime) -> None:
        """Remember who signed in; sessions that have ended are cleared away on the way."""
        values = {"hash": digest, "person_id": person, "made_at": now, "seen_at": now, "ends_at": ends_at}
        with self._writing() as connection:
            connection.execute(delete(t.sessions).where(t.sessions.c.ends_at <= now))
            connection.execute(insert(t.sessions).values(**values))

    def session(self, digest: str, *, idle: timedelta, now: datetime, used: bool = True) -> int | None:
        """Whose session it is, and with `used` that it was; None where it has ended, by its end or by idleness."""
        with self._reading() as connection:
            row = connection.execute(select(t.sessions).where(t.sessions.c.hash == digest)).mappings().one_or_none()
        if row is None or row["ends_at"] <= now or row["seen_at"] + idle <= now:
            return None
        if used and row["seen_at"] + min(SEEN_EVERY, idle / 4) <= now:
            with self._writing() as connection:
                connection.execute(update(t.sessions).where(t.sessions.c.hash == digest).values(seen_at=now))
        return int(row["person_id"])

    def end_session(self, digest: str) -> None:
        """Sign out."""
        with self._writing() as connection:
            connection.execute(delete(t.sessions).where(t.sessions.c.hash == digest))

    def end_sessions(self, person: int, *, keep: str = "") -> int:
        """Sign a person out everywhere but in the session with the hash `keep`; how many sessions ended."""
        with self._writing() as connection:
            return self._end_sessions(connection, person, keep=keep)

    def _end_sessions(self, connection: Connection, person: int, *, keep: str) -> int:
        others = delete(t.sessions).where(t.sessions.c.person_id == person, t.sessions.c.hash != keep)
        return connection.execute(others).rowcount

    # --- what was done, for admins

    def access_log(self, *, before: int = 0, limit: int = 100) -> list[AccessEntry]:
        """The latest lines of the access log first; with `before`, those that are older than the one of that number."""
        wanted = select(t.access_log).order_by(t.access_log.c.id.desc()).limit(limit)
        if before:
            wanted = wanted.where(t.access_log.c.id < before)
        with self._reading() as connection:
            return [AccessEntry(**row) for row in connection.execute(wanted).mappings()]

    def signed_in(self, *, idle: timedelta, now: datetime) -> list[SignedIn]:
        """Who is signed in now, the last seen first."""
        wanted = (
            select(t.people.c.name, t.sessions.c.made_at, t.sessions.c.seen_at)
            .join(t.people, t.people.c.id == t.sessions.c.person_id)
            .where(t.sessions.c.ends_at > now, t.sessions.c.seen_at > now - idle)
            .order_by(t.sessions.c.seen_at.desc(), t.people.c.name)
        )
        with self._reading() as connection:
            return [SignedIn(*row) for row in connection.execute(wanted)]

    # --- one-time links

    def add_link(
        self,
        digest: str,
        purpose: LinkPurpose,
        *,
        ends_at: datetime,
        now: datetime,
        person: int | None = None,
    ) -> None:
        """Keep a new link; unused ones for the same purpose and person lapse, so that the newest alone opens."""
        values = {"hash": digest, "purpose": str(purpose), "person_id": person, "made_at": now, "ends_at": ends_at}
        same = t.links.c.person_id.is_(None) if person is None else t.links.c.person_id == person
        with self._writing() as connection:
            connection.execute(delete(t.links).where(same, t.links.c.purpose == str(purpose)))
            connection.execute(insert(t.links).values(**values))

    def link(self, digest: str, *, now: datetime) -> Link | None:
        """A link that can still be used, left as it is; None where there is none."""
        with self._reading() as connection:
            row = connection.execute(select(t.links).where(*_open_link(digest, now))).mappings().one_or_none()
        return _as_link(row) if row is not None else None

    def use_link(self, digest: str, *, now: datetime) -> Link | None:
        """Spend a link: of two who come at once, one gets it. None where it is spent, over or unknown."""
        with self._writing() as connection:
            spent = update(t.links).where(*_open_link(digest, now)).values(used_at=now)
            if connection.execute(spent).rowcount == 0:
                return None
            return _as_link(connection.execute(select(t.links).where(t.links.c.hash == digest)).mappings().one())

    # --- tokens for the API

    def add_token(self, digest: str, person: int, *, label: str, now: datetime) -> ApiToken:
        """Keep a new token."""
        values = {"hash": digest, "person_id": person, "label": storable(label), "made_at": now}
        with self._writing() as connection:
            made = connection.execute(insert(t.tokens).values(**values)).inserted_primary_key
            return ApiToken(made[0] if made else 0, storable(label), now, None)

    def token(self, digest: str, *, now: datetime) -> int | None:
        """Whose token it is, and that it was used; None where it is revoked or unknown."""
        wanted = select(t.tokens).where(t.tokens.c.hash == digest, t.tokens.c.revoked_at.is_(None))
        with self._reading() as connection:
            row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            return None
        if row["seen_at"] is None or row["seen_at"] + SEEN_EVERY <= now:
            with self._writing() as connection:
                connection.execute(update(t.tokens).where(t.tokens.c.hash == digest).values(seen_at=now))
        return int(row["person_id"])

    def tokens(self, person: int) -> list[ApiToken]:
        """A person's tokens that are good, the newest first."""
        wanted = (
            select(t.tokens)
            .where(t.tokens.c.person_id == person, t.tokens.c.revoked_at.is_(None))
            .order_by(t.tokens.c.id.desc())
        )
        with self._reading() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [ApiToken(row["id"], row["label"], row["made_at"], row["seen_at"]) for row in rows]

    def revoke_token(self, number: int, *, person: int, now: datetime) -> None:
        """Make a person's token useless at once. Raises `NotFound` where they have none of that number."""
        good = update(t.tokens).where(
            t.tokens.c.id == number, t.tokens.c.person_id == person, t.tokens.c.revoked_at.is_(None)
        )
        with self._writing() as connection:
            if connection.execute(good.values(revoked_at=now)).rowcount == 0:
                message = Told("there is no token %(number)s here", number=number)
                raise NotFound(message)

    def _shut_out(self, connection: Connection, person: int, *, now: datetime) -> None:
        """Nothing that a person holds opens anything any more."""
        self._end_sessions(connection, person, keep="")
        connection.execute(delete(t.links).where(t.links.c.person_id == person))
        good = update(t.tokens).where(t.tokens.c.person_id == person, t.tokens.c.revoked_at.is_(None))
        connection.execute(good.values(revoked_at=now))

    # --- attempts to sign in

    def begin_attempt(self, keys: Mapping[str, Callable[[int], timedelta]], *, now: datetime) -> datetime | None:
        """Count an attempt before it is looked at; or until when none is allowed, and then it does not count.

        Each key (a hash) comes with what says how long to wait after so many attempts. Counting first means that many
        attempts at once are no way around.
        """
        with self._writing() as connection:
            self._alone(connection, "attempts")
            connection.execute(delete(t.attempts).where(t.attempts.c.at <= now - _FORGET_ATTEMPTS))
            rows = connection.execute(select(t.attempts).where(t.attempts.c.key.in_(list(keys)))).mappings().all()
            until = max((row["at"] + keys[row["key"]](row["count"]) for row in rows), default=now)
            if until > now:
                return until
            known = {row["key"] for row in rows}
            for key in keys:
                if key in known:
                    more = update(t.attempts).where(t.attempts.c.key == key)
                    connection.execute(more.values(count=t.attempts.c.count + 1, at=now))
                else:
                    connection.execute(insert(t.attempts).values(key=key, count=1, at=now))
        return None

    def clear_attempts(self, *keys: str) -> None:
        """Somebody signed in: what counted against them counts no more."""
        with self._writing() as connection:
            connection.execute(delete(t.attempts).where(t.attempts.c.key.in_(keys)))


def _open_link(digest: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return t.links.c.hash == digest, t.links.c.used_at.is_(None), t.links.c.ends_at > now


def _as_link(row: Row) -> Link:
    return Link(LinkPurpose(row["purpose"]), row["person_id"], row["ends_at"])

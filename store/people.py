"""Who works at the desk, as the store keeps them."""

from datetime import datetime

from sqlalchemy import Connection, false, func, insert, or_, select, update

from cases.errors import NotAllowed, NotFound
from cases.people import Person, clean_name, name_key
from cases.plans import Role
from cases.told import Told
from store import schema as t
from store.access import Access
from store.rows import Row, storable

TERMINAL = "the terminal"
"""Who acts where nobody signed in: the operator."""


class People(Access):
    """People and their roles. `by` is who does it; each change is written to the access log with it."""

    def add_person(
        self,
        name: str,
        role: Role,
        *,
        by: str,
        now: datetime,
        sso: str = "",
        first: bool = False,
    ) -> Person:
        """Let somebody in; they have no password yet. Raises `NotAllowed` for a name that is taken or can't be one.

        `sso` is the name under which the sign-in provider knows them. `first`: only where there is no admin yet.
        """
        clean = clean_name(name)
        values = {
            "name": storable(clean),
            "key": storable(name_key(clean)),
            "role": str(role),
            "language": "",
            "zone": "",
            "single_keys": True,
            "created_at": now,
            "sso": storable(sso) or None,
        }
        taken = or_(t.people.c.key == values["key"], t.people.c.sso == values["sso"] if sso else false())
        with self._writing() as connection:
            self._alone(connection, "people")
            if first and self._admins(connection):
                message = Told("there is an admin already: ask them to invite you")
                raise NotAllowed(message)
            if connection.execute(select(t.people.c.id).where(taken)).first() is not None:
                message = Told(
                    "there is somebody called %(name)s already, or whom the sign-in provider knows by that name",
                    name=clean,
                )
                raise NotAllowed(message)
            made = connection.execute(insert(t.people).values(**values)).inserted_primary_key
            row = self._person_row(connection, made[0] if made else 0)
            self._log(connection, by=by, action="added", whom=clean, why=f"as {role}", now=now)
        return as_person(row)

    def person(self, number: int) -> Person:
        """One person. Raises `NotFound`."""
        with self._reading() as connection:
            return as_person(self._person_row(connection, number))

    def person_named(self, name: str) -> Person | None:
        """The person of that name, however it is written; None where there is none."""
        with self._reading() as connection:
            row = connection.execute(select(t.people).where(t.people.c.key == storable(name_key(name)))).mappings()
            found = row.one_or_none()
        return as_person(found) if found is not None else None

    def person_known_as(self, *, subject: str, sso: str, now: datetime) -> Person | None:
        """Whom the sign-in provider speaks of; None where nobody is.

        `subject` is the provider's lasting identifier. At their first sign-in a person is found by `sso`, the name that
        they were added with, and bound to the subject for good: a name that is given to somebody else later opens
        nothing.
        """
        with self._writing() as connection:
            bound = connection.execute(select(t.people).where(t.people.c.subject == storable(subject))).mappings()
            found: Row | None = bound.one_or_none()
            if found is None and sso:
                free = select(t.people).where(t.people.c.sso == storable(sso), t.people.c.subject.is_(None))
                found = connection.execute(free).mappings().one_or_none()
                if found is not None:
                    connection.execute(
                        update(t.people).where(t.people.c.id == found["id"]).values(subject=storable(subject))
                    )
                    self._log(connection, by=found["name"], action="bound", whom=found["name"], why="", now=now)
        return as_person(found) if found is not None else None

    def people(self) -> list[Person]:
        """Everybody, by name; those who were shut out too."""
        with self._reading() as connection:
            rows = connection.execute(select(t.people).order_by(t.people.c.key)).mappings().all()
        return [as_person(row) for row in rows]

    def has_admin(self) -> bool:
        """Whether somebody may let others in."""
        with self._reading() as connection:
            return self._admins(connection) > 0

    def set_role(self, number: int, role: Role, *, by: str, now: datetime) -> Person:
        """Give a person another role. Raises `NotFound`, and `NotAllowed` where nobody would be left as admin."""
        with self._writing() as connection:
            self._alone(connection, "people")
            before = self._person_row(connection, number)
            if role is not Role.ADMIN:
                self._keep_an_admin(connection, before)
            connection.execute(update(t.people).where(t.people.c.id == number).values(role=str(role)))
            self._log(connection, by=by, action="role", whom=before["name"], why=f"{before['role']} → {role}", now=now)
            return as_person(self._person_row(connection, number))

    def disable(self, number: int, *, by: str, now: datetime) -> Person:
        """Shut a person out: sessions end, links and tokens lapse. Raises `NotFound` and `NotAllowed` like a role."""
        with self._writing() as connection:
            self._alone(connection, "people")
            before = self._person_row(connection, number)
            self._keep_an_admin(connection, before)
            connection.execute(update(t.people).where(t.people.c.id == number).values(disabled_at=now))
            self._shut_out(connection, number, now=now)
            self._log(connection, by=by, action="disabled", whom=before["name"], why="", now=now)
            return as_person(self._person_row(connection, number))

    def enable(self, number: int, *, by: str, now: datetime) -> Person:
        """Let a person in again; they sign in as before, and make new tokens. Raises `NotFound`."""
        with self._writing() as connection:
            before = self._person_row(connection, number)
            connection.execute(update(t.people).where(t.people.c.id == number).values(disabled_at=None))
            self._log(connection, by=by, action="enabled", whom=before["name"], why="", now=now)
            return as_person(self._person_row(connection, number))

    def set_preferences(self, number: int, *, language: str, zone: str, single_keys: bool) -> Person:
        """How the desk looks and feels for a person. The caller checks that language and zone exist."""
        with self._writing() as connection:
            values = {"language": language, "zone": zone, "single_keys": single_keys}
            connection.execute(update(t.people).where(t.people.c.id == number).values(**values))
            return as_person(self._person_row(connection, number))

    def password_of(self, number: int) -> str | None:
        """The password's hash in argon2's notation; None where the person has none."""
        with self._reading() as connection:
            wanted = select(t.people.c.password).where(t.people.c.id == number)
            return connection.execute(wanted).scalar_one_or_none()

    def set_password(self, number: int, hashed: str, *, now: datetime, keep: str = "", by: str = "") -> None:
        """Keep a new password's hash; every session but the one with the hash `keep` ends. Raises `NotFound`."""
        with self._writing() as connection:
            person = self._person_row(connection, number)
            connection.execute(update(t.people).where(t.people.c.id == number).values(password=hashed))
            self._end_sessions(connection, number, keep=keep)
            self._log(connection, by=by or person["name"], action="password", whom=person["name"], why="", now=now)

    def renew_password_hash(self, number: int, before: str, hashed: str) -> None:
        """The same password at today's cost; nothing happens where it was changed meanwhile."""
        with self._writing() as connection:
            same = update(t.people).where(t.people.c.id == number, t.people.c.password == before)
            connection.execute(same.values(password=hashed))

    def _person_row(self, connection: Connection, number: int) -> Row:
        row = connection.execute(select(t.people).where(t.people.c.id == number)).mappings().one_or_none()
        if row is None:
            message = Told("there is nobody with the number %(number)s", number=number)
            raise NotFound(message)
        return row

    def _admins(self, connection: Connection, *, besides: int = 0) -> int:
        wanted = (
            select(func.count())
            .select_from(t.people)
            .where(t.people.c.role == str(Role.ADMIN), t.people.c.disabled_at.is_(None), t.people.c.id != besides)
        )
        return connection.execute(wanted).scalar_one()

    def _keep_an_admin(self, connection: Connection, row: Row) -> None:
        """Refuse what would leave a desk that nobody can be let into."""
        is_one = row["role"] == str(Role.ADMIN) and row["disabled_at"] is None
        if is_one and not self._admins(connection, besides=row["id"]):
            message = Told("%(name)s is the only admin: make somebody else one first", name=row["name"])
            raise NotAllowed(message)

    def _log(self, connection: Connection, *, by: str, action: str, whom: str, why: str, now: datetime) -> None:
        values = {"at": now, "who": storable(by), "action": action, "whom": storable(whom), "why": storable(why)}
        connection.execute(insert(t.access_log).values(**values))


def as_person(row: Row) -> Person:
    """A row of `people`."""
    return Person(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        created_at=row["created_at"],
        language=row["language"],
        zone=row["zone"],
        single_keys=row["single_keys"],
        disabled=row["disabled_at"] is not None,
        sso=row["sso"] or "",
        has_password=row["password"] is not None,
    )

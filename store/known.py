"""What is known: incidents and whom they touch, findings on cases, lines of plans that people set, what was granted."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from cases.case import Case
from cases.errors import NotAllowed, NotFound
from cases.incidents import Declared, IncidentState, IncidentWords
from cases.lifecycle import Status
from cases.plans import Finding, FindingNote, Overrule
from cases.promises import Promise, PromiseState
from cases.told import Told, named
from store import schema as t
from store.learning import Learning
from store.promising import as_promise
from store.reading import cases_wanted
from store.rows import Row, storable


class Known(Learning):
    """Incidents, findings, overruled plans, grants."""

    # --- incidents

    def put_incident(
        self,
        name: str,
        state: IncidentState,
        *,
        words: IncidentWords,
        owner: str,
        next_word_at: datetime | None,
        by: str,
        now: datetime,
    ) -> Declared:
        """Prepare or declare an incident, or write what stands of that name anew; a closed one stays as it is."""
        values = {
            "name": storable(name),
            "state": str(state),
            "keywords": {tag: list(some) for tag, some in words.keywords.items()},
            "cause": dict(words.cause),
            "doing": dict(words.doing),
            "next_word_at": next_word_at,
            "owner": storable(owner),
            "at": now,
            "by": storable(by),
        }
        with self._writing() as connection:
            self._alone(connection, "incidents")
            known = self._standing_incident(connection, name)
            if known is None:
                number = connection.execute(insert(t.incidents).values(**values)).inserted_primary_key
                wanted = t.incidents.c.id == (number[0] if number else 0)
            else:
                wanted = t.incidents.c.id == known["id"]
                connection.execute(update(t.incidents).where(wanted).values(**values))
            return _as_declared(connection.execute(select(t.incidents).where(wanted)).mappings().one())

    def close_incident(self, name: str, *, by: str, now: datetime) -> Declared:
        """Close an incident; each case that it touched gets an event. Raises `NotFound`."""
        with self._writing() as connection:
            known = self._standing_incident(connection, name)
            if known is None:
                raise NotFound(_no_incident(name))
            closed = {"state": str(IncidentState.CLOSED), "closed_at": now, "closed_by": storable(by)}
            connection.execute(update(t.incidents).where(t.incidents.c.id == known["id"]).values(**closed))
            touched = select(t.affected.c.case_id).where(t.affected.c.incident_id == known["id"])
            for case in connection.execute(touched).scalars().all():
                why = f"the incident {known['name']} is over: tell them"
                self._record_event(connection, case, at=now, who=by, action="incident_closed", why=why)
            return _as_declared({**known, **closed})

    def incident(self, name: str) -> Declared:
        """The prepared or open incident of that name. Raises `NotFound`."""
        with self._reading() as connection:
            row = self._standing_incident(connection, name)
        if row is None:
            raise NotFound(_no_incident(name))
        return _as_declared(row)

    def incidents(self, states: Collection[IncidentState] = (IncidentState.OPEN,)) -> list[Declared]:
        """Incidents in these states, the latest word first."""
        wanted = (
            select(t.incidents)
            .where(t.incidents.c.state.in_([str(state) for state in states]))
            .order_by(t.incidents.c.at.desc(), t.incidents.c.id.desc())
        )
        with self._reading() as connection:
            return [_as_declared(row) for row in connection.execute(wanted).mappings()]

    def touch(self, incident: int, cases: Collection[int]) -> None:
        """Note which cases an incident touches; undecided drafts of ours among them are written anew."""
        with self._writing() as connection:
            known = set(
                connection.execute(select(t.affected.c.case_id).where(t.affected.c.incident_id == incident)).scalars()
            )
            new = [{"incident_id": incident, "case_id": case} for case in sorted(set(cases) - known)]
            if new:
                connection.execute(insert(t.affected), new)
            for case in cases:
                self._redraft(connection, self._case_row(connection, case))

    def touched(self, incident: int) -> list[Case]:
        """The cases that an incident touches, oldest first."""
        wanted = (
            cases_wanted()
            .join(t.affected, t.affected.c.case_id == t.cases.c.id)
            .where(t.affected.c.incident_id == incident, ~t.cases.c.forgotten)
            .order_by(t.cases.c.id)
        )
        with self._reading() as connection:
            return self._assemble(connection, wanted)

    def _standing_incident(self, connection: Connection, name: str) -> Row | None:
        wanted = select(t.incidents).where(
            func.lower(t.incidents.c.name) == name.lower(), t.incidents.c.state != str(IncidentState.CLOSED)
        )
        return connection.execute(wanted).mappings().one_or_none()

    # --- findings, and what people set in a plan

    def find(self, case: int, finding: Finding, *, cause: str = "", damage: str = "", who: str, now: datetime) -> Case:
        """What looking into a case showed. An undecided draft of ours is written anew from it.

        Raises `NotFound`, and `NotAllowed` where the author is forgotten.
        """
        with self._writing() as connection:
            row = self._kept_case_row(connection, case)
            words = {"cause": storable(cause), "damage": storable(damage), "who": storable(who)}
            connection.execute(insert(t.findings).values(case_id=case, finding=str(finding), at=now, **words))
            told = [finding.replace("_", " ")]
            told += [f"{name}: {text}" for name, text in (("cause", cause), ("damage", damage)) if text]
            self._record_event(connection, case, at=now, who=who, action="finding", why="; ".join(told))
            self._redraft(connection, row)
            return self._load(connection, case)

    def finding(self, case: int) -> FindingNote | None:
        """What is known of a case; None where nobody has looked into it."""
        wanted = select(t.findings).where(t.findings.c.case_id == case).order_by(t.findings.c.id.desc()).limit(1)
        with self._reading() as connection:
            row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            return None
        return FindingNote(Finding(row["finding"]), row["who"], row["at"], row["cause"], row["damage"])

    def overrule(self, case: int, lines: Sequence[tuple[str, str]], *, who: str, now: datetime) -> Case:
        """Set lines of a case's plan; an empty value gives a line back. An undecided draft of ours is written anew.

        Raises `NotFound`, and `NotAllowed` where the author is forgotten.
        """
        with self._writing() as connection:
            row = self._kept_case_row(connection, case)
            for name, value in lines:
                words = {"value": storable(value), "who": storable(who)}
                connection.execute(insert(t.overrules).values(case_id=case, name=name, at=now, **words))
                why = f"{name} is {value}" if value else f"{name} is the policy's again"
                self._record_event(connection, case, at=now, who=who, action="plan", why=why)
            self._redraft(connection, row)
            return self._load(connection, case)

    def overrules(self, case: int) -> tuple[Overrule, ...]:
        """The lines of its plan that people set, oldest first; the latest of a name holds."""
        wanted = select(t.overrules).where(t.overrules.c.case_id == case).order_by(t.overrules.c.id)
        with self._reading() as connection:
            rows = connection.execute(wanted).mappings()
            return tuple(Overrule(row["name"], row["value"], row["who"], row["at"]) for row in rows)

    # --- what customers were given

    def grant(self, case: int, *, words: str, value: float, who: str, why: str, now: datetime) -> None:
        """Note what a customer was given. Raises `NotFound`, and `NotAllowed` where the author is forgotten."""
        with self._writing() as connection:
            self._kept_case_row(connection, case)
            said = {"words": storable(words), "who": storable(who)}
            connection.execute(insert(t.grants).values(case_id=case, value=value, at=now, **said))
            told = f"{words} ({value:g})" + (f": {why}" if why else "")
            self._record_event(connection, case, at=now, who=who, action="granted", why=told)

    def granted(self, *, case: int | None = None, since: datetime | None = None) -> float:
        """The value of what was given: for one case, or in all; since a moment, or ever."""
        wanted = select(func.coalesce(func.sum(t.grants.c.value), 0.0))
        if case is not None:
            wanted = wanted.where(t.grants.c.case_id == case)
        if since is not None:
            wanted = wanted.where(t.grants.c.at >= since)
        with self._reading() as connection:
            return float(connection.execute(wanted).scalar_one())

    # --- promises

    def promises(
        self, states: Collection[PromiseState] = (PromiseState.OPEN,), *, case: int | None = None
    ) -> list[Promise]:
        """What was promised, by when it is due; `case`: by this one alone."""
        wanted = (
            select(t.promises)
            .where(t.promises.c.state.in_([str(state) for state in states]))
            .order_by(t.promises.c.due_at, t.promises.c.id)
        )
        if case is not None:
            wanted = wanted.where(t.promises.c.case_id == case)
        with self._reading() as connection:
            return [as_promise(row) for row in connection.execute(wanted).mappings()]

    def broken_promises(self, now: datetime) -> int:
        """How many promises are overdue."""
        overdue = (t.promises.c.state == str(PromiseState.OPEN), t.promises.c.due_at < now)
        with self._reading() as connection:
            return connection.execute(select(func.count()).select_from(t.promises).where(*overdue)).scalar_one()

    def keep_promise(self, promise: int, *, who: str, now: datetime) -> Promise:
        """A person says that a promise was kept. Raises `NotFound`, and `NotAllowed` where it is settled already."""
        with self._writing() as connection:
            wanted = select(t.promises).where(t.promises.c.id == promise).with_for_update()
            row = connection.execute(wanted).mappings().one_or_none()
            if row is None:
                message = Told(
                    "there is no promise %(promise)s; `amends promises` lists those that stand", promise=promise
                )
                raise NotFound(message)
            if row["state"] != PromiseState.OPEN:
                message = Told("promise %(promise)s is %(state)s already", promise=promise, state=named(row["state"]))
                raise NotAllowed(message)
            kept = {"state": str(PromiseState.KEPT), "settled_at": now, "settled_by": storable(who), "why": "said so"}
            connection.execute(update(t.promises).where(t.promises.c.id == promise).values(**kept))
            why = f"kept: {row['words']}"
            self._record_event(connection, row["case_id"], at=now, who=who, action="promise_kept", why=why)
            return as_promise({**row, **kept})

    def _redraft(self, connection: Connection, row: Row) -> None:
        if Status(row["status"]) is Status.DRAFTED and self._latest_is_ours(connection, row["id"]):
            connection.execute(update(t.cases).where(t.cases.c.id == row["id"]).values(needs_draft=True))

    def _kept_case_row(self, connection: Connection, case: int) -> Row:
        row = self._case_row(connection, case)
        if row["forgotten"]:
            message = Told("case %(case)s: its author is forgotten, and nothing more is kept of it", case=case)
            raise NotAllowed(message)
        return row


def _no_incident(name: str) -> str:
    return Told("no incident is called %(name)s; `amends incident list` shows those that stand", name=repr(name))


def _as_declared(row: Row) -> Declared:
    words = IncidentWords({tag: tuple(some) for tag, some in row["keywords"].items()}, row["cause"], row["doing"])
    return Declared(
        id=row["id"],
        name=row["name"],
        state=IncidentState(row["state"]),
        words=words,
        owner=row["owner"],
        next_word_at=row["next_word_at"],
        at=row["at"],
        by=row["by"],
        closed_at=row["closed_at"],
        closed_by=row["closed_by"],
    )

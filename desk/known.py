"""What people know and decide about a matter: incidents, findings, the plan's lines, what is granted.

Drafts that it makes stale are only marked; `monitor.pipeline.work_through` writes them anew.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cases.apology import BLOCKING
from cases.case import Case
from cases.duration import parse_duration
from cases.errors import AmendsError, NotAllowed
from cases.incidents import Declared, IncidentState, IncidentWords
from cases.lifecycle import OPEN
from cases.plans import Finding
from cases.posts import as_post
from cases.told import Joined, Told, named
from desk.follow import tell_affected
from desk.office import Office

_MANY = 100_000


class IncidentFile(BaseModel):
    """A TOML file that describes one incident; texts by language tag."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    owner: str = ""
    next_word: str | datetime | None = None
    keywords: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    cause: dict[str, str] = Field(default_factory=dict)
    doing: dict[str, str] = Field(default_factory=dict)


def read_incident(path: Path) -> IncidentFile:
    """An incident from a file. Raises `AmendsError` that names what is wrong in it."""
    try:
        return IncidentFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        slips = "; ".join(f"{'.'.join(map(str, slip['loc']))}: {slip['msg']}" for slip in error.errors())
        message = f"the incident in {path} is not right: {slips}"
        raise AmendsError(message) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"the incident in {path} can't be read: {error}"
        raise AmendsError(message) from error


def put_incident(office: Office, given: IncidentFile, state: IncidentState, *, who: str) -> Declared:
    """Prepare or declare an incident, or say more about one; what is left out stays as it was said before.

    Once it is open, undecided drafts of ours that it touches are to be written anew. Raises `NotAllowed` without
    keywords, and for words that may not stand in public.
    """
    ledger = office.ledger
    standing = (IncidentState.PREPARED, IncidentState.OPEN)
    before = next((one for one in ledger.incidents(standing) if one.name.lower() == given.name.lower()), None)
    if before is not None and before.state is IncidentState.OPEN and state is IncidentState.PREPARED:
        message = Told(
            "the incident %(name)s is declared already; close it, or declare it with what is new", name=before.name
        )
        raise NotAllowed(message)
    words = IncidentWords(
        {**(before.words.keywords if before else {}), **given.keywords},
        {**(before.words.cause if before else {}), **given.cause},
        {**(before.words.doing if before else {}), **given.doing},
    )
    _check_words(words)
    next_word = read_moment(office, given.next_word) if given.next_word else (before.next_word_at if before else None)
    declared = ledger.put_incident(
        given.name,
        state,
        words=words,
        owner=given.owner or (before.owner if before else who),
        next_word_at=next_word,
        by=who,
        now=office.clock(),
    )
    if state is IncidentState.OPEN:
        ledger.touch(declared.id, [case.id for case in _speaking(office, declared)])
    return declared


def close_incident(office: Office, name: str, *, who: str, tell: bool = False) -> tuple[Declared, list[Case]]:
    """Close an incident; the cases that it touched and that are still open: their authors should be told.

    With `tell`, the settled line is drafted for each of them that has an answer of ours; nothing is sent.
    """
    ledger = office.ledger
    closed = ledger.close_incident(name, by=who, now=office.clock())
    # Undecided drafts spoke of it as going on.
    ledger.touch(closed.id, [case.id for case in ledger.touched(closed.id)])
    if tell:
        tell_affected(office, ledger.touched(closed.id), who=who, why=f"{who} closed the incident {closed.name}")
    return closed, [case for case in ledger.touched(closed.id) if case.status in OPEN]


def find(office: Office, case_id: int, finding: Finding, *, cause: str, damage: str, who: str) -> Case:
    """What looking into a case showed; a draft of ours that waits is to be written anew from it.

    Raises `NotAllowed` for a cause that may not stand in public, and for a cause of what nobody looked into.
    """
    if finding is Finding.OPEN and (cause or damage):
        message = Told("a cause or a damage is known only after looking: say confirmed, partly or not-ours")
        raise NotAllowed(message)
    check_public("cause", cause, office.ledger.case(case_id).verdict.language)
    office.ledger.find(case_id, finding, cause=cause, damage=damage, who=who, now=office.clock())
    return office.ledger.case(case_id)


def overrule(office: Office, case_id: int, settings: list[str], *, who: str) -> Case:
    """Set lines of a case's plan, each NAME=VALUE; an empty value gives the line back. Raises `NotAllowed`."""
    from responders.plan import check_overrule  # noqa: PLC0415 - the words take a moment to load

    lines = []
    for setting in settings:
        name, found, value = (part.strip() for part in setting.partition("="))
        if not found:
            message = Told("write NAME=VALUE, for example approach=efficient, not %(setting)s", setting=repr(setting))
            raise NotAllowed(message)
        if name == "next_update" and value:
            value = read_moment(office, value).astimezone(office.zone).isoformat()
        check_overrule(name, value)
        lines.append((name, value))
    office.ledger.overrule(case_id, lines, who=who, now=office.clock())
    return office.ledger.case(case_id)


def grant(office: Office, case_id: int, *, words: str, value: float, who: str, override: str = "") -> None:
    """Note what a customer was given. Raises `NotAllowed` over a budget, unless a reason overrides it."""
    policy = office.policy
    now = office.clock()
    spent = {
        "this case": (office.ledger.granted(case=case_id), policy.case_budget),
        "this week": (office.ledger.granted(since=week_began(office)), policy.week_budget),
    }
    for name, (given, budget) in spent.items():
        if budget is not None and given + value > budget and not override:
            message = Told(
                "%(value)s is over the budget of %(name)s: %(given)s of %(budget)s %(currency)s is given already. "
                "Override with --override REASON",
                value=value,
                name=named(name),
                given=given,
                budget=budget,
                currency=policy.currency,
            )
            raise NotAllowed(message)
    office.ledger.grant(case_id, words=words, value=value, who=who, why=override, now=now)


def week_began(office: Office) -> datetime:
    """Monday's first moment in the brand's time zone."""
    there = office.clock().astimezone(office.zone)
    monday = there - timedelta(days=there.weekday())
    return monday.replace(hour=0, minute=0, second=0, microsecond=0)


def read_moment(office: Office, given: str | datetime) -> datetime:
    """A moment to come: a span ("4h"), or a time by the brand's clock unless it names a zone. Raises `NotAllowed`."""
    now, moment = office.clock(), given
    if isinstance(moment, str):
        try:
            moment = now + parse_duration(moment)
        except ValueError:
            try:
                moment = datetime.fromisoformat(str(given))
            except ValueError as error:
                message = Told(
                    "%(given)s is no moment; write for example 4h, 2026-11-24T09:00 or 2026-11-24T09:00+01:00",
                    given=repr(given),
                )
                raise NotAllowed(message) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=office.zone)
    if moment <= now:
        message = Told("%(given)s has passed already", given=str(given))
        raise NotAllowed(message)
    return moment


def _speaking(office: Office, declared: Declared) -> list[Case]:
    """Open cases whose post holds a keyword of the incident."""
    from responders.plan import speaks_of  # noqa: PLC0415 - the words take a moment to load

    brand, incident = office.brand, declared.incident
    return [
        case for case in office.ledger.cases(OPEN, limit=_MANY) if speaks_of(as_post(case.mention, brand), incident)
    ]


def _check_words(words: IncidentWords) -> None:
    if not any(word.strip() for some in words.keywords.values() for word in some):
        message = Told("an incident needs keywords, or no complaint would be known to speak of it: --keyword en=WORD")
        raise NotAllowed(message)
    told: dict[str, Mapping[str, str]] = {"cause": words.cause, "doing": words.doing}
    for name, texts in told.items():
        for tag, text in texts.items():
            check_public(f"{name}.{tag}", text, tag)


def check_public(name: str, text: str, language: str) -> None:
    """Raise `NotAllowed` for words that a reply may not hold."""
    from responders.check import Checker  # noqa: PLC0415 - the words take a moment to load

    blocking = [note for note in Checker.shipped().check(text, language=language).notes if note.name in BLOCKING]
    if blocking:
        why = Joined(
            Told("“%(words)s” — %(why)s", words=text[note.start : note.end], why=Told(note.why)) for note in blocking
        )
        message = Told("%(name)s will stand in public, and this can't: %(why)s", name=name, why=why)
        raise NotAllowed(message)

"""Promises and incidents as JSON."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from cases.incidents import Declared, IncidentState
from cases.people import Action, Person
from cases.promises import Promise, PromiseState
from desk.access import permit
from desk.answers import CONFLICT, NOT_FOUND, REFUSALS
from desk.known import IncidentFile, close_incident, put_incident
from desk.office import Office
from desk.pages.render import office_of

OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]
Sorter = Annotated[Person, Depends(permit(Action.SORT))]
Declarer = Annotated[Person, Depends(permit(Action.INCIDENT))]

router = APIRouter(prefix="/api", tags=["known"], responses=REFUSALS)


class PromiseAnswer(BaseModel):
    """One promise of one case. `broken`: its moment passed before it was kept."""

    promise: int
    case: int
    words: str
    due_at: datetime
    owner: str
    state: PromiseState
    broken: bool

    @classmethod
    def of(cls, one: Promise, now: datetime) -> Self:
        """The same as JSON."""
        return cls(
            promise=one.id,
            case=one.case,
            words=one.spoken.words,
            due_at=one.spoken.due_at,
            owner=one.owner,
            state=one.state,
            broken=one.broken(now),
        )


class IncidentAnswer(BaseModel):
    """One incident; texts by language tag. `touched`: how many cases speak of it."""

    name: str
    state: IncidentState
    owner: str
    keywords: dict[str, list[str]]
    cause: dict[str, str]
    doing: dict[str, str]
    next_word_at: datetime | None
    closed_at: datetime | None
    touched: int

    @classmethod
    def of(cls, one: Declared, touched: int) -> Self:
        """The same as JSON."""
        return cls(
            name=one.name,
            state=one.state,
            owner=one.owner,
            keywords={tag: list(words) for tag, words in one.words.keywords.items()},
            cause=dict(one.words.cause),
            doing=dict(one.words.doing),
            next_word_at=one.next_word_at,
            closed_at=one.closed_at,
            touched=touched,
        )


class IncidentGiven(IncidentFile):
    """An incident to prepare or to declare; what is left out stays as it was said before."""

    state: IncidentState = IncidentState.OPEN


class IncidentOver(BaseModel):
    """An incident that is over; `tell` drafts the settled line for each answered case that it touched."""

    name: str
    tell: bool = False


@router.get("/promises")
def list_promises(office: OfficeHere, _: Reader) -> list[PromiseAnswer]:
    """What approved texts promise and nobody has kept yet, by when it is due."""
    now = office.clock()
    return [PromiseAnswer.of(one, now) for one in office.ledger.promises()]


@router.post("/promises/{number}/keep", responses={**NOT_FOUND, **CONFLICT})
def keep_promise(office: OfficeHere, person: Sorter, number: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> PromiseAnswer:
    """Say that a promise was kept."""
    now = office.clock()
    return PromiseAnswer.of(office.ledger.keep_promise(number, who=person.name, now=now), now)


@router.get("/incidents")
def list_incidents(office: OfficeHere, _: Reader) -> list[IncidentAnswer]:
    """Incidents that are prepared, open or closed, the latest word first."""
    return [_answer(office, one) for one in office.ledger.incidents(tuple(IncidentState))]


@router.post("/incidents", responses=CONFLICT)
def declare_incident(office: OfficeHere, person: Declarer, body: IncidentGiven) -> IncidentAnswer:
    """Prepare or declare an incident, or say more about one; drafts that it touches are written anew."""
    return _answer(office, put_incident(office, body, body.state, who=person.name))


@router.post("/incidents/close", responses={**NOT_FOUND, **CONFLICT})
def end_incident(office: OfficeHere, person: Declarer, body: IncidentOver) -> IncidentAnswer:
    """Close an incident."""
    return _answer(office, close_incident(office, body.name, who=person.name, tell=body.tell)[0])


def _answer(office: Office, one: Declared) -> IncidentAnswer:
    return IncidentAnswer.of(one, len(office.ledger.touched(one.id)))

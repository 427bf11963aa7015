"""Who is signed in and who let whom in, for admins: the page and the API."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from cases.people import Action, Person
from desk.access.guard import permit, settings_of
from desk.answers import REFUSALS
from desk.pages.render import office_of, page
from desk.pages.text import shown

router = APIRouter(responses=REFUSALS)

Admin = Annotated[Person, Depends(permit(Action.PEOPLE))]
Before = Annotated[int, Query(ge=0, le=2**31 - 1, description="Only lines older than the one of this number.")]

_PAGE = 100
"""Lines at a time."""


class EntryAnswer(BaseModel):
    """One line of the access log. `who` is "operator" for the terminal."""

    number: int
    at: datetime
    who: str
    action: str
    whom: str
    why: str


class SessionAnswer(BaseModel):
    """Somebody who is signed in; `seen_at` is when they last did something, to within a minute."""

    name: str
    since: datetime
    seen_at: datetime


class AccessAnswer(BaseModel):
    """Who is signed in now, and what was done about access, the latest first."""

    signed_in: list[SessionAnswer]
    log: list[EntryAnswer]


@router.get("/people/log", include_in_schema=False)
def show_log(request: Request, _: Admin, before: Before = 0) -> Response:
    """The page."""
    office = office_of(request)
    entries = office.ledger.access_log(before=before, limit=_PAGE)
    context = {
        "sessions": office.ledger.signed_in(idle=settings_of(request).idle, now=office.clock()),
        "entries": entries,
        "more": entries[-1].id if len(entries) == _PAGE else 0,
        "shown": shown,
    }
    return page(request, "access-log.html.j2", context)


@router.get("/api/people/log", tags=["people"])
def read_log(request: Request, _: Admin, before: Before = 0) -> AccessAnswer:
    """Who is signed in now, and who let whom in, gave which role, or shut whom out."""
    office = office_of(request)
    sessions = office.ledger.signed_in(idle=settings_of(request).idle, now=office.clock())
    return AccessAnswer(
        signed_in=[SessionAnswer(name=one.name, since=one.since, seen_at=one.seen_at) for one in sessions],
        log=[
            EntryAnswer(number=one.id, at=one.at, who=one.who, action=one.action, whom=one.whom, why=one.why)
            for one in office.ledger.access_log(before=before, limit=_PAGE)
        ],
    )

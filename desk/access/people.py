"""Who works here, for admins: invite people, change their role, shut them out and let them in again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from cases.errors import CaseError
from cases.people import LONGEST_NAME, Action, Person
from cases.plans import Role
from cases.told import words_of
from desk.access.answers import NOT_FOUND, LinkAnswer, Number, PersonAnswer
from desk.access.doors import invite
from desk.access.guard import permit, settings_of
from desk.answers import REFUSALS
from desk.office import Office
from desk.pages.render import office_of, page, speech_of

router = APIRouter(responses=REFUSALS)

Admin = Annotated[Person, Depends(permit(Action.PEOPLE))]


class NewPerson(BaseModel):
    """Somebody to let in. `sso` is the name under which the sign-in provider knows them; then they need no link."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    role: Role = Role.AGENT
    sso: str = Field(default="", max_length=256)


class PersonChange(BaseModel):
    """What to change of a person; what is left out stays."""

    role: Role | None = None
    disabled: bool | None = None


def change_person(office: Office, number: int, wanted: PersonChange, *, by: str) -> Person:
    """Change a person's role, shut them out, or let them in. Raises `NotFound` and `NotAllowed`."""
    ledger = office.ledger
    person = ledger.person(number)
    if wanted.role is not None and wanted.role is not person.role:
        person = ledger.set_role(number, wanted.role, by=by, now=office.clock())
    if wanted.disabled is not None and wanted.disabled is not person.disabled:
        change = ledger.disable if wanted.disabled else ledger.enable
        person = change(number, by=by, now=office.clock())
    return person


# --- the page


@router.get("/people", include_in_schema=False)
def show_people(request: Request, _: Admin, done: str = "") -> Response:
    """The page of all people."""
    return _people_page(request, done=done)


@router.post("/people", include_in_schema=False)
def add_person(
    request: Request,
    admin: Admin,
    name: Annotated[str, Form()] = "",
    role: Annotated[Role, Form()] = Role.AGENT,
    sso: Annotated[str, Form()] = "",
) -> Response:
    """Let somebody in, and show their one-time link, this once."""
    office = office_of(request)
    try:
        person = office.ledger.add_person(name, role, by=admin.name, now=office.clock(), sso=sso.strip())
        url = "" if person.sso else invite(office, settings_of(request), person)
    except CaseError as error:
        return _people_page(request, trouble=words_of(error), status=422)
    return _people_page(request, link_for=person, url=url)


@router.post("/people/{number}", include_in_schema=False)
def save_person(
    request: Request,
    admin: Admin,
    number: Number,
    role: Annotated[Role | None, Form()] = None,
    disabled: Annotated[bool | None, Form()] = None,
) -> Response:
    """Change one person."""
    try:
        change_person(office_of(request), number, PersonChange(role=role, disabled=disabled), by=admin.name)
    except CaseError as error:
        return _people_page(request, trouble=words_of(error), status=422)
    return RedirectResponse("/people?done=saved", 303)


@router.post("/people/{number}/link", include_in_schema=False)
def add_link(request: Request, _: Admin, number: Number) -> Response:
    """A new one-time link for somebody who forgot their password, or lost the first one."""
    office = office_of(request)
    try:
        person = office.ledger.person(number)
        url = invite(office, settings_of(request), person)
    except CaseError as error:
        return _people_page(request, trouble=words_of(error), status=422)
    return _people_page(request, link_for=person, url=url)


# --- the API


@router.get("/api/people", tags=["people"])
def read_people(request: Request, _: Admin) -> list[PersonAnswer]:
    """Everybody, by name; those who were shut out too."""
    return [PersonAnswer.of(person) for person in office_of(request).ledger.people()]


@router.post("/api/people", tags=["people"], status_code=201)
def invite_person(request: Request, admin: Admin, wanted: NewPerson) -> LinkAnswer:
    """Let somebody in; the answer holds their one-time link, or "" where they come by the sign-in provider."""
    office = office_of(request)
    sso = wanted.sso.strip()
    person = office.ledger.add_person(wanted.name, wanted.role, by=admin.name, now=office.clock(), sso=sso)
    url = "" if person.sso else invite(office, settings_of(request), person)
    return LinkAnswer(person=PersonAnswer.of(person), url=url)


@router.patch("/api/people/{number}", tags=["people"], responses=NOT_FOUND)
def patch_person(request: Request, admin: Admin, number: Number, wanted: PersonChange) -> PersonAnswer:
    """Change a person's role, shut them out, or let them in again."""
    return PersonAnswer.of(change_person(office_of(request), number, wanted, by=admin.name))


@router.post("/api/people/{number}/link", tags=["people"], status_code=201, responses=NOT_FOUND)
def order_link(request: Request, _: Admin, number: Number) -> LinkAnswer:
    """A new one-time link for a person; the one before lapses."""
    office = office_of(request)
    person = office.ledger.person(number)
    return LinkAnswer(person=PersonAnswer.of(person), url=invite(office, settings_of(request), person))


def _people_page(
    request: Request,
    *,
    done: str = "",
    trouble: str = "",
    link_for: Person | None = None,
    url: str = "",
    status: int = 200,
) -> Response:
    voice = speech_of(request)
    context = {
        "people": office_of(request).ledger.people(),
        "roles": list(Role),
        "provider": settings_of(request).provider is not None,
        "link_for": link_for,
        "url": url,
        "done": voice.say("Saved.") if done else "",
        "trouble": voice.say(trouble) if trouble else "",
    }
    return page(request, "people.html.j2", context, status=status)

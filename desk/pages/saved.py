"""The page of saved replies."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from cases.errors import CaseError
from cases.people import Action, Person
from cases.saved import LONGEST_TEXT, LONGEST_TITLE, PLACES, NewReply
from cases.told import words_of
from cases.verdicts import Category
from desk import saved
from desk.access import permit
from desk.office import Office
from desk.pages.render import office_of, page
from desk.pages.text import shown
from desk.requests import SavedForm
from responders.packs import shipped_tags

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]
Keeper = Annotated[Person, Depends(permit(Action.SAVED_REPLY))]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Given = Annotated[SavedForm, Form()]

_CONFLICT = 409
_EMPTY = SavedForm()


@router.get("/saved-replies")
def saved_replies(request: Request, office: OfficeHere, _: Reader) -> HTMLResponse:
    """Every reply that the team keeps."""
    return _page(request, office)


@router.post("/saved-replies")
def add(request: Request, office: OfficeHere, person: Keeper, body: Given) -> Response:
    """Keep a new one."""
    try:
        saved.add(office, _reply(body), who=person.name)
    except CaseError as error:
        return _page(request, office, body, why=words_of(error))
    return RedirectResponse("/saved-replies", 303)


@router.post("/saved-replies/{number}")
def change(request: Request, office: OfficeHere, person: Keeper, number: Number, body: Given) -> Response:
    """Write one anew."""
    try:
        saved.change(office, number, _reply(body), who=person.name)
    except CaseError as error:
        return _page(request, office, body, number, words_of(error))
    return RedirectResponse(f"/saved-replies#reply-{number}", 303)


@router.post("/saved-replies/{number}/delete")
def remove(office: OfficeHere, _: Keeper, number: Number) -> Response:
    """Keep one no longer."""
    office.ledger.drop_saved_reply(number)
    return RedirectResponse("/saved-replies", 303)


def _reply(body: SavedForm) -> NewReply:
    return NewReply(body.title, body.language, body.text, Category(body.category) if body.category else None)


def _page(request: Request, office: Office, typed: SavedForm = _EMPTY, changed: int = 0, why: str = "") -> HTMLResponse:
    """`typed` is what was refused: of a new reply, or of the one with the number `changed`."""
    kept = office.ledger.saved_replies()
    context = {
        "replies": [saved.judge(office, one) for one in kept],
        "typed": typed,
        "changed": changed,
        "why": why,
        "tags": sorted({*shipped_tags(), *(one.language for one in kept)}),
        "categories": tuple(Category),
        "places": PLACES,
        "longest_title": LONGEST_TITLE,
        "longest_text": LONGEST_TEXT,
        "shown": shown,
    }
    return page(request, "saved-replies.html.j2", context, status=_CONFLICT if why else 200)

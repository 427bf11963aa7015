"""The page of the sample of what was passed over, where people say what is a complaint after all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from cases.errors import CaseError
from cases.people import Action, Person
from cases.queue import View
from cases.told import words_of
from cases.verdicts import Category
from desk.access import permit
from desk.office import Office
from desk.pages.look import VIEW_NAMES, read_look
from desk.pages.render import office_of, page
from desk.pages.text import beginning, safe_link, shown
from desk.requests import SampleForm
from desk.sample import answer
from store.views import Drawn

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]
Sorter = Annotated[Person, Depends(permit(Action.SORT))]

_MOST = 50
"""Rows of one page; answering brings the next."""
_NAME = 64
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One post that was passed over. `link` is "" where it has no address of the web."""

    id: int
    network: str
    author: str
    text: str
    language: str
    posted_at: datetime
    probability: float
    link: str

    @classmethod
    def of(cls, drawn: Drawn) -> "SampleRow":
        """The same, ready to be shown."""
        mention, verdict = drawn.mention, drawn.verdict
        return cls(
            id=drawn.id,
            network=mention.platform,
            author=beginning(mention.author, _NAME),
            text=shown(mention.text),
            language=verdict.language,
            posted_at=mention.posted_at,
            probability=verdict.probability,
            link=safe_link(mention.url),
        )


@router.get("/sample")
def sample(request: Request, office: OfficeHere, person: Reader) -> HTMLResponse:
    """Posts that were drawn and wait for a look, the oldest first; `?opened=` names the case just opened."""
    return _sample(request, office, person)


@router.post("/sample/{mention}")
def decide(
    request: Request,
    office: OfficeHere,
    person: Sorter,
    mention: Annotated[int, Path(ge=1, le=2**31 - 1)],
    body: Annotated[SampleForm, Form()],
) -> Response:
    """Say whether a post is a complaint; then the next one is before you."""
    category = Category(body.category) if body.category else None
    try:
        case = answer(office, mention, complaint=body.complaint == "yes", category=category, who=person.name)
    except CaseError as error:
        return _sample(request, office, person, words_of(error))
    return RedirectResponse(f"/sample?opened={case.id}" if case else "/sample", 303)


def _sample(request: Request, office: Office, person: Person, why: str = "") -> HTMLResponse:
    now = office.clock()
    opened = request.query_params.get("opened", "")
    look = read_look(request, office.zone)
    context = {
        "rows": [SampleRow.of(drawn) for drawn in office.ledger.to_look_at(_MOST)],
        "waiting": office.ledger.count_to_look_at(),
        "opened": opened if opened.isascii() and opened.isdigit() else "",
        "categories": tuple(Category),
        "views": {view: (VIEW_NAMES[view], look.back(view=str(view))) for view in View},
        "counts": office.ledger.view_counts(me=person.name, now=now),
        "why": why,
    }
    return page(request, "sample.html.j2", context, status=_CONFLICT if why else 200)

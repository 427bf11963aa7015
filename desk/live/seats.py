"""Who looks at what, and the views that people keep."""

from datetime import timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Form, Path
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from cases.people import Action, Person
from cases.queue import SavedView
from desk.access import permit
from desk.answers import NOT_FOUND, REFUSALS
from desk.office import Office
from desk.pages.render import office_of

LASTS = timedelta(seconds=45)
"""How long somebody counts as looking who said so once; pages say it again every twenty seconds."""

router = APIRouter()

OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Seat(BaseModel):
    """Which case is before you, and whether you are writing; null: none."""

    case: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    editing: bool = False


class LookerAnswer(BaseModel):
    """Somebody who looks at a case, or is writing there."""

    name: str
    editing: bool


class ViewOrder(BaseModel):
    """A view to keep: its name, and the query of the queue's address."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    query: Annotated[str, Field(max_length=2_000)] = ""


class ViewAnswer(BaseModel):
    """A view that you keep."""

    id: int
    name: str
    query: str

    @classmethod
    def of(cls, view: SavedView) -> Self:
        """The same as JSON."""
        return cls(id=view.id, name=view.name, query=view.query)


@router.get("/api/presence", tags=["live"], responses=REFUSALS)
def read_presence(office: OfficeHere, _: Reader) -> dict[int, list[LookerAnswer]]:
    """Who looks at which case right now."""
    found = office.ledger.lookers(now=office.clock())
    return {
        case: [LookerAnswer(name=one.name, editing=one.editing) for one in people] for case, people in found.items()
    }


@router.put("/api/presence", tags=["live"], status_code=204, responses={**REFUSALS, **NOT_FOUND})
def look_at(office: OfficeHere, person: Reader, seat: Seat) -> None:
    """Say which case is before you; it counts for 45 seconds."""
    office.ledger.look_at(person.id, seat.case, editing=seat.editing, until=office.clock() + LASTS)


@router.get("/api/saved-views", tags=["live"], responses=REFUSALS)
def read_views(office: OfficeHere, person: Reader) -> list[ViewAnswer]:
    """The views that you keep."""
    return [ViewAnswer.of(view) for view in office.ledger.saved_views(person.id)]


@router.post("/api/saved-views", tags=["live"], status_code=201, responses=REFUSALS)
def keep_view(office: OfficeHere, person: Reader, body: ViewOrder) -> ViewAnswer:
    """Keep a view; one of the same name is replaced."""
    return ViewAnswer.of(office.ledger.save_view(person.id, body.name, body.query))


@router.delete("/api/saved-views/{number}", tags=["live"], status_code=204, responses={**REFUSALS, **NOT_FOUND})
def drop_view(office: OfficeHere, person: Reader, number: Number) -> None:
    """Keep a view no longer."""
    office.ledger.drop_view(person.id, number)


@router.post("/saved-views", include_in_schema=False)
def keep_form(office: OfficeHere, person: Reader, body: Annotated[ViewOrder, Form()]) -> Response:
    """Keep the view that the page shows."""
    kept = office.ledger.save_view(person.id, body.name, body.query)
    return RedirectResponse(f"/?{kept.query}", 303)


@router.post("/saved-views/{number}/delete", include_in_schema=False)
def drop_form(office: OfficeHere, person: Reader, number: Number) -> Response:
    """Keep a view no longer."""
    office.ledger.drop_view(person.id, number)
    return RedirectResponse("/", 303)

"""Saved replies as JSON."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from cases.people import Action, Person
from cases.saved import NewReply, SavedReply
from cases.verdicts import Category
from desk import saved
from desk.access import permit
from desk.answers import CONFLICT, NOT_FOUND, REFUSALS
from desk.office import Office
from desk.pages.render import office_of
from desk.requests import SavedGiven

OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]
Keeper = Annotated[Person, Depends(permit(Action.SAVED_REPLY))]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]

router = APIRouter(prefix="/api/saved-replies", tags=["saved replies"], responses=REFUSALS)


class SavedAnswer(BaseModel):
    """One saved reply; {name}, {link} and {signature} in its text are filled in for each case."""

    number: int
    title: str
    language: str
    category: Category | None
    text: str
    by: str
    at: datetime

    @classmethod
    def of(cls, one: SavedReply) -> Self:
        """The same as JSON."""
        return cls(
            number=one.id,
            title=one.title,
            language=one.language,
            category=one.category,
            text=one.text,
            by=one.by,
            at=one.at,
        )


@router.get("")
def list_saved_replies(office: OfficeHere, _: Reader) -> list[SavedAnswer]:
    """Every reply that the team keeps, by language and title."""
    return [SavedAnswer.of(one) for one in office.ledger.saved_replies()]


@router.post("", status_code=201, responses=CONFLICT)
def keep_saved_reply(office: OfficeHere, person: Keeper, body: SavedGiven) -> SavedAnswer:
    """Keep a new one."""
    return SavedAnswer.of(saved.add(office, _reply(body), who=person.name))


@router.put("/{number}", responses={**NOT_FOUND, **CONFLICT})
def change_saved_reply(office: OfficeHere, person: Keeper, number: Number, body: SavedGiven) -> SavedAnswer:
    """Write one anew."""
    return SavedAnswer.of(saved.change(office, number, _reply(body), who=person.name))


@router.delete("/{number}", status_code=204, responses=NOT_FOUND)
def drop_saved_reply(office: OfficeHere, _: Keeper, number: Number) -> None:
    """Keep one no longer."""
    office.ledger.drop_saved_reply(number)


def _reply(body: SavedGiven) -> NewReply:
    return NewReply(body.title, body.language, body.text, body.category)

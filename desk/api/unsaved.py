"""Words that are not yet recorded, kept by themselves while somebody types."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from cases.people import Action, Person
from cases.unsaved import Unsaved
from desk.access import permit
from desk.answers import NOT_FOUND, REFUSALS
from desk.office import Office
from desk.pages.render import office_of

OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]
CaseId = Annotated[int, Path(ge=1, le=2**31 - 1, description="The case's number.")]
Hash = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]

router = APIRouter(prefix="/api/unsaved", tags=["unsaved words"], responses={**REFUSALS, **NOT_FOUND})


class Typed(BaseModel):
    """Words to keep. `draft`: hash of the draft they were begun from; `follows`: hash of the words last seen kept."""

    text: Annotated[str, Field(max_length=20_000)]
    draft: Hash = ""
    follows: Hash = ""


class UnsavedAnswer(BaseModel):
    """Your words as they are kept; the next ones carry `hash` back as `follows`."""

    text: str
    hash: str
    draft: str
    at: datetime

    @classmethod
    def of(cls, words: Unsaved) -> Self:
        """The same as JSON."""
        return cls(text=words.text, hash=words.hash, draft=words.draft, at=words.at)


class Standing(BaseModel):
    """What is kept for a case: your own words, and who else has some; their words stay theirs."""

    mine: UnsavedAnswer | None
    others: list[str]


class TwoTexts(BaseModel):
    """You have kept other words meanwhile, in another window: nothing was changed."""

    detail: str
    stands: UnsavedAnswer
    given: str


@router.get("/{case_id}")
def read_unsaved(office: OfficeHere, person: Reader, case_id: CaseId) -> Standing:
    """Your unrecorded words for a case, and the names of others who have some."""
    office.ledger.case(case_id)
    found = office.ledger.unsaved(case_id, now=office.clock())
    mine = next((one for one in found if one.by == person.name), None)
    others = [one.by for one in found if one.by != person.name]
    return Standing(mine=UnsavedAnswer.of(mine) if mine else None, others=others)


@router.put(
    "/{case_id}",
    response_model=UnsavedAnswer,
    responses={409: {"model": TwoTexts, "description": "Other words of yours stand; both are told."}},
)
def keep_unsaved(office: OfficeHere, person: Reader, case_id: CaseId, body: Typed) -> UnsavedAnswer | Response:
    """Keep what you have typed; it is no draft, and nobody can approve it."""
    done = office.ledger.keep_unsaved(
        person.id, case_id, body.text, draft=body.draft, follows=body.follows, now=office.clock()
    )
    stands = UnsavedAnswer.of(done.stands)
    if done.kept:
        return stands
    told = TwoTexts(detail="you have kept other words for this case meanwhile", stands=stands, given=body.text)
    return JSONResponse(told.model_dump(mode="json"), 409)


@router.delete("/{case_id}", status_code=204)
def drop_unsaved(office: OfficeHere, person: Reader, case_id: CaseId) -> None:
    """Keep your words for a case no longer."""
    office.ledger.drop_unsaved(person.id, case_id)

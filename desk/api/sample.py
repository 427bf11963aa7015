"""The sample of what was passed over, as JSON."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel

from cases.people import Action, Person
from cases.verdicts import Category
from desk.access import permit
from desk.answers import CONFLICT, NOT_FOUND, REFUSALS
from desk.office import Office
from desk.pages.render import office_of
from desk.requests import SampleGiven
from desk.sample import answer
from store.views import Drawn

OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]
Sorter = Annotated[Person, Depends(permit(Action.SORT))]

router = APIRouter(prefix="/api", tags=["sample"], responses=REFUSALS)


class DrawnAnswer(BaseModel):
    """One post that was passed over. `share`: of how many such posts it was drawn."""

    mention: int
    platform: str
    author: str
    url: str
    posted_at: datetime
    text: str
    language: str
    probability: float
    share: float

    @classmethod
    def of(cls, drawn: Drawn) -> Self:
        """The same as JSON."""
        return cls(
            mention=drawn.id,
            platform=drawn.mention.platform,
            author=drawn.mention.author,
            url=drawn.mention.url,
            posted_at=drawn.mention.posted_at,
            text=drawn.mention.text,
            language=drawn.verdict.language,
            probability=round(drawn.verdict.probability, 4),
            share=drawn.share,
        )


class SampleAnswer(BaseModel):
    """What waits for a look: how many in all, and the oldest of them."""

    waiting: int
    posts: list[DrawnAnswer]


class LookedAt(BaseModel):
    """What was said of one post; `case` is the one that a complaint opened or joined."""

    mention: int
    complaint: bool
    category: Category | None
    case: int | None


@router.get("/sample")
def list_sample(office: OfficeHere, _: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> SampleAnswer:
    """Posts that were passed over and drawn by lot for somebody to look at, the oldest first."""
    drawn = office.ledger.to_look_at(limit)
    return SampleAnswer(waiting=office.ledger.count_to_look_at(), posts=[DrawnAnswer.of(one) for one in drawn])


@router.post("/sample/{mention}", responses={**NOT_FOUND, **CONFLICT})
def look_at_sample(
    office: OfficeHere, person: Sorter, mention: Annotated[int, Path(ge=1, le=2**31 - 1)], body: SampleGiven
) -> LookedAt:
    """Say whether a post that was passed over is a complaint; a complaint opens a case."""
    case = answer(office, mention, complaint=body.complaint, category=body.category, who=person.name)
    category = case.verdict.category if case else None
    return LookedAt(mention=mention, complaint=body.complaint, category=category, case=case.id if case else None)

"""Cases and decisions as JSON: each route has a page that does the same."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query
from pydantic import BaseModel

from cases.lifecycle import WAITING, Status
from cases.people import Action, Person
from desk.access import permit
from desk.acts import ACTS, Act
from desk.answers import CONFLICT, NOT_FOUND, REFUSALS, CaseAnswer, LintAnswer, WholeCase
from desk.casefile import examine, open_file
from desk.office import Office
from desk.pages.render import office_of
from desk.requests import Draftlike

CaseId = Annotated[int, Path(ge=1, le=2**31 - 1, description="The case's number.")]
OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]

router = APIRouter(prefix="/api", tags=["cases"], responses=REFUSALS)


@router.get("/cases")
def list_cases(
    office: OfficeHere,
    _: Reader,
    status: Annotated[Status | None, Query(description="Only this status; left out: what waits.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[CaseAnswer]:
    """Cases that wait for a decision, the most urgent first."""
    return [CaseAnswer.of(case) for case in office.ledger.cases([status] if status else WAITING, limit=limit)]


@router.get("/cases/{case_id}", responses=NOT_FOUND)
def read_case(office: OfficeHere, person: Reader, case_id: CaseId) -> WholeCase:
    """One case whole: thread, draft, plan, history."""
    return WholeCase.of_file(open_file(office, case_id, person))


@router.post("/lint", responses=NOT_FOUND)
def lint(office: OfficeHere, _: Reader, body: Draftlike) -> LintAnswer:
    """Judge a text for a case as an approval would: length, components, faults, what stops it."""
    return LintAnswer.of(examine(office, office.ledger.case(body.case), body.text))


def _decision(act: Act) -> None:
    def decide(office: OfficeHere, person: Reader, case_id: CaseId, body: BaseModel) -> CaseAnswer:
        return CaseAnswer.of(act.carry_out(office, person, case_id, body))

    # What FastAPI reads at run time: each act has a body of its own.
    decide.__annotations__["body"] = Annotated[act.body, Body()]
    router.add_api_route(
        f"/cases/{{case_id}}/{act.name}",
        decide,
        methods=["POST"],
        name=act.name,
        operation_id=act.name.replace("-", "_"),
        summary=act.summary,
        response_model=CaseAnswer,
        responses={**NOT_FOUND, **CONFLICT},
    )


for _each in ACTS:
    _decision(_each)

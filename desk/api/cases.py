"""Cases and decisions as JSON: each route has a page that does the same."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from pydantic import BaseModel

from cases.people import Action, Person
from cases.queue import Order, QueueQuery, View
from cases.verdicts import Category
from desk.access import permit
from desk.acts import ACTS, Act, carry_out_bulk
from desk.answers import CONFLICT, NOT_FOUND, REFUSALS, BulkAnswer, CaseAnswer, LintAnswer, QueueAnswer, WholeCase
from desk.casefile import examine, open_file
from desk.office import Office
from desk.pages.render import office_of, teller
from desk.requests import Bulk, Draftlike

CaseId = Annotated[int, Path(ge=1, le=2**31 - 1, description="The case's number.")]
OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]
Filter = Annotated[str, Query(max_length=64)]

router = APIRouter(prefix="/api", tags=["cases"], responses=REFUSALS)


@router.get("/cases")
def list_cases(
    *,
    office: OfficeHere,
    person: Reader,
    view: View = View.ALL,
    network: Filter = "",
    language: Filter = "",
    category: Category | None = None,
    severity: Annotated[int, Query(ge=0, le=4, description="That and graver.")] = 0,
    assignee: Filter = "",
    text: Annotated[str, Query(max_length=200, description="Words of the post, or of its author's handle.")] = "",
    order: Order = Order.DUE,
    after: Annotated[str, Query(max_length=200, description="The `after` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> QueueAnswer:
    """One page of the queue, as a view, narrowed down and ordered."""
    query = QueueQuery(
        view=view,
        network=network,
        language=language,
        category=category,
        severity=severity,
        assignee=assignee,
        text=text.replace("\0", ""),
        order=order,
        after=after,
    )
    found = office.ledger.queue(query, me=person.name, now=office.clock(), limit=limit)
    return QueueAnswer(cases=[CaseAnswer.of(case) for case in found.cases], after=found.after)


@router.get("/views")
def count_views(office: OfficeHere, person: Reader) -> dict[View, int]:
    """How many cases each view has."""
    return office.ledger.view_counts(me=person.name, now=office.clock())


@router.post("/bulk")
def decide_on_several(request: Request, office: OfficeHere, person: Reader, body: Bulk) -> BulkAnswer:
    """Assign, snooze or dismiss several cases. There is no bulk approval of public text."""
    tell = teller(request)
    done, refused = carry_out_bulk(office, person, body)
    return BulkAnswer(done=done, refused={one.case: tell(one.why) for one in refused})


@router.get("/cases/{case_id}", responses=NOT_FOUND)
def read_case(office: OfficeHere, person: Reader, case_id: CaseId) -> WholeCase:
    """One case whole: thread, draft, plan, history."""
    return WholeCase.of_file(open_file(office, case_id, person))


@router.post("/lint", responses=NOT_FOUND)
def lint(request: Request, office: OfficeHere, _: Reader, body: Draftlike) -> LintAnswer:
    """Judge a text for a case as an approval would: length, components, faults, what stops it."""
    return LintAnswer.of(examine(office, office.ledger.case(body.case), body.text), teller(request))


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

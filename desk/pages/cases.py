"""The queue and the case: where people spend their day, and what they post from there."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from cases.apology import Component, Fault
from cases.errors import CaseError, NotFound, TextChanged
from cases.lifecycle import Status, moves_from
from cases.people import Action, Person
from cases.plans import Finding
from cases.purposes import Purpose
from cases.queue import Order, View
from cases.told import Joined, words_of
from cases.verdicts import Category
from desk.access import permit
from desk.acts import ACTS, Act, carry_out_bulk
from desk.casefile import examine, open_file
from desk.office import Office
from desk.pages.look import VIEW_NAMES, read_look
from desk.pages.render import office_of, page
from desk.pages.rows import Row, as_row, lateness
from desk.pages.text import beginning, difference, safe_link, shown, underlined
from desk.requests import Bulk
from desk.saved import offers
from responders.plan import OVERRULABLE

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

CaseId = Annotated[int, Path(ge=1, le=2**31 - 1)]
OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]

_CONFLICT = 409
"""The page tells what stands in the way, and keeps what was typed."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A decision that was not carried out: why, and what the person had typed."""

    why: str
    text: str | None = None
    changed: bool = False
    """The draft changed under them: the difference is shown."""


@router.get("/")
def queue(request: Request, office: OfficeHere, person: Reader) -> HTMLResponse:
    """The queue, with no case open."""
    return _desk(request, office, person, None)


@router.get("/cases/{case_id}")
def case(request: Request, office: OfficeHere, person: Reader, case_id: CaseId) -> HTMLResponse:
    """One case beside the queue."""
    return _desk(request, office, person, case_id)


@router.post("/bulk")
def bulk(request: Request, office: OfficeHere, person: Reader, body: Annotated[Bulk, Form()]) -> Response:
    """Assign, snooze or dismiss several cases; those that could not be are told."""
    try:
        _, refused = carry_out_bulk(office, person, body)
    except CaseError as error:
        return _desk(request, office, person, None, Trouble(words_of(error)))
    if refused:
        return _desk(request, office, person, None, Trouble(Joined(one.why for one in refused)))
    rest = read_look(request, office.zone).back()
    return RedirectResponse(f"/?{rest}" if rest else "/", 303)


def _desk(
    request: Request, office: Office, person: Person, case_id: int | None, trouble: Trouble | None = None
) -> HTMLResponse:
    with office.ledger.at_one_moment():
        return _as_it_is(request, office, person, case_id, trouble)


def _as_it_is(
    request: Request, office: Office, person: Person, case_id: int | None, trouble: Trouble | None
) -> HTMLResponse:
    now = office.clock()
    look = read_look(request, office.zone)
    found = office.ledger.queue(look.query(), me=person.name, now=now)
    rows = [as_row(one, now, office.first_answer) for one in found.cases]
    context: dict[str, object] = {
        "rows": rows,
        "look": look,
        "back": look.back(),
        "more": look.back(after=found.after) if found.after else "",
        "views": {view: (VIEW_NAMES[view], look.back(view=str(view))) for view in View},
        "counts": office.ledger.view_counts(me=person.name, now=now),
        "to_look_at": office.ledger.count_to_look_at(),
        "orders": tuple(Order),
        "categories": tuple(Category),
        "people": [one.name for one in office.ledger.people() if not one.disabled],
        "lookers": office.ledger.lookers(now=now),
        "saved_views": office.ledger.saved_views(person.id),
        "file": None,
        "trouble": trouble,
    }
    context["undoable"] = office.ledger.decided_by(person.name, now - office.undo_delay)
    context["undo_delay"] = office.undo_delay
    context["faults"] = tuple(Fault)
    status = 200 if trouble is None else _CONFLICT
    if case_id is not None:
        context |= _case_context(office, person, case_id, rows, trouble)
    return page(request, "desk.html.j2", context, status=status)


def _case_context(
    office: Office, person: Person, case_id: int, rows: list[Row], trouble: Trouble | None
) -> dict[str, object]:
    file = open_file(office, case_id, person)
    case = file.case
    draft = case.draft
    text = draft.text if draft else ""
    if trouble is not None and trouble.text is not None:
        text = trouble.text
    follows = draft is not None and draft.purpose is not Purpose.ANSWER
    changed = trouble.text if trouble is not None and trouble.changed else None
    unsaved = office.ledger.unsaved(case_id, now=office.clock())
    mine = next((one for one in unsaved if one.by == person.name and one.text != (draft.text if draft else "")), None)
    if mine is not None and trouble is None:
        text = mine.text
        changed = mine.text if draft is not None and mine.draft != draft.hash else None
    ids = [row.id for row in rows]
    after = ids[ids.index(case_id) + 1 :] if case_id in ids else [other for other in ids if other != case_id]
    return {
        "file": file,
        "case": case,
        "text": text,
        "judged": examine(office, case, text, file.plan),
        "underlined": underlined(case.mention.text, case.verdict.why),
        "moves": moves_from(case.status, follow_up=follows),
        "follows": follows,
        "mine": mine,
        "others": [one.by for one in unsaved if one.by != person.name],
        "next_id": after[0] if after else None,
        "changes": difference(changed, draft.text) if changed is not None and draft else (),
        "components": tuple(Component),
        "offers": offers(office, case),
        "found_choices": tuple(Finding),
        "overrulable": OVERRULABLE,
        "lateness": lateness(case.status, case.due_at, office.clock(), office.first_answer),
        "Status": Status,
        "Purpose": Purpose,
        "beginning": beginning,
        "safe_link": safe_link,
        "shown": shown,
    }


def _decision(act: Act) -> None:
    """Take an act's form: carried out, it leads on; else the case is shown with the reason and what was typed."""

    def decide(request: Request, office: OfficeHere, person: Reader, case_id: CaseId, body: BaseModel) -> Response:
        try:
            act.carry_out(office, person, case_id, body)
        except NotFound:
            raise
        except CaseError as error:
            typed = getattr(body, "text", None)
            changed = isinstance(error, TextChanged)
            return _desk(request, office, person, case_id, Trouble(words_of(error), typed, changed))
        return RedirectResponse(_onward(request, act, case_id), 303)

    # What FastAPI reads at run time: each act has a body of its own.
    decide.__annotations__["body"] = Annotated[act.body, Form()]
    router.add_api_route(f"/cases/{{case_id}}/{act.name}", decide, methods=["POST"], name=f"page-{act.name}")


for _each in ACTS:
    _decision(_each)


@router.post("/unsaved/{case_id}/drop")
def drop_words(request: Request, office: OfficeHere, person: Reader, case_id: CaseId) -> Response:
    """Give up what one has typed and not recorded."""
    office.ledger.drop_unsaved(person.id, case_id)
    rest = read_look(request, office.zone).back()
    return RedirectResponse(f"/cases/{case_id}?{rest}" if rest else f"/cases/{case_id}", 303)


def _onward(request: Request, act: Act, case_id: int) -> str:
    """Where to go on: the next case of the list if this one left the desk. The rest of the query is the list's."""
    following = request.query_params.get("next", "")
    rest = read_look(request, office_of(request).zone).back()
    place = f"/cases/{case_id}"
    if act.leaves:
        place = f"/cases/{following}" if following.isascii() and following.isdigit() else "/"
    return f"{place}?{rest}" if rest else place

"""Pages for what is known beyond one case: promises and incidents."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from cases.errors import AmendsError
from cases.incidents import IncidentState
from cases.people import Action, Person
from cases.told import words_of
from desk.access import permit
from desk.known import IncidentFile, close_incident, put_incident
from desk.language import LANGUAGES
from desk.office import Office
from desk.pages.render import office_of, page
from desk.pages.text import shown

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

OfficeHere = Annotated[Office, Depends(office_of)]
Reader = Annotated[Person, Depends(permit(Action.READ))]
Sorter = Annotated[Person, Depends(permit(Action.SORT))]
Declarer = Annotated[Person, Depends(permit(Action.INCIDENT))]

_SOON = timedelta(days=1)
_CONFLICT = 409


class IncidentForm(BaseModel):
    """An incident as the page's form has it: a field for each text in each of the desk's languages."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str = ""
    owner: str = ""
    next_word: str = ""
    state: IncidentState = IncidentState.OPEN

    def incident(self) -> IncidentFile:
        """The same as decisions take it; what was left empty says nothing."""
        texts = self.model_extra or {}

        def told(kind: str) -> dict[str, str]:
            return {tag: text for tag in LANGUAGES if (text := str(texts.get(f"{kind}_{tag}", "")).strip())}

        keywords = {
            tag: tuple(word.strip() for word in words.replace("،", ",").split(",") if word.strip())
            for tag, words in told("keywords").items()
        }
        return IncidentFile(
            name=self.name.strip(),
            owner=self.owner.strip(),
            next_word=self.next_word or None,
            keywords=keywords,
            cause=told("cause"),
            doing=told("doing"),
        )


@router.get("/promises")
def promises(request: Request, office: OfficeHere, _: Reader) -> HTMLResponse:
    """What approved texts promise, by when it is due."""
    now = office.clock()
    context = {"promises": office.ledger.promises(), "soon": now + _SOON, "shown": shown}
    return page(request, "promises.html.j2", context)


@router.post("/promises/{number}/keep")
def keep(office: OfficeHere, person: Sorter, number: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Response:
    """Say that a promise was kept."""
    office.ledger.keep_promise(number, who=person.name, now=office.clock())
    return RedirectResponse("/promises", 303)


@router.get("/incidents")
def incidents(request: Request, office: OfficeHere, _: Reader) -> HTMLResponse:
    """What goes wrong for many at once."""
    return _incidents(request, office)


@router.post("/incidents")
def declare(request: Request, office: OfficeHere, person: Declarer, form: Annotated[IncidentForm, Form()]) -> Response:
    """Prepare or declare an incident, or say more about one."""
    try:
        put_incident(office, form.incident(), form.state, who=person.name)
    except (AmendsError, ValueError) as error:
        why = words_of(error) if isinstance(error, AmendsError) else "an incident needs a name"
        return _incidents(request, office, form, why)
    return RedirectResponse("/incidents", 303)


@router.post("/incidents/close")
def close(
    office: OfficeHere, person: Declarer, name: Annotated[str, Form()], *, tell: Annotated[bool, Form()] = False
) -> Response:
    """Close an incident; with `tell`, the settled line is drafted for those whom it touched."""
    close_incident(office, name, who=person.name, tell=tell)
    return RedirectResponse("/incidents", 303)


def _incidents(request: Request, office: Office, form: IncidentForm | None = None, why: str = "") -> HTMLResponse:
    standing = office.ledger.incidents(tuple(IncidentState))
    context: dict[str, object] = {
        "incidents": standing,
        "touched": {one.id: len(office.ledger.touched(one.id)) for one in standing},
        "form": form or IncidentForm(),
        "typed": (form.model_extra or {}) if form else {},
        "why": why,
        "languages": LANGUAGES,
        "shown": shown,
    }
    return page(request, "incidents.html.j2", context, status=_CONFLICT if why else 200)

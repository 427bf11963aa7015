"""From a template to an answer: in the reader's language and time zone, everything from outside escaped and isolated.

A dependency that has found out who is asking leaves them at `request.state.person` (a `Person`), and the token that
forms must carry at `request.state.csrf`.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cases.people import Action, Person
from desk.language import Speech, choose, direction, speech
from desk.office import Office
from templates import folder

STATIC = Path(str(folder("desk").joinpath("static")))
"""Where the style sheet and the scripts lie."""


def office_of(request: Request) -> Office:
    """The office that this application works for: a dependency of every route."""
    office: Office = request.app.state.office
    return office


def speech_of(request: Request) -> Speech:
    """The language in which this request is answered: the person's, or the browser's."""
    person = person_of(request)
    return speech(choose(person.language if person else "", request.headers.get("accept-language", "")))


def teller(request: Request) -> Callable[[str], str]:
    """What says in JSON what code told: a page's script hears its reader's language, a program what it asks for."""
    if getattr(request.state, "csrf", ""):
        return speech_of(request).tell
    return speech(choose("", request.headers.get("accept-language", ""))).tell


def person_of(request: Request) -> Person | None:
    """Who asks; None where nobody has signed in."""
    person: Person | None = getattr(request.state, "person", None)
    return person


def zone_of(request: Request) -> ZoneInfo:
    """The time zone that this person reads times in."""
    person = person_of(request)
    return ZoneInfo(person.zone) if person and person.zone else office_of(request).zone


def page(request: Request, template: str, context: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
    """A page made from a template of `templates/desk/`, which extends `base.html.j2`.

    Beside the context a template knows `office`, `person` (or None), `may(action)`, `csrf`, `speech`, `paused`, `path`
    (of this request), `sections` (what the bar at the top leads to), says what code told with `tell(words)`, and times
    with `when(moment)`, `ago(moment)` and `lasting(span)`.
    """
    office, voice, person = office_of(request), speech_of(request), person_of(request)
    now = office.clock()
    zone = zone_of(request)
    shared: dict[str, object] = {
        "office": office,
        "person": person,
        "may": _permission(person),
        "csrf": getattr(request.state, "csrf", ""),
        "speech": voice,
        "tell": voice.tell,
        "now": now,
        "paused": office.ledger.paused(),
        "path": request.url.path,
        "sections": request.app.state.sections,
        "query": request.url.query,
        "when": _when(voice, zone, now),
        "ago": _ago(voice, now),
        "lasting": voice.span,
    }
    words = _environment(voice.tag).get_template(template).render({**shared, **context})
    return HTMLResponse(words, status_code=status, headers={"Content-Language": voice.tag, "Cache-Control": "no-store"})


@cache
def static_mark() -> str:
    """A short name of all static files as they are: part of their addresses, so that a browser may keep them."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.iterdir()):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:10]


@cache
def _environment(tag: str) -> Environment:
    """One for each language: gettext is bound to an environment."""
    environment = Environment(
        loader=FileSystemLoader(str(folder("desk"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a look at each file of a page, at each request
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = speech(tag).catalogue
    # What the extension adds has no stub.
    install = environment.install_gettext_callables  # type: ignore[attr-defined]
    install(catalogue.gettext, catalogue.ngettext, newstyle=True)
    environment.globals["mark"] = static_mark()
    environment.globals["Action"] = Action
    environment.globals["direction"] = direction
    environment.filters["humanly"] = _humanly
    return environment


def _humanly(name: object) -> str:
    """The name of a status, category or component as people write it; translated after that."""
    return str(name).replace("_", " ")


def _permission(person: Person | None) -> Callable[[Action], bool]:
    return lambda action: person is not None and person.may(action)


def _when(voice: Speech, zone: ZoneInfo, now: datetime) -> Callable[[datetime], str]:
    return lambda moment: voice.moment(moment, zone, now)


def _ago(voice: Speech, now: datetime) -> Callable[[datetime], str]:
    return lambda moment: voice.span(max(now - moment, timedelta()))

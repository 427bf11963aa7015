"""The guard around the desk: nothing is answered to strangers but what `_OPEN` names, and no form of theirs is taken.

It is a middleware and not a matter of each route, so that a route that is forgotten is shut.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cases.errors import NotAllowed, NotFound, StoreError
from cases.people import Action, Person, check_may
from cases.told import Told
from desk.access.headers import harden
from desk.access.secrets import derived, fingerprint, new_secret, same
from desk.access.settings import AccessSettings
from desk.office import Office

CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
"""Where a form, or a script, carries the token that shows that the request comes from our own page."""

BY_ITSELF = "x-by-itself"
"""A header of what a page asks for by itself: the session's idle time goes on."""

_OPEN = frozenset({"/sign-in", "/welcome", "/healthz", "/favicon.ico"})
"""What strangers get, and everything below `_OPEN_BELOW`."""
_OPEN_BELOW = ("/static/", "/sign-in/", "/welcome/")
_FOR_TOKENS = ("/api/", "/events", "/metrics", "/openapi.json")
"""Where a token for the API opens; pages are for sessions."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_FORM = 1_000_000
"""Bytes of a form; more than any page of ours sends."""


_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="A token from your account's page.")
"""For the OpenAPI document alone: the guard has read the header before any route is asked."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who stands before the desk: a person or nobody, and by what we know them."""

    person: Person | None
    session: str = ""
    """The session's secret; "" without one."""
    csrf: str = ""
    """What this browser's forms must carry; "" where a token for the API opened."""
    by_token: bool = False
    token: str = ""
    """The token's secret; "" where a session opened."""
    fresh: str = ""
    """The secret of a new cookie for a browser that has none yet."""


def visit_of(request: Request) -> Visit:
    """What the guard found out about this request."""
    visit: Visit = request.state.visit
    return visit


def signed_in(
    request: Request,
    _: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)] = None,
) -> Person:
    """Who asks: a dependency. The guard has let nobody else through, by a session or by the token that it names."""
    person = visit_of(request).person
    if person is None:
        raise HTTPException(401, "sign in first")
    return person


def in_person(request: Request) -> Person:
    """Who asks, where they signed in themselves: a dependency for what would let a stolen token last for ever."""
    person = signed_in(request)
    if visit_of(request).by_token:
        message = Told("this takes a person who signed in, not a token")
        raise NotAllowed(message)
    return person


def permit(action: Action) -> Callable[..., Person]:
    """A dependency: who asks, where their role allows the action; else it raises `NotAllowed`."""

    def permitted(person: Annotated[Person, Depends(signed_in)]) -> Person:
        check_may(person, action)
        return person

    return permitted


def settings_of(request: Request) -> AccessSettings:
    """How access is set up here."""
    settings: AccessSettings = request.app.state.access
    return settings


def still_in(office: Office, settings: AccessSettings, visit: Visit) -> bool:
    """Whether what a visit came by still opens; asking keeps no session from ending idle. Raises `StoreError`."""
    ledger, now = office.ledger, office.clock()
    if visit.by_token:
        number = ledger.token(fingerprint(visit.token), now=now)
    else:
        number = ledger.session(fingerprint(visit.session), idle=settings.idle, now=now, used=False)
    if number is None:
        return False
    return not ledger.person(number).disabled


class Guard:
    """ASGI middleware: finds out who asks, turns away strangers and forged forms, and hardens every answer.

    It leaves `visit`, `person` and `csrf` at `request.state`.
    """

    def __init__(self, app: ASGIApp, office: Office, settings: AccessSettings) -> None:
        self._app, self._office, self._settings = app, office, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let the application answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        fresh = ""

        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                harden(headers, secure=self._settings.secure)
                if fresh:
                    headers.append("set-cookie", self._cookie(fresh))
            await send(message)

        try:
            visit = await run_in_threadpool(self._look, request)
        except StoreError as error:
            await self._refusal(request, 503, str(error))(scope, receive, send_hardened)
            return
        scope.setdefault("state", {}).update(visit=visit, person=visit.person, csrf=visit.csrf)
        refusal, receive = await self._judge(request, visit, receive)
        fresh = visit.fresh
        await (refusal or self._app)(scope, receive, send_hardened)

    def _look(self, request: Request) -> Visit:
        ledger, now = self._office.ledger, self._office.clock()
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and _path(request).startswith(_FOR_TOKENS):
            # A token that is no good is never made up for by a cookie: its sender is a program and must hear of it.
            number = ledger.token(fingerprint(secret.strip()), now=now)
            return Visit(self._person(number), by_token=True, token=secret.strip())
        session = request.cookies.get(self._settings.session_cookie, "")
        if session:
            # A page that brings itself up to date is no sign of somebody who sits before it.
            used = BY_ITSELF not in request.headers
            number = ledger.session(fingerprint(session), idle=self._settings.idle, now=now, used=used)
            if (person := self._person(number)) is not None:
                return Visit(person, session=session, csrf=derived(session, "csrf"))
        known = request.cookies.get(self._settings.visit_cookie, "")
        fresh = "" if known else new_secret()
        opens_form = _is_open(_path(request)) and not _path(request).startswith("/static/")
        return Visit(None, csrf=derived(known or fresh, "csrf"), fresh=fresh if opens_form else "")

    def _person(self, number: int | None) -> Person | None:
        if number is None:
            return None
        try:
            person = self._office.ledger.person(number)
        except NotFound:
            return None
        return None if person.disabled else person

    async def _judge(self, request: Request, visit: Visit, receive: Receive) -> tuple[Response | None, Receive]:
        """An answer that refuses, or None; and what to read the body from."""
        if visit.person is None and not _is_open(_path(request)):
            return self._ask_in(request, visit), receive
        if request.method in _SAFE or visit.by_token:
            return None, receive
        if not self._from_here(request):
            return self._refusal(request, 403, "this request came from another site"), receive
        carried = request.headers.get(CSRF_HEADER, "")
        if not carried and request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            body = await _read(receive, _LONGEST_FORM)
            if body is None:
                return self._refusal(request, 413, "the form is too long"), receive
            carried = parse_qs(body.decode("utf-8", "replace")).get(CSRF_FIELD, [""])[0]
            receive = _replay(body, receive)
        if not visit.csrf or not same(carried, visit.csrf):
            return self._refusal(request, 403, "the page is out of date: go back, load it anew, and try again"), receive
        return None, receive

    def _from_here(self, request: Request) -> bool:
        """What browsers say of where a request comes from; other programs say nothing, and have no cookie to abuse."""
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return False
        origin = request.headers.get("origin")
        ours = {request.headers.get("host", ""), urlsplit(self._settings.url).netloc}
        return origin is None or urlsplit(origin).netloc in ours

    def _ask_in(self, request: Request, visit: Visit) -> Response:
        is_page = request.method in {"GET", "HEAD"} and not _path(request).startswith(_FOR_TOKENS)
        if not is_page:
            why = "the token is not good" if visit.by_token else "sign in first, or send a token for the API"
            return JSONResponse({"detail": why}, 401, {"WWW-Authenticate": "Bearer"})
        query = request.scope["query_string"].decode("latin-1")
        wanted = _path(request) + (f"?{query}" if query else "")
        return RedirectResponse("/sign-in" + (f"?next={quote(wanted, safe='')}" if wanted != "/" else ""), 303)

    def _refusal(self, request: Request, status: int, why: str) -> Response:
        if _path(request).startswith(_FOR_TOKENS):
            return JSONResponse({"detail": why}, status)
        return PlainTextResponse(why, status)

    def _cookie(self, secret: str) -> str:
        secure = "; Secure" if self._settings.secure else ""
        return f"{self._settings.visit_cookie}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}"


def _path(request: Request) -> str:
    """The path as routes see it. `request.url` is made with the Host header, which a stranger writes."""
    path: str = request.scope["path"]
    return path


def _is_open(path: str) -> bool:
    return path in _OPEN or path.startswith(_OPEN_BELOW)


async def _read(receive: Receive, most: int) -> bytes | None:
    """A request's body; None where it is longer than `most` bytes."""
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        length += len(message.get("body", b""))
        if length > most:
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once more for the application, then whatever comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again

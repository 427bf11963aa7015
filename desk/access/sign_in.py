"""The pages where people come in and go: sign in, one-time links, sign out."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from cases.errors import NotAllowed
from cases.people import LinkPurpose
from cases.told import words_of
from desk.access.doors import (
    SPENT,
    START_LASTS,
    accept_link,
    address_of,
    drop_cookie,
    enter_sandbox,
    let_in,
    local_path,
    look_at_link,
    put_cookie,
    try_password,
)
from desk.access.guard import settings_of, visit_of
from desk.access.secrets import fingerprint
from desk.pages.render import office_of, page, speech_of

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
def show_sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """The form, or the page that was asked for where who asks is in already."""
    if visit_of(request).person is not None:
        return RedirectResponse(local_path(next), 303)
    return sign_in_page(request, to=next)


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the name in the form
) -> Response:
    """Come in by name and password."""
    office, say = office_of(request), speech_of(request).say
    attempt = try_password(office, name, password, address_of(request))
    if attempt.person is not None:
        return let_in(request, office, attempt.person, to=local_path(next))
    if attempt.until is not None:
        wait = attempt.until - office.clock()
        words = say("Too many attempts. Try again in %(span)s.") % {"span": speech_of(request).span(wait)}
        answer = sign_in_page(request, to=next, name=name, trouble=words, status=429)
        answer.headers["Retry-After"] = str(max(1, round(wait.total_seconds())))
        return answer
    return sign_in_page(request, to=next, name=name, trouble=say("The name or the password is wrong."), status=401)


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End this session."""
    settings, answer = settings_of(request), RedirectResponse("/sign-in", 303)
    office_of(request).ledger.end_session(fingerprint(visit_of(request).session))
    drop_cookie(answer, settings, settings.session_cookie)
    # What a page left in the browser's own store goes too.
    answer.headers["Clear-Site-Data"] = '"storage", "cache"'
    return answer


@router.get("/welcome/{secret}")
def open_link(request: Request, secret: str) -> Response:
    """Take a one-time link's secret out of the address; on the sandbox, come in by it at once."""
    office, settings = office_of(request), settings_of(request)
    link = look_at_link(office, secret)
    if link is None:
        return _spent(request)
    if link.purpose is LinkPurpose.SANDBOX:
        if not settings.sandbox:
            return _spent(request)
        try:
            person = enter_sandbox(office, secret)
        except NotAllowed:
            return _spent(request)
        return let_in(request, office, person)
    answer = RedirectResponse("/welcome", 303)
    put_cookie(answer, settings, settings.link_cookie, secret, lasts=START_LASTS)
    return answer


@router.get("/welcome")
def show_welcome(request: Request) -> Response:
    """The form behind a one-time link."""
    return _welcome_page(request)


@router.post("/welcome")
def welcome(request: Request, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "") -> Response:
    """Choose a password, and come in."""
    office, secret = office_of(request), _link_secret(request)
    try:
        person = accept_link(office, secret, name=name, password=password)
    except NotAllowed as error:
        return _welcome_page(request, name=name, trouble=speech_of(request).tell(words_of(error)), status=422)
    return let_in(request, office, person)


def sign_in_page(request: Request, *, to: str = "/", name: str = "", trouble: str = "", status: int = 200) -> Response:
    """The page to sign in, saying why it did not work the last time."""
    provider = settings_of(request).provider
    context = {
        "to": local_path(to),
        "name": name[:256],
        "trouble": trouble,
        "provider_at": "/sign-in/provider"
        + (f"?next={quote(local_path(to), safe='')}" if local_path(to) != "/" else ""),
        "provider": (provider.label or provider.issuer) if provider else "",
    }
    return page(request, "sign-in.html.j2", context, status=status)


def _welcome_page(request: Request, *, name: str = "", trouble: str = "", status: int = 200) -> Response:
    office = office_of(request)
    link = look_at_link(office, _link_secret(request))
    if link is None:
        return _spent(request)
    invited = office.ledger.person(link.person).name if link.person is not None else ""
    context = {"invited": invited, "name": name[:256], "trouble": trouble}
    return page(request, "welcome.html.j2", context, status=status)


def _spent(request: Request) -> Response:
    # Whoever opens the printed link once more in the same browser is in already.
    if visit_of(request).person is not None:
        return RedirectResponse("/", 303)
    return sign_in_page(request, trouble=speech_of(request).say(SPENT), status=410)


def _link_secret(request: Request) -> str:
    return request.cookies.get(settings_of(request).link_cookie, "")

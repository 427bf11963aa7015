"""The two steps of a sign-in by the provider, as a browser takes them."""

from datetime import timedelta
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from cases.errors import NotAllowed
from cases.told import words_of
from desk.access.doors import drop_cookie, let_in, local_path, put_cookie
from desk.access.guard import settings_of
from desk.access.provider import BACK, ask_url, person_for, who_came_back
from desk.access.secrets import new_secret
from desk.access.sign_in import sign_in_page
from desk.pages.render import office_of, speech_of

router = APIRouter(include_in_schema=False)

_FLOW_LASTS = timedelta(minutes=10)
_AND_THEN = "~"
"""Parts the secret of a flow from the page that was asked for, in the cookie."""
_LONGEST = 2_000
"""Characters of an address to go on to; browsers keep no cookie that is much longer."""


@router.get("/sign-in/provider")
def ask_provider(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """Send the browser to the provider; `next` is the page of ours to go on to after that."""
    settings, flow = settings_of(request), new_secret()
    if settings.provider is None:
        return RedirectResponse("/sign-in", 303)
    try:
        answer = RedirectResponse(ask_url(settings, settings.provider, flow), 303)
    except NotAllowed as error:
        return sign_in_page(request, trouble=speech_of(request).tell(words_of(error)), status=502)
    put_cookie(
        answer, settings, settings.flow_cookie, flow + _AND_THEN + quote(_wanted(next), safe=""), lasts=_FLOW_LASTS
    )
    return answer


@router.get(BACK)
def come_back(request: Request, code: str = "", state: str = "") -> Response:
    """Let in whom the provider vouches for."""
    office, settings = office_of(request), settings_of(request)
    if settings.provider is None:
        return RedirectResponse("/sign-in", 303)
    flow, _, wanted = request.cookies.get(settings.flow_cookie, "").partition(_AND_THEN)
    try:
        known = who_came_back(settings, settings.provider, flow, code=code, state=state)
        # Whoever may write cookies here leads nobody away: the path is looked at once more.
        return let_in(request, office, person_for(office, known), to=_wanted(unquote(wanted)))
    except NotAllowed as error:
        answer = sign_in_page(request, trouble=speech_of(request).tell(words_of(error)), status=403)
        drop_cookie(answer, settings, settings.flow_cookie)
        return answer


def _wanted(path: str) -> str:
    path = local_path(path)
    return path if len(path) <= _LONGEST else "/"

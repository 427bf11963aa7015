"""A person's own account: how the desk looks for them, their password, their sessions, their tokens for the API."""

from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from cases.errors import NotAllowed, NotFound
from cases.people import PERMISSIONS, Person
from cases.told import Told, words_of
from desk.access.answers import NOT_FOUND, MeAnswer, NewTokenAnswer, Number, PersonAnswer, TokenAnswer
from desk.access.doors import address_of, change_password
from desk.access.guard import in_person, signed_in, visit_of
from desk.access.secrets import TOKEN_PREFIX, fingerprint, new_secret
from desk.answers import REFUSALS
from desk.language import LANGUAGES
from desk.office import Office
from desk.pages.render import office_of, page, speech_of

router = APIRouter(responses=REFUSALS)

_LONGEST_LABEL = 64
_MOST_TOKENS = 20

SignedIn = Annotated[Person, Depends(signed_in)]
InPerson = Annotated[Person, Depends(in_person)]


class Preferences(BaseModel):
    """How the desk looks and feels. `language` "" follows the browser, `zone` "" the brand's time zone."""

    language: str = Field(default="", max_length=16)
    zone: str = Field(default="", max_length=64)
    single_keys: bool = True


class TokenOrder(BaseModel):
    """A new token's label: what it is for."""

    label: str = Field(min_length=1, max_length=_LONGEST_LABEL)


class PasswordOrder(BaseModel):
    """A new password, and the one before."""

    old: str = Field(default="", max_length=1024)
    new: str = Field(max_length=1024)


def set_preferences(office: Office, person: Person, wanted: Preferences) -> Person:
    """Keep how the desk looks for a person. Raises `NotAllowed` for a language or zone that there is not."""
    if wanted.language and wanted.language not in LANGUAGES:
        message = Told(
            "the desk speaks %(languages)s, not %(language)s",
            languages=", ".join(LANGUAGES),
            language=repr(wanted.language),
        )
        raise NotAllowed(message)
    if wanted.zone and wanted.zone not in available_timezones():
        message = Told(
            "%(zone)s is no time zone; write for example Europe/Berlin or Asia/Tehran", zone=repr(wanted.zone)
        )
        raise NotAllowed(message)
    return office.ledger.set_preferences(
        person.id, language=wanted.language, zone=wanted.zone, single_keys=wanted.single_keys
    )


def make_token(office: Office, person: Person, label: str) -> NewTokenAnswer:
    """A new token for the API, which may what its person may. Raises `NotAllowed`."""
    words = " ".join(label.split())
    if not words or len(words) > _LONGEST_LABEL or not words.isprintable():
        message = Told("say what the token is for, in 1 to %(most)s characters", most=_LONGEST_LABEL)
        raise NotAllowed(message)
    if len(office.ledger.tokens(person.id)) >= _MOST_TOKENS:
        message = Told(
            "%(name)s has %(most)s tokens already: revoke one that is not used",
            name=person.name,
            most=_MOST_TOKENS,
        )
        raise NotAllowed(message)
    secret = TOKEN_PREFIX + new_secret()
    kept = office.ledger.add_token(fingerprint(secret), person.id, label=words, now=office.clock())
    return NewTokenAnswer(**dict(TokenAnswer.of(kept)), token=secret)


# --- the page


@router.get("/account", include_in_schema=False)
def show_account(request: Request, person: SignedIn, done: str = "") -> Response:
    """The account's page."""
    return _account_page(request, person, done=done)


@router.post("/account", include_in_schema=False)
def save_account(
    request: Request,
    person: InPerson,
    language: Annotated[str, Form()] = "",
    zone: Annotated[str, Form()] = "",
    single_keys: Annotated[str, Form()] = "",
) -> Response:
    """Keep the preferences."""
    try:
        wanted = Preferences(language=language[:16], zone=zone[:64], single_keys=bool(single_keys))
        set_preferences(office_of(request), person, wanted)
    except NotAllowed as error:
        return _account_page(request, person, trouble=words_of(error), status=422)
    return RedirectResponse("/account?done=saved", 303)


@router.post("/account/password", include_in_schema=False)
def save_password(
    request: Request, person: InPerson, new: Annotated[str, Form()] = "", old: Annotated[str, Form()] = ""
) -> Response:
    """Change the password."""
    try:
        keep = visit_of(request).session
        change_password(office_of(request), person, old=old, new=new, keep=keep, address=address_of(request))
    except NotAllowed as error:
        return _account_page(request, person, trouble=words_of(error), status=422)
    return RedirectResponse("/account?done=password", 303)


@router.post("/account/sign-out-elsewhere", include_in_schema=False)
def leave_elsewhere(request: Request, person: InPerson) -> Response:
    """End all other sessions."""
    office_of(request).ledger.end_sessions(person.id, keep=fingerprint(visit_of(request).session))
    return RedirectResponse("/account?done=elsewhere", 303)


@router.post("/account/tokens", include_in_schema=False)
def add_token(request: Request, person: InPerson, label: Annotated[str, Form()] = "") -> Response:
    """Make a token and show it, this once: never by a redirect, so that it stands in no address."""
    try:
        made = make_token(office_of(request), person, label)
    except NotAllowed as error:
        return _account_page(request, person, trouble=words_of(error), status=422)
    return _account_page(request, person, token=made.token)


@router.post("/account/tokens/{number}/revoke", include_in_schema=False)
def drop_token(request: Request, person: InPerson, number: Number) -> Response:
    """Revoke a token."""
    office = office_of(request)
    try:
        office.ledger.revoke_token(number, person=person.id, now=office.clock())
    except NotFound as error:
        return _account_page(request, person, trouble=words_of(error), status=404)
    return RedirectResponse("/account?done=revoked", 303)


# --- the API


@router.get("/api/me", tags=["people"])
def read_me(person: SignedIn) -> MeAnswer:
    """Who you are, and what your role may do."""
    return _me(person)


@router.patch("/api/me", tags=["people"])
def change_me(request: Request, person: SignedIn, wanted: Preferences) -> MeAnswer:
    """Say how the desk looks and feels for you."""
    return _me(set_preferences(office_of(request), person, wanted))


@router.post("/api/me/password", tags=["people"], status_code=204)
def change_my_password(request: Request, person: InPerson, wanted: PasswordOrder) -> None:
    """Change your password; for a session, not for a token."""
    keep, address = visit_of(request).session, address_of(request)
    change_password(office_of(request), person, old=wanted.old, new=wanted.new, keep=keep, address=address)


@router.get("/api/me/tokens", tags=["people"])
def read_tokens(request: Request, person: SignedIn) -> list[TokenAnswer]:
    """Your tokens that are good, without their secrets."""
    return [TokenAnswer.of(token) for token in office_of(request).ledger.tokens(person.id)]


@router.post("/api/me/tokens", tags=["people"], status_code=201)
def order_token(request: Request, person: InPerson, wanted: TokenOrder) -> NewTokenAnswer:
    """Make a token for the API; for a session, not for a token. Its secret is in this answer and nowhere else."""
    return make_token(office_of(request), person, wanted.label)


@router.delete("/api/me/tokens/{number}", tags=["people"], status_code=204, responses=NOT_FOUND)
def revoke_token(request: Request, person: SignedIn, number: Number) -> None:
    """Revoke a token of yours; it opens nothing from now on."""
    office = office_of(request)
    office.ledger.revoke_token(number, person=person.id, now=office.clock())


def _me(person: Person) -> MeAnswer:
    return MeAnswer(
        **dict(PersonAnswer.of(person)),
        language=person.language,
        zone=person.zone,
        single_keys=person.single_keys,
        actions=sorted(PERMISSIONS[person.role]),
    )


def _account_page(
    request: Request, person: Person, *, done: str = "", trouble: str = "", token: str = "", status: int = 200
) -> Response:
    voice, office = speech_of(request), office_of(request)
    told = {
        "saved": voice.say("Saved."),
        "password": voice.say("The password is changed, and all other sessions are signed out."),
        "elsewhere": voice.say("All other sessions are signed out."),
        "revoked": voice.say("The token is revoked."),
    }
    context = {
        "me": office.ledger.person(person.id),
        "languages": LANGUAGES,
        "zones": sorted(available_timezones()),
        "tokens": office.ledger.tokens(person.id),
        "new_token": token,
        "done": told.get(done, ""),
        "trouble": voice.tell(trouble),
    }
    return page(request, "account.html.j2", context, status=status)

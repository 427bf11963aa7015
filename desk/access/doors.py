"""How people come in: passwords, one-time links, sessions."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from cases.errors import NotAllowed, NotFound
from cases.people import Link, LinkPurpose, Person, clean_name, name_key
from cases.plans import Role
from cases.told import Told
from desk.access.guard import settings_of, visit_of
from desk.access.passwords import check_password_rules, hash_password, verify_password
from desk.access.secrets import fingerprint, new_secret
from desk.access.settings import AccessSettings
from desk.access.throttle import keys_of
from desk.office import Office

INVITATION_LASTS, START_LASTS = timedelta(days=7), timedelta(hours=24)
"""How long one-time links open: those that are handed to a person, and those that are printed at the start."""

SPENT = "This link has been used, or its time is over. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of trying a password: the person, or nobody; `until`, where it was too early to try again."""

    person: Person | None = None
    until: datetime | None = None


def try_password(office: Office, name: str, password: str, address: str) -> Attempt:
    """Find out whether name and password belong to somebody who may come in.

    It counts against the name and the address before it is looked at, and takes as long for a name that is nobody's.
    """
    ledger, now = office.ledger, office.clock()
    keys = keys_of(name_key(" ".join(name.split()))[:256], _network(address))
    if (until := ledger.begin_attempt(keys, now=now)) is not None:
        return Attempt(until=until)
    person = ledger.person_named(" ".join(name.split()))
    hashed = ledger.password_of(person.id) if person is not None else None
    right, renewed = verify_password(hashed, password)
    if person is None or person.disabled or not right:
        return Attempt()
    if renewed is not None and hashed is not None:
        ledger.renew_password_hash(person.id, hashed, renewed)
    # What counts against an address stays: a name of one's own must not buy attempts on others'.
    ledger.clear_attempts(*list(keys)[:2])
    return Attempt(person)


def let_in(request: Request, office: Office, person: Person, *, to: str = "/") -> Response:
    """Begin a session, with a secret that nobody knew before, and go on to a page of ours."""
    settings, now, before = settings_of(request), office.clock(), visit_of(request).session
    if before:
        office.ledger.end_session(fingerprint(before))
    secret = new_secret()
    office.ledger.begin_session(fingerprint(secret), person.id, ends_at=now + settings.session, now=now)
    answer = RedirectResponse(to, 303)
    put_cookie(answer, settings, settings.session_cookie, secret, lasts=settings.session)
    for name in (settings.visit_cookie, settings.link_cookie, settings.flow_cookie):
        drop_cookie(answer, settings, name)
    return answer


def put_cookie(answer: Response, settings: AccessSettings, name: str, secret: str, *, lasts: timedelta) -> None:
    """Give the browser a secret that scripts can't read and that other sites' forms don't carry."""
    answer.set_cookie(
        name,
        secret,
        max_age=round(lasts.total_seconds()),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(answer: Response, settings: AccessSettings, name: str) -> None:
    """Take it back."""
    answer.delete_cookie(name, path="/", secure=settings.secure, httponly=True, samesite="lax")


def start_link(office: Office, settings: AccessSettings) -> str:
    """The one-time link to print when the desk starts, or "" where none is needed.

    Where there is no admin yet, it makes whoever opens it the first one. On the sandbox there always is one, and it
    signs in at once.
    """
    if settings.sandbox:
        return _new_link(office, settings, LinkPurpose.SANDBOX, None, START_LASTS)
    if office.ledger.has_admin():
        return ""
    return _new_link(office, settings, LinkPurpose.FIRST_ADMIN, None, START_LASTS)


def invite(office: Office, settings: AccessSettings, person: Person) -> str:
    """A one-time link by which a person chooses a password, for the first time or anew. Raises `NotAllowed`."""
    if person.disabled:
        message = Told("%(name)s is shut out: let them in again first", name=person.name)
        raise NotAllowed(message)
    return _new_link(office, settings, LinkPurpose.INVITATION, person.id, INVITATION_LASTS)


def look_at_link(office: Office, secret: str) -> Link | None:
    """A one-time link that can still be used, left as it is."""
    return office.ledger.link(fingerprint(secret), now=office.clock())


def enter_sandbox(office: Office, secret: str) -> Person:
    """Spend a link that signs in at once: as the sandbox's admin. Raises `NotAllowed` for a spent one."""
    _spend(office, secret)
    known = [one for one in office.ledger.people() if one.role is Role.ADMIN and not one.disabled]
    if known:
        return known[0]
    return office.ledger.add_person(office.signature("en"), Role.ADMIN, by="the sandbox", now=office.clock())


def accept_link(office: Office, secret: str, *, name: str, password: str) -> Person:
    """Spend a link on a password: the invited person's, or the first admin's, who also chooses a name.

    Raises `NotAllowed` for a spent link, and, leaving it as it is, for a name or a password that won't do.
    """
    link = look_at_link(office, secret)
    if link is None or link.purpose is LinkPurpose.SANDBOX:
        raise NotAllowed(SPENT)
    if link.person is None:
        clean = clean_name(name)
        if (taken := office.ledger.person_named(clean)) is not None:
            message = Told("there is somebody called %(name)s already", name=taken.name)
            raise NotAllowed(message)
    else:
        clean = _of(office, link.person).name
    check_password_rules(password, clean)
    hashed = hash_password(password, clean)
    _spend(office, secret)
    now = office.clock()
    if link.person is None:
        person = office.ledger.add_person(clean, Role.ADMIN, by=clean, now=now, first=True)
    else:
        person = _of(office, link.person)
    office.ledger.set_password(person.id, hashed, now=now)
    return person


def change_password(office: Office, person: Person, *, old: str, new: str, keep: str, address: str) -> None:
    """Another password, by somebody who knows the one before; every session but the one with secret `keep` ends.

    Raises `NotAllowed`.
    """
    if person.has_password and try_password(office, person.name, old, address).person is None:
        message = Told("The password is wrong, or was tried too often: wait a while.")
        raise NotAllowed(message)
    hashed = hash_password(new, person.name)
    office.ledger.set_password(person.id, hashed, now=office.clock(), keep=fingerprint(keep))


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy on this machine, what the proxy says."""
    return request.client.host if request.client else ""


def _network(address: str) -> str:
    """An address as attempts count against it: who has one of IPv6 has a whole network of them."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if read.version == 6 else address  # noqa: PLR2004 - IPv6


def _of(office: Office, number: int) -> Person:
    try:
        person = office.ledger.person(number)
    except NotFound as error:
        raise NotAllowed(SPENT) from error
    if person.disabled:
        raise NotAllowed(SPENT)
    return person


def _spend(office: Office, secret: str) -> None:
    if office.ledger.use_link(fingerprint(secret), now=office.clock()) is None:
        raise NotAllowed(SPENT)


def _new_link(
    office: Office, settings: AccessSettings, purpose: LinkPurpose, person: int | None, lasts: timedelta
) -> str:
    secret, now = new_secret(), office.clock()
    office.ledger.add_link(fingerprint(secret), purpose, person=person, ends_at=now + lasts, now=now)
    return f"{settings.url}/welcome/{secret}"


def local_path(to: str) -> str:
    """A path of ours, and never an address elsewhere: browsers take // and a backslash for one."""
    plain = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return to if plain else "/"

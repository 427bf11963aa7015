"""Commands for who works at the desk: `amends user …`. The terminal belongs to the operator, who may all of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from cases.errors import ConfigError, NotFound
from cases.plans import Role
from monitor.cli.app import Json, app, house
from monitor.house import House
from monitor.terminal import emit, harmless, local, say
from store.people import TERMINAL

if TYPE_CHECKING:
    from cases.people import Person
    from desk.access.settings import AccessSettings

users = typer.Typer(help="Who works at the desk: people, their roles, their tokens.", rich_markup_mode=None)
app.add_typer(users, name="user")

_Name = Annotated[str, typer.Argument(metavar="NAME", help="The person's name, as decisions carry it.")]
_Role = Annotated[Role, typer.Option("--role", help="What they may do.")]


@users.command("add")
def add_user(
    context: typer.Context,
    name: _Name,
    role: _Role = Role.AGENT,
    sso: Annotated[
        str, typer.Option("--sso", metavar="WHO", help="The name under which the sign-in provider knows them.")
    ] = "",
) -> None:
    """Let somebody in; prints a one-time link by which they choose a password."""
    with house(context) as opened:
        settings = None if sso.strip() else _settings(opened)
        person = opened.ledger.add_person(name, role, by=TERMINAL, now=opened.clock(), sso=sso.strip())
        say(f"{harmless(person.name)} is {person.role} now")
        if settings is None:
            say(f"they sign in with the provider, as {harmless(person.sso)}")
        else:
            _tell_link(opened, person, settings)


@users.command("list")
def list_users(context: typer.Context, *, as_json: Json = False) -> None:
    """Everybody who was ever let in."""
    with house(context) as opened:
        now = opened.clock()
        for person in opened.ledger.people():
            if as_json:
                emit(_fields(person))
                continue
            state = "shut out" if person.disabled else "" if person.has_password or person.sso else "invited"
            since = local(person.created_at, opened.config.brand.zone, now)
            say(f"{person.role:<6} since {since:<16} {harmless(person.name)} {state}".rstrip())


@users.command("role")
def give_role(
    context: typer.Context, name: _Name, role: Annotated[Role, typer.Argument(help="What they may do from now on.")]
) -> None:
    """Give a person another role."""
    with house(context) as opened:
        person = opened.ledger.set_role(_find(opened, name).id, role, by=TERMINAL, now=opened.clock())
        say(f"{harmless(person.name)} is {person.role} now")


@users.command("disable")
def disable_user(context: typer.Context, name: _Name) -> None:
    """Shut a person out: sessions end, links and tokens lapse. What they decided stays."""
    with house(context) as opened:
        person = opened.ledger.disable(_find(opened, name).id, by=TERMINAL, now=opened.clock())
        say(f"{harmless(person.name)} is shut out")


@users.command("enable")
def enable_user(context: typer.Context, name: _Name) -> None:
    """Let a person in again, with the password that they had."""
    with house(context) as opened:
        person = opened.ledger.enable(_find(opened, name).id, by=TERMINAL, now=opened.clock())
        say(f"{harmless(person.name)} may sign in again")


@users.command("link")
def make_link(context: typer.Context, name: _Name) -> None:
    """Print a one-time link for a new password; the one before lapses."""
    with house(context) as opened:
        _tell_link(opened, _find(opened, name), _settings(opened))


@users.command("token")
def make_token(
    context: typer.Context,
    name: _Name,
    label: Annotated[str, typer.Option("--label", help="What the new token is for.")] = "",
    revoke: Annotated[int | None, typer.Option("--revoke", metavar="ID", help="Revoke this token instead.")] = None,
) -> None:
    """Make a token for the API, which may what the person may; without a label list those that are good."""
    from desk.access.account import make_token as make  # noqa: PLC0415 - the web framework takes a moment to load

    with house(context) as opened:
        person = _find(opened, name)
        if revoke is not None:
            opened.ledger.revoke_token(revoke, person=person.id, now=opened.clock())
            say(f"token {revoke} is revoked")
        elif label:
            say(make(opened, person, label).token)
        else:
            now, zone = opened.clock(), opened.config.brand.zone
            for token in opened.ledger.tokens(person.id):
                used = f"used {local(token.seen_at, zone, now)}" if token.seen_at else "never used"
                say(f"{token.id:>5}  made {local(token.made_at, zone, now)}, {used}: {harmless(token.label)}")


def _find(opened: House, name: str) -> "Person":
    person = opened.ledger.person_named(name)
    if person is None:
        message = f"there is nobody called {name}; amends user list names everybody"
        raise NotFound(message)
    return person


def _tell_link(opened: House, person: "Person", settings: "AccessSettings") -> None:
    from desk.access.doors import INVITATION_LASTS, invite  # noqa: PLC0415 - the web framework takes a moment to load

    say(f"one-time link, good for {INVITATION_LASTS.days} days: {invite(opened, settings, person)}")


def _settings(opened: House) -> "AccessSettings":
    from desk.access.settings import AccessSettings  # noqa: PLC0415 - see above

    desk = opened.config.desk
    if not desk.port and not desk.url:
        message = f"[desk] port is 0 in {opened.config.path}, so that nobody knows its address: set port or url first"
        raise ConfigError(message)
    return AccessSettings(url=desk.address)


def _fields(person: "Person") -> dict[str, object]:
    return {
        "name": person.name,
        "role": str(person.role),
        "disabled": person.disabled,
        "invited": not person.has_password and not person.sso,
        "sso": person.sso,
        "created_at": person.created_at.isoformat(),
    }

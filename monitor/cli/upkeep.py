"""Commands for the operator: check, status, pause, resume, forget."""

from typing import Annotated

import typer

from cases.duration import spell_duration
from cases.errors import AmendsError, ConfigError, ModelError, PlatformError
from cases.lifecycle import Status
from monitor.cli.app import Json, app, house, typeable
from monitor.cli.known import tell_known
from monitor.cli.learning import classifier_fields, tell_classifier
from monitor.house import House, platform_module
from monitor.secrets import MASK, read_secret, variable
from monitor.terminal import command, emit, harmless, local, say, warn

_Platform = Annotated[str | None, typer.Argument(metavar="PLATFORM", help="One platform; all if left out.")]
_By = Annotated[str, typer.Option("--as", help="Who decides.")]


@app.command()
def check(context: typer.Context) -> None:
    """Check the config, the secrets (masked) and whether each platform answers."""
    with house(context) as opened:
        say(f"config    {opened.config.path} is right")
        say(f"store     {opened.ledger.url_shown} is up to date, {opened.ledger.count_mentions()} mentions")
        troubled = not _check_model(opened)
        for name in opened.platforms:
            troubled |= not _check_platform(opened, name)
        if not opened.platforms:
            warn("no platform is switched on", style="yellow")
    if troubled:
        raise typer.Exit(1)


def _check_model(opened: House) -> bool:
    try:
        say(f"model     {opened.judge.name}")
    except ModelError as error:
        warn(f"model     {typeable(str(error))}", style="red")
        return False
    return True


def _check_platform(opened: House, name: str) -> bool:
    for secret in platform_module(name).SECRETS:
        try:
            found = read_secret(name, secret, opened.environment)
        except ConfigError as error:
            warn(str(error), style="red")
            continue
        say(f"secret    {variable(name, secret)} {MASK if found else 'is not set'}")
    try:
        with opened.platform(name) as platform:
            account = platform.account()
    except (PlatformError, ConfigError) as error:
        warn(f"{name:<9} {harmless(str(error))}", style="red")
        return False
    say(f"{name:<9} answers: we are {harmless(account.handle)}, a reply may count {platform.limit}")
    return True


@app.command()
def status(context: typer.Context, *, as_json: Json = False) -> None:
    """Show last polls, lags, counts by status, what is paused and why."""
    with house(context) as opened:
        now, zone, ledger = opened.clock(), opened.config.brand.zone, opened.ledger
        states = {state.name: state for state in ledger.platforms()}
        counts, paused = ledger.counts(), ledger.paused()
        if as_json:
            for name in opened.platforms:
                state = states.get(name)
                emit(
                    {
                        "platform": name,
                        "last_poll": state.last_poll.isoformat() if state and state.last_poll else None,
                        "last_ok": state.last_ok.isoformat() if state and state.last_ok else None,
                        "lag_seconds": round((now - state.last_ok).total_seconds(), 1)
                        if state and state.last_ok
                        else None,
                        "error": state.error if state else None,
                        "waits_until": state.until.isoformat() if state and state.until else None,
                        "paused": paused.get(name) or paused.get("*"),
                        "cost_today_usd": round(ledger.cost(name, day=now.date()), 4),
                    }
                )
            counted = {str(name): counts.get(name, 0) for name in Status}
            promised = {"open": len(ledger.promises()), "broken": ledger.broken_promises(now)}
            emit({"counts": counted, "promises": promised, "classifier": classifier_fields(opened)})
            return
        for name in opened.platforms:
            state = states.get(name)
            if state is None or state.last_poll is None:
                say(f"{name:<9} not polled yet")
                continue
            lag = f"{spell_duration(now - state.last_ok)} ago" if state.last_ok else "never"
            say(f"{name:<9} last poll {local(state.last_poll, zone, now)}, last good one {lag}")
            if state.error:
                wait = f", waits until {local(state.until, zone, now)}" if state.until and state.until > now else ""
                say(f"          trouble{wait}: {harmless(state.error)}", style="red")
            if cost := ledger.cost(name, day=now.date()):
                say(f"          cost today: ${cost:.3f}")
        for name, why in paused.items():
            say(f"sending is paused on {'all platforms' if name == '*' else name}: {harmless(why)}", style="yellow")
        for name in Status:
            if counts.get(name):
                say(f"{counts[name]:>6}  {name.replace('_', ' ')}")
        say(f"{ledger.count_mentions():>6}  mentions in all")
        tell_known(opened)
        tell_classifier(opened)


@app.command()
def pause(context: typer.Context, platform: _Platform = None, who: _By = "operator", reason: str = "") -> None:
    """Stop sending, on one platform or on all; polling and drafting go on."""
    with house(context) as opened:
        _known(opened, platform)
        opened.ledger.pause(platform, who=who, now=opened.clock(), why=reason)
        amends = command(opened.config.path)
        say(f"sending is paused on {platform or 'all platforms'}")
        say(f"go on with: {amends} resume {platform or ''}".rstrip(), style="dim")


@app.command()
def resume(context: typer.Context, platform: _Platform = None, who: _By = "operator") -> None:
    """Start sending again."""
    with house(context) as opened:
        _known(opened, platform)
        opened.ledger.resume(platform, who=who, now=opened.clock())
        say(f"sending goes on, on {platform or 'all platforms'}")
        for name, why in opened.ledger.paused().items():
            say(f"still paused on {'all platforms' if name == '*' else name}: {harmless(why)}", style="yellow")


@app.command()
def forget(
    context: typer.Context,
    platform: Annotated[str, typer.Option("--platform", help="Where they wrote.")],
    author: Annotated[str, typer.Option("--author", help="Their handle or the network's id for them.")],
) -> None:
    """Erase what is kept of a person, leaving hashes so that they are never answered again."""
    with house(context) as opened:
        count = opened.ledger.forget(platform, author.removeprefix("@"), now=opened.clock())
        if not count:
            message = f"nothing is kept of {author} on {platform}; what they write there from now on is not kept either"
            raise AmendsError(message)
        posts = "one post" if count == 1 else f"{count} posts"
        say(f"forgotten on {platform}: {posts} of {harmless(author)}")


def _known(opened: House, platform: str | None) -> None:
    if platform is not None and platform not in opened.platforms:
        names = ", ".join(opened.platforms) or "none"
        message = f"{platform} is not switched on in {opened.config.path}; there: {names}"
        raise typer.BadParameter(message, param_hint="PLATFORM")

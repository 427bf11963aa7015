"""Commands that do the daemon's work: run, poll, send."""

import signal
import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from cases.errors import ConfigError
from monitor.cli.app import app, house
from monitor.config import Config, load_config
from monitor.house import House
from monitor.logs import set_up_logs
from monitor.terminal import command, harmless, one_line, say, warn

SANDBOX_CONFIG = """\
# Amends on its sandbox: a small network that ships with it. docs/SETTINGS.md lists every setting.
[brand]
name = "Parcelo"
keywords = ["parcelo"]
signature = "Ana"

[platforms.sandbox]
"""

_PlatformArgument = Annotated[str | None, typer.Argument(metavar="PLATFORM", help="One platform; all if left out.")]


@app.command("run")
def run_daemon(
    context: typer.Context,
    *,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Watch the sandbox alone, apart from real accounts.")
    ] = False,
    desk: Annotated[bool, typer.Option("--desk/--no-desk", help="Serve the desk beside it.")] = True,
) -> None:
    """Start the daemon and the desk, and stay until Ctrl-C or SIGTERM."""
    stopping = threading.Event()

    def end(*_: object) -> None:
        # Until the daemon takes SIGTERM over, nothing is under way that would have to end in order. But Python drops
        # an exit that is raised while it collects garbage; then the daemon finds that it was told to stop.
        stopping.set()
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    from monitor.daemon import Daemon  # noqa: PLC0415 - the scheduler is needed here alone
    from monitor.desk_process import desk_beside  # noqa: PLC0415 - the same

    config = _sandbox_config(context.obj) if sandbox else load_config(context.obj)
    set_up_logs(config.log.level)
    if not config.platforms:
        warn(
            f"{config.path} switches on no platform. Add a table like [platforms.sandbox]; docs/CONNECT.md tells more."
        )
        raise typer.Exit(1)
    with House(config) as opened, desk_beside(config) if desk else nullcontext():
        Daemon(opened, stopping=stopping).run()


@app.command("desk")
def run_desk(context: typer.Context) -> None:
    """Serve the desk alone, the approval queue in the browser, and stay until Ctrl-C or SIGTERM."""
    from monitor.desk_process import serve_desk  # noqa: PLC0415 - the web server is needed here alone

    config = load_config(context.obj)
    set_up_logs(config.log.level)
    serve_desk(config)


def _sandbox_config(path: Path) -> Config:
    """The config for a run on the sandbox alone. A brand's own store never sees the sandbox's people."""
    if path.exists():
        config = load_config(path)
        if set(config.platforms) == {"sandbox"}:
            return config
        path = path.parent / "sandbox" / "config.toml"
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(SANDBOX_CONFIG, encoding="utf-8")
        except OSError as error:
            message = f"{path} can't be written: {error}. Go to a folder of your own, or name a file with --config"
            raise ConfigError(message) from error
        warn(f"wrote {path}, with the sandbox switched on")
    return load_config(path)


@app.command("poll")
def poll_now(context: typer.Context, platform: _PlatformArgument = None) -> None:
    """One poll now, through to drafts; prints what was new."""
    from monitor.pipeline import take_in  # noqa: PLC0415 - only here

    with house(context) as opened:
        troubled = False
        for name in _chosen(opened, platform):
            intake = take_in(opened, name)
            say(f"{name}: {len(intake.mentions)} new")
            for number in intake.mentions:
                stored = opened.ledger.mention(number)
                what = f"case {stored.case}" if stored.case is not None else "passed over"
                who = harmless("@" + stored.mention.author)
                say(f"  mention {number:<5} {what:<12} {who}: {one_line(stored.mention.text, 70)}")
            if intake.trouble:
                troubled = True
                warn(f"{name}: {intake.trouble}", style="red")
        waiting = len(opened.ledger.cases())
        say(f"{waiting} waiting for a decision: {command(opened.config.path)} queue")
    if troubled:
        raise typer.Exit(1)


@app.command("send")
def send_now(context: typer.Context) -> None:
    """One pass over what is approved and past its undo delay; settles what is unknown."""
    from monitor.sending import send_pass, watch_by_hand  # noqa: PLC0415 - only here

    with house(context) as opened:
        outcomes = []
        for name in opened.platforms:
            outcomes += [*send_pass(opened, name), *watch_by_hand(opened, name)]
        for outcome in outcomes:
            say(f"case {outcome.case}: {outcome.status.replace('_', ' ')} {harmless(outcome.url or outcome.why)}")
        if not outcomes:
            say("nothing to send")
        for name, why in opened.ledger.paused().items():
            say(f"sending is paused on {'all platforms' if name == '*' else name}: {harmless(why)}", style="yellow")


def _chosen(opened: House, platform: str | None) -> list[str]:
    if platform is None:
        return list(opened.platforms)
    if platform not in opened.platforms:
        names = ", ".join(opened.platforms) or "none"
        message = f"{platform} is not switched on in {opened.config.path}; there: {names}"
        raise typer.BadParameter(message, param_hint="PLATFORM")
    return [platform]

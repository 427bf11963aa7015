"""The command's frame: global options, the house that a command works in, and how errors reach a person."""

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated

import typer

from cases.errors import AmendsError
from monitor.config import DEFAULT_PATH, load_config
from monitor.house import House
from monitor.logs import set_up_logs
from monitor.terminal import command, harmless, say, warn

app = typer.Typer(
    name="amends",
    help="Finds complaints about a brand in public, drafts apologies that hold every component, and sends what a "
    "person approved.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_ConfigOption = Annotated[
    Path,
    typer.Option("--config", envvar="AMENDS_CONFIG", help="The settings file.", show_default=True),
]


def _named(who: str) -> str:
    if not who.strip():
        message = "a decision needs the name of a person"
        raise typer.BadParameter(message)
    return who.strip()


Who = Annotated[str, typer.Option("--as", help="Who decides: your name, kept with the decision.", callback=_named)]
CaseId = Annotated[int, typer.Argument(metavar="CASE", help="The case's number.")]
Json = Annotated[bool, typer.Option("--json", help="JSON Lines on standard output, and nothing else there.")]


_config_named: ContextVar[Path] = ContextVar("_config_named", default=DEFAULT_PATH)
"""The settings file of this call, for the hints in an error that ends it."""


@app.callback(invoke_without_command=True)
def root(context: typer.Context, config: _ConfigOption = DEFAULT_PATH) -> None:
    """Take the options that stand before every command."""
    context.obj = config
    _config_named.set(config)
    if context.invoked_subcommand is not None:
        return
    amends = command(config)
    if config.exists():
        say(f"{config} is here. Start the daemon: {amends} run    What waits: {amends} queue")
    else:
        say(f"There is no {config} here yet. Two ways on:")
        say(f"  {amends} run --sandbox    try it on a small network that ships with Amends: no account, no key")
        say("  docs/CONNECT.md               connect Mastodon, Bluesky, Reddit or X")
    say(f"All commands: {command()} --help")


@contextlib.contextmanager
def house(context: typer.Context) -> Iterator[House]:
    """The house of the config named before the command."""
    config = load_config(context.obj)
    set_up_logs(config.log.level)
    with House(config) as opened:
        yield opened


def catch_up(opened: House) -> None:
    """Write the drafts that a decision just asked for, so that the person need not wait for the daemon's next pass."""
    from monitor.pipeline import work_through  # noqa: PLC0415 - most commands need neither the model nor the words

    work_through(opened)


def main() -> None:
    """Run `amends`. Exit status: 0 done, 1 a problem that the message names, 2 wrong usage."""
    sys.exit(run())


def run() -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Posts are written in any script, whatever the locale of a service or a cron job says.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(prog_name=command())
    except SystemExit as ending:
        if isinstance(ending.__context__, BrokenPipeError):
            # The reader has seen enough (`amends queue | head`); the interpreter must not complain when it flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return ending.code if isinstance(ending.code, int) else 0
    except AmendsError as error:
        warn(f"amends: {typeable(harmless(str(error), lines=True))}", style="red")
        return 1
    return 0


def typeable(message: str) -> str:
    """A message whose commands can be typed as they stand: "amends queue" may be ".venv/bin/amends queue" here."""
    names = "|".join(sorted(re.escape(name) for name in typer.main.get_group(app).commands))
    return re.sub(rf"(?<![\w/-])amends (?=(?:{names})\b)", lambda _: f"{command(_config_named.get())} ", message)

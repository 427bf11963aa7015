"""Commands for what is written to a customer after the answer: text, follow-up, drop."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from cases.errors import AmendsError
from cases.purposes import Purpose
from desk import follow
from monitor.cli.app import CaseId, Json, Who, app, house
from monitor.cli.decisions import read_text
from monitor.terminal import command, emit, harmless, out, say

_NAMES = {str(purpose).replace("_", "-"): purpose for purpose in Purpose if purpose is not Purpose.ANSWER}


def _purpose(name: str) -> Purpose:
    """The purpose of that name, with - or _. Raises `BadParameter`."""
    found = _NAMES.get(name.replace("_", "-"))
    if found is None:
        message = f"{name!r} is none; there are {', '.join(_NAMES)}"
        raise typer.BadParameter(message)
    return found


@app.command()
def text(
    context: typer.Context,
    case: CaseId,
    purpose: Annotated[
        str, typer.Option("--purpose", help="What it is for: update, settled, follow-up or private.")
    ] = "private",
    *,
    as_json: Json = False,
) -> None:
    """Print a text that comes after the answer, to copy; nothing is stored or sent."""
    wanted = _purpose(purpose)
    with house(context) as opened:
        # What is asked in public is drafted; what is copied goes to the private talk.
        private = wanted in {Purpose.PRIVATE, Purpose.FOLLOW_UP}
        written = follow.text_for(opened, opened.ledger.case(case), wanted, private=private)
        if as_json:
            emit(
                {
                    "case": case,
                    "purpose": str(wanted),
                    "text": written.text if written else None,
                    "language": written.language if written else opened.ledger.case(case).verdict.language,
                    "components": list(written.components) if written else [],
                    "faults": list(written.faults) if written else [],
                    "length": written.length if written else 0,
                }
            )
        elif written is None:
            message = f"case {case}: no words of ours fit here; write to them in your own"
            raise AmendsError(message)
        else:
            out.print(harmless(written.text, lines=True, alone=True), markup=False)


@app.command("follow-up")
def follow_up(
    context: typer.Context,
    case: CaseId,
    purpose: Annotated[str, typer.Argument(metavar="PURPOSE", help="update, settled or follow-up.")],
    who: Who,
    text_file: Annotated[
        Path | None, typer.Option("--text-file", help="Use this text instead of ours; - reads standard input.")
    ] = None,
) -> None:
    """Draft a further public word beside an answer that stands; it waits for approval like any draft."""
    wanted = _purpose(purpose)
    with house(context) as opened:
        own = None if text_file is None else read_text(text_file)
        moved = follow.write(opened, case, wanted, who=who, text=own)
        written = moved.draft.text if moved.draft else ""
        for line in harmless(written, lines=True).split("\n"):
            out.print(f"  {line}", markup=False)
        amends, name = command(opened.config.path), shlex.quote(who)
        say(f"case {case} is drafted. Send it: {amends} approve {case} --as {name}")
        say(f"or give it up: {amends} drop {case} --as {name}", style="dim")


@app.command()
def drop(
    context: typer.Context,
    case: CaseId,
    who: Who,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")] = "",
) -> None:
    """Give up what is drafted beside an answer that stands; the case is where it was before."""
    with house(context) as opened:
        moved = follow.drop(opened, case, who=who, why=reason)
        say(f"case {case} is {moved.status.replace('_', ' ')}")

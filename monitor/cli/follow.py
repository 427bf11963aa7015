"""Commands for what is written to a customer after the answer."""

from typing import Annotated

import typer

from cases.errors import AmendsError
from cases.purposes import Purpose
from desk import follow
from monitor.cli.app import CaseId, Json, app, house
from monitor.terminal import emit, harmless, out

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
        written = follow.text_for(opened, opened.ledger.case(case), wanted)
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
            for line in harmless(written.text, lines=True).split("\n"):
                out.print(line, markup=False)

"""The digest's command."""

from pathlib import Path
from typing import Annotated

import typer

from cases.errors import AmendsError
from cases.weeks import Week
from monitor.cli.app import app, house
from monitor.digest.compose import compose
from monitor.digest.render import as_html, as_text
from monitor.digest.weekly import send
from monitor.terminal import out, say, warn


def _week(text: str) -> Week:
    try:
        return Week.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--week") from error


@app.command()
def digest(
    context: typer.Context,
    week: Annotated[str | None, typer.Option("--week", help="Like 2026-W47; left out: this week so far.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the digest as HTML to this file.")] = None,
    *,
    text: Annotated[bool, typer.Option("--text", help="Print it as text, whatever else is done.")] = False,
    mail: Annotated[bool, typer.Option("--send", help="Mail it to [digest] to, even if it was sent before.")] = False,
) -> None:
    """Tell what was handled in a week, and what to learn from it."""
    with house(context) as opened:
        zone = opened.config.brand.zone
        chosen = _week(week) if week else Week.of(opened.clock(), zone)
        figures = compose(opened, chosen)
        if html is not None:
            try:
                html.write_text(as_html(figures, opened.config.digest.language), encoding="utf-8")
            except OSError as error:
                message = f"the digest can't be written to {html}: {error}"
                raise AmendsError(message) from error
            warn(f"wrote {html}")
        if mail:
            send(opened, figures)
            say(f"mailed {chosen} to {', '.join(opened.config.digest.to)}")
        if text or (html is None and not mail):
            out.print(as_text(figures, opened.config.digest.language), markup=False)

"""Commands for replies that a team keeps: `amends saved …`."""

from pathlib import Path
from typing import Annotated

import typer

from cases.saved import NewReply
from cases.verdicts import Category
from desk import saved
from monitor.cli.app import Json, Who, app, house
from monitor.cli.decisions import read_text
from monitor.terminal import emit, harmless, one_line, out, say

replies = typer.Typer(help="Replies that a team keeps, for the desk's editor.", rich_markup_mode=None)
app.add_typer(replies, name="saved")


@replies.command("list")
def list_replies(
    context: typer.Context,
    *,
    as_json: Json = False,
    language: Annotated[str, typer.Option("--language", help="Only those in this language, a tag.")] = "",
) -> None:
    """Show the saved replies."""
    with house(context) as opened:
        kept = opened.ledger.saved_replies(language.lower())
        for one in kept:
            if as_json:
                emit(
                    {
                        "number": one.id,
                        "title": one.title,
                        "language": one.language,
                        "category": one.category,
                        "text": one.text,
                        "by": one.by,
                        "at": one.at.isoformat(),
                    }
                )
                continue
            about = (one.category or "any category").replace("_", " ")
            say(f"{one.id:>5}  {harmless(one.title)}  [{one.language}, {about}, by {harmless(one.by)}]")
            say("       " + one_line(one.text, max(40, out.width - 8)))
        if not kept and not as_json:
            say("No reply is saved.")


@replies.command("add")
def add_reply(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="What it is called.")],
    who: Who,
    *,
    language: Annotated[str, typer.Option("--language", help="The tag of its language, for example en.")],
    text_file: Annotated[
        Path, typer.Option("--text-file", allow_dash=True, help="The text; {name}, {link}, {signature} are filled in.")
    ],
    category: Annotated[Category | None, typer.Option("--category", help="For which trouble; left out: any.")] = None,
) -> None:
    """Keep a reply for all; the words are checked as any text is."""
    with house(context) as opened:
        kept = saved.add(opened, NewReply(title, language, read_text(text_file), category), who=who)
        say(f"saved reply {kept.id} is kept: {harmless(kept.title)}")


@replies.command("remove")
def remove_reply(context: typer.Context, number: Annotated[int, typer.Argument(min=1, help="Its number.")]) -> None:
    """Keep a saved reply no longer."""
    with house(context) as opened:
        opened.ledger.drop_saved_reply(number)
        say(f"saved reply {number} is gone")

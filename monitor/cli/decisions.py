"""Commands with which people decide."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from cases.case import Case
from cases.duration import spell_duration
from cases.errors import AmendsError
from cases.lifecycle import Status
from desk import decisions
from monitor.cli.app import CaseId, Who, app, catch_up, house
from monitor.terminal import command, harmless, say, warn

_Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")]
_TextFile = Annotated[Path, typer.Option("--text-file", help="A file with the text; - reads standard input.")]
_MaybeTextFile = Annotated[
    Path | None,
    typer.Option("--text-file", help="Approve this text instead, as a new revision; - reads standard input."),
]


def read_text(file: Path) -> str:
    """A text from a file, without the line break that editors put at its end."""
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return raw.decode("utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the text in {file} can't be read: {error}"
        raise AmendsError(message) from error


def _told(case: Case, more: str = "") -> None:
    say(f"case {case.id} is {case.status.replace('_', ' ')}{more}")


@app.command()
def approve(
    context: typer.Context,
    case: CaseId,
    who: Who,
    text_file: _MaybeTextFile = None,
    override: Annotated[
        str,
        typer.Option("--override", help="Approve despite what speaks against it, for this reason; kept as an event."),
    ] = "",
) -> None:
    """Approve the latest draft, or a text as a new revision."""
    with house(context) as opened:
        text = None if text_file is None else read_text(text_file)
        before = opened.ledger.case(case)
        moved = decisions.approve(opened, case, who=who, text=text, override=override)
        for caution in decisions.cautions_for(opened, before, moved.draft.text if moved.draft else ""):
            warn(harmless(caution), style="yellow")
        if moved.status is Status.APPROVED:
            undo = spell_duration(opened.config.promise.undo)
            back = f"{command(opened.config.path)} undo {case} --as {shlex.quote(who)}"
            _told(moved, f"; it leaves in {undo}. Take it back: {back}")
        else:
            _told(moved, "; it is at risk, so one more person must approve this text")


@app.command()
def undo(context: typer.Context, case: CaseId, who: Who) -> None:
    """Take an approval back before it leaves (or a dismissal)."""
    with house(context) as opened:
        if decisions.undo(opened, case, who=who).status is Status.FLAGGED:
            catch_up(opened)
        _told(opened.ledger.case(case))


@app.command()
def edit(context: typer.Context, case: CaseId, who: Who, text_file: _TextFile) -> None:
    """Write a new revision of the draft."""
    with house(context) as opened:
        text = read_text(text_file)
        moved = decisions.edit(opened, case, who=who, text=text)
        _told(moved, f", revision {moved.draft.revision if moved.draft else 0}")
        if moved.draft and moved.draft.faults:
            warn(f"the checker finds: {', '.join(moved.draft.faults)}", style="yellow")
        for caution in decisions.cautions_for(opened, moved, text):
            warn(harmless(caution), style="yellow")
        if too_long := decisions.over_limit(opened.networks[moved.mention.platform], text):
            warn(too_long, style="yellow")


@app.command("request-changes")
def request_changes(context: typer.Context, case: CaseId, who: Who, reason: _Reason) -> None:
    """Ask for other words."""
    _move(context, case, Status.CHANGES_REQUESTED, who, reason)


@app.command()
def escalate(context: typer.Context, case: CaseId, who: Who, reason: _Reason) -> None:
    """Hand a case to somebody who can decide more."""
    _move(context, case, Status.ESCALATED, who, reason)


@app.command()
def dismiss(context: typer.Context, case: CaseId, who: Who, reason: _Reason) -> None:
    """Say that a case is not ours to answer; the classifier learns from it."""
    _move(context, case, Status.DISMISSED, who, reason)


@app.command()
def resolve(context: typer.Context, case: CaseId, who: Who, reason: _Reason) -> None:
    """Mark the matter as settled."""
    _move(context, case, Status.RESOLVED, who, reason)


@app.command()
def close(context: typer.Context, case: CaseId, who: Who, reason: _Reason) -> None:
    """Close a case for good."""
    with house(context) as opened:
        _told(decisions.close(opened, case, who=who, why=reason))


@app.command()
def private(context: typer.Context, case: CaseId, who: Who) -> None:
    """Mark that the talk moved to private messages."""
    _move(context, case, Status.IN_PRIVATE, who, "")


@app.command("by-hand")
def by_hand(
    context: typer.Context,
    case: CaseId,
    who: Who,
    url: Annotated[str | None, typer.Option("--url", help="It was posted: there.")] = None,
) -> None:
    """Post by hand; with --url: it was."""
    with house(context) as opened:
        moved = decisions.by_hand(opened, case, who=who, url=url)
        _told(moved)
        if moved.status is Status.BY_HAND and moved.draft:
            say(f"open   {harmless(moved.mention.url)}")
            say("paste")
            say(moved.draft.text)
            say(f"then   {command(opened.config.path)} by-hand {case} --as {shlex.quote(who)} --url URL")


@app.command()
def settle(
    context: typer.Context,
    case: CaseId,
    who: Who,
    url: Annotated[str | None, typer.Option("--url", help="It stands there; left out: it does not stand.")] = None,
) -> None:
    """Decide what became of a write that stays unknown."""
    with house(context) as opened:
        _told(decisions.settle(opened, case, who=who, url=url))


@app.command()
def flag(
    context: typer.Context,
    mention: Annotated[int, typer.Argument(metavar="MENTION", help="The mention's number.")],
    who: Who,
) -> None:
    """Open a case for a mention that the classifier passed over."""
    with house(context) as opened:
        opened_case = decisions.flag(opened, mention, who=who)
        catch_up(opened)
        _told(opened.ledger.case(opened_case.id))


def _move(context: typer.Context, case: int, new: Status, who: str, reason: str) -> None:
    with house(context) as opened:
        _told(opened.ledger.move(case, new, who=who, action=str(new), why=reason, now=opened.clock()))

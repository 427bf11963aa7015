"""Commands that show what waits: queue, show."""

from typing import Annotated

import typer

from cases.lifecycle import WAITING, Status
from cases.promises import PromiseState
from monitor.cli.app import CaseId, Json, app, house
from monitor.cli.known import finding_fields, promise_fields, tell_promise
from monitor.cli.views import case_fields, case_lines, queue_lines, whole_case
from monitor.terminal import command, emit, out, say


@app.command()
def queue(
    context: typer.Context,
    *,
    as_json: Json = False,
    status: Annotated[Status | None, typer.Option("--status", help="Only this status.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at the most.")] = 1_000,
) -> None:
    """Show what waits for a decision, most urgent first."""
    with house(context) as opened:
        cases = opened.ledger.cases([status] if status else WAITING, limit=limit)
        if as_json:
            for case in cases:
                emit(case_fields(case))
            return
        if status is None and (count := opened.ledger.follow_ups_due()):
            amends = command(opened.config.path)
            say(f"{count} more to ask whether all is well: {amends} queue --status follow_up_due", style="dim")
        if not cases:
            say("Nothing waits." if status is None else f"No case is {status.replace('_', ' ')}.")
            return
        amends = command(opened.config.path)
        for line in queue_lines(cases, opened.clock(), out.width):
            out.print(line)
        first = cases[0].id
        say(f"read one: {amends} show {first}    approve it: {amends} approve {first} --as NAME", style="dim")


@app.command()
def show(context: typer.Context, case: CaseId, *, as_json: Json = False) -> None:
    """Show one case whole: post, verdict, drafts, events."""
    with house(context) as opened:
        ledger = opened.ledger
        found = ledger.case(case)
        drafts, events, replies = ledger.drafts(case), ledger.events(case), ledger.intents(case)
        if as_json:
            promised = ledger.promises(tuple(PromiseState), case=case)
            known = {
                "finding": finding_fields(ledger.finding(case)),
                "promises": [promise_fields(one, opened.clock()) for one in promised],
            }
            emit({**whole_case(found, drafts, events, replies), **known})
            return
        for line in case_lines(found, drafts, events, replies, zone=opened.config.brand.zone, now=opened.clock()):
            out.print(line)
        for one in ledger.promises(case=case):
            tell_promise(opened, one, opened.clock())

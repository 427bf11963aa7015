"""A case as JSON fields and as a person reads it."""

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.text import Text

from cases.case import Case, Event, Intent
from cases.drafts import Draft
from cases.duration import spell_duration
from cases.purposes import Purpose
from monitor.terminal import harmless, local, one_line


def case_fields(case: Case) -> dict[str, object]:
    """The fields of one case in `queue --json` and `show --json`."""
    verdict, draft = case.verdict, case.draft
    return {
        "case": case.id,
        "status": str(case.status),
        "platform": case.mention.platform,
        "author": case.mention.author,
        "url": case.mention.url,
        "posted_at": case.mention.posted_at.isoformat(),
        "due_at": case.due_at.isoformat(),
        "text": case.mention.text,
        "language": verdict.language,
        "probability": round(verdict.probability, 4),
        "severity": verdict.severity,
        "heat": verdict.heat,
        "category": str(verdict.category),
        "risks": sorted(verdict.risks),
        "draft": draft.text if draft else None,
        "purpose": str(draft.purpose) if draft else None,
        "components": list(draft.components) if draft else [],
        "faults": list(draft.faults) if draft else [],
        "about": verdict.about,
        "reason": case.reason,
        "approvals": [approval.by for approval in case.approvals],
        "approvals_needed": case.approvals_needed,
        "withdrawn": case.withdrawn,
        "mention": case.mention_id,
    }


def whole_case(
    case: Case, drafts: Sequence[Draft], events: Sequence[Event], replies: Sequence[Intent]
) -> dict[str, object]:
    """What `show --json` prints."""
    return {
        **case_fields(case),
        "drafts": [
            {
                "revision": draft.revision,
                "text": draft.text,
                "hash": draft.hash,
                "by": draft.by,
                "at": draft.at.isoformat(),
                "language": draft.language,
                "components": list(draft.components),
                "faults": list(draft.faults),
                "plan": json.loads(draft.plan),
                "purpose": str(draft.purpose),
            }
            for draft in drafts
        ],
        "events": [
            {
                "at": event.at.isoformat(),
                "who": event.who,
                "action": event.action,
                "from": str(event.old) if event.old else None,
                "to": str(event.new) if event.new else None,
                "why": event.why,
            }
            for event in events
        ],
        "replies": [
            {
                "purpose": str(reply.purpose),
                "state": str(reply.state),
                "text": reply.text,
                "url": reply.reply_url,
                "posted_at": reply.posted_at.isoformat() if reply.posted_at else None,
                "by_hand": reply.by_hand,
            }
            for reply in replies
        ],
    }


def queue_lines(cases: Sequence[Case], now: datetime, width: int) -> list[Text]:
    """The queue, most urgent first: two lines a case, as wide as the terminal."""
    lines: list[Text] = []
    for case in cases:
        verdict = case.verdict
        line = Text.assemble((f"{case.id:>5}  ", "bold"), (f"{case.status.replace('_', ' '):<18}", "cyan"))
        line.append_text(time_left(case, now))
        line.append(f"  {harmless('@' + case.mention.author)} on {case.mention.platform}")
        line.append(f"  {verdict.category.replace('_', ' ')}, gravity {verdict.severity}/4", style="dim")
        if case.at_risk:
            line.append(f"  at risk: {', '.join(sorted(verdict.risks))}", style="bold red")
        if case.draft and case.draft.purpose is not Purpose.ANSWER:
            line.append(f"  {_named(case.draft)}", style="magenta")
        if case.reason:
            line.append(f"  ({harmless(case.reason)})", style="yellow")
        lines += [line, Text("       " + one_line(case.mention.text, max(40, width - 8)))]
    return lines


def time_left(case: Case, now: datetime) -> Text:
    """The time to the first answer's promise, in words and colour."""
    left = case.due_at - now
    if left.total_seconds() < 0:
        return Text(f"over by {spell_duration(-left)}", style="red")
    return Text(f"{spell_duration(left)} left")


def case_lines(
    case: Case,
    drafts: Sequence[Draft],
    events: Sequence[Event],
    replies: Sequence[Intent],
    *,
    zone: ZoneInfo,
    now: datetime,
) -> list[Text]:
    """One case as a person reads it, top to bottom."""
    verdict = case.verdict
    lines = [
        Text.assemble(
            (f"case {case.id}", "bold"),
            f"  {case.status.replace('_', ' ')}",
            ("  at risk: " + ", ".join(sorted(verdict.risks)) if case.at_risk else "", "red"),
            (_gone(case), "yellow"),
        ),
        Text(
            f"{harmless('@' + case.mention.author)} on {case.mention.platform}, "
            f"{local(case.mention.posted_at, zone, now)}; answer due {local(case.due_at, zone, now)}"
        ),
        Text(harmless(case.mention.url), style="dim"),
        Text(),
        *(Text("  " + line) for line in harmless(case.mention.text, lines=True).split("\n")),
        Text(),
        Text(
            f"{verdict.category.replace('_', ' ')}, gravity {verdict.severity}/4, heat {verdict.heat}/3, "
            f"complaint {verdict.probability:.0%}, language {verdict.language}",
        ),
    ]
    if verdict.about:
        lines.append(Text(f"about: {harmless(verdict.about)}"))
    if verdict.why:
        lines.append(Text("because of: " + ", ".join(harmless(clue.words) for clue in verdict.why), style="dim"))
    if case.reason:
        lines.append(Text(f"now: {harmless(case.reason)}", style="yellow"))
    if drafts:
        lines += _draft_lines(case, drafts[-1], zone, now)
    if replies:
        lines += [Text(), Text("In public", style="bold")]
        lines += [Text(f"  {reply.purpose} {reply.state} {harmless(reply.reply_url or '')}") for reply in replies]
    lines += [Text(), Text("What happened", style="bold")]
    for event in events:
        step = f"{event.old or '·'} → {event.new}" if event.new else event.action
        why = f": {harmless(event.why)}" if event.why else ""
        lines.append(Text(f"  {local(event.at, zone, now)}  {harmless(event.who)}  {step.replace('_', ' ')}{why}"))
    return lines


def _named(draft: Draft) -> str:
    """What a draft is, by what it is for."""
    return "draft" if draft.purpose is Purpose.ANSWER else f"{draft.purpose.replace('_', ' ')} draft"


def _gone(case: Case) -> str:
    if case.forgotten:
        return "  forgotten: its words are erased"
    return "  the author took the post back" if case.withdrawn else ""


def _draft_lines(case: Case, draft: Draft, zone: ZoneInfo, now: datetime) -> list[Text]:
    lines = [
        Text(),
        Text(
            f"{_named(draft).capitalize()} {draft.revision} by {harmless(draft.by)}, {local(draft.at, zone, now)}",
            style="bold",
        ),
        *(Text("  " + line) for line in harmless(draft.text, lines=True).split("\n")),
        Text(f"  holds {', '.join(draft.components) or 'no component'}", style="dim"),
    ]
    if draft.faults:
        lines.append(Text(f"  faults: {', '.join(draft.faults)}", style="red"))
    if case.approvals:
        given = ", ".join(harmless(approval.by) for approval in case.approvals)
        lines.append(Text(f"  approved by {given}; {case.approvals_needed} needed", style="green"))
    plan = json.loads(draft.plan)
    return lines + [
        Text(f"  plan: {line['what']} — {line['because']} ({line['source']})", style="dim")
        for line in plan.get("lines", [])
    ]

"""A case as JSON fields and as a person reads it."""

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from cases.case import Case, Event, Intent
from cases.drafts import Draft
from monitor.duration import spell_duration
from monitor.terminal import harmless, local, one_line

_NARROW = 44


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


def queue_table(cases: Sequence[Case], now: datetime) -> Table:
    """The queue, most urgent first."""
    table = Table(box=None, pad_edge=False, header_style="dim", expand=True)
    for name in ("case", "status", "left", "where", "who", "gravity", "about"):
        table.add_column(name, no_wrap=True)
    table.add_column("post", ratio=1, no_wrap=True, overflow="ellipsis")
    for case in cases:
        table.add_row(
            str(case.id),
            Text(case.status.replace("_", " ") + (" ⚠" if case.at_risk else ""), style="red" if case.at_risk else ""),
            time_left(case, now),
            case.mention.platform,
            Text(one_line("@" + case.mention.author, 18)),
            f"{case.verdict.severity}/4",
            case.verdict.category.replace("_", " "),
            Text(one_line(case.mention.text, _NARROW * 2)),
        )
    return table


def time_left(case: Case, now: datetime) -> Text:
    """The time to the first answer's promise, in words and colour."""
    left = case.due_at - now
    if left.total_seconds() < 0:
        return Text(f"over by {spell_duration(-left)}", style="red")
    return Text(spell_duration(left), style="")


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
            ("  the author took the post back" if case.withdrawn else "", "yellow"),
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


def _draft_lines(case: Case, draft: Draft, zone: ZoneInfo, now: datetime) -> list[Text]:
    lines = [
        Text(),
        Text(f"Draft {draft.revision} by {harmless(draft.by)}, {local(draft.at, zone, now)}", style="bold"),
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

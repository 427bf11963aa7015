"""The queue's rows, ready to be shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.case import Case
from cases.lifecycle import ANSWERED, DONE, Status
from desk.pages.text import beginning

_TEXT = 160
"""Characters of a post in a row: about two lines."""
_NAME = 64
_LAST_QUARTER = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the list. `lateness` is "over", "soon" (the last quarter of the promised time), "" or "done"."""

    id: int
    status: Status
    network: str
    author: str
    text: str
    posted_at: datetime
    due_at: datetime
    left: timedelta
    lateness: str
    severity: int
    category: str
    risks: tuple[str, ...]
    assignee: str | None
    snoozed_until: datetime | None
    language: str
    reason: str


def lateness(status: Status, due_at: datetime, now: datetime, promise: timedelta) -> str:
    """How near the promised time of the first answer is."""
    if status in ANSWERED or status in DONE:
        return "done"
    left = due_at - now
    if left < timedelta():
        return "over"
    return "soon" if left < promise / _LAST_QUARTER else ""


def as_row(case: Case, now: datetime, promise: timedelta) -> Row:
    """A case as a row."""
    verdict = case.verdict
    return Row(
        id=case.id,
        status=case.status,
        network=case.mention.platform,
        author=beginning(case.mention.author, _NAME),
        text=beginning(case.mention.text, _TEXT),
        posted_at=case.mention.posted_at,
        due_at=case.due_at,
        left=case.due_at - now,
        lateness=lateness(case.status, case.due_at, now, promise),
        severity=verdict.severity,
        category=str(verdict.category),
        risks=tuple(sorted(verdict.risks)) if case.at_risk else (),
        assignee=case.assignee,
        snoozed_until=case.snoozed_until,
        language=verdict.language,
        reason=case.reason,
    )

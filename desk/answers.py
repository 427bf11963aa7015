"""What the API answers: cases and what belongs to them, as documented JSON."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from cases.case import Case
from cases.lifecycle import Status
from cases.purposes import Purpose
from cases.verdicts import Category, Risk
from desk.casefile import CaseFile, Examination


class Trouble(BaseModel):
    """Why something was not done, in words for a person."""

    detail: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Trouble, "description": "The body can't be read: it is no JSON in UTF-8."},
    401: {"model": Trouble, "description": "No session and no good token."},
    403: {"model": Trouble, "description": "Your role, or a rule, does not allow it."},
    422: {"model": Trouble, "description": "A field is missing, or can't be so."},
    503: {"model": Trouble, "description": "The store is busy; try again."},
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": Trouble, "description": "No such case."}}
CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": Trouble, "description": "The case or its draft is no longer what you saw, or has no such move."}
}
"""What routes answer beside what was asked for: for OpenAPI."""


class DraftAnswer(BaseModel):
    """One revision of a reply. An approval carries its `hash` back."""

    revision: int
    text: str
    hash: str
    by: str
    at: datetime
    language: str
    components: list[str]
    faults: list[str]
    purpose: Purpose


class CaseAnswer(BaseModel):
    """One case as it stands."""

    case: int
    status: Status
    platform: str
    author: str
    url: str
    posted_at: datetime
    due_at: datetime
    text: str
    language: str
    probability: float
    severity: int
    heat: int
    category: Category
    risks: list[Risk]
    about: str
    reason: str
    assignee: str | None
    snoozed_until: datetime | None
    withdrawn: bool
    at_risk: bool
    approvals: list[str]
    approvals_needed: int
    draft: DraftAnswer | None

    @classmethod
    def of(cls, case: Case) -> Self:
        """The same as JSON."""
        verdict, mention, draft = case.verdict, case.mention, case.draft
        return cls(
            case=case.id,
            status=case.status,
            platform=mention.platform,
            author=mention.author,
            url=mention.url,
            posted_at=mention.posted_at,
            due_at=case.due_at,
            text=mention.text,
            language=verdict.language,
            probability=round(verdict.probability, 4),
            severity=verdict.severity,
            heat=verdict.heat,
            category=verdict.category,
            risks=sorted(verdict.risks),
            about=verdict.about,
            reason=case.reason,
            assignee=case.assignee,
            snoozed_until=case.snoozed_until,
            withdrawn=case.withdrawn,
            at_risk=case.at_risk,
            approvals=[approval.by for approval in case.approvals],
            approvals_needed=case.approvals_needed,
            draft=DraftAnswer(
                revision=draft.revision,
                text=draft.text,
                hash=draft.hash,
                by=draft.by,
                at=draft.at,
                language=draft.language,
                components=list(draft.components),
                faults=list(draft.faults),
                purpose=draft.purpose,
            )
            if draft
            else None,
        )


class QueueAnswer(BaseModel):
    """A page of the queue; `after` asks for the next, "" where this was the last."""

    cases: list[CaseAnswer]
    after: str


class BulkAnswer(BaseModel):
    """Which cases were decided on, and why the others were not."""

    done: list[int]
    refused: dict[int, str]


class EventAnswer(BaseModel):
    """One line of a case's history."""

    at: datetime
    who: str
    action: str
    old: Status | None
    new: Status | None
    why: str


class LineAnswer(BaseModel):
    """One line of the plan; `name` is what it is called where a person sets it, or ""."""

    name: str
    what: str
    because: str
    source: str


class SaidAnswer(BaseModel):
    """One post of the thread."""

    author: str
    text: str
    at: datetime
    url: str
    ours: bool


class CopyAnswer(BaseModel):
    """A text to copy into the private talk."""

    purpose: Purpose
    text: str


class WholeCase(CaseAnswer):
    """One case with its thread, plan and history. `stop` is why you may not approve it alone, or "".

    `to_copy` is what to write next in private, `follow_ups` the further words that may be drafted for the public.
    """

    thread: list[SaidAnswer]
    plan: list[LineAnswer]
    events: list[EventAnswer]
    stop: str
    to_copy: CopyAnswer | None
    follow_ups: list[Purpose]

    @classmethod
    def of_file(cls, file: CaseFile) -> Self:
        """The same as JSON."""
        return cls(
            **dict(CaseAnswer.of(file.case)),
            thread=[
                SaidAnswer(author=one.author, text=one.text, at=one.at, url=one.url, ours=one.ours)
                for one in file.thread
            ],
            plan=[
                LineAnswer(name=line.name, what=line.what, because=line.because, source=line.source)
                for line in file.plan.lines
            ],
            events=[
                EventAnswer(at=one.at, who=one.who, action=one.action, old=one.old, new=one.new, why=one.why)
                for one in file.events
            ],
            stop=file.stop,
            to_copy=CopyAnswer(purpose=file.to_copy.purpose, text=file.to_copy.text) if file.to_copy else None,
            follow_ups=list(file.follow_ups),
        )


class NoteAnswer(BaseModel):
    """A component or fault with its place: code points from `start` to before `end`."""

    name: str
    start: int
    end: int
    why: str
    suggestion: str
    kind: str
    """"component", "fault", or "hint"."""


class LintAnswer(BaseModel):
    """What is to be said of a text before it is approved; lengths in the network's own unit."""

    length: int
    limit: int
    components: list[str]
    required: list[str]
    missing: list[str]
    faults: list[str]
    notes: list[NoteAnswer]
    stops: list[str]
    cautions: list[str]

    @classmethod
    def of(cls, examination: Examination, tell: Callable[[str], str]) -> Self:
        """The same as JSON, its reasons said by `tell`."""
        findings = examination.findings
        notes = [
            NoteAnswer(
                name=str(note.name),
                start=note.start,
                end=note.end,
                why=tell(note.why),
                suggestion=tell(note.suggestion),
                kind="component" if note.name in findings.components else "fault",
            )
            for note in findings.notes
        ]
        notes += [
            NoteAnswer(
                name=hint.name,
                start=hint.start,
                end=hint.end,
                why=tell(hint.why),
                suggestion=tell(hint.suggestion),
                kind="hint",
            )
            for hint in examination.hints
        ]
        return cls(
            length=examination.length,
            limit=examination.limit,
            components=sorted(findings.components),
            required=sorted(examination.required),
            missing=[str(part) for part in examination.missing],
            faults=sorted(findings.faults),
            notes=notes,
            stops=[tell(stop) for stop in examination.stops],
            cautions=[tell(caution) for caution in examination.cautions],
        )

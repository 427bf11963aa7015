"""A case: one author's trouble in one thread, with everything that was done about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cases.drafts import Approval, Draft
from cases.lifecycle import Status
from cases.posts import Mention
from cases.purposes import Purpose
from cases.verdicts import Verdict


class IntentState(StrEnum):
    """How far one public message has got."""

    WRITING = "writing"
    """Intent written; under a lease."""
    UNKNOWN = "unknown"
    POSTED = "posted"
    ABSENT = "absent"
    """Shown not to be there, or never begun; may be tried again with the same key."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Intent:
    """One public message that we are about to write, are unsure of, or wrote."""

    id: int
    case: int
    post_id: str
    purpose: Purpose
    revision: int
    key: str
    text: str
    state: IntentState
    owner: str
    lease_until: datetime
    begun_at: datetime
    """When this attempt began; a settling delay counts from here."""
    absences: int = 0
    """Complete looks at the thread that did not find it."""
    reply_id: str | None = None
    reply_url: str | None = None
    posted_at: datetime | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a case's history, never changed."""

    case: int
    at: datetime
    who: str
    action: str
    old: Status | None
    new: Status | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands. `mention` is the post to be answered: the author's latest that calls for an answer."""

    id: int
    status: Status
    mention: Mention
    mention_id: int
    verdict: Verdict
    opened_at: datetime
    due_at: datetime
    draft: Draft | None = None
    approvals: tuple[Approval, ...] = ()
    """Standing approvals of the latest draft."""
    at_risk: bool = False
    withdrawn: bool = False
    forgotten: bool = False
    assignee: str | None = None
    snoozed_until: datetime | None = None
    reason: str = ""
    """Why it stands where it stands: the last event's."""

    @property
    def approvals_needed(self) -> int:
        """How many people must approve one text."""
        return 2 if self.at_risk else 1

"""The queue as a person looks at it: which view, narrowed down how, in which order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cases.case import Case
from cases.lifecycle import ANSWERED, DONE, WAITING, Status
from cases.verdicts import Category


class View(StrEnum):
    """What is to be seen. But for `SNOOZED`, views of what waits leave out what is snoozed."""

    ALL = "all"
    """Everything that waits for a decision, or for a draft."""
    APPROVAL = "approval"
    """Drafts that wait for approval."""
    MINE = "mine"
    """What is assigned to me and not done."""
    CHANGES = "changes"
    BY_HAND = "by-hand"
    UNSETTLED = "unsettled"
    """Writes that stay unknown, or failed."""
    ESCALATED = "escalated"
    CUSTOMER = "customer"
    """Answered, and the customer's turn."""
    SNOOZED = "snoozed"
    PROMISES = "promises"
    """Something was promised by a moment within a day, or is overdue."""
    DONE = "done"


STATUSES: dict[View, frozenset[Status]] = {
    View.ALL: frozenset({*WAITING, Status.FLAGGED}),
    View.APPROVAL: frozenset({Status.DRAFTED}),
    View.MINE: frozenset(Status) - DONE,
    View.CHANGES: frozenset({Status.CHANGES_REQUESTED}),
    View.BY_HAND: frozenset({Status.BY_HAND}),
    View.UNSETTLED: frozenset({Status.UNKNOWN, Status.FAILED}),
    View.ESCALATED: frozenset({Status.ESCALATED}),
    View.CUSTOMER: ANSWERED,
    View.SNOOZED: frozenset(Status) - DONE,
    View.PROMISES: frozenset(Status) - DONE,
    View.DONE: DONE,
}
"""In which states the cases of a view are."""


class Order(StrEnum):
    """What comes first."""

    DUE = "due"
    """The most urgent."""
    RISK = "risk"
    """Cases at risk, then the gravest, then the most urgent."""
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """One look at the queue; a filter that is None, or "", lets all through.

    `severity`: that and graver. `since`: posted then or later. `text` stands in the post or the author's handle.
    `after` is the cursor that the page before ended with.
    """

    view: View = View.ALL
    network: str = ""
    language: str = ""
    category: Category | None = None
    severity: int = 0
    assignee: str = ""
    since: datetime | None = None
    text: str = ""
    order: Order = Order.DUE
    after: str = ""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some cases of the queue, and the cursor of what follows; "" where that is all."""

    cases: tuple[Case, ...]
    after: str


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody who has a case before them right now. `editing`: they are writing."""

    name: str
    editing: bool


@dataclass(frozen=True, slots=True)
class SavedView:
    """A way to look at the queue that a person keeps; `query` is the query of the page's address."""

    id: int
    name: str
    query: str

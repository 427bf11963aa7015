"""How a person looks at the queue, as the address of the page says it: every state of the page has one."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request

from cases.queue import Order, QueueQuery, View
from cases.verdicts import Category

VIEW_NAMES = {
    View.ALL: "Everything that waits",
    View.APPROVAL: "Needs approval",
    View.MINE: "Mine",
    View.CHANGES: "Changes requested",
    View.BY_HAND: "By hand",
    View.UNSETTLED: "Unknown or failed",
    View.ESCALATED: "Escalated",
    View.CUSTOMER: "Waiting",
    View.SNOOZED: "Snoozed",
    View.PROMISES: "Promises due",
    View.DONE: "Done",
}
"""What each view is called, before it is translated."""

_LONGEST = 200
_GRAVEST = 4
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Look:
    """The parts of the address; what does not make sense there is left out, so that an old link still opens."""

    zone: ZoneInfo
    """In which a day begins."""
    view: str = ""
    network: str = ""
    language: str = ""
    category: str = ""
    severity: str = ""
    assignee: str = ""
    since: str = ""
    text: str = ""
    order: str = ""
    after: str = ""

    def query(self) -> QueueQuery:
        """The same as the store takes it."""
        return QueueQuery(
            view=_choice(View, self.view) or View.ALL,
            network=self.network,
            language=self.language,
            category=_choice(Category, self.category),
            severity=int(self.severity) if self.severity in {str(figure) for figure in range(_GRAVEST + 1)} else 0,
            assignee=self.assignee,
            since=_day(self.since, self.zone),
            text=self.text,
            order=_choice(Order, self.order) or Order.DUE,
            after=self.after,
        )

    def back(self, *, view: str | None = None, after: str = "") -> str:
        """The query of the address; of another view, or of what follows a cursor."""
        told = replace(self, view=self.view if view is None else view, after=after)
        names = ("view", "network", "language", "category", "severity", "assignee", "since", "text", "order", "after")
        return urlencode([(name, getattr(told, name)) for name in names if getattr(told, name)])

    @property
    def narrowed(self) -> bool:
        """Whether a filter is set."""
        return any((self.network, self.language, self.category, self.severity, self.assignee, self.since, self.text))


def read_look(request: Request, zone: ZoneInfo) -> Look:
    """How the address of a request looks at the queue."""
    told = request.query_params

    def part(name: str) -> str:
        return told.get(name, "").replace("\0", "").strip()[:_LONGEST]

    return Look(
        view=part("view"),
        network=part("network"),
        language=part("language"),
        category=part("category"),
        severity=part("severity"),
        assignee=part("assignee"),
        since=part("since"),
        text=part("text"),
        order=part("order"),
        after=part("after"),
        zone=zone,
    )


def _choice(kind: type[Choice], name: str) -> Choice | None:
    return kind(name) if name in set(kind) else None


def _day(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone) if text else None
    except ValueError:
        return None

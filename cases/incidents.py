"""Incidents as they are declared: what goes wrong for many at once, told by one owner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cases.plans import Incident


class IncidentState(StrEnum):
    """How far an incident has got."""

    PREPARED = "prepared"
    """Plan B: drafts do not speak of it until it is declared."""
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class IncidentWords:
    """What is said of an incident, by language tag. `cause` and `doing` are fit for the public, a sentence each."""

    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cause: Mapping[str, str] = field(default_factory=dict)
    doing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declared:
    """One incident as it stands. `at` and `by`: the latest word on it, and whose."""

    id: int
    name: str
    state: IncidentState
    words: IncidentWords
    owner: str
    next_word_at: datetime | None
    at: datetime
    by: str
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def incident(self) -> Incident:
        """The same as plans and drafts take it."""
        return Incident(
            name=self.name,
            keywords=tuple(word for words in self.words.keywords.values() for word in words),
            cause=dict(self.words.cause),
            doing=dict(self.words.doing),
            next_word_at=self.next_word_at,
            owner=self.owner,
        )

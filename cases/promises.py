"""Promises: what an approved text says that will happen by a moment, and who answers for it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Spoken:
    """One promise as a text makes it: its words with their place, and the moment by which it must be kept."""

    words: str
    start: int
    end: int
    due_at: datetime


class PromiseState(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    """Its text never stood in public."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of one case, with its owner. `why` says by what it was kept."""

    id: int
    case: int
    revision: int
    spoken: Spoken
    owner: str
    made_at: datetime
    state: PromiseState
    settled_at: datetime | None = None
    settled_by: str | None = None
    why: str = ""

    def broken(self, now: datetime) -> bool:
        """Whether its moment passed before it was kept."""
        if self.state is PromiseState.KEPT:
            return self.settled_at is not None and self.settled_at > self.spoken.due_at
        return self.state is PromiseState.OPEN and self.spoken.due_at < now

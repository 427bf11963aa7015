"""What the Ledger takes and hands out, beside the domain's own types."""

from dataclasses import dataclass
from datetime import datetime

from cases.posts import Mention
from cases.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class StoredMention:
    """A mention with its number; `case` is the one that it belongs to, if any."""

    id: int
    mention: Mention
    case: int | None = None


@dataclass(frozen=True, slots=True)
class JudgedMention:
    """A mention with its number and verdict."""

    id: int
    mention: Mention
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Opening:
    """What is decided about one judged mention: whether it opens a case, and whether straight for a person."""

    mention_id: int
    opens: bool
    at_risk: bool = False
    due_at: datetime | None = None
    escalate: str | None = None
    sample: float | None = None
    """It was drawn by lot for people to look at, where it opens nothing: the share that is drawn."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a person decided about one mention, with the words that it was decided on.

    `kind` is "complaint" (value "true" or "false"), "category" or "severity". `model` and `probability` are what the
    classifier had said by then, None where it had said nothing. `thread` is the network's identifier.
    """

    mention_id: int
    platform: str
    thread: str
    text: str
    language: str
    kind: str
    value: str
    who: str
    at: datetime
    model: str | None
    probability: float | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mention that was passed over and waits for a person to look at it. `share`: of how many it was drawn."""

    id: int
    mention: Mention
    verdict: Verdict
    share: float


@dataclass(frozen=True, slots=True)
class PlatformState:
    """Where a platform's polling stands."""

    name: str
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    newest: datetime | None = None
    error: str | None = None
    until: datetime | None = None
    """It asked us to wait until then."""
    paused: str | None = None
    """Who stopped sending there, and why."""

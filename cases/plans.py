"""The recovery plan: what is to be done for one customer, and why. Made by `responders`, kept with each draft."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cases.apology import Component


class Approach(StrEnum):
    """The two ways of recovery, and their balance (RECOVERY: efficient or empathetic)."""

    EFFICIENT = "efficient"
    EMPATHETIC = "empathetic"
    BALANCED = "balanced"


class Finding(StrEnum):
    """What looking into the matter has shown so far."""

    OPEN = "not_looked_into"
    CONFIRMED = "confirmed"
    PARTLY = "partly"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is known to have gone wrong for many, in words fit for the public, by language tag."""

    name: str
    keywords: tuple[str, ...]
    cause: dict[str, str] = field(default_factory=dict)
    doing: dict[str, str] = field(default_factory=dict)
    next_word_at: datetime | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line of the plan, as a person reads it: what, because of what, from which source."""

    what: str
    because: str
    source: str


@dataclass(frozen=True, slots=True)
class RecoveryPlan:
    """What a draft is written from. `handoff` names why no draft may be written, or is None."""

    approach: Approach
    required: frozenset[Component]
    lines: tuple[PlanLine, ...] = ()
    finding: Finding = Finding.OPEN
    incident: Incident | None = None
    next_update: datetime | None = None
    handoff: str | None = None
    second_person: bool = False
    """Two people look at it, and its wording admits no more than is known."""

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON, `handoff` only where a person must take over."""
        plain: dict[str, object] = {
            "approach": str(self.approach),
            "finding": str(self.finding),
            "required": sorted(self.required),
            "incident": self.incident.name if self.incident else None,
            "second_person": self.second_person,
            "next_update": self.next_update.isoformat() if self.next_update else None,
            "lines": [{"what": line.what, "because": line.because, "source": line.source} for line in self.lines],
        }
        if self.handoff is not None:
            plain["handoff"] = self.handoff
        return plain

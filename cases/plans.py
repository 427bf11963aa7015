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


class Outlook(StrEnum):
    """How well a recovery may go: a second failure, grave harm or one that could be foreseen rarely end in delight."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class Role(StrEnum):
    """Who may decide what; each may what the one before may."""

    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that makes up for the harm, kept for the private talk. `value` is in the policy's currency."""

    words: str
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class FindingNote:
    """What a person found out about a case. `cause` is in words fit for the public, in the customer's language."""

    finding: Finding
    who: str
    at: datetime
    cause: str = ""
    damage: str = ""


@dataclass(frozen=True, slots=True)
class Overrule:
    """One line of a plan as a named person set it: `name` is the line's, `value` what stands there now."""

    name: str
    value: str
    who: str
    at: datetime


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
    """One line of the plan, as a person reads it: what, because of what, from which source.

    `name` is what the line is called where a person overrules it; "" for one that follows from a rule.
    """

    what: str
    because: str
    source: str
    name: str = ""


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
    careful: bool = False
    """The wording admits no more than is known, by risk or by the policy's jurisdiction."""
    outlook: Outlook = Outlook.FAIR
    handler: Role = Role.AGENT
    """Who may decide all of it alone."""
    remedy: Remedy | None = None
    goodwill: Remedy | None = None
    """Something beyond what is owed."""
    ask_first: tuple[str, ...] = ()
    """What to ask or say first in private, in this order."""
    cause: str = ""
    """What a person found, in the customer's language and fit for the public."""

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON, `handoff` only where a person must take over."""
        plain: dict[str, object] = {
            "approach": str(self.approach),
            "finding": str(self.finding),
            "required": sorted(self.required),
            "incident": self.incident.name if self.incident else None,
            "second_person": self.second_person,
            "careful": self.careful,
            "outlook": str(self.outlook),
            "handler": str(self.handler),
            "remedy": _plain(self.remedy),
            "goodwill": _plain(self.goodwill),
            "ask_first": list(self.ask_first),
            "next_update": self.next_update.isoformat() if self.next_update else None,
            "lines": [
                {"name": line.name, "what": line.what, "because": line.because, "source": line.source}
                for line in self.lines
            ],
        }
        if self.handoff is not None:
            plain["handoff"] = self.handoff
        return plain


def _plain(remedy: Remedy | None) -> dict[str, object] | None:
    return None if remedy is None else {"words": remedy.words, "value": remedy.value}

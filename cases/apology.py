"""What a public apology needs, and what spoils it.

The names are those of the labelling guide; `responders.check` finds them in a text. Which of them a reply must hold is
said by its recovery plan: where a matter is not ours, responsibility and amends are not asked for.
"""

from dataclasses import dataclass
from enum import StrEnum


class Component(StrEnum):
    """A part of a good apology. A reply can hold any subset; the order is that of a natural reply."""

    ACKNOWLEDGEMENT = "acknowledgement"
    """Names the customer's own problem in concrete words."""
    RESPONSIBILITY = "responsibility"
    """Owns the failure in the first person or as the company."""
    EMPATHY = "empathy"
    """Recognises what it felt like or cost."""
    REGRET = "regret"
    """Apologises, unconditionally."""
    EXPLANATION = "explanation"
    """Says what went wrong, or plainly that the cause is being looked into."""
    NEXT_STEPS = "next_steps"
    """Says what happens next, or when they will hear again."""
    AMENDS = "amends"
    """Offers to restore what was lost."""
    PRIVATE_CHANNEL = "private_channel"
    """Proposes to carry on in private."""


class Fault(StrEnum):
    """What spoils an apology."""

    CONDITIONAL = "conditional"
    BUT = "but"
    BLAME_SHIFT = "blame_shift"
    MINIMISE = "minimise"
    FEELINGS_NOT_FACTS = "feelings_not_facts"
    PASSIVE_AGENT = "passive_agent"
    EXCUSE = "excuse"
    FAVOUR = "favour"
    PUBLIC_DETAILS = "public_details"
    BOILERPLATE = "boilerplate"
    PUBLIC_MONEY = "public_money"


BLOCKING = frozenset({Fault.CONDITIONAL, Fault.BUT, Fault.PUBLIC_DETAILS, Fault.PUBLIC_MONEY})
"""Faults that stop an approval: better no apology than one with these."""


@dataclass(frozen=True, slots=True)
class Note:
    """One finding in a text: where it stands, why it counts, and what to write instead."""

    name: Component | Fault
    start: int
    end: int
    why: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the checker found in one text. Spans are half-open character ranges."""

    language: str
    notes: tuple[Note, ...]

    @property
    def components(self) -> frozenset[Component]:
        """The components that the text holds."""
        return frozenset(note.name for note in self.notes if isinstance(note.name, Component))

    @property
    def faults(self) -> frozenset[Fault]:
        """The faults that the text has."""
        return frozenset(note.name for note in self.notes if isinstance(note.name, Fault))

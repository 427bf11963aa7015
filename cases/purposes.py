"""What a text to a customer is for, and what it must hold for that."""

from enum import StrEnum

from cases.apology import BLOCKING, Component, Fault


class Purpose(StrEnum):
    """What a message is for. In public one of each per case and answered post (rule 2)."""

    ANSWER = "answer"
    """The first reply: an apology with all its components."""
    UPDATE = "update"
    """It takes longer: a word before the promised moment has passed."""
    SETTLED = "settled"
    """The line that tells onlookers that the matter is settled."""
    FOLLOW_UP = "follow_up"
    """The question, some days later, whether it is really well again."""
    PRIVATE = "private"
    """The first private message: for a person to copy, never posted by us."""


PUBLIC_FOLLOW_UPS = (Purpose.UPDATE, Purpose.SETTLED, Purpose.FOLLOW_UP)
"""Public messages that come after an answer that stands."""

_REQUIRED: dict[Purpose, frozenset[Component]] = {
    Purpose.UPDATE: frozenset({Component.REGRET, Component.NEXT_STEPS}),
    Purpose.SETTLED: frozenset(),
    Purpose.FOLLOW_UP: frozenset(),
    Purpose.PRIVATE: frozenset({Component.REGRET}),
}


def required_of(purpose: Purpose, planned: frozenset[Component]) -> frozenset[Component]:
    """What a text for this purpose must hold, where the plan requires `planned` of the answer."""
    return planned if purpose is Purpose.ANSWER else _REQUIRED[purpose] & planned


def blocking_of(purpose: Purpose) -> frozenset[Fault]:
    """The faults that a text for this purpose must not have: between two people details and sums may be named."""
    if purpose is Purpose.PRIVATE:
        return BLOCKING - {Fault.PUBLIC_DETAILS, Fault.PUBLIC_MONEY}
    return BLOCKING

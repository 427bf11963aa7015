"""Which states a case has and which moves there are between them.

`TRANSITIONS` is the only place that says so: the store refuses any other move, tests walk the table, and the diagram
in ARCHITECTURE.md is drawn from it.
"""

from enum import StrEnum

from cases.errors import MoveRefused
from cases.told import Joined, Told, named


class Status(StrEnum):
    """Where a case stands."""

    FLAGGED = "flagged"
    """Found to be a complaint, or to carry a risk; nothing written yet."""
    DRAFTED = "drafted"
    """A draft waits for a person."""
    CHANGES_REQUESTED = "changes_requested"
    """A person wants other words."""
    APPROVED = "approved"
    """A person approved the exact text; it leaves after the undo delay."""
    BY_HAND = "by_hand"
    """The network takes no reply through its API: a person posts it."""
    SENDING = "sending"
    """The intent is written; somebody holds a lease on the write."""
    UNKNOWN = "unknown"
    """The write ended unclearly; the thread is read until it is settled."""
    FAILED = "failed"
    """The network said no."""
    REPLIED = "replied"
    """Our reply stands in public."""
    IN_PRIVATE = "in_private"
    """The talk goes on in private messages."""
    RESOLVED = "resolved"
    """The matter is settled."""
    FOLLOW_UP_DUE = "follow_up_due"
    """Time to ask whether it is really well again."""
    ESCALATED = "escalated"
    """A person must take over; no template speaks here."""
    DISMISSED = "dismissed"
    """Not ours to answer."""
    CLOSED = "closed"
    """Done."""


_S = Status

TRANSITIONS: dict[Status, tuple[Status, ...]] = {
    _S.FLAGGED: (_S.DRAFTED, _S.ESCALATED, _S.DISMISSED),
    _S.DRAFTED: (_S.DRAFTED, _S.CHANGES_REQUESTED, _S.APPROVED, _S.ESCALATED, _S.DISMISSED),
    _S.CHANGES_REQUESTED: (_S.DRAFTED, _S.ESCALATED, _S.DISMISSED),
    _S.APPROVED: (_S.SENDING, _S.DRAFTED, _S.BY_HAND),
    _S.BY_HAND: (_S.REPLIED, _S.DRAFTED, _S.DISMISSED),
    _S.SENDING: (_S.REPLIED, _S.UNKNOWN, _S.FAILED, _S.DRAFTED, _S.BY_HAND),
    _S.UNKNOWN: (_S.REPLIED, _S.APPROVED, _S.FAILED),
    _S.FAILED: (_S.DRAFTED, _S.BY_HAND, _S.ESCALATED, _S.DISMISSED),
    _S.REPLIED: (_S.IN_PRIVATE, _S.DRAFTED, _S.RESOLVED, _S.ESCALATED, _S.CLOSED),
    _S.IN_PRIVATE: (_S.RESOLVED, _S.ESCALATED, _S.DRAFTED, _S.CLOSED),
    _S.RESOLVED: (_S.FOLLOW_UP_DUE, _S.CLOSED, _S.DRAFTED),
    _S.FOLLOW_UP_DUE: (_S.IN_PRIVATE, _S.CLOSED),
    _S.ESCALATED: (_S.DRAFTED, _S.BY_HAND, _S.RESOLVED, _S.DISMISSED, _S.CLOSED),
    _S.DISMISSED: (_S.FLAGGED,),
    _S.CLOSED: (_S.DRAFTED, _S.IN_PRIVATE),
}

DONE = frozenset({_S.DISMISSED, _S.CLOSED})
"""States in which nobody owes anything any more."""

OPEN = frozenset(_S) - DONE
"""States from which a case also closes when its author takes the post back."""

WAITING = (_S.DRAFTED, _S.CHANGES_REQUESTED, _S.BY_HAND, _S.UNKNOWN, _S.FAILED, _S.ESCALATED)
"""States that wait for a person's decision: the queue."""

ANSWERED = frozenset({_S.REPLIED, _S.IN_PRIVATE, _S.RESOLVED, _S.FOLLOW_UP_DUE})
"""States of an open case whose answer stands in public."""


_FOLLOWING = frozenset({_S.DRAFTED, _S.CHANGES_REQUESTED, _S.BY_HAND, _S.FAILED})
"""States in which a further word may wait."""


def check_move(old: Status, new: Status, *, withdrawn: bool = False, follow_up: bool = False) -> None:
    """Raise `MoveRefused` unless a case may go from `old` to `new`.

    `withdrawn` says that the author took the post back: then any open state also goes to closed. `follow_up` says that
    what is drafted is a further word beside an answer that stands: any answered state leads to it, and it is given up
    for any of them.
    """
    if new in TRANSITIONS[old]:
        return
    if follow_up and ((old in ANSWERED and new is _S.DRAFTED) or (old in _FOLLOWING and new in {*ANSWERED, _S.CLOSED})):
        return
    if withdrawn and new is Status.CLOSED and old in OPEN:
        return
    ways = Joined([named(way) for way in TRANSITIONS[old]], ", ")
    message = Told(
        "a case that is %(old)s can't become %(new)s; from here it goes to: %(ways)s",
        old=named(old),
        new=named(new),
        ways=ways,
    )
    raise MoveRefused(message)


def moves_from(old: Status, *, follow_up: bool = False) -> tuple[Status, ...]:
    """Where people may move a case: where what waits is a further word, its answer is no longer for dismissing."""
    ways = TRANSITIONS[old]
    if not follow_up or old not in _FOLLOWING:
        return ways
    return (*(way for way in ways if way is not _S.DISMISSED), _S.IN_PRIVATE, _S.RESOLVED, _S.CLOSED)


def on_word_again(old: Status, *, complaint: bool) -> Status | None:
    """Where a case goes when its author writes once more in the thread; None where it stays.

    Thanks and small talk move nothing. A new complaint opens what seemed done, and takes back an approval that was
    given for less than the whole story. While a write is under way, or a person already has the case in hand, it stays.
    """
    if not complaint:
        return None
    if old in ANSWERED - {Status.FOLLOW_UP_DUE} or old in {Status.APPROVED, Status.DRAFTED, Status.CLOSED}:
        return Status.DRAFTED
    if old is Status.FOLLOW_UP_DUE:
        return Status.IN_PRIVATE
    if old is Status.DISMISSED:
        return Status.FLAGGED
    return None

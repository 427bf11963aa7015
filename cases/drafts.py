"""Drafts, the approvals of people, and the only text that may ever be posted."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cases.errors import NotAllowed, TextChanged
from cases.purposes import Purpose


def text_hash(text: str) -> str:
    """SHA-256 of the exact text in UTF-8, as hexadecimal digits. No normalisation: one space more is another text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Draft:
    """One revision of the reply to one case. `by` is a person's name, or "amends"."""

    case: int
    revision: int
    text: str
    by: str
    at: datetime
    language: str
    components: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    plan: str = "{}"
    """The recovery plan that it was written from, as JSON."""
    purpose: Purpose = Purpose.ANSWER

    @property
    def hash(self) -> str:
        """The hash that an approval binds."""
        return text_hash(self.text)


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's yes to one revision of one case, bound to its exact text by hash."""

    case: int
    revision: int
    hash: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovedText:
    """A text that people approved, word for word: all that `Platform.reply` takes (rule 1).

    It can't be made without approvals that carry the hash of this very text, by as many different people as the case
    needs. Raises `NotAllowed` without them and `TextChanged` where the text is another.
    """

    text: str
    approvals: tuple[Approval, ...]
    needed: int = 1

    def __post_init__(self) -> None:
        """Check that the approvals speak of this text, and are enough."""
        people = {approval.by.casefold() for approval in self.approvals}
        if len(people) < max(1, self.needed):
            message = f"this text has the approval of {len(people)} people and needs {max(1, self.needed)}"
            raise NotAllowed(message)
        if any(approval.hash != text_hash(self.text) for approval in self.approvals):
            message = "the text is no longer the one that was approved"
            raise TextChanged(message)
        if len({(approval.case, approval.revision) for approval in self.approvals}) != 1:
            message = "the approvals are for different drafts"
            raise TextChanged(message)

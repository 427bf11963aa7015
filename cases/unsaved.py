"""Words that somebody has typed for a case and not yet recorded as a draft."""

from dataclasses import dataclass
from datetime import datetime

from cases.drafts import text_hash


@dataclass(frozen=True, slots=True)
class Unsaved:
    """One person's words for one case. `draft` is the hash of the draft that they were begun from, or ""."""

    case: int
    by: str
    text: str
    draft: str
    at: datetime

    @property
    def hash(self) -> str:
        """By what the next words say which they follow."""
        return text_hash(self.text)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What came of keeping words: `kept`, or others of the same person stand, which were not seen."""

    kept: bool
    stands: Unsaved

"""What the classifier says about one post."""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What went wrong, for the customer."""

    LATE = "late"
    LOST = "lost"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    CHARGE = "charge"
    REFUND = "refund"
    STAFF = "staff"
    NO_ANSWER = "no_answer"
    OUTAGE = "outage"
    APP = "app"
    QUALITY = "quality"
    SAFETY = "safety"
    PRIVACY = "privacy"
    ACCESS = "access"
    POLICY = "policy"
    OTHER = "other"


class Risk(StrEnum):
    """What calls for a second person, complaint or not."""

    SAFETY = "safety"
    """Injury or danger."""
    LEGAL = "legal"
    """A lawyer, court, regulator, the police, a chargeback."""
    DISCRIMINATION = "discrimination"
    PRIVACY = "privacy"
    """A leak or misuse of personal data."""
    PRESS = "press"
    """A journalist, or a threat of publicity."""
    SELF_HARM = "self_harm"
    """Never answered from a template: handed to a person at once."""


@dataclass(frozen=True, slots=True)
class Clue:
    """Words of the post that moved the verdict, and by how much (log-odds; positive speaks for a complaint)."""

    words: str
    weight: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The classifier's judgement of one post.

    `complaint` is judged whichever the brand; `relevant` is None where no brand was given. `language` is a BCP 47 tag
    or "und". `learned` is False where the classifier never saw that language, so that its verdict means nothing and a
    person must look. `severity`: 0 none, 1 a problem without reproach, 2 disapproval, 3 accusation, 4 blame with a
    threat or demand. `heat`: 0 calm to 3 furious. `about` is a span of the post, safe to speak of in public, or "".
    """

    complaint: bool
    probability: float
    severity: int
    heat: int
    category: Category
    risks: frozenset[Risk]
    relevant: bool | None
    language: str
    about: str
    why: tuple[Clue, ...]
    learned: bool = True
    model: str = ""
    """Which model said so: a short name that changes with every training."""


UNJUDGED = Verdict(
    complaint=False,
    probability=0.0,
    severity=0,
    heat=0,
    category=Category.OTHER,
    risks=frozenset(),
    relevant=None,
    language="und",
    about="",
    why=(),
    learned=False,
)
"""Stands where the classifier said nothing: a person flagged the post first, or it could not be judged."""

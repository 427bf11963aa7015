"""What a training on people's decisions came to: the challenger beside the champion, and which of them judges."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SHIPPED = "shipped"
"""The name of the model that ships with Amends, whichever version that is."""


class Outcome(StrEnum):
    """How a training ended."""

    REPLACED = "replaced"
    """The challenger was better beyond chance, and is the champion now."""
    NOT_BETTER = "not_better"
    """No better than chance could make it seem: the champion stays."""
    WORSE_LANGUAGE = "worse_language"
    """Better on the whole, but worse in one language: the champion stays."""
    TOO_FEW = "too_few"
    """Too few decisions to compare by: nothing was decided."""
    OVERTAKEN = "overtaken"
    """Somebody changed the champion meanwhile: what was compared is no longer in use."""
    FAILED = "failed"
    """It ended with an error."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the table that decides: macro-F1 of both models on the same posts, and their difference.

    `name` is "all" or a language's tag. `low` and `high` are the 95 % interval of the difference (paired bootstrap).
    `written`: by posts written for Amends, since people have decided on too few in this language.
    """

    name: str
    posts: int
    complaints: int
    champion: float
    challenger: float
    low: float
    high: float
    written: bool = False

    @property
    def difference(self) -> float:
        """Positive where the challenger is better."""
        return self.challenger - self.champion


@dataclass(frozen=True, slots=True)
class Training:
    """One training, and what became of it. Models are named as in verdicts; `challenger` is "" where none was fitted.

    `base` is the model whose weights were adapted, or the challenger itself where it was fitted from corpora.
    `labels` counts the decisions that there were to learn from and to compare by.
    """

    at: datetime
    who: str
    champion: str
    challenger: str
    base: str
    labels: int
    outcome: Outcome
    why: str
    table: tuple[Comparison, ...] = ()


@dataclass(frozen=True, slots=True)
class Reign:
    """A model was made the champion: by whom, when and why."""

    name: str
    at: datetime
    who: str
    why: str


def lot(purpose: str, *identity: str) -> float:
    """A number from 0 to below 1, for good the same for the same thing, and independent from purpose to purpose.

    What is drawn by lot must be drawn again in every process and on every machine, so that no random numbers will do.
    """
    digest = hashlib.sha256("\0".join((purpose, *identity)).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:7]) / (1 << 56)

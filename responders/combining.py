"""Putting phrasings together: the richest set that fits, told apart from what was said before, read by the checker.

Chance decides among equals, seeded, so that the same input gives the same text.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Protocol

from rapidfuzz import fuzz, process

from cases.apology import Component, Findings
from cases.platform import Venue
from responders.fitting import Option, fit

_ENOUGH = 600
"""Characters beyond which a public reply is no longer read, however much a network allows."""
_ROOMY = 1000
"""Limit from which a network shows longer texts, with paragraphs."""
_TRIES = 40
_CHECKS = 3
"""Tries that are read by the checker: what three texts lack, the words for this case lack."""
_TOO_ALIKE = 80.0
"""Similarity (rapidfuzz ratio, 0 to 100) from which two replies look like one template."""
_CHANCE = 200
"""How far chance goes beside an option's worth."""


class Checks(Protocol):
    """What judges a text by the labelling guide; `responders.check.Checker` does."""

    def check(self, text: str, *, language: str) -> Findings:
        """The components and faults of the text."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """What every try for one text shares: the options, and what stands around them.

    Where the venue is roomy, a paragraph begins before the part `turn`.
    """

    options: tuple[Option, ...]
    orders: tuple[tuple[str, ...], ...]
    venue: Venue
    signature: str
    turn: str = ""

    @property
    def roomy(self) -> bool:
        """Whether the network shows paragraphs."""
        return self.venue.limit >= _ROOMY


@dataclass(frozen=True, slots=True)
class Judged:
    """A text and what the checker found in it; `flaws` counts faults and missing components."""

    flaws: int
    text: str
    findings: Findings


def best_text(
    frame: Frame, seed: str, recent: Sequence[str], *, required: frozenset[Component], checker: Checks, language: str
) -> Judged | None:
    """The first text without a flaw, else the one with the fewest; None where nothing fits."""
    best: Judged | None = None
    for text in islice(_unlike_first(_tries(frame, seed), recent), _CHECKS):
        # Whom it is addressed to is the network's affair, no wording of ours.
        findings = checker.check(text.removeprefix(frame.venue.address), language=language)
        flaws = len(findings.faults) + len(required - findings.components)
        if best is None or flaws < best.flaws:
            best = Judged(flaws, text, findings)
        if not flaws:
            break
    return best


@lru_cache(maxsize=4096)
def measured(measure: Callable[[str], int], text: str) -> int:
    """The length of a piece; most pieces come again with the next draft, and a network's rule can be slow."""
    return measure(text)


def _tries(frame: Frame, seed: str) -> Iterator[str]:
    """Different texts for one case, the first the preferred one; each next one leaves more to chance."""
    for attempt in range(_TRIES):
        chance = hashlib.shake_128(f"{seed}\x1f{attempt}".encode("utf-8", "surrogatepass"))
        first, *lots = chance.digest(1 + len(frame.options))
        options = [
            Option(option.holds, option.text, option.length, option.worth + lot * (attempt + 1) * _CHANCE // 255)
            for option, lot in zip(frame.options, lots, strict=True)
        ]
        for turn in range(len(frame.orders)):
            order = frame.orders[(first + turn) % len(frame.orders)]
            text = _text(frame, order, options)
            if text is not None:
                yield text
                break


def _text(frame: Frame, order: Sequence[str], options: Sequence[Option]) -> str | None:
    measure, limit = frame.venue.measure, frame.venue.limit
    around = measured(measure, frame.venue.address) + measured(measure, frame.signature)
    room = min(limit, _ENOUGH) - around
    while chosen := fit(order, options, room):
        text = _joined(frame, chosen)
        over = measure(text) - limit
        if over <= 0:
            return text
        # The network counts the whole as more than its pieces: leave that much room.
        room -= over
    return None


def _joined(frame: Frame, chosen: Sequence[Option]) -> str:
    pieces = [frame.venue.address]
    for place, option in enumerate(chosen):
        if place:
            turning = frame.roomy and frame.turn in option.holds
            pieces.append("\n\n" if turning else " ")
        pieces.append(option.text)
    if frame.signature:
        pieces += ["\n\n" if frame.roomy else " ", frame.signature]
    return "".join(pieces)


def _unlike_first(texts: Iterable[str], recent: Sequence[str]) -> Iterator[str]:
    """The texts that resemble none of the recent ones as they come, then the others, the least alike first."""
    alike = []
    for text in texts:
        likeness = _likeness(text, recent)
        if likeness < _TOO_ALIKE:
            yield text
        else:
            alike.append((likeness, text))
    yield from (text for _, text in sorted(alike))


def _likeness(text: str, recent: Sequence[str]) -> float:
    """How much it resembles the most similar recent reply, 0 to 100; 0 below what matters."""
    if not recent:
        return 0.0
    nearest = process.extractOne(text, recent, scorer=fuzz.ratio, score_cutoff=_TOO_ALIKE)
    return nearest[1] if nearest else 0.0

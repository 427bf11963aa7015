"""The concrete problem in a few words of the post itself, safe to speak of in public."""

import re

import numpy as np

from classifiers.companions import Opinion
from classifiers.linear import Floats
from classifiers.reading import Reading

LONGEST = 80
"""Characters."""
_MOST_WORDS = 9
_FEWEST_WORDS = 2
_LIKELY = 0.35
"""Words that the encoder finds likelier than this to be part of the problem's name are better in than out."""
_TELLING = 0.2
"""Words without a cue name the problem from this weight on, in log-odds of the category."""
_PER_WEIGHT = 1.0
"""How much such weight counts beside the words of a cue; both by agreement with spans that people marked."""
_BREAK = re.compile(r"[.!?؟…\n,،;؛:()]+|\s[-–—]\s|[\"“”«»]")
_UNSAFE_NUMBER = re.compile(r"[\d٠-٩۰-۹]{5,}|[\d٠-٩۰-۹]{2,}[-–/.][\d٠-٩۰-۹]{2,}[-–/.]?[\d٠-٩۰-۹]*|#\s?[\w-]*[\d٠-٩۰-۹]")
_UNSAFE = re.compile(r"https?://|www\.|@\w|\b[ur]/\w|[<>{}\[\]|`\\]|[\u202a-\u202e\u2066-\u2069]")
_LEADING = frozenset(
    "and but so because that which then hi hello my so now و که ولی اما پس چون لان ولكن لكن بس".split()  # noqa: SIM905
)


def about(reading: Reading, category: str, opinion: Opinion | None = None) -> str:
    """A span of the post, at most `LONGEST` characters, that names the problem; "" where none is sure and safe.

    Nothing with insults, handles, links, markup, or numbers that may identify someone.
    """
    if opinion is not None and opinion.within is not None:
        marked = _marked(reading, opinion.within)
        if marked:
            return marked
    return _clause(reading, category, opinion.telling if opinion else None)


def _marked(reading: Reading, within: Floats) -> str:
    """The words, side by side, that are likeliest to be what a person would mark; "" where that is unsure or unsafe."""
    words = [
        (token, float(chance) - _LIKELY)
        for token, chance in zip(reading.tokens, within, strict=True)
        if token.form != "<shout>"
    ]
    best, best_sum = (0, 0), 0.0
    for first in range(len(words)):
        total = 0.0
        for last in range(first, min(first + _MOST_WORDS, len(words))):
            total += words[last][1]
            if total > best_sum and words[last][0].end - words[first][0].start <= LONGEST:
                best, best_sum = (first, last + 1), total
    kept = [token for token, _ in words[slice(*best)]]
    while kept and kept[0].form in _LEADING:
        kept = kept[1:]
    if len(kept) < _FEWEST_WORDS:
        return ""
    start, end = kept[0].start, kept[-1].end
    return reading.text[start:end] if _is_safe(reading, start, end) else ""


def _is_safe(reading: Reading, start: int, end: int) -> bool:
    """Whether a stretch of the post may be spoken of in public."""
    span = reading.text[start:end]
    barred = reading.heard("insult") + reading.heard("personal")
    return not (
        _UNSAFE_NUMBER.search(span)
        or _UNSAFE.search(span)
        or any(hit.start < end and hit.end > start for hit in barred)
    )


def _clause(reading: Reading, category: str, telling: Floats | None) -> str:
    """Of the stretches between punctuation the one with most cues and most words that tell the category."""
    hits = [hit for name, hit in reading.within("category") if name == category]
    weights = np.zeros(len(reading.tokens)) if telling is None else np.maximum(telling, 0.0)
    best, best_score = "", 0.0
    for clause in _clauses(reading.text):
        start, end = _cut(reading, *clause, [hit.start for hit in hits], weights)
        span = reading.text[start:end]
        inside = [hit for hit in hits if start <= hit.start and hit.end <= end]
        said = sum(
            float(weight)
            for token, weight in zip(reading.tokens, weights, strict=True)
            if start <= token.start and token.end <= end
        )
        if not (inside or said >= _TELLING) or not _is_safe(reading, start, end):
            continue
        score = sum(1 + hit.last - hit.first for hit in inside) + _PER_WEIGHT * said + min(len(span.split()), 5) * 0.3
        if score > best_score and len(span.split()) > 1:
            best, best_score = span, score
    return best


def _clauses(text: str) -> list[tuple[int, int]]:
    """The stretches between punctuation, with spaces trimmed."""
    found, at = [], 0
    for match in _BREAK.finditer(text, 0, 5_000):
        found.append((at, match.start()))
        at = match.end()
    found.append((at, min(len(text), 5_000)))
    return [_trim(text, start, end) for start, end in found if text[start:end].strip()]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    span = text[start:end]
    return start + len(span) - len(span.lstrip()), end - len(span) + len(span.rstrip())


def _cut(reading: Reading, start: int, end: int, cues: list[int], weights: Floats) -> tuple[int, int]:
    """A clause cut down to the words around its first cue, or its most telling word without one.

    Whole words only, and no conjunction in front.
    """
    inside = [
        (token, float(weight))
        for token, weight in zip(reading.tokens, weights, strict=True)
        if start <= token.start and token.end <= end and token.form != "<shout>"
    ]
    while inside and inside[0][0].form in _LEADING:
        inside = inside[1:]
    if not inside:
        return start, start
    words = [token for token, _ in inside]
    strongest = max(range(len(inside)), key=lambda at: inside[at][1])
    cue = next((at for at, word in enumerate(words) if word.start in cues), strongest)
    first = max(0, min(cue - 4, len(words) - _MOST_WORDS))
    kept = words[first : first + _MOST_WORDS]
    while len(kept) > 1 and kept[-1].end - kept[0].start > LONGEST:
        kept = kept[:-1]
    if kept[-1].end - kept[0].start > LONGEST:
        return start, start
    return kept[0].start, kept[-1].end

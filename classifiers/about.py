"""The concrete problem in a few words of the post itself, safe to speak of in public."""

import re

from classifiers.reading import Reading

LONGEST = 80
"""Characters."""
_MOST_WORDS = 9
_BREAK = re.compile(r"[.!?؟…\n,،;؛:()]+|\s[-–—]\s|[\"“”«»]")
_UNSAFE_NUMBER = re.compile(r"[\d٠-٩۰-۹]{5,}|[\d٠-٩۰-۹]{2,}[-–/.][\d٠-٩۰-۹]{2,}[-–/.]?[\d٠-٩۰-۹]*|#\s?[\w-]*[\d٠-٩۰-۹]")
_UNSAFE = re.compile(r"https?://|www\.|@\w|\b[ur]/\w|[<>{}\[\]|`\\]|[\u202a-\u202e\u2066-\u2069]")
_LEADING = frozenset(
    "and but so because that which then hi hello my so now و که ولی اما پس چون لان ولكن لكن بس".split()  # noqa: SIM905
)


def about(reading: Reading, category: str) -> str:
    """A span of the post, at most `LONGEST` characters, that names the problem; "" where none is sure and safe.

    Nothing with insults, handles, links, markup, or numbers that may identify someone.
    """
    telling = [hit for name, hit in reading.within("category") if name == category]
    barred = reading.heard("insult") + reading.heard("personal")
    best, best_score = "", 0.0
    for clause in _clauses(reading.text):
        start, end = _cut(reading, *clause, [hit.start for hit in telling])
        span = reading.text[start:end]
        inside = [hit for hit in telling if start <= hit.start and hit.end <= end]
        if not inside or _UNSAFE_NUMBER.search(span) or _UNSAFE.search(span):
            continue
        if any(hit.start < end and hit.end > start for hit in barred):
            continue
        score = sum(1 + hit.last - hit.first for hit in inside) + min(len(span.split()), 5) * 0.3
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


def _cut(reading: Reading, start: int, end: int, telling: list[int]) -> tuple[int, int]:
    """A clause cut down to the words around its first cue, whole words only, without a leading conjunction."""
    words = [token for token in reading.tokens if start <= token.start and token.end <= end and token.form != "<shout>"]
    while words and words[0].form in _LEADING:
        words = words[1:]
    if not words:
        return start, start
    cue = next((at for at, word in enumerate(words) if word.start in telling), 0)
    first = max(0, min(cue - 4, len(words) - _MOST_WORDS))
    kept = words[first : first + _MOST_WORDS]
    while len(kept) > 1 and kept[-1].end - kept[0].start > LONGEST:
        kept = kept[:-1]
    if kept[-1].end - kept[0].start > LONGEST:
        return start, start
    return kept[0].start, kept[-1].end

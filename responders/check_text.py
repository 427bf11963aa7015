"""One reply as the checker reads it: spelling differences folded away, sentences and quotations found.

Folding makes one spelling of many ("I’M" and "i'm", Persian and Arabic kaf, half-spaces, vowel marks, digits), so that
a cue is written once. Every folded character knows where it came from: spans are told in the original text.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

_ZWNJ = "\u200c"
_SPACES = frozenset(" \t\u00a0\u202f\u2009" + _ZWNJ)
_BREAKS = frozenset("\n\r\v\f\u0085\u2028\u2029")
_ALIKE = {
    "'": "’", "‘": "’", "ʼ": "’", "`": "’", "´": "’", "′": "’",
    "ة": "ه", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ہ": "ه", "ە": "ه", "ھ": "ه", "ـ": "",
    "‐": "-", "‑": "-", "−": "-", "—": "–", "―": "–",
}  # fmt: skip


class _Folds(dict[str, str]):
    """What each character folds to, worked out once per character."""

    def __missing__(self, char: str) -> str:
        if char in _SPACES:
            folded = " "
        elif char in _BREAKS:
            folded = "\n"
        elif char in _ALIKE:
            folded = _ALIKE[char]
        elif char.isdecimal():
            folded = str(unicodedata.decimal(char))
        else:
            whole = unicodedata.normalize("NFKD", char.lower())
            folded = "".join(
                _ALIKE.get(part, part) for part in whole if unicodedata.category(part) not in {"Mn", "Me", "Cf", "Cc"}
            )
        if len(self) < _FOLDS_KEPT:
            self[char] = folded
        return folded


_FOLDS_KEPT = 20_000
_FOLDS = _Folds()


def fold_pattern(pattern: str) -> str:
    """A cue's pattern folded as texts are; escapes stay as they are. A half-space matches one, a space, or none."""
    folded = (
        token if token.startswith("\\") else " ?" if token == _ZWNJ else _FOLDS[token]
        for token in re.findall(r"\\.|.", pattern, re.DOTALL)
    )
    return "".join(folded).replace("n’t", "n’?t")


def fold(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in the original; one place more marks the end."""
    chars: list[str] = []
    places: list[int] = []
    last = "\n"
    for place, char in enumerate(text):
        for part in _FOLDS[char]:
            if part == " " and last in " \n":
                continue
            chars.append(part)
            places.append(place)
            last = part
    places.append(len(text))
    return "".join(chars), places


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters."""

    start: int
    end: int

    def holds(self, start: int, end: int) -> bool:
        """Whether a range lies wholly inside."""
        return self.start <= start and end <= self.end


_SENTENCE_END = re.compile(
    r"(?:(?<![ap]\.m)(?<!\bmr)(?<!\bms)(?<!\bno)(?<!\bdr)\.(?=[\s\"”’»)]|$)|[!?؟؛;…]|\n){1,20}[\s\"”’»)]{0,5}"
)
_CLAUSE_END = re.compile(r"[,،:–]|\s-\s|[()]")
_QUOTED = re.compile(
    r"\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”|«[^»\n]{1,200}»|„[^“\n]{1,200}“|(?<!\w)’(?:[^’\n]|(?<=\w)’(?=\w)){2,120}’(?!\w)"
)


def _pieces(text: str, start: int, end: int, cut: re.Pattern[str]) -> list[Span]:
    """The parts of a range between the cuts; a cut belongs to the part before it."""
    pieces = []
    here = start
    for match in cut.finditer(text, start, end):
        if match.end() > here:
            pieces.append(Span(here, match.end()))
            here = match.end()
    if here < end or not pieces:
        pieces.append(Span(here, end))
    return pieces


class Reading:
    """A text folded and cut up. All positions are in `folded` until `original` brings them back; no range is empty."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.folded, self._places = fold(text)
        self.sentences = _pieces(self.folded, 0, len(self.folded), _SENTENCE_END)
        self._starts = [sentence.start for sentence in self.sentences]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The same range in the text as it was given, with the marks that sit on its last letter."""
        last, limit = self._places[end - 1] + 1, self._places[end]
        while last < limit and not _FOLDS[self._text[last]]:
            last += 1
        return self._places[start], last

    def sentence_number(self, place: int) -> int:
        """Which sentence a place lies in, from 0."""
        return max(0, bisect_right(self._starts, place) - 1)

    def sentence(self, place: int) -> Span:
        """The sentence around a place."""
        return self.sentences[self.sentence_number(place)]

    def clause(self, place: int) -> Span:
        """The part of the sentence around a place, between commas, colons, dashes or brackets."""
        sentence = self.sentence(place)
        for piece in _pieces(self.folded, sentence.start, sentence.end, _CLAUSE_END):
            if place < piece.end:
                return piece
        return sentence

    def nearby(self, place: int) -> Span:
        """The sentence around a place with the one before and the one after."""
        number = self.sentence_number(place)
        last = min(number + 1, len(self.sentences) - 1)
        return Span(self.sentences[max(0, number - 1)].start, self.sentences[last].end)

    @cached_property
    def quotations(self) -> list[Span]:
        """What stands in quotation marks: others' words."""
        return [Span(match.start(), match.end()) for match in _QUOTED.finditer(self.folded)]

    def quoted(self, start: int, end: int) -> bool:
        """Whether a range stands wholly in quotation marks."""
        return any(span.holds(start, end) for span in self.quotations)

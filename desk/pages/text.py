"""Texts from outside, made ready to be shown: what could turn or overflow its surroundings is taken out.

Escaping is the templates' work; isolation of direction is the markup's (`<bdi>`, `dir="auto"`).
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import regex

from cases.verdicts import Clue

_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Marks that embed, override or isolate a direction, each by itself, beyond their line."""
_CONTROL = regex.compile(r"(?![\n\t])[\p{Cc}\p{Cs}\p{Co}]")
_CLUSTER = regex.compile(r"\X")
_PILE = regex.compile(r"((?:\u200d*\p{M}){4})(?:\u200d*\p{M})+")
"""More marks on one letter than any script writes. Joiners between emoji are no marks: a family stays whole."""
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `kind` says how it is marked, or is "". `why` is shown beside it."""

    text: str
    kind: str = ""
    why: str = ""


def shown(text: str) -> str:
    """A text without marks that turn its direction, without control characters and without piles of combining marks."""
    kept = _CONTROL.sub(" ", text.translate(_TURNING))
    if kept.isascii():
        return kept  # nothing to combine, as in most texts that are shown
    return _PILE.sub(r"\1", kept)


def beginning(text: str, most: int) -> str:
    """At the most so many user-perceived characters of a text on one line, with … where something was cut."""
    # Far more code points than a beginning can hold need not be looked at.
    words = shown(" ".join(text[: most * 20].split()))
    clusters = list(words) if words.isascii() else _CLUSTER.findall(words)
    if len(clusters) <= most and len(text) <= most * 20:
        return "".join(clusters)
    return "".join(clusters[: most - 1]).rstrip() + "…"


def safe_link(url: str) -> str:
    """An address if it is one of the web, else ""."""
    return url if _ADDRESS.fullmatch(url) else ""


def underlined(text: str, clues: Iterable[Clue]) -> list[Piece]:
    """A post in pieces, those that moved the verdict marked "for" or "against"; the heavier wins where two overlap."""
    marked: list[Clue] = []
    for clue in sorted(clues, key=lambda clue: -abs(clue.weight)):
        inside = 0 <= clue.start < clue.end <= len(text)
        if inside and all(clue.end <= other.start or clue.start >= other.end for other in marked):
            marked.append(clue)
    pieces: list[Piece] = []
    place = 0
    for clue in sorted(marked, key=lambda clue: clue.start):
        pieces.append(Piece(shown(text[place : clue.start])))
        kind = "for" if clue.weight > 0 else "against"
        pieces.append(Piece(shown(text[clue.start : clue.end]), kind, f"{clue.weight:+.2f}"))
        place = clue.end
    pieces.append(Piece(shown(text[place:])))
    return [piece for piece in pieces if piece.text]


def difference(before: str, after: str) -> list[Piece]:
    """What changed from one text to another, word by word: pieces marked "ins" or "del"."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for what, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece("".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece("".join(old[a:b]), "del"))
        if c < d:
            pieces.append(Piece("".join(new[c:d]), "ins"))
    return pieces

"""Cues: short phrases from a language's `signals.toml`, found in the tokens of a post.

A phrase is a few words in any case and letter form. A word that ends in `*` stands for all words that begin so; `_`
stands for up to three words of any kind. Looking up takes time linear in the number of tokens.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from cases.errors import PackError
from classifiers.text import Token, tokens
from templates import folder

_GAP = "_"
_WIDEST_GAP = 3
_CLITICS = ("وال", "بال", "فال", "لل", "ال", "و", "ف", "ب", "ل")
"""What Arabic writes at the front of a word; a cue matches with and without."""
_SHORTEST_STEM = 3
_SHORTEST_OPEN = 2


class Hit(NamedTuple):
    """A cue that was found: its signal ("category.late", "risk.legal", "heat", …) and where it stands in the post."""

    signal: str
    start: int
    end: int
    first: int
    last: int
    """Positions of the first and last token."""


@dataclass(frozen=True, slots=True)
class _Part:
    form: str
    open_end: bool

    def fits(self, form: str) -> bool:
        if form == self.form or (self.open_end and form.startswith(self.form)):
            return True
        return not form.isascii() and any(self._is(reading) for reading in _readings(form))

    def _is(self, reading: str) -> bool:
        return reading.startswith(self.form) if self.open_end else reading == self.form


def _readings(form: str) -> Iterator[str]:
    yield form
    if "\u0600" <= form[0] <= "\u06ff":
        for clitic in _CLITICS:
            if form.startswith(clitic) and len(form) - len(clitic) >= _SHORTEST_STEM:
                yield form[len(clitic) :]


def _parse(phrase: str) -> tuple[_Part | None, ...]:
    """The parts of a phrase; None for a gap."""
    parts: list[_Part | None] = []
    for word in phrase.split():
        if word == _GAP:
            parts.append(None)
            continue
        forms = [token.form for token in tokens(word.rstrip("*"))]
        parts.extend(_Part(form, open_end=False) for form in forms[:-1])
        if word.endswith("*") and (not forms or len(forms[-1]) < _SHORTEST_OPEN):
            raise PackError(f"“{word}” in signals.toml is too short for a *: it would fit almost anything")
        parts.extend(_Part(form, open_end=word.endswith("*")) for form in forms[-1:])
    return tuple(parts)


class CueBook:
    """All cues of one language, by signal name."""

    def __init__(self, phrases: dict[str, Sequence[str]]) -> None:
        self._by_first: dict[tuple[str, bool], list[tuple[str, tuple[_Part | None, ...]]]] = defaultdict(list)
        self._candidates: dict[str, list[tuple[str, tuple[_Part | None, ...]]]] = {}
        for signal, listed in phrases.items():
            for phrase in listed:
                parts = _parse(phrase)
                if not parts or parts[0] is None:
                    raise PackError(f"the cue “{phrase}” of {signal} must begin with a word; mend it in signals.toml")
                self._by_first[parts[0].form, parts[0].open_end].append((signal, parts))

    def _beginning_with(self, form: str) -> list[tuple[str, tuple[_Part | None, ...]]]:
        """The cues whose first word fits a token of this form; remembered, since words come again and again."""
        known = self._candidates.get(form)
        if known is None:
            known = []
            for reading in _readings(form):
                known += self._by_first.get((reading, False), ())
                for size in range(1, len(reading) + 1):
                    known += self._by_first.get((reading[:size], True), ())
            if len(self._candidates) > 50_000:  # noqa: PLR2004 - a bound on memory, of no other meaning
                self._candidates.clear()
            self._candidates[form] = known
        return known

    def find(self, post: Sequence[Token]) -> list[Hit]:
        """Every cue in the post, in order of where it begins."""
        hits = []
        for first, token in enumerate(post):
            for signal, parts in self._beginning_with(token.form):
                last = _follow(post, first, parts)
                if last is not None:
                    hits.append(Hit(signal, token.start, post[last].end, first, last))
        return hits


def _follow(post: Sequence[Token], first: int, parts: tuple[_Part | None, ...]) -> int | None:
    """The position of the last token if the phrase stands at `first`, else None."""
    at, gap = first, 0
    for part in parts[1:]:
        if part is None:
            gap = _WIDEST_GAP
            continue
        reach = range(at + 1, min(at + 2 + gap, len(post)))
        found = next((place for place in reach if part.fits(post[place].form)), None)
        if found is None:
            return None
        at, gap = found, 0
    return at


def _flatten(table: dict[str, object], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            yield f"{prefix}{name}", value
        else:
            raise PackError(f"“{prefix}{name}” in signals.toml must be a list of phrases")


@cache
def cue_book(language: str) -> CueBook:
    """The cues of a language pack; empty where the pack has no `signals.toml`. Raises `PackError` for a broken one."""
    file = folder("languages").joinpath(language, "signals.toml")
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return CueBook({})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackError(f"templates/languages/{language}/signals.toml can't be read: {error}") from error
    return CueBook(dict(_flatten(table)))

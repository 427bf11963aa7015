"""The apology checker: which components and faults a reply has, where, why, and what to write instead.

It judges what a text says, typed or drafted, by cues in the language packs (`responders.cues`) and the guide's rules
for close calls (`responders.check_rules`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Self

from cases.apology import Findings, Note
from responders.check_rules import Hit, settle
from responders.check_text import Reading, Span
from responders.cues import Cue, CuePack, Window, shipped_cues

_WORD = re.compile(r"\w{1,40}")
_UNDETERMINED = "und"
_LOOKED_AT = 2_000
"""Characters by which a language is told; more say nothing new."""


class Checker:
    """Finds components and faults in replies. Built once; holds nothing that a check changes, so threads may share it.

    `packs` maps a language tag to its cues.
    """

    def __init__(self, packs: Mapping[str, CuePack]) -> None:
        self._packs = dict(packs)

    @classmethod
    def shipped(cls) -> Self:
        """A checker for every language that ships with Amends. Raises `PackError` where one is broken."""
        return cls(shipped_cues())

    def check(self, text: str, *, language: str | None = None) -> Findings:
        """What the text holds, in the order of its words.

        `language` is a BCP 47 tag ("en-GB" is read as "en"); without it the language is told from script and function
        words. Where no pack speaks the language nothing can be found: the findings are empty, and say which language.
        """
        reading = Reading(text)
        tag = language or self._guess(reading.folded, text)
        pack = self._packs.get(tag) or self._packs.get(tag.replace("_", "-").split("-")[0].lower())
        if pack is None:
            return Findings(language=tag, notes=())
        hits = settle(list(_hits(pack, reading)), reading, pack)
        return Findings(language=pack.language, notes=tuple(_notes(hits, reading, pack)))

    def _guess(self, folded: str, text: str) -> str:
        """The language whose function words and letters are most in the text; "und" where none is."""
        words = _WORD.findall(folded[:_LOOKED_AT])
        scores = {
            tag: sum(word in pack.words for word in words) + sum(char in pack.letters for char in text[:_LOOKED_AT])
            for tag, pack in self._packs.items()
        }
        best = max(scores, key=lambda tag: scores[tag], default=_UNDETERMINED)
        return best if scores.get(best) else _UNDETERMINED


def _window(cue: Cue, reading: Reading, place: int) -> Span:
    """The range that a cue's conditions look at."""
    match cue.window:
        case Window.CLAUSE:
            return reading.clause(place)
        case Window.SENTENCE:
            return reading.sentence(place)
        case Window.NEARBY:
            return reading.nearby(place)
        case Window.TEXT:
            return Span(0, len(reading.folded))


def _holds(cue: Cue, reading: Reading, place: int) -> bool:
    """Whether what must stand near does, and what must not doesn't."""
    if cue.needs is None and cue.unless is None:
        return True
    window = _window(cue, reading, place)
    if cue.needs is not None and not cue.needs.search(reading.folded, window.start, window.end):
        return False
    return cue.unless is None or not cue.unless.search(reading.folded, window.start, window.end)


def _hits(pack: CuePack, reading: Reading) -> Iterator[Hit]:
    """Every match of every cue whose conditions hold."""
    for cue in pack.cues:
        for match in cue.pattern.finditer(reading.folded):
            words = match[0]
            start, end = match.end() - len(words.lstrip()), match.start() + len(words.rstrip())
            if start < end and _holds(cue, reading, start):
                yield Hit(cue.name, start, end, reading.sentence_number(start), cue.firm)


def _notes(hits: list[Hit], reading: Reading, pack: CuePack) -> Iterator[Note]:
    """One note for each finding, overlapping ones of a name joined."""
    joined: list[tuple[Hit, int]] = []
    for hit in sorted(hits, key=lambda hit: (hit.name, hit.start, hit.end)):
        if joined and joined[-1][0].name == hit.name and hit.start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], hit.end))
        else:
            joined.append((hit, hit.end))
    for hit, end in sorted(joined, key=lambda item: (item[0].start, item[1])):
        advice = pack.advice[hit.name]
        place = reading.original(hit.start, end)
        yield Note(name=hit.name, start=place[0], end=place[1], why=advice.why, suggestion=advice.suggestion)

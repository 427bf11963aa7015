"""Hints about a text that are no faults by the guide: words that the brand never uses, and a reply without a date."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cases.told import Told
from responders.check_text import fold, fold_pattern


@dataclass(frozen=True, slots=True)
class Hint:
    """One remark on a text, with its place in it. It never stops an approval."""

    name: str
    start: int
    end: int
    why: str
    suggestion: str = ""


def wrong_words(text: str, never: Mapping[str, str]) -> list[Hint]:
    """Where a text uses words that the brand never uses; `never` maps each to what it says instead, or to ""."""
    folded, places = fold(text)
    hints = []
    for word, instead in never.items():
        pattern = rf"(?<!\w){fold_pattern(re.escape(word.strip()))}(?!\w)"
        for found in re.finditer(pattern, folded, re.IGNORECASE) if word.strip() else ():
            start, end = places[found.start()], places[found.end()]
            suggestion = Told("say “%(words)s”", words=instead) if instead else Told("leave it out")
            hints.append(Hint("never_word", start, end, Told("the brand never uses this word"), suggestion))
    return sorted(hints, key=lambda hint: hint.start)

"""What a post says about its author's trouble that may be repeated in public: a thing, a role, a wait, calls made.

Everything here is a word of ours that stands for what was read, or a number; the post's own words are repeated only
as a quotation, and only where nothing in them could be personal, insulting or markup. In doubt a detail is left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from babel.lists import format_list

from responders.packs import CountPattern, LanguagePack, Word, fold

_LONGEST_QUOTE = 60
_FEWEST_WORDS, _MOST_WORDS = 3, 7
_MOST_COUNTED = 120
"""A larger number is more likely to be something else than a count of days or calls."""

# Handles, links, e-mail addresses, markup, sums of money, long numbers, shouting, line breaks; and quotation marks, as
# what somebody said to the customer is often the insult itself.
_UNFIT = re.compile(
    r"[@#<>\[\]{}*_`~|\\^$€£¥₹%«»“”\"…!?؟\n\r\t]|://|www\.|\d{4,}|\d[.,:/]\d|(?-i:\b[A-Z]{4,}\b)"
    r"|\b\d+\s?(?:eur|usd|gbp|dollars?|euros?|pounds?|bucks|تومان|تومن|ریال|دلار|ریالا|درهم|جنیه|دینار|لیره|شیکل)\b"
    r"|درصد|percent|بالم[یئ]ة|في الم[یئ]ة",
    re.IGNORECASE,
)
_PAUSES = re.compile(r"[.!?؟؛;:…\n,،()]+\s*|\s[-–—]\s")
# What the post repeats of others' words: their promises and excuses are no facts.
_REPEATED = re.compile(r"[\"“”«„][^\"“”«»„\n]{1,200}[\"“”»]")
# What stands before the smaller part of a span: "an hour and [ten minutes]" is no wait of ten minutes.
_GOES_ON = re.compile(r"\b(?:and|und|و)\s*\Z")
SENTENCE_ENDS = re.compile(r"[.!?؟؛;…\n]")
# A capital inside a sentence is likely a name.
_NAME = re.compile(r"(?<=\S )(?!I\b|I')[A-Z]\w*")


@dataclass(frozen=True, slots=True)
class Details:
    """What was read, ready to be said; each is "" where nothing sure was found."""

    thing: str = ""
    item: str = ""
    """The thing, where it is one that can be sent, lost or broken."""
    role: str = ""
    place: str = ""
    waited: str = ""
    chased: str = ""
    whom: str = ""
    """Who else was harmed: somebody close to the author."""
    quote: str = ""


def read_details(text: str, about: str, pack: LanguagePack) -> Details:
    """The details of a post that are safe to repeat. `about` is the span that names the trouble, or ""."""
    near, whole = fold(about), fold(text)
    own = _REPEATED.sub(" … ", whole)
    thing, item = things_of(near or whole, pack)
    return Details(
        thing=thing,
        item=item,
        role=_the_one(near, pack.roles) or _the_one(whole, pack.roles),
        place=_the_one(whole, pack.places),
        waited=_count(own, pack.waiting, pack),
        chased=_count(own, pack.chasing, pack, several=True),
        quote=_quotable(_clause_around(about, text), pack) or _quotable(_only_sentence(text), pack),
    )


def things_of(words: str, pack: LanguagePack) -> tuple[str, str]:
    """The thing that folded words speak of, and the same where it is carried; "" unless there is one only."""
    carried = [word for word in pack.things if word.carried]
    return _the_one(words, pack.things), _the_one(words, carried)


def person_of(words: str, pack: LanguagePack) -> str:
    """Whom folded words speak of beside their author; "" unless there is one only."""
    return _the_one(words, pack.people)


def _the_one(text: str, words: Sequence[Word]) -> str:
    """What the text speaks of, where it speaks of one such thing only."""
    said = {word.say for word in words if word.seen.search(text)}
    return said.pop() if len(said) == 1 else ""


def _count(text: str, patterns: Sequence[CountPattern], pack: LanguagePack, *, several: bool = False) -> str:
    """The count that the text states, where it is a likely one and nothing contradicts it.

    With `several`, counts of different nouns are told together ("nine emails and three calls").
    """
    said: dict[str, set[str]] = {}
    first: dict[str, int] = {}
    for pattern in patterns:
        noun = pattern.forms["other"]
        for match in pattern.seen.finditer(text):
            number = match["number"]
            value = 2
            if number is not None:
                value = int(number) if number.isdecimal() else pack.numbers[number.casefold()]
                if not several and _GOES_ON.search(text, 0, match.start("number")):
                    return ""
            if 0 < value <= _MOST_COUNTED:
                said.setdefault(noun, set()).add(pack.counted(value, pattern.forms))
                first[noun] = min(match.start(), first.get(noun, len(text)))
    if not said or any(len(counts) > 1 for counts in said.values()) or (len(said) > 1 and not several):
        return ""
    counts = [said[noun].pop() for noun in sorted(said, key=lambda noun: first[noun])]
    return str(format_list(counts, locale=pack.locale))


def _clause_around(about: str, text: str) -> str:
    """The span with the rest of its clause, where that is short; "" where it would begin in the middle of one."""
    start = text.find(about)
    if not about or start < 0:
        return about
    first = max((end.end() for end in _PAUSES.finditer(text, 0, start)), default=0)
    pause = _PAUSES.search(text, start + len(about))
    clause = text[first : pause.start() if pause else len(text)].strip()
    if len(clause) <= _LONGEST_QUOTE:
        return clause
    return about if clause.startswith(about) else ""


def _only_sentence(text: str) -> str:
    """The post itself, where it is one short sentence: then it says nothing but the trouble."""
    words = text.strip().rstrip(".!?؟ ")
    return words if not SENTENCE_ENDS.search(words) else ""


def _quotable(about: str, pack: LanguagePack) -> str:
    quote = about.strip(" \u200c.,;:،؛-–—")
    if not len(quote) <= _LONGEST_QUOTE or not _FEWEST_WORDS <= len(quote.split()) <= _MOST_WORDS:
        return ""
    if not all(char.isprintable() or char == "\u200c" for char in quote):
        return ""
    if _UNFIT.search(quote) or _NAME.search(quote) or pack.unquotable.search(fold(quote)):
        return ""
    return quote

"""Social posts as tokens: what the classifier reads, with the places in the post where it stands.

One left-to-right pass with a pattern that never backtracks over more than one token, so the time is linear in the
length of the post, whatever is in it.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

LONGEST_POST = 5_000
"""Characters that are read; the rest of a longer post does not change the verdict."""
_LONGEST_WORD = 24
_SHORTEST_SHOUT = 3

_TOKEN = re.compile(
    r"""
    (?P<link>https?://\S+|www\.\S+)
  | (?P<handle>(?<![\w.])@[\w.\-]+(?:@[\w.\-]+)?|(?<!\w)/?[ur]/[\w\-]+)
  | (?P<number>[\d٠-٩۰-۹]+(?:[.,:/٫٬][\d٠-٩۰-۹]+)*)
  | (?P<word>[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0640\u200c\u200d]|['’](?=[^\W\d_]))*)
  | (?P<mark>!+|[?؟]+|\.{2,}|…|[%$€£])
  | (?P<quote>["“”«»])
  | (?P<picture>[\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff])
    """,
    re.VERBOSE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_LETTERS = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ې": "ی", "ئ": "ی", "ك": "ک", "ڪ": "ک", "گ": "گ", "ة": "ه", "ۀ": "ه", "ە": "ه",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ـ": None, "\u200c": None, "\u200d": None, "’": "'",
    }
)  # fmt: skip


class Token(NamedTuple):
    """One word, number, mark or picture: its normal form, and the half-open range of the post that it came from."""

    form: str
    start: int
    end: int


@lru_cache(maxsize=50_000)
def normal_form(word: str) -> str:
    """A word without what varies by keyboard and mood: case, diacritics, joiners, letter forms, lengthening."""
    if word.isascii():
        return _LONG_RUN.sub(r"\1\1", word.lower())[:_LONGEST_WORD]
    folded = unicodedata.normalize("NFKD", word.translate(_LETTERS)).casefold()
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter)).translate(_LETTERS)
    return _LONG_RUN.sub(r"\1\1" if bare.isascii() else r"\1", bare)[:_LONGEST_WORD]


def _form(kind: str, piece: str) -> str:
    """The normal form of one piece of a post; angle brackets keep the kinds apart from words that look like them."""
    if kind == "word":
        return normal_form(piece)
    if kind == "mark":
        return piece[:2].replace("؟", "?").replace("…", "..")
    return piece if kind == "picture" else f"<{kind}>"


@lru_cache(maxsize=50_000)
def _forms(kind: str, piece: str) -> tuple[str, ...]:
    """The form of a piece if it has one, and a sign beside it where a word is shouted."""
    form = _form(kind, piece)
    if form and kind == "word" and len(piece) >= _SHORTEST_SHOUT and piece.isupper():
        return form, "<shout>"
    return (form,) if form else ()


def tokens(text: str) -> list[Token]:
    """The tokens of a post in order. Words of a hashtag in CamelCase or with underscores come one by one."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text, 0, LONGEST_POST):
        kind, piece = match.lastgroup or "", match.group()
        start, end = match.span()
        if kind == "word" and text[start - 1 : start] == "#":
            for part in _CAMEL.split(piece):
                found.append(Token(normal_form(part), start, start + len(part)))
                start += len(part)
            continue
        for form in _forms(kind, piece):
            found.append(Token(form, start, end))  # noqa: PERF401 - a comprehension for one form or two takes twice as long
    return found


@lru_cache(maxsize=50_000)
def runs(form: str) -> tuple[str, ...]:
    """The runs of 3 to 5 characters of one token, its ends marked; none of a mark, a link or a picture."""
    if form.startswith("<") or not form[0].isalpha():
        return ()
    padded = f" {form} "
    return tuple(f"c{padded[at : at + size]}" for size in (3, 4, 5) for at in range(len(padded) - size + 1))


def pairs(forms: Sequence[str]) -> list[str]:
    """The features of neighbours: one more than there are tokens, ends included; none for an empty post."""
    if not forms:
        return []
    return [f"b {left} {right}" for left, right in zip(["<start>", *forms], [*forms, "<end>"], strict=True)]

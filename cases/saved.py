"""Saved replies: texts that a team keeps, and puts into the editor by picking one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cases.errors import NotAllowed
from cases.told import Told
from cases.verdicts import Category

LONGEST_TITLE = 80
LONGEST_TEXT = 5_000
MOST_SAVED = 500
"""How many a team keeps at the most."""

PLACES = {
    "name": "the author's name",
    "link": "the address of their post",
    "signature": "the first name beneath our replies in that language",
}
"""What may stand in braces in a text, and what is put there. There are no others, and nothing is computed."""

_PLACE = re.compile(r"\{([^{}]*)\}")
_BRACE = re.compile(r"[{}]")
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class NewReply:
    """A saved reply as somebody writes it. `language` is a BCP 47 tag in small letters; `category` None: for any."""

    title: str
    language: str
    text: str
    category: Category | None = None

    def checked(self) -> "NewReply":
        """The same, tidied. Raises `NotAllowed` for what can't be kept, and for a place in braces that there is not."""
        title, language = " ".join(self.title.split()), self.language.strip().lower()
        text = self.text.replace("\r\n", "\n").strip()
        if not title or len(title) > LONGEST_TITLE:
            message = Told("give the reply a title of 1 to %(most)s characters", most=LONGEST_TITLE)
            raise NotAllowed(message)
        if not _TAG.fullmatch(language):
            message = Told("%(tag)s is no tag of a language; write for example en, fa or ar", tag=repr(self.language))
            raise NotAllowed(message)
        if not text or len(text) > LONGEST_TEXT:
            message = Told("give the reply a text of 1 to %(most)s characters", most=LONGEST_TEXT)
            raise NotAllowed(message)
        odd = [place for place in _PLACE.findall(text) if place not in PLACES]
        if odd or _BRACE.search(_PLACE.sub("", text)):
            places = ", ".join(f"{{{place}}}" for place in PLACES)
            message = Told("in braces a saved reply takes %(places)s and nothing else", places=places)
            raise NotAllowed(message)
        return NewReply(title, language, text, self.category)


@dataclass(frozen=True, slots=True)
class SavedReply:
    """A saved reply as it is kept, and who wrote it last."""

    id: int
    title: str
    language: str
    text: str
    category: Category | None
    by: str
    at: datetime


def fill(text: str, values: Mapping[str, str]) -> str:
    """A saved text with each place of `PLACES` filled in, once: what is put in is data, braces and all."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)

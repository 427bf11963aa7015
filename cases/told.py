"""Words for a person that still know what they were made of, so that a page can say them in another language.

A `Told` is its English text, wherever a text is wanted: the terminal, logs and tests see nothing else. Who can
translate asks for its template, a gettext message, and for the values in it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

Value = str | int | float
"""What stands in a template. A `Told` among them is translated too; another text is data and stays as it is."""


class Told(str):
    """An English text, made from a template with places like %(name)s."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, Value]

    def __new__(cls, template: str, **values: Value) -> Self:
        """The template with its values filled in; without values it is the text itself."""
        said = {name: f"{value:g}" if isinstance(value, float) else value for name, value in values.items()}
        made = super().__new__(cls, template % said if said else template)
        made.template, made.values = template, values
        return made


class Joined(str):
    """Several texts with a mark between them, as lists and sentences are put together."""

    __slots__ = ("mark", "parts")

    mark: str
    parts: tuple[str, ...]

    def __new__(cls, parts: Iterable[str], mark: str = "; ") -> Self:
        """The parts in one text."""
        kept = tuple(parts)
        made = super().__new__(cls, mark.join(kept))
        made.mark, made.parts = mark, kept
        return made


class Dated(str):
    """A moment as staff read it in English, which keeps the moment itself (aware, in the zone to read it in)."""

    __slots__ = ("moment",)

    moment: datetime

    def __new__(cls, text: str, moment: datetime) -> Self:
        """The moment, spelled as `text`."""
        made = super().__new__(cls, text)
        made.moment = moment
        return made


def named(name: str) -> Told:
    """The name of a status, category, risk or role as people write it."""
    return Told(str(name).replace("_", " "))


def words_of(error: Exception) -> str:
    """What an error says: with what it was made of, where it was told so."""
    (*_, said) = error.args or ("",)
    return said if isinstance(said, Told | Joined) and len(error.args) == 1 else str(error)

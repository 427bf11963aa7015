"""How posts are found by their words: letters, digits and marks that people type for one another count as one.

On SQLite an index of three-letter pieces (FTS5's trigram) holds the words, so that a search costs the same however many
posts there are; PostgreSQL reads them through.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, Select, column, delete, func, insert, select, table, text

from store import schema as t

_SAME = {
    "ي": "ی",
    "ى": "ی",
    "ئ": "ی",
    "ك": "ک",
    "ة": "ه",
    "ۀ": "ه",
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ؤ": "و",
    **{chr(first + digit): str(digit) for first in (0x660, 0x6F0) for digit in range(10)},
}
"""Keyboards differ, and people leave marks away."""
_NOTHING = "\u200c\u200d\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670\u0654"
"""Joiners, the lengthening stroke, vowel signs."""
_FOLDING = str.maketrans({**_SAME, **dict.fromkeys(_NOTHING, "")})
_PIECE = 3
"""Letters in a piece of SQLite's index; shorter words are looked for by reading."""

# No table of the schema: SQLite alone has it, and keeps it in tables of its own.
_WORDS = table("mention_words", column("rowid"), column("words"))


def folded(words: str) -> str:
    """Words as they are compared."""
    return unicodedata.normalize("NFC", words).translate(_FOLDING).lower()


def index_words(connection: Connection, mentions: Iterable[int]) -> None:
    """Put some mentions into the index as they stand now; the words of those without any are taken out."""
    if connection.dialect.name != "sqlite":
        return
    columns = (t.mentions.c.id, t.mentions.c.text, t.mentions.c.author, t.mentions.c.author_name)
    for number in mentions:
        connection.execute(delete(_WORDS).where(_WORDS.c.rowid == number))
        row = connection.execute(select(*columns).where(t.mentions.c.id == number)).one_or_none()
        if row is not None and any(row[1:]):
            connection.execute(insert(_WORDS).values(rowid=number, words=folded(" ".join(row[1:]))))


def drop_traces(connection: Connection) -> None:
    """Write the index anew, so that nothing of what was taken out of it stays in the file.

    Costs about a second for each 100,000 posts; otherwise the pieces of forgotten words stay until the index grows.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO mention_words (mention_words) VALUES ('optimize')"))


def holding(words: Sequence[str], *, indexed: bool) -> ColumnElement[bool]:
    """A condition on a case: one of its posts holds all these words, or parts of words, its author's name counted in.

    `indexed`: the store is SQLite.
    """
    sought = [folded(word) for word in words]
    posts = select(t.mentions.c.case_id)
    if indexed:
        return t.cases.c.id.in_(posts.where(t.mentions.c.id.in_(_by_index(sought))))
    said = func.concat_ws(" ", t.mentions.c.text, t.mentions.c.author, t.mentions.c.author_name)
    # What has no counterpart in the third place is left out.
    same = func.translate(func.lower(said), "".join(_SAME) + _NOTHING, "".join(_SAME.values()))
    held = (same.contains(word, autoescape=True) for word in sought)
    return t.cases.c.id.in_(posts.where(t.mentions.c.case_id.is_not(None), *held))


def _by_index(sought: Sequence[str]) -> Select[tuple[int]]:
    quoted = ['"{}"'.format(word.replace('"', '""')) for word in sought if len(word) >= _PIECE]
    found = select(_WORDS.c.rowid).where(
        *(_WORDS.c.words.contains(word, autoescape=True) for word in sought if len(word) < _PIECE)
    )
    return found.where(_WORDS.c.words.op("MATCH")(" ".join(quoted))) if quoted else found

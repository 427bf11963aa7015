"""Saved replies: texts that a team keeps."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from cases.errors import NotAllowed, NotFound
from cases.saved import MOST_SAVED, NewReply, SavedReply
from cases.told import Told
from cases.verdicts import Category
from store import schema as t
from store.rows import Row, storable
from store.upkeep import Upkeep


class Saved(Upkeep):
    """Texts for all, by language and title."""

    def saved_replies(self, language: str = "") -> list[SavedReply]:
        """All that are kept, or those in one language (a base tag takes its variants too), by title."""
        wanted = select(t.saved_replies).order_by(t.saved_replies.c.language, t.saved_replies.c.title)
        if language:
            column = t.saved_replies.c.language
            wanted = wanted.where((column == language) | column.startswith(f"{language}-", autoescape=True))
        with self._reading() as connection:
            return [_as_reply(row) for row in connection.execute(wanted).mappings()]

    def saved_reply(self, number: int) -> SavedReply:
        """One of them. Raises `NotFound`."""
        with self._reading() as connection:
            wanted = select(t.saved_replies).where(t.saved_replies.c.id == number)
            row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            raise NotFound(_none(number))
        return _as_reply(row)

    def add_saved_reply(self, reply: NewReply, *, who: str, now: datetime) -> SavedReply:
        """Keep a new one. Raises `NotAllowed` where one of that title and language is there, or there are too many."""
        values = _values(reply.checked(), who, now)
        with self._writing() as connection:
            self._alone(connection, "saved")
            if connection.execute(select(func.count()).select_from(t.saved_replies)).scalar_one() >= MOST_SAVED:
                message = Told("%(most)s replies are saved already: remove one that is not used", most=MOST_SAVED)
                raise NotAllowed(message)
            same = select(t.saved_replies.c.id).where(
                t.saved_replies.c.language == values["language"], t.saved_replies.c.title == values["title"]
            )
            if connection.execute(same).first() is not None:
                raise NotAllowed(_taken(reply))
            number = connection.execute(
                insert(t.saved_replies).values(**values).returning(t.saved_replies.c.id)
            ).scalar_one()
        return self.saved_reply(number)

    def change_saved_reply(self, number: int, reply: NewReply, *, who: str, now: datetime) -> SavedReply:
        """Write one anew. Raises `NotFound`, and `NotAllowed` where another one has that title and language."""
        values = _values(reply.checked(), who, now)
        with self._writing() as connection:
            self._alone(connection, "saved")
            same = select(t.saved_replies.c.id).where(
                t.saved_replies.c.language == values["language"],
                t.saved_replies.c.title == values["title"],
                t.saved_replies.c.id != number,
            )
            if connection.execute(same).first() is not None:
                raise NotAllowed(_taken(reply))
            changed = update(t.saved_replies).where(t.saved_replies.c.id == number).values(**values)
            if connection.execute(changed).rowcount == 0:
                raise NotFound(_none(number))
        return self.saved_reply(number)

    def drop_saved_reply(self, number: int) -> None:
        """Keep one no longer. Raises `NotFound`."""
        with self._writing() as connection:
            gone = delete(t.saved_replies).where(t.saved_replies.c.id == number)
            if connection.execute(gone).rowcount == 0:
                raise NotFound(_none(number))


def _values(reply: NewReply, who: str, now: datetime) -> Mapping[str, object]:
    return {
        "title": storable(reply.title),
        "language": reply.language,
        "category": str(reply.category) if reply.category else None,
        "text": storable(reply.text),
        "by": storable(who),
        "at": now,
    }


def _as_reply(row: Row) -> SavedReply:
    category = Category(row["category"]) if row["category"] else None
    return SavedReply(row["id"], row["title"], row["language"], row["text"], category, row["by"], row["at"])


def _none(number: int) -> str:
    return Told("there is no saved reply %(number)s", number=number)


def _taken(reply: NewReply) -> str:
    return Told("a saved reply is called %(title)s in that language already", title=reply.title)

"""Words that people have typed and not yet recorded, so that a closed tab or a crash loses none."""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select

from cases.drafts import text_hash
from cases.errors import NotAllowed
from cases.lifecycle import Status
from cases.told import Told
from cases.unsaved import Keeping, Unsaved
from store import schema as t
from store.rows import Row, storable
from store.upkeep import Upkeep

_LASTS = timedelta(days=30)
"""They may name a customer, so they are not kept for good."""


class Desks(Upkeep):
    """What lies unfinished on people's desks."""

    def keep_unsaved(self, person: int, case: int, text: str, *, draft: str, follows: str, now: datetime) -> Keeping:
        """Keep a person's words for a case in place of those that they follow.

        `draft` is the hash of the draft that they were begun from. `follows` is the hash of the words that this browser
        saw last, or "": where others stand, another one has kept them, and both must be shown first. The same words
        again are kept. Raises `NotFound`, and `NotAllowed` where the case is closed or its author forgotten.
        """
        words = storable(text)
        with self._writing() as connection:
            row = self._case_row(connection, case)
            if row["forgotten"] or row["status"] == Status.CLOSED:
                message = Told("case %(number)s is closed, so no words are kept for it", number=case)
                raise NotAllowed(message)
            connection.execute(delete(t.unsaved).where(t.unsaved.c.at <= now - _LASTS))
            found = connection.execute(_wanted(case).where(t.unsaved.c.person_id == person)).mappings().one_or_none()
            if found is not None and found["text"] != words and text_hash(found["text"]) != follows:
                return Keeping(kept=False, stands=_as_unsaved(found))
            values = {"text": words, "draft": draft, "at": now}
            kept = self._insert(t.unsaved).values(case_id=case, person_id=person, **values)
            connection.execute(kept.on_conflict_do_update(index_elements=["case_id", "person_id"], set_=values))
            stands = connection.execute(_wanted(case).where(t.unsaved.c.person_id == person)).mappings().one()
        return Keeping(kept=True, stands=_as_unsaved(stands))

    def unsaved(self, case: int, *, now: datetime) -> list[Unsaved]:
        """Everybody's words for a case that are not yet recorded, by name."""
        with self._reading() as connection:
            rows = connection.execute(_wanted(case).where(t.unsaved.c.at > now - _LASTS)).mappings()
            return [_as_unsaved(row) for row in rows]

    def drop_unsaved(self, person: int, case: int) -> None:
        """Keep a person's words for a case no longer; nothing happens where there are none."""
        with self._writing() as connection:
            mine = t.unsaved.c.case_id == case, t.unsaved.c.person_id == person
            connection.execute(delete(t.unsaved).where(*mine))


def _wanted(case: int) -> Select[tuple[object, ...]]:
    return (
        select(t.unsaved, t.people.c.name.label("by"))
        .join(t.people, t.people.c.id == t.unsaved.c.person_id)
        .where(t.unsaved.c.case_id == case)
        .order_by(t.people.c.name)
    )


def _as_unsaved(row: Row) -> Unsaved:
    return Unsaved(row["case_id"], row["by"], row["text"], row["draft"], row["at"])

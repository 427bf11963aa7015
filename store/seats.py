"""Who has which case before them, and how each person likes to look at the queue."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import delete, func, select

from cases.errors import NotAllowed, NotFound
from cases.queue import Looker, SavedView
from cases.told import Told
from store import schema as t
from store.rows import storable
from store.upkeep import Upkeep

_MOST_VIEWS = 30
_LONGEST_NAME = 60


class Seats(Upkeep):
    """Presence and saved views."""

    def look_at(self, person: int, case: int | None, *, editing: bool, until: datetime) -> None:
        """Say which case a person has before them, for as long as nothing else is said before `until`; None: none.

        Raises `NotFound`.
        """
        with self._writing() as connection:
            if case is None:
                connection.execute(delete(t.presence).where(t.presence.c.person_id == person))
                return
            self._case_row(connection, case)
            values = {"case_id": case, "editing": editing, "until": until}
            seat = self._insert(t.presence).values(person_id=person, **values)
            connection.execute(seat.on_conflict_do_update(index_elements=["person_id"], set_=values))

    def lookers(self, *, now: datetime) -> dict[int, tuple[Looker, ...]]:
        """Who has which case before them."""
        wanted = (
            select(t.presence.c.case_id, t.people.c.name, t.presence.c.editing)
            .join(t.people, t.people.c.id == t.presence.c.person_id)
            .where(t.presence.c.until > now, t.people.c.disabled_at.is_(None))
            .order_by(t.people.c.name)
        )
        found: dict[int, list[Looker]] = defaultdict(list)
        with self._reading() as connection:
            for case, name, editing in connection.execute(wanted):
                found[case].append(Looker(name, editing))
        return {case: tuple(people) for case, people in found.items()}

    def saved_views(self, person: int) -> list[SavedView]:
        """A person's own views, by name."""
        wanted = select(t.saved_views).where(t.saved_views.c.person_id == person).order_by(t.saved_views.c.name)
        with self._reading() as connection:
            return [SavedView(row["id"], row["name"], row["query"]) for row in connection.execute(wanted).mappings()]

    def save_view(self, person: int, name: str, query: str) -> SavedView:
        """Keep a view; one of the same name is replaced. Raises `NotAllowed` for no name, a long one, or too many."""
        clean = " ".join(storable(name).split())
        if not clean or len(clean) > _LONGEST_NAME:
            message = Told("give the view a name of 1 to %(most)s characters", most=_LONGEST_NAME)
            raise NotAllowed(message)
        kept = self._insert(t.saved_views).values(person_id=person, name=clean, query=storable(query))
        again = kept.on_conflict_do_update(index_elements=["person_id", "name"], set_={"query": storable(query)})
        with self._writing() as connection:
            number = connection.execute(again.returning(t.saved_views.c.id)).scalar_one()
            many = select(func.count()).select_from(t.saved_views).where(t.saved_views.c.person_id == person)
            if connection.execute(many).scalar_one() > _MOST_VIEWS:
                message = Told("you keep %(most)s views already: delete one that is not used", most=_MOST_VIEWS)
                raise NotAllowed(message)
        return SavedView(number, clean, storable(query))

    def drop_view(self, person: int, number: int) -> None:
        """Keep a view no longer. Raises `NotFound` where this person has none of that number."""
        gone = delete(t.saved_views).where(t.saved_views.c.id == number, t.saved_views.c.person_id == person)
        with self._writing() as connection:
            if connection.execute(gone).rowcount == 0:
                message = Told("there is no saved view %(number)s of yours", number=number)
                raise NotFound(message)

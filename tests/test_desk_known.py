"""Promises and incidents at the desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from scenes import drafted, mention, take_in

from cases.incidents import IncidentState
from cases.plans import Role
from cases.promises import PromiseState


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


def test_what_an_approved_text_promises_is_listed_with_its_owner_until_it_is_kept(room: Room) -> None:
    (case,) = take_in(room.house.ledger, mention("p1"))
    drafted(room.house.ledger, case, WHOLE)
    lea = room.come_in("Lea")
    lea.post(f"/cases/{case}/approve", text=WHOLE)
    (promise,) = room.house.ledger.promises()
    assert "by tomorrow" in lea.page("/promises")
    assert "overdue" not in lea.page("/promises")
    room.clock.sleep(days=2)
    assert "overdue" in room.come_in("Omid").page("/promises")
    room.come_in("Omid").post(f"/promises/{promise.id}/keep")
    assert "by tomorrow" not in room.come_in("Lea").page("/promises")
    (kept,) = room.house.ledger.promises(tuple(PromiseState))
    assert (kept.settled_by, kept.state) == ("Omid", PromiseState.KEPT)


def test_an_incident_is_declared_by_a_lead_and_touches_the_cases_that_speak_of_it(room: Room) -> None:
    take_in(room.house.ledger, mention("p1"))
    lea = room.come_in("Lea")
    assert lea.post("/incidents", name="Lost van", keywords_en="parcel, van", state="open") == "/incidents"
    (declared,) = room.house.ledger.incidents()
    assert (declared.owner, declared.words.keywords) == ("Lea", {"en": ("parcel", "van")})
    assert "1 case" in lea.page("/incidents")
    lea.post("/incidents/close", name="Lost van")
    assert room.house.ledger.incidents() == []


def test_words_that_may_not_stand_in_public_are_refused_and_what_was_typed_stays(room: Room) -> None:
    page = room.come_in("Lea").post(
        "/incidents",
        status=409,
        name="Lost van",
        keywords_en="parcel",
        cause_en="We're sorry if anybody felt bad.",
        state="prepared",
    )
    assert "will stand in public" in page
    assert "felt bad" in page
    assert room.house.ledger.incidents(tuple(IncidentState)) == []


def test_an_agent_cannot_declare_an_incident(room: Room) -> None:
    omid = room.come_in("Omid", Role.AGENT)
    omid.api("POST", "/api/incidents", {"name": "Lost van", "keywords": {"en": ["van"]}}, status=403)
    assert 'name="keywords_en"' not in omid.page("/incidents")


def test_incidents_and_promises_are_told_as_json(room: Room) -> None:
    lea = room.come_in("Lea")
    told = lea.api("POST", "/api/incidents", {"name": "Lost van", "keywords": {"en": ["van"]}, "state": "prepared"})
    assert isinstance(told, dict)
    assert (told["state"], told["touched"]) == ("prepared", 0)
    assert lea.api("GET", "/api/incidents") == [told]
    assert lea.api("GET", "/api/promises") == []

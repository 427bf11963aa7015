"""What comes after the answer, at the desk: on the case's page and in the API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from conftest import Clock
from deskroom import WHOLE, Room, Seat, desk_room
from scenes import mention, take_in

from cases.lifecycle import Status
from cases.plans import Role
from cases.purposes import Purpose
from desk import decisions


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def lea(room: Room) -> Seat:
    return room.come_in("Lea", Role.LEAD)


@pytest.fixture
def case(room: Room) -> int:
    """A case whose answer stands in public."""
    (number,) = take_in(room.house.ledger, mention("p1"))
    decisions.approve(room.house, number, who="Lea", text=WHOLE)
    decisions.by_hand(room.house, number, who="Lea", url="https://example.invalid/1")
    return number


def read(seat: Seat, case: int) -> dict[str, Any]:
    return cast("dict[str, Any]", seat.api("GET", f"/api/cases/{case}"))


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_an_answered_case_shows_the_first_private_message_to_copy(lea: Seat, case: int, language: str) -> None:
    copied = read(lea, case)["to_copy"]
    assert copied["purpose"] == "private"
    page = lea.page(f"/cases/{case}", language=language)
    assert 'id="after"' in page
    assert 'id="editor"' not in page
    assert copied["text"].split("?")[0].replace("'", "&#39;") in page


def test_every_button_after_the_answer_has_a_key_that_the_help_tells(room: Room, lea: Seat, case: int) -> None:
    page = lea.page(f"/cases/{case}")
    for key in ("y", "w", "t", "q"):
        assert page.count(f'data-key="{key}"') == 1
        assert f'<kbd dir="ltr">{key}</kbd>' in page
    lea.post(f"/cases/{case}/follow-up", purpose="settled")
    assert 'data-key="b"' in lea.page(f"/cases/{case}")
    assert room.house.ledger.case(case).status is Status.DRAFTED


def test_a_settled_case_shows_the_question_to_copy_without_our_own_account(room: Room, lea: Seat, case: int) -> None:
    room.house.ledger.move(case, Status.RESOLVED, who="Lea", action="resolved", now=room.clock.now)
    copied = read(lea, case)["to_copy"]
    assert copied["purpose"] == "follow_up"
    assert "@" not in copied["text"]


def test_a_button_brings_an_update_before_people_for_approval(room: Room, lea: Seat, case: int) -> None:
    assert read(lea, case)["follow_ups"] == ["update", "settled", "follow_up"]
    assert lea.post(f"/cases/{case}/follow-up", purpose="update") == f"/cases/{case}"
    page = lea.page(f"/cases/{case}")
    assert 'id="editor"' in page
    assert "Give up this text" in page
    assert f"/cases/{case}/not-a-complaint" not in page
    found = room.house.ledger.case(case)
    assert found.draft is not None
    assert (found.status, found.draft.purpose) == (Status.DRAFTED, Purpose.UPDATE)
    judged = cast("dict[str, Any]", lea.api("POST", "/api/lint", {"case": case, "text": found.draft.text}))
    assert (judged["required"], judged["missing"], judged["faults"]) == (["next_steps", "regret"], [], [])
    assert lea.post(f"/cases/{case}/drop") == f"/cases/{case}"
    assert room.house.ledger.case(case).status is Status.REPLIED
    assert found.draft.text.replace("'", "&#39;") not in lea.page(f"/cases/{case}"), "what was given up is not shown"


def test_the_api_drafts_in_a_persons_words_approves_and_refuses_the_rest(room: Room, lea: Seat, case: int) -> None:
    words = "I'm sorry, it takes longer than I wanted. You'll hear from me tomorrow. Ana"
    drafted = cast(
        "dict[str, Any]", lea.api("POST", f"/api/cases/{case}/follow-up", {"purpose": "update", "text": words})
    )
    assert (drafted["draft"]["text"], drafted["draft"]["purpose"]) == (words, "update")
    lea.api("POST", f"/api/cases/{case}/follow-up", {"purpose": "private"}, status=422)
    approved = lea.api("POST", f"/api/cases/{case}/approve", {"hash": drafted["draft"]["hash"]})
    assert cast("dict[str, Any]", approved)["status"] == "approved"
    decisions.by_hand(room.house, case, who="Lea", url="https://example.invalid/2")
    assert read(lea, case)["follow_ups"] == ["settled", "follow_up"]
    lea.api("POST", f"/api/cases/{case}/follow-up", {"purpose": "update"}, status=403)
    lea.api("POST", f"/api/cases/{case}/drop", {}, status=409)


def test_a_case_that_waits_for_its_first_answer_has_nothing_after_it(room: Room, lea: Seat) -> None:
    (number,) = take_in(room.house.ledger, mention("p2", author="omar"))
    assert 'id="after"' not in lea.page(f"/cases/{number}")
    told = read(lea, number)
    assert (told["to_copy"], told["follow_ups"]) == (None, [])
    lea.api("POST", f"/api/cases/{number}/follow-up", {"purpose": "update"}, status=403)


@pytest.mark.parametrize("by_page", [True, False])
def test_who_closes_an_incident_may_have_a_word_drafted_for_those_affected(
    room: Room, lea: Seat, case: int, *, by_page: bool
) -> None:
    (waiting,) = take_in(room.house.ledger, mention("p2", author="omar"))
    incident = {"name": "belt", "keywords": {"en": ["parcel"]}}
    lea.api("POST", "/api/incidents", incident)
    if by_page:
        lea.post("/incidents/close", name="belt", tell="true")
    else:
        lea.api("POST", "/api/incidents/close", {"name": "belt", "tell": True})
    found = room.house.ledger.case(case)
    assert found.draft is not None
    assert (found.status, found.draft.purpose) == (Status.DRAFTED, Purpose.SETTLED)
    assert found.reason == "Lea closed the incident belt"
    assert room.house.ledger.case(waiting).draft is None


def test_an_incident_closes_without_a_word_where_nobody_asks_for_one(room: Room, lea: Seat, case: int) -> None:
    lea.api("POST", "/api/incidents", {"name": "belt", "keywords": {"en": ["parcel"]}})
    lea.post("/incidents/close", name="belt")
    assert room.house.ledger.case(case).status is Status.REPLIED

"""The desk's API: what the pages do, as JSON."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from scenes import drafted, mention, take_in

from cases.drafts import text_hash
from cases.lifecycle import Status
from desk.acts import ACTS
from desk.answers import CaseAnswer, LintAnswer, WholeCase


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def case(room: Room) -> int:
    (number,) = take_in(room.house.ledger, mention("p1"))
    drafted(room.house.ledger, number, WHOLE)
    return number


def test_a_case_is_told_whole(room: Room, case: int) -> None:
    whole = WholeCase.model_validate(room.come_in("Lea").api("GET", f"/api/cases/{case}"))
    assert whole.draft is not None
    assert (whole.draft.text, whole.draft.hash) == (WHOLE, text_hash(WHOLE))
    assert [said.author for said in whole.thread] == ["ines"]
    assert whole.plan


def test_an_approval_needs_the_hash_of_the_draft_as_it_is(room: Room, case: int) -> None:
    lea = room.come_in("Lea")
    lea.api("POST", f"/api/cases/{case}/approve", {"hash": text_hash("other words")}, status=409)
    moved = lea.api("POST", f"/api/cases/{case}/approve", {"hash": text_hash(WHOLE)})
    assert CaseAnswer.model_validate(moved).status is Status.APPROVED


def test_lint_counts_as_the_network_counts_and_points_at_faults(room: Room, case: int) -> None:
    text = "I'm sorry if this upset you."
    judged = LintAnswer.model_validate(room.come_in("Lea").api("POST", "/api/lint", {"case": case, "text": text}))
    assert (judged.length, judged.limit) == (len(text), 500)
    assert "conditional" in judged.faults
    fault = next(note for note in judged.notes if note.name == "conditional")
    assert "if" in text[fault.start : fault.end]
    assert "responsibility" in judged.missing
    assert judged.stops


def test_a_decision_without_a_reason_is_refused_with_the_field(room: Room, case: int) -> None:
    answer = room.come_in("Lea").api("POST", f"/api/cases/{case}/dismiss", {"reason": ""}, status=422)
    assert answer == {"detail": "“Reason”: fill this in"}


def test_every_decision_is_documented_with_its_refusals(room: Room) -> None:
    document = room.come_in("Lea").api("GET", "/api/openapi.json")
    assert isinstance(document, dict)
    for act in ACTS:
        responses = document["paths"][f"/api/cases/{{case_id}}/{act.name}"]["post"]["responses"]
        assert {"200", "401", "403", "404", "409", "422", "503"} <= set(responses)

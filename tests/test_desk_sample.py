"""What was passed over and drawn by lot: people look at it at the desk, and what they say is a label."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from deskroom import Room, desk_room
from scenes import draw

from cases.lifecycle import Status
from cases.verdicts import Category


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


def test_the_sample_is_a_view_with_its_count(room: Room, clock: Clock) -> None:
    draw(
        room.house.ledger,
        clock.now,
        ("p1", "Lovely <b>weather</b>"),
        ("p2", "They came on Tuesday, as if that were fine"),
    )
    lea = room.come_in("Lea")
    assert '<a href="/sample"><span>Unflagged sample to check</span><span class="figure">2</span></a>' in lea.page("/")
    page = lea.page("/sample")
    assert "Lovely &lt;b&gt;weather&lt;/b&gt;" in page
    assert page.count("data-answers") == 2


def test_no_complaint_is_a_label_with_who_and_when_and_the_post_waits_no_more(room: Room, clock: Clock) -> None:
    ledger = room.house.ledger
    (post,) = draw(ledger, clock.now, ("p1", "Lovely weather"))
    assert room.come_in("Lea").post(f"/sample/{post}", complaint="no") == "/sample"
    (label,) = ledger.training_labels()
    assert (label.mention_id, label.value, label.who, label.at) == (post, "false", "Lea", clock.now)
    assert ledger.count_to_look_at() == 0
    assert ledger.cases(tuple(Status)) == []


def test_a_complaint_opens_a_case_of_the_category_that_was_named(room: Room, clock: Clock) -> None:
    ledger = room.house.ledger
    (post,) = draw(ledger, clock.now, ("p1", "They came on Tuesday, as if that were fine"))
    lea = room.come_in("Lea")
    place = lea.post(f"/sample/{post}", complaint="yes", category="late")
    (case,) = ledger.cases(tuple(Status))
    assert (case.status, case.verdict.category) == (Status.FLAGGED, Category.LATE)
    assert f'<a href="/cases/{case.id}">Case {case.id} is open.</a>' in lea.page(place)
    (label,) = ledger.training_labels()
    assert (label.value, label.who) == ("true", "Lea")
    (category,) = ledger.training_labels("category")
    assert (category.value, category.who, category.at) == ("late", "Lea", clock.now)


def test_what_belongs_to_a_case_by_now_is_told_and_stays(room: Room, clock: Clock) -> None:
    ledger = room.house.ledger
    (post,) = draw(ledger, clock.now, ("p1", "They came on Tuesday, as if that were fine"))
    room.come_in("Lea").post(f"/sample/{post}", complaint="yes")
    told = room.come_in("Omid").post(f"/sample/{post}", complaint="no", status=409)
    assert "belongs to case" in told
    assert [case.status for case in ledger.cases(tuple(Status))] == [Status.FLAGGED]


def test_programs_see_the_sample_and_answer_it(room: Room, clock: Clock) -> None:
    first, second = draw(room.house.ledger, clock.now, ("p1", "Lovely weather"), ("p2", "On Tuesday. As if."))
    lea = room.come_in("Lea")
    told = lea.api("GET", "/api/sample?limit=1")
    assert isinstance(told, dict)
    assert (told["waiting"], [one["mention"] for one in told["posts"]]) == (2, [first])
    assert lea.api("POST", f"/api/sample/{first}", {"complaint": False}) == {
        "mention": first,
        "complaint": False,
        "category": None,
        "case": None,
    }
    answer = lea.api("POST", f"/api/sample/{second}", {"complaint": True, "category": "late"})
    (case,) = room.house.ledger.cases(tuple(Status))
    assert answer == {"mention": second, "complaint": True, "category": "late", "case": case.id}
    lea.api("POST", "/api/sample/4711", {"complaint": False}, status=404)


def test_the_count_follows_the_latest_word_on_a_post(room: Room, clock: Clock) -> None:
    """What is counted is what is listed, after each answer."""
    ledger = room.house.ledger
    numbers = draw(ledger, clock.now, ("p1", "one"), ("p2", "two"), ("p3", "three"))
    for answered, number in enumerate(numbers):
        assert ledger.count_to_look_at() == len(ledger.to_look_at()) == len(numbers) - answered
        ledger.label_as_fine(number, who="Lea", now=clock.now)
    assert ledger.count_to_look_at() == len(ledger.to_look_at()) == 0

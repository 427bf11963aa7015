"""The queue: views, filters, order, pages, and sharing out what is there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from scenes import COMPLAINT, MORNING, drafted, mention, take_in

from cases.errors import NotAllowed
from cases.lifecycle import Status
from cases.queue import Order, QueueQuery, View
from cases.verdicts import Category
from store.ledger import Ledger

ME = "Lea"


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


def ids(ledger: Ledger, query: QueueQuery) -> list[int]:
    return [case.id for case in ledger.queue(query, me=ME, now=MORNING).cases]


def three(ledger: Ledger) -> list[int]:
    """A late parcel, a grave one at risk that is due later, and a question about the app."""
    grave = replace(COMPLAINT, severity=4)
    app = replace(COMPLAINT, category=Category.APP, severity=1, language="fa")
    later, last = MORNING + timedelta(hours=1), MORNING + timedelta(hours=2)
    cases = [
        *take_in(ledger, mention("p1", "My parcel is late", author="ines")),
        *take_in(ledger, mention("p2", "It burnt 100% of it", author="omar"), verdict=grave, at_risk=True, now=later),
        *take_in(ledger, mention("p3", "برنامه باز نمی‌شود", author="sara"), verdict=app, now=last),
    ]
    for case in cases:
        drafted(ledger, case)
    return cases


def test_filters_narrow_and_words_are_sought_in_post_and_author(ledger: Ledger) -> None:
    late, grave, app = three(ledger)
    assert ids(ledger, QueueQuery()) == [late, grave, app]
    assert ids(ledger, QueueQuery(category=Category.APP)) == [app]
    assert ids(ledger, QueueQuery(language="fa")) == [app]
    assert ids(ledger, QueueQuery(severity=2)) == [late, grave]
    assert ids(ledger, QueueQuery(text="PARCEL")) == [late]
    assert ids(ledger, QueueQuery(text="باز")) == [app]
    assert ids(ledger, QueueQuery(text="omar burnt")) == [grave]
    assert ids(ledger, QueueQuery(network="bluesky")) == []


def test_what_is_sought_is_no_pattern(ledger: Ledger) -> None:
    _, grave, _ = three(ledger)
    assert ids(ledger, QueueQuery(text="100%")) == [grave]
    assert ids(ledger, QueueQuery(text="_")) == []


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("كتاب‌هاي من نرسيده", "کتابهای"),
        ("سفارش ۴۷۱۱ کجاست", "4711"),
        ("أين طلبي الأخيرة", "اين الاخيره"),
        ("الطــلب متأخّر", "الطلب متاخر"),
        ("CAFÉ Nord is closed", "café"),
        ('he said "never" twice', '"never"'),
    ],
)
def test_letters_and_digits_that_are_typed_for_one_another_are_found(ledger: Ledger, written: str, sought: str) -> None:
    (case,) = take_in(ledger, mention("p1", written))
    assert ids(ledger, QueueQuery(text=sought)) == [case]
    assert ids(ledger, QueueQuery(text=f"{sought} elsewhere")) == []


def test_a_later_post_of_the_thread_finds_its_case_and_an_edited_one_by_its_new_words_alone(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1", "Late again", thread="t"))
    take_in(ledger, mention("p2", "And now it rattles", thread="t"))
    assert ids(ledger, QueueQuery(text="rattles")) == [case]
    ledger.record("sandbox", [mention("p2", "And now it hums", thread="t")], "3", now=MORNING)
    assert ids(ledger, QueueQuery(text="hums")) == [case]
    assert ids(ledger, QueueQuery(text="rattles")) == []


@pytest.mark.parametrize("order", Order)
def test_pages_hold_each_case_once_in_every_order(ledger: Ledger, order: Order) -> None:
    cases = three(ledger)
    query, seen = QueueQuery(order=order), []
    while True:
        page = ledger.queue(query, me=ME, now=MORNING, limit=1)
        seen += [case.id for case in page.cases]
        if not page.after:
            break
        query = replace(query, after=page.after)
    late, grave, app = cases
    assert (
        seen == {Order.DUE: [late, grave, app], Order.RISK: [grave, late, app], Order.NEWEST: [app, grave, late]}[order]
    )


@pytest.mark.parametrize("cursor", ["x", "due~1", "newest~x", "due~2026-11-23T08:00~1", "risk~1~2~3"])
def test_a_cursor_that_is_none_is_refused(ledger: Ledger, cursor: str) -> None:
    with pytest.raises(NotAllowed, match="no place in the queue"):
        ledger.queue(QueueQuery(after=cursor), me=ME, now=MORNING)


def test_what_is_assigned_shows_under_mine_and_in_the_count(ledger: Ledger) -> None:
    late, *_ = three(ledger)
    ledger.assign(late, ME, who="Omid", now=MORNING)
    assert ids(ledger, QueueQuery(view=View.MINE)) == [late]
    assert ledger.view_counts(me=ME, now=MORNING)[View.MINE] == 1
    assert ledger.view_counts(me="Omid", now=MORNING)[View.MINE] == 0
    event = ledger.events(late)[-1]
    assert (event.action, event.who, event.why) == ("assigned", "Omid", ME)


def test_what_is_snoozed_comes_back_by_itself(ledger: Ledger) -> None:
    late, grave, app = three(ledger)
    ledger.snooze(late, MORNING + timedelta(hours=1), who=ME, now=MORNING)
    assert ids(ledger, QueueQuery()) == [grave, app]
    assert ids(ledger, QueueQuery(view=View.SNOOZED)) == [late]
    later = MORNING + timedelta(hours=1)
    assert [case.id for case in ledger.queue(QueueQuery(), me=ME, now=later).cases] == [late, grave, app]


def test_every_state_of_the_list_has_an_address(room: Room) -> None:
    late, grave, app = three(room.house.ledger)
    page = room.come_in("Lea").page("/?view=approval&text=parcel&order=newest")
    assert f'href="/cases/{late}?view=approval&amp;text=parcel&amp;order=newest"' in page
    assert f'href="/cases/{grave}' not in page
    assert f'href="/cases/{app}' not in page


def test_an_address_that_makes_no_sense_shows_the_queue(room: Room) -> None:
    late, *_ = three(room.house.ledger)
    page = room.come_in("Lea").page("/?view=nonsense&order=7&severity=x&since=yesterday&category=%00")
    assert f'href="/cases/{late}' in page


def test_several_cases_are_assigned_snoozed_or_dismissed_at_once_but_never_approved(room: Room) -> None:
    late, grave, app = three(room.house.ledger)
    lea = room.come_in("Lea")
    body = {"cases": [late, grave, 999], "act": "assign", "assignee": "lea"}
    answer = lea.api("POST", "/api/bulk", body)
    assert isinstance(answer, dict)
    assert (answer["done"], list(answer["refused"])) == ([late, grave], ["999"])
    assert room.house.ledger.case(grave).assignee == "Lea"
    lea.api("POST", "/api/bulk", {"cases": [late], "act": "approve"}, status=422)
    lea.api("POST", "/api/bulk", {"cases": [late], "act": "dismiss"}, status=403)
    form = {"csrf": lea.csrf, "act": "dismiss", "reason": "spam", "cases": [str(late), str(app)]}
    assert lea.browser.post(f"{lea.address}/bulk", data=form, timeout=20).ok
    assert {room.house.ledger.case(case).status for case in (late, app)} == {Status.DISMISSED}


def test_a_case_is_given_to_people_of_the_desk_alone(room: Room) -> None:
    late, *_ = three(room.house.ledger)
    lea = room.come_in("Lea")
    assert "nobody at the desk is called Zoe" in lea.post(f"/cases/{late}/assign", status=409, assignee="Zoe")
    lea.post(f"/cases/{late}/assign", assignee="Lea")
    assert room.house.ledger.case(late).assignee == "Lea"
    lea.post(f"/cases/{late}/assign", assignee="")
    assert room.house.ledger.case(late).assignee is None


def test_a_case_is_snoozed_for_a_span_and_called_back(room: Room) -> None:
    late, *_ = three(room.house.ledger)
    lea = room.come_in("Lea")
    lea.post(f"/cases/{late}/snooze", until="4h")
    assert room.house.ledger.case(late).snoozed_until == room.clock() + timedelta(hours=4)
    lea.post(f"/cases/{late}/snooze", until="")
    assert room.house.ledger.case(late).snoozed_until is None
    assert WHOLE not in lea.page("/")

"""What falls due by itself: an update is drafted before word is due; settled customers are asked some days later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from scenes import mention, take_in
from typed import typed

from cases.lifecycle import Status
from cases.purposes import Purpose
from cases.weeks import Week
from desk import decisions, follow
from monitor.config import load_config
from monitor.digest.compose import compose
from monitor.digest.render import as_text
from monitor.due import look_for_due
from monitor.house import House

WHOLE = (
    "We lost your parcel. That is our fault, and I'm sorry. Waiting for nothing is maddening. I'm finding out why it "
    "happened and will tell you within 5 hours. Send me a private message so that I can put this right. Ana"
)


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    path = tmp_path / "config.toml"
    path.write_text('[brand]\nname = "Parcelo"\nsignature = "Ana"\n[platforms.sandbox]\n', encoding="utf-8")
    with House(load_config(path), clock=clock) as opened:
        yield opened


@pytest.fixture
def case(house: House) -> int:
    """A case whose answer, which stands since 08:00, promised a word within five hours."""
    (number,) = take_in(house.ledger, mention("p1"))
    decisions.approve(house, number, who="lea", text=WHOLE)
    decisions.by_hand(house, number, who="lea", url="https://example.invalid/1")
    return number


def status(house: House, case: int) -> Status:
    return house.ledger.case(case).status


def move(house: House, case: int, *ways: Status) -> None:
    for new in ways:
        house.ledger.move(case, new, who="lea", action=str(new), now=house.clock())


def test_an_hour_before_word_is_due_an_update_waits_for_approval(house: House, clock: Clock, case: int) -> None:
    clock.sleep(hours=3)
    assert look_for_due(house).promises == ()
    clock.sleep(hours=1)
    assert look_for_due(house).promises == (case,)
    found = house.ledger.case(case)
    assert found.draft is not None
    assert (found.status, found.draft.purpose, found.draft.by) == (Status.DRAFTED, Purpose.UPDATE, "amends")
    assert (found.due_at - clock.now).total_seconds() == 3600
    assert found.reason.startswith("lea promised word by 2026-11-23 13:00: within 5 hours")
    assert found.draft.faults == ()


def test_nothing_leaves_without_a_person(house: House, clock: Clock, case: int) -> None:
    clock.sleep(hours=6)
    look_for_due(house)
    assert house.ledger.ready(now=clock.now, undo=house.undo_delay, platforms=["sandbox"]) == []
    assert house.ledger.case(case).approvals == ()


def test_what_has_passed_is_told_as_passed(house: House, clock: Clock, case: int) -> None:
    clock.sleep(hours=6)
    look_for_due(house)
    assert "which has passed" in house.ledger.case(case).reason


def test_a_promise_is_taken_up_once_even_where_the_update_is_given_up(house: House, clock: Clock, case: int) -> None:
    clock.sleep(hours=4)
    look_for_due(house)
    follow.drop(house, case, who="lea", why="told by phone")
    clock.sleep(hours=2)
    assert look_for_due(house).promises == ()
    assert status(house, case) is Status.REPLIED


def test_once_the_talk_is_private_no_public_update_is_drafted(house: House, clock: Clock, case: int) -> None:
    move(house, case, Status.IN_PRIVATE)
    follow.write(house, case, Purpose.UPDATE, who="lea")
    decisions.approve(house, case, who="lea")
    decisions.by_hand(house, case, who="lea", url="https://example.invalid/2")
    clock.sleep(days=3)
    assert look_for_due(house).promises == (case,)
    found = house.ledger.case(case)
    assert found.status is Status.IN_PRIVATE
    assert "lea promised word by" in found.reason


def test_what_was_promised_for_soon_is_not_taken_up_at_once(house: House, clock: Clock) -> None:
    (number,) = take_in(house.ledger, mention("p2", author="omar"))
    decisions.approve(house, number, who="lea", text=WHOLE.replace("5 hours", "1 hour"))
    decisions.by_hand(house, number, who="lea", url="https://example.invalid/2")
    clock.sleep(minutes=20)
    assert look_for_due(house).promises == ()
    clock.sleep(minutes=15)
    assert look_for_due(house).promises == (number,)


def test_some_days_after_it_was_settled_it_is_time_to_ask(house: House, clock: Clock, case: int) -> None:
    move(house, case, Status.IN_PRIVATE, Status.RESOLVED)
    clock.sleep(days=4, hours=23)
    assert look_for_due(house).follow_ups == ()
    clock.sleep(hours=1)
    assert look_for_due(house).follow_ups == (case,)
    assert status(house, case) is Status.FOLLOW_UP_DUE
    assert "ask whether" in house.ledger.case(case).reason


def test_a_customer_is_asked_once(house: House, clock: Clock, case: int) -> None:
    move(house, case, Status.IN_PRIVATE, Status.RESOLVED)
    clock.sleep(days=5)
    look_for_due(house)
    move(house, case, Status.IN_PRIVATE, Status.RESOLVED)
    clock.sleep(days=6)
    assert look_for_due(house).follow_ups == ()


def test_who_complained_again_is_asked_again(house: House, clock: Clock, case: int) -> None:
    move(house, case, Status.RESOLVED)
    clock.sleep(days=5)
    look_for_due(house)
    move(house, case, Status.IN_PRIVATE, Status.RESOLVED)
    clock.sleep(days=1)
    take_in(house.ledger, mention("p2", "And again!", thread="p1", parent="p1", at=clock.now), now=clock.now)
    decisions.approve(house, case, who="lea", text=WHOLE)
    decisions.by_hand(house, case, who="lea", url="https://example.invalid/2")
    move(house, case, Status.RESOLVED)
    clock.sleep(days=5)
    assert look_for_due(house).follow_ups == (case,)


def test_whoever_was_asked_in_public_is_not_asked_again(house: House, clock: Clock, case: int) -> None:
    move(house, case, Status.RESOLVED)
    follow.write(house, case, Purpose.FOLLOW_UP, who="lea")
    decisions.approve(house, case, who="lea")
    decisions.by_hand(house, case, who="lea", url="https://example.invalid/2")
    assert status(house, case) is Status.RESOLVED
    clock.sleep(days=9)
    assert look_for_due(house).follow_ups == ()


def test_a_post_that_was_taken_back_is_let_alone(house: House, clock: Clock, case: int) -> None:
    house.ledger.mark_withdrawn(case, now=clock.now, why="gone")
    clock.sleep(hours=6)
    look_for_due(house)
    assert status(house, case) is Status.REPLIED
    move(house, case, Status.RESOLVED)
    clock.sleep(days=6)
    assert look_for_due(house).follow_ups == ()


def test_queue_status_and_digest_tell_whom_to_ask(house: House, clock: Clock, case: int, tmp_path: Path) -> None:
    move(house, case, Status.RESOLVED)
    clock.sleep(days=5)
    look_for_due(house)
    assert "1 more to ask whether all is well" in typed(tmp_path, "queue").out
    assert "to ask whether all is well" in typed(tmp_path, "status").out
    assert [found["case"] for found in typed(tmp_path, "queue", "--status", "follow_up_due", "--json").objects] == [
        case
    ]
    digest = compose(house, Week.of(clock.now, house.config.brand.zone))
    for language, words in (("en", "whether all is well again: 1"), ("fa", "۱"), ("ar", "١")):
        assert words in as_text(digest, language)

"""Words that are typed and not yet recorded: kept by themselves, never over others that were not seen, and let go."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from scenes import drafted, mention, take_in

from cases.drafts import text_hash
from cases.errors import NotAllowed, NotFound
from cases.lifecycle import Status
from cases.plans import Role
from store.ledger import Ledger


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


def somebody(ledger: Ledger, clock: Clock, name: str = "Sara") -> int:
    return ledger.add_person(name, Role.LEAD, by="operator", now=clock.now).id


def keep(ledger: Ledger, clock: Clock, person: int, case: int, text: str, *, follows: str = "") -> bool:
    seen = text_hash(follows) if follows else ""
    return ledger.keep_unsaved(person, case, text, draft="", follows=seen, now=clock.now).kept


def test_words_follow_the_ones_that_were_seen_and_never_replace_others(ledger: Ledger, clock: Clock) -> None:
    (case,) = take_in(ledger, mention("p1"))
    sara, omid = somebody(ledger, clock), somebody(ledger, clock, "Omid")
    assert keep(ledger, clock, sara, case, "We lost")
    assert keep(ledger, clock, sara, case, "We lost")  # an answer that was lost on its way
    assert keep(ledger, clock, sara, case, "We lost it", follows="We lost")
    assert not keep(ledger, clock, sara, case, "Sorry")
    assert not keep(ledger, clock, sara, case, "Sorry", follows="We lost")
    assert keep(ledger, clock, omid, case, "Dear Mina")
    assert [(one.by, one.text) for one in ledger.unsaved(case, now=clock.now)] == [
        ("Omid", "Dear Mina"),
        ("Sara", "We lost it"),
    ]
    ledger.drop_unsaved(sara, case)
    assert [one.by for one in ledger.unsaved(case, now=clock.now)] == ["Omid"]


def test_they_go_when_their_author_records_a_text_and_stay_when_another_does(ledger: Ledger, clock: Clock) -> None:
    (case,) = take_in(ledger, mention("p1"))
    sara, omid = somebody(ledger, clock), somebody(ledger, clock, "Omid")
    keep(ledger, clock, sara, case, "We lost it")
    keep(ledger, clock, omid, case, "Dear Mina")
    drafted(ledger, case, text=WHOLE, by="Sara")
    assert [one.by for one in ledger.unsaved(case, now=clock.now)] == ["Omid"]
    ledger.approve(case, revision=1, hash=text_hash(WHOLE), by="Omid", now=clock.now)
    assert ledger.unsaved(case, now=clock.now) == []


def test_a_forgotten_author_leaves_no_words_and_none_come_late(ledger: Ledger, clock: Clock) -> None:
    post = mention("p1")
    (case,) = take_in(ledger, post)
    sara = somebody(ledger, clock)
    keep(ledger, clock, sara, case, "Dear Mina")
    ledger.forget(post.platform, post.author, now=clock.now)
    assert ledger.unsaved(case, now=clock.now) == []
    with pytest.raises(NotAllowed, match="closed"):
        keep(ledger, clock, sara, case, "Dear Mina, again")
    with pytest.raises(NotFound):
        keep(ledger, clock, sara, 999, "Dear Mina")


def test_they_go_when_the_case_is_closed_and_after_thirty_days(ledger: Ledger, clock: Clock) -> None:
    first, second = take_in(ledger, mention("p1"), mention("p2", author="omar"))
    sara = somebody(ledger, clock)
    keep(ledger, clock, sara, first, "Dear Mina")
    keep(ledger, clock, sara, second, "Dear Ali")
    ledger.move(first, Status.ESCALATED, who="Sara", action="escalated", now=clock.now)
    assert ledger.unsaved(first, now=clock.now) != []
    ledger.move(first, Status.CLOSED, who="Omid", action="closed", now=clock.now)
    assert ledger.unsaved(first, now=clock.now) == []
    assert ledger.unsaved(second, now=clock.now + timedelta(days=31)) == []


def test_the_api_tells_both_texts_of_one_person_and_only_the_names_of_others(room: Room) -> None:
    (case,) = take_in(room.house.ledger, mention("p1"))
    sara, omid = room.come_in("Sara"), room.come_in("Omid")
    place = f"/api/unsaved/{case}"
    kept = sara.api("PUT", place, {"text": "We lost"})
    assert isinstance(kept, dict)
    assert kept["hash"] == text_hash("We lost")
    refused = sara.api("PUT", place, {"text": "Sorry"}, status=409)
    assert isinstance(refused, dict)
    assert (refused["stands"]["text"], refused["given"]) == ("We lost", "Sorry")
    sara.api("PUT", place, {"text": "Sorry", "follows": kept["hash"]})
    assert omid.api("GET", place) == {"mine": None, "others": ["Sara"]}
    mine = sara.api("GET", place)
    assert isinstance(mine, dict)
    assert mine["mine"]["text"] == "Sorry"
    gone = sara.browser.delete(room.address + place, headers={"x-csrf-token": sara.csrf}, timeout=20)
    assert gone.status_code == 204
    assert sara.api("GET", place) == {"mine": None, "others": []}
    assert sara.browser.put(room.address + place, json={"text": "x"}, timeout=20).status_code == 403

"""What changes while a page is open."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from conftest import Clock
from deskroom import Room, Seat, desk_room
from scenes import drafted, mention, take_in


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as room:
        yield room


class Stream:
    """Server-sent events as they come."""

    def __init__(self, answer: requests.Response) -> None:
        self._lines = answer.iter_lines(chunk_size=1, decode_unicode=True)

    def next(self) -> dict[str, str]:
        """The next event's fields; empty where the stream has ended."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if not line and fields:
                return fields
            name, _, value = line.partition(": ")
            if name:
                fields[name] = value
        return fields


@contextmanager
def listening(seat: Seat, after: str | None = None) -> Iterator[Stream]:
    headers = {} if after is None else {"last-event-id": after}
    with seat.browser.get(f"{seat.address}/events", headers=headers, stream=True, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        stream = Stream(answer)
        assert stream.next()["event"] == "hello"
        yield stream


def arrives(room: Room, post: str) -> int:
    """A complaint that is read, judged and drafted; its case."""
    (case,) = take_in(room.house.ledger, mention(post, "My parcel is late", author=post))
    drafted(room.house.ledger, case)
    return case


def told(event: dict[str, str]) -> list[tuple[int, str]]:
    return [(change["case"], change["action"]) for change in json.loads(event["data"])]


def test_a_case_is_told_within_two_seconds_of_its_opening(room: Room) -> None:
    with listening(room.come_in("Lea")) as stream:
        began = time.monotonic()
        case = arrives(room, "p1")
        assert (case, "opened") in told(stream.next())
        assert time.monotonic() - began < 2


def test_who_comes_back_is_told_what_they_missed_and_nothing_twice(room: Room) -> None:
    seat = room.come_in("Lea")
    first = arrives(room, "p1")
    seen = room.house.ledger.newest_event()
    second = arrives(room, "p2")
    with listening(seat, after=str(seen)) as stream:
        missed = stream.next()
        assert {case for case, _ in told(missed)} == {second}
        assert int(missed["id"]) == room.house.ledger.newest_event()
        seat.api("POST", f"/api/cases/{first}/assign", {"assignee": "Lea"})
        assert told(stream.next()) == [(first, "assigned")]


def test_an_event_says_which_case_by_whom_and_where_it_is_now_and_no_word_of_the_post(room: Room) -> None:
    case, seat = arrives(room, "p1"), room.come_in("Lea")
    with listening(seat) as stream:
        seat.api("POST", f"/api/cases/{case}/escalate", {"reason": "the secret of the lost parcel"})
        (change,) = json.loads(stream.next()["data"])
    assert change == {"case": case, "action": "escalated", "who": "Lea", "status": "escalated"}


def test_more_than_is_told_one_by_one_makes_the_page_stale(room: Room) -> None:
    case, seat = arrives(room, "p1"), room.come_in("Lea")
    for turn in range(501):
        room.house.ledger.assign(case, str(turn), who="Lea", now=room.clock())
    with listening(seat, after="1") as stream:
        assert stream.next()["event"] == "stale"


def test_the_stream_ends_with_the_session(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.live.stream.LOOK_AGAIN", timedelta(seconds=0.2))
    with listening(room.come_in("Lea")) as stream:
        room.clock.sleep(hours=13)
        assert stream.next() == {}


def test_a_page_that_listens_does_not_keep_its_session_from_ending_idle(room: Room) -> None:
    seat = room.come_in("Lea")
    with listening(seat):
        for _ in range(4):
            room.clock.sleep(seconds=room.settings.idle.total_seconds() / 3)
            answer = seat.browser.get(
                f"{seat.address}/", headers={"x-by-itself": "1"}, timeout=20, allow_redirects=False
            )
    assert answer.status_code == 303


def test_strangers_hear_nothing(room: Room) -> None:
    assert requests.get(f"{room.address}/events", timeout=20).status_code == 401

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


def looks(seat: Seat, case: int | None, *, editing: bool = False) -> None:
    """Say which case is before somebody, as their page does."""
    answer = seat.browser.put(
        f"{seat.address}/api/presence",
        json={"case": case, "editing": editing},
        headers={"x-csrf-token": seat.csrf},
        timeout=20,
    )
    assert answer.status_code == 204, answer.text


def kept(seat: Seat) -> list[tuple[int, str, str]]:
    """The views that somebody keeps."""
    found = seat.api("GET", "/api/saved-views")
    assert isinstance(found, list)
    return [(one["id"], one["name"], one["query"]) for one in found]


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


def test_others_see_who_looks_at_a_case_and_who_writes(room: Room) -> None:
    case, lea, omid = arrives(room, "p1"), room.come_in("Lea"), room.come_in("Omid")
    with listening(lea) as stream:
        looks(omid, case, editing=True)
        event = stream.next()
    assert event["event"] == "presence"
    assert json.loads(event["data"]) == {str(case): [{"name": "Omid", "editing": True}]}
    for path in ("/", f"/cases/{case}"):
        assert "is writing:" in lea.page(path)
        assert "is writing:</span><bdi>Omid" not in omid.page(path)


def test_who_says_nothing_more_is_not_there_any_more(room: Room) -> None:
    case, seat = arrives(room, "p1"), room.come_in("Lea")
    looks(seat, case)
    assert seat.api("GET", "/api/presence") == {str(case): [{"name": "Lea", "editing": False}]}
    room.clock.sleep(seconds=46)
    assert seat.api("GET", "/api/presence") == {}


def test_one_person_has_one_case_before_them(room: Room) -> None:
    first, second, seat = arrives(room, "p1"), arrives(room, "p2"), room.come_in("Lea")
    looks(seat, first)
    looks(seat, second)
    assert seat.api("GET", "/api/presence") == {str(second): [{"name": "Lea", "editing": False}]}
    looks(seat, None)
    assert seat.api("GET", "/api/presence") == {}


def test_a_kept_view_is_its_persons_own_and_leads_back_to_what_it_shows(room: Room) -> None:
    lea, omid = room.come_in("Lea"), room.come_in("Omid")
    place = lea.post("/saved-views", name="Grave <ones>", query="view=approval&severity=3")
    assert place == "/?view=approval&severity=3"
    assert "Grave &lt;ones&gt;" in lea.page("/")
    assert "Grave" not in omid.page("/")
    ((number, _, _),) = kept(lea)
    omid.api("DELETE", f"/api/saved-views/{number}", status=404)
    lea.post(f"/saved-views/{number}/delete")
    assert kept(lea) == []


def test_a_view_kept_again_under_its_name_is_replaced(room: Room) -> None:
    seat = room.come_in("Lea")
    for query in ("view=mine", "view=done"):
        seat.api("POST", "/api/saved-views", {"name": "Today", "query": query}, status=201)
    assert [(name, query) for _, name, query in kept(seat)] == [("Today", "view=done")]
    seat.api("POST", "/api/saved-views", {"name": "   ", "query": ""}, status=403)

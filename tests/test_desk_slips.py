"""What is wrong with what was sent is told by the field and the way out, in the reader's language."""

import html
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from deskroom import Room, desk_room
from scenes import drafted, mention, take_in

from cases.plans import Role
from desk.language import LANGUAGES


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def case(room: Room) -> int:
    (number,) = take_in(room.house.ledger, mention("p1", at=room.clock.now), now=room.clock.now)
    drafted(room.house.ledger, number, now=room.clock.now)
    return number


WRONG = [
    ({"act": "dismiss", "reason": ""}, "reason", "fill this in"),
    ({"act": "dismiss"}, "reason", "fill this in"),
    ({"act": "dismiss", "reason": "x" * 2_001}, "reason", "write 2000 characters at most"),
    ({"act": "correct", "severity": "9"}, "severity", "this takes 4 or less"),
    ({"act": "correct", "severity": "-1"}, "severity", "this takes 0 or more"),
    ({"act": "correct", "severity": "grave"}, "severity", "write a number, for example 12"),
    ({"act": "correct", "severity": 1.5}, "severity", "write a whole number, for example 12"),
    ({"act": "grant", "words": "a voucher", "value": "much"}, "value", "write a number, for example 12"),
    ({"act": "grant", "words": "a voucher", "value": "-1"}, "value", "this takes 0 or more"),
    ({"act": "finding", "finding": "perhaps"}, "finding", "this takes only 'not_looked_into', 'confirmed'"),
    ({"act": "dismiss", "reason": 7}, "reason", "this takes a text"),
]


@pytest.mark.parametrize(("given", "field", "told"), WRONG)
def test_a_program_is_told_the_field_by_its_name(
    room: Room, case: int, given: dict[str, object], field: str, told: str
) -> None:
    body = {name: value for name, value in given.items() if name != "act"}
    answer = room.come_in("Lea").browser.post(
        f"{room.address}/api/cases/{case}/{given['act']}",
        json=body,
        headers={"authorization": f"Bearer {token(room)}", "accept-language": "en"},
        cookies={room.settings.session_cookie: ""},
        timeout=20,
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"].startswith(f"“{field}”: {told}")


def token(room: Room) -> str:
    made = room.come_in("Omid").api("POST", "/api/me/tokens", {"label": "a program"}, status=201)
    assert isinstance(made, dict)
    return str(made["token"])


def test_several_slips_are_told_at_once(room: Room, case: int) -> None:
    seat = room.come_in("Lea")
    answer = seat.api("POST", f"/api/cases/{case}/correct", {"category": "cats", "severity": 9}, status=422)
    assert isinstance(answer, dict)
    assert "“Category”: this takes only 'late', " in answer["detail"]
    assert "; “Gravity”: this takes 4 or less" in answer["detail"], "a page's own script shows it to its reader"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "“Reason”: write 2000 characters at most"),
        ("fa", "«دلیل»: حداکثر ۲۰۰۰ نویسه بنویسید"),
        ("ar", "«السبب»: اكتبوا ٢٠٠٠ من الأحرف على الأكثر"),
    ],
)
def test_a_page_tells_it_in_its_readers_language(room: Room, case: int, language: str, told: str) -> None:
    seat = room.come_in("Lea")
    seat.post("/account", language=language, zone="")
    page = html.unescape(seat.post(f"/cases/{case}/dismiss", reason="x" * 2_001, status=422))
    assert told in page


def test_a_body_that_is_no_json_says_so(room: Room, case: int) -> None:
    seat = room.come_in("Lea")
    answer = seat.browser.post(
        f"{room.address}/api/cases/{case}/dismiss",
        data=b"{reason",
        headers={"content-type": "application/json", "x-csrf-token": seat.csrf},
        timeout=20,
    )
    assert answer.status_code == 422
    assert "the body is no JSON: " in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/cases/none", "/cases/0", "/cases/99999999999", "/nowhere"])
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_an_address_that_leads_nowhere_is_no_page_in_any_language(room: Room, path: str, language: str) -> None:
    seat = room.come_in("Lea", Role.AGENT)
    seat.post("/account", language=language, zone="")
    page = seat.page(path, status=404)
    said = {"en": "nothing stands at this address", "fa": "در این نشانی چیزی نیست", "ar": "لا شيء في هذا العنوان"}
    assert said[language] in page
    assert "Not Found" not in page

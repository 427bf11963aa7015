"""Admins see who is signed in and who let whom in; nobody else does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Clock
from deskroom import Room, desk_room

from cases.plans import Role


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


def test_an_admin_sees_who_is_signed_in_and_what_was_done_about_access(room: Room, clock: Clock) -> None:
    ada = room.come_in("Ada", Role.ADMIN)
    mina = room.house.ledger.add_person("Mina <b>", Role.AGENT, by="Ada", now=clock.now)
    later = clock.sleep(minutes=5)
    room.house.ledger.disable(mina.id, by="Ada", now=later)
    page = ada.page("/people/log")
    assert "Mina &lt;b&gt;" in page
    assert page.index("shut out") < page.index("let in")
    assert 'href="/people/log"' in ada.page("/people")
    told = ada.api("GET", "/api/people/log")
    assert isinstance(told, dict)
    assert [one["name"] for one in told["signed_in"]] == ["Ada"]
    assert [(one["who"], one["action"], one["whom"]) for one in told["log"][:2]] == [
        ("Ada", "disabled", "Mina <b>"),
        ("Ada", "added", "Mina <b>"),
    ]


def test_older_lines_follow_and_who_left_is_signed_in_no_more(room: Room, clock: Clock) -> None:
    ada = room.come_in("Ada", Role.ADMIN)
    room.come_in("Omid")
    for number in range(120):
        room.house.ledger.add_person(f"Person {number}", Role.AGENT, by="Ada", now=clock.now)
    first = ada.api("GET", "/api/people/log")
    assert isinstance(first, dict)
    rest = ada.api("GET", f"/api/people/log?before={first['log'][-1]['number']}")
    assert isinstance(rest, dict)
    assert [len(first["log"]), len(rest["log"])] == [100, 22]
    assert f'href="/people/log?before={first["log"][-1]["number"]}"' in ada.page("/people/log")
    clock.sleep(minutes=30)
    ada.page("/")
    clock.now += room.settings.idle - timedelta(minutes=15)
    still = ada.api("GET", "/api/people/log")
    assert isinstance(still, dict)
    assert [one["name"] for one in still["signed_in"]] == ["Ada"]


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD])
def test_it_is_for_admins(room: Room, role: Role) -> None:
    seat = room.come_in("Lea", role)
    for path in ("/people/log", "/api/people/log"):
        assert seat.browser.get(room.address + path, timeout=20).status_code == 403

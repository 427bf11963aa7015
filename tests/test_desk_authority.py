"""Who may decide what: each decision tried by whom it is not for, by page, by the API, and at the same moment."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from conftest import Clock
from deskroom import CONFIG, WHOLE, Room, Seat, desk_room
from scenes import COMPLAINT, drafted, mention, take_in

from cases.drafts import text_hash
from cases.lifecycle import Status
from cases.people import PERMISSIONS, Action
from cases.plans import Role
from cases.verdicts import Risk
from desk.acts import ACTS, Act

BODIES: dict[str, dict[str, object]] = {
    "approve": {"hash": text_hash(WHOLE)},
    "edit": {"hash": text_hash(WHOLE), "text": WHOLE + " Ana"},
    "correct": {"severity": 3},
    "finding": {"finding": "confirmed"},
    "plan": {"name": "approach", "value": "efficient"},
    "grant": {"words": "the fee back", "value": 1},
}
AUTHORITY = CONFIG.replace("[policy]\n", "[policy]\nauthority = { agent = 20.0, lead = 200.0 }\n")


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock, AUTHORITY) as opened:
        yield opened


def plain_case(room: Room, post: str = "p1") -> int:
    (number,) = take_in(room.house.ledger, mention(post))
    drafted(room.house.ledger, number, WHOLE)
    return number


def legal_case(room: Room, post: str = "p2") -> int:
    """A case that no agent decides alone, and that needs two."""
    legal = replace(COMPLAINT, risks=frozenset({Risk.LEGAL}))
    (number,) = take_in(room.house.ledger, mention(post), verdict=legal, at_risk=True)
    drafted(room.house.ledger, number, WHOLE)
    return number


def approve(seat: Seat, case: int, *, status: int = 200, **more: object) -> object:
    return seat.api("POST", f"/api/cases/{case}/approve", {"hash": text_hash(WHOLE), **more}, status=status)


def status_of(room: Room, case: int) -> Status:
    return room.house.ledger.case(case).status


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
@pytest.mark.parametrize("role", Role)
def test_a_stranger_decides_nothing_and_a_role_what_its_table_allows(room: Room, role: Role, act: Act) -> None:
    case = plain_case(room)
    path, body = f"/api/cases/{case}/{act.name}", BODIES.get(act.name, {"reason": "because"})
    assert requests.post(room.address + path, json=body, timeout=20).status_code == 401
    seat = room.come_in("Mina", role)
    answer = seat.browser.post(room.address + path, json=body, headers={"x-csrf-token": seat.csrf}, timeout=20)
    forbidden = answer.status_code == 403 and "takes a role of" in answer.text
    assert forbidden == (act.action not in PERMISSIONS[role])


def test_an_agent_overrides_nothing(room: Room) -> None:
    case, agent = plain_case(room), room.come_in("Mina", Role.AGENT)
    approve(agent, case, text="I'm sorry if you were upset.", override="it is fine", status=403)
    grant = {"words": "money", "value": 1, "override": "it is fine"}
    agent.api("POST", f"/api/cases/{case}/grant", grant, status=403)
    assert status_of(room, case) is Status.DRAFTED


def test_two_agents_are_not_enough_for_what_a_lead_decides(room: Room) -> None:
    case = legal_case(room)
    approve(room.come_in("Mina", Role.AGENT), case)
    approve(room.come_in("Sara", Role.AGENT), case, status=403)
    assert status_of(room, case) is Status.DRAFTED
    approve(room.come_in("Lea", Role.LEAD), case)
    assert status_of(room, case) is Status.APPROVED


def test_nobody_is_two_people(room: Room) -> None:
    case, lead = legal_case(room), room.come_in("Lea", Role.LEAD)
    approve(lead, case)
    approve(lead, case, status=403)
    approve(room.come_in("LEA", Role.LEAD), case, status=403)
    assert status_of(room, case) is Status.DRAFTED


@pytest.mark.parametrize("turn", range(3))
def test_two_agents_who_press_at_once_are_not_enough_either(room: Room, turn: int) -> None:
    case = legal_case(room, f"p{turn}")
    seats = [room.come_in(name, Role.AGENT) for name in ("Mina", "Sara", "Nora")]
    start = threading.Barrier(len(seats))
    answers: list[int] = []

    def press(seat: Seat) -> None:
        start.wait()
        path, body = f"/api/cases/{case}/approve", {"hash": text_hash(WHOLE)}
        answer = seat.browser.post(room.address + path, json=body, headers={"x-csrf-token": seat.csrf}, timeout=20)
        answers.append(answer.status_code)

    threads = [threading.Thread(target=press, args=(seat,)) for seat in seats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 403, 403]
    assert status_of(room, case) is Status.DRAFTED


def test_an_agent_does_not_hand_a_leads_case_to_themselves(room: Room) -> None:
    case, agent = legal_case(room), room.come_in("Mina", Role.AGENT)
    for name, value in (("handler", "agent"), ("handler", ""), ("wording", "full"), ("goodwill", "a new phone")):
        agent.api("POST", f"/api/cases/{case}/plan", {"name": name, "value": value}, status=403)
    agent.api("POST", f"/api/cases/{case}/plan", {"name": "handler", "value": "admin"})
    room.come_in("Lea", Role.LEAD).api("POST", f"/api/cases/{case}/plan", {"name": "handler", "value": ""}, status=403)


def test_a_grant_stays_within_the_roles_authority_in_one_piece_or_many(room: Room) -> None:
    case, agent = plain_case(room), room.come_in("Mina", Role.AGENT)
    path = f"/api/cases/{case}/grant"
    agent.api("POST", path, {"words": "a great deal", "value": 21}, status=403)
    agent.api("POST", path, {"words": "the fee back", "value": 15})
    agent.api("POST", path, {"words": "the fee again", "value": 15}, status=403)
    room.come_in("Lea", Role.LEAD).api("POST", path, {"words": "a parcel", "value": 100})
    assert room.house.ledger.granted(case=case) == 115


def test_a_form_is_refused_like_the_api(room: Room) -> None:
    case, agent = plain_case(room), room.come_in("Mina", Role.AGENT)
    agent.post(f"/cases/{case}/grant", words="a great deal", value="21", status=409)
    assert room.house.ledger.granted(case=case) == 0


def test_the_table_gives_every_action_to_somebody() -> None:
    assert frozenset().union(*PERMISSIONS.values()) == frozenset(Action)

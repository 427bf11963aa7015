"""How Amends itself does, for people and for machines."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from conftest import Clock
from deskroom import Room, desk_room
from prometheus_client.parser import text_string_to_metric_families
from scenes import drafted, draw, mention, take_in

from cases.errors import StoreError
from cases.learning import Comparison, Outcome, Training
from cases.plans import Role
from classifiers.facts import facts_of
from store.ledger import Ledger


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as room:
        yield room


def figures(room: Room, token: str) -> dict[tuple[str, str], float]:
    """Every figure by its name and its label."""
    answer = requests.get(f"{room.address}/metrics", headers={"authorization": f"Bearer {token}"}, timeout=20)
    assert answer.status_code == 200
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def a_token(room: Room) -> str:
    made = room.come_in("Lea").api("POST", "/api/me/tokens", {"label": "prometheus"}, status=201)
    assert isinstance(made, dict)
    return str(made["token"])


def test_the_page_tells_of_each_platform_when_it_was_polled_and_what_went_wrong(room: Room) -> None:
    ledger, now = room.house.ledger, room.clock()
    ledger.note_poll("sandbox", now=now - timedelta(hours=3))
    ledger.note_poll("sandbox", now=now, error="no <line> to the network")
    ledger.add_cost("bluesky", 1.5, now=now)
    page = room.come_in("Lea").page("/health")
    assert "no &lt;line&gt; to the network" in page
    assert "3 hrs" in page
    assert "1.5 USD" in page


def test_a_lead_stops_sending_on_one_platform_and_lets_it_go_on(room: Room) -> None:
    lead = room.come_in("Lea")
    lead.post("/health/pause", platform="sandbox", reason="a wrong price in our drafts")
    assert room.house.ledger.paused() == {"sandbox": "Lea: a wrong price in our drafts"}
    assert "Sending is paused on sandbox." in lead.page("/promises")
    lead.post("/health/resume", platform="sandbox")
    assert room.house.ledger.paused() == {}


def test_paused_everywhere_is_told_on_every_page(room: Room) -> None:
    lead = room.come_in("Lea")
    lead.api("POST", "/api/health/pause", {"platform": "*", "reason": "all wrong"})
    for path in ("/", "/promises", "/incidents", "/health"):
        assert "Sending is paused everywhere." in lead.page(path)
    lead.api("POST", "/api/health/resume", {"platform": "*"})
    assert "Sending is paused everywhere." not in lead.page("/")


def test_an_agent_may_look_but_not_pause(room: Room) -> None:
    agent = room.come_in("Omid", Role.AGENT)
    assert "Pause all sending" not in agent.page("/health")
    agent.api("POST", "/api/health/pause", {"platform": "*"}, status=403)
    agent.post("/health/pause", status=403, platform="*")
    assert room.house.ledger.paused() == {}


def test_a_platform_that_is_not_switched_on_cannot_be_paused(room: Room) -> None:
    room.come_in("Lea").api("POST", "/api/health/pause", {"platform": "x"}, status=404)


def test_the_api_tells_the_same_of_platforms_and_the_model(room: Room) -> None:
    room.house.ledger.note_poll("sandbox", now=room.clock() - timedelta(minutes=5))
    told = room.come_in("Lea").api("GET", "/api/health")
    assert isinstance(told, dict)
    assert {one["platform"]: one["lag"] for one in told["platforms"]} == {"sandbox": 300.0, "bluesky": None}
    measured = told["model"].pop("measured")
    assert {"en-brands", "fa-food", "ar-telecom", "written-en"} <= {row["name"] for row in measured}
    assert all(row["recall"][1] <= row["recall"][0] <= row["recall"][2] for row in measured)
    shipped = facts_of()
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", told["model"].pop("measured_on"))
    assert told["model"] == {
        "threshold": shipped.threshold,
        "looks_twice": True,
        "bytes": shipped.size,
        "model": "shipped",
        "since": None,
        "right": 0,
        "wrong": 0,
        "missed": 0,
        "hit_rate": None,
        "missed_in_all": None,
        "last_training": None,
        "last_outcome": None,
    }


def test_the_page_tells_how_the_model_reads_and_what_was_measured(room: Room) -> None:
    page = room.come_in("Lea").page("/health")
    assert "an encoder for the doubtful ones" in page
    assert f"{facts_of().threshold:.0%}" in page
    assert "on posts that training never saw" in page
    assert '<bdi dir="ltr">written-fa</bdi>' in page
    lines = (Comparison("all", 90, 30, 0.71, 0.74, 0.0, 0.05), Comparison("en", 90, 30, 0.71, 0.74, 0.0, 0.05))
    training = Training(room.clock(), "amends", "shipped", "abc", "shipped", 45, Outcome.NOT_BETTER, "why", lines)
    room.house.ledger.note_training(training)
    page = room.come_in("Lea").page("/health")
    assert "The comparison of the last training" in page
    assert "0.74" in page
    assert "that made it the champion" not in page


def test_a_model_whose_file_is_gone_is_told_and_the_page_stands(room: Room) -> None:
    room.house.ledger.crown("gone", who="Lea", why="", now=room.clock())
    seat = room.come_in("Lea")
    page = seat.page("/health")
    assert "has no model gone" in page
    told = seat.api("GET", "/api/health")
    assert isinstance(told, dict)
    assert (told["model"]["model"], told["model"]["threshold"], told["model"]["measured"]) == ("gone", None, [])


def test_the_models_hit_rate_is_what_people_said_of_its_verdicts(room: Room) -> None:
    ledger, lead = room.house.ledger, room.come_in("Lea")
    for number in range(4):
        (case,) = take_in(ledger, mention(f"p{number}", "My parcel is late", author=f"a{number}"))
        drafted(ledger, case)
        if number == 0:
            lead.api("POST", f"/api/cases/{case}/not-a-complaint", {})
        else:
            lead.api("POST", f"/api/cases/{case}/correct", {"category": "lost"})
    told = lead.api("GET", "/api/health")
    assert isinstance(told, dict)
    assert told["model"]["wrong"] == 1


def test_healthz_is_for_anybody_and_tells_only_whether_all_is_well(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = requests.get(f"{room.address}/healthz", timeout=20)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})

    def broken(_: Ledger) -> int:
        message = "the disk is gone"
        raise StoreError(message)

    monkeypatch.setattr(Ledger, "newest_event", broken)
    answer = requests.get(f"{room.address}/healthz", timeout=20)
    assert (answer.status_code, answer.json()) == (503, {"ok": False})


def test_metrics_count_cases_sends_and_drafts_and_time_the_polls(room: Room) -> None:
    ledger = room.house.ledger
    for number in range(3):
        (case,) = take_in(ledger, mention(f"p{number}", "My parcel is late", author=f"a{number}"))
        drafted(ledger, case)
    ledger.note_poll("sandbox", now=room.clock() - timedelta(seconds=90))
    ledger.pause(None, who="Lea", now=room.clock())
    found = figures(room, a_token(room))
    assert found["amends_cases", "drafted"] == 3
    assert found["amends_cases", "unknown"] == 0
    assert found["amends_drafts_total", ""] == 3
    assert found["amends_sends", "posted"] == 0
    assert found["amends_poll_lag_seconds", "sandbox"] == 90
    assert ("amends_poll_lag_seconds", "bluesky") not in found
    assert found["amends_sending_paused", "bluesky"] == 1


def test_metrics_are_not_for_strangers(room: Room) -> None:
    assert requests.get(f"{room.address}/metrics", timeout=20, allow_redirects=False).status_code == 401


def test_the_page_tells_what_the_sample_says_and_how_the_last_training_ended(room: Room, clock: Clock) -> None:
    ledger = room.house.ledger
    lea = room.come_in("Lea")
    assert "nothing was looked at yet" in lea.page("/health")
    (post, _) = draw(ledger, clock.now, ("p1", "On Tuesday. As if."), ("p2", "Lovely weather"))
    ledger.flag(post, who="Lea", due_at=clock.now, now=clock.now)
    why = "nobody has decided much"
    ledger.note_training(Training(clock.now, "Lea", "shipped", "", "shipped", 3, Outcome.TOO_FEW, why))
    clock.sleep(minutes=1)
    page = lea.page("/health")
    assert "nothing was looked at yet" not in page
    assert "about 200, between" in page
    assert "too few" in page
    told = lea.api("GET", "/api/health")
    assert isinstance(told, dict)
    assert told["model"]["missed_in_all"] == pytest.approx(200)
    assert told["model"]["last_outcome"] == "too_few"

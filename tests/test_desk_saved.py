"""Replies that a team keeps: who writes them, what is checked, and how they stand in a case's editor."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from deskroom import Room, desk_room
from scenes import COMPLAINT, drafted, mention, take_in
from typer.testing import CliRunner

from cases.errors import NotAllowed, NotFound
from cases.plans import Role
from cases.saved import MOST_SAVED, NewReply, fill
from cases.verdicts import Category
from monitor.cli import app
from store.ledger import Ledger

SORRY = "Hello {name}, we lost your parcel and I'm sorry. {signature}"


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


def test_they_are_kept_changed_and_dropped_with_who_and_when(ledger: Ledger, clock: Clock) -> None:
    first = ledger.add_saved_reply(NewReply(" Lost  parcel ", "EN", SORRY, Category.LOST), who="Lea", now=clock.now)
    assert (first.title, first.language, first.category, first.by, first.at) == (
        "Lost parcel",
        "en",
        Category.LOST,
        "Lea",
        clock.now,
    )
    later = clock.sleep(hours=1)
    changed = ledger.change_saved_reply(first.id, NewReply("Lost", "en-gb", "We lost it."), who="Omid", now=later)
    assert (changed.title, changed.category, changed.by, changed.at) == ("Lost", None, "Omid", later)
    assert ledger.saved_replies("en") == [changed] == ledger.saved_replies()
    assert ledger.saved_replies("e") == []
    ledger.drop_saved_reply(first.id)
    for gone in (ledger.saved_reply, ledger.drop_saved_reply):
        with pytest.raises(NotFound, match="no saved reply"):
            gone(first.id)
    with pytest.raises(NotFound, match="no saved reply"):
        ledger.change_saved_reply(first.id, NewReply("Lost", "en", "We lost it."), who="Omid", now=later)


def test_one_title_stands_once_in_a_language_and_there_is_an_end_to_them(ledger: Ledger, clock: Clock) -> None:
    first = ledger.add_saved_reply(NewReply("Lost", "en", "We lost it."), who="Lea", now=clock.now)
    other = ledger.add_saved_reply(NewReply("Lost", "fa", "گم کردیم."), who="Lea", now=clock.now)
    with pytest.raises(NotAllowed, match="called Lost"):
        ledger.add_saved_reply(NewReply("Lost", "en", "Gone."), who="Lea", now=clock.now)
    with pytest.raises(NotAllowed, match="called Lost"):
        ledger.change_saved_reply(other.id, NewReply("Lost", "en", "Gone."), who="Lea", now=clock.now)
    ledger.change_saved_reply(first.id, NewReply("Lost", "en", "Gone."), who="Lea", now=clock.now)
    for number in range(MOST_SAVED - 2):
        ledger.add_saved_reply(NewReply(f"No {number}", "en", "We lost it."), who="Lea", now=clock.now)
    with pytest.raises(NotAllowed, match="remove one"):
        ledger.add_saved_reply(NewReply("One more", "en", "We lost it."), who="Lea", now=clock.now)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (NewReply(" ", "en", "We lost it."), "title"),
        (NewReply("t" * 81, "en", "We lost it."), "title"),
        (NewReply("Lost", "english", "We lost it."), "no tag"),
        (NewReply("Lost", "en", " "), "a text"),
        (NewReply("Lost", "en", "Hello {nmae}"), "in braces"),
        (NewReply("Lost", "en", "Hello {{name}}"), "in braces"),
        (NewReply("Lost", "en", "Hello {name.upper()}"), "in braces"),
        (NewReply("Lost", "en", "Hello {name"), "in braces"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(given: NewReply, why: str) -> None:
    with pytest.raises(NotAllowed, match=why):
        given.checked()


def test_places_are_filled_once_and_what_is_put_in_is_data() -> None:
    assert fill("{name}: {link}", {"name": "{link} {0} %s", "link": "https://a.invalid"}) == (
        "{link} {0} %s: https://a.invalid"
    )


def test_a_lead_keeps_them_and_an_agent_sees_them(room: Room) -> None:
    lead, agent = room.come_in("Lea"), room.come_in("Ali", Role.AGENT)
    assert lead.post("/saved-replies", title="Lost <b>", language="en", category="lost", text=SORRY) == "/saved-replies"
    page = agent.page("/saved-replies")
    assert "Lost &lt;b&gt;" in page
    assert "We lost it" not in page
    assert 'action="/saved-replies' not in page
    (kept,) = room.house.ledger.saved_replies()
    lead.post(f"/saved-replies/{kept.id}", title="Lost", language="en", text="We lost it.")
    assert [one.text for one in room.house.ledger.saved_replies()] == ["We lost it."]
    lead.post(f"/saved-replies/{kept.id}/delete")
    assert room.house.ledger.saved_replies() == []


def test_what_would_make_things_worse_is_refused_and_stays_typed(room: Room) -> None:
    worse = "We are sorry if you felt upset."
    page = room.come_in("Lea").post("/saved-replies", title="Sorry", language="en", text=worse, status=409)
    assert worse in page
    assert "this can&#39;t" in page
    assert room.house.ledger.saved_replies() == []


def test_faults_that_stop_nothing_are_told_beside_the_text(room: Room) -> None:
    lead = room.come_in("Lea")
    lead.post("/saved-replies", title="Waiting", language="en", text="Waiting is maddening. We lost it.")
    assert "the brand never uses this word" in lead.page("/saved-replies")


def test_a_case_offers_those_of_its_language_and_category_filled_in(room: Room) -> None:
    ledger, now = room.house.ledger, room.clock.now
    (case,) = take_in(ledger, mention("p1", author="ines"))
    drafted(ledger, case)
    for title, language, category in [
        ("Any trouble", "en", None),
        ("Late parcel", "en", COMPLAINT.category),
        ("Staff", "en", Category.STAFF),
        ("دیرکرد", "fa", None),
    ]:
        ledger.add_saved_reply(NewReply(title, language, "Hi {name}. {link} {signature}", category), who="Lea", now=now)
    page = room.come_in("Lea").page(f"/cases/{case}")
    assert 'data-text="Hi Ines. https://example.invalid/ines/p1 Ana"' in page
    assert page.index(">Late parcel<") < page.index(">Any trouble<")
    assert ">Staff<" not in page
    assert ">دیرکرد<" not in page


def test_programs_keep_them_too(room: Room) -> None:
    lead = room.come_in("Lea")
    given = {"title": "Lost", "language": "en", "text": SORRY, "category": "lost"}
    kept = lead.api("POST", "/api/saved-replies", given, status=201)
    assert isinstance(kept, dict)
    assert kept | given == kept
    number = kept["number"]
    lead.api("POST", "/api/saved-replies", given, status=403)
    lead.api("PUT", f"/api/saved-replies/{number}", {**given, "title": "Gone"})
    listed = lead.api("GET", "/api/saved-replies")
    assert isinstance(listed, list)
    assert [one["title"] for one in listed] == ["Gone"]
    answer = lead.browser.delete(
        f"{room.address}/api/saved-replies/{number}", headers={"x-csrf-token": lead.csrf}, timeout=20
    )
    assert answer.status_code == 204
    lead.api("PUT", f"/api/saved-replies/{number}", given, status=404)


def test_the_terminal_lists_adds_and_removes_them(room: Room, tmp_path: Path) -> None:
    config = ["--config", str(room.house.config.path)]
    file = tmp_path / "reply.txt"
    file.write_text(SORRY, encoding="utf-8")
    run = CliRunner().invoke
    added = run(app, [*config, "saved", "add", "Lost", "--as", "Lea", "--language", "en", "--text-file", str(file)])
    assert added.exit_code == 0, added.output
    listed = run(app, [*config, "saved", "list", "--json"])
    told = json.loads(listed.stdout)
    assert (told["title"], told["text"], told["by"]) == ("Lost", SORRY, "Lea")
    assert "Lost" in run(app, [*config, "saved", "list"]).output
    removed = run(app, [*config, "saved", "remove", str(told["number"])])
    assert removed.exit_code == 0
    assert "No reply is saved" in run(app, [*config, "saved", "list"]).output
    assert run(app, [*config, "saved", "remove", str(told["number"])]).exit_code == 1

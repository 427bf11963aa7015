"""People, sessions, one-time links, tokens and attempts, as the store keeps them."""

import threading
from datetime import timedelta

import pytest
from conftest import Clock

from cases.errors import NotAllowed, NotFound
from cases.people import LinkPurpose, Person
from cases.plans import Role
from store.ledger import Ledger

IDLE = timedelta(hours=1)


def add(ledger: Ledger, clock: Clock, name: str = "Mina", role: Role = Role.AGENT) -> Person:
    return ledger.add_person(name, role, by="a test", now=clock())


def test_a_person_is_found_however_their_name_is_written(ledger: Ledger, clock: Clock) -> None:
    mina = add(ledger, clock)
    assert ledger.person_named("MINA") == mina == ledger.person(mina.id)
    assert ledger.person_named("Mira") is None
    assert [person.name for person in ledger.people()] == ["Mina"]


@pytest.mark.parametrize("name", ["mina", "ＭＩＮＡ", "  Mina "])
def test_two_people_never_share_a_name_that_reads_alike(ledger: Ledger, clock: Clock, name: str) -> None:
    add(ledger, clock)
    with pytest.raises(NotAllowed, match="already"):
        add(ledger, clock, name)


@pytest.mark.parametrize("name", ["", "   ", "amends", "a" * 65, "Mi\u202ena", "Mi\0na"])
def test_a_name_is_short_visible_and_nobody_elses(ledger: Ledger, clock: Clock, name: str) -> None:
    with pytest.raises(NotAllowed):
        add(ledger, clock, name)


def test_the_last_admin_can_neither_be_shut_out_nor_given_a_lesser_role(ledger: Ledger, clock: Clock) -> None:
    first = add(ledger, clock, "Ana", Role.ADMIN)
    with pytest.raises(NotAllowed, match="only admin"):
        ledger.disable(first.id, by="Ana", now=clock())
    with pytest.raises(NotAllowed, match="only admin"):
        ledger.set_role(first.id, Role.LEAD, by="Ana", now=clock())
    second = add(ledger, clock, "Mina", Role.ADMIN)
    assert ledger.set_role(first.id, Role.LEAD, by="Mina", now=clock()).role is Role.LEAD
    with pytest.raises(NotAllowed, match="only admin"):
        ledger.disable(second.id, by="Mina", now=clock())


def test_a_first_admin_is_made_once(ledger: Ledger, clock: Clock) -> None:
    ledger.add_person("Ana", Role.ADMIN, by="Ana", now=clock(), first=True)
    with pytest.raises(NotAllowed, match="admin already"):
        ledger.add_person("Eve", Role.ADMIN, by="Eve", now=clock(), first=True)
    assert ledger.has_admin()


def test_a_session_ends_by_its_end_even_in_use(ledger: Ledger, clock: Clock) -> None:
    mina = add(ledger, clock)
    ledger.begin_session("h1", mina.id, ends_at=clock() + timedelta(hours=3), now=clock())
    for _ in range(5):
        assert ledger.session("h1", idle=IDLE, now=clock.sleep(minutes=35)) == mina.id
    assert ledger.session("h1", idle=IDLE, now=clock.sleep(minutes=35)) is None


def test_a_session_ends_by_idleness(ledger: Ledger, clock: Clock) -> None:
    mina = add(ledger, clock)
    ledger.begin_session("h1", mina.id, ends_at=clock() + timedelta(hours=12), now=clock())
    assert ledger.session("h1", idle=IDLE, now=clock.sleep(minutes=59)) == mina.id
    assert ledger.session("h1", idle=IDLE, now=clock.sleep(minutes=59)) == mina.id
    assert ledger.session("h1", idle=IDLE, now=clock.sleep(minutes=61)) is None


def test_shutting_somebody_out_ends_all_that_they_hold(ledger: Ledger, clock: Clock) -> None:
    mina = add(ledger, clock)
    ledger.begin_session("h1", mina.id, ends_at=clock() + IDLE, now=clock())
    ledger.add_link("h2", LinkPurpose.INVITATION, person=mina.id, ends_at=clock() + IDLE, now=clock())
    ledger.add_token("h3", mina.id, label="script", now=clock())
    assert ledger.disable(mina.id, by="Ana", now=clock()).disabled
    assert ledger.session("h1", idle=IDLE, now=clock()) is None
    assert ledger.link("h2", now=clock()) is None
    assert ledger.token("h3", now=clock()) is None
    assert not ledger.enable(mina.id, by="Ana", now=clock()).disabled
    assert ledger.token("h3", now=clock()) is None


def test_of_two_who_open_a_link_at_once_one_gets_it(ledger: Ledger, clock: Clock) -> None:
    ledger.add_link("h1", LinkPurpose.FIRST_ADMIN, ends_at=clock() + IDLE, now=clock())
    got: list[bool] = []

    def spend() -> None:
        got.append(ledger.use_link("h1", now=clock()) is not None)

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False, False, False, True]


def test_a_link_lapses_with_time_and_when_a_newer_one_is_made(ledger: Ledger, clock: Clock) -> None:
    mina = add(ledger, clock)
    for digest in ("h1", "h2"):
        ledger.add_link(digest, LinkPurpose.INVITATION, person=mina.id, ends_at=clock() + IDLE, now=clock())
    assert ledger.link("h1", now=clock()) is None
    assert ledger.link("h2", now=clock()) is not None
    assert ledger.link("h2", now=clock.sleep(hours=1)) is None


def test_a_token_is_revoked_by_its_owner_alone(ledger: Ledger, clock: Clock) -> None:
    mina, eve = add(ledger, clock), add(ledger, clock, "Eve")
    token = ledger.add_token("h1", mina.id, label="script", now=clock())
    with pytest.raises(NotFound):
        ledger.revoke_token(token.id, person=eve.id, now=clock())
    assert ledger.token("h1", now=clock()) == mina.id
    assert [one.label for one in ledger.tokens(mina.id)] == ["script"]
    ledger.revoke_token(token.id, person=mina.id, now=clock())
    assert (ledger.token("h1", now=clock()), ledger.tokens(mina.id)) == (None, [])


def test_a_name_at_the_provider_that_is_given_to_somebody_else_opens_nothing(ledger: Ledger, clock: Clock) -> None:
    mina = ledger.add_person("Mina", Role.AGENT, by="Ana", now=clock(), sso="mina@example.com")
    found = ledger.person_known_as(subject="idp 1", sso="mina@example.com", now=clock())
    assert found is not None
    assert found.id == mina.id
    assert ledger.person_known_as(subject="idp 2", sso="mina@example.com", now=clock()) is None
    again = ledger.person_known_as(subject="idp 1", sso="renamed@example.com", now=clock())
    assert again is not None
    assert again.id == mina.id


def test_attempts_at_once_are_all_counted_before_any_is_looked_at(ledger: Ledger, clock: Clock) -> None:
    def wait(count: int) -> timedelta:
        return timedelta(minutes=1) if count >= 3 else timedelta()

    allowed: list[bool] = []

    def attempt() -> None:
        allowed.append(ledger.begin_attempt({"name": wait}, now=clock()) is None)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert allowed.count(True) == 3
    assert ledger.begin_attempt({"name": wait}, now=clock()) == clock() + timedelta(minutes=1)
    ledger.clear_attempts("name")
    assert ledger.begin_attempt({"name": wait}, now=clock()) is None

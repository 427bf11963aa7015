"""What becomes of a promise from its approval on: its owner, kept, broken, withdrawn; where it is shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from scenes import mention, take_in
from typed import typed

from cases.errors import NotAllowed, NotFound
from cases.lifecycle import Status
from cases.promises import Promise, PromiseState
from cases.weeks import Week
from desk import decisions
from monitor.config import load_config
from monitor.digest.compose import compose
from monitor.digest.render import as_text
from monitor.house import House

WHOLE = (
    "We lost your parcel. That is our fault, and I'm sorry. Waiting for nothing is maddening. I'm finding out why it "
    "happened and will tell you within 3 hours. Send me a private message so that I can put this right. Ana"
)


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    path = tmp_path / "config.toml"
    text = '[brand]\nname = "Parcelo"\ntimezone = "Europe/Berlin"\n[platforms.sandbox]\n'
    path.write_text(text, encoding="utf-8")
    with House(load_config(path), clock=clock) as opened:
        yield opened


def promised(house: House) -> int:
    """A case whose approved text promises a word within three hours."""
    (case,) = take_in(house.ledger, mention("p1"))
    decisions.approve(house, case, who="lea", text=WHOLE)
    return case


def answered(house: House) -> int:
    case = promised(house)
    decisions.by_hand(house, case, who="lea", url="https://example.invalid/1")
    return case


def the_promise(house: House, case: int) -> Promise:
    (one,) = house.ledger.promises(tuple(PromiseState), case=case)
    return one


def test_an_approved_text_leaves_its_promise_with_who_approved_it(house: House, clock: Clock) -> None:
    one = the_promise(house, promised(house))
    assert (one.owner, one.state, one.spoken.words) == ("lea", PromiseState.OPEN, "within 3 hours")
    assert WHOLE[one.spoken.start : one.spoken.end] == "within 3 hours"
    assert (one.spoken.due_at - clock.now).total_seconds() == 3 * 3600


def test_an_approval_that_is_taken_back_promised_nothing(house: House) -> None:
    case = promised(house)
    decisions.undo(house, case, who="lea")
    assert the_promise(house, case).state is PromiseState.WITHDRAWN


def test_a_promise_whose_moment_has_passed_is_broken(house: House, clock: Clock) -> None:
    case = answered(house)
    assert house.ledger.broken_promises(clock.now) == 0
    clock.sleep(hours=4)
    assert the_promise(house, case).broken(clock.now)
    assert house.ledger.broken_promises(clock.now) == 1


@pytest.mark.parametrize("status", [Status.IN_PRIVATE, Status.RESOLVED])
def test_a_later_word_in_private_keeps_it(house: House, clock: Clock, status: Status) -> None:
    case = answered(house)
    clock.sleep(hours=1)
    house.ledger.move(case, status, who="bo", action=str(status), now=clock.now)
    one = the_promise(house, case)
    assert (one.state, one.settled_by, one.broken(clock.now)) == (PromiseState.KEPT, "bo", False)


def test_a_later_word_in_public_keeps_what_was_promised_before(house: House, clock: Clock) -> None:
    case = answered(house)
    clock.sleep(hours=4)
    take_in(house.ledger, mention("p2", "And now?", thread="p1", parent="p1", at=clock.now), now=clock.now)
    decisions.approve(house, case, who="lea", text=WHOLE + "!")
    assert [one.state for one in house.ledger.promises(case=case)] == [PromiseState.OPEN] * 2
    decisions.by_hand(house, case, who="lea", url="https://example.invalid/2")
    first, second = house.ledger.promises(tuple(PromiseState), case=case)
    assert (first.state, second.state) == (PromiseState.KEPT, PromiseState.OPEN)
    assert first.broken(clock.now), "it was kept, and late"


def test_a_person_says_that_it_was_kept_once(house: House, clock: Clock) -> None:
    one = the_promise(house, answered(house))
    assert house.ledger.keep_promise(one.id, who="bo", now=clock.now).state is PromiseState.KEPT
    with pytest.raises(NotAllowed, match="kept already"):
        house.ledger.keep_promise(one.id, who="bo", now=clock.now)
    with pytest.raises(NotFound, match="amends promises"):
        house.ledger.keep_promise(99, who="bo", now=clock.now)


def test_who_forgets_a_person_forgets_the_words_too(house: House, clock: Clock) -> None:
    case = answered(house)
    house.ledger.forget("sandbox", "ines", now=clock.now)
    assert the_promise(house, case).spoken.words == ""


def test_the_digest_counts_promises_that_are_overdue(house: House, clock: Clock) -> None:
    answered(house)
    clock.sleep(hours=4)
    digest = compose(house, Week.of(clock.now, house.config.brand.zone))
    assert digest.broken_promises == 1
    assert "Promises to customers that are overdue: 1" in as_text(digest, "en")


def test_the_terminal_lists_keeps_and_counts_promises(house: House, tmp_path: Path) -> None:
    """The clock of the terminal is the real one, so a promise of the scene's Monday may be due or overdue by then."""
    case = answered(house)
    (listed,) = typed(tmp_path, "promises", "--json").objects
    assert (listed["case"], listed["owner"], listed["words"]) == (case, "lea", "within 3 hours")
    assert "promises open" in typed(tmp_path, "status").out
    shown = typed(tmp_path, "show", str(case), "--json").objects[0]
    assert shown["promises"] == [listed]
    assert typed(tmp_path, "promise", str(listed["promise"]), "--as", "bo").status == 2
    assert typed(tmp_path, "promise", str(listed["promise"]), "--as", "bo", "--kept").status == 0
    assert typed(tmp_path, "promises", "--json").objects == []
    assert typed(tmp_path, "promises", "--all", "--json").objects[0]["state"] == "kept"


def test_lint_hints_gently_at_a_missing_date(tmp_path: Path) -> None:
    answer = typed(tmp_path, "lint", "--json", stdin="I'm sorry that we lost it.\nI'll write to you tomorrow.\n")
    assert [[hint["name"] for hint in found["hints"]] for found in answer.objects] == [["no_date"], []]

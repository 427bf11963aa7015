"""What comes after the answer, as it is typed at the terminal."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Clock
from scenes import COMPLAINT, mention, take_in
from typed import sandbox_folder, typed

from store.ledger import Ledger

WHOLE = (
    "We lost your parcel. That is our fault, and I'm sorry. Waiting for nothing is maddening. I'm finding out why it "
    "happened and will tell you within 3 hours. Send me a private message so that I can put this right. Ana"
)


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Path:
    """A sandbox with one case, of a parcel that is late."""
    folder = sandbox_folder(tmp_path)
    with Ledger.open(f"sqlite:///{folder / 'amends.db'}") as ledger:
        take_in(ledger, mention("p1"), verdict=COMPLAINT, now=clock.now)
    return folder


@pytest.mark.parametrize("purpose", ["private", "update", "settled", "follow-up"])
def test_a_text_is_printed_to_copy_and_nothing_is_stored(folder: Path, purpose: str) -> None:
    before = typed(folder, "show", "1", "--json").objects
    answer = typed(folder, "text", "1", "--purpose", purpose)
    assert answer.status == 0
    assert answer.out.strip().endswith("Ana")
    (told,) = typed(folder, "text", "1", "--purpose", purpose, "--json").objects
    assert (told["case"], told["purpose"], told["language"]) == (1, purpose.replace("-", "_"), "en")
    assert told["text"] == answer.out.strip()
    assert typed(folder, "show", "1", "--json").objects == before


def test_a_text_that_runs_to_the_left_is_copied_as_it_is(folder: Path, clock: Clock) -> None:
    with Ledger.open(f"sqlite:///{folder / 'amends.db'}") as ledger:
        take_in(ledger, mention("p2", "؟", author="omid"), verdict=replace(COMPLAINT, language="fa"), now=clock.now)
    (told,) = typed(folder, "text", "2", "--json").objects
    assert typed(folder, "text", "2").out == told["text"] + "\n"


def test_the_private_message_is_what_is_printed_where_nothing_else_is_asked_for(folder: Path) -> None:
    assert "fair" in typed(folder, "text", "1").out


def test_the_answer_is_no_text_that_comes_after_it(folder: Path) -> None:
    answer = typed(folder, "text", "1", "--purpose", "answer")
    assert answer.status == 2
    assert "private" in answer.err


def test_a_further_word_is_drafted_given_up_and_approved_at_the_terminal(folder: Path) -> None:
    answer = folder / "answer.txt"
    answer.write_text(WHOLE, encoding="utf-8")
    assert typed(folder, "follow-up", "1", "update", "--as", "lea").status == 1
    assert typed(folder, "approve", "1", "--as", "lea", "--text-file", str(answer)).status == 0
    assert typed(folder, "by-hand", "1", "--as", "lea", "--url", "https://example.invalid/1").status == 0
    told = typed(folder, "follow-up", "1", "update", "--as", "lea")
    assert (told.status, "approve 1 --as lea" in told.out, "drop 1 --as lea" in told.out) == (0, True, True)
    (shown,) = typed(folder, "queue", "--json").objects
    assert (shown["status"], shown["purpose"]) == ("drafted", "update")
    assert shown["draft"] in told.out
    assert "update draft" in typed(folder, "queue").out
    assert typed(folder, "drop", "1", "--as", "lea", "--reason", "told by phone").status == 0
    assert typed(folder, "show", "1", "--json").objects[0]["status"] == "replied"
    own = "I'm sorry, it takes longer than I wanted. You'll hear from me tomorrow. Ana"
    assert typed(folder, "follow-up", "1", "update", "--as", "lea", "--text-file", "-", stdin=own).status == 0
    assert typed(folder, "approve", "1", "--as", "lea").status == 0
    assert typed(folder, "show", "1", "--json").objects[0]["draft"] == own


def test_closing_an_incident_offers_a_word_to_those_affected_and_drafts_it_when_told(folder: Path) -> None:
    assert typed(folder, "approve", "1", "--as", "lea", "--text-file", "-", stdin=WHOLE).status == 0
    assert typed(folder, "by-hand", "1", "--as", "lea", "--url", "https://example.invalid/1").status == 0
    declare = ("incident", "declare", "belt", "--as", "lea", "--keyword", "en=parcel")
    assert typed(folder, *declare).status == 0
    assert "follow-up CASE settled" in typed(folder, "incident", "close", "belt", "--as", "lea").out
    assert typed(folder, "queue", "--json").objects == []
    assert typed(folder, *declare).status == 0
    told = typed(folder, "incident", "close", "belt", "--as", "lea", "--tell")
    assert "a settled line waits for approval" in told.out
    (waiting,) = typed(folder, "queue", "--json").objects
    assert (waiting["case"], waiting["purpose"], waiting["faults"]) == (1, "settled", [])

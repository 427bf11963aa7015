"""What the store keeps of further words and of what falls due, on each kind of database."""

from datetime import timedelta

import pytest
from scenes import MORNING, approved, mention, take_in

from cases.drafts import Draft
from cases.errors import NotAllowed, Overtaken
from cases.lifecycle import Status
from cases.platform import Reply
from cases.promises import Spoken
from cases.purposes import Purpose
from store.ledger import Ledger

LEASE = timedelta(minutes=2)
NOON = MORNING + timedelta(hours=4)


def posted(ledger: Ledger, case: int, key: str) -> None:
    """What was approved stands in public."""
    intent, text = ledger.begin(case, owner="one", lease=LEASE, key=key, now=MORNING)
    ledger.posted(intent.id, Reply(key, f"https://example.invalid/{key}", text.text, MORNING), now=MORNING)


def add(ledger: Ledger, case: int, text: str, purpose: Purpose | None, *, expect: Status | None = None) -> Draft:
    return ledger.add_draft(
        case,
        text=text,
        by="amends",
        language="en",
        components=(),
        faults=(),
        plan="{}",
        now=MORNING,
        purpose=purpose,
        expect=expect,
    )


@pytest.fixture
def case(ledger: Ledger) -> int:
    """A case whose answer stands and promised a word by noon."""
    (number,) = take_in(ledger, mention("p1"))
    draft = ledger.add_draft(
        number, text="I'm sorry.", by="amends", language="en", components=(), faults=(), plan="{}", now=MORNING
    )
    spoken = Spoken("by noon", 0, 7, NOON)
    ledger.approve(number, revision=1, hash=draft.hash, by="ana", promises=[spoken], now=MORNING)
    posted(ledger, number, "k1")
    return number


def test_each_purpose_is_said_once_under_a_post(ledger: Ledger, case: int) -> None:
    for number, purpose in enumerate((Purpose.UPDATE, Purpose.SETTLED, Purpose.FOLLOW_UP), 2):
        draft = add(ledger, case, f"Word {number}.", purpose)
        ledger.approve(case, revision=draft.revision, hash=draft.hash, by="ana", now=MORNING)
        posted(ledger, case, f"k{number}")
        assert ledger.said(case)[purpose] == f"https://example.invalid/k{number}"
        with pytest.raises(NotAllowed, match=f"https://example.invalid/k{number}"):
            add(ledger, case, "Once more.", purpose)
    assert ledger.case(case).status is Status.RESOLVED
    assert len(ledger.intents(case)) == 4


def test_an_approval_binds_what_a_text_is_for(ledger: Ledger, case: int) -> None:
    """The same words for another purpose are another draft, and have to be approved as such."""
    update = add(ledger, case, "It is settled.", Purpose.UPDATE)
    ledger.approve(case, revision=update.revision, hash=update.hash, by="ana", now=MORNING)
    settled = add(ledger, case, "It is settled.", Purpose.SETTLED)
    assert settled.revision == update.revision + 1
    assert ledger.case(case).approvals == ()


def test_a_revision_is_for_what_the_draft_before_was_for(ledger: Ledger, case: int) -> None:
    add(ledger, case, "A word.", Purpose.UPDATE)
    found = ledger.case(case)
    assert ledger.next_purpose(found) is Purpose.UPDATE
    assert add(ledger, case, "Another.", ledger.next_purpose(found)).purpose is Purpose.UPDATE


def test_of_two_who_draft_at_once_one_is_told(ledger: Ledger, case: int) -> None:
    add(ledger, case, "A word.", Purpose.UPDATE, expect=Status.REPLIED)
    with pytest.raises(Overtaken):
        add(ledger, case, "Another.", Purpose.UPDATE, expect=Status.REPLIED)


def test_the_first_promise_of_a_case_falls_due_and_is_taken_up_once(ledger: Ledger, case: int) -> None:
    assert ledger.promises_due(NOON - timedelta(seconds=1)) == []
    (promise,) = ledger.promises_due(NOON)
    assert (promise.case, promise.spoken.words) == (case, "by noon")
    taken = ledger.note_due(promise, why="word is due", now=NOON)
    assert taken is not None
    assert (taken.status, taken.reason) == (Status.REPLIED, "word is due")
    assert ledger.note_due(promise, why="word is due", now=NOON) is None
    assert ledger.promises_due(NOON) == []


def test_who_has_no_answer_yet_is_promised_nothing_that_falls_due(ledger: Ledger) -> None:
    (number,) = take_in(ledger, mention("p2", author="omar"))
    approved(ledger, number)
    assert ledger.promises_due(NOON + timedelta(days=9)) == []


def test_settled_matters_come_up_after_their_time_and_once(ledger: Ledger, case: int) -> None:
    ledger.move(case, Status.RESOLVED, who="ana", action="resolved", now=NOON)
    assert ledger.settled_before(NOON - timedelta(seconds=1)) == []
    assert ledger.settled_before(NOON) == [case]
    ledger.move(case, Status.FOLLOW_UP_DUE, who="amends", action="follow_up_due", now=NOON)
    assert ledger.follow_ups_due() == 1
    ledger.move(case, Status.IN_PRIVATE, who="ana", action="in_private", now=NOON)
    ledger.move(case, Status.RESOLVED, who="ana", action="resolved", now=NOON)
    assert ledger.settled_before(NOON) == []

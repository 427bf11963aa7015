"""How far a public message has got, and that it never goes twice, on each kind of database."""

from datetime import timedelta
from functools import partial

import pytest
from scenes import MORNING, approved, drafted, mention, take_in
from test_ledger_decisions import at_once

from cases.case import Intent, IntentState
from cases.drafts import text_hash
from cases.errors import CaseError, MoveRefused, NotAllowed, Overtaken
from cases.lifecycle import Status
from cases.platform import Reply
from store.ledger import Ledger

UNDO = timedelta(seconds=10)
LEASE = timedelta(minutes=2)
SETTLE = timedelta(seconds=30)
AGAIN = timedelta(seconds=15)


def begun(ledger: Ledger, case: int, key: str = "k1", seconds: float = 10) -> Intent:
    """Take up an approved case."""
    now = MORNING + timedelta(seconds=seconds)
    return ledger.begin(case, owner="one", lease=LEASE, key=key, now=now)[0]


@pytest.fixture
def case(ledger: Ledger) -> int:
    """An approved case."""
    (number,) = take_in(ledger, mention("p1"))
    approved(ledger, number)
    return number


def test_nothing_leaves_before_the_undo_delay_has_passed(ledger: Ledger, case: int) -> None:
    soon, later = MORNING + timedelta(seconds=9), MORNING + timedelta(seconds=10)
    assert ledger.ready(now=soon, undo=UNDO, platforms=["sandbox"]) == []
    assert [ready.id for ready in ledger.ready(now=later, undo=UNDO, platforms=["sandbox"])] == [case]


@pytest.mark.parametrize("platform", ["sandbox", None])
def test_nothing_leaves_while_sending_is_paused(ledger: Ledger, case: int, platform: str | None) -> None:
    later = MORNING + UNDO
    ledger.pause(platform, who="ana", now=MORNING, why="a storm")
    assert ledger.paused() == {platform or "*": "ana: a storm"}
    assert ledger.ready(now=later, undo=UNDO, platforms=["sandbox"]) == []
    ledger.resume(platform, who="ana", now=MORNING)
    assert [ready.id for ready in ledger.ready(now=later, undo=UNDO, platforms=["sandbox"])] == [case]


def test_the_intent_holds_what_was_approved(ledger: Ledger, case: int) -> None:
    intent, text = ledger.begin(case, owner="one", lease=LEASE, key="k1", now=MORNING)
    assert (intent.state, intent.text, intent.key) == (IntentState.WRITING, "I'm sorry.", "k1")
    assert text.text == "I'm sorry."
    assert ledger.case(case).status is Status.SENDING


def test_of_two_who_begin_at_once_one_gets_it(store_url: str) -> None:
    with Ledger.open(store_url) as one, Ledger.open(store_url) as other:
        for round_ in range(8):
            (case,) = take_in(one, mention(f"p{round_}", author=f"a{round_}"))
            approved(one, case)

            def begin(ledger: Ledger, owner: str, case: int = case) -> object:
                return ledger.begin(case, owner=owner, lease=LEASE, key=f"{owner}{case}", now=MORNING)

            results = at_once(partial(begin, one, "one"), partial(begin, other, "other"))
            assert [isinstance(result, Overtaken) for result in results].count(True) == 1
            assert len(one.intents(case)) == 1


def test_an_approval_can_not_be_undone_once_it_is_being_sent(ledger: Ledger, case: int) -> None:
    begun(ledger, case)
    with pytest.raises(MoveRefused, match="on its way"):
        ledger.undo(case, by="ana", now=MORNING)


def test_a_reply_that_stands_is_stored_once_however_often_it_is_told(ledger: Ledger, case: int) -> None:
    intent = begun(ledger, case)
    reply = Reply("r1", "https://example.invalid/r1", "I'm sorry.", MORNING)
    for _ in range(2):
        assert ledger.posted(intent.id, reply, now=MORNING).status is Status.REPLIED
    (stored,) = ledger.intents(case)
    assert (stored.state, stored.reply_url) == (IntentState.POSTED, "https://example.invalid/r1")


def test_a_post_that_was_answered_is_not_answered_again(ledger: Ledger, case: int) -> None:
    intent = begun(ledger, case)
    ledger.posted(intent.id, Reply("r1", "https://example.invalid/r1", "I'm sorry.", MORNING), now=MORNING)
    drafted(ledger, case, "Once more.")
    ledger.approve(case, revision=2, hash=text_hash("Once more."), by="ana", now=MORNING)
    with pytest.raises(NotAllowed, match="answered already"):
        begun(ledger, case, "k2")


def test_what_is_unknown_is_sent_again_only_after_two_complete_looks_past_the_settling_delay(
    ledger: Ledger, case: int
) -> None:
    intent = begun(ledger, case)
    ledger.unclear(intent.id, "the line dropped", now=MORNING + timedelta(seconds=11))

    def look(seconds: float, *, complete: bool) -> Status:
        now = MORNING + timedelta(seconds=seconds)
        claimed = ledger.claim_unknown(owner="one", lease=LEASE, now=now, platforms=["sandbox"])
        assert [found.id for _, found in claimed] == [intent.id]
        return ledger.absent(intent.id, complete=complete, settle=SETTLE, again=AGAIN, now=now).status

    assert look(12, complete=True) is Status.UNKNOWN  # too early to count
    assert look(60, complete=False) is Status.UNKNOWN  # not complete
    assert look(80, complete=True) is Status.UNKNOWN  # the first that counts
    assert look(100, complete=True) is Status.APPROVED
    assert begun(ledger, case, "another key", 101).key == "k1"


def test_an_unknown_case_is_left_alone_until_it_is_time_to_look_again(ledger: Ledger, case: int) -> None:
    intent = begun(ledger, case)
    until = MORNING + timedelta(minutes=5)
    ledger.unclear(intent.id, "429", now=MORNING, not_before=until)
    early = until - timedelta(seconds=1)
    assert ledger.claim_unknown(owner="one", lease=LEASE, now=early, platforms=["sandbox"]) == []
    assert len(ledger.claim_unknown(owner="one", lease=LEASE, now=until, platforms=["sandbox"])) == 1


def test_what_one_looks_up_no_other_does_until_the_lease_has_run_out(ledger: Ledger, case: int) -> None:
    intent = begun(ledger, case)
    ledger.unclear(intent.id, "the line dropped", now=MORNING)
    later = MORNING + timedelta(minutes=1)
    assert len(ledger.claim_unknown(owner="one", lease=LEASE, now=later, platforms=["sandbox"])) == 1
    assert ledger.claim_unknown(owner="two", lease=LEASE, now=later, platforms=["sandbox"]) == []
    assert len(ledger.claim_unknown(owner="two", lease=LEASE, now=later + LEASE, platforms=["sandbox"])) == 1


def test_only_an_expired_lease_makes_anothers_write_unknown(ledger: Ledger, case: int) -> None:
    intent = begun(ledger, case)
    assert ledger.expire_leases(now=intent.lease_until) == []
    assert ledger.expire_leases(now=intent.lease_until + timedelta(seconds=1)) == [case]
    assert ledger.case(case).status is Status.UNKNOWN


def test_a_write_that_was_never_begun_stays_approved_and_waits(ledger: Ledger, case: int) -> None:
    intent = begun(ledger, case)
    until = MORNING + timedelta(minutes=1)
    assert ledger.release(intent.id, "429", now=MORNING, not_before=until).status is Status.APPROVED
    assert ledger.ready(now=until - timedelta(seconds=1), undo=UNDO, platforms=["sandbox"]) == []
    assert len(ledger.ready(now=until, undo=UNDO, platforms=["sandbox"])) == 1


def test_a_refused_text_fails_and_may_be_mended_and_sent_with_a_new_key(ledger: Ledger, case: int) -> None:
    intent = begun(ledger, case)
    assert ledger.refused(intent.id, "too long", now=MORNING).status is Status.FAILED
    drafted(ledger, case, "Shorter.", by="ana")
    ledger.approve(case, revision=2, hash=text_hash("Shorter."), by="ana", now=MORNING)
    again = begun(ledger, case, "k2")
    assert (again.id, again.key, again.text) == (intent.id, "k2", "Shorter.")


def test_a_stale_approval_goes_back_to_the_person_with_the_reason(ledger: Ledger, case: int) -> None:
    intent = begun(ledger, case)
    found = ledger.stale(intent.id, "the post is gone", withdrawn=True, now=MORNING)
    assert (found.status, found.reason, found.withdrawn, found.approvals) == (
        Status.DRAFTED,
        "the post is gone",
        True,
        (),
    )


@pytest.mark.parametrize(("url", "status"), [("https://example.invalid/r", Status.REPLIED), (None, Status.FAILED)])
def test_a_person_may_say_what_became_of_it(ledger: Ledger, case: int, url: str | None, status: Status) -> None:
    intent = begun(ledger, case)
    ledger.unclear(intent.id, "the line dropped", now=MORNING)
    assert ledger.settle_by_person(case, posted_url=url, who="ana", now=MORNING).status is status
    with pytest.raises(CaseError):
        ledger.settle_by_person(case, posted_url=url, who="ana", now=MORNING)


def test_a_lease_is_one_owners_until_it_runs_out_or_is_let_go(ledger: Ledger) -> None:
    until = MORNING + LEASE
    assert ledger.lease("poll x", owner="one", until=until, now=MORNING)
    assert ledger.lease("poll x", owner="one", until=until, now=MORNING)
    assert not ledger.lease("poll x", owner="two", until=until, now=MORNING)
    ledger.unlease("poll x", owner="two")
    assert not ledger.lease("poll x", owner="two", until=until, now=MORNING)
    assert ledger.lease("poll x", owner="two", until=until + LEASE, now=until)


def test_a_weeks_mail_is_claimed_once_unless_it_surely_did_not_go(ledger: Ledger) -> None:
    assert ledger.claim_digest("2026-W47", owner="one", now=MORNING)
    assert not ledger.claim_digest("2026-W47", owner="two", now=MORNING)
    ledger.release_digest("2026-W47")
    assert ledger.claim_digest("2026-W47", owner="two", now=MORNING)
    ledger.digest_done("2026-W47", MORNING)
    ledger.release_digest("2026-W47")
    assert not ledger.claim_digest("2026-W47", owner="one", now=MORNING)


def test_costs_add_up_by_day(ledger: Ledger) -> None:
    for usd in (0.25, 0.5):
        ledger.add_cost("x", usd, now=MORNING)
    assert ledger.cost("x", day=MORNING.date()) == 0.75
    assert ledger.cost("x", day=MORNING.date() + timedelta(days=1)) == 0

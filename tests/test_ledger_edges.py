"""What happens between two steps: a write in flight, a person forgotten, a danger told, a post nobody can store."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from scenes import COMPLAINT, MORNING, approved, drafted, mention, take_in
from test_ledger_decisions import at_once

from cases.case import Intent
from cases.drafts import text_hash
from cases.errors import CaseError, MoveRefused, NotAllowed, NotFound
from cases.lifecycle import Status
from cases.platform import Reply
from store.ledger import Ledger
from store.views import Opening

LEASE = timedelta(minutes=2)
REPLY = Reply("r1", "https://example.invalid/r1", "I'm sorry.", MORNING)


def begun(ledger: Ledger, *, at_risk: bool = False) -> Intent:
    """The intent of an approved case whose write is under way."""
    (case,) = take_in(ledger, mention("p1", thread="t"), at_risk=at_risk)
    approved(ledger, case)
    return ledger.begin(case, owner="one", lease=LEASE, key="k1", now=MORNING)[0]


def shown_absent(ledger: Ledger, intent: Intent) -> None:
    """The write ended unclearly, and two looks show that nothing was posted."""
    ledger.unclear(intent.id, "the line dropped", now=MORNING)
    for _ in range(2):
        nothing = timedelta(0)
        ledger.absent(intent.id, complete=True, settle=nothing, again=nothing, now=MORNING)


def write_again(ledger: Ledger, text: str, *, at_risk: bool = False, escalate: str | None = None) -> None:
    """The author of p1 writes once more in the thread, and is not content."""
    ledger.record("sandbox", [mention("p2", text, thread="t")], "2", now=MORNING)
    ledger.judge([(stored.id, COMPLAINT) for stored in ledger.unjudged()], now=MORNING)
    ledger.settle(
        [Opening(j.id, opens=True, at_risk=at_risk, escalate=escalate) for j in ledger.unsettled()], now=MORNING
    )


# --- a write in flight


def test_no_edit_and_no_decision_reaches_a_case_whose_reply_may_be_on_its_way(ledger: Ledger) -> None:
    """Otherwise other words could be approved and posted while the first still arrive."""
    intent = begun(ledger)
    for _ in range(2):
        with pytest.raises(MoveRefused, match="a reply may stand soon"):
            drafted(ledger, intent.case, "Other words.", by="omar")
        if ledger.case(intent.case).status is Status.SENDING:
            ledger.unclear(intent.id, "the line dropped", now=MORNING)
    with pytest.raises(MoveRefused, match="settle"):
        ledger.move(intent.case, Status.FAILED, who="ana", action="failed", now=MORNING)


def test_only_an_unknown_write_can_be_settled_by_a_person(ledger: Ledger) -> None:
    intent = begun(ledger)
    with pytest.raises(MoveRefused, match="no write to settle"):
        ledger.settle_by_person(intent.case, posted_url="https://example.invalid/r", who="ana", now=MORNING)


def test_a_post_edited_while_its_answer_was_in_doubt_needs_a_new_approval(ledger: Ledger) -> None:
    intent = begun(ledger)
    ledger.record("sandbox", [mention("p1", "It came, but broken.", thread="t")], "2", now=MORNING)
    shown_absent(ledger, intent)
    found = ledger.case(intent.case)
    assert (found.status, found.approvals) == (Status.DRAFTED, ())
    assert [waiting.id for waiting in ledger.case_for_drafting()] == [intent.case]


def test_a_complaint_that_comes_while_the_answer_is_sent_is_taken_up_when_it_stands(ledger: Ledger) -> None:
    intent = begun(ledger)
    write_again(ledger, "And now it is broken too.")
    assert ledger.case(intent.case).mention.post_id == "p1"
    ledger.posted(intent.id, REPLY, now=MORNING)
    found = ledger.case(intent.case)
    assert (found.status, found.mention.post_id) == (Status.DRAFTED, "p2")
    assert [waiting.id for waiting in ledger.case_for_drafting()] == [intent.case]


def test_an_approval_falls_when_a_risk_turns_up_and_a_second_person_is_needed(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1", thread="t"))
    approved(ledger, case)
    ledger.record("sandbox", [mention("p2", "My lawyer smiles.", thread="t")], "2", now=MORNING)
    ledger.judge([(stored.id, COMPLAINT) for stored in ledger.unjudged()], now=MORNING)
    ledger.settle([Opening(judged.id, opens=False, at_risk=True) for judged in ledger.unsettled()], now=MORNING)
    found = ledger.case(case)
    assert (found.status, found.at_risk, found.approvals) == (Status.DRAFTED, True, ())


def test_one_persons_name_with_a_space_is_no_second_person(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"), at_risk=True)
    approved(ledger, case, by="ana")
    with pytest.raises(NotAllowed, match="second person"):
        ledger.approve(case, revision=1, hash=text_hash("I'm sorry."), by=" ANA ", now=MORNING)


# --- a danger told


def by_hand(ledger: Ledger, case: int) -> None:
    ledger.move(case, Status.BY_HAND, who="ana", action="by_hand", now=MORNING)


def resolved(ledger: Ledger, case: int) -> None:
    by_hand(ledger, case)
    ledger.enter_reply(case, url="https://example.invalid/r", reply_id="r", text="Sorry.", who="ana", now=MORNING)
    ledger.move(case, Status.RESOLVED, who="ana", action="resolved", now=MORNING)


def follow_up(ledger: Ledger, case: int) -> None:
    resolved(ledger, case)
    ledger.move(case, Status.FOLLOW_UP_DUE, who="amends", action="follow up", now=MORNING)


def closed(ledger: Ledger, case: int) -> None:
    resolved(ledger, case)
    ledger.move(case, Status.CLOSED, who="ana", action="closed", now=MORNING)


def nothing(_ledger: Ledger, _case: int) -> None:
    """Leave it approved."""


@pytest.mark.parametrize("before", [nothing, by_hand, resolved, follow_up, closed])
def test_a_danger_goes_to_a_person_at_once_wherever_the_case_stood(
    ledger: Ledger, before: Callable[[Ledger, int], None]
) -> None:
    (case,) = take_in(ledger, mention("p1", thread="t"))
    approved(ledger, case)
    before(ledger, case)
    write_again(ledger, "I can't go on.", at_risk=True, escalate="somebody may be in danger")
    found = ledger.case(case)
    assert (found.status, found.mention.post_id, found.at_risk) == (Status.ESCALATED, "p2", True)
    assert found.reason == "somebody may be in danger"


# --- a person forgotten


def test_a_forgotten_author_is_never_answered_again(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    approved(ledger, case)
    ledger.forget("sandbox", "ines", now=MORNING)
    with pytest.raises(NotAllowed, match="forgotten"):
        drafted(ledger, case, "Hello again.")
    with pytest.raises(NotAllowed, match="forgotten"):
        ledger.move(case, Status.IN_PRIVATE, who="ana", action="private", now=MORNING)


def test_a_post_read_again_after_it_was_forgotten_stays_forgotten(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    found = ledger.case(case)
    ledger.forget_mention(found.mention_id, now=MORNING)
    ledger.refresh(found.mention_id, found.mention, now=MORNING)
    assert ledger.mention(found.mention_id).mention.text == ""
    with pytest.raises(NotFound):
        ledger.refresh(404, found.mention, now=MORNING)


@pytest.mark.parametrize("end", ["posted", "unclear", "refused", "release", "stale", "to_hand"])
def test_a_person_forgotten_while_the_answer_is_sent_has_a_closed_case_once_it_ends(ledger: Ledger, end: str) -> None:
    intent = begun(ledger)
    ledger.forget("sandbox", "ines", now=MORNING)
    assert ledger.case(intent.case).status is Status.SENDING
    told = REPLY if end == "posted" else "the line dropped"
    found = getattr(ledger, end)(intent.id, told, now=MORNING)
    assert found.status is Status.CLOSED
    assert "p1" not in repr((found, ledger.intents(intent.case), ledger.mentions_of(intent.case)))
    assert ledger.ready(now=MORNING + LEASE, undo=timedelta(0), platforms=["sandbox"]) == []


def test_a_look_for_the_reply_to_somebody_forgotten_meanwhile_ends_quietly(ledger: Ledger) -> None:
    intent = begun(ledger)
    ledger.unclear(intent.id, "the line dropped", now=MORNING)
    ledger.forget("sandbox", "ines", now=MORNING)
    assert ledger.posted(intent.id, REPLY, now=MORNING).status is Status.CLOSED
    assert ledger.intents(intent.case)[0].reply_id == "r1"


# --- what no file can hold


def test_an_odd_post_does_not_keep_its_poll_from_being_stored(ledger: Ledger) -> None:
    odd = replace(mention("p1", "half a pair \ud83d and a \0"), followers=2**70, author_name="\udc00")
    assert len(ledger.record("sandbox", [odd, mention("p2", author="omar")], "1", now=MORNING)) == 2
    assert ledger.unjudged()[0].mention.text.startswith("half a pair")
    assert ledger.record("sandbox", [odd], "2", now=MORNING) == []


def test_a_draft_that_can_not_be_stored_letter_by_letter_is_refused(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    with pytest.raises(NotAllowed, match="characters"):
        drafted(ledger, case, "I'm sorry\0.")


def test_an_error_with_odd_characters_can_be_noted(ledger: Ledger) -> None:
    intent = begun(ledger)
    ledger.note_poll("sandbox", now=MORNING, error="nonsense: \0\ud800")
    assert ledger.unclear(intent.id, "nonsense: \0\ud800", now=MORNING).status is Status.UNKNOWN
    assert ledger.platforms()[0].error == "nonsense: \ufffd\ufffd"


# --- two at once


def test_two_who_take_in_the_same_posts_at_once_open_each_case_once(store_url: str) -> None:
    with Ledger.open(store_url) as one, Ledger.open(store_url) as other:
        for round_ in range(5):
            posts = [mention(f"p{round_}-{place}", author=f"a{round_}-{place % 10}", thread="t") for place in range(40)]

            results = at_once(partial(take_in, one, *posts), partial(take_in, other, *posts))
            assert not any(isinstance(result, CaseError) for result in results)
        assert one.count_mentions() == 200
        assert sum(one.counts().values()) == 50
        assert (one.unsettled(), one.unjudged()) == ([], [])


def test_of_two_who_look_for_unknown_replies_each_gets_another_one(store_url: str) -> None:
    with Ledger.open(store_url) as one, Ledger.open(store_url) as other:
        for place in range(10):
            (case,) = take_in(one, mention(f"p{place}", author=f"a{place}"))
            approved(one, case)
            intent, _ = one.begin(case, owner="one", lease=LEASE, key=f"k{place}", now=MORNING)
            one.unclear(intent.id, "the line dropped", now=MORNING)
        results = at_once(
            lambda: one.claim_unknown(owner="one", lease=LEASE, now=MORNING, platforms=["sandbox"]),
            lambda: other.claim_unknown(owner="other", lease=LEASE, now=MORNING, platforms=["sandbox"]),
        )
        claimed = [intent.id for result in results if isinstance(result, list) for _, intent in result]
        assert len(claimed) == len(set(claimed)) == 10


# --- a page that asks many things


def test_what_is_asked_at_one_moment_agrees_whoever_writes_meanwhile(ledger: Ledger, store_url: str) -> None:
    """Otherwise a page's counts and its rows could tell of two different minutes."""
    (case,) = take_in(ledger, mention("p1"))
    with Ledger.open(store_url) as other:
        with ledger.at_one_moment():
            before = ledger.view_counts(me="ana", now=MORNING)
            (late,) = take_in(other, mention("p2"))
            assert ledger.view_counts(me="ana", now=MORNING) == before
            with pytest.raises(NotFound):
                ledger.case(late)
            assert ledger.case(case).id == case
        assert ledger.case(late).id == late


def test_a_moment_that_ends_in_an_error_is_over(ledger: Ledger) -> None:
    with pytest.raises(NotFound), ledger.at_one_moment():
        ledger.case(404)
    (case,) = take_in(ledger, mention("p1"))
    assert ledger.case(case).id == case

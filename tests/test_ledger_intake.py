"""None lost, none twice: how posts come in and become cases, on each kind of database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from scenes import COMPLAINT, MORNING, PRAISE, approved, drafted, mention, take_in

from cases.errors import NotFound
from cases.lifecycle import Status
from cases.verdicts import Risk
from store.ledger import Ledger
from store.views import Opening


def test_a_poll_seen_twice_records_once_and_keeps_its_cursor(ledger: Ledger) -> None:
    posts = [mention("p1"), mention("p2", author="omar")]
    assert len(ledger.record("sandbox", posts, "7", now=MORNING)) == 2
    assert ledger.record("sandbox", posts, "8", now=MORNING) == []
    assert ledger.cursor("sandbox") == "8"
    assert ledger.count_mentions() == 2


def test_the_same_post_twice_in_one_batch_is_one(ledger: Ledger) -> None:
    assert len(ledger.record("sandbox", [mention("p1"), mention("p1")], "1", now=MORNING)) == 1


def test_equal_identifiers_on_two_networks_are_two_posts(ledger: Ledger) -> None:
    ledger.record("sandbox", [mention("p1")], "1", now=MORNING)
    assert len(ledger.record("x", [mention("p1", platform="x")], "1", now=MORNING)) == 1


def test_a_mention_comes_back_as_it_went_in(ledger: Ledger) -> None:
    post = replace(mention("p1", "سلام ‌\u202e 🙃"), edited_at=MORNING, followers=12, ref='{"cid": 1}', language="fa")
    (number,) = ledger.record("sandbox", [post], "1", now=MORNING)
    assert ledger.mention(number).mention == post


def test_a_verdict_comes_back_as_it_went_in(ledger: Ledger) -> None:
    verdict = replace(COMPLAINT, risks=frozenset({Risk.LEGAL, Risk.PRESS}), relevant=None)
    (case,) = take_in(ledger, mention("p1"), verdict=verdict)
    assert ledger.case(case).verdict == verdict


def test_judging_and_settling_may_be_run_again(ledger: Ledger) -> None:
    (number,) = ledger.record("sandbox", [mention("p1")], "1", now=MORNING)
    for _ in range(2):
        ledger.judge([(number, COMPLAINT)], now=MORNING)
    opening = Opening(number, opens=True, due_at=MORNING)
    assert len(ledger.settle([opening], now=MORNING)) == 1
    assert ledger.settle([opening], now=MORNING) == []
    assert ledger.unjudged() == []
    assert ledger.unsettled() == []


def test_two_mentions_by_one_author_in_one_thread_are_one_case(ledger: Ledger) -> None:
    first = mention("p1", thread="t")
    second = mention("p2", "And now it's lost.", thread="t", parent="p1", at=MORNING + timedelta(minutes=1))
    assert len(take_in(ledger, first, second)) == 1
    case = ledger.cases([Status.FLAGGED])[0]
    assert case.mention.post_id == "p2"
    assert [stored.mention.post_id for stored in ledger.mentions_of(case.id)] == ["p1", "p2"]


def test_two_authors_in_one_thread_are_two_cases(ledger: Ledger) -> None:
    assert len(take_in(ledger, mention("p1", thread="t"), mention("p2", thread="t", author="omar"))) == 2


def test_own_posts_and_reposts_open_nothing(ledger: Ledger) -> None:
    assert take_in(ledger, mention("p1", own=True), mention("p2", repost=True)) == []
    assert ledger.unjudged() == []


def test_praise_is_passed_over_and_can_be_flagged_by_a_person(ledger: Ledger) -> None:
    assert take_in(ledger, mention("p1"), verdict=PRAISE) == []
    (passed,) = ledger.passed_over()
    case = ledger.flag(passed.id, who="ana", due_at=MORNING, now=MORNING)
    assert ledger.case(case).status is Status.FLAGGED
    assert ledger.events(case)[0].who == "ana"


def test_flagging_what_is_not_there_says_so(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="no mention 9"):
        ledger.flag(9, who="ana", due_at=MORNING, now=MORNING)


def test_a_reason_to_escalate_opens_the_case_as_escalated(ledger: Ledger) -> None:
    (number,) = ledger.record("sandbox", [mention("p1")], "1", now=MORNING)
    ledger.judge([(number, COMPLAINT)], now=MORNING)
    opening = Opening(number, opens=True, at_risk=True, due_at=MORNING, escalate="somebody may be in danger")
    (case,) = ledger.settle([opening], now=MORNING)
    found = ledger.case(case)
    assert (found.status, found.reason, found.at_risk) == (Status.ESCALATED, "somebody may be in danger", True)
    assert ledger.case_for_drafting() == []


@pytest.mark.parametrize(
    ("old", "new"),
    [(Status.REPLIED, Status.DRAFTED), (Status.RESOLVED, Status.DRAFTED), (Status.CLOSED, Status.DRAFTED)],
)
def test_an_author_who_is_not_content_opens_what_seemed_done(ledger: Ledger, old: Status, new: Status) -> None:
    (case,) = take_in(ledger, mention("p1", thread="t"))
    approved(ledger, case)
    ledger.move(case, Status.BY_HAND, who="ana", action="by_hand", now=MORNING)
    ledger.enter_reply(case, url="https://example.invalid/r", reply_id="r", text="I'm sorry.", who="ana", now=MORNING)
    if old is not Status.REPLIED:
        ledger.move(case, old, who="ana", action=str(old), now=MORNING)
    take_in(ledger, mention("p2", "Still nothing.", thread="t", parent="r"))
    found = ledger.case(case)
    assert found.status is new
    assert found.mention.post_id == "p2"
    assert [waiting.id for waiting in ledger.case_for_drafting()] == [case]


def test_thanks_move_nothing_and_stand_in_the_history(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1", thread="t"))
    approved(ledger, case)
    ledger.move(case, Status.BY_HAND, who="ana", action="by_hand", now=MORNING)
    ledger.enter_reply(case, url="https://example.invalid/r", reply_id="r", text="I'm sorry.", who="ana", now=MORNING)
    take_in(ledger, mention("p2", "Thank you!", thread="t", parent="r"), verdict=PRAISE)
    assert ledger.case(case).status is Status.REPLIED
    assert ledger.events(case)[-1].action == "wrote again"


def test_more_trouble_takes_back_an_approval_that_was_given_for_less(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1", thread="t"))
    approved(ledger, case)
    take_in(ledger, mention("p2", "And it's broken too.", thread="t"))
    found = ledger.case(case)
    assert (found.status, found.approvals) == (Status.DRAFTED, ())


def test_a_draft_in_a_persons_words_is_not_written_over_when_the_author_goes_on(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1", thread="t"))
    drafted(ledger, case, "My own words.", by="ana")
    take_in(ledger, mention("p2", "Hello?", thread="t"))
    assert ledger.case_for_drafting() == []
    assert ledger.case(case).mention.post_id == "p1"


def test_an_edited_post_takes_back_the_approval_and_asks_for_a_new_draft(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    approved(ledger, case)
    ledger.record("sandbox", [mention("p1", "Solved, never mind.")], "2", now=MORNING)
    found = ledger.case(case)
    assert (found.status, found.mention.text, found.approvals) == (Status.DRAFTED, "Solved, never mind.", ())
    assert [waiting.id for waiting in ledger.case_for_drafting()] == [case]


def test_an_answer_posted_by_hand_is_seen_when_it_comes_by(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    approved(ledger, case)
    ledger.move(case, Status.BY_HAND, who="ana", action="by_hand", now=MORNING)
    ledger.record("sandbox", [mention("r1", "We are sorry", author="parcelo", parent="p1", own=True)], "2", now=MORNING)
    assert ledger.case(case).status is Status.REPLIED
    (reply,) = ledger.intents(case)
    assert (reply.by_hand, reply.reply_id) == (True, "r1")


def test_a_forgotten_person_leaves_hashes_and_is_never_stored_again(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1", "My name is Ines, call me."))
    approved(ledger, case, "Dear Ines, I'm sorry.")
    assert ledger.forget("sandbox", "ines", now=MORNING) == 1
    found = ledger.case(case)
    assert found.status is Status.CLOSED
    assert found.forgotten
    assert "Ines" not in repr((found, ledger.drafts(case), ledger.events(case), ledger.mentions_of(case)))
    assert ledger.record("sandbox", [mention("p1"), mention("p9")], "3", now=MORNING) == []
    assert ledger.forget("sandbox", "ines", now=MORNING) == 0


def test_a_forgotten_post_is_gone_while_its_author_may_write_again(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    ledger.forget_mention(ledger.case(case).mention_id, now=MORNING)
    assert ledger.case(case).mention.text == ""
    assert ledger.record("sandbox", [mention("p1")], "2", now=MORNING) == []
    assert len(ledger.record("sandbox", [mention("p2")], "3", now=MORNING)) == 1

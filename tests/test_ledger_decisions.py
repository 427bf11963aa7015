"""What people decide: by the table alone, once, with an event, and two at once never both."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import MORNING, approved, drafted, mention, take_in
from sqlalchemy import update

from cases.drafts import text_hash
from cases.errors import CaseError, MoveRefused, NotAllowed, NotFound, Overtaken, TextChanged
from cases.lifecycle import OPEN, TRANSITIONS, Status, check_move
from store import schema
from store.decisions import IN_FLIGHT
from store.ledger import Ledger

THROUGH_MOVE = sorted(set(Status) - {Status.APPROVED, Status.SENDING, Status.UNKNOWN, Status.REPLIED})


def put(ledger: Ledger, case: int, status: Status) -> None:
    """Set a case's state past the lifecycle, to see what is allowed from there."""
    with ledger._writing() as connection:
        connection.execute(update(schema.cases).where(schema.cases.c.id == case).values(status=str(status)))


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", THROUGH_MOVE)
def test_a_case_moves_exactly_as_the_table_says(ledger: Ledger, old: Status, new: Status) -> None:
    (case,) = take_in(ledger, mention("p1"))
    put(ledger, case, old)
    before = len(ledger.events(case))
    if old in IN_FLIGHT:
        with pytest.raises(MoveRefused, match="a reply may stand soon"):
            ledger.move(case, new, who="ana", action="test", now=MORNING)
        assert ledger.case(case).status is old
    elif new in TRANSITIONS[old]:
        assert ledger.move(case, new, who="ana", action="test", why="because", now=MORNING).status is new
        last = ledger.events(case)[-1]
        assert (last.who, last.old, last.new, last.why) == ("ana", old, new, "because")
        assert len(ledger.events(case)) == before + 1
    else:
        with pytest.raises(MoveRefused, match=f"{old} can't become {new}".replace("_", " ")):
            ledger.move(case, new, who="ana", action="test", now=MORNING)
        assert ledger.case(case).status is old
        assert len(ledger.events(case)) == before


@given(old=st.sampled_from(Status), new=st.sampled_from(Status))
def test_a_post_taken_back_closes_from_any_open_state_and_changes_nothing_else(old: Status, new: Status) -> None:
    allowed = new in TRANSITIONS[old] or (new is Status.CLOSED and old in OPEN)
    if allowed:
        check_move(old, new, withdrawn=True)
    else:
        with pytest.raises(MoveRefused):
            check_move(old, new, withdrawn=True)


def test_approving_and_sending_have_no_other_way(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    drafted(ledger, case)
    with pytest.raises(MoveRefused, match="approving"):
        ledger.move(case, Status.APPROVED, who="ana", action="approved", now=MORNING)


def test_an_approval_binds_the_exact_text(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    drafted(ledger, case, "I'm sorry.")
    with pytest.raises(TextChanged):
        ledger.approve(case, revision=1, hash=text_hash("I'm sorry. "), by="ana", now=MORNING)
    drafted(ledger, case, "I am sorry.", by="omar")
    with pytest.raises(TextChanged):
        ledger.approve(case, revision=1, hash=text_hash("I'm sorry."), by="ana", now=MORNING)
    assert ledger.case(case).status is Status.DRAFTED


def test_the_same_words_again_are_no_new_revision(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    drafted(ledger, case, "I'm sorry.")
    drafted(ledger, case, "I'm sorry.")
    assert [draft.revision for draft in ledger.drafts(case)] == [1]


def test_a_case_at_risk_needs_two_different_people(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"), at_risk=True)
    assert approved(ledger, case, by="ana").status is Status.DRAFTED
    with pytest.raises(NotAllowed, match="second person"):
        ledger.approve(case, revision=1, hash=text_hash("I'm sorry."), by="Ana", now=MORNING)
    assert (
        ledger.approve(case, revision=1, hash=text_hash("I'm sorry."), by="omar", now=MORNING).status is Status.APPROVED
    )


def test_a_new_revision_takes_back_the_first_of_two_approvals(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"), at_risk=True)
    approved(ledger, case, by="ana")
    drafted(ledger, case, "Other words.", by="omar")
    found = ledger.approve(case, revision=2, hash=text_hash("Other words."), by="omar", now=MORNING)
    assert (found.status, [yes.by for yes in found.approvals]) == (Status.DRAFTED, ["omar"])


def test_undo_takes_an_approval_back_and_only_while_it_can(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    approved(ledger, case)
    assert ledger.undo(case, by="ana", now=MORNING).status is Status.DRAFTED
    with pytest.raises(MoveRefused, match="no approval to undo"):
        ledger.undo(case, by="ana", now=MORNING)


def test_a_nameless_approval_is_none(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    drafted(ledger, case)
    with pytest.raises(NotAllowed, match="name"):
        ledger.approve(case, revision=1, hash=text_hash("I'm sorry."), by=" ", now=MORNING)


def test_what_is_not_there_is_told_with_the_way_out(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="amends queue"):
        ledger.case(404)
    with pytest.raises(NotFound):
        ledger.move(404, Status.CLOSED, who="ana", action="closed", now=MORNING)


def test_a_decision_for_a_state_that_has_passed_is_refused(ledger: Ledger) -> None:
    (case,) = take_in(ledger, mention("p1"))
    drafted(ledger, case)
    with pytest.raises(Overtaken, match="somebody else"):
        ledger.move(case, Status.ESCALATED, who="ana", action="escalated", now=MORNING, expect=Status.FLAGGED)


def at_once(*actions: Callable[[], object]) -> list[object]:
    """Run all at the same moment, each in its thread; what each returned or raised."""
    barrier = threading.Barrier(len(actions))
    results: list[object] = [None] * len(actions)

    def run(place: int, action: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[place] = action()
        except CaseError as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_people_who_decide_at_once_one_wins_and_the_other_is_told(store_url: str) -> None:
    with Ledger.open(store_url) as one, Ledger.open(store_url) as other:
        for round_ in range(8):
            (case,) = take_in(one, mention(f"p{round_}", author=f"a{round_}"))
            drafted(one, case)

            def approve(ledger: Ledger = one, case: int = case) -> object:
                return ledger.approve(case, revision=1, hash=text_hash("I'm sorry."), by="ana", now=MORNING)

            def dismiss(ledger: Ledger = other, case: int = case) -> object:
                return ledger.move(case, Status.DISMISSED, who="omar", action="dismissed", now=MORNING)

            results = at_once(approve, dismiss)
            losers = [result for result in results if isinstance(result, CaseError)]
            assert len(losers) == 1
            assert len(one.events(case)) == 3


def test_dismissing_and_approving_teach_the_classifier(ledger: Ledger) -> None:
    first, second = take_in(ledger, mention("p1"), mention("p2", author="omar"))
    approved(ledger, first)
    ledger.move(second, Status.DISMISSED, who="ana", action="dismissed", why="a joke", now=MORNING)
    figures = ledger.reports.week(MORNING.replace(hour=0), MORNING.replace(hour=23), promise=MORNING - MORNING)
    assert (figures.decided, figures.hit_rate) == (2, 0.5)
    assert figures.dismissed_why == (("a joke", 1),)

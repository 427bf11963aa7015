"""The queue and the case as pages: what is shown, and what a decision there does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from scenes import drafted, mention, take_in

from cases.drafts import text_hash
from cases.lifecycle import Status
from cases.plans import Role


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


def waiting(room: Room, *posts: str, text: str = WHOLE) -> list[int]:
    """Cases whose drafts wait for approval."""
    cases = [take_in(room.house.ledger, mention(post, author=f"author-{post}"))[0] for post in posts]
    for case in cases:
        drafted(room.house.ledger, case, text)
    return cases


def test_the_queue_lists_what_waits(room: Room) -> None:
    first, second = waiting(room, "p1", "p2")
    page = room.come_in("Lea").page("/")
    assert f'href="/cases/{first}"' in page
    assert f'href="/cases/{second}"' in page
    assert "author-p1" in page


def test_a_case_shows_the_post_with_the_words_that_moved_the_verdict(room: Room) -> None:
    (case,) = waiting(room, "p1")
    page = room.come_in("Lea").page(f"/cases/{case}")
    assert '<mark class="for" title="+1.20">Nine days</mark>' in page
    assert WHOLE.replace("'", "&#39;") in page


def test_approving_records_the_person_and_leads_to_the_next_case(room: Room) -> None:
    first, second = waiting(room, "p1", "p2")
    lea = room.come_in("Lea")
    onward = lea.post(f"/cases/{first}/approve?next={second}&view=mine", text=WHOLE, hash=text_hash(WHOLE))
    assert onward == f"/cases/{second}?view=mine"
    case = room.house.ledger.case(first)
    assert (case.status, case.approvals[0].by) == (Status.APPROVED, "Lea")


def test_words_that_were_typed_are_approved_as_a_revision_by_their_writer(room: Room) -> None:
    (case,) = waiting(room, "p1")
    mine = WHOLE + "\nTruly."
    # A browser sends line breaks in its own way.
    room.come_in("Lea").post(f"/cases/{case}/approve", text=mine.replace("\n", "\r\n"), hash=text_hash(WHOLE))
    draft = room.house.ledger.case(case).draft
    assert draft is not None
    assert (draft.text, draft.by) == (mine, "Lea")


def test_a_draft_that_changed_meanwhile_is_not_approved_and_the_difference_is_shown(room: Room) -> None:
    (case,) = waiting(room, "p1")
    drafted(room.house.ledger, case, WHOLE.replace("parcel", "letter"), by="omid")
    page = room.come_in("Lea").post(f"/cases/{case}/approve", status=409, text=WHOLE, hash=text_hash(WHOLE))
    assert room.house.ledger.case(case).status is Status.DRAFTED
    assert "<del>parcel.</del><ins>letter.</ins>" in page


def test_of_two_who_approve_at_once_one_wins_and_the_other_is_told(room: Room) -> None:
    (case,) = waiting(room, "p1")
    lea, omid = room.come_in("Lea"), room.come_in("Omid")
    lea.post(f"/cases/{case}/approve", text=WHOLE, hash=text_hash(WHOLE))
    told = omid.post(f"/cases/{case}/approve", status=409, text=WHOLE, hash=text_hash(WHOLE))
    assert f"case {case} is approved" in told
    assert [approval.by for approval in room.house.ledger.case(case).approvals] == ["Lea"]


def test_an_approval_can_be_undone_for_ten_seconds_even_after_a_reload(room: Room) -> None:
    (case,) = waiting(room, "p1")
    lea = room.come_in("Lea")
    lea.post(f"/cases/{case}/approve", text=WHOLE, hash=text_hash(WHOLE))
    offer = f'action="/cases/{case}/undo"'
    assert offer in lea.page("/")
    room.clock.sleep(seconds=9)
    assert offer in lea.page("/")
    room.clock.sleep(seconds=2)
    assert offer not in lea.page("/")


def test_undo_brings_the_draft_back(room: Room) -> None:
    (case,) = waiting(room, "p1")
    lea = room.come_in("Lea")
    lea.post(f"/cases/{case}/approve", text=WHOLE, hash=text_hash(WHOLE))
    assert lea.post(f"/cases/{case}/undo") == f"/cases/{case}"
    assert room.house.ledger.case(case).status is Status.DRAFTED


def test_nobody_approves_alone_what_they_escalated(room: Room) -> None:
    (case,) = waiting(room, "p1")
    lea = room.come_in("Lea")
    lea.post(f"/cases/{case}/escalate", reason="Too hot for me")
    lea.post(f"/cases/{case}/edit", text=WHOLE)
    page = lea.post(f"/cases/{case}/approve", status=409, text=WHOLE)
    assert "you escalated this case yourself" in page
    room.come_in("Omid").post(f"/cases/{case}/approve", text=WHOLE)
    assert room.house.ledger.case(case).status is Status.APPROVED


def test_a_text_with_a_blocking_fault_is_stopped_and_an_agent_cannot_override_it(room: Room) -> None:
    (case,) = waiting(room, "p1", text="I'm sorry if you feel bad.")
    omid = room.come_in("Omid", Role.AGENT)
    page = omid.page(f"/cases/{case}")
    assert 'id="d-override"' not in page
    omid.post(f"/cases/{case}/approve", status=409, override="I want to", text="")
    assert room.house.ledger.case(case).status is Status.DRAFTED
    room.come_in("Lea").post(f"/cases/{case}/approve", override="they asked for it", text="")
    assert room.house.ledger.case(case).status is Status.APPROVED


def test_not_a_complaint_teaches_the_classifier(room: Room) -> None:
    (case,) = waiting(room, "p1")
    room.come_in("Lea").post(f"/cases/{case}/not-a-complaint")
    label = room.house.ledger.training_labels()[-1]
    assert (label.kind, label.value, label.who) == ("complaint", "false", "Lea")


def test_a_post_with_markup_is_shown_as_it_was_written(room: Room) -> None:
    nasty = '<script>alert(1)</script> \u202eturned\u202c <img src="https://elsewhere.invalid/x.png"> {{ 7*7 }}'
    (case,) = take_in(room.house.ledger, mention("p1", nasty, author="<b>eve</b>"))
    page = room.come_in("Lea").page(f"/cases/{case}")
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "{{ 7*7 }}" in page


def test_piles_of_marks_and_endless_posts_are_cut_in_the_list(room: Room) -> None:
    (case,) = take_in(room.house.ledger, mention("p1", "a" + "\u0301" * 500 + " word " * 2_000))
    drafted(room.house.ledger, case)
    page = room.come_in("Lea").page("/")
    assert "\u0301" * 5 not in page
    assert len(page) < 20_000
    assert f"/cases/{case}" in page


def test_a_family_of_joined_emoji_stays_whole(room: Room) -> None:
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
    (case,) = take_in(room.house.ledger, mention("p1", f"Late again {family}"))
    assert family in room.come_in("Lea").page(f"/cases/{case}")


def test_a_case_that_is_not_there_is_told(room: Room) -> None:
    assert "there is no case 77" in room.come_in("Lea").page("/cases/77", status=404)


def test_a_persian_reader_gets_the_page_from_right_to_left(room: Room) -> None:
    waiting(room, "p1")
    assert '<html lang="fa" dir="rtl">' in room.come_in("Lea").page("/", language="fa-IR,fa;q=0.9")

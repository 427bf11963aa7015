"""Whatever a network does to us, the public sees an approved reply exactly once (rules 1, 2 and 5)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from platforms.stage import Fault, Stage
from scenes import COMPLAINT

from cases.case import Case
from cases.drafts import Approval, ApprovedText, text_hash
from cases.keys import write_key
from cases.lifecycle import Status
from cases.platform import Sighting
from cases.posts import Mention
from cases.purposes import Purpose
from monitor.config import Promise, parse_config
from monitor.house import House, wall_clock
from monitor.pipeline import poll
from monitor.sending import Outcome, send_one, send_pass, watch_by_hand
from store.views import Opening

PASSES = 30
_numbers = count(1)


@pytest.fixture
def house(stage: Stage, tmp_path: Path) -> Iterator[House]:
    """The brand on this network, without any delay of our own."""
    name = stage.platform.name
    table = {
        "brand": {"name": "Parcelo", "keywords": ["parcelo"]},
        "promise": {"undo": "0s"},
        "store": {"url": f"sqlite:///{tmp_path / 'amends.db'}"},
    }
    config = parse_config(table)
    hasty = config.sending.model_copy(update={"settle": timedelta(), "look_again": timedelta()})
    config = config.model_copy(update={"platforms": {name: None}, "sending": hasty})
    # The stage tears its platform down itself: it is shared with other scenes.
    opened = House(config, connected={name: stage.platform})
    yield opened
    opened.ledger.close()


def complaint(stage: Stage, house: House) -> Case:
    """Somebody complains, and the complaint becomes a case with a draft."""
    name = stage.platform.name
    words = f"nine days without my parcel, scene {next(_numbers)}"
    post_id = stage.says("ines", words)
    assert not poll(house, name).trouble
    ledger = house.ledger
    ledger.judge([(stored.id, COMPLAINT) for stored in ledger.unjudged()], now=house.clock())
    openings = [
        Opening(judged.id, opens=judged.mention.post_id == post_id, due_at=house.clock())
        for judged in ledger.unsettled()
    ]
    (case,) = ledger.settle(openings, now=house.clock())
    mention = ledger.case(case).mention
    text = f"{stage.platform.address(mention)}We let you down, and I am sorry. {words.rsplit(',', 1)[1].strip()}"
    ledger.add_draft(
        case, text=text, by="amends", language="en", components=[], faults=[], plan="{}", now=house.clock()
    )
    return ledger.case(case)


def approve(house: House, case: Case) -> None:
    """A person approves the draft."""
    assert case.draft is not None
    house.ledger.approve(case.id, revision=1, hash=case.draft.hash, by="ana", now=house.clock())


def passes(house: House, stage: Stage, case: Case, until: Status) -> list[Outcome]:
    """Send and settle again and again until the case stands there, as the daemon does."""
    outcomes: list[Outcome] = []
    for _ in range(PASSES):
        # A network may have told us to wait; the scenes don't.
        now = wall_clock() + timedelta(minutes=20)
        house.clock = lambda now=now: now  # type: ignore[misc] # a later clock
        outcomes += send_pass(house, stage.platform.name)
        if house.ledger.case(case.id).status is until:
            return outcomes
    seen = house.ledger.case(case.id)
    pytest.fail(f"still {seen.status} after {PASSES} passes: {seen.reason}; {outcomes}")


def public(stage: Stage, mention: Mention) -> list[str]:
    """Our replies, as the public sees them."""
    stage.heal()
    return stage.replies_to(mention)


def test_an_approved_reply_stands_once_and_is_not_sent_again(stage: Stage, house: House) -> None:
    case = complaint(stage, house)
    approve(house, case)
    passes(house, stage, case, Status.REPLIED)
    send_pass(house, stage.platform.name)
    assert case.draft is not None
    assert public(stage, case.mention) == [case.draft.text]


def test_nothing_is_sent_that_nobody_approved(stage: Stage, house: House) -> None:
    case = complaint(stage, house)
    assert send_pass(house, stage.platform.name) == []
    assert public(stage, case.mention) == []


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("fault", Fault)
def test_a_fault_while_writing_leaves_exactly_one_reply(stage: Stage, house: House, fault: Fault, times: int) -> None:
    if fault not in stage.faults:
        pytest.skip(f"{stage.platform.name} has no such fault: {fault}")
    case = complaint(stage, house)
    approve(house, case)
    stage.break_writes(fault, times)
    passes(house, stage, case, Status.REPLIED)
    assert case.draft is not None
    assert public(stage, case.mention) == [case.draft.text]


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_while_reading_again_sends_later_and_once(stage: Stage, house: House, fault: Fault) -> None:
    if fault not in stage.faults:
        pytest.skip(f"{stage.platform.name} has no such fault: {fault}")
    case = complaint(stage, house)
    approve(house, case)
    stage.break_reads(fault)
    passes(house, stage, case, Status.REPLIED)
    assert case.draft is not None
    assert public(stage, case.mention) == [case.draft.text]


def test_a_reply_whose_answer_was_lost_is_found_and_not_repeated(stage: Stage, house: House) -> None:
    case = complaint(stage, house)
    approve(house, case)
    stage.break_writes(Fault.ACCEPTED_THEN_CUT)
    first = send_pass(house, stage.platform.name)
    assert [outcome.status for outcome in first] == [Status.UNKNOWN]
    outcomes = passes(house, stage, case, Status.REPLIED)
    assert Status.APPROVED not in [outcome.status for outcome in outcomes]
    assert case.draft is not None
    assert public(stage, case.mention) == [case.draft.text]


def test_a_post_that_is_gone_goes_back_to_the_person(stage: Stage, house: House) -> None:
    case = complaint(stage, house)
    approve(house, case)
    stage.delete(case.mention.post_id)
    passes(house, stage, case, Status.DRAFTED)
    found = house.ledger.case(case.id)
    assert found.withdrawn
    assert "gone" in found.reason
    assert public(stage, case.mention) == []


def test_an_edited_post_goes_back_to_the_person_with_its_new_words(stage: Stage, house: House) -> None:
    if not stage.edits:
        pytest.skip(f"nobody can edit a post on {stage.platform.name}")
    case = complaint(stage, house)
    approve(house, case)
    stage.edit(case.mention.post_id, "it has come, thank you")
    passes(house, stage, case, Status.DRAFTED)
    found = house.ledger.case(case.id)
    assert "edited" in found.reason
    assert "it has come, thank you" in found.mention.text
    assert public(stage, case.mention) == []


def test_a_post_that_somebody_of_us_answered_meanwhile_goes_back_to_the_person(stage: Stage, house: House) -> None:
    case = complaint(stage, house)
    approve(house, case)
    words = stage.platform.address(case.mention) + f"A colleague was faster, scene {case.id}"
    by = Approval(case=case.id, revision=1, hash=text_hash(words), by="omar", at=wall_clock())
    stage.platform.reply(case.mention, ApprovedText(words, (by,)), write_key(wall_clock(), case.id), wall_clock())
    passes(house, stage, case, Status.DRAFTED)
    assert "answered this post already" in house.ledger.case(case.id).reason
    assert public(stage, case.mention) == [words]


def answered_and_updated(stage: Stage, house: House) -> tuple[Case, list[str]]:
    """A case whose answer stands, with an approved update; and what the public shall see of both."""
    case = complaint(stage, house)
    approve(house, case)
    passes(house, stage, case, Status.REPLIED)
    assert case.draft is not None
    words = (
        f"{stage.platform.address(case.mention)}It takes longer, and I am sorry, scene {case.id} of {next(_numbers)}"
    )
    draft = house.ledger.add_draft(
        case.id,
        text=words,
        by="amends",
        language="en",
        components=[],
        faults=[],
        plan="{}",
        now=house.clock(),
        purpose=Purpose.UPDATE,
    )
    house.ledger.approve(case.id, revision=draft.revision, hash=draft.hash, by="ana", now=house.clock())
    return case, sorted([case.draft.text, words])


def test_an_update_stands_once_beside_the_answer(stage: Stage, house: House) -> None:
    case, both = answered_and_updated(stage, house)
    passes(house, stage, case, Status.REPLIED)
    send_pass(house, stage.platform.name)
    assert sorted(public(stage, case.mention)) == both


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_while_writing_an_update_leaves_exactly_one(stage: Stage, house: House, fault: Fault) -> None:
    """The answer that stands there is not taken for the update."""
    if fault not in stage.faults:
        pytest.skip(f"{stage.platform.name} has no such fault: {fault}")
    case, both = answered_and_updated(stage, house)
    stage.break_writes(fault, 1)
    passes(house, stage, case, Status.REPLIED)
    assert sorted(public(stage, case.mention)) == both


def test_a_reply_posted_by_hand_is_seen(stage: Stage, house: House) -> None:
    case = complaint(stage, house)
    approve(house, case)
    # What a person pastes on the network's own page: our account's reply, made past the ledger.
    intent, text = house.ledger.begin(
        case.id, owner="page", lease=timedelta(seconds=60), key=write_key(wall_clock(), case.id), now=house.clock()
    )
    house.ledger.to_hand(intent.id, "closed to the API", now=house.clock())
    stage.platform.reply(case.mention, text, intent.key, wall_clock())
    for _ in range(5):
        watch_by_hand(house, stage.platform.name)
    assert house.ledger.case(case.id).status is Status.REPLIED
    assert len(public(stage, case.mention)) == 1


def test_whoever_loses_the_lease_while_reading_again_writes_nothing(
    stage: Stage, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = complaint(stage, house)
    approve(house, case)
    look = stage.platform.find_reply
    start = wall_clock()

    def stall(mention: Mention, key: str | None = None, text: str | None = None) -> Sighting:
        found = look(mention, key, text)
        house.clock = lambda: start + timedelta(minutes=30)
        return found

    monkeypatch.setattr(stage.platform, "find_reply", stall)
    assert send_pass(house, stage.platform.name) == []
    assert public(stage, case.mention) == []
    monkeypatch.setattr(stage.platform, "find_reply", look)
    passes(house, stage, case, Status.REPLIED)
    assert len(public(stage, case.mention)) == 1


def test_a_pause_stops_what_was_about_to_leave(stage: Stage, house: House) -> None:
    case = complaint(stage, house)
    approve(house, case)
    (ready,) = house.ledger.ready(now=house.clock(), undo=timedelta(), platforms=[stage.platform.name])
    house.ledger.pause(None, who="ana", now=house.clock())
    assert send_one(house, stage.platform, ready) is None
    assert public(stage, case.mention) == []


def test_an_approval_given_anew_waits_its_own_delay(stage: Stage, house: House) -> None:
    house.config = house.config.model_copy(update={"promise": Promise(undo=timedelta(seconds=10))})
    case = complaint(stage, house)
    approve(house, case)
    found = house.ledger.case(case.id)
    assert send_one(house, stage.platform, found) is None
    assert house.ledger.case(case.id).status is Status.APPROVED

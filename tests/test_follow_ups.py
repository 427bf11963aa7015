"""A further word in public: drafted beside an answer that stands, approved, sent once; and then the case is back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from scenes import take_in

from cases.case import Case, IntentState
from cases.errors import MoveRefused, NotAllowed
from cases.lifecycle import Status
from cases.posts import Watch
from cases.promises import PromiseState
from cases.purposes import Purpose
from desk import decisions, follow
from monitor.config import parse_config
from monitor.house import House
from monitor.pipeline import draft, work_through
from monitor.platforms.sandbox import Sandbox
from monitor.sandbox_network import Network
from monitor.sending import send_pass, watch_by_hand

WHOLE = (
    "We lost your parcel. That is our fault, and I'm sorry. Waiting for nothing is maddening. I'm finding out why it "
    "happened and will tell you within 3 hours. Send me a private message so that I can put this right. Ana"
)


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """A network that nothing happens on by itself."""
    return Network(tmp_path / "sandbox.jsonl", (), account="parcelo")


@pytest.fixture
def house(tmp_path: Path, clock: Clock, network: Network) -> Iterator[House]:
    table: dict[str, object] = {
        "brand": {"name": "Parcelo", "signature": "Ana"},
        "promise": {"undo": "0s"},
        "platforms": {"sandbox": {}},
    }
    config = parse_config(table, tmp_path / "config.toml")
    with House(config, clock=clock, connected={"sandbox": Sandbox(network, Watch(("parcelo",)), clock)}) as opened:
        yield opened


def ours(network: Network, clock: Clock) -> list[str]:
    """What stands in public by our account."""
    return [post.text for post in network.posts(clock.now).values() if post.author == "parcelo"]


def approve_and_send(house: House, case: int, *, text: str | None = None, override: str = "") -> Case:
    decisions.approve(house, case, who="lea", text=text, override=override)
    send_pass(house, "sandbox")
    return house.ledger.case(case)


def complain(house: House, network: Network, author: str, text: str, *, parent: str | None = None) -> list[int]:
    """Somebody says so, is read and taken for a complaint; the cases that it opened."""
    network.say(author, text, house.clock(), parent=parent)
    with house.platform("sandbox") as platform:
        posts = [post for batch in platform.poll(None, house.clock()) for post in batch.mentions]
    opened = take_in(house.ledger, *posts, now=house.clock())
    draft(house)
    return opened


@pytest.fixture
def case(house: House, network: Network, clock: Clock) -> int:
    """A case whose answer stands in public and promised a word within three hours."""
    (number,) = complain(house, network, "ines", "@parcelo nine days without my parcel.")
    assert approve_and_send(house, number, text=WHOLE).status is Status.REPLIED
    clock.sleep(minutes=30)
    return number


def test_an_update_waits_for_approval_is_sent_once_and_the_case_is_back(
    house: House, network: Network, clock: Clock, case: int
) -> None:
    drafted = follow.write(house, case, Purpose.UPDATE, who="lea")
    assert drafted.draft is not None
    assert (drafted.status, drafted.draft.purpose, drafted.draft.faults) == (Status.DRAFTED, Purpose.UPDATE, ())
    send_pass(house, "sandbox")
    assert ours(network, clock) == [WHOLE]
    assert approve_and_send(house, case).status is Status.REPLIED
    send_pass(house, "sandbox")
    assert ours(network, clock) == [WHOLE, drafted.draft.text]
    assert [intent.purpose for intent in house.ledger.intents(case)] == [Purpose.ANSWER, Purpose.UPDATE]


def test_what_was_promised_before_is_kept_by_the_update_which_promises_anew(house: House, case: int) -> None:
    follow.write(house, case, Purpose.UPDATE, who="lea")
    approve_and_send(house, case)
    first, second = house.ledger.promises(tuple(PromiseState), case=case)
    assert (first.state, second.state) == (PromiseState.KEPT, PromiseState.OPEN)
    assert second.spoken.due_at > first.spoken.due_at


@pytest.mark.parametrize("before", [Status.IN_PRIVATE, Status.RESOLVED])
def test_after_an_update_the_case_is_where_it_was(house: House, clock: Clock, case: int, before: Status) -> None:
    house.ledger.move(case, before, who="lea", action=str(before), now=clock.now)
    follow.write(house, case, Purpose.UPDATE, who="lea")
    assert approve_and_send(house, case).status is before


@pytest.mark.parametrize("purpose", [Purpose.SETTLED, Purpose.FOLLOW_UP])
def test_after_the_settled_line_and_the_question_the_matter_counts_as_settled(
    house: House, clock: Clock, case: int, purpose: Purpose
) -> None:
    house.ledger.move(case, Status.IN_PRIVATE, who="lea", action="in_private", now=clock.now)
    follow.write(house, case, purpose, who="lea")
    assert approve_and_send(house, case).status is Status.RESOLVED


def test_the_question_is_asked_in_public_from_where_it_is_due(house: House, clock: Clock, case: int) -> None:
    for status in (Status.RESOLVED, Status.FOLLOW_UP_DUE):
        house.ledger.move(case, status, who="lea", action=str(status), now=clock.now)
    follow.write(house, case, Purpose.FOLLOW_UP, who="lea")
    assert follow.drop(house, case, who="lea").status is Status.FOLLOW_UP_DUE
    follow.write(house, case, Purpose.FOLLOW_UP, who="lea")
    assert approve_and_send(house, case).status is Status.RESOLVED


@pytest.mark.parametrize("before", [Status.REPLIED, Status.IN_PRIVATE, Status.RESOLVED])
def test_who_gives_it_up_has_the_case_as_it_was(house: House, clock: Clock, case: int, before: Status) -> None:
    if before is not Status.REPLIED:
        house.ledger.move(case, before, who="lea", action=str(before), now=clock.now)
    follow.write(house, case, Purpose.UPDATE, who="lea")
    assert follow.drop(house, case, who="lea", why="told by phone").status is before
    assert house.ledger.events(case)[-1].why == "told by phone"
    work_through(house)
    assert house.ledger.case(case).status is before
    with pytest.raises(MoveRefused, match="nothing is drafted"):
        follow.drop(house, case, who="lea")


def test_the_answer_itself_is_not_given_up_as_if_it_followed_one(house: House, network: Network, clock: Clock) -> None:
    (case,) = complain(house, network, "omar", "@parcelo nine days without my parcel.")
    with pytest.raises(MoveRefused):
        follow.drop(house, case, who="lea")
    with pytest.raises(MoveRefused):
        house.ledger.move(case, Status.RESOLVED, who="lea", action="resolved", now=clock.now)
    with pytest.raises(NotAllowed, match="no answer of ours stands"):
        follow.write(house, case, Purpose.UPDATE, who="lea")


@pytest.mark.parametrize("status", [Status.IN_PRIVATE, Status.RESOLVED, Status.CLOSED])
def test_whoever_solved_it_meanwhile_says_so_without_sending_the_update(
    house: House, network: Network, clock: Clock, case: int, status: Status
) -> None:
    follow.write(house, case, Purpose.UPDATE, who="lea")
    assert house.ledger.move(case, status, who="bo", action=str(status), now=clock.now).status is status
    send_pass(house, "sandbox")
    assert ours(network, clock) == [WHOLE]


def test_an_update_that_is_given_up_teaches_nothing_about_the_post(house: House, clock: Clock, case: int) -> None:
    """To dismiss says that a post is no complaint; what follows an answer is dropped."""
    follow.write(house, case, Purpose.UPDATE, who="lea")
    with pytest.raises(MoveRefused, match="amends drop"):
        house.ledger.move(case, Status.DISMISSED, who="lea", action="dismissed", now=clock.now)


def test_the_same_is_not_said_twice_under_one_post(house: House, case: int) -> None:
    follow.write(house, case, Purpose.UPDATE, who="lea")
    approve_and_send(house, case)
    with pytest.raises(NotAllowed, match="had its update already"):
        follow.write(house, case, Purpose.UPDATE, who="lea")


def test_a_private_message_is_never_drafted_for_the_public(house: House, case: int) -> None:
    with pytest.raises(NotAllowed, match="for a person to send"):
        follow.write(house, case, Purpose.PRIVATE, who="lea")


def test_an_answered_case_takes_no_second_answer(house: House, case: int) -> None:
    with pytest.raises(NotAllowed, match="amends follow-up"):
        decisions.approve(house, case, who="lea", text=WHOLE + "!")


def test_a_third_word_in_public_needs_a_reason(house: House, network: Network, clock: Clock, case: int) -> None:
    follow.write(house, case, Purpose.UPDATE, who="lea")
    second = house.ledger.case(case)
    assert second.draft is not None
    assert any("in public here already" in caution for caution in decisions.cautions_for(house, second, WHOLE))
    approve_and_send(house, case)
    clock.sleep(hours=1)
    follow.write(house, case, Purpose.SETTLED, who="lea")
    with pytest.raises(NotAllowed, match="answered 2 times"):
        decisions.approve(house, case, who="lea")
    assert approve_and_send(house, case, override="the customer asked for it").status is Status.RESOLVED
    assert len(ours(network, clock)) == 3


def test_only_what_must_say_what_comes_next_is_hinted_at_a_missing_date(house: House, case: int) -> None:
    for purpose, hinted in ((Purpose.UPDATE, True), (Purpose.SETTLED, False), (Purpose.FOLLOW_UP, False)):
        drafted = follow.write(house, case, purpose, who="lea", text="A word without any date. Ana")
        cautions = decisions.cautions_for(house, drafted, "A word without any date. Ana")
        assert any("no moment" in caution for caution in cautions) is hinted


def test_a_persons_own_words_must_hold_what_an_update_needs(house: House, case: int) -> None:
    follow.write(house, case, Purpose.UPDATE, who="lea", text="Still waiting for the depot. Ana")
    with pytest.raises(NotAllowed, match="lacks: regret, next steps"):
        decisions.approve(house, case, who="lea")
    edited = decisions.edit(
        house, case, who="lea", text="I'm sorry, it takes longer. You'll hear from me tomorrow. Ana"
    )
    assert edited.draft is not None
    assert edited.draft.purpose is Purpose.UPDATE
    assert approve_and_send(house, case).status is Status.REPLIED


def test_an_update_whose_moment_has_passed_is_written_anew(house: House, clock: Clock, case: int) -> None:
    before = follow.write(house, case, Purpose.UPDATE, who="lea").draft
    clock.sleep(days=3)
    work_through(house)
    after = house.ledger.case(case).draft
    assert before is not None
    assert after is not None
    assert (after.purpose, after.by) == (Purpose.UPDATE, "amends")
    assert after.text != before.text


def test_who_writes_again_gets_an_answer_first(house: House, network: Network, case: int) -> None:
    follow.write(house, case, Purpose.UPDATE, who="lea")
    post = house.ledger.case(case).mention.post_id
    complain(house, network, "ines", "@parcelo still no parcel.", parent=post)
    waiting = house.ledger.case(case).draft
    assert waiting is not None
    assert waiting.purpose is Purpose.ANSWER


def test_an_update_posted_by_hand_is_known_by_its_own_words(
    house: House, network: Network, clock: Clock, case: int
) -> None:
    """The answer that stands there is not taken for it."""
    drafted = follow.write(house, case, Purpose.UPDATE, who="lea")
    assert drafted.draft is not None
    decisions.approve(house, case, who="lea")
    decisions.by_hand(house, case, who="lea", url=None)
    watch_by_hand(house, "sandbox")
    assert house.ledger.case(case).status is Status.BY_HAND
    network.say("parcelo", drafted.draft.text, clock(), parent=drafted.mention.post_id)
    watch_by_hand(house, "sandbox")
    assert house.ledger.case(case).status is Status.REPLIED
    assert [intent.by_hand for intent in house.ledger.intents(case)] == [False, True]


def test_an_update_of_unclear_end_is_looked_for_and_not_sent_again(
    house: House, network: Network, clock: Clock, case: int
) -> None:
    drafted = follow.write(house, case, Purpose.UPDATE, who="lea")
    assert drafted.draft is not None
    decisions.approve(house, case, who="lea")
    intent, text = house.ledger.begin(case, owner="gone", lease=house.config.sending.lease, key="k9", now=clock.now)
    network.say("parcelo", text.text, clock(), parent=drafted.mention.post_id, key="k9")
    clock.sleep(minutes=10)
    send_pass(house, "sandbox")
    assert house.ledger.case(case).status is Status.REPLIED
    assert house.ledger.intents(case)[1].state is IntentState.POSTED
    assert (intent.purpose, len(ours(network, clock))) == (Purpose.UPDATE, 2)

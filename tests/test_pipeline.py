"""What happens to a post, from the network to a draft in the queue: one odd post never holds up the others."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Clock
from scenes import COMPLAINT, MORNING, mention

from cases.lifecycle import Status
from cases.posts import Mention, MentionKind, Post, Watch
from cases.verdicts import UNJUDGED, Risk, Verdict
from monitor.config import parse_config
from monitor.house import House
from monitor.pipeline import draft, judge, open_cases, opening, take_in
from monitor.platforms.sandbox import Sandbox
from monitor.sandbox_network import Network
from store.views import JudgedMention

PROMISE = timedelta(hours=2)


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """A sandbox network on which only the test's people speak."""
    return Network(tmp_path / "sandbox.jsonl", (), account="parcelo")


@pytest.fixture
def house(tmp_path: Path, clock: Clock, network: Network) -> Iterator[House]:
    """The brand on that network."""
    table: dict[str, object] = {"brand": {"name": "Parcelo", "signature": "Ana"}, "platforms": {"sandbox": {}}}
    config = parse_config(table, tmp_path / "config.toml")
    with House(config, clock=clock, connected={"sandbox": Sandbox(network, Watch(("parcelo",)), clock)}) as opened:
        yield opened


def judged(verdict: Verdict, post: Mention | None = None) -> JudgedMention:
    return JudgedMention(1, post or mention("p1"), verdict)


def test_a_complaint_becomes_a_draft_in_one_poll(house: House, network: Network, clock: Clock) -> None:
    network.say("ines", "@parcelo nine days and my parcel still hasn't arrived. Unacceptable!", clock())
    intake = take_in(house, "sandbox")
    (case,) = house.ledger.cases()
    assert (len(intake.mentions), case.status) == (1, Status.DRAFTED)
    assert case.draft is not None
    assert case.draft.text.endswith("Ana")
    assert case.due_at == case.mention.posted_at + PROMISE


def test_a_danger_is_handed_to_a_person_at_once_whatever_else_is_true() -> None:
    verdict = replace(COMPLAINT, complaint=False, relevant=False, risks=frozenset({Risk.SELF_HARM}))
    decided = opening(judged(verdict), PROMISE)
    assert (decided.opens, decided.at_risk) == (True, True)
    assert "danger" in (decided.escalate or "")


def test_a_relevant_risk_without_a_complaint_goes_to_a_person() -> None:
    verdict = replace(COMPLAINT, complaint=False, risks=frozenset({Risk.PRESS}))
    assert opening(judged(verdict), PROMISE).escalate == "a risk without a complaint: press"
    assert not opening(judged(replace(verdict, relevant=False)), PROMISE).opens


def test_a_namesake_opens_nothing() -> None:
    assert not opening(judged(replace(COMPLAINT, relevant=False)), PROMISE).opens


def test_a_language_that_was_not_learned_goes_to_a_person_as_it_is() -> None:
    verdict = replace(COMPLAINT, complaint=False, learned=False, language="de")
    assert "de" in (opening(judged(verdict), PROMISE).escalate or "")
    found = replace(mention("p1"), kind=MentionKind.KEYWORD)
    assert opening(judged(verdict, found), PROMISE).opens
    assert not opening(judged(replace(verdict, language="und"), found), PROMISE).opens


def test_one_post_that_can_not_be_judged_does_not_silence_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.ledger.record("sandbox", [mention("p1", "cursed"), mention("p2", author="omar")], "1", now=MORNING)

    def read(posts: Sequence[Post]) -> list[Verdict]:
        if any(post.text == "cursed" for post in posts):
            raise RuntimeError
        return [COMPLAINT for _ in posts]

    monkeypatch.setattr(house.judge, "judge", read)
    assert judge(house) == 2
    assert [found.verdict for found in house.ledger.unsettled()] == [UNJUDGED, COMPLAINT]


def test_one_post_that_can_not_be_drafted_goes_to_a_person_and_the_others_are_drafted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.ledger.record("sandbox", [mention("p1", "cursed"), mention("p2", author="omar")], "1", now=MORNING)
    house.ledger.judge([(stored.id, COMPLAINT) for stored in house.ledger.unjudged()], now=MORNING)
    open_cases(house)
    works = house.responder.draft

    def write(post: Post, *rest: object, **names: object) -> object:
        if post.text == "cursed":
            raise RuntimeError
        return works(post, *rest, **names)  # type: ignore[arg-type] # passed on as it came

    monkeypatch.setattr(house.responder, "draft", write)
    draft(house)
    assert {case.mention.text: case.status for case in house.ledger.cases()} == {
        "cursed": Status.ESCALATED,
        mention("p2").text: Status.DRAFTED,
    }


def test_a_draft_whose_promise_has_passed_is_written_anew(house: House, network: Network, clock: Clock) -> None:
    network.say("ines", "@parcelo nine days and my parcel still hasn't arrived. Unacceptable!", clock())
    take_in(house, "sandbox")
    (before,) = house.ledger.cases()
    clock.sleep(days=4)
    draft(house)
    (after,) = house.ledger.cases()
    assert before.draft is not None
    assert after.draft is not None
    assert after.draft.revision == before.draft.revision + 1
    assert after.draft.text != before.draft.text

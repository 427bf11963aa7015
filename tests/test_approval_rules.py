"""What stops an approval, what only warns, and how a reason overrides it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from scenes import COMPLAINT, mention, take_in

from cases.case import Case
from cases.errors import NotAllowed
from cases.lifecycle import Status
from cases.plans import Finding
from desk import decisions
from monitor.config import load_config
from monitor.house import House

WHOLE = (
    "We lost your parcel. That is our fault, and I'm sorry. Waiting for nothing is maddening. I'm finding out why it "
    "happened and will tell you by tomorrow. Send me a private message so that I can put this right. Ana"
)
OURS_NOT = (
    "Your parcel did not arrive, and waiting for nothing is maddening. I'm sorry. I'm finding out why it happened and "
    "will tell you by tomorrow. Send me a private message. Ana"
)


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    path = tmp_path / "config.toml"
    text = '[brand]\nname = "Parcelo"\n[policy]\nnever = ["maddening"]\n[platforms.sandbox]\n'
    path.write_text(text, encoding="utf-8")
    with House(load_config(path), clock=clock) as opened:
        yield opened


def a_case(house: House) -> int:
    (case,) = take_in(house.ledger, mention("p1"), verdict=COMPLAINT)
    return case


def answered(house: House, case: int, times: int, clock: Clock) -> None:
    """A case that was answered in public some times, each after the author wrote once more."""
    for turn in range(times):
        decisions.approve(house, case, who="lea", text=f"{WHOLE} {turn}")
        decisions.by_hand(house, case, who="lea", url=f"https://example.invalid/{turn}")
        clock.sleep(minutes=5)
        again = mention(f"again{turn}", "Still nothing!", thread="p1", parent="p1", at=clock.now)
        take_in(house.ledger, again, now=clock.now)


def events(house: House, case: Case | int) -> list[str]:
    return [event.action for event in house.ledger.events(case if isinstance(case, int) else case.id)]


def test_a_whole_text_is_approved_without_a_reason(house: House) -> None:
    case = a_case(house)
    assert decisions.approve(house, case, who="lea", text=WHOLE).status is Status.APPROVED
    assert "override" not in events(house, case)


def test_a_text_that_lacks_what_the_plan_requires_is_stopped_by_name(house: House) -> None:
    case = a_case(house)
    with pytest.raises(NotAllowed, match=r"lacks: .*private channel.*--override"):
        decisions.approve(house, case, who="lea", text="We lost your parcel. I'm sorry. Ana")
    assert house.ledger.drafts(case) == [], "a refused text makes no revision"


def test_what_is_overridden_is_kept_as_an_event_with_the_reason_and_the_name(house: House) -> None:
    case = a_case(house)
    decisions.approve(house, case, who="lea", text="We lost your parcel. I'm sorry. Ana", override="short on purpose")
    (event,) = [event for event in house.ledger.events(case) if event.action == "override"]
    assert event.who == "lea"
    assert event.why.startswith("short on purpose (the plan requires")


def test_where_it_is_not_ours_nobody_asks_for_ownership_or_amends(house: House) -> None:
    case = a_case(house)
    with pytest.raises(NotAllowed, match="responsibility"):
        decisions.approve(house, case, who="lea", text=OURS_NOT)
    house.ledger.find(case, Finding.NOT_OURS, who="dana", now=house.clock())
    assert decisions.approve(house, case, who="lea", text=OURS_NOT).status is Status.APPROVED


def test_a_second_public_message_is_discouraged(house: House, clock: Clock) -> None:
    case = a_case(house)
    assert not any("in public" in caution for caution in decisions.cautions_for(house, house.ledger.case(case), WHOLE))
    answered(house, case, 1, clock)
    assert any("in public" in caution for caution in decisions.cautions_for(house, house.ledger.case(case), WHOLE))


def test_a_third_public_message_needs_a_reason(house: House, clock: Clock) -> None:
    case = a_case(house)
    answered(house, case, 2, clock)
    with pytest.raises(NotAllowed, match="answered 2 times in public"):
        decisions.approve(house, case, who="lea", text=WHOLE)
    approved = decisions.approve(house, case, who="lea", text=WHOLE, override="they asked for it in public")
    assert approved.status is Status.APPROVED


def test_a_word_that_the_brand_never_uses_warns_and_stops_nothing(house: House) -> None:
    case = a_case(house)
    cautions = decisions.cautions_for(house, house.ledger.case(case), WHOLE)
    assert cautions == ("“maddening”: the brand never uses this word; leave it out",)
    assert decisions.approve(house, case, who="lea", text=WHOLE).status is Status.APPROVED

"""What is written to a customer after the answer: the texts, and how they come before people for approval."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from cases.case import Case
from cases.errors import CaseError, NotAllowed
from cases.lifecycle import ANSWERED
from cases.plans import RecoveryPlan
from cases.platform import Venue
from cases.posts import as_post
from cases.purposes import Purpose
from cases.told import Told
from desk.office import Office

if TYPE_CHECKING:
    from responders.draft import Written
    from responders.follow import FollowUps

AMENDS = "amends"
"""Who writes where no person does."""


def text_for(office: Office, case: Case, purpose: Purpose, *, private: bool = False) -> "Written | None":
    """A text of ours for this purpose, never the answer; None where a person must find the words.

    Nothing is stored. What is for the `private` talk stays the same as long as what is known does; a public text steps
    aside for what was said to others lately.
    """
    from responders.follow import Said  # noqa: PLC0415 - the words take a moment to load

    ledger, network, now = office.ledger, office.networks[case.mention.platform], office.clock()
    post = as_post(case.mention, office.brand)
    venue = Venue(
        platform=network.name,
        limit=network.limit,
        measure=network.measure,
        account=network.sigil + network.handle if network.handle else "",
        address=network.address(case.mention.author),
        link_costs=network.link_costs,
    )
    in_time = any(promise.spoken.due_at >= now for promise in ledger.promises(case=case.id))
    return _writer().write(
        purpose,
        Said(post, case.verdict, office.plan(post, case), in_time=in_time),
        venue,
        signature=office.signature(case.verdict.language),
        brand=office.brand,
        seed=f"{case.mention.platform}:{case.mention.post_id}:{purpose}",
        recent=() if private else ledger.recent_texts(exclude=case.id),
        now=now,
        timezone=office.zone.key,
        private=private,
    )


def write(office: Office, case_id: int, purpose: Purpose, *, who: str, text: str | None = None, why: str = "") -> Case:
    """Bring a text that follows the answer before people for approval: ours, or this one.

    Ours is written anew when what it promises has passed, as any draft is. Raises `NotAllowed` where no answer of ours
    stands, where this was said already, for a private message, and where no words of ours fit; `MoveRefused` while a
    write is under way.
    """
    from desk.decisions import check_text  # noqa: PLC0415 - decisions stand on the words too

    ledger, now = office.ledger, office.clock()
    case = ledger.case(case_id)
    if text is not None:
        findings = check_text(office, case, text)
        components, faults = sorted(map(str, findings.components)), sorted(map(str, findings.faults))
        plan, until, by = "{}", None, who
    else:
        written = text_for(office, case, purpose)
        if written is None:
            message = Told(
                "case %(case_id)s: no words of ours fit here; give your own with --text-file", case_id=case_id
            )
            raise NotAllowed(message)
        text, components, faults = written.text, list(written.components), list(written.faults)
        plan = json.dumps(written.plan.as_dict(), ensure_ascii=False)
        until, by = good_until(purpose, written.plan), AMENDS
    ledger.add_draft(
        case_id,
        text=text,
        by=by,
        language=case.verdict.language,
        components=components,
        faults=faults,
        plan=plan,
        now=now,
        why=why or (f"{who} asked for it" if by == AMENDS else ""),
        expect=case.status,
        good_until=until,
        purpose=purpose,
        due_at=min(
            (promise.spoken.due_at for promise in ledger.promises(case=case_id)), default=now + office.first_answer
        ),
    )
    return ledger.case(case_id)


def good_until(purpose: Purpose, plan: RecoveryPlan) -> datetime | None:
    """Until when a text of ours promises nothing that has passed; None: for good."""
    return plan.next_update if purpose in {Purpose.ANSWER, Purpose.UPDATE} else None


def drop(office: Office, case_id: int, *, who: str, why: str = "") -> Case:
    """Give up what is drafted beside an answer that stands. Raises `MoveRefused` where no such draft waits."""
    return office.ledger.drop_follow_up(case_id, who=who, why=why, now=office.clock())


def tell_affected(office: Office, cases: Iterable[Case], *, who: str, why: str) -> list[Case]:
    """Draft the settled line for each of these cases that has an answer of ours; those where it waits now."""
    told = []
    for case in (case for case in cases if case.status in ANSWERED):
        try:
            told.append(write(office, case.id, Purpose.SETTLED, who=who, why=why))
        except CaseError:  # nothing of ours stands there in public, or this was said: its person will see to it
            continue
    return told


@cache
def _writer() -> "FollowUps":
    from responders.follow import FollowUps  # noqa: PLC0415 - the words take a moment to load

    return FollowUps.shipped()

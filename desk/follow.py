"""What is written to a customer after the answer: the texts, and how they come before people for approval."""

from functools import cache
from typing import TYPE_CHECKING

from cases.case import Case
from cases.platform import Venue
from cases.posts import as_post
from cases.purposes import Purpose
from desk.office import Office

if TYPE_CHECKING:
    from responders.draft import Written
    from responders.follow import FollowUps


def text_for(office: Office, case: Case, purpose: Purpose) -> "Written | None":
    """A text of ours for this purpose, never the answer; None where a person must find the words.

    Nothing is stored. A private message stays the same as long as what is known does; a public one steps aside for what
    was said to others lately.
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
        recent=() if purpose is Purpose.PRIVATE else ledger.recent_texts(exclude=case.id),
        now=now,
        timezone=office.zone.key,
    )


@cache
def _writer() -> "FollowUps":
    from responders.follow import FollowUps  # noqa: PLC0415 - the words take a moment to load

    return FollowUps.shipped()

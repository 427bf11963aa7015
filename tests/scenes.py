"""Mentions, verdicts and cases for scenarios: everything has a default, a scene names what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cases.case import Case
from cases.posts import Mention, MentionKind, Permissions
from cases.verdicts import Category, Clue, Verdict
from store.ledger import Ledger
from store.views import Opening

MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)

COMPLAINT = Verdict(
    complaint=True,
    probability=0.93,
    severity=2,
    heat=1,
    category=Category.LATE,
    risks=frozenset(),
    relevant=True,
    language="en",
    about="nine days without my parcel",
    why=(Clue("nine days", 1.2, 0, 9),),
    model="test",
)
PRAISE = replace(COMPLAINT, complaint=False, probability=0.03, severity=0, heat=0, category=Category.OTHER, about="")

_EVERYTHING = Permissions(answerable=True, author_wrote_first=True)


def mention(
    post_id: str,
    text: str = "Nine days without my parcel, @parcelo.",
    *,
    platform: str = "sandbox",
    author: str = "ines",
    thread: str | None = None,
    parent: str | None = None,
    at: datetime = MORNING,
    own: bool = False,
    repost: bool = False,
    permissions: Permissions = _EVERYTHING,
) -> Mention:
    """One post."""
    return Mention(
        platform=platform,
        post_id=post_id,
        thread_id=thread or post_id,
        parent_id=parent,
        author_id=f"id-{author}",
        author=author,
        author_name=author.title(),
        text=text,
        url=f"https://example.invalid/{author}/{post_id}",
        posted_at=at,
        kind=MentionKind.MENTION,
        permissions=permissions,
        own=own,
        repost=repost,
    )


def take_in(
    ledger: Ledger, *mentions: Mention, verdict: Verdict = COMPLAINT, at_risk: bool = False, now: datetime = MORNING
) -> list[int]:
    """Record, judge and settle some mentions; the cases that were opened."""
    ledger.record(mentions[0].platform, mentions, "cursor", now=now)
    ledger.judge([(stored.id, verdict) for stored in ledger.unjudged()], now=now)
    due_at = now + timedelta(hours=2)
    return ledger.settle(
        [
            Opening(judged.id, opens=judged.verdict.complaint, at_risk=at_risk, due_at=due_at)
            for judged in ledger.unsettled()
        ],
        now=now,
    )


def draw(ledger: Ledger, now: datetime, *posts: tuple[str, str]) -> list[int]:
    """Posts, each with its identifier, that were passed over and drawn for people to look at; their numbers."""
    found = [mention(name, text, author=f"author-{name}", at=now) for name, text in posts]
    ledger.record("sandbox", found, "cursor", now=now)
    ledger.judge([(stored.id, PRAISE) for stored in ledger.unjudged()], now=now)
    numbers = [judged.id for judged in ledger.unsettled()]
    ledger.settle([Opening(number, opens=False, sample=0.01) for number in numbers], now=now)
    return numbers


def drafted(
    ledger: Ledger, case: int, text: str = "I'm sorry.", *, by: str = "amends", now: datetime = MORNING
) -> Case:
    """A case with a draft."""
    ledger.add_draft(case, text=text, by=by, language="en", components=["regret"], faults=[], plan="{}", now=now)
    return ledger.case(case)


def approved(ledger: Ledger, case: int, text: str = "I'm sorry.", *, by: str = "ana", now: datetime = MORNING) -> Case:
    """A case whose draft a person approved."""
    draft = drafted(ledger, case, text, now=now).draft
    assert draft is not None
    return ledger.approve(case, revision=draft.revision, hash=draft.hash, by=by, now=now)

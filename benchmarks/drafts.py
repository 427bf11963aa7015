"""Drafts for posts that nobody tuned anything on: written posts about brands that no model learned from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cases.platform import Venue
from cases.posts import Post
from cases.verdicts import Category
from classifiers.corpora import WRITTEN, LabelledMention, is_unread, written_posts
from classifiers.judge import Judge, load_judge
from responders.draft import Responder
from responders.plan import make_plan
from responders.policy import Policy

NOW = datetime(2026, 11, 23, 10, 12, tzinfo=UTC)
BRAND = "Parcelo"
VENUES = (
    Venue("x", 280, len, account="@parcelo_help", link_costs=True),
    Venue("bluesky", 300, len, account="@parcelo.example"),
    Venue("mastodon", 500, len, account="@parcelo@social.example"),
    Venue("reddit", 10_000, len, account="u/parcelo_help", private_link="https://reddit.example/compose"),
)
_MEMORY = 50
"""Replies of the brand that a draft must not resemble, as in the daemon."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A post by another hand, and what Amends would answer."""

    post: LabelledMention
    network: str
    category: Category
    """As judged."""
    text: str


def complaints(language: str) -> list[LabelledMention]:
    """The posts to draft for: labelled as complaints, about brands in none of the trainings."""
    return [
        post
        for post in written_posts()
        if post.complaint and post.language == language and is_unread(post.example(WRITTEN))
    ]


def drafted(posts: Sequence[LabelledMention], venues: Sequence[Venue] = VENUES) -> Iterator[Drafted]:
    """A draft for each post, on the venues in turn; none for a post that is missed or handed to a person."""
    judge, responder = load_judge(), Responder.shipped()
    recent: list[str] = []
    for at, post in enumerate(posts):
        one = _draft(judge, responder, post, venues[at % len(venues)], recent)
        if one is not None:
            recent.append(one.text)
            yield one


def _draft(
    judge: Judge, responder: Responder, post: LabelledMention, venue: Venue, recent: Sequence[str]
) -> Drafted | None:
    asked = Post(post.text, language=post.language)
    verdict = judge.judge([asked])[0]
    plan = make_plan(asked, verdict, policy=Policy(), now=NOW)
    if not verdict.complaint or plan.handoff is not None:
        return None
    written = responder.draft(
        asked,
        replace(verdict, relevant=True),
        plan,
        venue,
        signature="Ana",
        brand=BRAND,
        seed=post.text,
        recent=list(recent)[-_MEMORY:],
        now=NOW,
    )
    return None if written is None else Drafted(post, venue.platform, verdict.category, written.text)

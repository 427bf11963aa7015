"""Between rows and the domain's types."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from cases.case import Case, Event, Intent, IntentState
from cases.drafts import Approval, Draft
from cases.lifecycle import Status
from cases.posts import Mention, MentionKind, Permissions
from cases.purposes import Purpose
from cases.verdicts import UNJUDGED, Category, Clue, Risk, Verdict

Row = Mapping[str, Any] | RowMapping
"""A row's values by column; the table's definition says their types."""


def trace(platform: str, kind: str, name: str) -> str:
    """The hash that is left of something forgotten."""
    return hashlib.sha256(f"{platform}\0{kind}\0{name}".encode("utf-8", "surrogatepass")).hexdigest()


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_MOST = 2**31 - 1
"""What an integer column of PostgreSQL holds."""


def storable(text: str) -> str:
    """A text without what a database refuses: NUL, and halves of surrogate pairs; `Mention` drops its own."""
    return _UNSTORABLE.sub("\ufffd", text)


def mention_values(mention: Mention, seen_at: datetime) -> dict[str, object]:
    """A mention as a new row."""
    return {
        **fresh_values(mention),
        "platform": mention.platform,
        "post_id": mention.post_id,
        "thread_id": mention.thread_id,
        "parent_id": mention.parent_id,
        "author_id": mention.author_id,
        "posted_at": mention.posted_at,
        "kind": str(mention.kind),
        "own": mention.own,
        "repost": mention.repost,
        "seen_at": seen_at,
        "stage": "settled" if mention.own or mention.repost else "recorded",
    }


def fresh_values(mention: Mention) -> dict[str, object]:
    """What may change when a post is read again."""
    return {
        "author": mention.author,
        "author_name": mention.author_name,
        "text": mention.text,
        "url": mention.url,
        "edited_at": mention.edited_at,
        "language": mention.language,
        "followers": None if mention.followers is None else min(mention.followers, _MOST),
        "ref": mention.ref,
        "answerable": mention.permissions.answerable,
        "why_not": mention.permissions.why_not,
        "author_wrote_first": mention.permissions.author_wrote_first,
        "may_train": mention.permissions.may_train,
        "forget_by": mention.permissions.forget_by,
    }


def as_mention(row: Row) -> Mention:
    """A row of `mentions`."""
    return Mention(
        platform=row["platform"],
        post_id=row["post_id"],
        thread_id=row["thread_id"],
        author_id=row["author_id"],
        author=row["author"],
        text=row["text"],
        url=row["url"],
        posted_at=row["posted_at"],
        kind=MentionKind(row["kind"]),
        permissions=Permissions(
            answerable=row["answerable"],
            why_not=row["why_not"],
            author_wrote_first=row["author_wrote_first"],
            may_train=row["may_train"],
            forget_by=row["forget_by"],
        ),
        author_name=row["author_name"],
        parent_id=row["parent_id"],
        language=row["language"],
        followers=row["followers"],
        edited_at=row["edited_at"],
        own=row["own"],
        repost=row["repost"],
        ref=row["ref"],
    )


def verdict_values(mention_id: int, verdict: Verdict, at: datetime) -> dict[str, object]:
    """A verdict as a row."""
    return {
        "mention_id": mention_id,
        "complaint": verdict.complaint,
        "probability": verdict.probability,
        "severity": verdict.severity,
        "heat": verdict.heat,
        "category": str(verdict.category),
        "risks": sorted(verdict.risks),
        "relevant": verdict.relevant,
        "language": verdict.language,
        "about": verdict.about,
        "why": [[clue.words, clue.weight, clue.start, clue.end] for clue in verdict.why],
        "learned": verdict.learned,
        "model": verdict.model,
        "at": at,
    }


def as_verdict(row: Row, prefix: str = "") -> Verdict:
    """A row of `verdicts`, its columns named with a prefix."""
    if row[f"{prefix}complaint"] is None:
        return UNJUDGED
    return Verdict(
        complaint=row[f"{prefix}complaint"],
        probability=row[f"{prefix}probability"],
        severity=row[f"{prefix}severity"],
        heat=row[f"{prefix}heat"],
        category=Category(row[f"{prefix}category"]),
        risks=frozenset(Risk(risk) for risk in row[f"{prefix}risks"]),
        relevant=row[f"{prefix}relevant"],
        language=row[f"{prefix}language"],
        about=row[f"{prefix}about"],
        why=tuple(Clue(*clue) for clue in row[f"{prefix}why"]),
        learned=row[f"{prefix}learned"],
        model=row[f"{prefix}model"],
    )


def as_draft(row: Row) -> Draft:
    """A row of `drafts`."""
    return Draft(
        case=row["case_id"],
        revision=row["revision"],
        text=row["text"],
        by=row["by"],
        at=row["at"],
        language=row["language"],
        components=tuple(row["components"]),
        faults=tuple(row["faults"]),
        plan=row["plan"],
        purpose=Purpose(row["purpose"]),
    )


def as_approval(row: Row) -> Approval:
    """A row of `approvals`."""
    return Approval(row["case_id"], row["revision"], row["hash"], row["by"], row["at"])


def as_intent(row: Row) -> Intent:
    """A row of `intents`."""
    return Intent(
        id=row["id"],
        case=row["case_id"],
        post_id=row["post_id"],
        purpose=Purpose(row["purpose"]),
        revision=row["revision"],
        key=row["key"],
        text=row["text"],
        state=IntentState(row["state"]),
        owner=row["owner"],
        lease_until=row["lease_until"],
        begun_at=row["begun_at"],
        absences=row["absences"],
        reply_id=row["reply_id"],
        reply_url=row["reply_url"],
        posted_at=row["posted_at"],
        by_hand=row["by_hand"],
    )


def as_event(row: Row) -> Event:
    """A row of `events`."""
    return Event(
        case=row["case_id"],
        at=row["at"],
        who=row["who"],
        action=row["action"],
        old=Status(row["old"]) if row["old"] else None,
        new=Status(row["new"]) if row["new"] else None,
        why=row["why"],
    )


def as_case(row: Row, mention: Mention, verdict: Verdict, draft: Draft | None, given: tuple[Approval, ...]) -> Case:
    """A row of `cases`, with what belongs to it."""
    return Case(
        id=row["id"],
        status=Status(row["status"]),
        mention=mention,
        mention_id=row["mention_id"],
        verdict=verdict,
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        draft=draft,
        approvals=given,
        at_risk=row["at_risk"],
        withdrawn=row["withdrawn"],
        forgotten=row["forgotten"],
        assignee=row["assignee"],
        snoozed_until=row["snoozed_until"],
        reason=row["reason"],
    )

"""What comes after an answer that stands, in the caller's transaction: what a further word is for, where it leads."""

from sqlalchemy import Connection, select

from cases.case import IntentState
from cases.drafts import Draft
from cases.errors import NotAllowed
from cases.lifecycle import Status
from cases.purposes import Purpose
from cases.told import Told, named
from store import schema as t
from store.rows import Row


def said_in_public(connection: Connection, row: Row) -> dict[Purpose, str]:
    """What stands in public under the post that a case answers: the address by purpose."""
    wanted = (
        select(t.intents.c.purpose, t.intents.c.reply_url)
        .join(t.mentions, t.mentions.c.post_id == t.intents.c.post_id)
        .where(
            t.intents.c.case_id == row["id"],
            t.mentions.c.id == row["mention_id"],
            t.intents.c.state == str(IntentState.POSTED),
        )
    )
    return {Purpose(purpose): url or "" for purpose, url in connection.execute(wanted)}


def purpose_of_next(said: dict[Purpose, str], latest: Draft | None) -> Purpose:
    """What a new revision is for where nobody says: as the latest, as long as that can still be said there."""
    if latest is None or Purpose.ANSWER not in said or latest.purpose in said:
        return Purpose.ANSWER
    return latest.purpose


def check_purpose(case: int, purpose: Purpose, said: dict[Purpose, str]) -> None:
    """Raise `NotAllowed` for a private text, for a follow-up without an answer, and for what was said already."""
    if purpose is Purpose.PRIVATE:
        message = Told("a private message is for a person to send; Amends posts in public alone")
        raise NotAllowed(message)
    if purpose is not Purpose.ANSWER and Purpose.ANSWER not in said:
        message = Told(
            "case %(case)s: no answer of ours stands under this post yet, so nothing can follow it", case=case
        )
        raise NotAllowed(message)
    if purpose in said and purpose is not Purpose.ANSWER:
        message = Told(
            "case %(case)s: this post has had its %(purpose)s already: %(url)s",
            case=case,
            purpose=named(purpose),
            url=said[purpose],
        )
        raise NotAllowed(message)


def home_of(return_to: str | None, purpose: Purpose) -> Status:
    """Where a case belongs once a follow-up stands in public."""
    if return_to == Status.CLOSED:
        return Status.CLOSED
    if purpose in {Purpose.SETTLED, Purpose.FOLLOW_UP} or return_to == Status.FOLLOW_UP_DUE:
        return Status.RESOLVED
    return Status(return_to) if return_to else Status.REPLIED

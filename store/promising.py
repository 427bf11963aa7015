"""What becomes of promises when a case moves; always in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from cases.case import IntentState
from cases.promises import Promise, PromiseState, Spoken
from store import schema as t
from store.rows import Row, storable


def add_promises(
    connection: Connection, case: int, revision: int, promises: Sequence[Spoken], *, owner: str, now: datetime
) -> None:
    """Keep what an approved text promises."""
    rows = [
        {
            "case_id": case,
            "revision": revision,
            "words": storable(spoken.words),
            "start": spoken.start,
            "end": spoken.end,
            "due_at": spoken.due_at,
            "owner": storable(owner),
            "made_at": now,
            "state": str(PromiseState.OPEN),
            "why": "",
        }
        for spoken in promises
    ]
    if rows:
        connection.execute(insert(t.promises), rows)


def withdraw_promises(connection: Connection, case: int, *, now: datetime) -> None:
    """An approval fell: what its text promised was promised to nobody, unless it stands in public."""
    # A write that is unclear, or by hand, may stand: its promises are not taken back.
    out = select(t.intents.c.revision).where(
        t.intents.c.case_id == case,
        t.intents.c.state.in_([str(IntentState.POSTED), str(IntentState.UNKNOWN), str(IntentState.WRITING)]),
    )
    connection.execute(
        update(t.promises)
        .where(
            t.promises.c.case_id == case,
            t.promises.c.state == str(PromiseState.OPEN),
            t.promises.c.revision.not_in(out),
        )
        .values(state=str(PromiseState.WITHDRAWN), settled_at=now, why="its text was not posted")
    )


def keep_promises(
    connection: Connection, case: int, *, who: str, why: str, now: datetime, before: int | None = None
) -> None:
    """A later word to the customer keeps what was promised; `before`: only by revisions older than this one."""
    wanted = [t.promises.c.case_id == case, t.promises.c.state == str(PromiseState.OPEN)]
    if before is not None:
        wanted.append(t.promises.c.revision < before)
    connection.execute(
        update(t.promises)
        .where(*wanted)
        .values(state=str(PromiseState.KEPT), settled_at=now, settled_by=storable(who), why=why)
    )


def as_promise(row: Row) -> Promise:
    """A row of `promises`."""
    return Promise(
        id=row["id"],
        case=row["case_id"],
        revision=row["revision"],
        spoken=Spoken(row["words"], row["start"], row["end"], row["due_at"]),
        owner=row["owner"],
        made_at=row["made_at"],
        state=PromiseState(row["state"]),
        settled_at=row["settled_at"],
        settled_by=row["settled_by"],
        why=row["why"],
    )

"""`/events`: what happens at the desk, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from cases.errors import StoreError
from cases.news import News
from cases.people import Action, Person
from cases.queue import Looker
from desk.access import permit
from desk.access.guard import settings_of, still_in, visit_of
from desk.answers import REFUSALS
from desk.live.feed import BACKLOG, Feed

PING = 20
"""Seconds between two signs of life, so that nothing between takes the line for dead."""
LOOK_AGAIN = timedelta(seconds=10)
"""How often it is asked whether the listener may still listen."""
_END = "\n"
_RETRY = 2_000
"""Milliseconds after which a browser comes back by itself."""

router = APIRouter(tags=["live"], responses=REFUSALS)


@router.get("/events", response_class=EventSourceResponse)
async def events(
    request: Request,
    _: Annotated[Person, Depends(permit(Action.READ))],
    last_event_id: Annotated[str, Header(max_length=20)] = "",
) -> EventSourceResponse:
    """Server-sent events: which cases changed, from now on, or from after the event that `Last-Event-ID` names.

    An event `cases` has the data `[{"case": 7, "action": "approved", "who": "Ana", "status": "approved"}, …]`; `status`
    is null where the case stayed where it was. An event `presence` has for each case whose lookers changed who they are
    now: `{"7": [{"name": "Ana", "editing": true}]}`. An event `stale` says that more was missed than is told one by
    one. The stream ends with the session or token that opened it.
    """
    feed: Feed = request.app.state.feed
    after = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else None
    return EventSourceResponse(_told(request, feed, after), ping=PING, sep=_END)


async def _told(request: Request, feed: Feed, after: int | None) -> AsyncIterator[ServerSentEvent]:
    async with feed.listen() as batches:
        newest = await feed.newest()
        # At once, so that whoever watches knows that they do, and from where to go on.
        yield ServerSentEvent("[]", event="hello", id=str(newest if after is None else after), retry=_RETRY, sep=_END)
        told: set[int] = set()
        if after is not None and after < newest:
            missed = await feed.missed(after)
            told = {line.id for line in missed}
            if len(missed) == BACKLOG:
                yield ServerSentEvent("[]", event="stale", id=str(newest), sep=_END)
            elif missed:
                yield _event(missed)
        while await _may_listen(request):
            try:
                batch = await asyncio.wait_for(batches.get(), LOOK_AGAIN.total_seconds())
            except TimeoutError:
                continue
            if fresh := [line for line in batch.news if line.id not in told]:
                yield _event(fresh)
            if batch.seats:
                yield _seats(batch.seats)


async def _may_listen(request: Request) -> bool:
    """Whether the session or token still opens; looking does not keep it alive."""
    try:
        return await run_in_threadpool(still_in, request.app.state.office, settings_of(request), visit_of(request))
    except StoreError:
        return True  # a store that is busy for a moment is no reason to send anybody away


def _event(lines: Iterable[News]) -> ServerSentEvent:
    lines = list(lines)
    told = [
        {"case": line.case, "action": line.action, "who": line.who, "status": line.status and str(line.status)}
        for line in lines
    ]
    return ServerSentEvent(json.dumps(told), event="cases", id=str(max(line.id for line in lines)), sep=_END)


def _seats(seats: Mapping[int, tuple[Looker, ...]]) -> ServerSentEvent:
    told = {case: [{"name": one.name, "editing": one.editing} for one in people] for case, people in seats.items()}
    # No number: who comes back asks for what happened, and sees who looks by loading the page.
    return ServerSentEvent(json.dumps(told), event="presence", sep=_END)

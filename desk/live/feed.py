"""One reader of the event log for all who watch: the store is asked twice a second, however many pages are open."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from starlette.concurrency import run_in_threadpool

from cases.errors import StoreError
from cases.news import News
from cases.queue import Looker
from desk.office import Office

PULSE = 0.5
"""Seconds between two looks at the log."""
OVERLAP = 100
"""Lines that are read again at each look: on PostgreSQL a line may appear after one with a higher number."""
BACKLOG = 500
"""Lines that somebody who comes back is told one by one; after more, their page is better loaded anew."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What came to be known at one look: what happened, and for each case whose lookers changed who they are now."""

    news: tuple[News, ...]
    seats: Mapping[int, tuple[Looker, ...]]


class Feed:
    """Tells each listener what happens. It looks at the store only while somebody listens; use it in one event loop."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._listeners: set[asyncio.Queue[Batch]] = set()
        self._reader: asyncio.Task[None] | None = None
        self._newest = 0
        self._seen: set[int] = set()
        self._seats: Mapping[int, tuple[Looker, ...]] = {}

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[asyncio.Queue[Batch]]:
        """A queue that gets what happens from now on, in batches."""
        batches: asyncio.Queue[Batch] = asyncio.Queue()
        if self._reader is None:
            await self._begin()
        self._listeners.add(batches)
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())
        try:
            yield batches
        finally:
            self._listeners.discard(batches)
            if not self._listeners and self._reader is not None:
                self._reader.cancel()
                self._reader = None

    async def missed(self, after: int) -> Sequence[News]:
        """What happened after a line of the log, `BACKLOG` lines at the most. Raises `StoreError`."""
        return await run_in_threadpool(self._office.ledger.news, after, limit=BACKLOG)

    async def newest(self) -> int:
        """The log's last line. Raises `StoreError`."""
        return await run_in_threadpool(self._office.ledger.newest_event)

    async def _begin(self) -> None:
        self._newest = await self.newest()
        self._seen = {line.id for line in await self.missed(self._newest - OVERLAP)}
        self._seats = await run_in_threadpool(self._lookers)

    async def _read(self) -> None:
        while True:
            await asyncio.sleep(PULSE)
            try:
                batch = Batch(await self._fresh(), await self._moved())
            except StoreError as error:
                log.warning("the event log can't be read", action="live", error=str(error))
                continue
            if batch.news or batch.seats:
                for listener in self._listeners:
                    listener.put_nowait(batch)

    async def _fresh(self) -> tuple[News, ...]:
        lines = await self.missed(self._newest - OVERLAP)
        fresh = tuple(line for line in lines if line.id not in self._seen)
        if fresh:
            self._newest = max(self._newest, fresh[-1].id)
            self._seen = {line.id for line in lines if line.id > self._newest - OVERLAP}
        return fresh

    async def _moved(self) -> Mapping[int, tuple[Looker, ...]]:
        before, self._seats = self._seats, await run_in_threadpool(self._lookers)
        cases = before.keys() | self._seats.keys()
        return {case: self._seats.get(case, ()) for case in cases if before.get(case) != self._seats.get(case)}

    def _lookers(self) -> Mapping[int, tuple[Looker, ...]]:
        return self._office.ledger.lookers(now=self._office.clock())

"""One reader of the event log for all who watch: the store is asked twice a second, however many pages are open."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from starlette.concurrency import run_in_threadpool

from cases.errors import StoreError
from cases.news import News
from desk.office import Office

PULSE = 0.5
"""Seconds between two looks at the log."""
OVERLAP = 100
"""Lines that are read again at each look: on PostgreSQL a line may appear after one with a higher number."""
BACKLOG = 500
"""Lines that somebody who comes back is told one by one; after more, their page is better loaded anew."""

log = structlog.get_logger(__name__)


class Feed:
    """Tells each listener what happens. It looks at the store only while somebody listens; use it in one event loop."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._listeners: set[asyncio.Queue[list[News]]] = set()
        self._reader: asyncio.Task[None] | None = None
        self._newest = 0
        self._seen: set[int] = set()

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[asyncio.Queue[list[News]]]:
        """A queue that gets what happens from now on, in batches."""
        batches: asyncio.Queue[list[News]] = asyncio.Queue()
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

    async def _read(self) -> None:
        while True:
            await asyncio.sleep(PULSE)
            try:
                lines = await self.missed(self._newest - OVERLAP)
            except StoreError as error:
                log.warning("the event log can't be read", action="live", error=str(error))
                continue
            fresh = [line for line in lines if line.id not in self._seen]
            if not fresh:
                continue
            self._newest = max(self._newest, fresh[-1].id)
            self._seen = {line.id for line in lines if line.id > self._newest - OVERLAP}
            for listener in self._listeners:
                listener.put_nowait(fresh)

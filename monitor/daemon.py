"""The daemon: one process, one job a platform and purpose, all of it safe to stop or kill at any point.

APScheduler ticks in process only; what must be remembered is in the store. A job that raises is logged and runs again:
a platform that fails leaves the others running.
"""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from cases.errors import AmendsError, StoreError
from monitor.digest.weekly import send_if_due
from monitor.due import look_for_due
from monitor.house import House
from monitor.housekeeping import read_again
from monitor.learning import learn_if_due
from monitor.narrator import Narrator, welcome
from monitor.pipeline import poll, work_through
from monitor.sending import send_pass, watch_by_hand

GRACE = 3.0
"""Seconds that running jobs get at the end. A write that takes longer is settled as `unknown` at the next start."""

POLL_LEASE = timedelta(minutes=5)
"""Longer than a poll takes; another daemon takes a platform over when this has run out."""

log = structlog.get_logger(__name__)


class Daemon:
    """Runs the house's jobs until `stop` is called or the process gets SIGTERM or SIGINT.

    `stopping` is set by whoever was told to end before it ran: it ends at once then.
    """

    def __init__(self, house: House, *, narrate: bool = True, stopping: threading.Event | None = None) -> None:
        self._house = house
        self._stopping = stopping or threading.Event()
        self._working = threading.Lock()
        self._running = 0
        self._idle = threading.Condition()
        self._narrator = Narrator(house) if narrate else None
        workers = 2 * len(house.platforms) + 4
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(workers)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )

    def run(self) -> None:
        """Work until told to stop. Raises `StoreError` where another daemon owns the SQLite file."""
        with self._house.ledger.guard_daemon():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.stop())
            if self._narrator:
                welcome(self._house)
            self._declare()
            self._scheduler.start()
            log.info("started", action="start", platforms=list(self._house.platforms))
            self._stopping.wait()
            self._finish()

    def stop(self) -> None:
        """End soon; safe to call from a signal handler."""
        self._stopping.set()

    def _declare(self) -> None:
        house = self._house
        for name in house.platforms:
            self._job(f"poll {name}", house.config.every(name), partial(self.poll_once, name), at_once=True)
            self._job(f"send {name}", timedelta(seconds=1), partial(send_pass, house, name))
            slow = max(house.config.every(name), timedelta(seconds=30))
            self._job(f"watch {name}", slow, partial(watch_by_hand, house, name))
            self._job(f"read again {name}", timedelta(minutes=20), partial(read_again, house, name))
        self._job("due", timedelta(minutes=1), partial(look_for_due, house))
        self._job("digest", timedelta(seconds=30), partial(send_if_due, house))
        self._job("learn", timedelta(seconds=30), partial(learn_if_due, house))
        if self._narrator:
            self._job("tell", timedelta(seconds=1), self._narrator.tell)

    def _job(self, name: str, every: timedelta, work: Callable[[], object], *, at_once: bool = False) -> None:
        first = {"next_run_time": self._house.clock()} if at_once else {}
        trigger = IntervalTrigger(seconds=every.total_seconds(), timezone="UTC")
        self._scheduler.add_job(partial(self._guarded, name, work), trigger, id=name, **first)

    def _guarded(self, name: str, work: Callable[[], object]) -> None:
        """Run one job; its trouble is logged and never ends the daemon."""
        if self._stopping.is_set():
            return
        with self._idle:
            self._running += 1
        try:
            work()
        except StoreError as error:
            log.error("the store is in trouble", action=name, error=str(error))
        except AmendsError as error:
            log.error("job failed", action=name, error=str(error))
        except Exception:  # the last line of defence: one broken job must not silence the others
            log.exception("job failed in an unforeseen way", action=name)
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()

    def poll_once(self, name: str) -> None:
        """One poll of one platform through to drafts, unless it was told to wait or another daemon is at it."""
        house = self._house
        now = house.clock()
        state = next((state for state in house.ledger.platforms() if state.name == name), None)
        if state is not None and state.until is not None and state.until > now:
            return
        if house.ledger.is_sqlite:
            # This is the one daemon there; a lease that a killed one left behind would only hold it up.
            self._poll(name)
            return
        lease = f"poll {name}"
        if not house.ledger.lease(lease, owner=house.owner, until=now + POLL_LEASE, now=now):
            return
        try:
            self._poll(name)
        finally:
            house.ledger.unlease(lease, owner=house.owner)

    def _poll(self, name: str) -> None:
        try:
            poll(self._house, name)
            if not self._stopping.is_set():
                with self._working:
                    work_through(self._house, self._stopping.is_set)
        except StoreError:
            raise
        except AmendsError as error:
            # Not a network's trouble but ours, a missing secret or model for example: it belongs where people look.
            self._house.ledger.note_poll(name, now=self._house.clock(), error=str(error))
            raise
        except Exception as error:
            # Its text is for the log: nobody has said that it is fit to be shown.
            why = f"an unforeseen {type(error).__name__}; the log tells more"
            self._house.ledger.note_poll(name, now=self._house.clock(), error=why)
            raise

    def _finish(self) -> None:
        self._scheduler.shutdown(wait=False)
        with self._idle:
            self._idle.wait_for(lambda: self._running == 0, timeout=GRACE)
            left = self._running
        if self._narrator:
            with suppress(StoreError):  # a store in trouble must not hold up the end
                self._narrator.tell()
        log.info("stopped", action="stop", unfinished=left)
        if left:
            # Threads that still wait for a network can't be ended; every step is safe to die in, so the process ends.
            os._exit(0)

"""The Ledger: everything that Amends remembers, behind one door."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from cases.errors import AlreadyRunning, StoreError
from store.due import Dues
from store.engine import check_url, open_engine, sqlite_path
from store.known import Known
from store.migrate import migrate
from store.news import Newsroom
from store.people import People
from store.queue import Queue
from store.reports import Reports
from store.saved import Saved
from store.seats import Seats
from store.unsaved import Desks
from store.vitals import Vitals


class Ledger(Known, People, Queue, Dues, Newsroom, Vitals, Seats, Saved, Desks):
    """All reading and writing of one brand's store; safe for threads and for several processes.

    Open it with `Ledger.open`. Every method that changes something does it in one transaction. Raises `StoreBusy`,
    `StoreFull` or another `StoreError` where the database fails, and then nothing was changed.
    """

    def __init__(self, engine: Engine, url: URL) -> None:
        self.path = sqlite_path(url)
        self.url_shown = str(self.path) if self.path else url.render_as_string(hide_password=True)
        super().__init__(engine, self.url_shown)

    @classmethod
    def open(cls, url: str, *, wait: float = 5.0) -> Self:
        """Open a store, made or brought up to date first. `wait`: seconds to wait for another's lock.

        Raises `StoreTooNew`, `StoreBusy`, or `StoreError` where it can't be opened.
        """
        try:
            checked = check_url(url)
        except ValueError as error:
            raise StoreError(str(error)) from error
        engine = open_engine(checked, wait)
        ledger = cls(engine, checked)
        if ledger.path is not None and not ledger.path.parent.is_dir():
            message = f"there is no folder {ledger.path.parent} for the store {ledger.path.name}"
            raise StoreError(message)
        try:
            migrate(engine, ledger.path, ledger.url_shown, wait)
        except BaseException:
            engine.dispose()
            raise
        return ledger

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_sqlite(self) -> bool:
        """Whether one file holds it all, and one daemon owns it."""
        return self.path is not None

    @cached_property
    def reports(self) -> Reports:
        """The questions that the digest asks."""
        return Reports(self._engine, self.url_shown)

    @contextmanager
    def guard_daemon(self) -> Iterator[None]:
        """Be the one daemon on a SQLite file, for as long as the context lasts. Raises `AlreadyRunning`.

        The operating system lets the lock go when the process dies, however it dies. On PostgreSQL daemons share the
        work by leases, and this does nothing.
        """
        if self.path is None:
            yield
            return
        lock = FileLock(f"{self.path}.daemon.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            message = (
                f"another daemon runs on {Path(self.path).name} already. Stop it first; two can share the work on "
                "PostgreSQL alone ([store] url in config.toml)"
            )
            raise AlreadyRunning(message) from error
        except OSError as error:
            message = f"the daemon's lock file beside {self.path} can't be made: {error}. Check who owns the folder"
            raise StoreError(message) from error
        try:
            yield
        finally:
            lock.release()

"""The connection to the database, and its errors in our words."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from sqlite3 import OperationalError
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from cases.errors import StoreBusy, StoreError, StoreFull

if TYPE_CHECKING:
    from psycopg import Connection as PostgreSQLConnection


_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


_PRAGMAS = (
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "secure_delete=ON",  # what is forgotten must not stay readable in the file
)

_PAUSE = 0.02
"""Seconds between two attempts to have a file to ourselves."""


def check_url(text: str) -> URL:
    """Read a store's address; psycopg is the driver for PostgreSQL. Raises `ValueError` that says how to write one.

    A store in memory is none: the daemon and the other commands are processes that share it.
    """
    try:
        url = make_url(text)
        in_memory = url.drivername == "sqlite" and url.database in {None, "", ":memory:"}
        known = url.drivername in _DRIVERS and not in_memory
    except ArgumentError:
        known = False
    if not known:
        message = "write sqlite:///amends.db, or postgresql+psycopg://user@host/name"
        raise ValueError(message)
    return url.set(drivername=_DRIVERS[url.drivername])


def sqlite_path(url: URL) -> Path | None:
    """The file under a SQLite address; None for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database)


def open_engine(url: URL, wait: float) -> Engine:
    """An engine that is safe for threads and for several processes. `wait`: seconds to wait for another's lock."""
    if url.get_backend_name() != "sqlite":
        return _open_postgresql(url, wait)
    engine = create_engine(url, connect_args={"timeout": wait})

    @event.listens_for(engine, "connect")
    def _tune(connection: SQLiteConnection, _record: object) -> None:
        # SQLAlchemy begins the transactions, see _begin: the driver must not.
        connection.isolation_level = None
        _write_ahead(connection, wait)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later could lose against another's write; taking the write lock at
        # once makes compare-and-set and claims simple. Readers don't ask for it (see `reading`).
        mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _write_ahead(connection: SQLiteConnection, wait: float) -> None:
    """Switch the file to WAL, which lasts.

    SQLite asks for the whole file for that, and is told "locked" at once while others open the same new file:
    `timeout` does not hold for this statement.
    """
    until = time.monotonic() + wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except OperationalError:
            if time.monotonic() >= until:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _open_postgresql(url: URL, wait: float) -> Engine:
    engine = create_engine(url, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def _tune(connection: "PostgreSQLConnection[tuple[object, ...]]", _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {round(wait * 1000)}")
        connection.commit()

    return engine


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn the database's errors into ours, naming the store."""
    try:
        yield
    except DBAPIError as error:
        text = str(error.orig)
        if any(word in text for word in ("locked", "busy", "lock timeout", "deadlock")):
            message = f"the store {name} is locked by another process; try again, or look what holds it"
            raise StoreBusy(message) from error
        if "disk is full" in text or "disk full" in text or "No space left" in text:
            message = f"there is no room to write to the store {name}: nothing was changed. Make room and try again"
            raise StoreFull(message) from error
        if "readonly" in text or "read-only" in text:
            message = f"the store {name} can't be written to: {text}. Check who owns the file and its folder"
            raise StoreError(message) from error
        if "not a database" in text or "malformed" in text:
            message = f"{name} is no store of Amends, or is damaged: {text}. Put a copy back, or name another file"
            raise StoreError(message) from error
        message = f"the store {name} can't be used: {text}"
        raise StoreError(message) from error
    except (SQLAlchemyError, UnicodeError, OverflowError) as error:
        message = f"the store {name} can't be used: {error}"
        raise StoreError(message) from error

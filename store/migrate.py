"""Brings a store up to date, one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text

from cases.errors import StoreBusy, StoreError, StoreTooNew
from store.engine import told

_ADVISORY_LOCK = 0x414D454E4453
"""A number of our own ("AMENDS") for PostgreSQL's advisory lock."""


def migrate(engine: Engine, path: Path | None, name: str, wait: float) -> None:
    """Bring the schema to the newest revision that this Amends knows.

    Raises `StoreTooNew` for a store that a newer Amends made, `StoreBusy` if another process migrates for too long.
    """
    config = _config()
    script = ScriptDirectory.from_config(config)
    if _revision(engine, name) == script.get_current_head():
        return
    with (
        _lock(path, name, wait),
        told(name),
        engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        if path is None:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ADVISORY_LOCK})
        found = _current(connection)
        if found is not None and found not in {revision.revision for revision in script.walk_revisions()}:
            message = (
                f"the store {name} was made by a newer Amends (its schema is {found}); "
                "install that version, or put an older copy of the store back"
            )
            raise StoreTooNew(message)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("store").joinpath("migrations")))
    config.set_main_option("path_separator", "os")
    return config


def _revision(engine: Engine, name: str) -> str | None:
    with told(name), engine.connect() as connection:
        return _current(connection)


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _lock(path: Path | None, name: str, wait: float) -> Iterator[None]:
    """On SQLite a lock file; PostgreSQL has a lock of its own."""
    if path is None:
        yield
        return
    try:
        with FileLock(f"{path}.lock", timeout=max(wait, 30.0)):
            yield
    except Timeout as error:
        message = f"another process is bringing the store {name} up to date; try again in a moment"
        raise StoreBusy(message) from error
    except OSError as error:
        message = f"the lock file beside the store {name} can't be made: {error}. Check who owns the folder"
        raise StoreError(message) from error

"""How a store is made, brought up to date, shared by processes, and how its troubles are told."""

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from scenes import MORNING, mention, take_in
from sqlalchemy import create_engine, make_url, text

from cases.errors import AlreadyRunning, StoreBusy, StoreError, StoreFull, StoreTooNew
from cases.queue import QueueQuery
from store.ledger import Ledger
from store.schema import metadata


def run_sql(url: str, statement: str) -> None:
    """Change a store past the ledger."""
    engine = create_engine(make_url(url))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def at(folder: Path) -> str:
    """A store's address in a folder."""
    return f"sqlite:///{folder / 'amends.db'}"


def but_the_search_index(name: str | None, kind: str, _parents: object) -> bool:
    """SQLite keeps its full-text index in tables that no schema describes."""
    return not (kind == "table" and name is not None and name.startswith("mention_words"))


def test_opening_twice_changes_nothing_and_the_tables_are_those_of_the_schema(store_url: str) -> None:
    with Ledger.open(store_url) as ledger:
        (case,) = take_in(ledger, mention("p1"))
    with Ledger.open(store_url) as ledger:
        assert ledger.case(case).mention.post_id == "p1"
    engine = create_engine(make_url(store_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": but_the_search_index})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_posts_of_an_older_store_are_found_by_their_words(tmp_path: Path) -> None:
    with Ledger.open(at(tmp_path)) as ledger:
        (case,) = take_in(ledger, mention("p1", "The kettle hums"))
    run_sql(at(tmp_path), "DROP TABLE mention_words")
    run_sql(at(tmp_path), "UPDATE alembic_version SET version_num = '0010'")
    with Ledger.open(at(tmp_path)) as ledger:
        page = ledger.queue(QueueQuery(text="KETTLE"), me="ana", now=MORNING)
        assert [found.id for found in page.cases] == [case]


def test_a_store_made_by_a_newer_amends_is_refused(store_url: str) -> None:
    Ledger.open(store_url).close()
    run_sql(store_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew, match="newer Amends"):
        Ledger.open(store_url)


def test_many_that_open_a_new_store_at_once_all_get_it(store_url: str) -> None:
    failures: list[BaseException] = []

    def open_it() -> None:
        try:
            Ledger.open(store_url, wait=30).close()
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_new_store_that_another_is_about_to_write_to_is_waited_for(tmp_path: Path) -> None:
    """The switch to WAL needs the whole file, and SQLite does not wait for a writer then, whatever its timeout."""
    writer = sqlite3.connect(tmp_path / "amends.db", isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    ends = threading.Timer(0.3, lambda: writer.execute("COMMIT"))
    ends.start()
    with Ledger.open(at(tmp_path), wait=30) as ledger:
        assert ledger.count_mentions() == 0
    ends.join()
    writer.close()


def test_a_second_daemon_on_one_sqlite_file_is_refused_at_once_until_the_first_has_ended(tmp_path: Path) -> None:
    with Ledger.open(at(tmp_path)) as one, Ledger.open(at(tmp_path)) as other:
        with one.guard_daemon(), pytest.raises(AlreadyRunning, match="another daemon"), other.guard_daemon():
            pass
        with other.guard_daemon():
            assert other.is_sqlite


def test_a_store_that_another_process_keeps_locked_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    with Ledger.open(at(tmp_path), wait=0.1) as ledger:
        holder = sqlite3.connect(tmp_path / "amends.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match=r"amends\.db is locked"):
            ledger.record("sandbox", [mention("p1")], "1", now=MORNING)
        holder.close()
        assert (ledger.count_mentions(), ledger.cursor("sandbox")) == (0, None)


def test_a_full_disk_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    """SQLite's own limit on pages answers like a full disk."""
    with Ledger.open(at(tmp_path)) as ledger:
        with ledger._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreFull, match=r"no room .*amends\.db"):
            ledger.record("sandbox", [mention(f"p{place}", "long " * 500) for place in range(50)], "1", now=MORNING)
        assert (ledger.count_mentions(), ledger.cursor("sandbox")) == (0, None)


def test_a_file_that_is_no_store_is_left_as_it_is_and_told(tmp_path: Path) -> None:
    (tmp_path / "amends.db").write_text("a shopping list, and a long one\n" * 50)
    with pytest.raises(StoreError, match="no store of Amends"):
        Ledger.open(at(tmp_path))
    assert (tmp_path / "amends.db").read_text().startswith("a shopping list")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no folder"):
        Ledger.open(at(tmp_path / "nowhere"))


@pytest.mark.parametrize("lock", ["amends.db.lock", "amends.db.daemon.lock"])
def test_a_lock_file_that_can_not_be_made_is_told(tmp_path: Path, lock: str) -> None:
    (tmp_path / lock).mkdir()
    with pytest.raises(StoreError, match="lock file"), Ledger.open(at(tmp_path)) as ledger, ledger.guard_daemon():
        pass


@pytest.mark.parametrize("url", ["nonsense", "mysql://ana@127.0.0.1/x", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_can_be_no_store_is_told_with_one_that_can(url: str) -> None:
    with pytest.raises(StoreError, match=r"sqlite:///amends\.db"):
        Ledger.open(url)


@pytest.mark.parametrize("driver", ["postgresql", "postgresql+psycopg"])
def test_a_server_that_is_not_there_is_told_without_the_password(driver: str) -> None:
    with pytest.raises(StoreError) as caught:
        Ledger.open(f"{driver}://ana:open-sesame@127.0.0.1:1/amends")
    assert "127.0.0.1" in str(caught.value)
    assert "open-sesame" not in str(caught.value)


def test_no_piece_of_a_forgotten_word_stays_in_the_search_index(tmp_path: Path) -> None:
    """The index marks what is taken out and drops it only when it grows, which may be never."""

    def pieces() -> bytes:
        with sqlite3.connect(tmp_path / "amends.db") as connection:
            return b"".join(block for (block,) in connection.execute("SELECT block FROM mention_words_data"))

    with Ledger.open(at(tmp_path)) as ledger:
        take_in(ledger, mention("p1", "zqxwv broke"), mention("p2", "Another one", author="omar"))
        assert b"zqx" in pieces()
        ledger.forget("sandbox", "ines", now=MORNING)
        assert b"zqx" not in pieces()

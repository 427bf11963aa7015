"""The store's history: from nothing to today, twice without harm, and never backwards."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from scenes import mention, take_in
from sqlalchemy import text

from cases.errors import StoreError, StoreTooNew
from store.ledger import Ledger
from store.schema import metadata


def test_the_migrations_lead_to_the_tables_as_they_are(ledger: Ledger) -> None:
    with ledger._reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_opening_again_keeps_everything(store_url: str) -> None:
    with Ledger.open(store_url) as first:
        take_in(first, mention("p1"))
    with Ledger.open(store_url) as second:
        assert second.count_mentions() == 1


def test_a_store_made_by_a_newer_amends_is_left_alone(store_url: str) -> None:
    with Ledger.open(store_url) as ledger, ledger._writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreTooNew, match="newer Amends"):
        Ledger.open(store_url)


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(StoreError, match="no folder /nowhere"):
        Ledger.open("sqlite:////nowhere/amends.db")


def test_an_address_that_is_none_says_how_to_write_one() -> None:
    with pytest.raises(StoreError, match=r"sqlite:///amends\.db"):
        Ledger.open("amends.db")

"""Parts that many scenarios stand on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from postgres import postgres_url

from store.ledger import Ledger


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, **span: float) -> datetime:
        """Let time pass, for example `sleep(seconds=10)`."""
        self.now += timedelta(**span)
        return self.now


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command that a test ran in this process set up logs for its own streams, which are gone by now."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def clock() -> Clock:
    """Monday morning, 23 November 2026, 08:00 UTC."""
    return Clock(datetime(2026, 11, 23, 8, tzinfo=UTC))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.live)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store on each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'amends.db'}"
    return postgres_url(request)


@pytest.fixture
def ledger(store_url: str) -> Iterator[Ledger]:
    """An open, empty ledger on each kind of database."""
    with Ledger.open(store_url) as opened:
        yield opened

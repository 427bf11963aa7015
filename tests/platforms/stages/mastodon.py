"""Mastodon on loopback: the real `mastodon-mock` server in this process, behind the fault proxy."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import requests
from mastodon_mock.config import DatabaseConfig, MastodonMockConfig, SeedAccount, SeedConfig
from mastodon_mock.testing import MockServer
from platforms.fault_proxy import FaultProxy
from platforms.stage import Fault

from cases.platform import Platform
from cases.posts import Mention, Watch
from monitor.plaintext import plain_text
from monitor.platforms import mastodon

BRAND = "parcelo"
TOKEN = "brand-token-8f2c"
WATCH = Watch(keywords=(BRAND,), not_keywords=("parcelo island",))


def limit_headers(until: datetime) -> dict[str, str]:
    """How Mastodon says when a rate limit ends."""
    return {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": until.astimezone(UTC).isoformat(timespec="microseconds")}


class _Person(NamedTuple):
    id: str
    token: str


class MastodonStage:
    """People act past the proxy and past the client library, straight on the server's API."""

    edits = True
    faults = frozenset(Fault)

    def __init__(self, server: str, proxy: FaultProxy, platform: Platform) -> None:
        self.platform = platform
        self.proxy = proxy
        self._server = server
        self._session = requests.Session()
        self._people: dict[str, _Person] = {}
        self._authors: dict[str, str] = {}

    def says(self, author: str, text: str) -> str:
        """A public post that mentions the account."""
        return self.posts(author, f"@{BRAND} {text}")

    def mumbles(self, author: str, text: str) -> str:
        """A public post as it is."""
        return self.posts(author, text)

    def retorts(self, author: str, to: str, text: str) -> str:
        """An answer, with the mention that every client puts before it."""
        return self.posts(author, f"@{BRAND} {text}", in_reply_to_id=to)

    def posts(self, author: str, text: str, **more: str) -> str:
        """Any post; `more` are parameters of the API."""
        post_id = self._ask("POST", "/api/v1/statuses", author, status=text, **more)["id"]
        self._authors[post_id] = author
        return post_id

    def edit(self, post_id: str, text: str) -> None:
        """The author changes a post, and keeps the mention if there was one."""
        author = self._authors[post_id]
        source = self._ask("GET", f"/api/v1/statuses/{post_id}/source", author)["text"]
        mention = f"@{BRAND} " if source.startswith(f"@{BRAND} ") else ""
        self._ask("PUT", f"/api/v1/statuses/{post_id}", author, status=mention + text)

    def delete(self, post_id: str) -> None:
        """The author takes a post back."""
        self._ask("DELETE", f"/api/v1/statuses/{post_id}", self._authors[post_id])

    def boosts(self, author: str, post_id: str) -> None:
        """Somebody passes a post on."""
        self._ask("POST", f"/api/v1/statuses/{post_id}/reblog", author)

    def replies_to(self, mention: Mention) -> list[str]:
        """All public posts of the account, from its public page, that answer this one; deleted or not."""
        brand = self._session.get(f"{self._server}/api/v1/accounts/lookup", params={"acct": BRAND}, timeout=10).json()
        answer = self._session.get(f"{self._server}/api/v1/accounts/{brand['id']}/statuses?limit=40", timeout=10)
        return [
            plain_text(status["content"]) for status in answer.json() if status["in_reply_to_id"] == mention.post_id
        ]

    def break_reads(self, fault: Fault, times: int = 1) -> None:
        """The next reads of the platform meet this fault."""
        self.proxy.break_reads(fault, times)

    def break_writes(self, fault: Fault, times: int = 1) -> None:
        """The next writes of the platform meet this fault."""
        self.proxy.break_writes(fault, times)

    def heal(self) -> None:
        """No more faults."""
        self.proxy.heal()

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()

    def _token(self, author: str) -> str:
        if author == BRAND:
            return TOKEN
        if author not in self._people:
            made = self._session.post(
                f"{self._server}/api/v1/_mock/dev_user", json={"username": author, "display_name": author}, timeout=10
            ).json()
            self._people[author] = _Person(made["id"], made["access_token"])
        return self._people[author].token

    def _ask(self, method: str, path: str, author: str, **parameters: str) -> dict[str, str]:
        answer = self._session.request(
            method,
            self._server + path,
            data=parameters,
            headers={"Authorization": f"Bearer {self._token(author)}"},
            timeout=10,
        )
        answer.raise_for_status()
        found: dict[str, str] = answer.json()
        return found


@contextmanager
def open_stage(folder: Path) -> Iterator[MastodonStage]:
    """Start the server with its database in memory, and connect as the brand."""
    seed = SeedConfig(accounts=[SeedAccount(username=BRAND, display_name="Parcelo", access_token=TOKEN)])
    config = MastodonMockConfig(database=DatabaseConfig(path=":memory:"), seed=seed, domain="mastodon.test")
    with (
        patch.object(mastodon, "TIMEOUT", 3.0),  # what is slow here never answers at all
        MockServer(config=config, log_level="critical") as server,
        FaultProxy(server.base_url, write_path="/api/v1/statuses$", limit_headers=limit_headers) as proxy,
    ):
        platform = mastodon.connect(mastodon.Settings(base_url=proxy.url), {"TOKEN": TOKEN}, WATCH, folder)
        stage = MastodonStage(server.base_url, proxy, platform)
        try:
            yield stage
        finally:
            platform.close()
            stage.close()

"""Bluesky on loopback: the real reference servers, with the fault proxy before the account's own server."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from platforms.fault_proxy import FaultProxy
from platforms.stage import Fault
from platforms.stages.bluesky_network.servers import Network, Unobtainable, network

from cases.platform import Platform
from cases.posts import Mention, Watch
from monitor.platforms import bluesky

PASSWORD = "made-up-8f2c"
POSTS = "app.bsky.feed.post"
WRITES = r"/xrpc/com\.atproto\.repo\.createRecord$"
# The search of the reference AppView is a stand-in of its own and tells capitals from small letters.
WATCH = Watch(keywords=("parcelo", "Parcelo"), not_keywords=("parcelo island",))

_brands = count(1)


def limit_headers(until: datetime) -> dict[str, str]:
    """How a PDS says when a rate limit ends."""
    return {"RateLimit-Limit": "3000", "RateLimit-Remaining": "0", "RateLimit-Reset": str(round(until.timestamp()))}


class PatientProxy(FaultProxy):
    """Lets the AppView catch up before each read, so that a scene need not wait for it."""

    def __init__(self, servers: Network) -> None:
        super().__init__(servers.pds, write_path=WRITES, limit_headers=limit_headers)
        self._servers = servers

    def take_fault(self, method: str, path: str) -> Fault | None:
        """What has been written so far is there to be read."""
        if method == "GET":
            self._servers.settle()
        else:
            self._servers.touch()
        return super().take_fault(method, path)


class Person(NamedTuple):
    """Somebody with an account."""

    did: str
    handle: str
    token: str


class BlueskyStage:
    """People act past the proxy and past the client library, straight on their server."""

    edits = True
    faults = frozenset(Fault)

    def __init__(self, servers: Network, session: requests.Session) -> None:
        self.servers = servers
        self.brand_handle = f"parcelo{next(_brands)}.test"
        self._session = session
        self._people: dict[str, Person] = {}
        self._posts: dict[str, dict[str, Any]] = {}
        self.brand = self.person(self.brand_handle.removesuffix(".test"))

    def enter(self, platform: Platform, proxy: FaultProxy) -> None:
        """The platform that looks at the stage."""
        self.platform = platform
        self.proxy = proxy

    def says(self, author: str, text: str) -> str:
        """A post that mentions the account, as clients do it: words, and a mark at the words."""
        named = f"@{self.brand_handle}"
        mark = {
            "index": {"byteStart": 0, "byteEnd": len(named)},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": self.brand.did}],
        }
        return self.posts(author, f"{named} {text}", facets=[mark])

    def mumbles(self, author: str, text: str) -> str:
        """A post as it is."""
        return self.posts(author, text)

    def retorts(self, author: str, to: str, text: str) -> str:
        """An answer, by somebody who has seen the post."""
        self.servers.settle()
        return self.posts(author, text, reply=self._reply_to(to))

    def quotes(self, author: str, post: str, text: str) -> str:
        """A post around another one."""
        return self.posts(author, text, embed={"$type": "app.bsky.embed.record", "record": self._strong_ref(post)})

    def reposts(self, author: str, post: str) -> None:
        """Somebody passes a post on."""
        self._create(author, "app.bsky.feed.repost", {"subject": self._strong_ref(post)})

    def closes(self, post: str) -> None:
        """The author lets nobody answer."""
        person, key = self._author(post), post.rpartition("/")[2]
        self._create(person.handle, "app.bsky.feed.threadgate", {"post": post, "allow": []}, key)

    def posts(self, author: str, text: str, **more: object) -> str:
        """Any post; `more` are fields of the record."""
        record = {"text": text, "langs": ["en"], **more}
        uri = self._create(author, POSTS, record)
        self._posts[uri] = record
        return uri

    def edit(self, post_id: str, text: str) -> None:
        """The author's client writes the record over; the official app has no such button."""
        record = {**self._posts[post_id], "text": text, "createdAt": _timestamp(), "$type": POSTS}
        self._change("putRecord", post_id, record=record)

    def delete(self, post_id: str) -> None:
        """The author takes a post back."""
        self._change("deleteRecord", post_id)

    def replies_to(self, mention: Mention) -> list[str]:
        """The account's answers in the thread that the AppView shows to everybody; none under a post that is gone."""
        self.servers.settle()
        found = self._session.get(
            f"{self.servers.appview}/xrpc/app.bsky.feed.getPostThread",
            params={"uri": mention.post_id, "depth": "1"},
            timeout=10,
        ).json()
        if found.get("error") == "NotFound":
            return []
        posts = [reply["post"] for reply in found["thread"]["replies"]]
        return [post["record"]["text"] for post in posts if post["author"]["did"] == self.brand.did]

    def break_reads(self, fault: Fault, times: int = 1) -> None:
        """The next reads of the platform meet this fault."""
        self.proxy.break_reads(fault, times)

    def break_writes(self, fault: Fault, times: int = 1) -> None:
        """The next writes of the platform meet this fault."""
        self.proxy.break_writes(fault, times)

    def heal(self) -> None:
        """No more faults."""
        self.proxy.heal()

    def person(self, name: str) -> Person:
        """The account of this name, made when first asked for; its password is that of all."""
        name = name.removesuffix(".test")
        if name not in self._people:
            handle = f"{name}.test"
            answer = self._post(
                "com.atproto.server.createAccount",
                {"handle": handle, "email": f"{name}@example.com", "password": PASSWORD},
            )
            if answer.status_code == requests.codes.bad_request:  # another stage of this run has made it
                answer = self._post("com.atproto.server.createSession", {"identifier": handle, "password": PASSWORD})
            answer.raise_for_status()
            made = answer.json()
            self._people[name] = Person(made["did"], handle, made["accessJwt"])
        return self._people[name]

    def _author(self, post: str) -> Person:
        return next(person for person in self._people.values() if post.startswith(f"at://{person.did}/"))

    def _create(self, author: str, collection: str, record: dict[str, Any], key: str | None = None) -> str:
        person = self.person(author)
        answer = self._post(
            "com.atproto.repo.createRecord",
            {
                "repo": person.did,
                "collection": collection,
                "record": {"$type": collection, "createdAt": _timestamp(), **record},
            }
            | ({"rkey": key} if key else {}),
            person,
        )
        answer.raise_for_status()
        uri: str = answer.json()["uri"]
        return uri

    def _change(self, method: str, post: str, **more: object) -> None:
        person = self._author(post)
        place = {"repo": person.did, "collection": POSTS, "rkey": post.rpartition("/")[2]}
        self._post(f"com.atproto.repo.{method}", {**place, **more}, person).raise_for_status()

    def _record(self, post: str) -> dict[str, Any]:
        did, collection, key = post.removeprefix("at://").split("/")
        answer = self._session.get(
            f"{self.servers.pds}/xrpc/com.atproto.repo.getRecord",
            params={"repo": did, "collection": collection, "rkey": key},
            timeout=10,
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _strong_ref(self, post: str) -> dict[str, str]:
        return {"uri": post, "cid": self._record(post)["cid"]}

    def _reply_to(self, post: str) -> dict[str, Any]:
        parent = self._strong_ref(post)
        above: dict[str, Any] | None = self._record(post)["value"].get("reply")
        return {"parent": parent, "root": above["root"] if above else parent}

    def _post(self, method: str, body: dict[str, Any], person: Person | None = None) -> requests.Response:
        self.servers.touch()
        headers = {"Authorization": f"Bearer {person.token}"} if person else {}
        return self._session.post(f"{self.servers.pds}/xrpc/{method}", json=body, headers=headers, timeout=10)


def _timestamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def open_stage(folder: Path) -> Iterator[BlueskyStage]:
    """Connect as the brand, with an account of its own for each stage; skips where the servers can't be had."""
    try:
        servers = network()
    except Unobtainable as lack:
        pytest.skip(f"no Bluesky network: {lack}")
    with requests.Session() as session, PatientProxy(servers) as proxy:
        stage = BlueskyStage(servers, session)
        settings = bluesky.Settings(base_url=proxy.url, handle=stage.brand_handle)
        platform = bluesky.connect(settings, {"PASSWORD": PASSWORD}, WATCH, folder)
        stage.enter(platform, proxy)
        try:
            yield stage
        finally:
            platform.close()

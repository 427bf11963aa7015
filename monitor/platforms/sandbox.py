"""The sandbox: a small network that ships with Amends. Read this first to see what a platform is.

A platform turns one network's ways into the domain's: posts become mentions, an approved text becomes a reply, and
every trouble becomes one of `PlatformError`'s family. It decides nothing and remembers nothing; the store does.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from cases.drafts import ApprovedText
from cases.errors import Gone, Refused, Unavailable, Unclear
from cases.platform import Account, Batch, Platform, Reply, Sighting
from cases.posts import Mention, MentionKind, Permissions, Watch
from monitor.sandbox_network import Network, PublicPost, shipped_script

SECRETS: Final[tuple[str, ...]] = ()
LIMIT: Final = 500
LINK_COSTS: Final = False
SIGIL: Final = "@"
"""Before a handle, as people write it there."""

_SITE = "https://sandbox.invalid"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_PAGE = 50
_OVERLAP = timedelta(seconds=10)
"""How far behind its cursor a poll looks: a writer's clock may be a little behind ours. The store knows what it has."""


class Settings(BaseModel):
    """`[platforms.sandbox]`. `speed` and `handle` count when the network starts; remove `file` to start it again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: str = "2s"
    base_url: str | None = None
    """Every platform has it; this one has no server."""
    speed: float = Field(default=1.0, gt=0, le=1000)
    """10 lets the two minutes of posts pass in twelve seconds."""
    file: str = Field(default="sandbox.jsonl", pattern=r"^[\w.-]+$")
    """The network's journal, in the folder of config.toml."""
    handle: str = Field(default="parcelo", pattern=r"^[\w.-]+$")
    """The brand's account."""


def measure(text: str) -> int:
    """The length of a text: its characters."""
    return len(text)


def address(author: str) -> str:  # noqa: ARG001 - other networks need the handle
    """How a reply to this handle must begin: the sandbox notifies by itself."""
    return ""


def connect(settings: Settings, secrets: Mapping[str, str], watch: Watch, state: Path) -> Platform:  # noqa: ARG001 - none needed here
    """The sandbox, its journal in the folder `state`. Nothing is opened yet."""
    script = shipped_script(settings.handle)
    network = Network(state / settings.file, script, account=settings.handle, speed=settings.speed)
    return Sandbox(network, watch)


def _wall_clock() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """The brand's account on a sandbox network.

    Reads carry no time, as on any network; `clock` is the network's own. It never falls behind a time that a poll or a
    reply has brought.
    """

    name = "sandbox"
    limit = LIMIT
    daily_cap: float | None = None

    def __init__(self, network: Network, watch: Watch, clock: Callable[[], datetime] = _wall_clock) -> None:
        self._network = network
        self._handle = network.account
        self._watch = watch
        self._clock = clock
        self._latest = _LONG_AGO
        self._naming = re.compile(rf"(?<!\w)@{re.escape(self._handle)}(?!\w)", re.IGNORECASE)

    def account(self) -> Account:
        """Who we are there. Nobody signs in to a file."""
        return Account(id=self._handle, handle=self._handle, url=f"{_SITE}/@{self._handle}")

    def poll(self, cursor: str | None, now: datetime, allowance: float = float("inf")) -> Iterator[Batch]:  # noqa: ARG002 - reading is free
        """All mentions since the cursor, oldest first, each batch with the cursor that it earns.

        A cursor is the time of the newest mention that was handed over.
        """
        standing = self._look(now)
        reached = datetime.fromisoformat(cursor) if cursor else _LONG_AGO
        since = reached - _OVERLAP if cursor else _LONG_AGO
        mentions = [
            self._mention(post, kind)
            for post in standing.values()
            if post.at >= since and (kind := self._kind(post, standing)) is not None
        ]
        for begin in range(0, len(mentions), _PAGE):
            page = mentions[begin : begin + _PAGE]
            reached = max(reached, page[-1].posted_at)
            yield Batch(mentions=page, cursor=reached.isoformat())

    def read(self, mention: Mention) -> Mention | None:
        """The post as it is now; None if it is gone."""
        standing = self._look()
        post = standing.get(mention.post_id)
        return self._mention(post, self._kind(post, standing) or mention.kind) if post else None

    def reply(self, mention: Mention, text: ApprovedText, key: str, now: datetime) -> Reply:
        """Post the text as an answer to the mention. A second write with the same key changes nothing."""
        if (length := measure(text.text)) > LIMIT:
            message = f"the reply has {length} characters and the sandbox takes {LIMIT}; shorten it"
            raise Refused(message)
        try:
            text.text.encode()
        except UnicodeEncodeError as error:
            message = "the reply holds half a character, which no network can store; type it again"
            raise Refused(message) from error
        try:
            post = self._look(now).get(mention.post_id)
        except Unavailable as error:
            raise Unclear(str(error)) from error
        if post is None:
            message = f"the sandbox post {mention.post_id} is not there any more; there is nothing to answer"
            raise Gone(message)
        if post.closed:
            message = f"{mention.author} takes no answers to the sandbox post {mention.post_id}"
            raise Refused(message)
        try:
            return _reply(self._network.say(self._handle, text.text, now, parent=mention.post_id, key=key))
        except OSError as error:
            message = f"writing to the sandbox broke off: {error}"
            raise Unclear(message) from error

    def find_reply(self, mention: Mention, key: str | None = None, text: str | None = None) -> Sighting:
        """Look for our reply to the mention by key or text, or for any; the whole thread is always seen."""
        for post in self._look().values():
            if (post.author, post.parent) != (self._handle, mention.post_id):
                continue
            if (key is None and text is None) or post.key == key or post.text == text:
                return Sighting(reply=_reply(post), complete=True)
        return Sighting(reply=None, complete=True)

    def measure(self, text: str) -> int:
        """The length of a text: its characters."""
        return measure(text)

    def address(self, mention: Mention) -> str:
        """Nothing: the sandbox notifies by itself."""
        return address(mention.author)

    def private_link(self) -> str:
        """A link with which a customer opens a private message to us."""
        return f"{_SITE}/messages/{self._handle}"

    def take_cost(self) -> float:
        """Nothing: the sandbox is free."""
        return 0.0

    def close(self) -> None:
        """Nothing is held open between calls."""

    def _look(self, now: datetime | None = None) -> dict[str, PublicPost]:
        moment = now or max(self._clock(), self._latest)
        self._latest = max(moment, self._latest)
        try:
            return self._network.posts(moment)
        except OSError as error:
            message = f"the sandbox can't be read: {error}"
            raise Unavailable(message) from error

    def _kind(self, post: PublicPost, standing: Mapping[str, PublicPost]) -> MentionKind | None:
        """How the post comes to us; None where it does not."""
        parent = standing.get(post.parent or "")
        if parent is not None and parent.author == self._handle:
            return MentionKind.REPLY
        if self._naming.search(post.text):
            return MentionKind.MENTION
        return MentionKind.KEYWORD if self._watch.matches(post.text) else None

    def _mention(self, post: PublicPost, kind: MentionKind) -> Mention:
        return Mention(
            platform=self.name,
            post_id=post.id,
            thread_id=post.thread,
            parent_id=post.parent,
            author_id=post.author,
            author=post.author,
            author_name=post.name,
            text=post.text,
            url=_url(post),
            posted_at=post.at,
            edited_at=post.edited_at,
            kind=kind,
            permissions=Permissions(
                answerable=not post.closed,
                why_not=f"{post.author} takes no answers to this post" if post.closed else "",
                author_wrote_first=kind is not MentionKind.KEYWORD,
            ),
            language=post.language,
            followers=post.followers,
            own=post.author == self._handle,
            repost=post.repost,
        )


def _url(post: PublicPost) -> str:
    return f"{_SITE}/@{post.author}/{post.id}"


def _reply(post: PublicPost) -> Reply:
    return Reply(post_id=post.id, url=_url(post), text=post.text, posted_at=post.at)

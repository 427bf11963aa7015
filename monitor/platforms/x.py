"""X, over tweepy: the account's mentions and keyword search, each read paid for and counted."""

import html
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import requests
from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from requests.adapters import HTTPAdapter

from cases.drafts import ApprovedText
from cases.errors import BudgetSpent, Gone, PlatformError, RateLimited, Refused, SignInFailed, Unavailable, Unclear
from cases.platform import Account, Batch, Reply, Sighting
from cases.posts import Mention, MentionKind, Permissions, Watch

if TYPE_CHECKING:
    import tweepy

SECRETS = ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET")
LIMIT = 280
LINK_COSTS = True
SIGIL = "@"
"""Before a handle, as people write it there."""

MENTION_READ = 0.001
"""Dollars for one of our own mentions."""
POST_READ = 0.005
"""Dollars for any other post or user read."""
POST_WRITE = 0.015
"""Dollars for a post without a link."""
POST_WRITE_LINK = 0.20
"""Dollars for a post with one."""

_HOST = "https://api.twitter.com"
"""tweepy has it hard-coded, and signs for it; https://api.x.com is the same service."""
_SITE = "https://x.com"
_TIMEOUT = 10.0
_LOOK_BACK = timedelta(days=1)
"""How far the first poll goes."""
_OVERLAP = timedelta(seconds=30)
"""Posts younger than this are read again next time: a slow index may still put another before them."""
_SEARCH_REACH = timedelta(days=7) - timedelta(minutes=10)
"""X refuses to search further back than seven days."""
_REMOVED_WITHIN = timedelta(hours=24)
"""X's developer policy: what is removed there must be deleted here within a day."""
_EPOCH_MS = 1_288_834_974_657
"""A post's identifier holds its time: milliseconds since this one, above the low 22 bits."""
_QUERY_LIMIT = 512
_TIMELINE_PAGES = 32
"""The timeline of an account reaches 3,200 posts back."""
_HIDDEN = frozenset({"resource-not-found", "not-authorized-for-resource", "disallowed-resource"})
"""Problems that mean: deleted, protected, suspended or withheld."""
_FIELDS = [
    "author_id",
    "conversation_id",
    "created_at",
    "edit_history_tweet_ids",
    "entities",
    "in_reply_to_user_id",
    "lang",
    "note_tweet",
    "public_metrics",
    "referenced_tweets",
    "reply_settings",
]
_USER_FIELDS = ["name", "public_metrics", "username"]
_NONSENSE = (LookupError, TypeError, ValueError, AttributeError)
"""What tweepy and we raise over an answer that is not of the shape that X documents."""

_Id = Annotated[str, Field(pattern=r"^[0-9]{1,19}$")]
_Marks = TypeAdapter(dict[str, Annotated[int, Field(ge=0, lt=1 << 63)]])


class Settings(BaseModel):
    """`[platforms.x]` in config.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str = _HOST
    every: str = "60s"
    username: str = Field(default="", pattern=r"^\w*$")
    """The account that must stand behind the access token; empty: whichever does."""
    daily_cap_usd: float = Field(default=5.0, ge=0)

    @field_validator("base_url")
    @classmethod
    def _sends_no_secret_in_the_clear(cls, value: str) -> str:
        parts = urlsplit(value)
        is_here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
        if not parts.hostname or (parts.scheme != "https" and not is_here):
            message = "write an address that begins with https://; over http:// the secrets could be read on the way"
            raise ValueError(message)
        return value.rstrip("/")


_PLAIN = re.compile(r"(?:[\n\x20-\x2d\x2f-\xa8\xaa-\xad\xaf-\u10ff\u200c\u200d\u2010-\u201f]|\.(?=[\s.]|\Z))*")
"""Texts in which nothing can be a link or an emoji and every character counts one: the common case, and quick."""


def measure(text: str) -> int:
    """The weighted length: links count 23, emoji and most scripts of East Asia two a character, the rest one."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if _PLAIN.fullmatch(normal):
        return len(normal)
    # A lone surrogate can't be sent at all; the library fails over it.
    sound = normal.encode("utf-8", "replace").decode("utf-8")
    return int(_twitter_text().parse_tweet(sound).weightedLength)


def address(author: str) -> str:  # noqa: ARG001 - every platform answers the same question
    """Nothing: X notifies the author of a reply by itself."""
    return ""


def connect(settings: Settings, secrets: Mapping[str, str], watch: Watch, state: Path) -> "X":  # noqa: ARG001 - nothing is kept between runs
    """X as the account behind the access token; the first call signs in."""
    return X(settings, secrets, watch)


class X:
    """X as one account. See `cases.platform.Platform`."""

    name = "x"
    limit = LIMIT
    daily_cap: float | None

    def __init__(self, settings: Settings, secrets: Mapping[str, str], watch: Watch) -> None:
        self.daily_cap = settings.daily_cap_usd
        self._settings = settings
        self._secrets = secrets
        self._watch = watch
        self._connected: tweepy.Client | None = None
        self._account: Account | None = None
        self._cost = 0.0
        self._duplicates: set[str] = set()
        """Writes that X once refused as a duplicate."""
        self._own: dict[int, _Post] = {}
        """Our posts, without a gap from above `_own_floor` to the newest."""
        self._own_floor: int | None = None

    def account(self) -> Account:
        """Who we are; asks once."""
        if self._account is None:
            with _translated():
                answer = _UserAnswer.model_validate(self._client().get_me(user_auth=True))
            me = answer.data
            self._cost += POST_READ
            wanted = self._settings.username
            if wanted and wanted.casefold() != me.username.casefold():
                message = (
                    f"the X access token belongs to @{me.username}, and config.toml names @{wanted}: make a token as "
                    "that account, or change platforms.x.username"
                )
                raise SignInFailed(message)
            self._account = Account(id=me.id, handle=me.username, url=f"{_SITE}/{me.username}")
        return self._account

    def poll(self, cursor: str | None, now: datetime, allowance: float = float("inf")) -> Iterator[Batch]:
        """Mentions first: they are cheapest, and the ones that can be answered. Then keywords."""
        purse = _Purse(self, allowance, now)
        if self._account is None:
            purse.take(1, POST_READ)
        me = self.account()
        marks = _read_marks(cursor)

        def mentions(since: dict[str, object], page: str | None, size: int) -> object:
            return self._client().get_users_mentions(
                me.id,
                max_results=size,
                pagination_token=page,
                tweet_fields=_FIELDS,
                user_fields=_USER_FIELDS,
                expansions=["author_id"],
                user_auth=True,
                **since,
            )

        since = _since(marks.get("mentions"), now - _LOOK_BACK)
        for page, is_last in self._pages(purse, 5, MENTION_READ, lambda token, size: mentions(since, token, size)):
            marks["mentions"] = max(marks.get("mentions", 0), page.newest)
            if is_last:
                marks["mentions"] = _settled(marks["mentions"], now)
                cursor = json.dumps(marks, sort_keys=True)
            yield Batch(self._mentions(page, now), cursor)
        yield from self._poll_keywords(purse, marks, cursor, now)

    def _poll_keywords(
        self, purse: "_Purse", marks: dict[str, int], cursor: str | None, now: datetime
    ) -> Iterator[Batch]:
        mark, newest = marks.get("search"), marks.get("search", 0)
        is_too_old = mark is not None and _time_of(mark) < now - _SEARCH_REACH
        since = _since(None if is_too_old else mark, now - (_SEARCH_REACH if is_too_old else _LOOK_BACK))
        queries = _queries(self._watch, self.account().handle)
        for query in queries:

            def search(token: str | None, size: int, query: str = query) -> object:
                return self._client().search_recent_tweets(
                    query,
                    max_results=size,
                    next_token=token,
                    tweet_fields=_FIELDS,
                    user_fields=_USER_FIELDS,
                    expansions=["author_id"],
                    user_auth=True,
                    **since,
                )

            for page, is_last in self._pages(purse, 10, POST_READ, search):
                newest = max(newest, page.newest)
                if is_last and query is queries[-1]:
                    marks["search"] = _settled(newest, now)
                    cursor = json.dumps(marks, sort_keys=True)
                found = [mention for mention in self._mentions(page, now) if not self._watch.excludes(mention.text)]
                yield Batch(found, cursor)

    def read(self, mention: Mention) -> Mention | None:
        """The post as it is now: its newest version, under the identifier of its first."""
        fresh = self._look_up(mention.ref or mention.post_id)
        if fresh is not None and fresh.data is not None and fresh.data.newest_id != fresh.data.id:
            fresh = self._look_up(fresh.data.newest_id)
        if fresh is None or fresh.data is None:
            return None
        with _translated():
            # The moment of reading is the network edge's to know: the duty to look again counts from it.
            return self._mention(fresh.data, fresh.includes.users, datetime.now(UTC), mention.kind)

    def reply(self, mention: Mention, text: ApprovedText, key: str, now: datetime) -> Reply:
        """Answer in public, once."""
        me, words = self.account(), text.text
        if measure(words) > LIMIT:
            message = f"the reply counts {measure(words)} on X, which takes {LIMIT}: shorten it"
            raise Refused(message)
        try:
            with _translated(write=True):
                made = _Created.model_validate(
                    self._client().create_tweet(
                        text=words, in_reply_to_tweet_id=mention.ref or mention.post_id, user_auth=True
                    )
                ).data
        except _Duplicate as error:
            raise self._judge_duplicate(key) from error
        except Unclear:
            self._cost += _price(words)
            raise
        self._cost += _price(words)
        posted_at = _time_of(int(made.id)) if int(made.id) >> 22 else now
        return Reply(made.id, f"{_SITE}/{me.handle}/status/{made.id}", words, posted_at)

    def find_reply(self, mention: Mention, key: str | None = None, text: str | None = None) -> Sighting:
        """Look for our reply in our own timeline: unlike the search index, it does not lag.

        Every post of ours is paid for once: what was read before is remembered while the daemon runs.
        """
        is_whole = self._read_own(int(mention.post_id), is_strict=key is not None or text is not None)
        return Sighting(self._reply_in(mention, text), complete=is_whole)

    def measure(self, text: str) -> int:
        """The weighted length."""
        return measure(text)

    def address(self, mention: Mention) -> str:
        """Nothing: X notifies the author of a reply by itself."""
        return address(mention.author)

    def private_link(self) -> str:
        """A direct message to the account; "" until its number is known."""
        return f"{_SITE}/messages/compose?recipient_id={self._account.id}" if self._account else ""

    def take_cost(self) -> float:
        """Dollars spent since this was last asked."""
        cost, self._cost = self._cost, 0.0
        return round(cost, 6)

    def close(self) -> None:
        """Let go of connections."""
        if self._connected is not None:
            self._connected.session.close()

    def spend(self, dollars: float) -> None:
        """Count what an answer cost."""
        self._cost += dollars

    def _client(self) -> "tweepy.Client":
        if self._connected is None:
            import tweepy  # noqa: PLC0415 - only who uses X pays for it

            client = tweepy.Client(
                consumer_key=self._secrets["API_KEY"],
                consumer_secret=self._secrets["API_SECRET"],
                access_token=self._secrets["ACCESS_TOKEN"],
                access_token_secret=self._secrets["ACCESS_SECRET"],
                return_type=dict,
                wait_on_rate_limit=False,
            )
            client.session.mount("https://", _Transport(self._settings.base_url))
            self._connected = client
        return self._connected

    def _pages(
        self, purse: "_Purse", least: int, price: float, ask: "Callable[[str | None, int], object]"
    ) -> "Iterator[tuple[_Page, bool]]":
        """Page to the end of a burst, no page larger than what the purse still holds; the last one is told."""
        token: str | None = None
        is_last = False
        while not is_last:
            size = purse.afford(least, price)
            with _translated():
                page = _Page.model_validate(ask(token, size))
            purse.take(len(page.data), price)
            self.spend(len(page.data) * price)
            token = page.meta.next_token
            is_last = token is None
            yield page, is_last

    def _look_up(self, post_id: str) -> "_PostAnswer | None":
        try:
            with _translated():
                answer = _PostAnswer.model_validate(
                    self._client().get_tweet(
                        post_id,
                        tweet_fields=_FIELDS,
                        user_fields=_USER_FIELDS,
                        expansions=["author_id"],
                        user_auth=True,
                    )
                )
        except Gone:
            return None
        self.spend(POST_READ)
        if answer.data is None and not any(problem.type.rpartition("/")[2] in _HIDDEN for problem in answer.errors):
            message = "X shows neither the post nor that it is gone"
            raise Unavailable(message)
        return answer if answer.data is not None else None

    def _read_own(self, floor: int, *, is_strict: bool) -> bool:
        """Read our posts above an identifier, as far as they are not known yet; whether these are all.

        Where it must be certain that a post is not there (`is_strict`), the last moments before the newest known post
        are read again.
        """
        if self._own_floor is None:
            self._own_floor = floor
        newest = max(self._own, default=self._own_floor)
        again = _id_at(_time_of(newest) - _OVERLAP) if is_strict else newest
        is_whole = self._read_timeline(max(self._own_floor, again), None)
        if floor < self._own_floor and (is_whole := is_whole and self._read_timeline(floor, self._own_floor + 1)):
            self._own_floor = floor
        return is_whole

    def _read_timeline(self, since_id: int, until_id: int | None) -> bool:
        token: str | None = None
        posts: dict[int, _Post] = {}
        for _ in range(_TIMELINE_PAGES):
            with _translated():
                page = _Page.model_validate(
                    self._client().get_users_tweets(
                        self.account().id,
                        since_id=since_id,
                        until_id=until_id,
                        max_results=100,
                        pagination_token=token,
                        tweet_fields=_FIELDS,
                        user_auth=True,
                    )
                )
            self._cost += len(page.data) * POST_READ
            posts |= {int(post.id): post for post in page.data}
            token = page.meta.next_token
            if token is None:
                # Only now: a part that was read from its newest end leaves a gap below.
                self._own |= posts
                return True
        return False

    def _reply_in(self, mention: Mention, text: str | None) -> Reply | None:
        me = self.account()
        parents = {mention.post_id, mention.ref or mention.post_id}
        for post in self._own.values():
            shown = _without_address(post.visible)
            is_under = any(link.type == "replied_to" and link.id in parents for link in post.referenced)
            if is_under and (text is None or shown.split() == _without_address(text).split()):
                # X puts the author's handle before the text that was sent.
                words = shown if text is None else text
                return Reply(post.id, f"{_SITE}/{me.handle}/status/{post.id}", words, post.created_at)
        return None

    def _judge_duplicate(self, key: str) -> PlatformError:
        """X says that we posted these very words lately: perhaps this write, when it was tried before."""
        if key in self._duplicates:
            # It is only tried again once two complete looks have shown that it is not there.
            return Refused("X holds the text for a duplicate of another post of ours: change some words")
        self._duplicates.add(key)
        return Unclear("X says that these words were posted already: perhaps by this very write, tried before")

    def _mentions(self, page: "_Page", now: datetime) -> list[Mention]:
        with _translated():
            return [self._mention(post, page.includes.users, now) for post in page.data]

    def _mention(
        self, post: "_Post", users: "list[_User]", read_at: datetime, kind: MentionKind | None = None
    ) -> Mention:
        me = self.account()
        author = next((user for user in users if user.id == post.author_id), None)
        names_us = any(
            named.id == me.id or (named.username or "").casefold() == me.handle.casefold()
            for named in post.all_entities.mentions
        )
        quotes_us = post.quotes(me.handle)
        answers_us = post.in_reply_to_user_id == me.id
        if kind is None:
            kind = MentionKind.REPLY if answers_us else MentionKind.MENTION if names_us or quotes_us else None
        handle = author.username if author else ""
        return Mention(
            platform=self.name,
            post_id=post.first_id,
            thread_id=post.thread_id,
            author_id=post.author_id,
            author=handle,
            author_name=author.name if author else "",
            text=post.visible,
            url=f"{_SITE}/{handle or 'i'}/status/{post.id}",
            posted_at=post.created_at if post.first_id == post.id else _time_of(int(post.first_id)),
            edited_at=None if post.first_id == post.id else post.created_at,
            kind=kind or MentionKind.KEYWORD,
            permissions=_permissions(post, names_us=names_us, quotes_us=quotes_us, answers_us=answers_us, now=read_at),
            parent_id=next((link.id for link in post.referenced if link.type == "replied_to"), None),
            # Three letters are X's own for posts without words: und, qme, zxx, …
            language=post.lang if post.lang and re.match(r"[a-z]{2}(-|$)", post.lang) else None,
            followers=author.public_metrics.followers_count if author else None,
            own=post.author_id == me.id,
            repost=any(link.type == "retweeted" for link in post.referenced),
            ref=post.newest_id,
        )


def _permissions(post: "_Post", *, names_us: bool, quotes_us: bool, answers_us: bool, now: datetime) -> Permissions:
    why_not = ""
    if not (names_us or quotes_us):
        why_not = "X takes a reply through its API only where the author mentioned or quoted the account"
    elif post.reply_settings != "everyone" and not names_us:
        why_not = "its author lets only some people reply; those that the post mentions may, and it does not mention us"
    return Permissions(
        answerable=not why_not,
        why_not=why_not,
        author_wrote_first=names_us or quotes_us or answers_us,
        # X's developer agreement: its content may not be used to train a model.
        may_train=False,
        forget_by=now + _REMOVED_WITHIN,
    )


class _Purse:
    """What may still be spent today."""

    def __init__(self, platform: X, allowance: float, now: datetime) -> None:
        self._left = allowance
        self._cap = platform.daily_cap
        midnight = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
        self._until = midnight

    def afford(self, least: int, price: float) -> int:
        """How many posts a page may hold, up to 100. Raises `BudgetSpent` where even the smallest is too dear."""
        if self._left == float("inf"):
            return 100
        # A hair is added: sums of a thousandth of a dollar are never exact.
        size = min(100, int(self._left / price + 1e-6))
        if size < least:
            message = (
                f"the next page on X could cost ${least * price:.3f}, and ${max(0.0, self._left):.3f} is left of "
                f"today's ${self._cap:.2f} (platforms.x.daily_cap_usd); polling goes on at midnight UTC"
            )
            raise BudgetSpent(message, self._until)
        return size

    def take(self, count: int, price: float) -> None:
        """Count what was read. Raises `BudgetSpent` for a single dear thing that there is no money for."""
        if count == 1 and self._left + 1e-9 < price:
            self.afford(1, price)
        self._left -= count * price


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absence(cls, value: object) -> object:
        if isinstance(value, dict):
            return {name: inner for name, inner in value.items() if inner is not None}
        return value


class _Link(_Checked):
    type: str
    id: _Id


class _Named(_Checked):
    username: str | None = None
    id: str | None = None


class _Url(_Checked):
    url: str = ""
    expanded_url: str | None = None


class _Entities(_Checked):
    mentions: list[_Named] = []
    urls: list[_Url] = []


class _Note(_Checked):
    text: str
    entities: _Entities = _Entities()


class _UserMetrics(_Checked):
    followers_count: int | None = None


class _User(_Checked):
    id: _Id
    username: str
    name: str = ""
    public_metrics: _UserMetrics = _UserMetrics()


class _Post(_Checked):
    """A post. X is renaming "tweet" to "post" in its fields; both names are read."""

    id: _Id
    text: str
    author_id: _Id
    created_at: AwareDatetime
    conversation_id: str | None = None
    in_reply_to_user_id: str | None = None
    lang: str | None = None
    reply_settings: str = "everyone"
    entities: _Entities = _Entities()
    history: list[_Id] = Field([], validation_alias=AliasChoices("edit_history_tweet_ids", "edit_history_post_ids"))
    referenced: list[_Link] = Field([], validation_alias=AliasChoices("referenced_tweets", "referenced_posts"))
    note: _Note | None = Field(None, validation_alias=AliasChoices("note_tweet", "note_post"))
    """The whole of a long post, whose `text` is cut."""

    @property
    def first_id(self) -> str:
        """The identifier before any edit."""
        return min([*self.history, self.id], key=int)

    @property
    def newest_id(self) -> str:
        """The identifier of the newest version."""
        return max([*self.history, self.id], key=int)

    @property
    def thread_id(self) -> str:
        """The first post of its thread, by the identifier before any edit."""
        is_start = self.conversation_id in {None, self.id, *self.history}
        return self.first_id if is_start else self.conversation_id or self.first_id

    @property
    def all_entities(self) -> _Entities:
        """What the whole text names and links."""
        return self.note.entities if self.note and self.note.entities.mentions else self.entities

    @property
    def visible(self) -> str:
        """The text with its shortened links as they were written."""
        text = self.note.text if self.note else self.text
        for link in [*self.entities.urls, *(self.note.entities.urls if self.note else [])]:
            if link.url and link.expanded_url:
                text = text.replace(link.url, link.expanded_url)
        # A lone half of a surrogate pair can be sent in JSON, but not be stored.
        return html.unescape(text).encode("utf-8", "replace").decode("utf-8")

    def quotes(self, handle: str) -> bool:
        """Whether it quotes a post of this account: the link to that post ends the text."""
        ours = re.compile(rf"https://(?:twitter|x)\.com/{re.escape(handle)}/status/\d+", re.IGNORECASE)
        is_quote = any(link.type == "quoted" for link in self.referenced)
        return is_quote and any(ours.match(link.expanded_url or "") for link in self.entities.urls)


class _Includes(_Checked):
    users: list[_User] = []


class _Meta(_Checked):
    next_token: str | None = None
    result_count: int


class _Page(_Checked):
    """An empty page has no `data`, but always a `meta`."""

    meta: _Meta
    data: list[_Post] = []
    includes: _Includes = _Includes()

    @property
    def newest(self) -> int:
        """The highest identifier in it; 0 where it is empty."""
        return max((int(post.id) for post in self.data), default=0)


class _Problem(_Checked):
    title: str = ""
    type: str = ""


class _PostAnswer(_Checked):
    """A post that is gone comes as a 200 with `errors` in place of `data`."""

    data: _Post | None = None
    includes: _Includes = _Includes()
    errors: list[_Problem] = []


class _UserAnswer(_Checked):
    data: _User


class _Made(_Checked):
    id: _Id
    text: str


class _Created(_Checked):
    data: _Made


def _since(mark: int | None, start: datetime) -> dict[str, object]:
    return {"start_time": start} if mark is None else {"since_id": mark}


def _settled(newest: int, now: datetime) -> int:
    """Where the next poll begins: behind the newest post, but not so near to now that a late one could be missed."""
    return min(newest, _id_at(now - _OVERLAP)) if newest else _id_at(now - _LOOK_BACK)


def _read_marks(cursor: str | None) -> dict[str, int]:
    try:
        return _Marks.validate_json(cursor) if cursor else {}
    except ValidationError:
        return {}


def _queries(watch: Watch, handle: str) -> list[str]:
    """Search queries for all keywords, each within X's limit.

    Mentions are left out: they were read for a fifth of the price. So are namesakes, as far as there is room; the rest
    is sorted out when it has been paid for.
    """
    tail = f" -is:retweet -from:{handle} -@{handle}"
    for word in watch.not_keywords:
        without = f" -{_phrase(word)}"
        if len(tail + without) <= _QUERY_LIMIT // 2:
            tail += without
    queries: list[str] = []
    group = ""
    for keyword in watch.keywords:
        words = _phrase(keyword)
        longer = f"{group} OR {words}" if group else words
        if group and len(f"({longer}){tail}") > _QUERY_LIMIT:
            queries.append(f"({group}){tail}")
            longer = words
        group = longer
    return [*queries, f"({group}){tail}"] if group else []


def _phrase(words: str) -> str:
    return '"{}"'.format(words.replace('"', " ").strip())


def _time_of(post_id: int) -> datetime:
    return datetime.fromtimestamp(((post_id >> 22) + _EPOCH_MS) / 1000, UTC)


def _id_at(moment: datetime) -> int:
    return max(0, int(moment.timestamp() * 1000) - _EPOCH_MS) << 22


def _without_address(text: str) -> str:
    return re.sub(r"^(?:@\w+\s+)+", "", text.strip())


def _price(text: str) -> float:
    return POST_WRITE_LINK if _twitter_text().extract_urls(text) else POST_WRITE


@cache
def _twitter_text() -> ModuleType:
    """The library that counts as X counts.

    It reads one file of its own through `pkg_resources`, which setuptools no longer has: a stand-in that can do just
    this is there while it is imported.
    """
    known = sys.modules.get("pkg_resources")
    stand_in = ModuleType("pkg_resources")

    def resource_string(module: str, name: str) -> bytes:
        return files(module.rpartition(".")[0]).joinpath(name).read_bytes()

    stand_in.resource_string = resource_string  # type: ignore[attr-defined]  # a module made by hand
    sys.modules["pkg_resources"] = stand_in
    try:
        import twitter_text  # noqa: PLC0415 - a fifth of a second, for X only
    finally:
        del sys.modules["pkg_resources"]
        if known is not None:
            sys.modules["pkg_resources"] = known
    module: ModuleType = twitter_text
    return module


class _Transport(HTTPAdapter):
    """Gives each request a time-out, which tweepy does not, and leads it to `base_url`."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url

    def send(  # noqa: PLR0917 - the base class has it so
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - the base class has it so
        timeout: float | tuple[float | None, float | None] | None = None,  # noqa: ARG002 - tweepy passes none
        verify: bool | str = True,  # noqa: FBT001, FBT002 - the base class has it so
        cert: str | bytes | tuple[str | bytes, str | bytes] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send within ten seconds."""
        request.url = (request.url or "").replace(_HOST, self._base_url, 1)
        try:
            response = super().send(request, stream, _TIMEOUT, verify, cert, proxies)
            _ = response.content
        finally:
            # A connection that is kept can be closed over there just as a write goes out on it: unclear for nothing.
            self.close()
        return response


class _Duplicate(Unclear):
    """X took the text for one that it has already."""


@contextmanager
def _translated(*, write: bool = False) -> Iterator[None]:
    """Make one of our errors of whatever tweepy, requests or pydantic raise inside."""
    from tweepy.errors import TweepyException  # noqa: PLC0415 - only who uses X pays for it

    try:
        yield
    except (TweepyException, requests.RequestException, *_NONSENSE) as error:
        raise translate(error, write=write) from error


def translate(error: Exception, *, write: bool) -> PlatformError:
    """What an error of the libraries means to us. Anything unknown leaves a write unclear and a read undone."""
    import tweepy.errors as api  # noqa: PLC0415 - only who uses X pays for it

    unclear: type[PlatformError] = Unclear if write else Unavailable
    ours: PlatformError
    match error:
        case api.TooManyRequests():
            ours = RateLimited("X asks us to wait (HTTP 429)", _reset(error.response))
        case api.Unauthorized():
            ours = SignInFailed(_SIGN_IN)
        case api.Forbidden():
            ours = _forbidden(error, write=write)
        case api.NotFound():
            ours = Gone("X has no such post or account (HTTP 404)")
        case api.BadRequest():
            ours = (Refused if write else Unavailable)(f"X does not take this (HTTP 400: {_told(error)})")
        case api.HTTPException() if error.response.status_code == requests.codes.payment_required:
            ours = (Refused if write else Unavailable)(
                "X wants its credits topped up (HTTP 402): see the developer portal"
            )
        case api.HTTPException():
            ours = unclear(f"X has trouble (HTTP {error.response.status_code}); it usually passes")
        case requests.RequestException() if not isinstance(error, requests.JSONDecodeError):
            ours = unclear(f"no answer from X ({type(error).__name__}); see whether it can be reached from here")
        case _:
            ours = unclear(f"X's answer makes no sense ({type(error).__name__})")
    return ours


_SIGN_IN = (
    "X refuses the credentials: see AMENDS_X_API_KEY, AMENDS_X_API_SECRET, AMENDS_X_ACCESS_TOKEN and "
    "AMENDS_X_ACCESS_SECRET, and that the app may read and write"
)


def _forbidden(error: "tweepy.Forbidden", *, write: bool) -> PlatformError:
    told = _told(error)
    if not write:
        return SignInFailed(f"X does not let this app or account read ({told}); see its developer portal")
    if "duplicate" in told.casefold():
        return _Duplicate(told)
    if "deleted or not visible" in told.casefold():
        return Gone(f"the post is gone, or hidden from us ({told})")
    return Refused(f"X does not take this reply ({told})")


def _told(error: "tweepy.HTTPException") -> str:
    return "; ".join(str(message) for message in error.api_messages) or f"HTTP {error.response.status_code}"


def _reset(response: requests.Response) -> datetime | None:
    """When a limit that is used up begins anew: that of the quarter of an hour, or that of the day."""
    moments: list[float] = []
    for scope in ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"):
        is_asked = scope == "x-rate-limit" or response.headers.get(f"{scope}-remaining") == "0"
        reset = response.headers.get(f"{scope}-reset", "")
        if is_asked and reset.isdigit():
            moments.append(float(reset))
    try:
        return datetime.fromtimestamp(max(moments), UTC) if moments else None
    except (ValueError, OverflowError, OSError):
        return None

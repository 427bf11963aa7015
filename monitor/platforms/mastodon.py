"""Mastodon, and the servers that speak its API, through Mastodon.py.

Mentions and replies come as notifications; keywords are looked for in the hashtags and, where the server has one, in
the full-text search. The token needs the scopes `read` and `write:statuses`.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar
from urllib.parse import urlsplit

import regex
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, TypeAdapter, field_validator

from cases.drafts import ApprovedText
from cases.errors import ConfigError, Gone, PlatformError, RateLimited, Refused, SignInFailed, Unavailable, Unclear
from cases.platform import Account, Batch, Platform, Reply, Sighting
from cases.posts import Mention, MentionKind, Permissions, Watch
from monitor.plaintext import plain_text

if TYPE_CHECKING:
    import requests
    from mastodon import Mastodon as Client

SECRETS = ("TOKEN",)
LIMIT = 500
LINK_COSTS = False
SIGIL = "@"
"""Before a handle, as people write it there."""
TIMEOUT = 10.0
"""Seconds to wait for a connection, and for each piece of an answer."""

_URL_LENGTH = 23
_FIRST_LOOK = timedelta(days=1)
_CURSOR = (MentionKind.MENTION, MentionKind.KEYWORD)
"""What a cursor holds a time for, in this order."""
# How far a poll reads over what the one before has seen. Notifications are numbered before they are committed, so that
# a lower number can show up after a higher one. A post from another server is sorted in by when it was written there,
# and can arrive much later.
_OVERLAP = {MentionKind.MENTION: timedelta(minutes=5), MentionKind.KEYWORD: timedelta(minutes=15)}
_NOTIFICATIONS_PAGE = 80
_STATUSES_PAGE = 40
_LONGEST_CONTEXT = 4096
"""Replies that a signed-in client is shown at most. Source: https://docs.joinmastodon.org/methods/statuses/#context"""
_OWN_PAGES = 10
_ROOTS_KEPT = 10_000

# Followers-only and direct posts are meant for a few: what they say has no place in a public case, nor has an answer
# that others could read. Only what the server itself calls open to everyone is taken in.
_OPEN = frozenset({"public", "unlisted"})

_REFUSALS = frozenset({400, 405, 413, 422})
"""HTTP statuses by which the server says that it did not, and will not, do what was asked."""


class Settings(BaseModel):
    """`[platforms.mastodon]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str = "https://mastodon.social"
    every: str = "60s"

    @field_validator("base_url")
    @classmethod
    def _sends_no_token_in_the_clear(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.query or parts.fragment:
            message = "write the server's address, for example https://mastodon.example"
            raise ValueError(message)
        if parts.scheme == "http" and not _is_loopback(parts.hostname):
            message = "write https://: over http:// the token could be read on the way"
            raise ValueError(message)
        return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def connect(settings: Settings, secrets: Mapping[str, str], watch: Watch, state: Path) -> Platform:  # noqa: ARG001 - a token is all the session there is
    """The network as the brand's account; touches nothing yet. Raises `ConfigError` for a token that can't be one."""
    token = secrets.get("TOKEN", "").strip()
    # Anything else would not fit into a header, and the library would show it in its message.
    if not re.fullmatch(r"[!-~]+", token):
        message = "AMENDS_MASTODON_TOKEN is empty or holds a character that no token has: copy it again"
        raise ConfigError(message)
    return Mastodon(settings.base_url, token, watch)


# What Mastodon finds to be a link: https:// or http:// and a domain with a dot, up to the last character that could
# belong to it. Source: its status_length_validator and the twitter-text rules under it.
_IN_PATH = r"[^\s<>()?]"
_URL = regex.compile(
    rf"""
    (?<![A-Za-z0-9@＠$\#＃])
    https?://
    (?:[\p{{L}}\p{{M}}\p{{N}}\p{{So}}](?:[\p{{L}}\p{{M}}\p{{N}}\p{{So}}_-]*[\p{{L}}\p{{M}}\p{{N}}\p{{So}}])?\.)+
    (?:xn--[a-z0-9-]+|\p{{L}}[\p{{L}}\p{{M}}]+)
    (?::[0-9]+)?
    (?:/(?:
        (?:{_IN_PATH}|\((?:{_IN_PATH}|\({_IN_PATH}+\))+\))*
        (?:[^\s()?!*"'「」<>;:=,.$%\[\]~&|@]|\((?:{_IN_PATH}|\({_IN_PATH}+\))+\))
    )?)?
    (?:\?[\w!?*'();:&=+$/%\#\[\].,~|@^-]*[\w&=\#/-])?
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_REMOTE_MENTION = regex.compile(
    r"(?<![\w/=])(@[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\w-]+(?:\.[\w-]+)*(?::[0-9]+)?", regex.I
)


def measure(text: str, url_length: int = _URL_LENGTH) -> int:
    """Mastodon's length of a text: graphemes, each link as 23, of "@ana@host" only "@ana".

    Source: https://docs.joinmastodon.org/user/posting/#text and its status_length_validator.
    """
    counted = _REMOTE_MENTION.sub(r"\1", _URL.sub("x" * url_length, text))
    return len(regex.findall(r"\X", counted))


def address(author: str) -> str:
    """The mention that a reply begins with: without one Mastodon does not notify its author."""
    return f"@{author} "


_Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class _Answer(BaseModel):
    """What we read of an answer; the rest is let go. Validation is where nonsense is found out."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, coerce_numbers_to_str=True)


class _Account(_Answer):
    id: str
    acct: str
    url: str | None = None
    display_name: str | None = None
    followers_count: int | None = None


class _Mentioned(_Answer):
    id: str


class _Status(_Answer):
    id: str
    created_at: _Moment
    account: _Account
    content: str
    visibility: str
    spoiler_text: str | None = None
    language: str | None = None
    url: str | None = None
    uri: str = ""
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    edited_at: _Moment | None = None
    mentions: tuple[_Mentioned, ...] = ()
    reblog: "_Status | None" = None

    @property
    def text(self) -> str:
        """What people read: the content warning, then the post."""
        warning = (self.spoiler_text or "").strip()
        return "\n\n".join(part for part in (warning, plain_text(self.content)) if part)

    @property
    def link(self) -> str:
        """Where it stands, or "". Some servers give no page for people, only the address for other servers."""
        return next((link for link in (self.url, self.uri) if link and link.startswith(("https://", "http://"))), "")


class _Notification(_Answer):
    id: str
    created_at: _Moment
    status: _Status | None = None


class _Context(_Answer):
    ancestors: tuple[_Status, ...]
    descendants: tuple[_Status, ...]


class _Found(_Answer):
    statuses: tuple[_Status, ...]


class _StatusRules(_Answer):
    max_characters: int
    characters_reserved_per_url: int = _URL_LENGTH


class _Configuration(_Answer):
    statuses: _StatusRules


class _Instance(_Answer):
    domain: str
    configuration: _Configuration


class _Entry(NamedTuple):
    """One line of a list that is paged newest first: its own id there, its time, and the post if there is one."""

    id: str
    at: datetime
    status: _Status | None


class _Source(NamedTuple):
    """A list to poll, and what being found there makes of a post.

    `fetch` gives a page, from the last id that it gave and how many it gave; `wants` judges a post by its text.
    """

    kind: MentionKind
    fetch: Callable[[str | None, int], Sequence[_Entry]]
    wants: Callable[[str], bool]


class _Me(NamedTuple):
    account: Account
    url_length: int


_ACCOUNT = TypeAdapter(_Account)
_STATUS = TypeAdapter(_Status)
_STATUSES = TypeAdapter(tuple[_Status, ...])
_NOTIFICATIONS = TypeAdapter(tuple[_Notification, ...])
_CONTEXT = TypeAdapter(_Context)
_FOUND = TypeAdapter(_Found)
_INSTANCE = TypeAdapter(_Instance)

_T = TypeVar("_T")


class Mastodon:
    """One account on one server. `cases.platform.Platform` says what each method must do."""

    name = "mastodon"
    daily_cap: float | None = None

    def __init__(self, base_url: str, token: str, watch: Watch) -> None:
        self.limit = LIMIT
        self._base_url = base_url
        self._token = token
        self._watch = watch
        self._client: Client | None = None
        self._me: _Me | None = None
        self._answers: list[requests.Response] = []
        """To the last request, as they came: the library hides when a rate limit ends, and takes `{}` for no posts."""
        self._stored: tuple[str | None, set[str]] = (None, set())
        """A cursor, and the posts of the overlap that are in the store if the store has that cursor."""
        self._roots: dict[str, str] = {}
        """Which post began the thread of a post, as far as we have asked."""

    def account(self) -> Account:
        """Who we are; reads the server's limits with it."""
        return self._signed_in().account

    def poll(self, cursor: str | None, now: datetime, allowance: float = float("inf")) -> Iterator[Batch]:  # noqa: ARG002 - reading is free
        """Mentions and replies first, keyword hits after them.

        The cursor is the time of the newest notification and of the newest keyword hit that were seen: one is dated by
        this server's clock, the other by any.
        """
        self._signed_in()
        newest = _newest(cursor) if cursor else dict.fromkeys(_CURSOR, now - _FIRST_LOOK)
        floors = {kind: newest[kind] - _OVERLAP[kind] if cursor else newest[kind] for kind in _CURSOR}
        stored = self._stored[1] if cursor and cursor == self._stored[0] else set()
        had: set[str] = set()
        for source in self._sources():
            for page in _back_to(floors[source.kind], source.fetch):
                # Not beyond `now`: what is written meanwhile, or dated ahead, must not hide what comes with it.
                newest[source.kind] = max([newest[source.kind], *(min(entry.at, now) for entry in page)])
                wanted = {
                    status.id: status
                    for _, _, status in page
                    if status and status.id not in had and status.visibility in _OPEN and source.wants(status.text)
                }
                had.update(wanted)
                fresh = [status for post_id, status in wanted.items() if post_id not in stored]
                yield Batch([self._mention(status, source.kind) for status in fresh], cursor)
        if (moved := " ".join(newest[kind].isoformat() for kind in _CURSOR)) != cursor:
            self._stored = (moved, had)
        yield Batch((), moved)

    def read(self, mention: Mention) -> Mention | None:
        """The post again, with the thread that it was found in."""
        try:
            status = self._ask("read the post", lambda client: client.status(mention.post_id), _STATUS)
        except Gone:
            return None
        self._signed_in()
        return self._mention(status, mention.kind, thread_id=mention.thread_id)

    def reply(self, mention: Mention, text: ApprovedText, key: str, now: datetime) -> Reply:  # noqa: ARG002 - the server dates its posts
        """One POST with an idempotency key. As visible as the post it answers, which is what people expect there."""
        words = text.text
        status = self._ask(
            "post the reply",
            # Not status_reply: it would put names before the approved text.
            lambda client: client.status_post(
                words,
                in_reply_to_id=mention.post_id,
                visibility=mention.ref if mention.ref in _OPEN else "public",
                language=mention.language,
                idempotency_key=key,
            ),
            _STATUS,
            write=True,
        )
        return Reply(status.id, status.link, words, status.created_at)

    def find_reply(self, mention: Mention, key: str | None = None, text: str | None = None) -> Sighting:
        """Our direct replies to the post. The server shows no keys, so that one of a key is known by its text alone."""
        me = self._signed_in().account.id
        try:
            context = self._ask("read the thread", lambda client: client.status_context(mention.post_id), _CONTEXT)
        except Gone:
            return self._find_without_post(mention, text)
        ours = [
            status
            for status in context.descendants
            if status.account.id == me and status.in_reply_to_id == mention.post_id and status.visibility in _OPEN
        ]
        reply = _first_with(text, ours)
        if text is None and key is not None and reply is not None:
            # It may be an earlier message of ours: no proof in either direction.
            return Sighting(None, complete=False)
        return Sighting(reply, complete=len(context.descendants) < _LONGEST_CONTEXT)

    def measure(self, text: str) -> int:
        """By this server's length of a link, once it has said one."""
        return measure(text, self._me.url_length if self._me else _URL_LENGTH)

    def address(self, mention: Mention) -> str:
        """The mention of its author."""
        return address(mention.author)

    def private_link(self) -> str:
        """Our profile: its menu offers "Privately mention". No address opens such a message by itself."""
        return self.account().url

    def take_cost(self) -> float:
        """Nothing, ever."""
        return 0.0

    def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            self._client.session.close()
            self._client = None

    def _signed_in(self) -> _Me:
        if self._me is None:
            account = self._ask("sign in", lambda client: client.account_verify_credentials(), _ACCOUNT)
            host = urlsplit(account.url or self._base_url).netloc
            url_length = _URL_LENGTH
            try:
                instance = self._ask("read the server's rules", lambda client: client.instance_v2(), _INSTANCE)
            except Gone:
                pass  # Older than Mastodon 4.0: the usual limits hold.
            else:
                host = instance.domain
                self.limit = instance.configuration.statuses.max_characters
                url_length = instance.configuration.statuses.characters_reserved_per_url
            handle = account.acct if "@" in account.acct else f"{account.acct}@{host}"
            url = account.url or f"{self._base_url}/@{account.acct}"
            self._me = _Me(Account(account.id, handle, url), url_length)
        return self._me

    def _sources(self) -> Iterator[_Source]:
        """Where posts come from, the ones that say most of a post first."""
        yield _Source(MentionKind.MENTION, self._notifications, lambda _: True)
        keywords = self._watch.keywords
        for keyword in keywords:
            # The search knows word stems, and so finds more than was asked for.
            yield _Source(MentionKind.KEYWORD, partial(self._search, keyword), self._watch.matches)
        tags = _hashtags(keywords)
        if tags and self._has_hashtags():
            for tag in tags:
                yield _Source(
                    MentionKind.KEYWORD,
                    partial(self._hashtag, tag),
                    lambda text: not self._watch.excludes(text),
                )

    def _notifications(self, last: str | None, had: int) -> Sequence[_Entry]:  # noqa: ARG002 - paged by id
        found = self._ask(
            "read the mentions",
            lambda client: client.notifications(types=["mention"], max_id=last, limit=_NOTIFICATIONS_PAGE),
            _NOTIFICATIONS,
        )
        return [_Entry(item.id, item.created_at, item.status) for item in found]

    def _search(self, keyword: str, last: str | None, had: int) -> Sequence[_Entry]:  # noqa: ARG002 - paged by offset
        try:
            found = self._ask(
                f"search for {keyword}",
                lambda client: client.search_v2(
                    keyword,
                    resolve=False,
                    result_type="statuses",
                    offset=had or None,
                    exclude_unreviewed=False,
                    limit=_STATUSES_PAGE,
                ),
                _FOUND,
            )
        except (Gone, Refused):
            return ()
        return _entries(found.statuses)

    def _has_hashtags(self) -> bool:
        """Whether the server opens hashtags to us. Asked beforehand, since the library warns where it does not.

        Never raises: for want of an answer the library takes it that they are.
        """
        return bool(self._connected().timeline_is_available("hashtag", with_auth=True))

    def _hashtag(self, tag: str, last: str | None, had: int) -> Sequence[_Entry]:  # noqa: ARG002 - paged by id
        try:
            found = self._ask(
                f"read the hashtag {tag}",
                lambda client: client.timeline_hashtag(tag, max_id=last, limit=_STATUSES_PAGE),
                _STATUSES,
            )
        except (Gone, Refused):
            return ()
        return _entries(found)

    def _mention(self, status: _Status, at_least: MentionKind, thread_id: str | None = None) -> Mention:
        """The post as a mention; `at_least` is what the way it was found says of it."""
        me = self._signed_in().account.id
        author = status.account
        kind = at_least
        if status.in_reply_to_account_id == me and author.id != me:
            kind = MentionKind.REPLY
        elif kind is MentionKind.KEYWORD and any(mentioned.id == me for mentioned in status.mentions):
            kind = MentionKind.MENTION
        is_open = status.visibility in _OPEN
        words = status.reblog or status
        return Mention(
            platform=self.name,
            post_id=status.id,
            thread_id=thread_id or self._root(status),
            author_id=author.id,
            author=author.acct,
            author_name=author.display_name or "",
            text=words.text,
            url=words.link,
            posted_at=status.created_at,
            kind=kind,
            permissions=Permissions(
                answerable=is_open,
                why_not="" if is_open else "its author does not show it to everyone",
                author_wrote_first=kind is not MentionKind.KEYWORD,
            ),
            parent_id=status.in_reply_to_id,
            language=words.language,
            followers=author.followers_count,
            edited_at=words.edited_at,
            own=author.id == me,
            repost=status.reblog is not None,
            ref=status.visibility,
        )

    def _root(self, status: _Status) -> str:
        """The post that began the thread: the API names only the one before, so that the first must be asked for."""
        if status.in_reply_to_id is None:
            return status.id
        root = self._roots.get(status.id) or self._roots.get(status.in_reply_to_id)
        if root is None:
            try:
                context = self._ask("read the thread", lambda client: client.status_context(status.id), _CONTEXT)
                root = context.ancestors[0].id if context.ancestors else status.in_reply_to_id
            except Gone:
                root = status.in_reply_to_id
        if len(self._roots) >= _ROOTS_KEPT:
            self._roots.clear()
        self._roots[status.in_reply_to_id] = self._roots[status.id] = root
        return root

    def _find_without_post(self, mention: Mention, text: str | None) -> Sighting:
        """Where the post is gone, its thread can't be read, and the server no longer says what our replies answer.

        So our own posts since then are read, and only the very text tells.
        """
        me = self._signed_in().account.id
        last: str | None = None
        for _ in range(_OWN_PAGES):
            page = self._own_posts(me, last)
            ours = [
                status
                for status in page
                if status.visibility in _OPEN
                and (
                    status.in_reply_to_id == mention.post_id
                    or (
                        text is not None
                        and status.in_reply_to_id is None
                        and status.in_reply_to_account_id in {None, mention.author_id}
                        and status.created_at >= mention.posted_at
                    )
                )
            ]
            if reply := _first_with(text, ours):
                return Sighting(reply, complete=True)
            if not page or page[-1].created_at < mention.posted_at:
                return Sighting(None, complete=text is not None)
            last = page[-1].id
        return Sighting(None, complete=False)

    def _own_posts(self, me: str, last: str | None) -> tuple[_Status, ...]:
        return self._ask(
            "read our own posts",
            lambda client: client.account_statuses(me, exclude_reblogs=True, max_id=last, limit=_STATUSES_PAGE),
            _STATUSES,
        )

    def _ask(self, what: str, call: Callable[["Client"], object], shape: TypeAdapter[_T], *, write: bool = False) -> _T:
        """One request through the library, its answer in the shape that we need, its errors as ours."""
        client = self._connected()
        self._answers.clear()
        try:
            call(client)
            return shape.validate_python(self._answers[-1].json())
        # Beside its own errors the library lets slip whatever a strange answer provokes in it.
        except Exception as error:
            host = urlsplit(self._base_url).netloc
            headers: Mapping[str, str] = self._answers[-1].headers if self._answers else {}
            raise translate(error, f"{host}: {what}", headers, self._token, write=write) from error

    def _connected(self) -> "Client":
        if self._client is None:
            from mastodon import Mastodon as Client  # noqa: PLC0415 - costs 0.3 s, for nothing where it is switched off
            from requests import Session  # noqa: PLC0415

            session = Session()
            session.hooks["response"].append(self._keep)
            self._client = Client(
                api_base_url=self._base_url,
                ratelimit_method="throw",
                request_timeout=TIMEOUT,
                session=session,
                user_agent="Amends",
            )
            # Given to the constructor, a token that happens to be the name of a file would be read as one.
            self._client.access_token = self._token
        return self._client

    def _keep(self, response: "requests.Response", *_: object, **__: object) -> None:
        self._answers.append(response)


def _newest(cursor: str) -> dict[MentionKind, datetime]:
    """What `poll` has put into a cursor."""
    return dict(zip(_CURSOR, map(datetime.fromisoformat, cursor.split()), strict=True))


def _back_to(floor: datetime, fetch: Callable[[str | None, int], Sequence[_Entry]]) -> Iterator[Sequence[_Entry]]:
    """Pages from the newest back to `floor`.

    How long a page is, the server decides. So only an empty one ends a list, or one that holds nothing new: some
    servers start over instead.
    """
    had: set[str] = set()
    last: str | None = None
    while page := [entry for entry in fetch(last, len(had)) if entry.id not in had]:
        yield [entry for entry in page if entry.at >= floor]
        last = page[-1].id
        if page[-1].at < floor:
            return
        had.update(entry.id for entry in page)


def _entries(statuses: Iterable[_Status]) -> Sequence[_Entry]:
    return [_Entry(status.id, status.created_at, status) for status in statuses]


def _hashtags(keywords: Iterable[str]) -> Sequence[str]:
    """The hashtags that people make of keywords: without spaces and signs, and never of digits alone."""
    tags = (re.sub(r"\W", "", word) for word in keywords)
    return list(dict.fromkeys(tag for tag in tags if tag and not tag.isdecimal()))


def _first_with(text: str | None, statuses: Iterable[_Status]) -> Reply | None:
    """The oldest of them with this text, or of all."""
    for status in sorted(statuses, key=lambda status: status.created_at):
        words = plain_text(status.content, whole_links=True)
        if text is None or _bare(words) == _bare(text):
            return Reply(status.id, status.link, words, status.created_at)
    return None


def _bare(text: str) -> str:
    """A text without what differs between sending it and reading it: spacing, and the hosts of mentions."""
    return " ".join(_REMOTE_MENTION.sub(r"\1", unicodedata.normalize("NFC", text)).split())


def translate(error: Exception, what: str, headers: Mapping[str, str], token: str, *, write: bool) -> PlatformError:
    """Our error for one of the library's, or for whatever else an answer provoked.

    `what` names the server and what was asked of it, `headers` are those of the last answer. A write counts as not
    carried out only where the server itself said so.
    """
    from mastodon.errors import (  # noqa: PLC0415 - as heavy as the client
        MastodonIllegalArgumentError,
        MastodonRatelimitError,
        MastodonVersionError,
    )

    said = _one_line(error).replace(token, "…")
    status = _status_code(error)
    if isinstance(error, MastodonRatelimitError):
        return RateLimited(f"{what}: the server asks us to wait", _limit_ends(headers))
    kind: type[PlatformError]
    if status == HTTPStatus.UNAUTHORIZED:
        kind, hint = SignInFailed, "the server refuses AMENDS_MASTODON_TOKEN: make a new one there"
    elif status == HTTPStatus.FORBIDDEN and not write:
        kind, hint = SignInFailed, "AMENDS_MASTODON_TOKEN may not do this: it needs the scopes read and write:statuses"
    elif status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        kind, hint = Gone, "not there any more, or hidden from us"
    elif status in _REFUSALS | {HTTPStatus.FORBIDDEN}:
        kind, hint = Refused, "the server refuses it"
    elif isinstance(error, MastodonIllegalArgumentError | MastodonVersionError):
        kind, hint = Refused, "not possible on this server"
    elif write:
        kind, hint = Unclear, "no clear answer; it may stand there or not, so look before it is tried again"
    else:
        kind, hint = Unavailable, "nothing usable came back; it is asked again later"
    return kind(f"{what}: {hint} ({said})")


def _status_code(error: Exception) -> int | None:
    """The HTTP status that the server answered with, as Mastodon.py lays it into its errors; None where it is none."""
    from mastodon.errors import MastodonAPIError  # noqa: PLC0415 - as heavy as the client

    if isinstance(error, MastodonAPIError) and len(error.args) > 1 and isinstance(error.args[1], int):
        return error.args[1]
    return None


def _one_line(error: Exception) -> str:
    """What an error says, short and printable: parts of it were written by a server."""
    words = [str(part) for part in error.args if part is not None] if _status_code(error) else [str(error)]
    line = " ".join(" ".join(words).split())
    line = "".join(letter for letter in line if letter.isprintable())
    return f"{type(error).__name__}: {line[:200]}" if line else type(error).__name__


def _limit_ends(headers: Mapping[str, str]) -> datetime | None:
    """When a rate limit ends, from the headers of the answer that told of it.

    Mastodon gives a time, others seconds since 1970; a proxy before it may give seconds from its own `Date`.
    """
    try:
        if reset := headers.get("X-RateLimit-Reset"):
            return datetime.fromtimestamp(int(reset), UTC) if reset.isdecimal() else _aware(reset)
        if wait := headers.get("Retry-After"):
            if not wait.isdecimal():
                return parsedate_to_datetime(wait)
            if sent := headers.get("Date"):
                return parsedate_to_datetime(sent) + timedelta(seconds=int(wait))
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

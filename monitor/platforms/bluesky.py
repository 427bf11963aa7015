"""Bluesky, and any other AT Protocol server that speaks its lexicons, through atproto.

The account's own server (PDS) takes the writes and says what we wrote; what others wrote comes through it from the
AppView, which may lag by seconds. A reply's record key is fixed before the write, so that the PDS settles at once
whether an unclear write was carried out.
"""

import ipaddress
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from hashlib import blake2s
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import urlsplit

import regex
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from cases.drafts import ApprovedText
from cases.errors import ConfigError, Gone, PlatformError, RateLimited, Refused, SignInFailed, Unavailable, Unclear
from cases.platform import Account, Batch, Platform, Reply, Sighting
from cases.posts import Mention, MentionKind, Permissions, Watch

if TYPE_CHECKING:
    # The library takes a second to load: it is imported with the first call.
    from atproto_client import Client, Session, SessionEvent
    from atproto_client.exceptions import RateLimitExceededError
    from atproto_client.models.app.bsky.feed.defs import PostView
    from atproto_client.models.app.bsky.feed.get_posts import Response as GetPosts
    from atproto_client.models.app.bsky.feed.post import Record
    from atproto_client.models.app.bsky.notification.list_notifications import Notification
    from atproto_client.models.com.atproto.repo.list_records import Response as ListRecords

SECRETS = ("PASSWORD",)
LIMIT = 300
LINK_COSTS = False
SIGIL = "@"
"""Before a handle, as people write it there."""
TIMEOUT = 10.0
"""Seconds to wait for a connection, and for each piece of an answer."""

_BYTES = 3000
"""The other limit of a post, in UTF-8. Source of both: the lexicon app.bsky.feed.post."""
_ENTRYWAY = "https://bsky.social"
"""The door to all servers of the Bluesky company, itself none: each account's DID document names its own."""
_SITE = "https://bsky.app"
_POSTS = "app.bsky.feed.post"
_NO_HANDLE = "handle.invalid"
"""What a server says where a name does not lead back to its account."""
_FIRST_LOOK = timedelta(days=1)
_OVERLAP = timedelta(hours=1)
"""Posts are sorted in by when they say they were written, and can arrive much later."""
_REMEMBERED = 1000
_PAGE = 100
_POSTS_AT_ONCE = 25
_CLOCKS_DIFFER = timedelta(days=1)
_LANGUAGE = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TID = re.compile("[2-7a-z]{13}")
_TID_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"

_STALE = frozenset({"ExpiredToken", "InvalidToken"})
_NO_ACCOUNT = frozenset(
    {
        "AuthenticationRequired",
        "AuthMissing",
        "AuthFactorTokenRequired",
        "AccountTakedown",
        "AccountSuspended",
        "AccountDeactivated",
        "AccountNotFound",
        "InvalidAudience",
        "ScopeMissingError",
    }
)  # fmt: skip - a list of names
_NOT_THERE = frozenset({"NotFound", "RecordNotFound", "RepoNotFound", "PostNotFound"})
_NOT_SERVED = frozenset({"MethodNotImplemented", "XRPCNotSupported"})
_REFUSALS = frozenset({400, 404, 413, 501})
"""HTTP statuses by which a server, in an XRPC error, says that it did not do what was asked."""

_T = TypeVar("_T")

log = structlog.get_logger(__name__)


class Settings(BaseModel):
    """`[platforms.bluesky]`. `base_url` is the account's server, `handle` its name there, without an @."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str = _ENTRYWAY
    handle: str = ""
    every: str = "60s"

    @field_validator("base_url")
    @classmethod
    def _sends_no_password_in_the_clear(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.path.strip("/") or parts.query:
            message = "write the server's address alone, for example https://bsky.social"
            raise ValueError(message)
        if parts.scheme == "http" and not _is_loopback(parts.hostname):
            message = "write https://: over http:// the password could be read on the way"
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("handle")
    @classmethod
    def _as_the_network_writes_it(cls, value: str) -> str:
        handle = value.strip().removeprefix("@").lower()
        if re.search(r"[^a-z0-9.-]", handle):
            message = "write the whole handle, for example parcelo.bsky.social"
            raise ValueError(message)
        return handle


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def measure(text: str) -> int:
    """Bluesky's length of a text: graphemes; where it is short enough but has too many bytes, more than the limit."""
    graphemes = len(regex.findall(r"\X", text))
    size = len(text.encode("utf-8", "surrogatepass"))
    return graphemes if size <= _BYTES else max(graphemes, LIMIT + 1)


def address(author: str) -> str:  # noqa: ARG001 - every platform is asked with the author
    """Nothing: Bluesky notifies the author of a post of every answer to it."""
    return ""


def connect(settings: Settings, secrets: Mapping[str, str], watch: Watch, state: Path) -> Platform:
    """The network as the brand's account; touches nothing yet. The session is kept in `state`.

    Raises `ConfigError` without a handle or a password.
    """
    if not settings.handle:
        message = "[platforms.bluesky] needs the key handle: the account's name there, for example parcelo.bsky.social"
        raise ConfigError(message)
    password = secrets.get("PASSWORD", "").strip()
    if not password:
        message = "AMENDS_BLUESKY_PASSWORD is empty: make an app password in Bluesky's settings and copy it there"
        raise ConfigError(message)
    return Bluesky(settings, password, watch, _SessionFile(state / "bluesky.session", settings))


class _SessionFile:
    """The session that the server handed out, in a file that only its owner can read (rule 8).

    An account may sign in 300 times a day, and every command of ours is a process. A session belongs to one server and
    one handle, and is never shown to another server.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path = path
        self._of = {"base_url": settings.base_url, "handle": settings.handle}

    def load(self) -> str | None:
        """The session, or None where there is none for this account."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(kept, dict) or {name: kept.get(name) for name in self._of} != self._of:
            return None
        session = kept.get("session")
        return session if isinstance(session, str) else None

    def save(self, session: str) -> None:
        """Keep a session. Where that fails, the next process signs in anew, which is no reason to stop this one."""
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump({**self._of, "session": session}, file)
            fresh.replace(self._path)
        except OSError as error:
            log.warning("session not kept", action="sign_in", platform=Bluesky.name, error=str(error))

    def forget(self) -> None:
        """Drop a session that the server takes no more."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


class _Ref(BaseModel):
    """What an answer to a post must name beside it: this very version of it, and the post that began the thread."""

    model_config = ConfigDict(frozen=True)

    cid: str
    root_uri: str
    root_cid: str


class _Mark(NamedTuple):
    """How far we have read: nothing before `start`, up to `newest`; `seen` are hashes of posts, the oldest first."""

    start: datetime
    newest: datetime
    seen: tuple[str, ...]

    @classmethod
    def of(cls, cursor: str | None, now: datetime) -> "_Mark":
        """The mark that a cursor holds; a day back where there is none, or it is none of ours."""
        try:
            kept = json.loads(cursor or "{}")
            return cls(datetime.fromisoformat(kept["start"]), datetime.fromisoformat(kept["newest"]), (*kept["seen"],))
        except (ValueError, KeyError, TypeError):
            return cls(now - _FIRST_LOOK, now - _FIRST_LOOK, ())

    def cursor(self) -> str:
        """The mark as text, with as many posts as can come again."""
        kept = {"start": self.start.isoformat(), "newest": self.newest.isoformat(), "seen": self.seen[-_REMEMBERED:]}
        return json.dumps(kept, separators=(",", ":"))


class _Hit(NamedTuple):
    """A post that a list named, with the time that the list is sorted by; the post itself where it was sent along."""

    uri: str
    at: datetime
    kind: MentionKind
    view: "PostView | None" = None


class _Page(NamedTuple):
    hits: Sequence[_Hit]
    following: str | None


class _Me(NamedTuple):
    did: str
    handle: str


class Bluesky:
    """One account on one server. `cases.platform.Platform` says what each method must do."""

    name = "bluesky"
    daily_cap: float | None = None

    def __init__(self, settings: Settings, password: str, watch: Watch, sessions: _SessionFile) -> None:
        self.limit = LIMIT
        self._settings = settings
        self._password = password
        self._watch = watch
        self._sessions = sessions
        self._client: Client | None = None
        self._me = _Me("", settings.handle)
        """Known in full once we are signed in."""

    def account(self) -> Account:
        """Who we are, asked of the server: a session that was kept may be older than our handle."""
        answer = self._ask("sign in", lambda client: client.com.atproto.server.get_session())
        if answer.active is False:
            message = f"the Bluesky account {answer.handle} is {answer.status or 'not active'}: see its page there"
            raise SignInFailed(message)
        self._me = _Me(answer.did, answer.handle)
        return Account(answer.did, answer.handle, _profile(answer.did, answer.handle))

    def poll(self, cursor: str | None, now: datetime, allowance: float = float("inf")) -> Iterator[Batch]:  # noqa: ARG002 - reading is free
        """What the network notified us of, then what its search finds.

        Every list is read at least one page deep and past an overlap; what was seen before is told by its identity.
        """
        mark = _Mark.of(cursor, now)
        newest, seen, new = mark.newest, set(mark.seen), list[str]()
        for page in self._pages(mark.newest - _OVERLAP):
            # Not beyond `now`: a post that is dated ahead must not hide what comes after it.
            newest = max([newest, *(min(hit.at, now) for hit in page)])
            fresh = {hit.uri: hit for hit in page if hit.at >= mark.start and _hash(hit.uri) not in seen}
            mentions = list(self._hydrate(fresh))
            new += [_hash(mention.post_id) for mention in mentions]
            seen.update(new[len(new) - len(mentions) :])
            yield Batch(mentions, cursor)
        yield Batch((), _Mark(mark.start, newest, (*mark.seen, *reversed(new))).cursor())

    def read(self, mention: Mention) -> Mention | None:
        """The post again; None also where its author blocks us, since then it is gone for us."""
        for view in self._views([mention.post_id]):
            fresh = self._mention(view, mention.kind)
            if fresh is None or _ref(fresh.ref, fresh.post_id).cid == _ref(mention.ref, mention.post_id).cid:
                return fresh
            # The app edits nothing, but a record can be written over: then it has another content hash.
            return self._mention(view, mention.kind, edited_at=_arrival(view))
        return None

    def reply(self, mention: Mention, text: ApprovedText, key: str, now: datetime) -> Reply:
        """One createRecord with the key as record key, so that a second one could not make a second post."""
        if measure(text.text) > self.limit:
            message = f"Bluesky takes {LIMIT} characters and {_BYTES} bytes; the reply has more: shorten it"
            raise Refused(message)
        ref = _ref(mention.ref, mention.post_id)
        if not _TID.fullmatch(key):
            message = f"{key!r} can't be a record key on Bluesky; nothing was posted"
            raise Refused(message)
        me = self._who()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)  # as precise as the network is asked to keep it
        self._write(partial(_create_reply, me=me, mention=mention, ref=ref, text=text.text, key=key, now=now))
        uri = f"at://{me.did}/{_POSTS}/{key}"
        return Reply(uri, _link(uri, me.handle), text.text, now)

    def find_reply(self, mention: Mention, key: str | None = None, text: str | None = None) -> Sighting:
        """Our own repository, where our server keeps what we wrote: unlike the public thread it never lags."""
        me = self._who()
        if key is not None:
            found = self._own_record(me, key)
            if found is not None or text is None:
                return Sighting(found, complete=True)
        for uri, record in self._own_posts_since(me, mention.posted_at - _CLOCKS_DIFFER):
            if _string(record, "reply", "parent", "uri") != mention.post_id:
                continue
            if text is None or (_text(record) or "").strip() == text.strip():
                return Sighting(_own_reply(me, uri, record), complete=True)
        return Sighting(None, complete=True)

    def measure(self, text: str) -> int:
        """The same everywhere on this network."""
        return measure(text)

    def address(self, mention: Mention) -> str:
        """Nothing."""
        return address(mention.author)

    def private_link(self) -> str:
        """Our profile, with its button for messages: a conversation has an address only once it has begun."""
        return _profile(self._me.did, self._me.handle)

    def take_cost(self) -> float:
        """Nothing, ever."""
        return 0.0

    def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            self._client.request.close()
            self._client = None

    # What is read.

    def _pages(self, floor: datetime) -> Iterator[Sequence[_Hit]]:
        yield from _back_to(floor, self._notifications)
        for keyword in self._watch.keywords:
            yield from _back_to(floor, partial(self._search, keyword))

    def _notifications(self, cursor: str | None) -> _Page:
        models = _models()
        kinds = {"mention": MentionKind.MENTION, "quote": MentionKind.MENTION, "reply": MentionKind.REPLY}
        params = models.AppBskyNotificationListNotifications.Params(reasons=[*kinds], limit=_PAGE, cursor=cursor)
        answer = self._ask("read the mentions", lambda client: client.app.bsky.notification.list_notifications(params))
        hits = [
            _Hit(item.uri, _arrival(item), kinds[item.reason]) for item in answer.notifications if item.reason in kinds
        ]
        return _Page(hits, answer.cursor)

    def _search(self, keyword: str, cursor: str | None) -> _Page:
        models = _models()
        # Quotes make a phrase of several words; around one word not every server's search understands them.
        phrase = keyword if keyword.isalnum() else '"' + keyword.replace('"', " ") + '"'
        params = models.AppBskyFeedSearchPosts.Params(q=phrase, sort="latest", limit=_PAGE, cursor=cursor)
        try:
            answer = self._ask(f"search for {keyword}", lambda client: client.app.bsky.feed.search_posts(params))
        except _NotServed as error:
            # A server may do without search: then there are mentions, and no keyword hits.
            log.debug("no search here", action="poll", platform=self.name, error=str(error))
            return _Page((), None)
        hits = [_Hit(view.uri, _arrival(view), MentionKind.KEYWORD, view) for view in answer.posts]
        return _Page(hits, answer.cursor)

    def _hydrate(self, hits: Mapping[str, _Hit]) -> Iterator[Mention]:
        """The posts themselves. One that can't be read now is left out, and comes again while it is near the top."""
        views = {uri: hit.view for uri, hit in hits.items() if hit.view is not None}
        views |= {view.uri: view for view in self._views([uri for uri in hits if uri not in views])}
        for uri, hit in hits.items():
            mention = self._mention(views[uri], hit.kind) if uri in views else None
            # The search knows word stems and takes marks for blanks, and so finds more than was asked for.
            if mention and (mention.kind is not MentionKind.KEYWORD or self._watch.matches(mention.text)):
                yield mention

    def _views(self, uris: Sequence[str]) -> Iterator["PostView"]:
        for first in range(0, len(uris), _POSTS_AT_ONCE):
            params = _models().AppBskyFeedGetPosts.Params(uris=[*uris[first : first + _POSTS_AT_ONCE]])
            answer = self._ask("read the posts", partial(_get_posts, params=params))
            yield from answer.posts

    def _mention(self, view: "PostView", known: MentionKind, edited_at: datetime | None = None) -> Mention | None:
        """The post as a mention, or None where it is none that people could read: a record of another shape."""
        me = self._who()
        record = view.record
        text = _text(record)
        if text is None:
            return None
        root_uri = _string(record, "reply", "root", "uri") or view.uri
        root_cid = _string(record, "reply", "root", "cid") or view.cid
        kind = known if known is not MentionKind.KEYWORD else _kind(record, me.did)
        arrived = _arrival(view)
        langs = [tag for tag in _items(record, "langs") if isinstance(tag, str)]
        return Mention(
            platform=self.name,
            post_id=view.uri,
            thread_id=root_uri,
            author_id=view.author.did,
            author=view.author.handle,
            author_name=view.author.display_name or "",
            text=text,
            url=_link(view.uri, view.author.handle),
            posted_at=_claimed(record, arrived),
            edited_at=edited_at,
            kind=kind,
            permissions=_permissions(view, kind),
            parent_id=_string(record, "reply", "parent", "uri"),
            language=langs[0] if langs else None,
            own=view.author.did == me.did,
            ref=_Ref(cid=view.cid, root_uri=root_uri, root_cid=root_cid).model_dump_json(),
        )

    def _own_record(self, me: _Me, key: str) -> Reply | None:
        models = _models()
        params = models.ComAtprotoRepoGetRecord.Params(repo=me.did, collection=_POSTS, rkey=key)
        try:
            answer = self._ask("look for the reply", lambda client: client.com.atproto.repo.get_record(params))
        except Gone:
            return None
        return _own_reply(me, answer.uri, answer.value)

    def _own_posts_since(self, me: _Me, since: datetime) -> Iterator[tuple[str, "Record"]]:
        """What we posted, the newest first, back to a time: the record keys are times."""
        cursor: str | None = None
        while True:
            answer = self._ask("look for the reply", partial(_list_posts, repo=me.did, cursor=cursor))
            for item in answer.records:
                made = _tid_time(item.uri.rpartition("/")[2])
                if made is not None and made < since:
                    return
                yield item.uri, item.value
            if not answer.records or answer.cursor in {None, cursor}:
                return
            cursor = answer.cursor

    # How it is asked.

    def _ask(self, doing: str, call: "Callable[[Client], _T]") -> _T:
        """Read something. A session that the server takes no more is replaced once: reading twice harms nothing."""
        try:
            return self._tried(doing, call)
        except _StaleSession:
            self._sign_out()
            return self._tried(doing, call)

    def _tried(self, doing: str, call: "Callable[[Client], _T]") -> _T:
        client = self._signed_in()
        try:
            return call(client)
        except Exception as error:  # noqa: BLE001 - nonsense from outside can end in any error below us
            raise _translate(error, doing) from _cause(error)

    def _write(self, call: "Callable[[Client], object]") -> None:
        """Write something, once. Whatever is not a clear no of the server leaves it unclear."""
        client = self._signed_in()
        try:
            call(client)
        except Exception as error:  # noqa: BLE001 - whatever it is, the write may have been carried out
            translated = _translate(error, "post the reply", writing=True)
            if _said(error)[0] in _STALE:
                # Nothing was posted, and the look that settles it signs in anew: no write is ever repeated from here.
                self._sign_out()
            raise translated from _cause(error)

    def _who(self) -> _Me:
        self._signed_in()
        return self._me

    def _signed_in(self) -> "Client":
        if self._client is None:
            kept = self._sessions.load()
            self._client = (self._resumed(kept) if kept else None) or self._logged_in()
        return self._client

    def _resumed(self, kept: str) -> "Client | None":
        """A client with the session that was kept, without asking the network; None where the file is damaged."""
        from atproto_client import Session  # noqa: PLC0415 - see the top

        client = self._new_client()
        try:
            client.login(session_string=kept, fetch_bsky_profile=False)
            readable = Session.decode(kept).access_jwt_payload.exp is not None
        except Exception:  # noqa: BLE001 - whatever is wrong with the file, the password makes another
            readable = False
        if not readable:
            client.request.close()
        return client if readable else None

    def _logged_in(self) -> "Client":
        client = self._new_client()
        try:
            # No profile: right after an account is made there is none yet, and nothing here needs it.
            client.login(self._settings.handle, self._password, fetch_bsky_profile=False)
        except Exception as error:  # noqa: BLE001 - nonsense from outside can end in any error below us
            client.request.close()
            raise self._sign_in_error(error) from _cause(error)
        return client

    def _new_client(self) -> "Client":
        from atproto_client import Client  # noqa: PLC0415 - see the top
        from atproto_client.request import Request  # noqa: PLC0415 - see the top

        client = Client(self._settings.base_url, request=Request(timeout=TIMEOUT))
        client.on_session_change(partial(self._session_changed, client))
        return client

    def _session_changed(self, client: "Client", event: "SessionEvent", session: "Session") -> None:
        self._me = _Me(session.did, session.handle)
        if self._settings.base_url != _ENTRYWAY:
            # The library goes on to the server that the account's DID document names; the operator named another way.
            client.update_base_url(self._settings.base_url)
        if event.name != "IMPORT":
            self._sessions.save(session.encode())

    def _sign_out(self) -> None:
        self.close()
        self._sessions.forget()

    def _sign_in_error(self, error: Exception) -> PlatformError:
        translated = _translate(error, "sign in")
        if not translated.permanent:
            return translated
        if _said(error)[0] == "AuthFactorTokenRequired":
            message = f"Bluesky wants a second factor for {self._settings.handle}: give it an app password instead"
            return SignInFailed(message)
        message = (
            f"Bluesky refuses the password of {self._settings.handle} ({translated}): check platforms.bluesky.handle, "
            "make an app password in its settings and set AMENDS_BLUESKY_PASSWORD to it"
        )
        return SignInFailed(message)


def _models() -> ModuleType:
    """The library's models, one for each name in the network's lexicons."""
    from atproto_client import models  # noqa: PLC0415 - see the top

    module: ModuleType = models
    return module


def _get_posts(client: "Client", params: object) -> "GetPosts":
    return client.app.bsky.feed.get_posts(params)


def _list_posts(client: "Client", repo: str, cursor: str | None) -> "ListRecords":
    params = _models().ComAtprotoRepoListRecords.Params(repo=repo, collection=_POSTS, limit=_PAGE, cursor=cursor)
    return client.com.atproto.repo.list_records(params)


def _create_reply(
    client: "Client", me: _Me, mention: Mention, *, ref: _Ref, text: str, key: str, now: datetime
) -> None:
    models = _models()
    strong_ref = models.ComAtprotoRepoStrongRef.Main
    record = models.AppBskyFeedPost.Record(
        text=text,
        created_at=now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        langs=[mention.language] if _LANGUAGE.fullmatch(mention.language or "") else None,
        facets=_facets(text, me) or None,
        reply=models.AppBskyFeedPost.ReplyRef(
            parent=strong_ref(uri=mention.post_id, cid=ref.cid), root=strong_ref(uri=ref.root_uri, cid=ref.root_cid)
        ),
    )
    client.com.atproto.repo.create_record(
        models.ComAtprotoRepoCreateRecord.Data(repo=me.did, collection=_POSTS, rkey=key, record=record)
    )


def _facets(text: str, me: _Me) -> list[object]:
    """What makes links, and our own handle, open when they are pressed; without it they are plain words there."""
    models = _models()
    from atproto_client.utils import facet_detection  # noqa: PLC0415 - see the top

    richtext = models.AppBskyRichtextFacet
    facets: list[object] = [
        facet
        for facet in facet_detection.detect_facets(text)
        if all(isinstance(feature, richtext.Link) for feature in facet.features)
    ]
    for found in re.finditer(rf"(?<![\w.@-])@{re.escape(me.handle)}(?![\w-]|\.\w)", text, re.IGNORECASE):
        start, end = (len(text[:position].encode()) for position in found.span())
        span = richtext.ByteSlice(byte_start=start, byte_end=end)
        facets.append(richtext.Main(features=[richtext.Mention(did=me.did)], index=span))
    return facets


def _back_to(floor: datetime, fetch: Callable[[str | None], _Page]) -> Iterator[Sequence[_Hit]]:
    """The pages of a list that is sorted newest first, up to the one that reaches the floor."""
    cursor: str | None = None
    while True:
        page = fetch(cursor)
        yield page.hits
        if not page.following or page.following == cursor or any(hit.at < floor for hit in page.hits):
            return
        cursor = page.following


def _permissions(view: "PostView", kind: MentionKind) -> Permissions:
    """Source of the rule: Bluesky's guidelines for bots, which may answer only those who turned to them."""
    wrote_first = kind is not MentionKind.KEYWORD
    why_not = ""
    if not wrote_first:
        why_not = (
            "its author neither named nor answered our account, and Bluesky lets an app answer only those who did: "
            "post the answer in the Bluesky app"
        )
    elif view.viewer is not None and view.viewer.reply_disabled:
        why_not = "its author lets only some people answer, and not our account"
    return Permissions(answerable=not why_not, why_not=why_not, author_wrote_first=wrote_first)


def _kind(record: "Record", did: str) -> MentionKind:
    """What a post is to the account, by what stands in it."""
    ours = f"at://{did}/"
    if (_string(record, "reply", "parent", "uri") or "").startswith(ours):
        return MentionKind.REPLY
    quoted = _string(record, "embed", "record", "uri") or _string(record, "embed", "record", "record", "uri") or ""
    named = any(
        getattr(feature, "did", None) == did
        for facet in _items(record, "facets")
        for feature in _items(facet, "features")
    )
    return MentionKind.MENTION if named or quoted.startswith(ours) else MentionKind.KEYWORD


# A record that does not fit its lexicon comes as a loose bag of names, from anybody's hands.


def _string(record: object, *path: str) -> str | None:
    for name in path:
        record = getattr(record, name, None)
    return record if isinstance(record, str) else None


def _items(record: object, name: str) -> Iterable[object]:
    found = getattr(record, name, None)
    return found if isinstance(found, list) else ()


def _text(record: object) -> str | None:
    return _string(record, "text")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _arrival(item: "Notification | PostView") -> datetime:
    """When the network took it in. Raises `Unavailable` where that is no time."""
    try:
        return _moment(item.indexed_at)
    except (ValueError, OverflowError) as error:
        message = "Bluesky sent a post without a time that makes sense; it is tried later"
        raise Unavailable(message) from error


def _claimed(record: object, arrived: datetime) -> datetime:
    """When its author says a post was written, but never later than it arrived."""
    try:
        return min(_moment(_string(record, "created_at") or ""), arrived)
    except (ValueError, OverflowError):
        return arrived


def _tid_time(key: str) -> datetime | None:
    """When a record key was made; None where it is no timestamp. See https://atproto.com/specs/tid."""
    if not _TID.fullmatch(key):
        return None
    value = 0
    for digit in key:
        value = value << 5 | _TID_DIGITS.index(digit)
    try:
        return datetime.fromtimestamp((value >> 10) / 1_000_000, UTC)
    except (ValueError, OverflowError):
        return None


def _ref(text: str, post_id: str) -> _Ref:
    try:
        return _Ref.model_validate_json(text)
    except ValidationError as error:
        message = f"what is kept of {post_id} does not say how to answer it; nothing was posted"
        raise Refused(message) from error


def _hash(uri: str) -> str:
    return blake2s(uri.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _profile(did: str, handle: str) -> str:
    return f"{_SITE}/profile/{did if handle == _NO_HANDLE and did else handle}"


def _link(uri: str, handle: str) -> str:
    did, _, key = uri.removeprefix("at://").partition(f"/{_POSTS}/")
    return f"{_profile(did, handle)}/post/{key}"


def _own_reply(me: _Me, uri: str, record: "Record") -> Reply:
    made = _tid_time(uri.rpartition("/")[2]) or datetime.fromtimestamp(0, UTC)
    with suppress(ValueError, OverflowError):
        made = _moment(_string(record, "created_at") or "")
    return Reply(uri, _link(uri, me.handle), _text(record) or "", made)


class _NotServed(Refused):
    """The server knows no such method."""


class _StaleSession(SignInFailed):
    """The session ran out or was revoked; a new one may do."""


def _said(error: Exception) -> tuple[str, str]:
    """Name and message of an XRPC error; both empty where the answer was none."""
    content = getattr(getattr(error, "response", None), "content", None)
    name, message = (getattr(content, part, None) for part in ("error", "message"))
    if not isinstance(name, str):
        return "", ""
    return name, " ".join(message.split())[:200] if isinstance(message, str) else ""


def _cause(error: Exception) -> Exception | None:
    """The error to chain. Not one of parsing: it quotes the answer, and that may hold a session or people's words."""
    from atproto_client.exceptions import ModelError  # noqa: PLC0415 - see the top

    return None if isinstance(error, ModelError | ValidationError) else error


def _translate(error: Exception, doing: str, *, writing: bool = False) -> PlatformError:
    """Our error for anything that comes out of the library. Only an XRPC error proves that the server said no."""
    from atproto_client.exceptions import RateLimitExceededError, RequestErrorBase  # noqa: PLC0415 - see the top

    doubt, then = (Unclear, "whether it was done is not known") if writing else (Unavailable, "it is tried later")
    response = error.response if isinstance(error, RequestErrorBase) else None
    if response is None:
        return doubt(f"Bluesky gave no clear answer when asked to {doing} ({type(error).__name__}): {then}")
    name, said = _said(error)
    status = response.status_code
    what = f"Bluesky answered {status} {name} when asked to {doing}".replace("  ", " ") + (f": {said}" if said else "")
    if isinstance(error, RateLimitExceededError):
        return RateLimited(f"Bluesky allows no more for now, when asked to {doing}", _reset(error))
    if name in _STALE:
        return Unclear(what) if writing else _StaleSession(what)
    if name in _NO_ACCOUNT or (name and status in {401, 403}):
        return SignInFailed(what)
    if name in _NOT_THERE or "could not find repo" in said.lower() or "could not locate record" in said.lower():
        return Gone(what)
    if name in _NOT_SERVED:
        return _NotServed(f"{what}; check that platforms.bluesky.base_url names the account's server")
    if name and status in _REFUSALS:
        return Refused(what)
    return doubt(f"{what}; {then}")


def _reset(error: "RateLimitExceededError") -> datetime | None:
    """When we may ask again, by the server's own clock."""
    headers = error.response.headers
    try:
        if "ratelimit-reset" in headers:
            return datetime.fromtimestamp(int(headers["ratelimit-reset"]), UTC)
        answered = parsedate_to_datetime(headers["date"]).replace(tzinfo=UTC)  # HTTP knows no zone but GMT
        return answered + timedelta(seconds=int(headers["retry-after"]))
    except (KeyError, ValueError, OverflowError, OSError):
        return None

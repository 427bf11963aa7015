"""Reddit, over praw: username mentions, replies to our comments and posts, and keywords in subreddits and search."""

import configparser
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from requests.adapters import HTTPAdapter

from cases.drafts import ApprovedText
from cases.errors import Gone, PlatformError, RateLimited, Refused, SignInFailed, Unavailable, Unclear
from cases.platform import Account, Batch, Reply, Sighting
from cases.posts import Mention, MentionKind, Permissions, Watch
from monitor.plaintext import plain_text

if TYPE_CHECKING:
    import praw

SECRETS = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")
LIMIT = 10_000
LINK_COSTS = False
SIGIL = "u/"
"""Before a handle, as people write it there."""

_SITE = "https://www.reddit.com"
_API = "https://oauth.reddit.com"
_TIMEOUT = 10.0
_PAGE = 100
_LOOK_BACK = timedelta(days=1)
"""How far the first poll goes."""
_OVERLAP = timedelta(minutes=2)
_SEARCH_OVERLAP = timedelta(hours=1)
"""The search index lags behind the site."""
_MORE = 8
"""Requests spent on opening "more comments"; beyond them a look is not complete."""
_LISTING_END = 950
"""Reddit shows about a thousand items of a listing and then ends it as if there were no more."""
_TAKEN_BACK = frozenset({"[deleted]", "[removed]"})
_NONSENSE = (LookupError, TypeError, ValueError, AttributeError, AssertionError)
"""What praw raises over an answer that is not of the shape that it expects."""

_Seconds = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)]
_Marks = TypeAdapter(dict[str, _Seconds])


class Settings(BaseModel):
    """`[platforms.reddit]` in config.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str = _SITE
    every: str = "60s"
    username: str = Field(default="", pattern=r"^[\w-]*$")
    """The account that must stand behind the refresh token; empty: whichever does."""
    subreddits: tuple[Annotated[str, Field(pattern=r"^\w+$")], ...] = ()

    @field_validator("base_url")
    @classmethod
    def _sends_no_secret_in_the_clear(cls, value: str) -> str:
        parts = urlsplit(value)
        is_here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
        if not parts.hostname or (parts.scheme != "https" and not is_here):
            message = "write an address that begins with https://; over http:// the secrets could be read on the way"
            raise ValueError(message)
        return value.rstrip("/")


def measure(text: str) -> int:
    """The length in characters."""
    return len(text)


def address(author: str) -> str:  # noqa: ARG001 - every platform answers the same question
    """Nothing: Reddit notifies the author of what is answered."""
    return ""


def connect(settings: Settings, secrets: Mapping[str, str], watch: Watch, state: Path) -> "Reddit":  # noqa: ARG001 - nothing is kept between runs
    """Reddit as the account behind the refresh token; the first call signs in."""
    return Reddit(settings, secrets, watch)


class Reddit:
    """Reddit as one account. See `cases.platform.Platform`."""

    name = "reddit"
    limit = LIMIT
    daily_cap: float | None = None

    def __init__(self, settings: Settings, secrets: Mapping[str, str], watch: Watch) -> None:
        self._settings = settings
        self._secrets = secrets
        self._watch = watch
        self._session = requests.Session()
        transport = _Transport()
        self._session.mount("https://", transport)
        self._session.mount("http://", transport)
        self._client: praw.Reddit | None = None
        self._account: Account | None = None

    def account(self) -> Account:
        """Who we are; asks once."""
        if self._account is None:
            with _translated():
                me = vars(self._reddit().user.me())
                account = Account(id=f"t2_{me['id']}", handle=me["name"], url=f"{_SITE}/user/{me['name']}")
            wanted = self._settings.username
            if wanted and wanted.casefold() != account.handle.casefold():
                message = (
                    f"the Reddit token belongs to u/{account.handle}, and config.toml names u/{wanted}: make a token "
                    "as that account, or change platforms.reddit.username"
                )
                raise SignInFailed(message)
            self._account = account
        return self._account

    def poll(self, cursor: str | None, now: datetime, allowance: float = float("inf")) -> Iterator[Batch]:  # noqa: ARG002 - reading is free
        """All that is new, source by source; the cursor holds for each how far it was read to the end."""
        self.account()
        marks = _read_marks(cursor)
        seen: set[str] = set()
        for source in self._sources():
            mark = _moment(marks[source.name]) - source.overlap if source.name in marks else now - _LOOK_BACK
            newest = marks.get(source.name, mark.timestamp())
            for things, is_last in self._pages(source, mark):
                newest = max([newest, *(thing.created_utc for thing in things)])
                if is_last:
                    marks[source.name] = newest
                    cursor = json.dumps(marks, sort_keys=True)
                fresh = [thing for thing in things if thing.name not in seen and self._concerns_us(thing, source.kind)]
                seen.update(thing.name for thing in fresh)
                with _translated():
                    mentions = [self._mention(thing, source.kind) for thing in fresh]
                yield Batch(mentions, cursor)

    def read(self, mention: Mention) -> Mention | None:
        """The post as it is now; its thread is asked for too, since a locked or archived thread takes no comment."""
        self.account()
        with _translated():
            found = self._reddit().info(fullnames=list(dict.fromkeys([mention.post_id, mention.thread_id])))
            things = {thing.name: thing for thing in map(_thing, found)}
        thing = things.get(mention.post_id)
        if thing is None or thing.is_gone:
            return None
        thread = things.get(mention.thread_id, thing)
        with _translated():
            return self._mention(thing, mention.kind, thread)

    def reply(self, mention: Mention, text: ApprovedText, key: str, now: datetime) -> Reply:  # noqa: ARG002 - Reddit takes no key for a write
        """Answer with a comment."""
        words = text.text
        if len(words) > LIMIT:
            message = f"the reply has {len(words)} characters, and Reddit takes {LIMIT}: shorten it"
            raise Refused(message)
        with _translated(write=True):
            made = self._item(mention.post_id).reply(words)
            if made is None:
                message = "Reddit took the reply and does not show it (a quarantined subreddit?): look at the thread"
                raise Unclear(message)
            return _reply(_thing(made))

    def find_reply(self, mention: Mention, key: str | None = None, text: str | None = None) -> Sighting:  # noqa: ARG002 - Reddit takes no key for a write
        """Look under the post, and then through our own comments: those that a moderator's filter holds stand there."""
        handle = self.account().handle.casefold()

        def is_it(thing: _Thing) -> bool:
            ours = thing.author.casefold() == handle and thing.parent_id == mention.post_id and not thing.is_gone
            return ours and (text is None or thing.body.split() == text.split())

        with _translated():
            children, is_whole_tree = self._children(mention)
            for thing in children:
                if is_it(thing):
                    return Sighting(_reply(thing), complete=True)
            count, is_past = 0, False
            for thing in map(_thing, self._reddit().redditor(self.account().handle).comments.new(limit=None)):
                if is_it(thing):
                    return Sighting(_reply(thing), complete=True)
                count += 1
                is_past = _moment(thing.created_utc) < mention.posted_at - _OVERLAP
                if is_past:
                    break
        return Sighting(None, complete=is_whole_tree and (is_past or count < _LISTING_END))

    def measure(self, text: str) -> int:
        """The length in characters."""
        return measure(text)

    def address(self, mention: Mention) -> str:
        """Nothing: Reddit notifies the author of what is answered."""
        return address(mention.author)

    def private_link(self) -> str:
        """A private message to the account."""
        name = self._settings.username or (self._account.handle if self._account else "")
        return f"{_SITE}/message/compose/?to={name}" if name else ""

    def take_cost(self) -> float:
        """Nothing: access is free once it is approved."""
        return 0.0

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()

    def _reddit(self) -> "praw.Reddit":
        if self._client is None:
            import praw  # noqa: PLC0415 - only who uses Reddit pays for it

            at_home = self._settings.base_url == _SITE
            # Everything is passed, and the site named: a praw.ini in the working directory, or a variable
            # `praw_…`, could otherwise send the credentials elsewhere.
            try:
                client = praw.Reddit(
                    "DEFAULT",
                    client_id=self._secrets["CLIENT_ID"],
                    client_secret=self._secrets["CLIENT_SECRET"],
                    refresh_token=self._secrets["REFRESH_TOKEN"],
                    username=None,
                    password=None,
                    redirect_uri=None,
                    user_agent=f"python:amends:v0.1 (by u/{self._settings.username or 'unnamed'})",
                    oauth_url=_API if at_home else self._settings.base_url,
                    reddit_url=self._settings.base_url,
                    check_for_updates=False,
                    check_for_async=False,
                    # Below nothing, so that praw never sleeps and tries again inside a write.
                    ratelimit_seconds=-1,
                    requestor_kwargs={"session": self._session},
                )
            except configparser.Error as error:
                message = "the praw.ini in the working directory or in ~/.config can't be read: take it away"
                raise Unavailable(message) from error
            self._client = client
        return self._client

    def _item(self, fullname: str) -> "praw.models.Comment | praw.models.Submission":
        kind, _, plain = fullname.partition("_")
        return self._reddit().comment(plain) if kind == "t1" else self._reddit().submission(plain)

    def _sources(self) -> Iterator["_Source"]:
        reddit = self._reddit()
        yield _Source("mentions", MentionKind.MENTION, lambda: reddit.inbox.mentions(limit=None))
        yield _Source("comment_replies", MentionKind.REPLY, lambda: reddit.inbox.comment_replies(limit=None))
        yield _Source("submission_replies", MentionKind.REPLY, lambda: reddit.inbox.submission_replies(limit=None))
        if self._settings.subreddits and self._watch.keywords:
            subreddit = reddit.subreddit("+".join(self._settings.subreddits))
            yield _Source("comments", MentionKind.KEYWORD, lambda: subreddit.comments(limit=None))
            yield _Source("submissions", MentionKind.KEYWORD, lambda: subreddit.new(limit=None))
        for keyword in self._watch.keywords:
            yield _Source(f"search:{keyword}", MentionKind.KEYWORD, self._search(keyword), _SEARCH_OVERLAP)

    def _search(self, keyword: str) -> "Callable[[], Iterable[object]]":
        query = '"{}"'.format(keyword.replace('"', " "))
        everywhere = self._reddit().subreddit("all")
        return lambda: everywhere.search(query, sort="new", time_filter="week", limit=None)

    def _pages(self, source: "_Source", since: datetime) -> Iterator[tuple[list["_Thing"], bool]]:
        """What the source has since then, newest first in pages; the last one, which may be empty, is told."""
        with _translated():
            listing = iter(source.listing())
        is_last = False
        while not is_last:
            things: list[_Thing] = []
            is_last = True
            with _translated():
                for item in islice(listing, _PAGE):
                    thing = _thing(item)
                    if _moment(thing.created_utc) < since:
                        break
                    things.append(thing)
                else:
                    is_last = len(things) < _PAGE
            yield things, is_last

    def _concerns_us(self, thing: "_Thing", kind: MentionKind) -> bool:
        return not thing.is_gone and (kind is not MentionKind.KEYWORD or self._watch.matches(thing.text))

    def _mention(self, thing: "_Thing", kind: MentionKind, thread: "_Thing | None" = None) -> Mention:
        handle = self.account().handle
        if kind is MentionKind.KEYWORD and re.search(rf"\bu/{re.escape(handle)}\b", thing.text, re.IGNORECASE):
            kind = MentionKind.MENTION
        why_not = ""
        if thing.locked or (thread is not None and thread.locked):
            why_not = "the moderators have locked it: Reddit takes no more comments there"
        elif thing.archived or (thread is not None and thread.archived):
            why_not = "it is archived: Reddit takes no more comments there"
        return Mention(
            platform=self.name,
            post_id=thing.name,
            thread_id=thing.thread_id,
            author_id=thing.author_fullname or thing.author,
            author=thing.author,
            text=thing.text,
            url=thing.url,
            posted_at=_moment(thing.created_utc),
            kind=kind,
            permissions=Permissions(
                answerable=not why_not,
                why_not=why_not,
                author_wrote_first=kind is not MentionKind.KEYWORD,
                # Reddit's Data API terms: no training of models on users' posts without their permission.
                may_train=False,
            ),
            parent_id=thing.parent_id,
            edited_at=_moment(thing.edited) if thing.edited else None,
            own=thing.author.casefold() == handle.casefold(),
            repost=thing.crosspost_parent is not None,
        )

    def _children(self, mention: Mention) -> tuple[list["_Thing"], bool]:
        """The comments right under a post, and whether these are all. A post that is gone has none to show."""
        from praw.exceptions import ClientException  # noqa: PLC0415 - only who uses Reddit pays for it
        from prawcore.exceptions import NotFound  # noqa: PLC0415

        item = self._item(mention.post_id)
        try:
            if mention.post_id.startswith("t1_"):
                item.submission = self._reddit().submission(mention.thread_id.removeprefix("t3_"))
                item.reply_sort = "new"
                forest = item.refresh().replies
            else:
                item.comment_sort = "new"
                forest = item.comments
        except (ClientException, NotFound):
            return [], True
        unopened = forest.replace_more(limit=_MORE)
        return [_thing(child) for child in forest.list() if child.parent_id == mention.post_id], all(
            more.parent_id != mention.post_id for more in unopened
        )


@dataclass(frozen=True, slots=True)
class _Source:
    """One listing that is polled, newest first."""

    name: str
    kind: MentionKind
    listing: Callable[[], Iterable[object]]
    overlap: timedelta = _OVERLAP


class _Thing(BaseModel):
    """A comment or a post, checked. `name` is Reddit's fullname: t1_… or t3_…."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=r"^t[13]_\w+$")
    author: str
    created_utc: _Seconds
    author_fullname: str | None = None
    title: str = ""
    body: str = ""
    body_html: str | None = None
    selftext: str = ""
    selftext_html: str | None = None
    permalink: str = ""
    context: str = ""
    """In the inbox, in place of a permalink."""
    link_id: str | None = None
    parent_id: str | None = None
    edited: _Seconds = 0.0
    locked: bool = False
    archived: bool = False
    removed_by_category: str | None = None
    crosspost_parent: str | None = None

    @field_validator("author", mode="before")
    @classmethod
    def _author_name(cls, author: object) -> str:
        """From praw a name comes as an object, and "[deleted]" as None."""
        return "" if author is None else str(author)

    @property
    def is_gone(self) -> bool:
        """Deleted by its author, or removed by moderators or Reddit."""
        if not self.author or self.removed_by_category is not None:
            return True
        return (self.body or self.selftext).strip() in _TAKEN_BACK

    @property
    def text(self) -> str:
        """What a person sees: a post's title over its text, Markdown rendered away."""
        words = plain_text(self.body_html or self.selftext_html or "") or self.body or self.selftext
        text = "\n\n".join(part for part in (self.title.strip(), words.strip()) if part)
        # A lone half of a surrogate pair can be sent in JSON, but not be stored.
        return text.encode("utf-8", "replace").decode("utf-8")

    @property
    def path(self) -> str:
        """Its place on the site."""
        return (self.permalink or self.context).partition("?")[0]

    @property
    def url(self) -> str:
        """Where people find it."""
        return f"{_SITE}{self.path}"

    @property
    def thread_id(self) -> str:
        """The fullname of the post that the thread hangs on; the inbox tells it in the path only."""
        if self.name.startswith("t3_"):
            return self.name
        if self.link_id:
            return self.link_id
        parts = self.path.split("/")
        return f"t3_{parts[parts.index('comments') + 1]}"


def _thing(item: object) -> _Thing:
    # Not by attribute: praw would fetch what is missing, one request for each.
    known = {name: value for name, value in vars(item).items() if name in _Thing.model_fields}
    return _Thing.model_validate({n: value for n, value in known.items() if value is not None or n == "author"})


def _reply(thing: _Thing) -> Reply:
    path = thing.path or f"/comments/{thing.thread_id.removeprefix('t3_')}/_/{thing.name.removeprefix('t1_')}/"
    return Reply(
        post_id=thing.name, url=f"{_SITE}{path}", text=thing.body.strip(), posted_at=_moment(thing.created_utc)
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _read_marks(cursor: str | None) -> dict[str, float]:
    try:
        return _Marks.validate_json(cursor) if cursor else {}
    except ValidationError:
        return {}


class _Transport(HTTPAdapter):
    """One request, one answer.

    prawcore tries 5xx and broken lines three times whatever the method, and sleeps for minutes where the rate limit's
    headers say so. Both would happen below us, inside a write or a poll: so such ends are raised as ours at once
    (prawcore knows nothing to retry there), and the headers are kept here.
    """

    def __init__(self) -> None:
        super().__init__()
        self._free_at = 0.0
        self._free_until: datetime | None = None

    def send(  # noqa: PLR0917 - the base class has it so
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - the base class has it so
        timeout: float | tuple[float | None, float | None] | None = None,  # noqa: ARG002 - prawcore's is longer
        verify: bool | str = True,  # noqa: FBT001, FBT002 - the base class has it so
        cert: str | bytes | tuple[str | bytes, str | bytes] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send once, within ten seconds. Raises our own errors where nothing usable came back."""
        if time.monotonic() < self._free_at:
            message = "Reddit's rate limit is used up until the window ends"
            raise RateLimited(message, self._free_until)
        failed: type[PlatformError] = Unclear if _is_write(request) else Unavailable
        try:
            response = super().send(request, stream, _TIMEOUT, verify, cert, proxies)
            _ = response.content  # a line that drops within the body counts as well
        except requests.RequestException as error:
            message = f"no answer from Reddit ({type(error).__name__}); see whether it can be reached from here"
            raise failed(message) from error
        finally:
            # A connection that is kept can be closed over there just as a write goes out on it: unclear for nothing.
            self.close()
        self._note_limit(response)
        _mend_refusal(response)
        if response.status_code >= requests.codes.server_error or response.status_code == requests.codes.timeout:
            message = f"Reddit has trouble (HTTP {response.status_code}); it usually passes"
            raise failed(message)
        return response

    def _note_limit(self, response: requests.Response) -> None:
        """Take the limit's headers out of prawcore's sight, and hold back the next request where it is used up."""
        remaining = response.headers.pop("x-ratelimit-remaining", None)
        reset = response.headers.pop("x-ratelimit-reset", None)
        response.headers.pop("x-ratelimit-used", None)
        try:
            is_used_up, seconds = float(remaining or 1) < 1, float(reset or 0)
        except ValueError:
            return
        if is_used_up:
            self._free_at = time.monotonic() + seconds
            self._free_until = datetime.now(UTC) + timedelta(seconds=seconds)


def _mend_refusal(response: requests.Response) -> None:
    """Leave only what prawcore understands in a header that it takes apart without looking: else it raises KeyError."""
    told = re.search(r'error="?(invalid_token|insufficient_scope)\b', response.headers.pop("www-authenticate", ""))
    if told or response.status_code == requests.codes.unauthorized:
        response.headers["www-authenticate"] = f"Bearer error={told[1] if told else 'invalid_token'}"


def _is_write(request: requests.PreparedRequest) -> bool:
    return request.method == "POST" and request.path_url.startswith("/api/comment")


@contextmanager
def _translated(*, write: bool = False) -> Iterator[None]:
    """Make one of our errors of whatever praw, prawcore or requests raise inside."""
    from praw.exceptions import PRAWException  # noqa: PLC0415 - only who uses Reddit pays for it
    from prawcore.exceptions import PrawcoreException  # noqa: PLC0415

    try:
        yield
    except (PrawcoreException, PRAWException, requests.RequestException, *_NONSENSE) as error:
        raise translate(error, write=write) from error


def translate(error: Exception, *, write: bool) -> PlatformError:
    """What an error of the libraries means to us. Anything unknown leaves a write unclear and a read undone."""
    from praw.exceptions import RedditAPIException  # noqa: PLC0415 - only who uses Reddit pays for it
    from prawcore import exceptions as core  # noqa: PLC0415

    unclear: type[PlatformError] = Unclear if write else Unavailable
    refused: type[PlatformError] = Refused if write else Unavailable
    ours: PlatformError
    match error:
        case core.RequestException(original_exception=PlatformError() as below):
            ours = below
        case core.TooManyRequests():
            ours = RateLimited("Reddit asks us to wait (HTTP 429)", _after(error.retry_after))
        case core.OAuthException() | core.InvalidToken() | core.InsufficientScope():
            ours = SignInFailed(_SIGN_IN)
        case core.Forbidden():
            ours = Refused(f"Reddit forbids it{_at(error.response)}: locked, private, banned from there, or blocked")
        case core.NotFound() | core.UnavailableForLegalReasons():
            ours = Gone(f"Reddit has no such thing{_at(error.response)}; is it a name in platforms.reddit.subreddits?")
        case core.BadRequest() | core.TooLarge() | core.URITooLong() | core.SpecialError():
            ours = refused(f"Reddit does not take this{_at(error.response)}")
        case core.ResponseException() if type(error) is core.ResponseException:
            # prawcore has a class for each status that the API itself gives; the bare one comes from signing in.
            ours = _sign_in_answer(error.response, unclear)
        case core.ResponseException():
            ours = unclear(f"nothing usable from Reddit{_at(error.response)}")
        case RedditAPIException():
            ours = _api_error(error, refused)
        case _:
            ours = unclear(f"Reddit's answer makes no sense ({type(error).__name__})")
    return ours


_SIGN_IN = (
    "Reddit refuses the credentials: see AMENDS_REDDIT_CLIENT_ID, AMENDS_REDDIT_CLIENT_SECRET and "
    "AMENDS_REDDIT_REFRESH_TOKEN, and that the token has the scopes identity, read, privatemessages, history, submit"
)
_GONE_TYPES = frozenset({"DELETED_COMMENT", "DELETED_LINK", "DELETED_THING", "NO_THING_ID", "INVALID_ID"})
_SPAN = re.compile(r"(\d+) (millisecond|second|minute|hour)")
_SPAN_SECONDS = {"millisecond": 0.001, "second": 1.0, "minute": 60.0, "hour": 3600.0}


def _at(response: requests.Response) -> str:
    """What was asked for, and how it was answered; a path holds no secret."""
    return f" (HTTP {response.status_code} for {urlsplit(response.url or '').path})"


def _sign_in_answer(response: requests.Response, unclear: type[PlatformError]) -> PlatformError:
    match response.status_code:
        case 400 | 401 | 403:
            return SignInFailed(_SIGN_IN)
        case 429:
            return RateLimited("Reddit asks us to wait (HTTP 429)", _after(response.headers.get("retry-after")))
    return unclear(f"nothing usable from Reddit (HTTP {response.status_code})")


def _api_error(error: Exception, otherwise: type[PlatformError]) -> PlatformError:
    """An error that Reddit tells inside a 200 or a 400: it then did nothing."""
    items = [(item.error_type, item.message or "") for item in getattr(error, "items", [])]
    told = "; ".join(f"{kind}: {message}" for kind, message in items)
    kinds = {kind for kind, _ in items}
    if "RATELIMIT" in kinds:
        span = _SPAN.search(told)
        seconds = int(span[1]) * _SPAN_SECONDS[span[2]] if span else None
        return RateLimited(f"Reddit asks us to wait ({told})", _after(seconds))
    if "USER_REQUIRED" in kinds:
        return SignInFailed(_SIGN_IN)
    if kinds & _GONE_TYPES:
        return Gone(f"the post is gone ({told})")
    return otherwise(f"Reddit does not take this ({told})")


def _after(seconds: float | str | None) -> datetime | None:
    """When a span told in an answer ends. It counts from the answer's arrival, which only a clock here knows."""
    try:
        return None if seconds is None else datetime.now(UTC) + timedelta(seconds=float(seconds))
    except (ValueError, OverflowError):
        return None

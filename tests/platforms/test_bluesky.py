"""Bluesky's own ways: sessions, errors, identities. What every network has in common is in test_contract.py."""

import base64
import inspect
import json
import stat
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from platforms.json_server import Answer, JsonServer, Request
from platforms.stages.bluesky import PASSWORD, BlueskyStage, open_stage

from cases.drafts import Approval, ApprovedText, text_hash
from cases.errors import ConfigError, Gone, PlatformError, RateLimited, Refused, SignInFailed, Unavailable, Unclear
from cases.keys import write_key
from cases.platform import Platform
from cases.posts import Mention, MentionKind, Watch
from monitor.platforms import bluesky

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OURS = "did:plc:parcelo"
ANA = "did:plc:ana"
HANDLE = "parcelo.example"
ROOT = "at://did:plc:zoe/app.bsky.feed.post/3m2aaaaaaaa2a"


def token(name: str) -> str:
    """A token that nobody checks and that never runs out."""
    parts = ({"alg": "none"}, {"sub": name, "exp": 4_102_444_800})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".eA"


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def uri(number: int, did: str = ANA) -> str:
    return f"at://{did}/app.bsky.feed.post/post{number}"


def post(
    number: int, text: str = "Where is it", *, at: datetime = NOW, did: str = ANA, **more: object
) -> dict[str, Any]:
    """A post as the AppView shows it; `more` are fields of its record."""
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": iso(at), **more}
    return {
        "uri": uri(number, did),
        "cid": f"cid{number}",
        "author": {"did": did, "handle": f"{did.rpartition(':')[2]}.example", "displayName": "Somebody"},
        "record": record,
        "indexedAt": iso(at),
    }


@dataclass
class Pds:
    """A server with one account on it, in memory. `instead` replaces the answers of one method, in turn."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    """Which posts we were notified of, and why."""
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Our records by key."""
    instead: dict[str, list[Answer]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    page: int = 100
    did_doc: dict[str, Any] | None = None

    def answer(self, request: Request) -> Answer:
        method = request.path.removeprefix("/xrpc/")
        given: Any = request.json if request.method == "POST" and request.body else parse_qs(request.query_string)
        self.calls.append((method, given))
        if replaced := self.instead.get(method):
            return replaced.pop(0) if len(replaced) > 1 else replaced[0]
        name = method.rpartition(".")[2]
        return Answer(200, getattr(self, f"_{name}")(given))

    def count(self, method: str) -> int:
        return sum(called.endswith(method) for called, _ in self.calls)

    def _createSession(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - as the protocol names it
        assert given["password"] == PASSWORD
        number = self.count("createSession")
        tokens = {"accessJwt": token(f"access{number}"), "refreshJwt": token(f"refresh{number}")}
        return {"did": OURS, "handle": HANDLE, **tokens} | ({"didDoc": self.did_doc} if self.did_doc else {})

    def _getSession(self, _: object) -> dict[str, Any]:  # noqa: N802 - as above
        return {"did": OURS, "handle": HANDLE}

    def _listNotifications(self, given: dict[str, list[str]]) -> dict[str, Any]:  # noqa: N802 - as above
        known = [post | {"reason": self.reasons[post["uri"]], "isRead": False} for post in self._newest_first()]
        return self._paged("notifications", known, given)

    def _searchPosts(self, given: dict[str, list[str]]) -> dict[str, Any]:  # noqa: N802 - as above
        return self._paged("posts", [post for post in self.posts if post["uri"] not in self.reasons], given)

    def _getPosts(self, given: dict[str, list[str]]) -> dict[str, Any]:  # noqa: N802 - as above
        return {"posts": [post for post in self.posts if post["uri"] in given["uris"]]}

    def _createRecord(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        self.own[given["rkey"]] = given["record"]
        return {"uri": f"at://{OURS}/app.bsky.feed.post/{given['rkey']}", "cid": "cid"}

    def _listRecords(self, given: dict[str, list[str]]) -> dict[str, Any]:  # noqa: N802 - as above
        found = [
            {"uri": f"at://{OURS}/app.bsky.feed.post/{key}", "cid": "cid", "value": record}
            for key, record in sorted(self.own.items(), reverse=True)
        ]
        return self._paged("records", found, given)

    def _newest_first(self) -> list[dict[str, Any]]:
        known = [post for post in self.posts if post["uri"] in self.reasons]
        return sorted(known, key=lambda post: post["indexedAt"], reverse=True)

    def _paged(self, name: str, found: Sequence[object], given: dict[str, list[str]]) -> dict[str, Any]:
        first = int(given.get("cursor", ["0"])[0])
        after = first + self.page
        more = {"cursor": str(after)} if after < len(found) else {}
        return {name: found[first:after], **more}


@pytest.fixture
def pds() -> Pds:
    return Pds()


@pytest.fixture
def server(pds: Pds) -> Iterator[str]:
    with JsonServer(pds.answer) as running:
        yield running.url


@pytest.fixture
def platform(server: str, tmp_path: Path) -> Iterator[Platform]:
    made = connected(server, tmp_path)
    yield made
    made.close()


def connected(server: str, folder: Path, handle: str = HANDLE) -> Platform:
    settings = bluesky.Settings(base_url=server, handle=handle)
    return bluesky.connect(settings, {"PASSWORD": PASSWORD}, Watch(("parcelo",), ("island",)), folder)


def harvest(platform: Platform, cursor: str | None = None, now: datetime = NOW) -> tuple[list[Mention], str | None]:
    found: list[Mention] = []
    for batch in platform.poll(cursor, now):
        found += batch.mentions
        cursor = batch.cursor
    return found, cursor


def polled(pds: Pds, platform: Platform, view: dict[str, Any], reason: str | None = "mention") -> Mention:
    pds.posts.append(view)
    if reason:
        pds.reasons[view["uri"]] = reason
    return next(mention for mention in harvest(platform)[0] if mention.post_id == view["uri"])


def approved(text: str) -> ApprovedText:
    return ApprovedText(text, (Approval(case=1, revision=1, hash=text_hash(text), by="Ana", at=NOW),))


def failed(call: Callable[[], object]) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        call()
    return caught.value


def xrpc_error(status: int, name: str, message: str = "") -> Answer:
    return Answer(status, {"error": name, "message": message})


# --- settings and lengths


def test_a_password_is_never_sent_in_the_clear() -> None:
    """http:// is taken for loopback alone."""
    assert bluesky.Settings(base_url="http://127.0.0.1:2583/").base_url == "http://127.0.0.1:2583"
    with pytest.raises(ValueError, match="https://"):
        bluesky.Settings(base_url="http://pds.example")


def test_a_handle_is_taken_as_people_type_it() -> None:
    """With or without @, in any case."""
    assert bluesky.Settings(handle="@Parcelo.Example").handle == "parcelo.example"


@pytest.mark.parametrize(("handle", "password"), [("", PASSWORD), (HANDLE, " ")], ids=["handle", "password"])
def test_what_is_missing_is_named(handle: str, password: str, tmp_path: Path) -> None:
    """Without a handle or a password there is nothing to connect with."""
    with pytest.raises(ConfigError, match=r"handle|AMENDS_BLUESKY_PASSWORD"):
        bluesky.connect(bluesky.Settings(handle=handle), {"PASSWORD": password}, Watch(), tmp_path)


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 0), ("sorry", 5), ("e\u0301", 1), ("👩‍👩‍👧‍👦", 1), ("🏳️‍🌈🇩🇪", 2), ("می‌خواهم", 7), ("a\r\nb", 3)],
)
def test_what_people_see_as_one_letter_counts_one(text: str, length: int) -> None:
    """Graphemes, whatever they are made of."""
    assert bluesky.measure(text) == length


def test_too_many_bytes_are_too_long_however_few_letters() -> None:
    """The network takes 300 graphemes and 3,000 bytes."""
    family = "👩‍👩‍👧‍👦"
    assert bluesky.measure(family * 120) == 120
    assert bluesky.measure(family * 121) > bluesky.LIMIT


# --- sessions


def test_a_session_is_kept_for_its_owner_alone(pds: Pds, server: str, tmp_path: Path) -> None:
    """The next process signs in without the password; the file has mode 0600 and does not hold the password."""
    for _ in range(2):
        platform = connected(server, tmp_path)
        assert platform.account().handle == HANDLE
        platform.close()
    assert pds.count("createSession") == 1
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PASSWORD not in file.read_text()


def test_a_session_is_shown_to_its_own_server_and_account_alone(pds: Pds, server: str, tmp_path: Path) -> None:
    """Another handle, and another server, sign in anew."""
    other = Pds()
    with JsonServer(other.answer) as another:
        for platform in (
            connected(server, tmp_path),
            connected(server, tmp_path, "other.example"),
            connected(another.url, tmp_path),
        ):
            platform.account()
            platform.close()
    assert pds.count("createSession") == 2
    assert other.count("createSession") == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"session": 5}', "a:::b:::c:::d:::e"])
def test_a_damaged_session_file_costs_a_sign_in(content: str, pds: Pds, server: str, tmp_path: Path) -> None:
    """Whatever stands in it, the password makes a new one."""
    file = tmp_path / "bluesky.session"
    if content.startswith("a:"):
        content = json.dumps({"base_url": server, "handle": HANDLE, "session": content})
    file.write_text(content)
    platform = connected(server, tmp_path)
    platform.account()
    platform.close()
    assert pds.count("createSession") == 1
    assert token("access1") in file.read_text()


def test_a_folder_that_keeps_nothing_is_no_reason_to_stop(pds: Pds, server: str, tmp_path: Path) -> None:
    """Where the session can't be written, the work goes on."""
    platform = connected(server, tmp_path / "missing")
    assert platform.account().id == OURS
    platform.close()
    assert pds.count("createSession") == 1


def test_a_session_that_ran_out_is_replaced_within_a_read(pds: Pds, platform: Platform) -> None:
    """The server takes the session no more: one sign-in with the password, and the read comes out well."""
    mention = polled(pds, platform, post(1))
    pds.instead["app.bsky.feed.getPosts"] = [
        xrpc_error(400, "ExpiredToken", "Token has been revoked"),
        Answer(200, {"posts": pds.posts}),
    ]
    assert platform.read(mention) == mention
    assert pds.count("createSession") == 2


def test_a_session_that_is_refused_again_is_told(pds: Pds, platform: Platform) -> None:
    """A second refusal in one read is no matter of age."""
    mention = polled(pds, platform, post(1))
    pds.instead["app.bsky.feed.getPosts"] = [xrpc_error(400, "ExpiredToken")]
    assert isinstance(failed(lambda: platform.read(mention)), SignInFailed)
    assert pds.count("getPosts") == 3


def test_a_write_is_not_repeated_with_a_new_session(pds: Pds, platform: Platform) -> None:
    """A session that ran out leaves a write `Unclear`; the look that settles it signs in again."""
    mention = polled(pds, platform, post(1))
    pds.instead["com.atproto.repo.createRecord"] = [xrpc_error(400, "ExpiredToken")]
    key = write_key(NOW, 1)
    assert type(failed(lambda: platform.reply(mention, approved("Sorry"), key, NOW))) is Unclear
    assert pds.count("createRecord") == 1
    pds.instead["com.atproto.repo.getRecord"] = [xrpc_error(400, "RecordNotFound")]
    sighting = platform.find_reply(mention, key=key)
    assert sighting.reply is None
    assert sighting.complete
    assert pds.count("createSession") == 2


def did_document(server: str) -> dict[str, Any]:
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": server}
    return {"@context": ["https://www.w3.org/ns/did/v1"], "id": OURS, "service": [service]}


def test_requests_go_where_the_operator_said(pds: Pds, server: str, tmp_path: Path) -> None:
    """The account's DID document may name a server under another address; ours is the one in config.toml."""
    pds.did_doc = did_document("http://127.0.0.1:9")
    for _ in ("signed in", "with the session that was kept"):
        platform = connected(server, tmp_path)
        assert platform.account().id == OURS
        platform.close()
    assert pds.count("getSession") == 2


def test_the_common_door_leads_to_the_accounts_own_server(
    pds: Pds, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bsky.social is no account's server: after signing in there, the DID document says where to go."""
    monkeypatch.setattr(bluesky, "_ENTRYWAY", server)
    own = Pds()
    with JsonServer(own.answer) as running:
        pds.did_doc = did_document(running.url)
        for _ in ("signed in", "with the session that was kept"):
            platform = connected(server, tmp_path)
            platform.account()
            platform.close()
    assert [method for method, _ in pds.calls] == ["com.atproto.server.createSession"]
    assert own.count("getSession") == 2


def test_an_account_that_is_switched_off_is_told(pds: Pds, platform: Platform) -> None:
    """The server still signs it in, and shows it to nobody."""
    pds.instead["com.atproto.server.getSession"] = [
        Answer(200, {"did": OURS, "handle": HANDLE, "active": False, "status": "deactivated"})
    ]
    error = failed(platform.account)
    assert isinstance(error, SignInFailed)
    assert "deactivated" in str(error)


# --- signing in


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (xrpc_error(401, "AuthenticationRequired", "Invalid identifier or password"), "app password"),
        (xrpc_error(401, "AuthFactorTokenRequired", "A sign in code has been sent"), "second factor"),
        (xrpc_error(401, "AccountTakedown", "Account has been taken down"), "taken down"),
        (xrpc_error(400, "InvalidRequest", "Input/identifier must be a string"), "handle"),
    ],
)
def test_a_refused_password_says_what_to_do(answer: Answer, words: str, pds: Pds, platform: Platform) -> None:
    """`SignInFailed`, with the way out and without the password."""
    pds.instead["com.atproto.server.createSession"] = [answer]
    error = failed(platform.account)
    assert isinstance(error, SignInFailed)
    assert words in str(error)
    assert PASSWORD not in "".join(traceback.format_exception(error))


def test_no_token_reaches_a_traceback(pds: Pds, platform: Platform) -> None:
    """The library quotes an answer that it can't read; that of a sign-in would hold the session."""
    pds.instead["com.atproto.server.createSession"] = [Answer(200, {"accessJwt": token("secret"), "did": 5})]
    error = failed(platform.account)
    assert type(error) is Unavailable
    shown = "".join(traceback.format_exception(error))
    assert "eyJ" not in shown
    assert PASSWORD not in shown


# --- errors

EXPECTED: dict[str, tuple[type[PlatformError], type[PlatformError]]] = dict.fromkeys(
    [
        "AtProtocolError",
        "BadRequestError",
        "DAGCBORDecodingError",
        "InvalidAtUriError",
        "InvalidCARFile",
        "InvalidNsidError",
        "InvalidTokenError",
        "InvokeTimeoutError",
        "LoginRequiredError",
        "ModelError",
        "ModelFieldNotFoundError",
        "NetworkError",
        "RateLimitExceededError",
        "RequestErrorBase",
        "RequestException",
        "TokenDecodeError",
        "TokenExpiredSignatureError",
        "TokenImmatureSignatureError",
        "TokenInvalidAudienceError",
        "TokenInvalidIssuedAtError",
        "TokenInvalidSignatureError",
        "UnauthorizedError",
    ],
    (Unavailable, Unclear),
)
"""What each of the library's errors becomes on a read and on a write when it carries no answer of the server."""


def errors_in(module: str) -> dict[str, type[Exception]]:
    classes = inspect.getmembers(import_module(module), inspect.isclass)
    return {name: error for name, error in classes if issubclass(error, Exception)}


def raised_below(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Every request from now on ends in this error."""
    from atproto_client.request import Request as HttpRequest  # noqa: PLC0415 - slow to load

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(HttpRequest, "get", fail)
    monkeypatch.setattr(HttpRequest, "post", fail)


def test_every_error_of_the_library_is_mapped(pds: Pds, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new one in the library fails here until somebody has thought about it."""
    errors = {
        name: error
        for package in ("atproto_client", "atproto_core", "atproto_server")
        for name, error in errors_in(f"{package}.exceptions").items()
    }
    assert errors.keys() == EXPECTED.keys()
    mention = polled(pds, platform, post(1))
    for name, (on_read, on_write) in EXPECTED.items():
        raised_below(monkeypatch, errors[name]())
        assert type(failed(lambda: platform.read(mention))) is on_read, name
        write = failed(lambda: platform.reply(mention, approved("Sorry"), write_key(NOW, 1), NOW))
        assert type(write) is on_write, name


def test_every_error_of_the_transport_is_mapped(pds: Pds, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library lets most of httpx's errors through, and nonsense ends in any error at all."""
    mention = polled(pds, platform, post(1))
    request = httpx.Request("GET", "http://127.0.0.1")
    errors: list[Callable[..., Exception]] = list(errors_in("httpx").values())
    assert httpx.RemoteProtocolError in errors
    made: list[Exception] = [ValueError("no JSON"), KeyError("uri"), AttributeError("posts"), TypeError("None")]
    for error in errors:
        names = inspect.signature(error).parameters
        if "response" in names:
            made.append(error("wrong", request=request, response=httpx.Response(500)))
        else:
            made.append(error("wrong") if "message" in names else error())
    for below in made:
        raised_below(monkeypatch, below)
        assert type(failed(lambda: platform.read(mention))) is Unavailable, below
        write = failed(lambda: platform.reply(mention, approved("Sorry"), write_key(NOW, 1), NOW))
        assert type(write) is Unclear, below
        assert write.__cause__ is below


@pytest.mark.parametrize(
    ("answer", "on_read", "on_write"),
    [
        (xrpc_error(400, "InvalidRequest", "Record/text must not be longer"), Refused, Refused),
        (xrpc_error(400, "AccountDeactivated"), SignInFailed, SignInFailed),
        (xrpc_error(401, "AuthenticationRequired"), SignInFailed, SignInFailed),
        (xrpc_error(403, "Forbidden"), SignInFailed, SignInFailed),
        (xrpc_error(413, "PayloadTooLarge"), Refused, Refused),
        (xrpc_error(501, "MethodNotImplemented"), Refused, Refused),
        (xrpc_error(500, "InternalServerError"), Unavailable, Unclear),
        (xrpc_error(502, "UpstreamFailure"), Unavailable, Unclear),
        (xrpc_error(409, "InvalidSwap"), Unavailable, Unclear),
        (Answer(400, b"<html>"), Unavailable, Unclear),
        (Answer(403, b"<html>"), Unavailable, Unclear),
        (Answer(404, {"detail": "not one of ours"}), Unavailable, Unclear),
        (Answer(500, ["not", "an", "object"]), Unavailable, Unclear),
        (Answer(200, b"<html>"), Unavailable, Unclear),
        (Answer(200, b"{"), Unavailable, Unclear),
        (Answer(200, {"surprise": True}), Unavailable, Unclear),
        (Answer(429, {}), RateLimited, RateLimited),
    ],
)
def test_only_the_servers_own_no_is_certain(
    answer: Answer, on_read: type[PlatformError], on_write: type[PlatformError], pds: Pds, platform: Platform
) -> None:
    """`Refused` and `SignInFailed` come of an XRPC error alone; and whatever comes, there is one write."""
    mention = polled(pds, platform, post(1))
    pds.instead["app.bsky.feed.getPosts"] = [answer]
    pds.instead["com.atproto.repo.createRecord"] = [answer]
    assert isinstance(failed(lambda: platform.read(mention)), on_read)
    assert isinstance(failed(lambda: platform.reply(mention, approved("Sorry"), write_key(NOW, 1), NOW)), on_write)
    assert pds.count("createRecord") == 1


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({"RateLimit-Reset": str(round(NOW.timestamp()))}, NOW),
        ({"RateLimit-Reset": "soon"}, None),
        ({"RateLimit-Reset": "9" * 30}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_a_rate_limit_is_waited_for_as_long_as_told(
    headers: dict[str, str], until: datetime | None, pds: Pds, platform: Platform
) -> None:
    """By the header of the protocol; None where it makes no sense."""
    mention = polled(pds, platform, post(1))
    pds.instead["app.bsky.feed.getPosts"] = [Answer(429, {"error": "RateLimitExceeded"}, headers)]
    error = failed(lambda: platform.read(mention))
    assert isinstance(error, RateLimited)
    assert error.until == until


def test_a_general_rate_limit_counts_from_the_servers_clock(pds: Pds, platform: Platform) -> None:
    """What stands before a server may know only the header of HTTP, in seconds from the answer's own date."""
    mention = polled(pds, platform, post(1))
    pds.instead["app.bsky.feed.getPosts"] = [Answer(429, {}, {"Retry-After": "90"})]
    begun = datetime.now(UTC).replace(microsecond=0)
    error = failed(lambda: platform.read(mention))
    assert isinstance(error, RateLimited)
    assert error.until is not None
    assert timedelta(seconds=90) <= error.until - begun <= timedelta(seconds=100)


# --- polling


def test_a_list_is_read_page_by_page_and_the_cursor_moves_last(pds: Pds, platform: Platform) -> None:
    """While pages come, each batch carries the cursor from before."""
    pds.page = 10
    pds.posts = [post(number, at=NOW - timedelta(minutes=number)) for number in range(35)]
    pds.reasons = {view["uri"]: "mention" for view in pds.posts}
    batches = list(platform.poll(None, NOW))
    assert [batch.cursor for batch in batches[:-1]] == [None] * (len(batches) - 1)
    assert batches[-1].cursor
    found = [mention.post_id for batch in batches for mention in batch.mentions]
    assert sorted(found) == sorted(pds.reasons)
    assert harvest(platform, batches[-1].cursor) == ([], batches[-1].cursor)


def test_a_post_that_arrives_late_is_not_lost(pds: Pds, platform: Platform) -> None:
    """It is sorted in among what was read before, by when it was written; its identity says that it is new."""
    pds.posts, pds.reasons = [post(1)], {uri(1): "mention"}
    _, cursor = harvest(platform)
    pds.posts.append(post(2, at=NOW - timedelta(minutes=40)))
    pds.reasons[uri(2)] = "mention"
    found, _ = harvest(platform, cursor)
    assert [mention.post_id for mention in found] == [uri(2)]


def test_a_post_dated_ahead_hides_nothing(pds: Pds, platform: Platform) -> None:
    """The cursor does not run before the clock."""
    pds.posts, pds.reasons = [post(1, at=NOW + timedelta(days=9))], {uri(1): "mention"}
    _, cursor = harvest(platform)
    pds.page = 1
    pds.posts.append(post(2))
    pds.reasons[uri(2)] = "mention"
    found, _ = harvest(platform, cursor)
    assert [mention.post_id for mention in found] == [uri(2)]


@pytest.mark.parametrize("cursor", [None, "nonsense", "[]", '{"start": 5}'])
def test_the_first_look_goes_a_day_back(cursor: str | None, pds: Pds, platform: Platform) -> None:
    """Without a cursor, or with one that nobody can read."""
    pds.posts = [post(1, at=NOW - timedelta(hours=23)), post(2, at=NOW - timedelta(hours=25))]
    pds.reasons = {uri(1): "mention", uri(2): "mention"}
    assert [mention.post_id for mention in harvest(platform, cursor)[0]] == [uri(1)]


def test_a_server_without_search_still_has_mentions(pds: Pds, platform: Platform) -> None:
    """Keyword hits are then missing, which is no error."""
    pds.posts, pds.reasons = [post(1)], {uri(1): "mention"}
    pds.instead["app.bsky.feed.searchPosts"] = [xrpc_error(501, "MethodNotImplemented")]
    assert [mention.post_id for mention in harvest(platform)[0]] == [uri(1)]


def test_the_search_is_not_trusted(pds: Pds, platform: Platform) -> None:
    """What it finds beside the keywords, or with a word that excludes, is left out; whole pages of it stop nothing."""
    pds.page = 2
    pds.posts = [
        post(1, "parcels everywhere"),
        post(2, "Parcelo Island in the sun"),
        post(3, "why, PARCELO, why"),
    ]
    found, _ = harvest(platform)
    assert [(mention.post_id, mention.kind) for mention in found] == [(uri(3), MentionKind.KEYWORD)]
    assert not found[0].permissions.answerable
    assert not found[0].permissions.author_wrote_first


def test_a_post_that_the_search_finds_first_is_known_by_what_stands_in_it(pds: Pds, platform: Platform) -> None:
    """Naming us, quoting us or answering us counts, whichever list brought the post."""
    facet = {
        "index": {"byteStart": 0, "byteEnd": 8},
        "features": [{"$type": "app.bsky.richtext.facet#mention", "did": OURS}],
    }
    ref = {"uri": uri(9, OURS), "cid": "cid9"}
    pds.posts = [
        post(1, "parcelo", facets=[facet]),
        post(2, "parcelo", embed={"$type": "app.bsky.embed.record", "record": ref}),
        post(3, "parcelo", reply={"parent": ref, "root": ref}),
        post(4, "parcelo", did=OURS),
    ]
    found = {mention.post_id: mention for mention in harvest(platform)[0]}
    assert [found[uri(number)].kind for number in (1, 2, 3)] == [
        MentionKind.MENTION,
        MentionKind.MENTION,
        MentionKind.REPLY,
    ]
    assert found[uri(4, OURS)].own
    assert not found[uri(1)].own


def test_other_notices_and_posts_of_another_shape_are_no_mentions(pds: Pds, platform: Platform) -> None:
    """A like that comes along, a record without words, and a post that is gone by now."""
    broken = post(2)
    broken["record"] = {"$type": "com.example.thing", "text": ["no", "words"]}
    pds.posts = [post(1), broken, post(3)]
    pds.reasons = {uri(1): "like", uri(2): "mention", uri(3): "mention"}
    pds.instead["app.bsky.feed.getPosts"] = [Answer(200, {"posts": [broken]})]
    pds.instead["app.bsky.feed.searchPosts"] = [xrpc_error(501, "MethodNotImplemented")]
    assert harvest(platform)[0] == []


def test_a_record_from_a_careless_client_is_read_as_far_as_it_goes(pds: Pds, platform: Platform) -> None:
    """Fields that fit no lexicon cost neither the words nor the thread."""
    ref = {"uri": ROOT, "cid": "cidroot"}
    view = post(1, "Lost", langs="en", facets="none", createdAt="yesterday", reply={"root": ref, "parent": ref})
    view["author"]["handle"] = "handle.invalid"
    mention = polled(pds, platform, view)
    assert (mention.text, mention.thread_id, mention.parent_id) == ("Lost", ROOT, ROOT)
    assert mention.posted_at == NOW
    assert mention.language is None
    assert mention.url == f"https://bsky.app/profile/{ANA}/post/post1"


def test_a_time_that_makes_no_sense_is_told(pds: Pds, platform: Platform) -> None:
    """The network's own time is what the cursor is made of."""
    view = post(1)
    view["indexedAt"] = "yesterday"
    pds.posts, pds.reasons = [view], {uri(1): "mention"}
    assert type(failed(lambda: harvest(platform))) is Unavailable


# --- reading, replying, finding


def test_a_closed_thread_goes_to_a_person(pds: Pds, platform: Platform) -> None:
    """The author's settings keep us out: not answerable, with the reason."""
    mention = polled(pds, platform, post(1) | {"viewer": {"replyDisabled": True}})
    assert not mention.permissions.answerable
    assert "answer" in mention.permissions.why_not
    assert mention.permissions.author_wrote_first


def test_a_record_that_was_written_over_is_edited(pds: Pds, platform: Platform) -> None:
    """Another content hash says so, even where the words are the same."""
    mention = polled(pds, platform, post(1))
    pds.posts = [post(1) | {"cid": "another", "indexedAt": iso(NOW + timedelta(minutes=5))}]
    again = platform.read(mention)
    assert again is not None
    assert again.edited_at == NOW + timedelta(minutes=5)


def test_a_reply_names_the_post_the_thread_and_its_own_key(pds: Pds, platform: Platform) -> None:
    """What is written is what was approved; links and our own handle open when they are pressed."""
    ref = {"uri": ROOT, "cid": "cidroot"}
    mention = polled(pds, platform, post(1, langs=["fa"], reply={"root": ref, "parent": ref}))
    key = write_key(NOW, 7)
    text = f"متأسفیم. @{HANDLE} https://example.com/a #sorry @{HANDLE}.net a@{HANDLE}"
    reply = platform.reply(mention, approved(text), key, NOW)
    assert (reply.text, reply.posted_at) == (text, NOW)
    assert reply.url == f"https://bsky.app/profile/{HANDLE}/post/{key}"
    record = pds.own[key]
    assert record["text"] == text
    assert record["reply"]["parent"]["uri"] == mention.post_id
    assert record["reply"]["parent"]["cid"] == "cid1"
    assert (record["reply"]["root"]["uri"], record["reply"]["root"]["cid"]) == (ROOT, "cidroot")
    assert record["langs"] == ["fa"]
    assert record["createdAt"] == "2026-11-23T12:00:00.000Z"
    marked = [
        text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode() for facet in record["facets"]
    ]
    assert sorted(marked) == [f"@{HANDLE}", "https://example.com/a"]


@pytest.mark.parametrize(
    ("change", "text", "key"),
    [
        ({}, "👩‍👩‍👧‍👦" * 121, "3m2aaaaaaaa2a"),
        ({"ref": "{}"}, "Sorry", "3m2aaaaaaaa2a"),
        ({}, "Sorry", "../../app.bsky.feed.like/1"),
    ],
    ids=["bytes", "ref", "key"],
)
def test_what_can_not_be_posted_is_refused_before_it_is_sent(
    change: dict[str, str], text: str, key: str, pds: Pds, platform: Platform
) -> None:
    """Certainly nothing was posted: nothing was sent."""
    mention = replace(polled(pds, platform, post(1)), **change)  # type: ignore[arg-type]  # only strings are changed
    assert isinstance(failed(lambda: platform.reply(mention, approved(text), key, NOW)), Refused)
    assert pds.count("createRecord") == 0


def test_a_reply_that_a_person_posted_in_the_app_is_found(pds: Pds, platform: Platform) -> None:
    """Any answer of ours under the post, by its parent; not one elsewhere in the thread."""
    mention = polled(pds, platform, post(1))
    keys = [write_key(NOW + timedelta(minutes=minute), 1) for minute in range(3)]
    ref = {"uri": mention.post_id, "cid": "cid1"}
    other = {"uri": uri(5), "cid": "cid5"}
    base = {"$type": "app.bsky.feed.post", "createdAt": iso(NOW)}
    pds.own = {
        keys[0]: base | {"text": "By hand ", "reply": {"root": ref, "parent": ref}},
        keys[1]: base | {"text": "Elsewhere", "reply": {"root": ref, "parent": other}},
        keys[2]: base | {"text": "A post"},
    }
    pds.page = 1
    for sighting in (platform.find_reply(mention), platform.find_reply(mention, text="By hand")):
        assert sighting.reply is not None
        assert sighting.reply.post_id.endswith(keys[0])
        assert sighting.reply.posted_at == NOW
    assert platform.find_reply(mention, text="Elsewhere").reply is None


def test_the_look_for_a_reply_ends_before_the_post_was_written(pds: Pds, platform: Platform) -> None:
    """An account with years of posts is not read through: record keys are times."""
    mention = polled(pds, platform, post(1))
    pds.page = 1
    for days in range(10):
        record = {"$type": "app.bsky.feed.post", "text": "A post", "createdAt": iso(NOW)}
        pds.own[write_key(NOW - timedelta(days=days, hours=1), 1)] = record
    assert platform.find_reply(mention).complete
    assert pds.count("listRecords") == 2


def test_a_private_link_opens_the_official_account(platform: Platform) -> None:
    """Its profile, where the button for messages is."""
    assert platform.private_link() == f"https://bsky.app/profile/{HANDLE}"


# --- on the real servers


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlueskyStage]:
    with open_stage(tmp_path_factory.mktemp("bluesky")) as stage:
        yield stage


def seen(stage: BlueskyStage, post_id: str) -> Mention:
    mentions, _ = harvest(stage.platform, now=datetime.now(UTC))
    return next(mention for mention in mentions if mention.post_id == post_id)


@pytest.mark.live
def test_one_key_makes_one_post(real: BlueskyStage) -> None:
    """A second write with the same key ends `Unclear` and posts nothing."""
    mention = seen(real, real.says("ana", "Late again"))
    key = write_key(datetime.now(UTC), 1)
    reply = real.platform.reply(mention, approved("We are sorry"), key, datetime.now(UTC))
    error = failed(lambda: real.platform.reply(mention, approved("We are so sorry"), key, datetime.now(UTC)))
    assert type(error) is Unclear
    assert real.replies_to(mention) == ["We are sorry"]
    assert real.platform.find_reply(mention, key=key).reply == reply


@pytest.mark.live
def test_a_thread_that_its_author_closed_is_not_answerable(real: BlueskyStage) -> None:
    """Read again just before sending, the post says so."""
    mention = seen(real, real.says("ana", "Not again"))
    assert mention.permissions.answerable
    real.closes(mention.post_id)
    again = real.platform.read(mention)
    assert again is not None
    assert not again.permissions.answerable
    assert again.permissions.why_not


@pytest.mark.live
def test_quotes_are_mentions_and_reposts_are_nothing(real: BlueskyStage) -> None:
    """Who quotes us speaks to us; who passes a post on says nothing."""
    mention = seen(real, real.says("ana", "Hello"))
    reply = real.platform.reply(
        mention, approved("Sorry about that"), write_key(datetime.now(UTC), 2), datetime.now(UTC)
    )
    quote = real.quotes("bob", reply.post_id, "Look at this")
    real.reposts("bob", reply.post_id)
    found = [mention for mention in harvest(real.platform, now=datetime.now(UTC))[0] if mention.author == "bob.test"]
    assert [(mention.post_id, mention.kind) for mention in found] == [(quote, MentionKind.MENTION)]


@pytest.mark.live
def test_a_reply_to_a_post_that_is_gone_is_prevented_by_reading(real: BlueskyStage) -> None:
    """The network itself would take it."""
    mention = seen(real, real.says("ana", "Never mind"))
    real.delete(mention.post_id)
    assert real.platform.read(mention) is None
    key = write_key(datetime.now(UTC), 3)
    real.platform.reply(mention, approved("Too late"), key, datetime.now(UTC))
    assert real.platform.find_reply(mention, key=key).reply is not None


@pytest.mark.live
def test_a_wrong_password_is_told(real: BlueskyStage, tmp_path: Path) -> None:
    """By the real server's own answer."""
    settings = bluesky.Settings(base_url=real.servers.pds, handle=real.brand_handle)
    platform = bluesky.connect(settings, {"PASSWORD": "wrong-one"}, Watch(), tmp_path)
    error = failed(platform.account)
    assert isinstance(error, SignInFailed)
    assert "wrong-one" not in "".join(traceback.format_exception(error))
    assert list(tmp_path.iterdir()) == []
    platform.close()


@pytest.mark.live
def test_markup_and_right_to_left_words_are_posted_letter_for_letter(real: BlueskyStage) -> None:
    """What people approved is what the public reads."""
    mention = seen(real, real.says("ana", "Hello again"))
    text = "<b>ما متأسفیم</b> {{ 7*7 }} 👩‍👩‍👧‍👦\n\nAna"
    real.platform.reply(mention, approved(text), write_key(datetime.now(UTC), 4), datetime.now(UTC))
    assert real.replies_to(mention) == [text]


def test_gone_is_told_apart(pds: Pds, platform: Platform) -> None:
    """A repository that the server does not have any more."""
    mention = polled(pds, platform, post(1))
    pds.instead["com.atproto.repo.listRecords"] = [xrpc_error(400, "InvalidRequest", "Could not find repo: x")]
    assert isinstance(failed(lambda: platform.find_reply(mention)), Gone)

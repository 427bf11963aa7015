"""Reddit: the real praw against a stand-in on loopback, and against recorded traffic where there is some."""

import inspect
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import praw.exceptions
import prawcore.exceptions
import pytest
import requests
from platforms.json_server import Answer, JsonServer, Request
from platforms.stage import Fault
from platforms.stages.reddit import BRAND, SECRETS, SUBREDDIT, WATCH, RedditStage, open_stage
from praw.config import Config
from pydantic import ValidationError

from cases.drafts import Approval, ApprovedText, text_hash
from cases.errors import Gone, PlatformError, RateLimited, Refused, SignInFailed, Unavailable, Unclear
from cases.platform import Batch, Platform
from cases.posts import Mention, MentionKind, Permissions, Watch
from monitor.platforms import reddit

SHARED = Path(os.environ.get("AMENDS_SHARED", Path(__file__).parents[2].parent / "shared"))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[RedditStage]:
    """A Reddit of one's own."""
    with open_stage(tmp_path) as opened:
        yield opened


def now() -> datetime:
    """The time that the stand-in goes by."""
    return datetime.now(UTC)


def approved(text: str) -> ApprovedText:
    """A text with one person's approval."""
    return ApprovedText(text, (Approval(1, 1, text_hash(text), "Ana", now()),))


def batches(platform: Platform, cursor: str | None = None, at: datetime | None = None) -> list[Batch]:
    """One whole poll."""
    return list(platform.poll(cursor, at or now()))


def mentions(platform: Platform, cursor: str | None = None, at: datetime | None = None) -> dict[str, Mention]:
    """What one whole poll brings, by fullname."""
    return {mention.post_id: mention for batch in batches(platform, cursor, at) for mention in batch.mentions}


def polled(stage: RedditStage, post_id: str) -> Mention:
    """The mention that a poll makes of a post."""
    return mentions(stage.platform)[post_id]


def requests_to(stage: RedditStage, path: str) -> int:
    """How often the platform asked for a path."""
    return sum(asked.startswith(path) for _, asked in stage._proxy.requests)


# --- reading


def test_an_inbox_mention_has_its_thread_and_place_though_the_inbox_names_neither(stage: RedditStage) -> None:
    """The inbox tells the thread in a path only; what comes out is what a later reading shows as well."""
    post_id = stage.says("ana", "my parcel is **late**")
    mention = mentions(stage.platform)[post_id]
    thread = str(stage.server.things[post_id]["link_id"])
    assert (mention.thread_id, mention.parent_id) == (thread, thread)
    assert mention.url == f"https://www.reddit.com/r/delivery/comments/{thread[3:]}/a_post/{post_id[3:]}/"
    assert mention.text == f"u/{BRAND} my parcel is late"
    assert (mention.author, mention.author_id) == ("ana", "t2_ana")
    assert stage.platform.read(mention) == mention


def test_a_post_found_by_search_reads_as_title_and_text(stage: RedditStage) -> None:
    """A submission anywhere on Reddit is found by keyword, and both of its parts are its text."""
    post_id = stage.server.post("ben", "Parcelo lost it", "Three weeks now.")
    mention = mentions(stage.platform)[post_id]
    assert mention.text == "Parcelo lost it\n\nThree weeks now."
    assert (mention.kind, mention.thread_id, mention.parent_id) == (MentionKind.KEYWORD, post_id, None)


def test_an_answer_to_a_post_of_ours_is_a_reply(stage: RedditStage) -> None:
    """Comments under our own submissions are heard too."""
    ours = stage.server.post(BRAND, "We have moved")
    answer = stage.server.comment("cleo", ours, "and my order has not")
    assert mentions(stage.platform)[answer].kind is MentionKind.REPLY


def test_a_keyword_hit_that_names_the_account_is_a_mention(stage: RedditStage) -> None:
    """A submission's text never reaches the inbox: the name in it counts all the same."""
    post_id = stage.server.post("dan", "Where is it", f"u/{BRAND} parcelo has it for a month")
    mention = mentions(stage.platform)[post_id]
    assert mention.kind is MentionKind.MENTION
    assert mention.permissions.author_wrote_first


def test_reddits_terms_forbid_training(stage: RedditStage) -> None:
    """No text from Reddit may fit a model."""
    post_id = stage.says("eve", "hello")
    assert not mentions(stage.platform)[post_id].permissions.may_train


def test_the_cursor_waits_for_the_end_of_a_burst(stage: RedditStage) -> None:
    """While 250 mentions are paged, each batch but the last carries the mark that stood before."""
    _, before = stage.says("fred", "first"), batches(stage.platform)[-1].cursor
    burst = {stage.says("fred", f"number {number}") for number in range(250)}
    pages = [batch for batch in batches(stage.platform, before) if batch.mentions]
    assert [len(page.mentions) for page in pages[:2]] == [100, 100]
    assert [page.cursor for page in pages[:2]] == [before, before]
    assert burst <= {mention.post_id for page in pages for mention in page.mentions}


def test_a_second_poll_reads_no_further_than_its_overlap(stage: RedditStage) -> None:
    """What is older than the mark by more than the overlap is not paged through again."""
    for number in range(150):
        old = stage.says("gus", f"number {number}")
        stage.server.things[old]["created_utc"] = time.time() - 60 * (200 - number)
    cursor = batches(stage.platform)[-1].cursor
    new = stage.says("gus", "and now this")
    asked = requests_to(stage, "/message/mentions")
    assert new in mentions(stage.platform, cursor)
    assert requests_to(stage, "/message/mentions") - asked == 1


def test_a_comment_older_than_a_day_does_not_come_with_the_first_poll(stage: RedditStage) -> None:
    """Without a cursor the poll goes back a day."""
    old, young = stage.says("hal", "old"), stage.says("hal", "young")
    stage.server.things[old]["created_utc"] = time.time() - 90_000
    assert set(mentions(stage.platform)) & {old, young} == {young}


@pytest.mark.parametrize("cursor", ["nonsense", "[]", '{"mentions": "x"}', '{"mentions": 1e300}'])
def test_a_cursor_that_can_not_be_read_begins_anew(cursor: str, stage: RedditStage) -> None:
    """A damaged cursor costs a day's reading, not a crash."""
    assert stage.says("ivy", "hello") in mentions(stage.platform, cursor)


def test_a_crosspost_is_a_repost(stage: RedditStage) -> None:
    """Who passes a post on writes nothing of their own."""
    post_id = stage.server.post("jo", "Parcelo again")
    stage.server.things[post_id]["crosspost_parent"] = "t3_abc"
    assert mentions(stage.platform)[post_id].repost


@pytest.mark.parametrize(
    "change", [{"author": "[deleted]"}, {"body": "[removed]", "body_html": None}, {"removed_by_category": "moderator"}]
)
def test_what_was_taken_away_reads_as_gone(change: dict[str, object], stage: RedditStage) -> None:
    """Deleted by its author, blanked or held by moderators: nobody sees it, so nothing is answered."""
    post_id = stage.says("kai", "hello")
    mention = mentions(stage.platform)[post_id]
    stage.server.things[post_id] |= change
    assert stage.platform.read(mention) is None
    assert post_id not in mentions(stage.platform)


@pytest.mark.parametrize(("mark", "word"), [("locked", "locked"), ("archived", "archived")])
@pytest.mark.parametrize("which", ["the comment", "its thread"])
def test_a_closed_thread_says_why_it_can_not_be_answered(mark: str, word: str, which: str, stage: RedditStage) -> None:
    """A lock on the comment or on the whole thread closes it, with the reason in words."""
    mention = polled(stage, stage.says("lou", "hello"))
    stage.server.things[mention.post_id if which == "the comment" else mention.thread_id][mark] = True
    fresh = stage.platform.read(mention)
    assert fresh is not None
    assert not fresh.permissions.answerable
    assert word in fresh.permissions.why_not


# --- writing


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.CUT, Fault.ACCEPTED_THEN_CUT, Fault.NONSENSE])
def test_a_write_is_sent_once_below_us_too(fault: Fault, stage: RedditStage) -> None:
    """The library would try a write that failed three times: here it goes out once."""
    mention = polled(stage, stage.says("mia", "hello"))
    stage.break_writes(fault)
    with pytest.raises(Unclear):
        stage.platform.reply(mention, approved("We are sorry."), "key", now())
    assert requests_to(stage, "/api/comment") == 1


def test_a_read_that_fails_is_not_tried_again_either(stage: RedditStage) -> None:
    """One request, one answer: the next poll comes in a minute, and a stop never waits for retries."""
    stage.platform.account()
    stage.break_reads(Fault.SERVER_ERROR)
    asked = len(stage._proxy.requests)
    with pytest.raises(Unavailable, match="503"):
        mentions(stage.platform)
    assert len(stage._proxy.requests) - asked == 1


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (["THREAD_LOCKED", "comments are locked", "parent"], Refused),
        (["TOO_LONG", "this is too long (max: 500)", "text"], Refused),
        (["USER_BLOCKED", "you can't contact this user", "parent"], Refused),
        (["SOMETHING_NEW", None, None], Refused),
        (["DELETED_COMMENT", "that comment has been deleted", "parent"], Gone),
        (["USER_REQUIRED", "please sign in", None], SignInFailed),
    ],
)
def test_an_error_inside_a_200_says_that_nothing_was_posted(
    refusal: list[str], error: type[PlatformError], stage: RedditStage
) -> None:
    """Reddit tells most refusals with status 200."""
    mention = polled(stage, stage.says("ned", "hello"))
    stage.server.refusal = refusal
    with pytest.raises(error):
        stage.platform.reply(mention, approved("We are sorry."), "key", now())
    assert stage.replies_to(mention) == []


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("Take a break for 5 minutes before trying again.", 300),
        ("Try again in 42 seconds.", 42),
        ("Try again in 1 hour.", 3600),
        ("Try again in 3 milliseconds.", 0),
        ("You are doing that too much.", None),
    ],
)
def test_a_rate_limit_inside_a_200_is_told_and_never_slept_on(
    told: str, seconds: int | None, stage: RedditStage
) -> None:
    """The wait is read from the words, and goes up as `RateLimited` at once."""
    mention = polled(stage, stage.says("ola", "hello"))
    stage.server.refusal = ["RATELIMIT", told, "ratelimit"]
    begun = now()
    with pytest.raises(RateLimited) as caught:
        stage.platform.reply(mention, approved("We are sorry."), "key", begun)
    assert now() - begun < timedelta(seconds=1)
    if seconds is None:
        assert caught.value.until is None
    else:
        assert caught.value.until is not None
        assert abs(caught.value.until - begun - timedelta(seconds=seconds)) < timedelta(seconds=2)


def test_a_used_up_limit_holds_the_next_request_back(stage: RedditStage) -> None:
    """Where the headers say that nothing is left, the next call says until when, and nothing sleeps."""
    stage.platform.account()
    stage.server.api_answer = Answer(
        404, {}, {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "100", "x-ratelimit-reset": "240"}
    )
    with pytest.raises(Gone):
        mentions(stage.platform)
    asked, begun = len(stage._proxy.requests), now()
    with pytest.raises(RateLimited) as caught:
        mentions(stage.platform)
    assert len(stage._proxy.requests) == asked
    assert caught.value.until is not None
    assert abs(caught.value.until - begun - timedelta(seconds=240)) < timedelta(seconds=2)


def test_a_reply_hidden_behind_more_is_found(stage: RedditStage) -> None:
    """Under a busy comment ours is not among the first that a thread shows."""
    mention = polled(stage, stage.says("pam", "hello"))
    for number in range(12):
        stage.server.comment(f"fan{number}", mention.post_id, "same here")
    nothing = stage.platform.find_reply(mention, text="We are sorry.")
    stage.server.comment(BRAND, mention.post_id, "We are sorry.")
    found = stage.platform.find_reply(mention, text="We are sorry.")
    assert (nothing.reply, nothing.complete) == (None, True)
    assert found.reply is not None
    assert found.reply.text == "We are sorry."


def test_a_reply_to_a_whole_post_is_found(stage: RedditStage) -> None:
    """Under a submission as well as under a comment."""
    mention = polled(stage, stage.server.post("quin", "Parcelo lost it"))
    reply = stage.platform.reply(mention, approved("We are sorry."), "key", now())
    assert stage.platform.find_reply(mention).reply == reply


def test_a_reply_under_a_post_that_is_gone_is_still_found(stage: RedditStage) -> None:
    """Where the thread shows nothing any more, our own comments do."""
    mention = polled(stage, stage.says("rob", "hello"))
    stage.platform.reply(mention, approved("We are sorry."), "key", now())
    del stage.server.things[mention.post_id]
    assert stage.platform.find_reply(mention).reply is not None


def test_a_reply_of_ours_that_moderators_removed_does_not_stand(stage: RedditStage) -> None:
    """What nobody can see is no reply."""
    mention = polled(stage, stage.says("sue", "hello"))
    reply = stage.platform.reply(mention, approved("We are sorry."), "key", now())
    stage.server.things[reply.post_id] |= {"body": "[removed]", "body_html": None}
    assert stage.platform.find_reply(mention).reply is None


# --- signing in


@pytest.mark.parametrize("name", reddit.SECRETS)
def test_a_wrong_secret_is_said_without_showing_any(name: str, stage: RedditStage, tmp_path: Path) -> None:
    """The message names the variables, never their values."""
    settings = reddit.Settings(base_url=stage._proxy.url, username=BRAND)
    platform = reddit.connect(settings, {**SECRETS, name: "mistyped-0c0c"}, WATCH, tmp_path)
    with pytest.raises(SignInFailed) as caught:
        platform.account()
    platform.close()
    assert f"AMENDS_REDDIT_{name}" in str(caught.value)
    assert not any(secret in str(caught.value) for secret in (*SECRETS.values(), "mistyped-0c0c"))


def test_a_token_of_another_account_is_refused(stage: RedditStage, tmp_path: Path) -> None:
    """Nobody answers by accident as the wrong account."""
    settings = reddit.Settings(base_url=stage._proxy.url, username="somebody_else")
    platform = reddit.connect(settings, SECRETS, WATCH, tmp_path)
    with pytest.raises(SignInFailed, match="somebody_else"):
        mentions(platform)
    platform.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(200, {"error": "invalid_grant"}), SignInFailed),
        (Answer(200, {"surprise": 1}), Unavailable),
        (Answer(200, b"<html>"), Unavailable),
        (Answer(429, {}, {"retry-after": "30"}), RateLimited),
        (Answer(503, {}), Unavailable),
    ],
)
def test_trouble_while_signing_in_has_its_error(answer: Answer, error: type[PlatformError], stage: RedditStage) -> None:
    """Whatever the token's address answers."""
    stage.server.token_answer = answer
    with pytest.raises(error):
        stage.platform.account()


@pytest.mark.parametrize(
    ("status", "told", "error"),
    [
        (401, 'Bearer realm="reddit"', SignInFailed),
        (403, 'Bearer realm="reddit", error="insufficient_scope"', SignInFailed),
        (403, 'Bearer realm="reddit"', Refused),
        (403, "", Refused),
    ],
)
def test_a_refusal_is_read_whatever_its_header_says(
    status: int, told: str, error: type[PlatformError], stage: RedditStage
) -> None:
    """The library fails over a header that it does not expect: it never sees one."""
    stage.server.api_answer = Answer(status, {"error": status}, {"www-authenticate": told} if told else {})
    with pytest.raises(error):
        stage.platform.account()


def test_a_praw_ini_lying_about_redirects_nothing(
    stage: RedditStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library reads such a file from the working directory; the addresses and secrets are ours all the same."""
    (tmp_path / "praw.ini").write_text(
        "[DEFAULT]\noauth_url=http://127.0.0.1:9\nreddit_url=http://127.0.0.1:9\nclient_id=other\nratelimit_seconds=600\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Config, "CONFIG", None)
    with pytest.warns(UserWarning, match=r"praw\.ini"):
        assert stage.platform.account().handle == BRAND


def test_a_broken_praw_ini_is_named(stage: RedditStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library stumbles over a broken one; the message says what to take away."""
    (tmp_path / "praw.ini").write_text("no section\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Config, "CONFIG", None)
    with pytest.raises(Unavailable, match=r"praw\.ini"):
        stage.platform.account()


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "http://reddit.example"},
        {"base_url": "reddit"},
        {"username": "u/parcelo"},
        {"subreddits": ["a/b"]},
        {"extra": 1},
    ],
)
def test_a_wrong_setting_is_refused(wrong: dict[str, object]) -> None:
    """Each key is checked; secrets never go over a line in the clear."""
    with pytest.raises(ValidationError):
        reddit.Settings.model_validate(wrong)


def test_the_private_link_opens_a_message_to_the_account(stage: RedditStage) -> None:
    """Reddit's own address for it."""
    assert stage.platform.private_link() == f"https://www.reddit.com/message/compose/?to={BRAND}"


# --- errors of the libraries


def answered(status: int, headers: dict[str, str] | None = None, body: bytes = b"{}") -> requests.Response:
    """An answer as requests holds it."""
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers or {})
    response._content = body
    return response


def api_error(kind: str) -> praw.exceptions.RedditAPIException:
    """An error as Reddit tells it in a body."""
    return praw.exceptions.RedditAPIException([[kind, "told", "field"]])


CORE = prawcore.exceptions
LIBRARY_ERRORS: list[tuple[Exception, type[PlatformError], type[PlatformError]]] = [
    # error, on a read, on a write
    (CORE.PrawcoreException(), Unavailable, Unclear),
    (CORE.InvalidInvocation(), Unavailable, Unclear),
    (CORE.OAuthException(answered(200), "invalid_grant"), SignInFailed, SignInFailed),
    (CORE.RequestException(OSError(), (), {}), Unavailable, Unclear),
    (CORE.ResponseException(answered(401)), SignInFailed, SignInFailed),
    (CORE.ResponseException(answered(418)), Unavailable, Unclear),
    (CORE.BadJSON(answered(200)), Unavailable, Unclear),
    (CORE.BadRequest(answered(400)), Unavailable, Refused),
    (CORE.Conflict(answered(409)), Unavailable, Unclear),
    (CORE.Forbidden(answered(403)), Refused, Refused),
    (CORE.InsufficientScope(answered(403)), SignInFailed, SignInFailed),
    (CORE.InvalidToken(answered(401)), SignInFailed, SignInFailed),
    (CORE.NotFound(answered(404)), Gone, Gone),
    (CORE.Redirect(answered(302, {"location": "/subreddits/search"})), Unavailable, Unclear),
    (CORE.ServerError(answered(503)), Unavailable, Unclear),
    (CORE.SpecialError(answered(415)), Unavailable, Refused),
    (CORE.TooLarge(answered(413)), Unavailable, Refused),
    (CORE.TooManyRequests(answered(429, {"retry-after": "9"})), RateLimited, RateLimited),
    (CORE.URITooLong(answered(414)), Unavailable, Refused),
    (CORE.UnavailableForLegalReasons(answered(451)), Gone, Gone),
    (praw.exceptions.PRAWException(), Unavailable, Unclear),
    (praw.exceptions.ClientException(), Unavailable, Unclear),
    (praw.exceptions.DuplicateReplaceException(), Unavailable, Unclear),
    (praw.exceptions.InvalidFlairTemplateID("x"), Unavailable, Unclear),
    (praw.exceptions.InvalidImplicitAuth(), Unavailable, Unclear),
    (praw.exceptions.InvalidURL("x"), Unavailable, Unclear),
    (praw.exceptions.MissingRequiredAttributeException(), Unavailable, Unclear),
    (praw.exceptions.ReadOnlyException(), Unavailable, Unclear),
    (praw.exceptions.TooLargeMediaException(actual=2, maximum_size=1), Unavailable, Unclear),
    (praw.exceptions.WebSocketException("x"), Unavailable, Unclear),
    (praw.exceptions.MediaPostFailed(), Unavailable, Unclear),
    (api_error("TOO_OLD"), Unavailable, Refused),
    (api_error("RATELIMIT"), RateLimited, RateLimited),
    (requests.ConnectionError(), Unavailable, Unclear),
    (requests.Timeout(), Unavailable, Unclear),
    (KeyError("data"), Unavailable, Unclear),
]


@pytest.mark.parametrize(
    ("error", "on_read", "on_write"), LIBRARY_ERRORS, ids=[type(error).__name__ for error, _, _ in LIBRARY_ERRORS]
)
def test_each_error_below_is_one_of_ours(
    error: Exception, on_read: type[PlatformError], on_write: type[PlatformError]
) -> None:
    """Reads and writes differ where it is not certain what became of the request."""
    assert type(reddit.translate(error, write=False)) is on_read
    assert type(reddit.translate(error, write=True)) is on_write


def test_no_error_class_below_is_forgotten() -> None:
    """A class that a new version of praw or prawcore brings must get a line in the table."""
    known = {type(error) for error, _, _ in LIBRARY_ERRORS}
    for module in (praw.exceptions, prawcore.exceptions):
        for _, found in inspect.getmembers(module, inspect.isclass):
            if issubclass(found, Exception) and found.__module__ == module.__name__:
                assert found in known


# --- recorded traffic


def recorded(name: str) -> list[dict[str, object]]:
    """Real requests and answers; the test is skipped where they are not at hand."""
    file = SHARED / "recorded" / "reddit" / f"{name}.json"
    if not file.is_file():
        pytest.skip(f"no recorded traffic at {file} (AMENDS_SHARED names the folder)")
    exchanges: list[dict[str, object]] = json.loads(file.read_text(encoding="utf-8"))
    return exchanges


def body_of(exchange: dict[str, object]) -> object:
    """The recorded body as JSON."""
    body = exchange["body"]
    return json.loads(body) if isinstance(body, str) else body


class Replay:
    """Answers paths with recorded bodies, and everything else with an empty listing."""

    def __init__(self, bodies: dict[str, object]) -> None:
        self.bodies = bodies

    def __call__(self, request: Request) -> Answer:
        """One request."""
        path = request.path.rstrip("/")
        if path == "/api/v1/access_token":
            return Answer(200, {"access_token": "t", "expires_in": 3600, "scope": "read"})
        if path == "/api/v1/me":
            return Answer(200, {"name": BRAND, "id": "brand1"})
        if path in self.bodies and "after" not in request.query:
            return Answer(200, self.bodies[path])
        return Answer(200, {"kind": "Listing", "data": {"after": None, "children": []}})


def children(body: object) -> list[dict[str, object]]:
    """What a recorded listing holds."""
    assert isinstance(body, dict)
    return [child["data"] for child in body["data"]["children"]]


def replayed(bodies: dict[str, object], watch: Watch, since: datetime, folder: Path) -> list[Mention]:
    """One poll over recorded answers."""
    with JsonServer(Replay(bodies)) as server:
        settings = reddit.Settings(base_url=server.url, subreddits=(SUBREDDIT,))
        platform = reddit.connect(settings, SECRETS, watch, folder)
        found = [mention for batch in platform.poll(None, since + timedelta(days=1)) for mention in batch.mentions]
        platform.close()
    return found


@pytest.mark.parametrize(
    ("name", "path", "kind"),
    [
        ("testinbox_mentions", "/message/mentions", MentionKind.MENTION),
        ("testinbox_comment_replies", "/message/comments", MentionKind.REPLY),
        ("testsubredditstreams_comments__with_continue_after_id", f"/r/{SUBREDDIT}/comments", MentionKind.KEYWORD),
        ("testsubreddit_search", "/r/all/search", MentionKind.KEYWORD),
    ],
)
def test_recorded_listings_become_mentions(name: str, path: str, kind: MentionKind, tmp_path: Path) -> None:
    """Every item that stands in a real listing comes out once, with its thread, author, time and words."""
    body = body_of(recorded(name)[0])
    items = [item for item in children(body) if item.get("author") != "[deleted]"]
    words = "praw" if path == "/r/all/search" else "e"
    oldest = min(float(str(item["created_utc"])) for item in children(body))
    found = replayed({path: body}, Watch(keywords=(words,)), datetime.fromtimestamp(oldest, UTC), tmp_path)
    assert found
    assert len({mention.post_id for mention in found}) == len(found)
    by_name = {item["name"]: item for item in items}
    if kind is not MentionKind.KEYWORD:
        assert {mention.post_id for mention in found} == set(by_name)
    for mention in found:
        item = by_name[mention.post_id]
        assert mention.kind is kind
        assert mention.author == item["author"]
        assert mention.thread_id == item.get("link_id", mention.thread_id)
        assert mention.thread_id.startswith("t3_")
        assert mention.posted_at.timestamp() == item["created_utc"]
        assert mention.text
        assert "/comments/" in mention.url


YOUNGER = {"author_fullname", "removed_by_category", "subreddit_name_prefixed"}
"""Fields that Reddit added after 2015, when the search was recorded."""


@pytest.mark.parametrize(
    ("path", "name", "younger"),
    [
        ("/message/mentions", "testinbox_mentions", set()),
        (f"/r/{SUBREDDIT}/comments/", "testsubredditstreams_comments__with_continue_after_id", set()),
        # That search was recorded in 2015: these three came later, and stand in the other recordings.
        (
            "/r/all/search/",
            "testsubreddit_search",
            {"author_fullname", "removed_by_category", "subreddit_name_prefixed"},
        ),
    ],
)
def test_the_stand_in_answers_in_reddits_shapes(path: str, name: str, younger: set[str], stage: RedditStage) -> None:
    """It gives no field that Reddit does not give there, and each of the type that it has there."""
    real = body_of(recorded(name)[0])
    stage.server.comment("vic", stage.server.post("vic", "parcelo", subreddit=SUBREDDIT), f"u/{BRAND} hello")
    ours = stage.server._api(Request("GET", path, {"q": '"parcelo"'}, {}, b"")).body
    assert isinstance(ours, dict)
    assert isinstance(real, dict)
    assert ours["data"].keys() <= real["data"].keys() | {"after", "before", "dist", "geo_filter"}
    (item,) = children(ours)
    for key, value in item.items():
        seen = [other[key] for other in children(real) if key in other]
        assert seen or key in younger
        assert value is None or not seen or type(value) in {type(other) for other in seen}


def test_a_recorded_reply_is_read(tmp_path: Path) -> None:
    """The real answer to a new comment gives its identifier, words, place and time."""
    body = body_of(recorded("testcomment_reply")[0])
    with JsonServer(Replay({"/api/comment": body})) as server:
        platform = reddit.connect(reddit.Settings(base_url=server.url), SECRETS, WATCH, tmp_path)
        mention = Mention(
            platform="reddit",
            post_id="t1_d1616q2",
            thread_id="t3_4b1tfm",
            author_id="t2_a",
            author="ana",
            text="hello",
            url="https://www.reddit.com/",
            posted_at=now(),
            kind=MentionKind.MENTION,
            permissions=Permissions(answerable=True),
        )
        reply = platform.reply(mention, approved("We are sorry."), "key", now())
        platform.close()
    assert reply.post_id == "t1_d1680wu"
    assert reply.url == "https://www.reddit.com/comments/4b1tfm/_/d1680wu/"
    assert reply.posted_at == datetime.fromtimestamp(1_458_434_031, UTC)


@pytest.mark.parametrize(
    ("name", "index", "error"),
    [
        ("testauthimplicit_implicit__with_invalid_token", 0, SignInFailed),
        ("testinbox_message__unauthorized", 0, Refused),
        ("testmodnotes_delete_note__all_notes", 2, Unavailable),
    ],
)
def test_recorded_errors_are_ours(name: str, index: int, error: type[PlatformError], stage: RedditStage) -> None:
    """Real answers of 401, 403 and 500."""
    exchange = recorded(name)[index]
    headers = exchange["headers"]
    assert isinstance(headers, dict)
    kept = {key: value for key, value in headers.items() if key.startswith(("x-ratelimit", "www-"))}
    stage.server.api_answer = Answer(int(str(exchange["status"])), body_of(exchange), kept)
    with pytest.raises(error):
        stage.platform.account()

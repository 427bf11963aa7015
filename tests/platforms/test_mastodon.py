import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit

import mastodon.errors
import pytest
from mastodon._url_regex import url_regex
from platforms.stage import Fault
from platforms.stages.mastodon import BRAND, TOKEN, WATCH, MastodonStage, open_stage
from pydantic import ValidationError

from cases.drafts import Approval, ApprovedText, text_hash
from cases.errors import (
    ConfigError,
    Gone,
    PlatformError,
    RateLimited,
    Refused,
    SignInFailed,
    Unavailable,
    Unclear,
)
from cases.platform import Batch, Platform
from cases.posts import Mention, MentionKind, Permissions, Watch
from monitor.platforms.mastodon import LIMIT, SECRETS, Settings, address, connect, measure, translate

NOW = datetime.now(UTC)
RECORDED = Path(os.environ.get("AMENDS_SHARED", Path(__file__).parents[3] / "shared")) / "recorded" / "mastodon"
ME = {"id": "1", "acct": BRAND, "url": f"https://mastodon.test/@{BRAND}", "display_name": "Parcelo"}

Json = object
Answer = tuple[int, Mapping[str, str], Json]


@dataclass
class Script:
    """A server that says what it is told to, by method and path; 404 to everything else."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    url: str = ""

    def say(self, request: str, body: Json, status: int = 200, **headers: str) -> None:
        """Answer a request such as "GET /api/v1/notifications" from now on; `_` in a header's name means a dash."""
        method, path = request.split()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[method, path] = (status, named, body)

    def platform(self, watch: Watch = WATCH) -> Platform:
        """The brand, connected to it."""
        return connect(Settings(base_url=self.url), {"TOKEN": TOKEN}, watch, Path())


@pytest.fixture
def script() -> Iterator[Script]:
    """A server that knows nothing but who we are."""
    with scripted() as made:
        made.say("GET /api/v1/accounts/verify_credentials", ME)
        yield made


@contextmanager
def scripted() -> Iterator[Script]:
    """Serve a script on loopback."""
    told = Script()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            parts = urlsplit(self.path)
            path = unquote(parts.path.rstrip("/"))
            told.asked.append((self.command, path, parse_qs(sent or parts.query)))
            status, headers, body = told.answers.get((self.command, path), (404, {}, {"error": "Record not found"}))
            self.send_response_only(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MastodonStage]:
    """The real server in this process."""
    with open_stage(tmp_path_factory.mktemp("mastodon")) as stage:
        yield stage


@pytest.fixture
def stage(network: MastodonStage) -> Iterator[MastodonStage]:
    """One server for the file; each test lets its own people speak."""
    network.heal()
    yield network
    network.heal()


def status(post_id: str = "10", **more: Json) -> dict[str, Json]:
    """A post in the API's shape, written here."""
    return {
        "id": post_id,
        "created_at": "2026-11-20T10:00:00.000Z",
        "account": {"id": "2", "acct": "ana@far.example", "display_name": "Ana", "followers_count": 12},
        "content": "<p>my parcel is late</p>",
        "visibility": "public",
        "url": f"https://far.example/@ana/{post_id}",
        "mentions": [{"id": "1", "acct": BRAND}],
        **more,
    }


def mention(post_id: str = "10", ref: str = "public", **more: str | None) -> Mention:
    """What the store hands back of such a post."""
    return Mention(
        platform="mastodon",
        post_id=post_id,
        thread_id=post_id,
        author_id="2",
        author="ana@far.example",
        text="my parcel is late",
        url="",
        posted_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
        kind=MentionKind.MENTION,
        permissions=Permissions(answerable=True),
        language=more.get("language"),
        ref=ref,
    )


def approved(text: str) -> ApprovedText:
    """A text that somebody approved."""
    return ApprovedText(text, (Approval(1, 1, text_hash(text), "lead", NOW),))


def polled(platform: Platform, cursor: str | None = None, now: datetime | None = None) -> dict[str, Mention]:
    """All of one poll, by post."""
    batches = platform.poll(cursor, now or datetime.now(UTC))
    return {found.post_id: found for batch in batches for found in batch.mentions}


# What it costs and how it is switched on


def test_importing_the_platform_does_not_load_the_library() -> None:
    """A platform that is switched off costs nothing: Mastodon.py and requests are loaded with the first call."""
    code = (
        "import sys, monitor.platforms.mastodon as m; m.measure('x'); print({'mastodon', 'requests'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("token", ["", "  ", "two words", "line\nbreak", "ключ"])
def test_a_token_that_can_be_none_is_refused_at_once(token: str, tmp_path: Path) -> None:
    """A token that would not fit into a header is a fault of the configuration, and is not repeated."""
    with pytest.raises(ConfigError, match="AMENDS_MASTODON_TOKEN") as caught:
        connect(Settings(base_url="https://mastodon.example"), {SECRETS[0]: token}, WATCH, tmp_path)
    assert not token.strip() or token not in str(caught.value)


def test_a_token_named_like_a_file_stays_a_token(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would read a file of that name; we send the token."""
    (tmp_path / TOKEN).write_text("something else\n")
    monkeypatch.chdir(tmp_path)
    assert script.platform().account().handle == f"{BRAND}@mastodon.test"


@pytest.mark.parametrize("url", ["http://mastodon.example", "mastodon.example", "ftp://mastodon.example", "https://"])
def test_a_token_is_never_sent_in_the_clear(url: str) -> None:
    """Beyond loopback only https:// will do."""
    with pytest.raises(ValidationError, match="https://"):
        Settings(base_url=url)


@pytest.mark.parametrize(
    "url", ["https://mastodon.example/", "http://127.0.0.1:3000", "http://localhost", "http://[::1]:3"]
)
def test_servers_on_loopback_need_no_encryption(url: str) -> None:
    """Test servers are reached over http://."""
    assert Settings(base_url=url).base_url == url.rstrip("/")


# Length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("late again", 10),
        ("👩‍👩‍👧‍👦 é 🇩🇪", 5),
        ("می‌رسد", 5),
        ("see https://parcelo.example/orders/2026/11/some-very-long-name-of-an-order now", 4 + 23 + 4),
        ("https://p.example", 23),
        ("(https://parcelo.example/a_(b))", 25),
        ("https://parcelo.example/a. Done", 23 + 6),
        ("https://parcelo.example/?a=1&b=2, yes", 23 + 5),
        ("شکایت https://parcelo.example/fa/پیگیری ممنون", 6 + 23 + 6),
        ("http://localhost/x", 18),
        ("parcelo.example/orders", 22),
        ("@ana@social.far-away.example hello", 4 + 6),
        ("@ana.b@far.example: hello", 6 + 7),
        ("@ana hello", 10),
        ("mail ana@far.example", 20),
        ("https://far.example/@ana@other.example/1", 23),
    ],
)
def test_length_is_counted_as_mastodon_counts(text: str, length: int) -> None:
    """Graphemes; a link is 23 long however long it is; the host of a mention is free."""
    assert measure(text) == length


@pytest.mark.parametrize(
    "text",
    [
        "a https://parcelo.example b",
        "x https://parcelo.example/a/b-c_d~e?f=g&h=i#j, and (https://www.parcelo.example/x(y)z) end.",
        "https://parcelo.example:8443/path/ and http://bücher.example.com/ä!",
        "#https://parcelo.example @https://parcelo.example",
        "https://parcelo.example/?q=%D8%A7&x=[1] and more",
    ],
)
def test_links_are_found_where_mastodon_finds_them(text: str) -> None:
    """The expression that Mastodon's own pages use, as Mastodon.py ships it, gives the same length."""
    text = text.replace(".example", ".com")  # that expression knows only top-level domains that exist
    assert measure(text) == measure(url_regex.sub(lambda found: found.group(2) + "x" * 23, text))


def test_limits_are_the_servers_own(script: Script) -> None:
    """Before the first call the usual limits hold, after it those that the server tells."""
    rules = {"max_characters": 5000, "characters_reserved_per_url": 10, "max_media_attachments": 4}
    script.say("GET /api/v2/instance", {"domain": "parcelo.example", "configuration": {"statuses": rules}})
    platform = script.platform()
    assert (platform.limit, platform.measure("https://parcelo.example/long")) == (LIMIT, 23)
    assert platform.account().handle == f"{BRAND}@parcelo.example"
    assert (platform.limit, platform.measure("https://parcelo.example/long")) == (5000, 10)


def test_an_old_server_has_the_usual_limits(script: Script) -> None:
    """A server that does not tell its rules is no error."""
    platform = script.platform()
    assert platform.account().id == "1"
    assert platform.limit == LIMIT


def test_the_author_is_mentioned_in_the_reply() -> None:
    """Without a mention Mastodon notifies nobody."""
    assert address("ana@far.example") == "@ana@far.example "


def test_private_messages_begin_at_the_profile(script: Script) -> None:
    """Mastodon has no link that opens a private message; the profile offers one."""
    assert script.platform().private_link() == ME["url"]


# Reading


def test_posts_not_meant_for_everyone_are_left_alone(stage: MastodonStage) -> None:
    """Direct and followers-only posts are no mentions, however they are found; unlisted ones are."""
    hidden = [stage.posts("dora", f"@{BRAND} parcelo #parcelo", visibility=kind) for kind in ("direct", "private")]
    shown = stage.posts("dora", f"@{BRAND} it broke", visibility="unlisted")
    found = polled(stage.platform)
    assert shown in found
    assert not found.keys() & set(hidden)


def test_a_burst_is_paged_to_its_end(stage: MastodonStage) -> None:
    """More mentions than any page holds all come, and only the last batch carries a new cursor."""
    *_, before = stage.platform.poll(None, datetime.now(UTC))
    written = {stage.says("eva", f"number {number} is missing") for number in range(95)}
    batches = list(stage.platform.poll(before.cursor, datetime.now(UTC)))
    assert written <= {found.post_id for batch in batches for found in batch.mentions}
    assert {batch.cursor for batch in batches[:-1]} == {before.cursor}
    assert batches[-1].cursor != before.cursor


def test_a_burst_that_breaks_off_is_read_again(stage: MastodonStage) -> None:
    """The line drops after the first page: the cursor has not moved, and the next poll has them all."""
    *_, before = stage.platform.poll(None, datetime.now(UTC))
    written = {stage.says("finn", f"number {number} is broken") for number in range(45)}
    had: list[Batch] = []
    reading = stage.platform.poll(before.cursor, datetime.now(UTC))
    had.append(next(reading))
    stage.break_reads(Fault.CUT)
    with pytest.raises(Unavailable):
        had.extend(reading)
    assert {batch.cursor for batch in had} == {before.cursor}
    assert written <= polled(stage.platform, before.cursor).keys()


def test_what_is_stored_does_not_come_again(stage: MastodonStage) -> None:
    """Polls overlap, but what came with a cursor that is in the store is not handed over twice; what is late comes."""
    first = stage.says("gus", "one")
    *_, last = stage.platform.poll(None, datetime.now(UTC))
    assert first not in polled(stage.platform, last.cursor)
    second = stage.says("gus", "two")
    assert polled(stage.platform, last.cursor).keys() == {second}


def test_without_a_new_cursor_all_comes_again(script: Script) -> None:
    """What came late, into the overlap, comes until the cursor has moved: the same cursor proves nothing stored."""
    script.say("GET /api/v1/timelines/tag/parcelo", [])
    platform = script_with_mentions(script, status("12"))
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    *_, last = platform.poll(None, now)
    script_with_mentions(script, status("12"), status("11", created_at="2026-11-20T09:58:00.000Z"))
    assert [polled(platform, last.cursor, now).keys() for _ in range(2)] == [{"11"}, {"11"}]


def test_each_post_comes_once_in_a_poll(stage: MastodonStage) -> None:
    """A mention that also holds the keyword and its hashtag is one mention, and stays one that turned to us."""
    post_id = stage.says("gina", "parcelo lost my box #parcelo")
    found = [
        m for batch in stage.platform.poll(None, datetime.now(UTC)) for m in batch.mentions if m.post_id == post_id
    ]
    assert [m.kind for m in found] == [MentionKind.MENTION]
    assert found[0].permissions.author_wrote_first


def test_keyword_hits_did_not_turn_to_us(stage: MastodonStage) -> None:
    """A post found by a word may be answered, but its author has not written first; excluded words keep it out."""
    hit = stage.mumbles("hana", "parcelo again, three weeks now")
    miss = stage.mumbles("hana", "sunset on parcelo island #parcelo")
    found = polled(stage.platform)
    assert (found[hit].kind, found[hit].permissions.author_wrote_first) == (MentionKind.KEYWORD, False)
    assert found[hit].permissions.answerable
    assert miss not in found


def test_an_answer_to_us_belongs_to_its_thread(stage: MastodonStage) -> None:
    """What a customer answers to our reply is a reply, in the thread that their first post began."""
    first = stage.says("iris", "my box is wet")
    reply = stage.platform.reply(polled(stage.platform)[first], approved("@iris We are sorry."), "thread-key", NOW)
    answer = stage.retorts("iris", reply.post_id, "thanks")
    found = polled(stage.platform)
    assert (found[answer].kind, found[answer].thread_id) == (MentionKind.REPLY, first)
    assert found[first].thread_id == first


def test_own_posts_are_marked(stage: MastodonStage) -> None:
    """A keyword finds our own posts too."""
    post_id = stage.posts(BRAND, "parcelo is open today")
    assert polled(stage.platform)[post_id].own


def test_a_post_that_is_read_again_shows_its_edit(stage: MastodonStage) -> None:
    """Text and time of the edit are the new ones, the thread is the known one; a deleted post is None."""
    post_id = stage.says("jon", "it is blue")
    before = polled(stage.platform)[post_id]
    stage.edit(post_id, "it is green")
    after = stage.platform.read(before)
    assert after is not None
    assert (before.edited_at, after.text, after.thread_id) == (None, f"@{BRAND} it is green", before.thread_id)
    assert after.edited_at is not None
    stage.delete(post_id)
    assert stage.platform.read(before) is None


def test_a_post_is_read_as_people_see_it(script: Script) -> None:
    """The content warning counts as text, times are UTC, numbers for identifiers are taken as text."""
    written = status(
        "11", id=11, spoiler_text="Warning: anger", edited_at="2026-11-20T11:30:00.000+01:00", language="en", url=None
    )
    written["uri"] = "javascript:alert(1)"
    script.say("GET /api/v1/statuses/11", written)
    found = script.platform().read(mention("11"))
    assert found is not None
    assert (found.text, found.post_id, found.language) == ("Warning: anger\n\nmy parcel is late", "11", "en")
    assert found.edited_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
    assert found.posted_at.utcoffset() == timedelta(0)
    assert found.url == ""
    assert (found.author, found.author_name, found.followers) == ("ana@far.example", "Ana", 12)


def test_a_boost_is_a_repost(script: Script) -> None:
    """Passing on another's words is marked, with the words and not their author."""
    booster = {"id": "3", "acct": "bo", "display_name": ""}
    boost = status("12", content="", account=booster, reblog=status("11"), mentions=[])
    script.say("GET /api/v1/timelines/tag/parcelo", [boost])
    found = polled(script_with_mentions(script), now=datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert (found["12"].repost, found["12"].author, found["12"].text) == (True, "bo", "my parcel is late")


def script_with_mentions(script: Script, *posts: dict[str, Json]) -> Platform:
    """A server with these mentions, where nothing else was said."""
    lines = [{"id": post["id"], "type": "mention", "created_at": post["created_at"], "status": post} for post in posts]
    script.say("GET /api/v1/notifications", lines)
    return script.platform()


def test_a_server_without_search_is_no_error(script: Script) -> None:
    """Mentions and hashtags come; the missing search is passed over."""
    script.say("GET /api/v1/timelines/tag/parcelo", [status("13", mentions=[])])
    found = polled(script_with_mentions(script, status("12")), now=datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert {post_id: m.kind for post_id, m in found.items()} == {"12": MentionKind.MENTION, "13": MentionKind.KEYWORD}


def test_a_server_that_closes_its_hashtags_is_no_error(script: Script) -> None:
    """Where hashtags are not open to us, they are not asked for."""
    access = {"hashtag_feeds": {"local": "disabled", "remote": "disabled"}}
    configuration = {"statuses": {"max_characters": 500}, "timelines_access": access}
    script.say("GET /api/v2/instance", {"domain": "mastodon.test", "configuration": configuration})
    assert polled(script_with_mentions(script, status("12")), now=datetime(2026, 11, 20, 12, tzinfo=UTC)).keys() == {
        "12"
    }
    assert not [path for _, path, _ in script.asked if "/tag/" in path]


def test_hashtags_are_made_of_keywords(script: Script) -> None:
    """Spaces and signs are left out, and a number alone is no hashtag."""
    script_with_mentions(script)
    polled(script.platform(Watch(keywords=("Parcelo Express", "24", "پست‌یار"))))
    tags = [path.rpartition("/")[2] for _, path, _ in script.asked if "/tag/" in path]
    assert tags == ["ParceloExpress", "پستیار"]


def test_what_is_dated_ahead_does_not_hide_what_comes_after(script: Script) -> None:
    """Any server can date a post as it likes: what is written after such a post still comes."""
    ahead = status("13", created_at="2031-01-01T00:00:00.000Z", mentions=[], content="<p>#parcelo</p>")
    platform = script_with_mentions(script)
    script.say("GET /api/v1/timelines/tag/parcelo", [ahead])
    *_, last = platform.poll(None, NOW)
    written = (NOW + timedelta(minutes=1)).isoformat()
    script.say("GET /api/v1/timelines/tag/parcelo", [ahead, status("14", created_at=written, mentions=[])])
    assert "14" in polled(platform, last.cursor, NOW + timedelta(minutes=2))


def test_the_servers_clock_may_be_slow(script: Script) -> None:
    """A keyword hit from a server whose clock is right does not hide mentions that are dated an hour ago."""
    platform = script_with_mentions(script)
    script.say("GET /api/v1/timelines/tag/parcelo", [status("13", created_at=NOW.isoformat(), mentions=[])])
    *_, last = platform.poll(None, NOW)
    script_with_mentions(script, status("12", created_at=(NOW - timedelta(hours=1)).isoformat()))
    assert "12" in polled(platform, last.cursor, NOW)


def test_a_long_stop_loses_nothing(script: Script) -> None:
    """A first poll that finds nothing looked a day back; the next one, days later, goes on from there."""
    platform = script_with_mentions(script)
    script.say("GET /api/v1/timelines/tag/parcelo", [])
    *_, last = platform.poll(None, NOW)
    script_with_mentions(script, status("12", created_at=(NOW + timedelta(hours=1)).isoformat()))
    assert polled(platform, last.cursor, NOW + timedelta(days=4)).keys() == {"12"}


# Writing


def test_a_reply_is_the_approved_text_and_nothing_else(script: Script) -> None:
    """The text goes out letter for letter, as visible as the post, in its language."""
    script.say("POST /api/v1/statuses", status("20", in_reply_to_id="10"))
    text = "@ana@far.example We lost it.  Sorry <b>&\n\nAna"
    reply = script.platform().reply(mention(ref="unlisted", language="en"), approved(text), "key-1", NOW)
    assert (reply.post_id, reply.text) == ("20", text)
    (sent,) = [form for method, _, form in script.asked if method == "POST"]
    assert sent["status"] == [text]
    assert (sent["visibility"], sent["in_reply_to_id"], sent["language"]) == (["unlisted"], ["10"], ["en"])


def test_one_key_makes_one_post(stage: MastodonStage) -> None:
    """The same write once more is no second post: the server knows the key."""
    post_id = stage.says("kim", "no box")
    found = polled(stage.platform)[post_id]
    first = stage.platform.reply(found, approved("@kim We are on it."), "same-key", NOW)
    second = stage.platform.reply(found, approved("@kim We are on it."), "same-key", NOW)
    assert first.post_id == second.post_id
    assert stage.replies_to(found) == ["@kim We are on it."]


def test_a_write_is_tried_once(stage: MastodonStage) -> None:
    """One request leaves, whatever becomes of it."""
    post_id = stage.says("lou", "no box either")
    found = polled(stage.platform)[post_id]
    for fault, error in ((Fault.SERVER_ERROR, Unclear), (Fault.CUT, Unclear), (Fault.RATE_LIMITED, RateLimited)):
        stage.break_writes(fault)
        stage.proxy.requests.clear()
        with pytest.raises(error):
            stage.platform.reply(found, approved("@lou Sorry."), f"key-{fault}", NOW)
        assert [method for method, _ in stage.proxy.requests] == ["POST"]
    assert stage.replies_to(found) == []


def test_a_reply_is_recognised_in_mastodons_html(script: Script) -> None:
    """Shortened links, linked mentions without their host and paragraphs are seen through."""
    text = "@ana@far.example We lost it.\n\nSee https://www.parcelo.example/orders/summer/17"
    content = (
        '<p><span class="h-card"><a class="u-url mention" href="https://far.example/@ana">@<span>ana</span></a></span> '
        'We lost it.</p><p>See <a href="https://www.parcelo.example/orders/summer/17"><span class="invisible">'
        'https://www.</span><span class="ellipsis">parcelo.example/orders/su</span><span class="invisible">mmer/17'
        "</span></a></p>"
    )
    ours = status("20", account=ME, content=content, in_reply_to_id="10")
    others = [
        status("19", content=content, in_reply_to_id="10"),
        status("21", account=ME, content=content, in_reply_to_id="19"),
        status("22", account=ME, content=content, in_reply_to_id="10", visibility="direct"),
    ]
    script.say("GET /api/v1/statuses/10/context", {"ancestors": [], "descendants": [*others, ours]})
    platform = script.platform()
    seen = platform.find_reply(mention(), "key", text)
    assert seen.reply is not None
    assert (seen.reply.post_id, seen.complete) == ("20", True)
    assert platform.find_reply(mention()).reply == seen.reply
    other = platform.find_reply(mention(), "key", text + "!")
    assert (other.reply, other.complete) == (None, True)
    unknown = platform.find_reply(mention(), "key")
    assert (unknown.reply, unknown.complete) == (None, False)


def test_a_thread_too_long_to_be_shown_whole_proves_no_absence(script: Script) -> None:
    """The server cuts a thread off after 4,096 replies."""
    crowd = [status(str(number), in_reply_to_id="10") for number in range(100, 100 + 4096)]
    script.say("GET /api/v1/statuses/10/context", {"ancestors": [], "descendants": crowd})
    assert not script.platform().find_reply(mention(), "key", "text").complete


def test_a_reply_under_a_deleted_post_is_found_by_its_text(script: Script) -> None:
    """The server forgets what our reply answered; our own posts since then still show it, or show its absence."""
    own = status("20", account=ME, content="<p>@ana Sorry.</p>", in_reply_to_account_id="2")
    older = status("5", account=ME, created_at="2026-11-19T00:00:00.000Z")
    script.say("GET /api/v1/accounts/1/statuses", [own, older])
    platform = script.platform()
    seen = platform.find_reply(mention(), "key", "@ana@far.example Sorry.")
    assert seen.reply is not None
    assert seen.reply.post_id == "20"
    absent = platform.find_reply(mention(), "key", "@ana@far.example Another text.")
    assert (absent.reply, absent.complete) == (None, True)
    assert not platform.find_reply(mention()).complete


def test_too_many_own_posts_prove_no_absence(script: Script) -> None:
    """The look at our own posts ends after some pages, and then says that it was not complete."""
    script.say("GET /api/v1/accounts/1/statuses", [status("20", account=ME)] * 40)
    assert not script.platform().find_reply(mention(), "key", "text").complete


# What goes wrong

READ_AND_WRITE: dict[str, tuple[type[PlatformError], type[PlatformError]]] = {
    "MastodonError": (Unavailable, Unclear),
    "MastodonVersionError": (Refused, Refused),
    "MastodonIllegalArgumentError": (Refused, Refused),
    "MastodonIOError": (Unavailable, Unclear),
    "MastodonFileNotFoundError": (Unavailable, Unclear),
    "MastodonNetworkError": (Unavailable, Unclear),
    "MastodonReadTimeout": (Unavailable, Unclear),
    "MastodonAPIError": (Unavailable, Unclear),
    "MastodonServerError": (Unavailable, Unclear),
    "MastodonInternalServerError": (Unavailable, Unclear),
    "MastodonBadGatewayError": (Unavailable, Unclear),
    "MastodonServiceUnavailableError": (Unavailable, Unclear),
    "MastodonGatewayTimeoutError": (Unavailable, Unclear),
    "MastodonNotFoundError": (Gone, Gone),
    "MastodonUnauthorizedError": (SignInFailed, SignInFailed),
    "MastodonRatelimitError": (RateLimited, RateLimited),
    "MastodonMalformedEventError": (Unavailable, Unclear),
    "MastodonWarning": (Unavailable, Unclear),
    "MastodonDeprecationWarning": (Unavailable, Unclear),
}
STATUS_OF = {"MastodonNotFoundError": 404, "MastodonUnauthorizedError": 401}


def test_every_error_of_the_library_is_mapped() -> None:
    """An error that a newer Mastodon.py brings must be thought about before this passes again."""
    names = {name for name, kind in inspect.getmembers(mastodon.errors, inspect.isclass) if issubclass(kind, Exception)}
    assert names == READ_AND_WRITE.keys()


@pytest.mark.parametrize("name", READ_AND_WRITE)
def test_errors_of_the_library_become_ours(name: str) -> None:
    """Reads and writes have their own answers to the same trouble."""
    code = (STATUS_OF[name], "reason", "words") if name in STATUS_OF else ()
    error = getattr(mastodon.errors, name)("Mastodon API returned error", *code)
    kinds = tuple(type(translate(error, "x", {}, TOKEN, write=write)) for write in (False, True))
    assert kinds == READ_AND_WRITE[name]


@pytest.mark.parametrize(
    ("code", "on_read", "on_write"),
    [
        (400, Refused, Refused),
        (401, SignInFailed, SignInFailed),
        (403, SignInFailed, Refused),
        (404, Gone, Gone),
        (408, Unavailable, Unclear),
        (410, Gone, Gone),
        (413, Refused, Refused),
        (418, Unavailable, Unclear),
        (422, Refused, Refused),
        (429, RateLimited, RateLimited),
        (500, Unavailable, Unclear),
        (502, Unavailable, Unclear),
        (503, Unavailable, Unclear),
        (504, Unavailable, Unclear),
        (520, Unavailable, Unclear),
    ],
)
def test_answers_become_errors(
    code: int, on_read: type[PlatformError], on_write: type[PlatformError], script: Script
) -> None:
    """A write counts as not done only where the server itself says so."""
    script.say("GET /api/v1/notifications", {"error": "no"}, code)
    script.say("POST /api/v1/statuses", {"error": "no"}, code)
    platform = script.platform()
    with pytest.raises(on_read) as read:
        polled(platform)
    with pytest.raises(on_write) as written:
        platform.reply(mention(), approved("text"), "key", NOW)
    assert (type(read.value), type(written.value)) == (on_read, on_write)
    assert read.value.__cause__ is not None


NONSENSE: list[Json] = [
    b"",
    b"<html>captive portal</html>",
    b'{"cut": ',
    b"\xff\xfe",
    [],
    {},
    None,
    7,
    "words",
    [[]],
    [7, None],
    [{}],
    {"id": None},
    {"statuses": 3},
    {"error": "on a 200"},
    status(created_at="yesterday"),
    status(account=None),
    status(account={"id": []}),
    status(created_at="2026-11-20T10:00:00"),
    b"[" * 50_000,
]


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_never_believed(body: Json, script: Script) -> None:
    """A read of nonsense is no post and no absence; a write answered by it is unclear."""
    script.say("GET /api/v1/statuses/10", body)
    script.say("GET /api/v1/statuses/10/context", body)
    script.say("POST /api/v1/statuses", body)
    platform = script.platform()
    with pytest.raises(Unavailable):
        platform.read(mention())
    with pytest.raises(Unavailable):
        platform.find_reply(mention(), "key", "text")
    with pytest.raises(Unclear) as caught:
        platform.reply(mention(), approved("text"), "key", NOW)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("body", [b"", b"<html>", {}, None, 7, [7], [{}], [{"id": "1"}], {"error": "x"}])
def test_a_list_that_is_none_stops_the_poll(body: Json, script: Script) -> None:
    """Nonsense in place of mentions is an error, not a quiet minute."""
    script.say("GET /api/v1/notifications", body)
    with pytest.raises(Unavailable):
        polled(script.platform())


def test_nobody_there_is_unavailable() -> None:
    """A refused connection on a read; on a write it stays unclear."""
    platform = connect(Settings(base_url="http://127.0.0.1:9"), {"TOKEN": TOKEN}, WATCH, Path())
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9"):
        platform.account()
    with pytest.raises(Unclear):
        platform.reply(mention(), approved("text"), "key", NOW)


RESET = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({"X_RateLimit_Reset": "2026-11-23T10:05:00.000000Z"}, RESET),
        ({"X_RateLimit_Reset": "2026-11-23T10:05:00"}, RESET),
        ({"X_RateLimit_Reset": str(int(RESET.timestamp()))}, RESET),
        ({"Retry_After": "300", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, RESET),
        ({"Retry_After": "Mon, 23 Nov 2026 10:05:00 GMT"}, RESET),
        ({"Retry_After": "300"}, None),
        ({"Retry_After": "soon"}, None),
        ({"X_RateLimit_Reset": "soon"}, None),
        ({"X_RateLimit_Reset": "9" * 30}, None),
        ({}, None),
    ],
)
def test_a_rate_limit_lasts_as_long_as_told(headers: dict[str, str], until: datetime | None, script: Script) -> None:
    """The end of a limit is read from whatever header tells it; without one it is open."""
    script.say("GET /api/v1/notifications", {"error": "Too many requests"}, 429, **headers)
    with pytest.raises(RateLimited) as caught:
        polled(script.platform())
    assert caught.value.until == until


def test_the_end_of_an_earlier_window_is_not_mistaken_for_the_limits(script: Script) -> None:
    """Every answer tells when its window ends; only the one that refuses us counts."""
    later = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    script.say("GET /api/v1/accounts/verify_credentials", ME, X_RateLimit_Reset=later)
    script.say("GET /api/v1/notifications", {"error": "Too many requests"}, 429)
    with pytest.raises(RateLimited) as caught:
        polled(script.platform())
    assert caught.value.until is None


def test_no_message_holds_the_token(script: Script) -> None:
    """Not even where the server repeats it."""
    for code in (400, 401, 403, 404, 422, 500):
        script.say("GET /api/v1/accounts/verify_credentials", {"error": f"Bearer {TOKEN} is no good"}, code)
        with pytest.raises(PlatformError) as caught:
            script.platform().account()
        assert TOKEN not in str(caught.value)


def test_what_a_server_says_is_shown_short_and_plain(script: Script) -> None:
    """An error text from outside keeps to one line and a bounded length."""
    script.say("GET /api/v1/accounts/verify_credentials", {"error": "a\n\x1b[31mb\r\n" + "x" * 5000}, 422)
    with pytest.raises(Refused) as caught:
        script.platform().account()
    assert re.fullmatch(r"[^\x00-\x1f]{1,400}", str(caught.value))


# Real traffic


def recorded(name: str) -> list[dict[str, Json]]:
    """Exchanges with a real server; skips where there are none."""
    path = RECORDED / f"{name}.json"
    if not path.exists():
        pytest.skip(f"no recorded traffic: {path} is missing (AMENDS_SHARED names the folder above `recorded`)")
    found: list[dict[str, Json]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def replay(script: Script, name: str, choose: Callable[[dict[str, Json]], bool] = bool) -> list[dict[str, Json]]:
    """Let the server answer as a real one did; the chosen exchanges."""
    chosen = [exchange for exchange in recorded(name) if choose(exchange)]
    for exchange in chosen:
        headers = {key.title(): value for key, value in as_dict(exchange["headers"]).items() if key.startswith("x-")}
        key = (str(exchange["method"]), str(exchange["path"]).rstrip("/"))
        script.answers[key] = (int(str(exchange["status"])), {k: str(v) for k, v in headers.items()}, exchange["body"])
    return chosen


def as_dict(value: Json) -> dict[str, Json]:
    """The value, which must be an object."""
    assert isinstance(value, dict)
    return value


def test_mentions_of_a_real_server_are_read(script: Script) -> None:
    """A recorded mention comes out with its own identifiers and without markup."""
    replay(script, "grouped_notification_pagination", lambda exchange: str(exchange["path"]).endswith("credentials"))
    exchanges = replay(script, "notifications_mentions_only", lambda exchange: exchange["method"] == "GET")
    listed = next(exchange["body"] for exchange in exchanges if isinstance(exchange["body"], list))
    post = as_dict(as_dict(listed[0])["status"])
    now = datetime.fromisoformat(str(post["created_at"])) + timedelta(minutes=1)
    found = polled(script.platform(Watch()), now=now)[str(post["id"])]
    assert (found.kind, found.own, found.url) == (MentionKind.MENTION, False, post["url"])
    assert found.posted_at == datetime.fromisoformat(str(post["created_at"]))
    assert found.text.startswith("@")
    assert not set("<>") & set(found.text)


def test_a_reply_on_a_real_server_is_understood(script: Script) -> None:
    """What a real server answers to a post becomes our reply, and is recognised in a thread."""
    replay(script, "status_reply", lambda exchange: exchange["method"] == "GET")
    posts = replay(script, "status_reply", lambda exchange: exchange["method"] == "POST")
    made = as_dict(posts[-1]["body"])
    answered = mention(str(made["in_reply_to_id"]))
    platform = script.platform()
    reply = platform.reply(answered, approved("any text"), "key", NOW)
    assert (reply.post_id, reply.url) == (made["id"], made["url"])
    script.say(f"GET /api/v1/statuses/{answered.post_id}/context", {"ancestors": [], "descendants": [made]})
    seen = platform.find_reply(answered).reply
    assert seen is not None
    assert seen.post_id == made["id"]
    assert platform.find_reply(answered, "key", seen.text).reply == seen


def test_a_missing_post_of_a_real_server_is_gone(script: Script) -> None:
    """The recorded 404 reads as None."""
    replay(script, "status_missing")
    assert script.platform().read(mention("0")) is None


def test_a_refused_token_of_a_real_server_fails_the_sign_in(script: Script) -> None:
    """The recorded 401, where the account is asked for."""
    (exchange,) = [each for each in recorded("unauthed_home_tl_throws") if each["status"] == 401]
    script.say("GET /api/v1/accounts/verify_credentials", exchange["body"], 401)
    with pytest.raises(SignInFailed, match="AMENDS_MASTODON_TOKEN"):
        script.platform().account()


def test_an_empty_search_of_a_real_server_finds_nothing(script: Script) -> None:
    """The recorded search without posts, and the recorded thread without replies, are empty and no error."""
    replay(script, "search")
    script_with_mentions(script)
    script.say("GET /api/v1/timelines/tag/parcelo", [])
    assert polled(script.platform()) == {}
    (exchange,) = replay(script, "status_context", lambda each: str(each["path"]).endswith("/context"))
    post_id = str(exchange["path"]).split("/")[-2]
    seen = script.platform().find_reply(mention(post_id))
    assert (seen.reply, seen.complete) == (None, True)

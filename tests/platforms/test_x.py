"""X: the real tweepy against a stand-in on loopback, recorded traffic, and X's own description of its API."""

import inspect
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import tweepy.errors
from hypothesis import given
from hypothesis import strategies as st
from platforms.json_server import Answer, JsonServer, Request
from platforms.stage import Fault
from platforms.stages.x import BRAND, BRAND_ID, SECRETS, WATCH, XStage, open_stage
from pydantic import ValidationError

from cases.drafts import Approval, ApprovedText, text_hash
from cases.errors import BudgetSpent, Gone, PlatformError, RateLimited, Refused, SignInFailed, Unavailable, Unclear
from cases.platform import Batch, Platform
from cases.posts import Mention, MentionKind, Watch
from monitor.platforms import x

SHARED = Path(os.environ.get("AMENDS_SHARED", Path(__file__).parents[2].parent / "shared"))
RECORDED = SHARED / "recorded" / "x"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[XStage]:
    """An X of one's own."""
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


def polled(stage: XStage, post_id: str) -> Mention:
    """The mention that a poll makes of a post."""
    (found,) = [m for batch in batches(stage.platform) for m in batch.mentions if m.post_id == post_id]
    return found


def asked(stage: XStage, path: str) -> list[Request]:
    """The requests that reached the stand-in's path."""
    return [request for request, _ in stage.http.traffic if request.path == path]


MENTIONS = f"/2/users/{BRAND_ID}/mentions"
SEARCH = "/2/tweets/search/recent"
TIMELINE = f"/2/users/{BRAND_ID}/tweets"


# --- reading


def test_a_mention_carries_xs_terms(stage: XStage) -> None:
    """Not for training, to be looked at again within a day, its author's followers known."""
    post_id = stage.says("ana", "where is it")
    at = now()
    (mention,) = [m for batch in batches(stage.platform, at=at) for m in batch.mentions]
    assert mention.post_id == post_id
    assert not mention.permissions.may_train
    assert mention.permissions.forget_by == at + timedelta(hours=24)
    assert (mention.author, mention.author_name, mention.followers) == ("ana", "Ana", 41)
    assert mention.url == f"https://x.com/ana/status/{post_id}"


def test_a_keyword_hit_can_not_be_answered_through_the_api(stage: XStage) -> None:
    """Its author neither mentioned nor quoted the account, and the reason says so."""
    mention = polled(stage, stage.mumbles("ben", "parcelo lost it"))
    assert mention.kind is MentionKind.KEYWORD
    assert not mention.permissions.answerable
    assert "mentioned or quoted" in mention.permissions.why_not


def test_a_quote_of_ours_is_a_mention_that_can_be_answered(stage: XStage) -> None:
    """Quoting counts as turning to the account, though no name stands in the text."""
    ours = stage.server.tweet(BRAND, "we deliver")
    quote = stage.server.tweet("cleo", f"parcelo does not https://x.com/{BRAND}/status/{ours}", quotes=ours)
    mention = polled(stage, quote)
    assert mention.kind is MentionKind.MENTION
    assert mention.permissions.answerable
    assert mention.permissions.author_wrote_first


def test_a_quote_of_somebody_else_is_a_keyword_hit(stage: XStage) -> None:
    """Only a quote of our own posts opens the door."""
    other = stage.server.tweet("dan", "hello")
    quote = stage.server.tweet("eve", f"parcelo too https://x.com/dan/status/{other}", quotes=other)
    assert not polled(stage, quote).permissions.answerable


def test_an_author_who_restricts_replies_lets_those_mentioned_reply(stage: XStage) -> None:
    """A restricted post that mentions the account is open to it; one that only quotes it is not."""
    ours = stage.server.tweet(BRAND, "we deliver")
    named = stage.says("fay", "help")
    quote = stage.server.tweet("fay", f"parcelo? https://x.com/{BRAND}/status/{ours}", quotes=ours)
    for post_id in (named, quote):
        stage.server.tweets[post_id]["reply_settings"] = "following"
    assert polled(stage, named).permissions.answerable
    assert "some people" in polled(stage, quote).permissions.why_not


def test_text_is_what_a_person_sees(stage: XStage) -> None:
    """Escaped signs are signs again, and shortened links stand as they were written."""
    mention = polled(stage, stage.says("gil", "R&D <3 https://gil.example/a?b=1&c=2"))
    assert mention.text == f"@{BRAND} R&D <3 https://gil.example/a?b=1&c=2"


def test_a_long_post_comes_whole(stage: XStage) -> None:
    """What X cuts from `text` stands in the note."""
    post_id = stage.says("hal", "it begins")
    stage.server.tweets[post_id]["note_tweet"] = {"text": f"@{BRAND} it begins" + " and goes on" * 40}
    assert polled(stage, post_id).text.endswith("and goes on")


def test_null_stands_for_nothing(stage: XStage) -> None:
    """X's document allows null in many places; it means that there is none."""
    post_id = stage.says("ida", "hello")
    stage.server.tweets[post_id] |= {
        "entities": {"mentions": None, "urls": None},
        "referenced_tweets": None,
        "lang": None,
    }
    page = {
        "data": [stage.server.tweets[post_id]],
        "includes": {"users": None},
        "meta": {"result_count": 1, "next_token": None},
    }
    stage.platform.account()
    stage.server.api_answer = Answer(200, page)
    assert {m.post_id for batch in batches(stage.platform) for m in batch.mentions} == {post_id}


@pytest.mark.parametrize("lang", ["und", "qme", "zxx", None])
def test_xs_own_language_tags_mean_no_language(lang: str | None, stage: XStage) -> None:
    """Three letters stand for posts without words."""
    post_id = stage.says("ivy", "…")
    stage.server.tweets[post_id]["lang"] = lang
    assert polled(stage, post_id).language is None


def test_an_edited_post_keeps_its_identifier(stage: XStage) -> None:
    """X gives an edit a new identifier: the case stays one, and the answer goes to the newest version."""
    first = stage.says("jo", "one vase broke")
    old = polled(stage, first)
    newest = stage.server.edit(first, f"@{BRAND} two vases broke")
    fresh = stage.platform.read(old)
    assert fresh is not None
    assert (fresh.post_id, fresh.posted_at, fresh.text) == (first, old.posted_at, f"@{BRAND} two vases broke")
    assert (fresh.ref, fresh.edited_at is not None, fresh.thread_id) == (newest, True, old.thread_id)
    assert polled(stage, first).text == fresh.text
    reply = stage.platform.reply(fresh, approved("We are sorry."), "key", now())
    assert stage.server.tweets[reply.post_id]["referenced_tweets"] == [{"type": "replied_to", "id": newest}]
    assert stage.platform.find_reply(fresh).reply == reply


def test_a_post_that_x_can_not_show_just_now_is_not_gone(stage: XStage) -> None:
    """Only X's word that it is gone or hidden means gone; any other problem means later."""
    mention = polled(stage, stage.says("kai", "hello"))
    for kind, gone in (("resource-not-found", True), ("not-authorized-for-resource", True), ("internal-error", False)):
        problem = {"title": "x", "detail": "x", "type": f"https://api.x.com/2/problems/{kind}"}
        stage.server.api_answer = Answer(200, {"errors": [problem]})
        if gone:
            assert stage.platform.read(mention) is None
        else:
            with pytest.raises(Unavailable):
                stage.platform.read(mention)


def test_a_post_that_is_slow_to_be_indexed_is_not_missed(stage: XStage) -> None:
    """The mark stays half a minute behind, so that a lower identifier that shows up late is read."""
    late = stage.says("lou", "I come late")
    hidden = stage.server.tweets.pop(late)
    stage.says("lou", "I come first")
    cursor = batches(stage.platform)[-1].cursor
    stage.server.tweets = {late: hidden, **stage.server.tweets}
    assert late in {m.post_id for batch in batches(stage.platform, cursor) for m in batch.mentions}


def test_keywords_that_fill_a_query_go_into_several(stage: XStage, tmp_path: Path) -> None:
    """X takes 512 characters: no keyword is dropped for it."""
    watch = Watch(tuple(f'brand "{number}" of ours' for number in range(60)), tuple(f"other {n}" for n in range(60)))
    platform = x.connect(x.Settings(base_url=stage.http.url), SECRETS, watch, tmp_path)
    hit = stage.mumbles("mia", "brand  59  of ours is late")
    pages = batches(platform)
    found = {mention.post_id for page in pages for mention in page.mentions}
    platform.close()
    queries = [request.query["query"] for request in asked(stage, SEARCH)]
    assert len(queries) > 1
    assert max(map(len, queries)) <= 512
    assert hit in found
    marks = [json.loads(page.cursor or "{}") for page in pages]
    assert ["search" in mark for mark in marks] == [False] * (len(marks) - 1) + [True]


def test_search_never_reaches_further_back_than_x_allows(stage: XStage) -> None:
    """After two weeks of silence the search begins six days back, not at an identifier that X refuses."""
    stage.mumbles("ned", "parcelo")
    cursor = batches(stage.platform)[-1].cursor
    at = now() + timedelta(days=14)
    batches(stage.platform, cursor, at)
    query = asked(stage, SEARCH)[-1].query
    assert "since_id" not in query
    begun = datetime.fromisoformat(query["start_time"])
    assert timedelta(days=6) < at - begun < timedelta(days=7)


@pytest.mark.parametrize("cursor", ["nonsense", "[]", '{"mentions": -1}', '{"mentions": "x"}'])
def test_a_cursor_that_can_not_be_read_begins_anew(cursor: str, stage: XStage) -> None:
    """A damaged cursor costs a day's reading, not a crash."""
    post_id = stage.says("ola", "hello")
    assert post_id in {m.post_id for batch in batches(stage.platform, cursor) for m in batch.mentions}


def test_the_cursor_waits_for_the_end_of_a_burst(stage: XStage) -> None:
    """While 250 mentions are paged, each batch but the last carries the mark that stood before."""
    stage.says("pam", "first")
    before = batches(stage.platform)[-1].cursor
    burst = {stage.says("pam", f"number {number}") for number in range(250)}
    pages = batches(stage.platform, before)
    assert [page.cursor for page in pages[:2]] == [before, before]
    assert burst <= {mention.post_id for page in pages for mention in page.mentions}


# --- money


def test_each_read_is_counted_at_its_price(stage: XStage) -> None:
    """Signing in is one read; a mention costs a tenth of a cent, a keyword hit half a cent."""
    for number in range(7):
        stage.says("quin", f"number {number}")
    stage.mumbles("quin", "parcelo")
    batches(stage.platform)
    assert stage.platform.take_cost() == pytest.approx(0.005 + 7 * 0.001 + 0.005)
    assert stage.platform.take_cost() == 0.0


def test_a_quiet_hour_costs_nothing(stage: XStage) -> None:
    """What was read is not read again once it is older than the overlap."""
    stage.says("rob", "hello")
    stage.mumbles("rob", "parcelo")
    cursor = batches(stage.platform, at=now() + timedelta(minutes=1))[-1].cursor
    stage.platform.take_cost()
    for minutes in range(2, 62):
        cursor = batches(stage.platform, cursor, now() + timedelta(minutes=minutes))[-1].cursor
    assert stage.platform.take_cost() == 0.0


@pytest.mark.parametrize("allowance", [0.0, 0.004, 0.009, 0.0123, 0.03, 0.1, 0.2])
def test_polling_stops_before_it_goes_over(allowance: float, stage: XStage) -> None:
    """No page is asked for that could cost more than is left; it goes on at midnight UTC."""
    for number in range(60):
        stage.says("sue", f"number {number}")
        stage.mumbles("sue", f"parcelo {number}")
    at = now()
    with pytest.raises(BudgetSpent, match="daily_cap_usd") as caught:
        list(stage.platform.poll(None, at, allowance))
    assert stage.platform.take_cost() <= allowance + 1e-9
    assert caught.value.until == datetime(at.year, at.month, at.day, tzinfo=UTC) + timedelta(days=1)


def test_what_was_paid_for_is_handed_over_before_the_stop(stage: XStage) -> None:
    """The mentions come whole, with their cursor, though there is no money left for the search."""
    stage.platform.account()
    ids = {stage.says("tom", f"number {number}") for number in range(12)}
    poll = stage.platform.poll(None, now(), 0.03)
    batch = next(poll)
    with pytest.raises(BudgetSpent):
        next(poll)
    assert {mention.post_id for mention in batch.mentions} == ids
    assert batch.cursor is not None
    assert json.loads(batch.cursor).keys() == {"mentions"}


def test_a_reply_costs_more_with_a_link(stage: XStage) -> None:
    """Which is why links are left out of drafts here."""
    first, second = polled(stage, stage.says("uli", "one")), polled(stage, stage.says("uli", "two"))
    stage.platform.take_cost()
    stage.platform.reply(first, approved("We are sorry."), "one", now())
    assert stage.platform.take_cost() == pytest.approx(0.015)
    stage.platform.reply(second, approved("Sorry, see parcelo.com/help"), "two", now())
    assert stage.platform.take_cost() == pytest.approx(0.20)
    assert x.LINK_COSTS


def test_namesakes_are_not_paid_for(stage: XStage) -> None:
    """What X can leave out for us costs nothing."""
    stage.platform.account()
    stage.platform.take_cost()
    stage.mumbles("una", "holidays on parcelo island")
    assert not [mention for batch in batches(stage.platform) for mention in batch.mentions]
    assert stage.platform.take_cost() == 0.0


def test_looking_for_a_reply_pays_for_each_of_our_posts_once(stage: XStage) -> None:
    """A case that waits for days is looked at every minute: what was read is remembered."""
    mention = polled(stage, stage.says("val", "hello"))
    for number in range(5):
        stage.server.tweet(BRAND, f"good morning {number}")
    stage.platform.take_cost()
    stage.platform.find_reply(mention)
    assert stage.platform.take_cost() == pytest.approx(5 * 0.005)
    stage.platform.find_reply(mention)
    assert stage.platform.take_cost() == 0.0


# --- writing


def test_a_reply_is_found_under_the_handle_that_x_puts_before_it(stage: XStage) -> None:
    """X stores our words with the author's handle and escaped: they are recognised and come back as approved."""
    mention = polled(stage, stage.says("wes", "hello"))
    words = "We're sorry & will put it right <3"
    reply = stage.platform.reply(mention, approved(words), "key", now())
    assert str(stage.server.tweets[reply.post_id]["text"]).startswith("@wes We're sorry &amp;")
    for sighting in (stage.platform.find_reply(mention), stage.platform.find_reply(mention, "key", words)):
        assert sighting.reply is not None
        assert sighting.reply.text == words
    assert stage.platform.find_reply(mention, "key", "Other words").reply is None


def test_a_reply_to_an_older_post_is_found_after_a_younger_one_was_looked_for(stage: XStage) -> None:
    """What is remembered of our timeline is filled up at its lower end too."""
    older, younger = polled(stage, stage.says("xan", "one")), polled(stage, stage.says("xan", "two"))
    answer = stage.server.tweet(BRAND, "@xan Sorry.", older.post_id)
    later = stage.says("xan", "three")
    stage.server.tweet(BRAND, "@xan Sorry again.", younger.post_id)
    assert stage.platform.find_reply(polled(stage, later)).reply is None
    found = stage.platform.find_reply(older)
    assert found.reply is not None
    assert found.reply.post_id == answer
    assert stage.platform.find_reply(younger).reply is not None


def test_a_look_that_fails_half_way_is_made_again_whole(stage: XStage) -> None:
    """A page of our timeline that was not read leaves no gap behind."""
    mention = polled(stage, stage.says("yan", "hello"))
    answer = stage.server.tweet(BRAND, "@yan Sorry.", mention.post_id)
    for number in range(120):
        stage.server.tweet(BRAND, f"good morning {number}")
    whole = stage.server.answer
    stage.server.answer = lambda request: (  # type: ignore[method-assign]  # the second page fails
        Answer(503, {}) if "pagination_token" in request.query else whole(request)
    )
    stage.http._answer = stage.server.answer
    with pytest.raises(Unavailable):
        stage.platform.find_reply(mention)
    stage.http._answer = whole
    found = stage.platform.find_reply(mention)
    assert found.reply is not None
    assert found.reply.post_id == answer


def test_a_duplicate_is_unclear_first_and_refused_once_it_was_looked_for(stage: XStage) -> None:
    """The same words may stand there from an attempt before; tried again after two looks, they stand elsewhere."""
    one, two = polled(stage, stage.says("zoe", "one")), polled(stage, stage.says("zoe", "two"))
    text = approved("We are sorry.")
    stage.platform.reply(one, text, "one", now())
    with pytest.raises(Unclear):
        stage.platform.reply(two, text, "two", now())
    sighting = stage.platform.find_reply(two, "two", text.text)
    assert (sighting.reply, sighting.complete) == (None, True)
    with pytest.raises(Refused, match="change some words"):
        stage.platform.reply(two, text, "two", now())
    assert stage.replies_to(two) == []


def test_a_reply_that_xs_rules_forbid_is_refused(stage: XStage) -> None:
    """The author did not mention us: X says no, and nothing is posted."""
    mention = polled(stage, stage.mumbles("abe", "parcelo"))
    with pytest.raises(Refused, match="not allowed"):
        stage.platform.reply(mention, approved("We are sorry."), "key", now())


def test_a_reply_to_a_deleted_post_is_gone(stage: XStage) -> None:
    """X refuses it in words of its own."""
    mention = polled(stage, stage.says("bea", "hello"))
    stage.delete(mention.post_id)
    with pytest.raises(Gone):
        stage.platform.reply(mention, approved("We are sorry."), "key", now())


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.CUT, Fault.ACCEPTED_THEN_CUT, Fault.NONSENSE])
def test_a_write_is_sent_once(fault: Fault, stage: XStage) -> None:
    """Nothing below us tries again."""
    mention = polled(stage, stage.says("cid", "hello"))
    stage.break_writes(fault)
    with pytest.raises(Unclear):
        stage.platform.reply(mention, approved("We are sorry."), "key", now())
    assert [request for request in stage._proxy.requests if request[0] == "POST"] == [("POST", "/2/tweets")]


def test_a_days_limit_waits_longer_than_a_quarter_of_an_hour(stage: XStage) -> None:
    """X counts by the quarter of an hour and by the day; the limit that is used up decides."""
    quarter, day = now() + timedelta(minutes=15), now() + timedelta(hours=20)
    headers = {
        "x-rate-limit-reset": f"{quarter.timestamp():.0f}",
        "x-user-limit-24hour-remaining": "0",
        "x-user-limit-24hour-reset": f"{day.timestamp():.0f}",
    }
    stage.server.api_answer = Answer(429, {"title": "Too Many Requests"}, headers)
    with pytest.raises(RateLimited) as caught:
        stage.platform.account()
    assert caught.value.until is not None
    assert abs(caught.value.until - day) < timedelta(seconds=2)


# --- signing in, settings, lengths


@pytest.mark.parametrize("name", ["API_KEY", "ACCESS_TOKEN"])
def test_wrong_keys_are_said_without_showing_any(name: str, stage: XStage, tmp_path: Path) -> None:
    """The message names the variables, never their values."""
    platform = x.connect(x.Settings(base_url=stage.http.url), {**SECRETS, name: "mistyped"}, WATCH, tmp_path)
    with pytest.raises(SignInFailed) as caught:
        platform.account()
    platform.close()
    assert f"AMENDS_X_{name}" in str(caught.value)
    assert not any(secret in str(caught.value) for secret in (*SECRETS.values(), "mistyped"))


def test_a_token_of_another_account_is_refused(stage: XStage, tmp_path: Path) -> None:
    """Nobody answers by accident as the wrong account."""
    platform = x.connect(x.Settings(base_url=stage.http.url, username="other"), SECRETS, WATCH, tmp_path)
    with pytest.raises(SignInFailed, match="@other"):
        platform.account()
    platform.close()


@pytest.mark.parametrize(
    "wrong", [{"base_url": "http://x.example"}, {"username": "@parcelo"}, {"daily_cap_usd": -1}, {"extra": 1}]
)
def test_a_wrong_setting_is_refused(wrong: dict[str, object]) -> None:
    """Each key is checked; secrets never go over a line in the clear."""
    with pytest.raises(ValidationError):
        x.Settings.model_validate(wrong)


def test_the_private_link_opens_a_message_to_the_account(stage: XStage) -> None:
    """By the account's number, so that no look-alike can stand there."""
    stage.platform.account()
    assert stage.platform.private_link() == f"https://x.com/messages/compose?recipient_id={BRAND_ID}"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("We are sorry.", 13),
        ("سلام، ببخشید", 12),
        ("日本", 4),
        ("👩‍👩‍👧", 2),
        ("see https://parcelo.com/a/very/long/path/indeed?x=1", 4 + 23),
        ("see parcelo.com today", 4 + 23 + 6),
        ("cafe\u0301", 4),
        ("a\r\nb", 3),
        ("half \ud83d.", 7),
    ],
)
def test_lengths_are_weighted_as_x_weighs(text: str, length: int) -> None:
    """Links count 23, emoji two, East Asian letters two each, and composed letters one."""
    assert x.measure(text) == length


@given(
    st.text(
        st.one_of(st.characters(codec="utf-8"), st.sampled_from(" .\n\r/:@#aé…—’\u200c\ufe0f\u20e31©com")), max_size=60
    )
)
def test_the_quick_way_to_count_agrees_with_the_library(text: str) -> None:
    """Whatever the text, the short cut gives what the library gives."""
    assert x.measure(text) == x._twitter_text().parse_tweet(text).weightedLength


def test_importing_the_platforms_loads_no_client() -> None:
    """Only who uses a network pays for its library."""
    code = (
        "import sys; from monitor.platforms import x, reddit; x.address('a'), reddit.measure('a'); "
        "print({'tweepy', 'praw', 'prawcore', 'twitter_text'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# --- errors of the libraries


def answered(status: int, body: object = None) -> requests.Response:
    """An answer as requests holds it."""
    response = requests.Response()
    response.status_code = status
    response.reason = "told"
    response._content = json.dumps(body or {}).encode()
    return response


API = tweepy.errors
WEB = requests.exceptions
LIBRARY_ERRORS: list[tuple[Exception, type[PlatformError], type[PlatformError]]] = [
    # error, on a read, on a write
    (API.TweepyException(), Unavailable, Unclear),
    (API.HTTPException(answered(418)), Unavailable, Unclear),
    (API.HTTPException(answered(402)), Unavailable, Refused),
    (API.BadRequest(answered(400)), Unavailable, Refused),
    (API.Unauthorized(answered(401)), SignInFailed, SignInFailed),
    (API.Forbidden(answered(403)), SignInFailed, Refused),
    (API.NotFound(answered(404)), Gone, Gone),
    (API.TooManyRequests(answered(429)), RateLimited, RateLimited),
    (API.TwitterServerError(answered(503)), Unavailable, Unclear),
    (KeyError("data"), Unavailable, Unclear),
    *[
        (kind(request=None), Unavailable, Unclear)
        for _, kind in inspect.getmembers(WEB, inspect.isclass)
        if issubclass(kind, WEB.RequestException) and kind is not WEB.JSONDecodeError
    ],
    (WEB.JSONDecodeError("x", "y", 0), Unavailable, Unclear),
]


@pytest.mark.parametrize(
    ("error", "on_read", "on_write"), LIBRARY_ERRORS, ids=[type(error).__name__ for error, _, _ in LIBRARY_ERRORS]
)
def test_each_error_below_is_one_of_ours(
    error: Exception, on_read: type[PlatformError], on_write: type[PlatformError]
) -> None:
    """Reads and writes differ where it is not certain what became of the request."""
    assert type(x.translate(error, write=False)) is on_read
    assert type(x.translate(error, write=True)) is on_write


def test_no_error_class_below_is_forgotten() -> None:
    """A class that a new version of tweepy brings must get a line in the table."""
    known = {type(error) for error, _, _ in LIBRARY_ERRORS}
    for _, found in inspect.getmembers(tweepy.errors, inspect.isclass):
        if issubclass(found, Exception) and found.__module__ == "tweepy.errors":
            assert found in known


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        [],
        {},
        {"data": 5},
        {"data": {"id": "x; drop", "username": "parcelo"}},
        {"data": {"id": "1"}, "meta": None},
        {"data": [{"id": "1"}], "meta": {"result_count": 1}},
        {"meta": {}},
    ],
)
def test_an_answer_that_makes_no_sense_is_said_to_be_so(body: object, stage: XStage) -> None:
    """On a read it is `Unavailable`, on a write `Unclear`; nothing else comes up."""
    mention = polled(stage, stage.says("dov", "hello"))
    stage.server.api_answer = Answer(200, body)
    for read in (lambda: batches(stage.platform), lambda: stage.platform.read(mention)):
        with pytest.raises(Unavailable):
            read()
    with pytest.raises(Unclear):
        stage.platform.reply(mention, approved("We are sorry."), "key", now())


# --- recorded traffic, and X's description of its API


def recorded(name: str) -> list[dict[str, object]]:
    """Real requests and answers; the test is skipped where they are not at hand."""
    file = RECORDED / f"{name}.json"
    if not file.is_file():
        pytest.skip(f"no recorded traffic at {file} (AMENDS_SHARED names the folder)")
    exchanges: list[dict[str, object]] = json.loads(file.read_text(encoding="utf-8"))
    return exchanges


def body_of(exchange: dict[str, object]) -> dict[str, object]:
    """The recorded body as JSON."""
    body = exchange["body"]
    found: dict[str, object] = json.loads(body) if isinstance(body, str) else body  # type: ignore[assignment]  # both are recorded
    return found


def with_fields(body: dict[str, object], stage: XStage) -> dict[str, object]:
    """A recorded page, with the two fields that its request did not ask for and ours does."""
    posts = body["data"]
    assert isinstance(posts, list)
    meta = {key: value for key, value in dict(body["meta"]).items() if key != "next_token"}  # type: ignore[call-overload]  # an object
    filled = [{"author_id": "7", "created_at": stage.server.time_of(post["id"]), **post} for post in posts]
    return {**body, "data": filled, "meta": meta}


@pytest.mark.parametrize(
    ("name", "path"), [("client_get_users_mentions", MENTIONS), ("client_search_recent_tweets", SEARCH)]
)
def test_recorded_pages_become_mentions(name: str, path: str, stage: XStage) -> None:
    """Every post of a real page comes out once, with its words as people saw them."""
    body = with_fields(body_of(recorded(name)[0]), stage)
    real = stage.server.answer
    stage.http._answer = lambda request: Answer(200, body) if request.path == path else real(request)
    found = [mention for batch in batches(stage.platform) for mention in batch.mentions]
    posts = body["data"]
    assert isinstance(posts, list)
    assert [mention.post_id for mention in found] == [post["id"] for post in posts]
    assert all(mention.text and "&amp;" not in mention.text for mention in found)


def test_the_stand_in_answers_in_xs_shapes(stage: XStage) -> None:
    """What a real page, account and new post hold, the stand-in's hold too, each of its type."""
    first = polled(stage, stage.says("ewa", "hello"))
    for number in range(101):
        stage.says("ewa", f"number {number}")
    batches(stage.platform)
    stage.platform.reply(first, approved("We are sorry."), "key", now())
    pairs = [
        ("client_get_users_mentions", MENTIONS),
        ("client_get_me", "/2/users/me"),
        ("client_create_and_delete_tweet", "/2/tweets"),
    ]
    for name, path in pairs:
        real = body_of(recorded(name)[0])
        assert any(fits(real, answer.body) for request, answer in stage.http.traffic if request.path == path), name


def fits(real: object, ours: object) -> bool:
    """Whether ours has every field of the real answer, with the same types; lists by their first item."""
    if isinstance(real, dict) and isinstance(ours, dict):
        return all(key in ours and fits(value, ours[key]) for key, value in real.items())
    if isinstance(real, list) and isinstance(ours, list):
        return not real or (bool(ours) and fits(real[0], ours[0]))
    return type(real) is type(ours)


def test_a_recorded_account_and_a_recorded_reply_are_read(stage: XStage) -> None:
    """Who we are, and the answer to a new post, as X really gives them."""
    me, made = body_of(recorded("client_get_me")[0]), body_of(recorded("client_create_and_delete_tweet")[0])
    answers = {"/2/users/me": Answer(200, me), "/2/tweets": Answer(201, made)}
    real = stage.server.answer
    mention_id = stage.says("eli", "hello")
    stage.http._answer = lambda request: answers.get(request.path) or real(request)
    platform = x.connect(x.Settings(base_url=stage.http.url), SECRETS, WATCH, Path())
    account = platform.account()
    assert (account.id, account.handle) == ("1072250532645998596", "TweepyDev")
    stage.http._answer = lambda request: Answer(201, made) if request.method == "POST" else real(request)
    reply = stage.platform.reply(polled(stage, mention_id), approved("Test Tweet"), "key", now())
    platform.close()
    assert reply.post_id == "1456012973835788293"
    assert reply.posted_at.date().isoformat() == "2021-11-03"


# openapi-core knows no OAuth 1.0a; the stand-in looks at the signature's header itself.
@pytest.mark.filterwarnings("ignore:Unsupported scheme type")
def test_requests_and_answers_are_as_x_describes_them(stage: XStage) -> None:
    """All that we send, and all that the stand-in answers, passes X's own OpenAPI document."""
    document = RECORDED / "openapi.json"
    if not document.is_file():
        pytest.skip(f"X's OpenAPI document is not at {document} (AMENDS_SHARED names the folder)")
    first = polled(stage, stage.says("flo", "hello https://flo.example"))
    stage.mumbles("flo", "parcelo")
    cursor = batches(stage.platform)[-1].cursor
    batches(stage.platform, cursor)
    stage.platform.read(first)
    stage.platform.reply(first, approved("We are sorry."), "key", now())
    stage.platform.find_reply(first, "key", "We are sorry.")
    check_traffic(json.loads(document.read_text(encoding="utf-8")), stage.http)


def check_traffic(document: dict[str, object], server: JsonServer) -> None:
    """Validate every exchange. Raises where one does not fit."""
    from openapi_core import Config, OpenAPI  # noqa: PLC0415 - slow to import, and needed here only
    from openapi_core.testing import MockRequest, MockResponse  # noqa: PLC0415

    # The document names some enumerated values twice, which its own standard forbids: it is taken as it is.
    api = OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))
    assert {request.path for request, _ in server.traffic} >= {"/2/users/me", "/2/tweets", MENTIONS, SEARCH, TIMELINE}
    for request, answer in server.traffic:
        asked_for = MockRequest(
            "https://api.x.com",
            request.method.lower(),
            request.path,
            args=request.query,
            headers={"Authorization": request.headers["authorization"]},
            data=request.body or None,
        )
        api.validate_request(asked_for)
        data = json.dumps(answer.body).encode()
        api.validate_response(asked_for, MockResponse(data, status_code=answer.status, content_type="application/json"))

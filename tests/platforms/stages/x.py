"""A stand-in for X on loopback: as much of its API, in its own shapes, as Amends asks for through tweepy."""

import html
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from platforms.fault_proxy import FaultProxy
from platforms.json_server import Answer, JsonServer, Request
from platforms.stage import Fault
from pydantic import TypeAdapter

from cases.platform import Platform
from cases.posts import Mention, Watch
from monitor.platforms import x

BRAND = "parcelo"
BRAND_ID = "2244994945"
SECRETS = {"API_KEY": "key-a1", "API_SECRET": "secret-b2", "ACCESS_TOKEN": "77-token-c3", "ACCESS_SECRET": "secret-d4"}
WATCH = Watch(keywords=("parcelo",), not_keywords=("parcelo island",))

_EPOCH_MS = 1_288_834_974_657
_SHORT = re.compile(r"https?://\S+")
_ASKED = TypeAdapter(dict[str, str | dict[str, str]])

# X's document says repost_count where recorded answers say retweet_count: the stand-in gives both.
_COUNTS = (
    "bookmark_count",
    "impression_count",
    "like_count",
    "quote_count",
    "reply_count",
    "repost_count",
    "retweet_count",
)

Tweet: TypeAlias = dict[str, object]


class XServer:
    """All posts, by identifier, oldest first."""

    def __init__(self) -> None:
        self.tweets: dict[str, Tweet] = {}
        self.users: dict[str, str] = {BRAND_ID: BRAND}
        """Handles by identifier."""
        self.api_answer: Answer | None = None
        """What every request gets in place of an answer."""
        self._last_id = 0

    def tweet(self, author: str, text: str, parent: str | None = None, quotes: str | None = None) -> str:
        """A new post; its identifier."""
        author_id = self._user_id(author)
        tweet_id = self._new_id()
        references = [{"type": "replied_to", "id": parent}] if parent else []
        references += [{"type": "quoted", "id": quotes}] if quotes else []
        urls = [(link, f"https://t.co/{number}{tweet_id[-6:]}") for number, link in enumerate(_SHORT.findall(text))]
        for link, short in urls:
            text = text.replace(link, short)
        above = self.tweets.get(parent or "")
        self.tweets[tweet_id] = {
            "id": tweet_id,
            "text": html.escape(text, quote=False),
            "author_id": author_id,
            "conversation_id": above["conversation_id"] if above else tweet_id,
            "created_at": self.time_of(tweet_id),
            "edit_history_tweet_ids": [tweet_id],
            "lang": "en",
            "reply_settings": "everyone",
            "public_metrics": dict.fromkeys(_COUNTS, 0),
            "entities": {
                "mentions": [
                    {"start": hit.start(), "end": hit.end(), "username": hit[1], "id": self._user_id(hit[1])}
                    for hit in re.finditer(r"@(\w+)", text)
                ],
                "urls": [
                    {
                        "start": text.index(short),
                        "end": text.index(short) + len(short),
                        "url": short,
                        "expanded_url": link,
                        "display_url": link.removeprefix("https://"),
                    }
                    for link, short in urls
                ],
            },
        }
        if references:
            self.tweets[tweet_id]["referenced_tweets"] = references
        if above:
            self.tweets[tweet_id]["in_reply_to_user_id"] = above["author_id"]
        return tweet_id

    def edit(self, first_id: str, text: str) -> str:
        """The author edits: a new post, and both know of each other; the new identifier."""
        old = self.tweets[first_id]
        new_id = self.tweet(self.users[str(old["author_id"])], text)
        history = [*self._history(first_id), new_id]
        for tweet_id in history:
            self.tweets[tweet_id]["edit_history_tweet_ids"] = history
        self.tweets[new_id]["conversation_id"] = old["conversation_id"]
        return new_id

    def answer(self, request: Request) -> Answer:
        """One request."""
        signed = request.headers.get("authorization", "")
        if not (SECRETS["API_KEY"] in signed and SECRETS["ACCESS_TOKEN"] in signed and signed.startswith("OAuth ")):
            return _problem(401, "Unauthorized", "Unauthorized", "about:blank")
        if self.api_answer is not None:
            return self.api_answer
        match (request.method, *request.path.strip("/").split("/")[1:]):
            case ("GET", "users", "me"):
                return Answer(200, {"data": self._user(BRAND_ID)})
            case ("GET", "users", user_id, "mentions"):
                return self._page(request, [tweet for tweet in self._newest() if _names(tweet, user_id)])
            case ("GET", "users", user_id, "tweets"):
                return self._page(request, [tweet for tweet in self._newest() if tweet["author_id"] == user_id])
            case ("GET", "tweets", "search", "recent"):
                return self._page(request, [t for t in self._newest() if self._fits(t, request.query["query"])])
            case ("GET", "tweets", tweet_id):
                return self._one(tweet_id)
            case ("POST", "tweets"):
                return self._create(_ASKED.validate_python(request.json))
        return _problem(404, "Not Found", "no such path", "about:blank")

    def time_of(self, tweet_id: str) -> str:
        """When a post was made, as X writes times."""
        moment = datetime.fromtimestamp(((int(tweet_id) >> 22) + _EPOCH_MS) / 1000, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _create(self, asked: dict[str, str | dict[str, str]]) -> Answer:
        text, reply = str(asked["text"]), asked.get("reply")
        parent = reply["in_reply_to_tweet_id"] if isinstance(reply, dict) else None
        above = self.tweets.get(parent or "")
        if parent and above is None:
            told = "You attempted to reply to a Tweet that is deleted or not visible to you."
            return _problem(403, "Forbidden", told, "about:blank")
        if above and not (_names(above, BRAND_ID) or _quotes_brand(above)):
            told = "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged."
            return _problem(403, "Forbidden", told, "about:blank")
        address = f"@{self.users[str(above['author_id'])]} " if above else ""
        if any(t["author_id"] == BRAND_ID and _words(t) == html.escape(text, quote=False) for t in self._newest()):
            told = "You are not allowed to create a Tweet with duplicate content."
            return _problem(403, "Forbidden", told, "about:blank")
        tweet_id = self.tweet(BRAND, address + text, parent)
        made = self.tweets[tweet_id]
        return Answer(201, {"data": {"id": tweet_id, "text": made["text"], "edit_history_tweet_ids": [tweet_id]}})

    def _one(self, tweet_id: str) -> Answer:
        if tweet_id in self.tweets:
            tweet = self.tweets[tweet_id]
            return Answer(200, {"data": tweet, "includes": {"users": [self._user(str(tweet["author_id"]))]}})
        problem = {
            "value": tweet_id,
            "detail": f"Could not find tweet with id: [{tweet_id}].",
            "title": "Not Found Error",
            "resource_type": "tweet",
            "parameter": "id",
            "resource_id": tweet_id,
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        }
        return Answer(200, {"errors": [problem]})

    def _page(self, request: Request, found: list[Tweet]) -> Answer:
        query = request.query
        since, until = int(query.get("since_id", "0")), int(query.get("until_id", str(1 << 62)))
        start = query.get("start_time", "")
        fresh = [t for t in found if since < int(str(t["id"])) < until and str(t["created_at"]) >= start]
        first = int(query.get("pagination_token") or query.get("next_token") or "0")
        size = int(query.get("max_results", "10"))
        page = fresh[first : first + size]
        meta: dict[str, object] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
        if first + size < len(fresh):
            meta["next_token"] = str(first + size)
        if not page:
            return Answer(200, {"meta": meta})
        authors = dict.fromkeys(str(tweet["author_id"]) for tweet in page)
        includes = {"users": [self._user(author) for author in authors]} if "expansions" in query else {}
        return Answer(200, {"data": page, "includes": includes, "meta": meta})

    def _fits(self, tweet: Tweet, query: str) -> bool:
        """The few operators that are used: phrases joined by OR, and what -"…", -from:, -is: and -@ leave out."""
        text = html.unescape(str(tweet["text"])).casefold()
        author = self.users[str(tweet["author_id"])].casefold()
        wanted, unwanted = re.findall(r'(?<!-)"([^"]+)"', query), re.findall(r'-"([^"]+)"', query)
        if not any(words.casefold() in text for words in wanted) or any(words.casefold() in text for words in unwanted):
            return False
        return not any(
            {"from": author == value.casefold(), "is": _is_retweet(tweet), "@": f"@{value.casefold()}" in text}[name]
            for name, value in re.findall(r"\s-(from|is|@):?(\w+)", query)
        )

    def _newest(self) -> list[Tweet]:
        """Newest first, each in its newest version."""
        return [t for t in reversed(self.tweets.values()) if self._history(str(t["id"]))[-1] == t["id"]]

    def _history(self, tweet_id: str) -> list[str]:
        history = self.tweets[tweet_id]["edit_history_tweet_ids"]
        return [str(version) for version in history] if isinstance(history, list) else []

    def _user_id(self, handle: str) -> str:
        for user_id, known in self.users.items():
            if known.casefold() == handle.casefold():
                return user_id
        user_id = str(9_000_000 + len(self.users))
        self.users[user_id] = handle
        return user_id

    def _user(self, user_id: str) -> Tweet:
        # X's document says post_count where recorded answers say tweet_count: the stand-in gives both.
        metrics = {"followers_count": 41, "following_count": 7, "post_count": 3, "tweet_count": 3, "listed_count": 0}
        handle = self.users[user_id]
        return {"id": user_id, "username": handle, "name": handle.title(), "public_metrics": metrics}

    def _new_id(self) -> str:
        self._last_id = max(self._last_id + 1, (int(time.time() * 1000) - _EPOCH_MS) << 22)
        return str(self._last_id)


class XStage:
    """People act straight on the server's state."""

    edits = True
    faults = frozenset(Fault)

    def __init__(self, server: XServer, http: JsonServer, proxy: FaultProxy, platform: Platform) -> None:
        self.server = server
        self.http = http
        self.platform = platform
        self._proxy = proxy

    def says(self, author: str, text: str) -> str:
        """A post that mentions the account."""
        return self.server.tweet(author, f"@{BRAND} {text}")

    def mumbles(self, author: str, text: str) -> str:
        """A post as it is."""
        return self.server.tweet(author, text)

    def retorts(self, author: str, to: str, text: str) -> str:
        """An answer, with the mention that X puts before it."""
        return self.server.tweet(author, f"@{BRAND} {text}", to)

    def edit(self, post_id: str, text: str) -> None:
        """The author edits, and keeps the mention if there was one."""
        mention = f"@{BRAND} " if _names(self.server.tweets[post_id], BRAND_ID) else ""
        self.server.edit(post_id, mention + text)

    def delete(self, post_id: str) -> None:
        """The author takes it back."""
        del self.server.tweets[post_id]

    def replies_to(self, mention: Mention) -> list[str]:
        """Our answers under it, without the handle that X puts before them."""
        return [
            html.unescape(_words(tweet))
            for tweet in self.server.tweets.values()
            if tweet["author_id"] == BRAND_ID and _answers(tweet, {mention.post_id, mention.ref})
        ]

    def break_reads(self, fault: Fault, times: int = 1) -> None:
        """The next reads of the platform meet this fault."""
        self._proxy.break_reads(fault, times)

    def break_writes(self, fault: Fault, times: int = 1) -> None:
        """The next writes of the platform meet this fault."""
        self._proxy.break_writes(fault, times)

    def heal(self) -> None:
        """No more faults."""
        self._proxy.heal()


@contextmanager
def open_stage(folder: Path) -> Iterator[XStage]:
    """Start the stand-in behind the fault proxy, and connect as the brand."""
    server = XServer()
    with (
        JsonServer(server.answer) as http,
        FaultProxy(http.url, write_path=r"/2/tweets$", limit_headers=limit_headers) as proxy,
    ):
        platform = x.connect(x.Settings(base_url=proxy.url, username=BRAND), SECRETS, WATCH, folder)
        try:
            yield XStage(server, http, proxy, platform)
        finally:
            platform.close()


def limit_headers(until: datetime) -> dict[str, str]:
    """How X says when a rate limit ends."""
    return {
        "x-rate-limit-limit": "450",
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": f"{until.timestamp():.0f}",
    }


def _problem(status: int, title: str, detail: str, kind: str) -> Answer:
    return Answer(status, {"title": title, "detail": detail, "type": kind, "status": status})


def _names(tweet: Tweet, user_id: str) -> bool:
    entities = tweet["entities"]
    return isinstance(entities, dict) and any(named["id"] == user_id for named in entities["mentions"])


def _links(tweet: Tweet, kind: str) -> list[str]:
    references = tweet.get("referenced_tweets")
    return [link["id"] for link in references if link["type"] == kind] if isinstance(references, list) else []


def _answers(tweet: Tweet, parents: set[str]) -> bool:
    return not parents.isdisjoint(_links(tweet, "replied_to"))


def _is_retweet(tweet: Tweet) -> bool:
    return bool(_links(tweet, "retweeted"))


def _quotes_brand(tweet: Tweet) -> bool:
    return bool(_links(tweet, "quoted"))


def _words(tweet: Tweet) -> str:
    """The text without the handle that X puts before an answer, links as they were written."""
    text = str(tweet["text"])
    entities = tweet["entities"]
    if isinstance(entities, dict):
        for link in entities["urls"]:
            text = text.replace(link["url"], link["expanded_url"])
    return re.sub(r"^(?:@\w+\s+)+", "", text)

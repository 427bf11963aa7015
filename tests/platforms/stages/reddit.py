"""A stand-in for Reddit on loopback: as much of its API, in its own shapes, as Amends asks for through praw."""

import base64
import html
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from platforms.fault_proxy import FaultProxy
from platforms.json_server import Answer, JsonServer, Request
from platforms.stage import Fault

from cases.platform import Platform
from cases.posts import Mention, Watch
from monitor.platforms import reddit

BRAND = "parcelo_help"
SUBREDDIT = "parcelo"
SECRETS = {"CLIENT_ID": "client-5e1a", "CLIENT_SECRET": "secret-77c0", "REFRESH_TOKEN": "refresh-19d4"}
TOKEN = "access-3b9f"
WATCH = Watch(keywords=("parcelo",), not_keywords=("parcelo island",))
SHOWN = 5
"""Comments right under one post that a thread shows before the rest hides behind "more"."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_UNAUTHORIZED = Answer(401, {"message": "Unauthorized", "error": 401}, {"www-authenticate": 'Bearer realm="reddit"'})

Thing: TypeAlias = dict[str, object]


class RedditServer:
    """All comments and posts, by fullname, oldest first."""

    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.refusal: list[str] | None = None
        """An error that the next comment gets inside a 200: type, message, field."""
        self.token_answer: Answer | None = None
        """What signing in gets instead of a token."""
        self.api_answer: Answer | None = None
        """What every request gets, once signed in, instead of an answer."""
        self._count = 40_000_000

    def post(self, author: str, title: str, text: str = "", subreddit: str = "delivery") -> str:
        """A new post; its fullname."""
        name = self._new_name("t3")
        self.things[name] = {
            **self._common(name, author, subreddit),
            "title": title,
            "selftext": text,
            "selftext_html": _as_html(text) if text else None,
            "permalink": f"/r/{subreddit}/comments/{name[3:]}/a_post/",
            "url": f"https://www.reddit.com/r/{subreddit}/comments/{name[3:]}/a_post/",
            "is_self": True,
            "num_comments": 0,
            "removed_by_category": None,
        }
        return name

    def comment(self, author: str, parent: str, text: str) -> str:
        """A comment under a post or a comment; its fullname."""
        above = self.things[parent]
        link = parent if parent.startswith("t3_") else str(above["link_id"])
        name = self._new_name("t1")
        subreddit = str(above["subreddit"])
        self.things[name] = {
            **self._common(name, author, subreddit),
            "body": text,
            "body_html": _as_html(text),
            "link_id": link,
            "parent_id": parent,
            "permalink": f"/r/{subreddit}/comments/{link[3:]}/a_post/{name[3:]}/",
            "replies": "",
            "score_hidden": False,
        }
        return name

    def change(self, name: str, text: str) -> None:
        """The author edits."""
        field = "body" if name.startswith("t1_") else "selftext"
        self.things[name] |= {field: text, f"{field}_html": _as_html(text), "edited": time.time()}

    def take_back(self, name: str) -> None:
        """The author deletes: what is left is a shell."""
        field = "body" if name.startswith("t1_") else "selftext"
        gone = {"author": "[deleted]", field: "[deleted]", f"{field}_html": _as_html("[deleted]")}
        self.things[name] |= gone
        self.things[name].pop("author_fullname")

    def answer(self, request: Request) -> Answer:
        """One request."""
        if request.path == "/api/v1/access_token":
            return self.token_answer or self._sign_in(request)
        if request.headers.get("authorization") != f"bearer {TOKEN}":
            return _UNAUTHORIZED
        return self.api_answer or self._api(request)

    def _api(self, request: Request) -> Answer:
        match request.path.strip("/").split("/"):
            case ["api", "v1", "me"]:
                body: object = {"name": BRAND, "id": "brand1", "created_utc": 1.6e9, "comment_karma": 12}
            case ["api", "info"]:
                names = request.query["id"].split(",")
                body = _listed([self.things[name] for name in names if name in self.things])
            case ["comments", link, *rest] if f"t3_{link}" in self.things:
                body = self._thread(f"t3_{link}", f"t1_{rest[1]}" if len(rest) > 1 else None)
            case ["api", "morechildren"]:
                children = [self.things[f"t1_{child}"] for child in request.form["children"].split(",")]
                body = {"json": {"errors": [], "data": {"things": [_kinded(child) for child in children]}}}
            case ["api", "comment"]:
                return self._reply(request)
            case path:
                items = self._items(path, request)
                if items is None:
                    return Answer(404, {"message": "Not Found", "error": 404})
                body = _page(request, items)
        return Answer(200, body, {"x-ratelimit-remaining": "90.0", "x-ratelimit-used": "10", "x-ratelimit-reset": "40"})

    def _items(self, path: list[str], request: Request) -> list[Thing] | None:
        """What a listing lists, oldest first; None where there is no such listing."""
        everything = list(self.things.values())
        match path:
            case ["message", "mentions"]:
                return _inbox([thing for thing in everything if _names_brand(thing)])
            case ["message", "comments"]:
                return _inbox([thing for thing in everything if self._parent_is_ours(thing, "t1_")])
            case ["message", "selfreply"]:
                return _inbox([thing for thing in everything if self._parent_is_ours(thing, "t3_")])
            case ["r", "all", "search"]:
                words = request.query["q"].strip('"').casefold()
                return [t for t in everything if "title" in t and words in f"{t['title']} {t['selftext']}".casefold()]
            case ["r", places, "comments" | "new" as what]:
                field = "body" if what == "comments" else "title"
                return [thing for thing in everything if field in thing and thing["subreddit"] in places.split("+")]
            case ["user", who, "comments"]:
                return [thing for thing in everything if thing["author"] == who and "body" in thing]
        return None

    def _sign_in(self, request: Request) -> Answer:
        pair = base64.b64encode(f"{SECRETS['CLIENT_ID']}:{SECRETS['CLIENT_SECRET']}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return _UNAUTHORIZED
        if request.form.get("refresh_token") != SECRETS["REFRESH_TOKEN"]:
            return Answer(400, {"message": "Bad Request", "error": 400})
        return Answer(
            200, {"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600, "scope": "read submit identity"}
        )

    def _reply(self, request: Request) -> Answer:
        parent = request.form["thing_id"]
        if self.refusal is not None:
            refusal, self.refusal = self.refusal, None
            return Answer(200, {"json": {"errors": [refusal]}})
        if parent not in self.things:
            return Answer(404, {"message": "Not Found", "error": 404})
        above = self.things[parent]
        if above["author"] == "[deleted]":
            return Answer(200, {"json": {"errors": [["DELETED_COMMENT", "that comment has been deleted", "parent"]]}})
        if above["locked"]:
            return Answer(403, {"message": "Forbidden", "error": 403})
        name = self.comment(BRAND, parent, request.form["text"])
        return Answer(200, {"json": {"errors": [], "data": {"things": [_kinded(self.things[name])]}}})

    def _thread(self, link: str, focus: str | None) -> list[Thing]:
        post = _listed([self.things[link]])
        if focus is None:
            return [post, _nested(self._branch(link))]
        seen = self.things.get(focus)
        # A deleted comment that nobody answered vanishes from its thread.
        is_there = seen is not None and (seen["author"] != "[deleted]" or bool(self._under(focus)))
        return [post, _nested([self._leaf(self.things[focus])] if is_there else [])]

    def _under(self, parent: str) -> list[Thing]:
        return [thing for thing in self.things.values() if thing.get("parent_id") == parent]

    def _branch(self, parent: str) -> list[Thing]:
        children = self._under(parent)
        nodes = [self._leaf(child) for child in children[:SHOWN]]
        if hidden := children[SHOWN:]:
            more = {
                "count": len(hidden),
                "name": hidden[0]["name"],
                "id": hidden[0]["id"],
                "parent_id": parent,
                "depth": 0,
                "children": [child["id"] for child in hidden],
            }
            nodes.append({"kind": "more", "data": more})
        return nodes

    def _leaf(self, thing: Thing) -> Thing:
        below = self._branch(str(thing["name"]))
        return {"kind": "t1", "data": thing | {"replies": _nested(below) if below else ""}}

    def _parent_is_ours(self, thing: Thing, kind: str) -> bool:
        parent = str(thing.get("parent_id", ""))
        return parent.startswith(kind) and self.things[parent]["author"] == BRAND

    def _new_name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{_base36(self._count)}"

    def _common(self, name: str, author: str, subreddit: str) -> Thing:
        now = float(int(time.time()))
        return {
            "name": name,
            "id": name[3:],
            "author": author,
            "author_fullname": f"t2_{author.casefold().replace('_', '')}",
            "subreddit": subreddit,
            "subreddit_name_prefixed": f"r/{subreddit}",
            "created": now,
            "created_utc": now,
            "edited": False,
            "locked": False,
            "archived": False,
            "score": 1,
            "distinguished": None,
        }


class RedditStage:
    """People act straight on the server's state."""

    edits = True
    faults = frozenset(Fault)

    def __init__(self, server: RedditServer, proxy: FaultProxy, platform: Platform) -> None:
        self.server = server
        self.platform = platform
        self._proxy = proxy

    def says(self, author: str, text: str) -> str:
        """A comment in somebody's thread that names the account."""
        return self.server.comment(author, self.server.post("curious_cat", "Who delivers here?"), f"u/{BRAND} {text}")

    def mumbles(self, author: str, text: str) -> str:
        """A comment in the subreddit that is watched."""
        return self.server.comment(author, self.server.post("curious_cat", "Weekly talk", subreddit=SUBREDDIT), text)

    def retorts(self, author: str, to: str, text: str) -> str:
        """A comment under another."""
        return self.server.comment(author, to, text)

    def edit(self, post_id: str, text: str) -> None:
        """The author edits, and keeps the name of the account if it stood there."""
        had_name = _names_brand(self.server.things[post_id])
        self.server.change(post_id, f"u/{BRAND} {text}" if had_name else text)

    def delete(self, post_id: str) -> None:
        """The author deletes."""
        self.server.take_back(post_id)

    def replies_to(self, mention: Mention) -> list[str]:
        """Our comments under it."""
        return [str(thing["body"]) for thing in self.server._under(mention.post_id) if thing["author"] == BRAND]

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
def open_stage(folder: Path) -> Iterator[RedditStage]:
    """Start the stand-in behind the fault proxy, and connect as the brand."""
    server = RedditServer()
    with JsonServer(server.answer) as http, FaultProxy(http.url, write_path=r"/api/comment/?$") as proxy:
        settings = reddit.Settings(base_url=proxy.url, username=BRAND, subreddits=(SUBREDDIT,))
        platform = reddit.connect(settings, SECRETS, WATCH, folder)
        try:
            yield RedditStage(server, proxy, platform)
        finally:
            platform.close()


def _names_brand(thing: Thing) -> bool:
    return f"u/{BRAND}" in f"{thing.get('body', '')}{thing.get('selftext', '')}"


def _inbox(things: list[Thing]) -> list[Thing]:
    """Comments as the inbox shows them: no `link_id`, no `permalink`, no `locked`, but a `context`."""
    left_out = {"link_id", "permalink", "locked", "archived", "edited", "score_hidden"}
    return [
        {key: value for key, value in thing.items() if key not in left_out}
        | {"context": f"{thing['permalink']}?context=3", "was_comment": True, "new": True, "dest": BRAND}
        for thing in things
        if "body" in thing and thing["author"] not in {BRAND, "[deleted]"}
    ]


def _page(request: Request, items: list[Thing]) -> Thing:
    newest_first = items[::-1]
    size = min(int(request.query.get("limit", "25")), 100)
    names = [item["name"] for item in newest_first]
    start = names.index(request.query["after"]) + 1 if "after" in request.query else 0
    page = newest_first[start : start + size]
    return _listed(page, after=page[-1]["name"] if start + size < len(names) else None)


def _as_html(text: str) -> str:
    """What Reddit makes of Markdown, for the little that tests write."""
    rendered = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html.escape(text, quote=False))
    paragraphs = "\n\n".join(f"<p>{paragraph}</p>" for paragraph in rendered.split("\n\n"))
    return f'<!-- SC_OFF --><div class="md">{paragraphs}\n</div><!-- SC_ON -->'


def _kinded(thing: Thing) -> Thing:
    return {"kind": str(thing["name"])[:2], "data": thing}


def _listed(things: list[Thing], after: object = None) -> Thing:
    return _nested([_kinded(thing) for thing in things], after)


def _nested(nodes: list[Thing], after: object = None) -> Thing:
    return {
        "kind": "Listing",
        "data": {
            "after": after,
            "before": None,
            "dist": len(nodes),
            "modhash": None,
            "geo_filter": "",
            "children": nodes,
        },
    }


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits

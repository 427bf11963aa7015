"""What the desk costs with 100,000 cases on SQLite, and twenty people who click.

The desk runs in a process of its own, as `amends desk` does; what is told is the time from the request to the last byte
of the answer, on loopback. From a poll to the row: from the moment at which a case is committed until the list has been
fetched that holds its row, by a client that does what the page's script does; drawing it comes on top.

python -m benchmarks.bench_desk
"""

import contextlib
import gzip
import json
import random
import re
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit

import requests
from sqlalchemy import create_engine, insert

from benchmarks.figures import Figure, table
from cases.lifecycle import Status
from cases.plans import Role
from cases.posts import Mention, MentionKind, Permissions
from cases.verdicts import Category, Verdict
from desk.access.secrets import derived, fingerprint, new_secret
from desk.access.settings import AccessSettings
from monitor.config import load_config
from monitor.desk_process import serve_desk
from store import schema as t
from store.ledger import Ledger
from store.views import Opening

CASES = 100_000
PEOPLE = 20
CLICKS = 40
"""Of each person."""
THINKING = 2.0
"""Seconds between two clicks of a person, on average."""
_BATCH = 10_000
_PATIENCE = 60.0
_SHARES = {
    Status.DRAFTED: 0.02,
    Status.ESCALATED: 0.003,
    Status.CHANGES_REQUESTED: 0.002,
    Status.BY_HAND: 0.002,
    Status.UNKNOWN: 0.0002,
    Status.REPLIED: 0.05,
    Status.IN_PRIVATE: 0.02,
    Status.RESOLVED: 0.05,
    Status.DISMISSED: 0.2,
}
"""In which states the cases are; the rest is closed."""
_TEXT = (
    "We lost your parcel. That is our fault, and I'm sorry. Waiting helps nobody. I'm finding out why it happened and "
)
_TEXT += "will tell you by tomorrow. Send me a private message so that I can put this right. Ana"
_CONFIG = """\
[brand]
name = "Parcelo"
signature = "Ana"
[platforms.sandbox]
[desk]
port = {port}
[store]
url = "{url}"
"""
_PAGES = ("/", "/?view=approval", "/?view=mine", "/?view=done", "/?category=late", "/?order=newest", "/?order=risk")


def run(cases: int = CASES, clicks: int = CLICKS) -> list[Figure]:
    """Fill a store, and let people work."""
    with tempfile.TemporaryDirectory() as folder, _desk(Path(folder), cases) as (address, ledger, waiting):
        desks = [_sign_in(ledger, address, number) for number in range(PEOPLE)]
        weight = _weight(desks[0], address)
        queue, case = _click(desks, address, waiting, clicks)
        lint = _lint(desks[0], address, waiting)
        row = _poll_to_row(desks[0], address, ledger)
    named = f"desk, {cases:,} cases, {PEOPLE} people"
    return [
        Figure(f"{named}: queue page, 95 of 100", _p95(queue), "ms", "≤ 50"),
        Figure(f"{named}: queue page, median", statistics.median(queue), "ms"),
        Figure(f"{named}: case page, 95 of 100", _p95(case), "ms", "≤ 50"),
        Figure(f"{named}: case page, median", statistics.median(case), "ms"),
        Figure("desk: lint answer, 95 of 100", _p95(lint), "ms", "≤ 50"),
        Figure("desk: from a poll to the row, slowest of 10", max(row), "s", "< 2"),
        Figure("desk: first load, packed", weight, "kB", "< 100"),
    ]


# --- a store as large as years of work


def _fill(url: str, cases: int) -> list[int]:
    """Cases by the thousand, straight into the tables; the numbers of those that wait."""
    luck = random.Random(5)  # noqa: S311 - no secret
    now = datetime.now(UTC)
    weights = [*_SHARES.values(), 1 - sum(_SHARES.values())]
    waiting = []
    with create_engine(url).begin() as connection:
        for first in range(1, cases + 1, _BATCH):
            batch = [
                (number, now - timedelta(minutes=(cases - number) / 2))
                for number in range(first, min(first + _BATCH, cases + 1))
            ]
            states = luck.choices([*_SHARES, Status.CLOSED], weights, k=len(batch))
            waiting += [number for (number, _), state in zip(batch, states, strict=True) if state is Status.DRAFTED]
            connection.execute(insert(t.mentions), [_mention(*one) for one in batch])
            connection.execute(insert(t.verdicts), [_verdict(*one, luck) for one in batch])
            rows = [_case(*one, state, luck) for one, state in zip(batch, states, strict=True)]
            connection.execute(insert(t.cases), rows)
            connection.execute(insert(t.drafts), [_draft(*one) for one in batch])
            connection.execute(insert(t.events), [line for one in batch for line in _events(*one)])
    return waiting


def _events(number: int, at: datetime) -> list[dict[str, object]]:
    line = {"case_id": number, "at": at, "who": "amends", "why": ""}
    return [
        {**line, "action": "opened", "old": None, "new": "flagged"},
        {**line, "action": "drafted", "old": "flagged", "new": "drafted"},
    ]


def _mention(number: int, at: datetime) -> dict[str, object]:
    return {
        "id": number,
        "platform": "sandbox",
        "post_id": f"p{number}",
        "thread_id": f"p{number}",
        "author_id": f"u{number % 40_000}",
        "author": f"someone{number % 40_000}",
        "author_name": "Someone",
        "text": f"My parcel {number} has been late for a week and nobody answers the phone at all.",
        "url": "",
        "posted_at": at,
        "seen_at": at,
        "kind": "mention",
        "own": False,
        "repost": False,
        "ref": "",
        "answerable": True,
        "why_not": "",
        "author_wrote_first": False,
        "may_train": True,
        "stage": "settled",
        "case_id": number,
    }


def _verdict(number: int, at: datetime, luck: random.Random) -> dict[str, object]:
    return {
        "mention_id": number,
        "complaint": True,
        "probability": 0.9,
        "severity": luck.randint(0, 4),
        "heat": 1,
        "category": str(luck.choice(list(Category))),
        "risks": [],
        "relevant": True,
        "language": luck.choice(["en", "fa", "ar"]),
        "about": "",
        "why": [],
        "learned": True,
        "model": "shipped",
        "at": at,
    }


def _case(number: int, at: datetime, state: Status, luck: random.Random) -> dict[str, object]:
    return {
        "id": number,
        "platform": "sandbox",
        "thread_id": f"p{number}",
        "author_id": f"u{number % 40_000}",
        "mention_id": number,
        "status": str(state),
        "opened_at": at,
        "due_at": at + timedelta(hours=2),
        "at_risk": luck.random() < 0.02,  # noqa: PLR2004 - two in a hundred
        "needs_draft": False,
        "assignee": f"person{luck.randrange(PEOPLE)}" if luck.random() < 0.5 else None,  # noqa: PLR2004 - half of them
    }


def _draft(number: int, at: datetime) -> dict[str, object]:
    return {
        "case_id": number,
        "revision": 1,
        "text": _TEXT,
        "hash": "0" * 64,
        "by": "amends",
        "at": at,
        "language": "en",
        "components": ["regret"],
        "faults": [],
        "plan": "{}",
    }


# --- the desk and its people


@contextmanager
def _desk(folder: Path, cases: int) -> Iterator[tuple[str, Ledger, list[int]]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = folder / "config.toml"
    url = f"sqlite:///{folder / 'amends.db'}"
    path.write_text(_CONFIG.format(port=port, url=url), encoding="utf-8")
    with Ledger.open(url) as ledger:
        waiting = _fill(url, cases)
        process = get_context("spawn").Process(target=_serve, args=(path,))
        process.start()
        try:
            address = f"http://127.0.0.1:{port}"
            _await(address)
            yield address, ledger, waiting
        finally:
            process.terminate()
            process.join()


def _serve(path: Path) -> None:
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        serve_desk(load_config(path))


def _await(address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            if requests.get(f"{address}/healthz", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    message = "the desk did not come up"
    raise TimeoutError(message)


def _sign_in(ledger: Ledger, address: str, number: int) -> requests.Session:
    now = datetime.now(UTC)
    person = ledger.add_person(f"person{number}", Role.LEAD, by="operator", now=now)
    secret = new_secret()
    ledger.begin_session(fingerprint(secret), person.id, ends_at=now + timedelta(hours=1), now=now)
    desk = requests.Session()
    desk.headers["cookie"] = f"{AccessSettings(url=address).session_cookie}={secret}"
    desk.headers["x-csrf-token"] = derived(secret, "csrf")
    return desk


def _click(
    desks: list[requests.Session], address: str, waiting: list[int], clicks: int
) -> tuple[list[float], list[float]]:
    """Everybody looks at the queue and opens cases, with time to read in between."""
    queue: list[float] = []
    case: list[float] = []

    def work(desk: requests.Session, seed: int) -> None:
        luck = random.Random(seed)  # noqa: S311 - no secret
        for turn in range(clicks + 2):
            time.sleep(luck.uniform(0, 2 * THINKING))
            at_case = turn % 2
            place = f"/cases/{luck.choice(waiting)}" if at_case else luck.choice(_PAGES)
            taken = _timed(desk, address + place)
            if turn > 1:  # the first of each kind loads what all later ones find loaded
                (case if at_case else queue).append(taken)

    people = [threading.Thread(target=work, args=(desk, seed)) for seed, desk in enumerate(desks)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return queue, case


def _timed(desk: requests.Session, url: str) -> float:
    began = time.perf_counter()
    answer = desk.get(url, timeout=30, allow_redirects=False)
    taken = (time.perf_counter() - began) * 1000
    if answer.status_code != HTTPStatus.OK:
        message = f"{url} answered {answer.status_code}"
        raise AssertionError(message)
    return taken


def _lint(desk: requests.Session, address: str, waiting: list[int]) -> list[float]:
    """What is asked while somebody types, one letter after the other."""
    taken = []
    for end in range(1, len(_TEXT)):
        began = time.perf_counter()
        body = {"case": waiting[0], "text": _TEXT[:end]}
        desk.post(f"{address}/api/lint", json=body, timeout=30).raise_for_status()
        taken.append((time.perf_counter() - began) * 1000)
    return taken[5:]


def _poll_to_row(desk: requests.Session, address: str, ledger: Ledger) -> list[float]:
    """Posts that are read and judged one by one; each waits for its row in a list that is open on the newest."""
    taken = []
    with desk.get(f"{address}/events", stream=True, timeout=30) as stream:
        lines = stream.iter_lines(chunk_size=1, decode_unicode=True)
        for turn in range(10):
            began = time.perf_counter()
            case = _polled(ledger, turn)
            for line in lines:
                if line.startswith("data: [{") and any(one["case"] == case for one in json.loads(line[6:])):
                    break
            page = desk.get(f"{address}/?order=newest", timeout=30, headers={"x-by-itself": "1"}).text
            if f'data-case="{case}"' not in page:
                message = f"the row of case {case} did not come"
                raise AssertionError(message)
            taken.append(time.perf_counter() - began)
    return taken


def _polled(ledger: Ledger, turn: int) -> int:
    """A new post, from the poll to its case."""
    now = datetime.now(UTC)
    mention = Mention(
        platform="sandbox",
        post_id=f"new{turn}",
        thread_id=f"new{turn}",
        parent_id=None,
        author_id=f"new{turn}",
        author=f"new{turn}",
        author_name="",
        text="My parcel is late",
        url="",
        posted_at=now,
        kind=MentionKind.MENTION,
        permissions=Permissions(answerable=True, author_wrote_first=True),
    )
    verdict = Verdict(
        complaint=True,
        probability=0.9,
        severity=2,
        heat=1,
        category=Category.LATE,
        risks=frozenset(),
        relevant=True,
        language="en",
        about="",
        why=(),
        model="shipped",
    )
    ledger.record("sandbox", [mention], "cursor", now=now)
    ledger.judge([(stored.id, verdict) for stored in ledger.unjudged()], now=now)
    due = now + timedelta(hours=2)
    (case,) = ledger.settle([Opening(one.id, opens=True, due_at=due) for one in ledger.unsettled()], now=now)
    return case


def _weight(desk: requests.Session, address: str) -> float:
    """Kilobytes of a page and of all that it loads, as they travel. Raises `AssertionError` for anything elsewhere."""
    todo, seen, weight = ["/"], set(), 0
    while todo:
        place = todo.pop()
        if place in seen:
            continue
        seen.add(place)
        answer = desk.get(address + place, timeout=30, headers={"accept-encoding": "identity"})
        answer.raise_for_status()
        weight += len(gzip.compress(answer.content, 6))
        text = answer.text
        found = re.findall(r'(?:src|<link[^>]* href)="([^"]+)"', text) if place == "/" else []
        found += [f"/static/{name}" for name in re.findall(r'from "\./([\w.]+)"', text)]
        for link in found:
            if urlsplit(link).netloc:
                message = f"{place} reaches out to {link}"
                raise AssertionError(message)
        todo += found
    return weight / 1000


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    print(table(run()))

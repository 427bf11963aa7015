"""How long one draft takes, without the checker's reading and with it.

python -m benchmarks.bench_draft
"""

import time
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime

from cases.apology import Component, Findings, Note
from cases.platform import Venue
from cases.posts import Post
from cases.verdicts import Category, Verdict
from responders.check import Checker
from responders.combining import Checks
from responders.draft import Responder
from responders.packs import load_packs, shipped_folder
from responders.plan import make_plan
from responders.policy import Policy

_NOW = datetime(2026, 11, 23, 10, 12, tzinfo=UTC)
_VENUES = (
    Venue("short", 280, len, account="@parcelo", link_costs=True),
    Venue("roomy", 10_000, len, account="u/parcelo_help", private_link="https://reddit.example/compose"),
)
_ROUNDS = 3


@dataclass(frozen=True)
class Figures:
    """Milliseconds of one core for one draft."""

    drafting_ms: float
    with_checker_ms: float


class _NoChecker:
    """Finds everything at once, so that only the drafting is timed."""

    def check(self, text: str, *, language: str) -> Findings:
        return Findings(language, tuple(Note(part, 0, len(text), "") for part in Component))


def run() -> Figures:
    """Draft an answer to each of the packs' examples, for a short and a roomy venue, with fifty replies before it."""
    posts = [
        (tag, entry)
        for tag in sorted(load_packs())
        for entry in tomllib.loads((shipped_folder() / tag / "examples.toml").read_text("utf-8"))["examples"]
    ]
    cases = [
        (
            Post(entry["post"]),
            Verdict(
                complaint=True,
                probability=0.9,
                severity=entry.get("severity", 2),
                heat=entry.get("heat", 1),
                category=Category(entry["category"]),
                risks=frozenset(),
                relevant=True,
                language=tag,
                about=entry.get("about", ""),
                why=(),
            ),
        )
        for tag, entry in posts
    ]
    return Figures(_milliseconds(_NoChecker(), cases), _milliseconds(Checker.shipped(), cases))


def _milliseconds(checker: Checks, cases: list[tuple[Post, Verdict]]) -> float:
    responder = Responder(load_packs(), checker)
    recent: list[str] = []
    begun = time.process_time()
    for at in range(_ROUNDS):
        for post, verdict in cases:
            for venue in _VENUES:
                plan = make_plan(post, verdict, policy=Policy(), now=_NOW)
                written = responder.draft(
                    post,
                    verdict,
                    plan,
                    venue,
                    signature="Ana",
                    brand="Parcelo",
                    seed=f"{at}",
                    recent=recent[-50:],
                    now=_NOW,
                )
                if written is not None:
                    recent.append(written.text)
    return (time.process_time() - begun) / (_ROUNDS * len(cases) * len(_VENUES)) * 1000


if __name__ == "__main__":
    figures = run()
    print(f"one draft: {figures.drafting_ms:.2f} ms, with the checker {figures.with_checker_ms:.2f} ms")

"""How many mentions a second go through the whole pipeline into a SQLite file, on one core.

    poll → record → classify → open a case → draft

All parts are the real ones but for the network's edge, which hands over made-up posts, a tenth of them complaints.

python -m benchmarks.bench_pipeline
"""

import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from benchmarks.figures import Figure, table
from benchmarks.posts import posts
from cases.drafts import ApprovedText
from cases.errors import Refused
from cases.lifecycle import Status
from cases.platform import Account, Batch, Reply, Sighting
from cases.posts import Mention
from monitor.config import parse_config
from monitor.house import House, wall_clock
from monitor.pipeline import draft, judge, open_cases, poll

_COUNT = 10_000
_FEWER = 5
"""So much smaller is the burst with second looks, which take some ms each."""
_WARM = 200
_PAGE = 50
"""Posts in a batch, as networks hand them over; each batch is a transaction of its own."""


class Burst:
    """A network on which everything is there at once, and on which nothing is ever posted."""

    name = "sandbox"
    limit = 500
    daily_cap: float | None = None

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self.mentions = mentions

    def account(self) -> Account:
        """The brand's."""
        return Account("parcelo", "parcelo", "https://sandbox.invalid/@parcelo")

    def poll(self, cursor: str | None, now: datetime, allowance: float = float("inf")) -> Iterator[Batch]:  # noqa: ARG002 - all of it, whenever
        """All posts, page by page."""
        for start in range(0, len(self.mentions), _PAGE):
            yield Batch(self.mentions[start : start + _PAGE], str(start))

    def read(self, mention: Mention) -> Mention | None:
        """The post as it was."""
        return mention

    def reply(self, mention: Mention, text: ApprovedText, key: str, now: datetime) -> Reply:  # noqa: ARG002 - refuses all
        """Nothing is sent while measuring."""
        message = "this network takes no replies"
        raise Refused(message)

    def find_reply(self, mention: Mention, key: str | None = None, text: str | None = None) -> Sighting:  # noqa: ARG002 - there is none
        """There is none."""
        return Sighting(None, complete=True)

    def measure(self, text: str) -> int:
        """Characters."""
        return len(text)

    def address(self, mention: Mention) -> str:  # noqa: ARG002 - notifies by itself
        """Nothing."""
        return ""

    def private_link(self) -> str:
        """A link."""
        return "https://sandbox.invalid/messages/parcelo"

    def take_cost(self) -> float:
        """Free."""
        return 0.0

    def close(self) -> None:
        """Nothing is open."""


def run(count: int = _COUNT) -> list[Figure]:
    """Take in `count` mentions after a short warm-up, on one core, wall-clock time.

    And a part of them with second looks at doubtful posts, as is the default.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            first = _measured(Path(one), count, second_look=False)
            return [*first, *_measured(Path(other), count // _FEWER, second_look=True)[:1]]
    finally:
        os.sched_setaffinity(0, cores)


def _measured(folder: Path, count: int, *, second_look: bool) -> list[Figure]:
    settings: dict[str, object] = {
        "brand": {"name": "Parcelo", "keywords": ["parcelo"], "signature": "Ana"},
        "platforms": {"sandbox": {}},
        "classifier": {"second_look": second_look},
    }
    config = parse_config(settings, folder / "config.toml")
    now = wall_clock()
    network = Burst(list(posts(_WARM, now, seed=2)))
    with House(config, connected={"sandbox": network}) as house:
        _all_steps(house)
        before = house.ledger.counts()
        network.mentions = list(posts(count, now))
        taken = _all_steps(house)
        opened = {state: many - before.get(state, 0) for state, many in house.ledger.counts().items()}
        stored = house.ledger.count_mentions() - _WARM
    if stored != count:
        message = f"{stored} of {count} mentions were stored: the figure would say nothing"
        raise AssertionError(message)
    drafts = opened.get(Status.DRAFTED, 0)
    steps = [Figure(f"of that, {step}", seconds / count * 1e6, "µs/mention") for step, seconds in taken.items()]
    return [
        Figure(
            f"whole pipeline into SQLite, one core, {'with' if second_look else 'no'} second looks",
            count / sum(taken.values()),
            "mentions/s",
            "≥ 500, aim 1,000",
        ),
        Figure("of its mentions, drafted", 100 * drafts / count, "%", "10 % are complaints"),
        *steps,
    ]


def _all_steps(house: House) -> dict[str, float]:
    steps: dict[str, Callable[[], object]] = {
        "poll and record": lambda: poll(house, "sandbox"),
        "classify": lambda: judge(house),
        "open cases": lambda: open_cases(house),
        "draft": lambda: draft(house),
    }
    taken = {}
    for name, step in steps.items():
        began = time.perf_counter()
        step()
        taken[name] = time.perf_counter() - began
    return taken


if __name__ == "__main__":
    print(table(run()))

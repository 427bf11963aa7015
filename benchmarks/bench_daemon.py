"""What the daemon costs: `amends run` on the sandbox, as a process of its own.

Seconds from the command to the end of the first poll, by the log; peak memory once all posts are drafted; processor
time while nothing happens, and how much of that is the sandbox, which plays the network in the daemon's own process.

python -m benchmarks.bench_daemon
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.figures import Figure, table
from cases.lifecycle import Status
from cases.posts import Watch
from monitor.house import wall_clock
from monitor.platforms.sandbox import Settings, connect
from store.ledger import Ledger

_PATIENCE = 60.0
_IDLE = 30.0
_STARTS = 3
_POLLS = 20
_CONFIG = """\
[brand]
name = "Parcelo"
keywords = ["parcelo"]
not_keywords = ["parcelo di sotto", "fc parcelo"]
signature = "Ana"

[platforms.sandbox]
speed = 100

[log]
level = "{level}"
"""


def run(idle: float = _IDLE) -> list[Figure]:
    """Start it some times on an empty store, then once to the end of all posts, and watch it `idle` seconds at rest."""
    seconds = []
    for _ in range(_STARTS):
        with _daemon("debug") as (_, folder, began):
            seconds.append(_first_poll(folder, began))
    with _daemon("info") as (process, folder, _):
        _wait_for_rest(folder)
        peak = _peak(process)
        before = process.cpu_times()
        time.sleep(idle)
        after = process.cpu_times()
        resting = (after.user + after.system - before.user - before.system) / idle
        poll = _sandbox_poll(folder)
    return [
        Figure("`amends run` to the end of the first poll", sorted(seconds)[_STARTS // 2], "s, median of 3", "< 2"),
        Figure("peak memory of the daemon, all posts drafted", peak, "MiB", "< 350"),
        Figure("processor of the daemon at rest", 100 * resting, "% of one core", "< 1"),
        Figure("of that, the sandbox's own polls", 100 * poll, "% of one core"),
    ]


@contextmanager
def _daemon(level: str) -> Iterator[tuple[psutil.Process, Path, datetime]]:
    """A running daemon, its folder, and when it was started."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_text(_CONFIG.format(level=level), encoding="utf-8")
        amends = Path(sys.executable).with_name("amends")
        began = datetime.now(UTC)
        with (
            (folder / "log").open("w") as log,
            subprocess.Popen([amends, "run"], cwd=folder, stdout=subprocess.DEVNULL, stderr=log) as process,  # noqa: S603 - our own
        ):
            try:
                yield psutil.Process(process.pid), folder, began
            finally:
                process.terminate()


def _first_poll(folder: Path, began: datetime) -> float:
    """Seconds until the log's first line about a poll that ended well."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        for line in (folder / "log").read_text(encoding="utf-8").splitlines():
            if '"event": "polled"' in line and line.endswith("}"):
                return (datetime.fromisoformat(json.loads(line)["timestamp"]) - began).total_seconds()
        time.sleep(0.05)
    raise AssertionError(_late(folder, "no poll"))


def _wait_for_rest(folder: Path) -> None:
    """Until nothing is undone, and nothing new came for some polls."""
    until, still, before = time.monotonic() + _PATIENCE, 0, -1
    while time.monotonic() < until:
        time.sleep(2.5)
        if not (folder / "sandbox.jsonl").exists():
            continue  # the store may be in the making
        with Ledger.open(f"sqlite:///{folder / 'amends.db'}") as ledger:
            mentions, flagged = ledger.count_mentions(), ledger.counts().get(Status.FLAGGED, 0)
            undone = flagged or ledger.unjudged(1) or ledger.unsettled(1)
        still = still + 1 if mentions == before and mentions and not undone else 0
        before = mentions
        if still == 3:  # noqa: PLR2004 - in a row
            return
    raise AssertionError(_late(folder, "no rest"))


def _late(folder: Path, what: str) -> str:
    return f"{what} within {_PATIENCE:.0f} s: {(folder / 'log').read_text(encoding='utf-8')}"


def _peak(process: psutil.Process) -> float:
    """The most that a process ever held, in MiB; where the system does not tell (no Linux), what it holds now."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return float(process.memory_info().rss) / 2**20
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _sandbox_poll(folder: Path) -> float:
    """The share of one core that the sandbox's polls take at their usual pace, measured in this process."""
    platform = connect(Settings(), {}, Watch(("parcelo",)), folder)
    with Ledger.open(f"sqlite:///{folder / 'amends.db'}") as ledger:
        cursor = ledger.cursor("sandbox")
    list(platform.poll(cursor, wall_clock()))
    before = _processor_seconds()
    for _ in range(_POLLS):
        list(platform.poll(cursor, wall_clock()))
    return (_processor_seconds() - before) / _POLLS / 2  # a poll every 2 s


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(table(run()))

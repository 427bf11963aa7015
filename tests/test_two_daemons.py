"""Two daemons on one PostgreSQL share the work: nothing lost, nothing said twice."""

import json
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from postgres import postgres_url
from typed import PROGRAM

from cases.lifecycle import Status
from monitor.house import wall_clock
from store.ledger import Ledger

CONFIG = """
[brand]
name = "Parcelo"
keywords = ["parcelo"]
[promise]
undo = "0s"
[store]
url = "{url}"
[platforms.sandbox]
every = "1s"
speed = 20
"""
SOON = 90.0


def _still_reading(ledger: Ledger) -> bool:
    """Whether posts are still to come, to be judged, to be settled or to be drafted for."""
    waiting = ledger.unjudged(1) or ledger.unsettled(1) or ledger.cases([Status.FLAGGED])
    return ledger.count_mentions() < 80 or bool(waiting)


@pytest.mark.live
def test_two_daemons_on_postgresql_lose_nothing_and_say_nothing_twice(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = postgres_url(request)
    (tmp_path / "config.toml").write_text(CONFIG.format(url=url), encoding="utf-8")
    null = subprocess.DEVNULL
    daemons = [subprocess.Popen([PROGRAM, "run"], cwd=tmp_path, stdout=null, stderr=null) for _ in range(2)]
    try:
        with Ledger.open(url) as ledger:
            until = time.monotonic() + SOON
            while time.monotonic() < until and _still_reading(ledger):
                time.sleep(0.5)
            approved = []
            for case in ledger.cases([Status.DRAFTED]):
                assert case.draft is not None
                for who in ("ana", "omar")[: case.approvals_needed]:
                    ledger.approve(
                        case.id, revision=case.draft.revision, hash=case.draft.hash, by=who, now=wall_clock()
                    )
                approved.append(case.id)
            on_the_way = [Status.APPROVED, Status.SENDING, Status.UNKNOWN]
            while time.monotonic() < until and ledger.cases(on_the_way):
                time.sleep(0.5)
            assert ledger.cases(on_the_way) == []
            intents = [intent for case in approved for intent in ledger.intents(case)]
        assert [daemon.poll() for daemon in daemons] == [None, None]
    finally:
        for daemon in daemons:
            daemon.terminate()
        ends = [daemon.wait(10) for daemon in daemons]
    assert ends == [0, 0]
    assert len(approved) > 20
    lines = [json.loads(line) for line in (tmp_path / "sandbox.jsonl").read_text(encoding="utf-8").splitlines()]
    replies = Counter(line["parent"] for line in lines if line["do"] == "say" and line["author"] == "parcelo")
    assert max(replies.values()) == 1
    assert sum(replies.values()) == sum(1 for intent in intents if intent.state == "posted")

"""Killed at any step between poll and posted, and started again: none lost, none doubled, no second reply."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from die_at import impatient, work

from cases.lifecycle import Status
from cases.posts import Watch
from monitor.config import load_config
from monitor.house import House
from monitor.platforms.sandbox import Settings, connect
from monitor.sandbox_network import shipped_script

SCRIPT = Path(__file__).parent / "die_at.py"
CONFIG = """
[brand]
name = "Parcelo"
keywords = ["parcelo"]
[promise]
undo = "0s"
[platforms.sandbox]
speed = 1000
"""
STEPS = [
    f"{step} {when}"
    for step in (
        "ledger.record",
        "ledger.judge",
        "ledger.settle",
        "ledger.add_draft",
        "ledger.approve",
        "ledger.begin",
        "sandbox.read",
        "sandbox.reply",
        "ledger.posted",
    )
    for when in ("before", "after")
]


def dies(folder: Path, *step: str) -> bool:
    """Run one round in a process of its own, which is to be killed at a step."""
    command = [sys.executable, str(SCRIPT), str(folder / "config.toml"), *step]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode == -signal.SIGKILL


def open_network(folder: Path) -> None:
    """Start the sandbox and let its two minutes pass."""
    platform = connect(Settings(speed=1000), {}, Watch(("parcelo",)), folder)
    list(platform.poll(None, datetime.now(UTC)))
    time.sleep(0.2)


@pytest.mark.parametrize("step", STEPS)
def test_a_daemon_killed_at_any_step_goes_on_where_it_was(tmp_path: Path, step: str) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    open_network(tmp_path)
    assert dies(tmp_path, *step.split())
    with House(impatient(load_config(tmp_path / "config.toml"))) as house:
        ledger = house.ledger
        for _ in range(8):
            time.sleep(0.3)  # the lease of whoever died runs out
            work(house)
            left = ledger.cases([Status.APPROVED, Status.SENDING, Status.UNKNOWN, Status.FLAGGED])
            approved = [ledger.case(number) for number in (1, 2, 3)]
            if not left and all(case.status is not Status.DRAFTED for case in approved):
                break
        assert not left
        assert ledger.unjudged() == []
        assert ledger.unsettled() == []
        mentions = [ledger.mention(number).mention.post_id for number in range(1, ledger.count_mentions() + 1)]
    assert max(Counter(mentions).values()) == 1
    assert set(mentions) >= {
        post.id for post in shipped_script() if "@parcelo" in post.text and not post.deleted_at and not post.repost
    }
    written = [json.loads(line) for line in (tmp_path / "sandbox.jsonl").read_text(encoding="utf-8").splitlines()]
    replies = Counter(line["parent"] for line in written if line["do"] == "say" and line["author"] == "parcelo")
    assert {case.mention.post_id: replies[case.mention.post_id] for case in approved} == {
        case.mention.post_id: 1 for case in approved
    }

"""One round of a daemon's work on the sandbox, killed at a named step: `python die_at.py CONFIG [STEP before|after]`.

A script of its own, since what dies must be a real process. The kill is SIGKILL: nothing is tidied up.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from cases.errors import CaseError
from cases.lifecycle import Status
from monitor.config import Config, load_config
from monitor.house import House
from monitor.pipeline import poll, work_through
from monitor.platforms.sandbox import Sandbox
from monitor.sending import send_pass
from store.ledger import Ledger

PARTS: dict[str, type] = {"ledger": Ledger, "sandbox": Sandbox}


def impatient(config: Config) -> Config:
    """A config with a lease and delays that are too short for any real network, so that a test need not wait."""
    hasty = config.sending.model_copy(
        update={"lease": timedelta(seconds=0.3), "settle": timedelta(), "look_again": timedelta()}
    )
    return config.model_copy(update={"sending": hasty})


def die_at(step: str, when: str) -> None:
    """Make one method end the process, before or after it does its work."""
    part, name = step.split(".")
    works: Callable[..., object] = getattr(PARTS[part], name)

    def last(*args: object, **names: object) -> object:
        if when == "after":
            works(*args, **names)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    setattr(PARTS[part], name, last)


def work(house: House) -> None:
    """Poll, draft, approve the first three drafts as a person would, send."""
    poll(house, "sandbox")
    work_through(house)
    ledger = house.ledger
    for case in sorted(ledger.cases([Status.DRAFTED]), key=lambda case: case.id)[:3]:
        if case.draft is not None and case.id <= 3 and not case.approvals:
            for who in ("ana", "omar")[: case.approvals_needed]:
                try:
                    ledger.approve(
                        case.id, revision=case.draft.revision, hash=case.draft.hash, by=who, now=house.clock()
                    )
                except CaseError:
                    break
    send_pass(house, "sandbox")


def main() -> None:
    """Run one round."""
    config = impatient(load_config(Path(sys.argv[1])))
    with House(config) as house:
        if len(sys.argv) > 2:
            house.ledger.counts()  # the store is there and up to date: what dies is the work
            die_at(sys.argv[2], sys.argv[3])
        work(house)


if __name__ == "__main__":
    main()

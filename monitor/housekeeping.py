"""Keeping only what the work needs: posts are read again by the date that their network sets, and forgotten if gone."""

import structlog

from cases.errors import PlatformError
from cases.lifecycle import DONE
from monitor.house import House

log = structlog.get_logger(__name__)


def read_again(house: House, name: str) -> int:
    """Read again what one network wants to be checked by now; how many posts were forgotten.

    A post without a case that still needs its words is forgotten without asking: reading it would cost money, and
    nobody is going to answer it.
    """
    ledger, forgotten = house.ledger, 0
    for stored in ledger.to_reread(name, now=house.clock()):
        open_case = stored.case is not None and ledger.case(stored.case).status not in DONE
        if not open_case:
            ledger.forget_mention(stored.id, now=house.clock())
            forgotten += 1
            continue
        try:
            with house.platform(name) as platform:
                fresh = platform.read(stored.mention)
                if cost := platform.take_cost():
                    ledger.add_cost(name, cost, now=house.clock())
        except PlatformError as error:
            log.warning("could not read again", action="read_again", platform=name, error=str(error))
            break
        if fresh is not None:
            ledger.refresh(stored.id, fresh, now=house.clock())
            continue
        if stored.case is not None:
            ledger.mark_withdrawn(stored.case, now=house.clock(), why="the author took the post back")
        ledger.forget_mention(stored.id, now=house.clock())
        forgotten += 1
    if forgotten:
        ledger.wipe()
    return forgotten

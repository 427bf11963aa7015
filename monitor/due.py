"""What falls due by itself: promises to customers, and the question some days after a matter was settled.

Nothing is posted here. A promise that is about to fall due gets an update as a draft for approval; a settled matter is
shown as due for the question.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from cases.case import Case
from cases.errors import CaseError
from cases.lifecycle import Status
from cases.promises import Promise
from cases.purposes import Purpose
from desk import follow
from monitor.house import House

AMENDS = "amends"
"""Who acts where no person does."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """What one look found: cases with a promise that falls due, and cases whose follow-up is due now."""

    promises: tuple[int, ...]
    follow_ups: tuple[int, ...]


def look_for_due(house: House) -> Due:
    """One look. Each promise and each settled matter is taken up once; it is safe to die anywhere."""
    now, rules = house.clock(), house.config.promise
    near = [one for one in house.ledger.promises_due(now + rules.remind) if _near(one, rules.remind, now)]
    promised = [one.case for one in near if _take_up(house, one, now)]
    settled = [case for case in house.ledger.settled_before(now - rules.follow_up) if _ask(house, case, now)]
    return Due(tuple(promised), tuple(settled))


def _near(promise: Promise, remind: timedelta, now: datetime) -> bool:
    """Whether it is time: what was promised for soon is not taken up in the minute in which it was said."""
    due_at = promise.spoken.due_at
    return now >= due_at - min(remind, (due_at - promise.made_at) / 2)


def _take_up(house: House, promise: Promise, now: datetime) -> bool:
    when = f"{promise.spoken.due_at.astimezone(house.zone):%Y-%m-%d %H:%M}"
    over = promise.spoken.due_at <= now
    why = f"{promise.owner} promised word by {when}{', which has passed' if over else ''}: {promise.spoken.words}"
    case = house.ledger.note_due(promise, why=why, now=now)
    if case is None:
        return False
    log.info("promise due", action="due", case=case.id, over=over)
    if _public(case):
        try:
            follow.write(house, case.id, Purpose.UPDATE, who=AMENDS, why=why)
        except CaseError as error:
            # It stays among the promises that are due; a person finds the words.
            log.info("no update drafted", action="due", case=case.id, why=str(error))
    return True


def _public(case: Case) -> bool:
    """Whether the next word belongs in public: once the talk is private, it goes on there."""
    return case.status is Status.REPLIED and not case.withdrawn


def _ask(house: House, case: int, now: datetime) -> bool:
    why = "settled some days ago: ask whether it is really well again"
    try:
        house.ledger.move(
            case,
            Status.FOLLOW_UP_DUE,
            who=AMENDS,
            action="follow_up_due",
            why=why,
            now=now,
            expect=Status.RESOLVED,
        )
    except CaseError as error:
        log.info("overtaken", action="due", case=case, why=str(error))
        return False
    return True

"""How an approved text becomes one public reply, and never two (rules 1, 2 and 5).

    approved → the intent is written (sending) → the post is read again → the reply is posted → the outcome is stored

Whatever is not a clear yes or a clear no is `unknown`, and only reading the thread settles that: the reply is found, or
complete looks after a settling delay show that it is not there. No write is ever repeated blindly.
"""

from dataclasses import dataclass

import structlog

from cases.case import Case, Intent
from cases.drafts import ApprovedText, text_hash
from cases.errors import (
    AmendsError,
    CaseError,
    Gone,
    PlatformError,
    RateLimited,
    Refused,
    SignInFailed,
)
from cases.keys import write_key
from cases.lifecycle import Status
from cases.platform import Platform, Sighting
from cases.posts import Mention
from cases.purposes import Purpose
from monitor.house import House

GONE = "the post is gone: its author took it back, or it was removed"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case in one pass."""

    case: int
    status: Status
    why: str = ""
    url: str = ""


def send_pass(house: House, name: str) -> list[Outcome]:
    """One pass over one platform: settle what is unknown, send what is due, look for what was posted by hand.

    A network's trouble stays with its platform; the store's is raised.
    """
    if not house.ledger.in_flight(name):
        return []  # the usual second of a quiet day costs one look
    outcomes = [_note(outcome) for outcome in settle_unknown(house, name)]
    ready = house.ledger.ready(now=house.clock(), undo=house.config.promise.undo, platforms=[name])
    for case in ready:
        with house.platform(name) as platform:
            try:
                outcome = send_one(house, platform, case)
            except CaseError as error:
                # Whoever took it over while we read the post again has settled it, or will.
                log.warning("overtaken", action="send", case=case.id, why=str(error))
                continue
        if outcome is not None:
            outcomes.append(_note(outcome))
    return outcomes


def send_one(house: House, platform: Platform, case: Case) -> Outcome | None:
    """Send one approved case; None where somebody else was faster, or took it back."""
    ledger = house.ledger
    now = house.clock()
    try:
        intent, text = ledger.begin(
            case.id,
            owner=house.owner,
            lease=house.config.sending.lease,
            key=write_key(now, case.id),
            now=now,
            undo=house.config.promise.undo,
        )
    except CaseError as error:
        log.info("not begun", action="send", case=case.id, why=str(error))
        return None
    try:
        fresh = platform.read(case.mention)
        answered = None if fresh is None else _look(platform, case, intent)
    except PlatformError as error:
        return _nothing_begun(house, intent, error)
    finally:
        _meter(house, platform)
    if fresh is None:
        return _outcome(ledger.stale(intent.id, GONE, withdrawn=True, now=house.clock()))
    if stopped := _stopped(house, case, intent, fresh, answered):
        return stopped
    if not ledger.renew(intent, lease=house.config.sending.lease, now=house.clock()):
        log.warning("lease lost before the write; nothing was sent", action="send", case=case.id)
        return None
    return _write(house, platform, fresh, intent, text)


def _look(platform: Platform, case: Case, intent: Intent) -> Sighting:
    """Whether this was said there already: the answer by any reply of ours, what follows it by that very text alone."""
    if intent.purpose is Purpose.ANSWER:
        return platform.find_reply(case.mention)
    return platform.find_reply(case.mention, key=intent.key, text=intent.text)


def _stopped(house: House, case: Case, intent: Intent, fresh: Mention, seen: Sighting | None) -> Outcome | None:
    """What became of the case where the post, as it is now, may not get this answer; None where it may."""
    ledger, now = house.ledger, house.clock()
    if text_hash(fresh.text) != text_hash(case.mention.text):
        ledger.refresh(case.mention_id, fresh, now=now)
        why = "the post was edited after it was approved; the draft may no longer fit"
        return _outcome(ledger.stale(intent.id, why, redraft=True, now=now))
    if seen is not None and seen.reply is not None:
        if seen.reply.text.strip() == intent.text.strip():
            return _outcome(ledger.posted(intent.id, seen.reply, now=now), seen.reply.url)
        why = f"our account has answered this post already: {seen.reply.url}"
        return _outcome(ledger.stale(intent.id, why, now=now))
    if not fresh.permissions.answerable:
        why = fresh.permissions.why_not or "the network takes no reply through its API here"
        return _outcome(ledger.to_hand(intent.id, why, now=now))
    return None


def _write(house: House, platform: Platform, mention: Mention, intent: Intent, text: ApprovedText) -> Outcome:
    """The write itself: the one call in Amends that says something in public."""
    ledger = house.ledger
    try:
        reply = platform.reply(mention, text, intent.key, house.clock())
    except (Refused, Gone, SignInFailed) as error:
        # By contract these three say for certain that nothing was posted.
        return _outcome(ledger.refused(intent.id, str(error), now=house.clock()))
    except PlatformError as error:
        until = error.until if isinstance(error, RateLimited) else None
        return _outcome(ledger.unclear(intent.id, str(error), now=house.clock(), not_before=until))
    finally:
        _meter(house, platform)
    return _outcome(ledger.posted(intent.id, reply, now=house.clock()), reply.url)


def settle_unknown(house: House, name: str) -> list[Outcome]:
    """Look for the replies that we are unsure of."""
    ledger, rules = house.ledger, house.config.sending
    outcomes = [Outcome(case, Status.UNKNOWN, "its lease ran out") for case in ledger.expire_leases(now=house.clock())]
    claimed = ledger.claim_unknown(owner=house.owner, lease=rules.lease, now=house.clock(), platforms=[name])
    for case, intent in claimed:
        try:
            with house.platform(name) as platform:
                try:
                    sighting = platform.find_reply(case.mention, key=intent.key, text=intent.text)
                finally:
                    _meter(house, platform)
        except PlatformError as error:
            again = rules.look_again
            if isinstance(error, RateLimited) and error.until is not None:
                again = max(again, error.until - house.clock())
            ledger.absent(intent.id, complete=False, settle=rules.settle, again=again, now=house.clock())
            log.warning("could not look", action="settle", case=case.id, platform=name, error=str(error))
            continue
        if sighting.reply is not None:
            outcomes.append(_outcome(ledger.posted(intent.id, sighting.reply, now=house.clock()), sighting.reply.url))
            continue
        moved = ledger.absent(
            intent.id, complete=sighting.complete, settle=rules.settle, again=rules.look_again, now=house.clock()
        )
        if moved.status is not Status.UNKNOWN:
            outcomes.append(_outcome(moved))
    return outcomes


def watch_by_hand(house: House, name: str) -> list[Outcome]:
    """Close the cases whose reply, posted by a person, can be seen under the post by now."""
    outcomes: list[Outcome] = []
    for case in house.ledger.cases([Status.BY_HAND], platform=name):
        try:
            with house.platform(name) as platform:
                try:
                    follows = case.draft is not None and case.draft.purpose is not Purpose.ANSWER
                    sighting = platform.find_reply(
                        case.mention, text=case.draft.text if case.draft and follows else None
                    )
                finally:
                    _meter(house, platform)
            if sighting.reply is None:
                continue
            moved = house.ledger.enter_reply(
                case.id,
                url=sighting.reply.url,
                reply_id=sighting.reply.post_id,
                text=sighting.reply.text,
                who="amends",
                now=house.clock(),
            )
            outcomes.append(_note(_outcome(moved, sighting.reply.url)))
        except AmendsError as error:
            log.warning("could not look", action="by_hand", case=case.id, platform=name, error=str(error))
    return outcomes


def _nothing_begun(house: House, intent: Intent, error: PlatformError) -> Outcome:
    """The post could not be read again, so nothing was written: back to approved, later."""
    again = house.clock() + house.config.sending.look_again
    if isinstance(error, RateLimited) and error.until is not None:
        again = max(again, error.until)
    if isinstance(error, Gone):
        return _outcome(house.ledger.stale(intent.id, GONE, withdrawn=True, now=house.clock()))
    if error.permanent:
        return _outcome(house.ledger.refused(intent.id, str(error), now=house.clock()))
    why = f"nothing was sent, the post could not be read again: {error}"
    return _outcome(house.ledger.release(intent.id, why, now=house.clock(), not_before=again))


def _outcome(case: Case, url: str = "") -> Outcome:
    return Outcome(case.id, case.status, case.reason, url)


def _note(outcome: Outcome) -> Outcome:
    log.info("sent or not", action="send", case=outcome.case, status=str(outcome.status), why=outcome.why)
    return outcome


def _meter(house: House, platform: Platform) -> None:
    if cost := platform.take_cost():
        house.ledger.add_cost(platform.name, cost, now=house.clock())

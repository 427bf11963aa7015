"""The digest's mail: once a week, never twice, and after a downtime the last one that was missed."""

import uuid
from datetime import UTC, datetime, timedelta

import structlog

from cases.errors import AmendsError, StoreError, UnclearMail
from cases.weeks import Week
from monitor.digest.compose import Digest, compose
from monitor.digest.mail import hand_over, write_mail
from monitor.house import House

AGAIN = timedelta(hours=1)
"""Between two attempts: a mail server that is asked every few seconds with a wrong password soon locks the account."""

log = structlog.get_logger(__name__)


def last_due(now: datetime, house: House) -> datetime:
    """The latest moment at or before `now` at which a digest was due by the brand's clock, in UTC."""
    settings, zone = house.config.digest, house.config.brand.zone
    there = now.astimezone(zone)
    day = there.date() - timedelta(days=(there.weekday() - settings.weekday) % 7)
    # Compared in UTC: within one zone Python compares what the clock shows, which runs twice when it goes back.
    due = datetime.combine(day, settings.at, zone).astimezone(UTC)
    return due if due <= now else datetime.combine(day - timedelta(days=7), settings.at, zone).astimezone(UTC)


def send_if_due(house: House) -> Week | None:
    """Mail the digest of the last full week if it is due and was not mailed; the week, if it was.

    A claim in the store comes first, so that neither a restart nor a second daemon mails it again. It is given back
    only where the server surely did not take the mail; then it is tried again after `AGAIN`. Raises `StoreError`.
    """
    if not house.config.digest.to:
        return None
    now = house.clock()
    due = last_due(now, house)
    began = house.ledger.reports.began_at()
    if began is None or began >= due:
        return None  # nothing was watched before that moment: the first digest comes at the next one
    week = Week.of(due, house.config.brand.zone).before
    if house.ledger.reports.digest_claimed(str(week)):
        return None
    # One attempt in a while, by whichever daemon: each has an owner of its own, and nobody lets go of it.
    if not house.ledger.lease(f"digest {week}", owner=uuid.uuid4().hex, until=now + AGAIN, now=now):
        return None
    try:
        sent = _send_once(house, week)
    except StoreError:
        raise
    except UnclearMail as error:
        log.error("digest may not have arrived", action="digest", week=str(week), error=str(error), send=_by_hand(week))
        return None
    except AmendsError as error:
        again = (now + AGAIN).isoformat(timespec="minutes")
        log.error(
            "digest not mailed", action="digest", week=str(week), error=str(error), again=again, send=_by_hand(week)
        )
        return None
    if not sent:
        return None
    log.info("digest mailed", action="digest", week=str(week), to=len(house.config.digest.to))
    return week


def send(house: House, digest: Digest) -> None:
    """Mail a digest because a person asks for it, even if it was mailed before.

    A week that is over counts as mailed then, so that it does not come again by itself. Raises `MailError`; it is
    `UnclearMail` where the line dropped while the mail may have been taken.
    """
    mail = write_mail(house.config, digest)
    week = str(digest.week)
    over = digest.last_day < digest.now.date()
    claimed = over and house.ledger.claim_digest(week, owner=house.owner, now=house.clock())
    try:
        hand_over(mail, house.config.smtp, house.environment)
    except UnclearMail:
        raise
    except BaseException:
        if claimed:
            house.ledger.release_digest(week)
        raise
    if over:
        house.ledger.digest_done(week, house.clock())


def _send_once(house: House, week: Week) -> bool:
    """Claim the week and mail it; False where somebody else has claimed it."""
    # Written before it is claimed: a process that dies in between has claimed nothing.
    mail = write_mail(house.config, compose(house, week))
    if not house.ledger.claim_digest(str(week), owner=house.owner, now=house.clock()):
        return False
    try:
        hand_over(mail, house.config.smtp, house.environment)
    except UnclearMail:
        raise
    except BaseException:
        house.ledger.release_digest(str(week))
        raise
    house.ledger.digest_done(str(week), house.clock())
    return True


def _by_hand(week: Week) -> str:
    return f"amends digest --week {week} --send"

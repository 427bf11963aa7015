"""The digest's mail: once a week, never twice, and after a downtime the last one that was missed."""

import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import structlog

from cases.errors import MailError
from monitor.digest.compose import Digest, compose
from monitor.digest.render import as_html, as_text, subject
from monitor.digest.week import Week
from monitor.house import House
from monitor.secrets import read_secret

TIMEOUT = 30.0

log = structlog.get_logger(__name__)


def last_due(now: datetime, house: House) -> datetime:
    """The latest moment at or before `now` at which a digest was due, in the brand's time zone."""
    settings, zone = house.config.digest, house.config.brand.zone
    there = now.astimezone(zone)
    day = there.date() - timedelta(days=(there.weekday() - settings.weekday) % 7)
    due = datetime.combine(day, settings.at, zone)
    return due if due <= there else datetime.combine(day - timedelta(days=7), settings.at, zone)


def send_if_due(house: House) -> Week | None:
    """Mail the digest of the last full week if it is due and was not mailed; the week, if it was.

    A claim in the store comes first, so that neither a restart nor a second daemon mails it again. It is given back
    only where the server surely did not take the mail.
    """
    if not house.config.digest.to:
        return None
    now = house.clock()
    due = last_due(now, house)
    began = house.ledger.reports.began_at()
    if began is None or began >= due:
        return None  # nothing was watched before that moment: the first digest comes at the next one
    week = Week.of(due, house.config.brand.zone).before
    if not house.ledger.claim_digest(str(week), owner=house.owner, now=now):
        return None
    try:
        send(house, compose(house, week))
    except MailError as error:
        if not getattr(error, "unclear", False):
            house.ledger.release_digest(str(week))
        log.error("digest not mailed", action="digest", week=str(week), error=str(error))
        return None
    except BaseException:
        house.ledger.release_digest(str(week))
        raise
    house.ledger.digest_done(str(week), house.clock())
    log.info("digest mailed", action="digest", week=str(week), to=len(house.config.digest.to))
    return week


def send(house: House, digest: Digest) -> None:
    """Hand the digest to the mail server. Raises `MailError`; it is `UnclearMail` where the mail may have been taken."""
    if not house.config.digest.to:
        message = "[digest] to names nobody in config.toml"
        raise MailError(message)
    mail = write_mail(house, digest)
    settings = house.config.smtp
    name = read_secret("smtp", "username", house.environment)
    password = read_secret("smtp", "password", house.environment)
    where = f"{settings.host}:{settings.port}"
    handed_over = False
    try:
        context = ssl.create_default_context()
        if settings.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT, context=context)
        else:
            client = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)
        with client:
            if settings.security == "starttls":
                client.starttls(context=context)
            if name and password:
                client.login(name, password)
            handed_over = True
            refused = client.send_message(mail)
            handed_over = False
    except smtplib.SMTPAuthenticationError as error:
        message = f"the mail server at {where} refuses AMENDS_SMTP_USERNAME and AMENDS_SMTP_PASSWORD"
        raise MailError(message) from error
    except smtplib.SMTPResponseException as error:
        told = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        message = f"the mail server at {where} said no: {error.smtp_code} {told}"
        raise MailError(message) from error
    except smtplib.SMTPRecipientsRefused as error:
        message = f"the mail server at {where} takes no mail for {', '.join(error.recipients)}"
        raise MailError(message) from error
    except (smtplib.SMTPException, OSError) as error:
        if handed_over:
            message = f"the line to {where} dropped; the digest may have arrived, so it is not mailed again by itself"
            raise UnclearMail(message) from error
        message = f"the mail server at {where} can't be reached or used: {error}; see [smtp] in config.toml"
        raise MailError(message) from error
    if refused:
        log.warning("some were refused", action="digest", refused=len(refused))


class UnclearMail(MailError):
    """The line dropped while the mail was handed over: it may have been taken."""

    unclear = True


def write_mail(house: House, digest: Digest) -> EmailMessage:
    """The digest as a mail with a text and an HTML part."""
    language = house.config.digest.language
    mail = EmailMessage()
    mail["Subject"] = subject(digest, language)
    mail["From"] = house.config.smtp.sender
    mail["To"] = ", ".join(house.config.digest.to)
    mail["Date"] = format_datetime(digest.now)
    # The same week has the same identifier: a mailbox that gets it twice after all can tell.
    mail["Message-ID"] = f"<digest-{digest.week}.{house.config.smtp.sender.replace('@', '-at-')}@amends.invalid>"
    mail["Content-Language"] = language
    mail.set_content(as_text(digest, language))
    mail.add_alternative(as_html(digest, language), subtype="html")
    return mail

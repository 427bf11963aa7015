"""A digest as a mail, and the mail handed to a server."""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

import structlog

from cases.errors import MailError, UnclearMail
from monitor.config import Config, Smtp
from monitor.digest.compose import Digest
from monitor.digest.render import as_html, as_text, subject
from monitor.secrets import read_secret, variable

TIMEOUT = 30.0
"""Seconds for each step of the conversation."""

log = structlog.get_logger(__name__)


def write_mail(config: Config, digest: Digest) -> EmailMessage:
    """The digest as a mail with a text and an HTML part.

    Raises `MailError` where an address can't stand in a mail, or nobody is to get it, and `PackError` for a language
    that it can't be written in.
    """
    if not config.digest.to:
        message = "[digest] to names nobody in config.toml"
        raise MailError(message)
    language = config.digest.language
    mail = EmailMessage()
    try:
        mail["From"] = config.smtp.sender
        mail["To"] = ", ".join(config.digest.to)
    except ValueError as error:
        message = f"an address in [smtp] sender or [digest] to is none: {error}; mend it in config.toml"
        raise MailError(message) from error
    domain = parseaddr(config.smtp.sender)[1].rpartition("@")[2]
    mail["Subject"] = subject(digest, language)
    mail["Date"] = format_datetime(digest.now)
    mail["Message-ID"] = make_msgid(idstring=f"digest-{digest.week}", domain=domain or "localhost")
    mail["Content-Language"] = language
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(as_text(digest, language))
    mail.add_alternative(as_html(digest, language), subtype="html")
    return mail


def hand_over(mail: EmailMessage, settings: Smtp, environment: Mapping[str, str]) -> None:
    """Give a mail to the server of [smtp].

    Raises `MailError` where the server surely has not taken it, `UnclearMail` where it may have, and `ConfigError` for
    a secret's file that can't be read. Where some recipients were refused and others not, it counts as handed over.
    """
    name, password = (read_secret("smtp", part, environment) for part in ("username", "password"))
    if bool(name) != bool(password):
        missing = variable("smtp", "password" if name else "username")
        message = f"{missing} is not set, though the other half of the mail server's sign-in is"
        raise MailError(message)
    where = f"{settings.host}:{settings.port}"
    client: _Client | None = None
    try:
        client = _dial(settings)
        if name and password:
            client.login(name, password)
        refused = client.send_message(mail)
    except smtplib.SMTPAuthenticationError as error:
        message = f"the mail server at {where} refuses AMENDS_SMTP_USERNAME and AMENDS_SMTP_PASSWORD"
        raise MailError(message) from error
    except smtplib.SMTPResponseException as error:
        message = f"the mail server at {where} said no: {error.smtp_code} {_words(error.smtp_error)}"
        raise MailError(message) from error
    except smtplib.SMTPRecipientsRefused as error:
        message = f"the mail server at {where} takes no mail for {_refusals(error.recipients)}"
        raise MailError(message) from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        if client is not None and client.giving:
            message = f"the line to {where} dropped; the digest may have arrived, so it is not mailed again by itself"
            raise UnclearMail(message) from error
        message = f"the mail server at {where} can't be reached or used: {error}; see [smtp] in config.toml"
        raise MailError(message) from error
    finally:
        if client is not None:
            _part(client)
    if refused:
        log.warning("some recipients were refused", action="digest", refused=_refusals(refused))


class _Client(smtplib.SMTP):
    """Knows when a mail is being given: from then on a dropped line leaves open whether it was taken."""

    giving = False

    def data(self, msg: object) -> tuple[int, bytes]:
        """Give the mail's text."""
        self.giving = True
        return super().data(msg)  # type: ignore[arg-type] # typed by a private alias of typeshed


class _SafeClient(_Client, smtplib.SMTP_SSL):
    """The same over TLS from the start."""


def _dial(settings: Smtp) -> _Client:
    context = ssl.create_default_context()
    if settings.security == "tls":
        return _SafeClient(settings.host, settings.port, timeout=TIMEOUT, context=context)
    client = _Client(settings.host, settings.port, timeout=TIMEOUT)
    if settings.security == "starttls":
        try:
            client.starttls(context=context)
        except BaseException:
            client.close()
            raise
    return client


def _part(client: _Client) -> None:
    """Take leave. The mail's fate is settled by now, so that nothing said here changes it."""
    with suppress(smtplib.SMTPException, OSError):
        client.quit()
    client.close()


def _refusals(recipients: Mapping[str, tuple[int, bytes]]) -> str:
    return ", ".join(f"{address} ({code} {_words(told)})" for address, (code, told) in recipients.items())


def _words(told: bytes | str) -> str:
    """A server's words on one line."""
    return " ".join((told.decode(errors="replace") if isinstance(told, bytes) else told).split())

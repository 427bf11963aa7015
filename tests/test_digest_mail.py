"""The digest's mail against a real mail server on loopback: once a week, never twice, and not given up lightly."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from conftest import Clock
from scenes import mention, take_in

from cases.errors import ConfigError, MailError, UnclearMail
from cases.weeks import Week
from monitor.config import parse_config
from monitor.digest.compose import compose
from monitor.digest.weekly import last_due, send, send_if_due
from monitor.house import House

W47 = Week(2026, 47)
HOUR = timedelta(hours=1)


class Postbox:
    """What the mail server was given, and what it says to it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.after_data = "250 taken"
        self.attempts = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        self.attempts += 1
        if self.after_data.startswith("250") or self.after_data == "drop":
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
        if self.after_data == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return self.after_data


class _Line(SMTP):
    """Remembers the plain line, which TLS may come to stand on."""

    plain: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.plain = self.plain or transport
        super().connection_made(transport)

    def hang_up(self) -> None:
        """End it at once, if it ever came about."""
        if isinstance(self.plain, asyncio.Transport):
            self.plain.abort()


class _Loopback(Controller):
    """A server on a free port."""

    def __init__(self, postbox: Postbox, **settings: Any) -> None:  # noqa: ANN401 - whatever aiosmtpd's SMTP takes
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        super().__init__(postbox, hostname="127.0.0.1", port=port, **settings)
        self._lines: list[_Line] = []

    def factory(self) -> SMTP:
        """A protocol for one line, whose end is seen to when the server stops."""
        self._lines.append(_Line(self.handler, **self.SMTP_kwargs))
        return self._lines[-1]

    def stop(self, no_assert: bool = False) -> None:  # noqa: FBT002 - aiosmtpd's signature
        """End all lines before the loop ends, so that none is left open."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(5)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        for line in self._lines:
            line.hang_up()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait([*others, asyncio.create_task(asyncio.sleep(0.01))], timeout=1)


StartServer = Callable[..., int]


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def start_server(postbox: Postbox) -> Iterator[StartServer]:
    """Starts a server with some settings of aiosmtpd; its port."""
    running: list[_Loopback] = []

    def start(**settings: object) -> int:
        running.append(_Loopback(postbox, **settings))
        running[-1].start()
        return int(running[-1].port)

    yield start
    for server in running:
        server.stop()


OpenHouse = Callable[..., House]


@pytest.fixture
def open_house(store_url: str, clock: Clock) -> Iterator[OpenHouse]:
    """A house that mails to a port; several of them are several processes on one store."""
    opened: list[House] = []

    def make(port: int, environment: dict[str, str] | None = None, **tables: dict[str, object]) -> House:
        table: dict[str, object] = {
            "brand": {"name": "Parcelo", "timezone": "Europe/Berlin"},
            "store": {"url": store_url},
            "digest": {"to": ["lead@example.com", "Ana <ana@example.com>"], **tables.get("digest", {})},
            "smtp": {"port": port, "sender": "Amends <amends@parcelo.example>", **tables.get("smtp", {})},
        }
        opened.append(House(parse_config(table), clock=clock, environment=environment or {}))
        return opened[-1]

    yield make
    for house in opened:
        house.close()


def watched(house: House, since: datetime = datetime(2026, 11, 10, 9, tzinfo=UTC)) -> House:
    """The same house, which has had a complaint."""
    take_in(house.ledger, mention("p", at=since), now=since)
    return house


# --- the mail


def test_the_mail_holds_text_and_page_and_says_whose_week_it_is(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox
) -> None:
    assert send_if_due(watched(open_house(start_server()))) == W47
    (mail,) = postbox.mails
    assert mail["Subject"] == "The week in amends: Parcelo, 2026-W47"
    assert mail["From"] == "Amends <amends@parcelo.example>"
    assert mail["To"] == "lead@example.com, Ana <ana@example.com>"
    assert mail["Message-ID"].endswith("@parcelo.example>")
    assert mail.get_content_type() == "multipart/alternative"
    text, page = mail.iter_parts()
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert "Week 47 of 2026" in text.get_content()
    assert "<table" in page.get_content()


def test_a_persian_digest_arrives_as_it_was_written(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox
) -> None:
    send_if_due(watched(open_house(start_server(), digest={"language": "fa"})))
    (mail,) = postbox.mails
    assert mail["Subject"] == "هفته‌ای که جبران کردیم: Parcelo, 2026-W47"
    _, page = mail.iter_parts()
    assert 'dir="rtl"' in page.get_content()
    assert "هفتهٔ ۴۷ سال ۲۰۲۶" in page.get_content()


# --- once a week


def test_it_goes_out_once_whatever_is_restarted(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock
) -> None:
    port = start_server()
    assert send_if_due(watched(open_house(port))) == W47
    for days in range(6):
        assert send_if_due(open_house(port)) is None
        clock.sleep(days=1, minutes=days)
    assert len(postbox.mails) == 1
    clock.sleep(days=1)
    assert send_if_due(open_house(port)) == Week(2026, 48)
    assert len(postbox.mails) == 2


def test_of_two_daemons_at_once_one_mails(start_server: StartServer, open_house: OpenHouse, postbox: Postbox) -> None:
    port = start_server()
    houses = [watched(open_house(port)), *(open_house(port) for _ in range(3))]
    for house in houses:
        assert house.ledger.reports.began_at() is not None
    ready = threading.Barrier(len(houses))
    sent: list[Week | None] = []

    def daemon(house: House) -> None:
        ready.wait()
        sent.append(send_if_due(house))

    threads = [threading.Thread(target=daemon, args=(house,)) for house in houses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sent.count(W47), sent.count(None)) == (1, 3)
    assert len(postbox.mails) == 1


def test_after_a_downtime_only_the_last_one_missed_goes_out(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock
) -> None:
    house = watched(open_house(start_server()))
    clock.sleep(days=17)
    assert send_if_due(house) == Week(2026, 49)
    assert send_if_due(house) is None
    assert len(postbox.mails) == 1


@pytest.mark.parametrize("seen", [None, datetime(2026, 11, 23, 7, 0, 30, tzinfo=UTC)])
def test_nothing_is_mailed_of_a_week_before_anything_was_watched(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock, seen: datetime | None
) -> None:
    house = open_house(start_server())
    if seen is not None:
        watched(house, seen)
    assert send_if_due(house) is None
    assert postbox.mails == []
    if seen is not None:
        clock.sleep(days=7)
        assert send_if_due(house) == Week(2026, 48)


def test_it_waits_for_its_hour_by_the_brands_clock(
    start_server: StartServer, open_house: OpenHouse, clock: Clock
) -> None:
    house = watched(open_house(start_server(), digest={"day": "monday", "at": "09:30"}))
    # In Berlin it is 09:00.
    before = send_if_due(house)
    assert before == Week(2026, 46), "that of the Monday before was still owed"
    clock.sleep(minutes=29, seconds=59)
    assert send_if_due(house) is None
    clock.sleep(seconds=1)
    assert send_if_due(house) == W47


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # Summer ends on Sunday, 25 October 2026: eight o'clock comes an hour later in UTC.
        (datetime(2026, 10, 19, 12, tzinfo=UTC), datetime(2026, 10, 19, 6, tzinfo=UTC)),
        (datetime(2026, 10, 26, 6, 59, tzinfo=UTC), datetime(2026, 10, 19, 6, tzinfo=UTC)),
        (datetime(2026, 10, 26, 7, tzinfo=UTC), datetime(2026, 10, 26, 7, tzinfo=UTC)),
        # Summer begins on Sunday, 28 March 2027.
        (datetime(2027, 3, 29, 5, 59, tzinfo=UTC), datetime(2027, 3, 22, 7, tzinfo=UTC)),
        (datetime(2027, 3, 29, 6, tzinfo=UTC), datetime(2027, 3, 29, 6, tzinfo=UTC)),
    ],
)
def test_the_hour_follows_the_clocks_as_they_change(open_house: OpenHouse, now: datetime, due: datetime) -> None:
    assert last_due(now, open_house(25)) == due


def test_an_hour_that_comes_twice_mails_once(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock
) -> None:
    clock.now = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    house = watched(open_house(start_server(), digest={"day": "sunday", "at": "02:30"}), clock.now - timedelta(days=9))
    sent = []
    for _ in range(18):
        sent.append(send_if_due(house))
        clock.sleep(minutes=10)
    assert [week for week in sent if week] == [Week(2026, 41), Week(2026, 42)], "what was owed, then the new one"
    assert len(postbox.mails) == 2


def test_nobody_to_mail_to_is_no_trouble(open_house: OpenHouse) -> None:
    assert send_if_due(watched(open_house(25, digest={"to": []}))) is None


# --- trouble


def test_a_server_that_is_away_is_asked_again_an_hour_later(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert send_if_due(watched(open_house(nobody.getsockname()[1]))) is None
    there = open_house(start_server())
    clock.sleep(minutes=59)
    assert send_if_due(there) is None
    assert postbox.attempts == 0, "asked every half minute, a server would soon lock us out"
    clock.sleep(minutes=1)
    assert send_if_due(there) == W47
    assert len(postbox.mails) == 1


def test_the_error_names_the_server_and_the_setting(open_house: OpenHouse) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        house = open_house(port)
        with pytest.raises(MailError, match=rf"127\.0\.0\.1:{port}.*\[smtp\]") as caught:
            send(house, compose(house, W47))
    assert not isinstance(caught.value, UnclearMail)
    assert caught.value.__cause__ is not None


def test_when_all_are_refused_the_error_names_them_and_it_is_tried_again(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock
) -> None:
    house = watched(open_house(start_server()))
    postbox.refused = {"lead@example.com", "ana@example.com"}
    with pytest.raises(MailError, match=r"lead@example\.com \(550 nobody of that name\)"):
        send(house, compose(house, W47))
    assert send_if_due(house) is None
    postbox.refused = set()
    clock.sleep(hours=1)
    assert send_if_due(house) == W47


def test_when_one_is_refused_the_others_get_it_once(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock
) -> None:
    house = watched(open_house(start_server()))
    postbox.refused = {"lead@example.com"}
    assert send_if_due(house) == W47
    clock.sleep(hours=2)
    assert send_if_due(house) is None
    assert len(postbox.mails) == 1


@pytest.mark.parametrize("words", ["451 later please", "554 looks like spam"])
def test_a_mail_that_is_refused_after_it_was_given_is_tried_again(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock, words: str
) -> None:
    house = watched(open_house(start_server()))
    postbox.after_data = words
    with pytest.raises(MailError, match=words) as caught:
        send(house, compose(house, W47))
    assert not isinstance(caught.value, UnclearMail)
    assert send_if_due(house) is None
    postbox.after_data = "250 taken"
    clock.sleep(hours=1)
    assert send_if_due(house) == W47
    assert len(postbox.mails) == 1


def test_where_the_line_drops_once_it_was_given_it_never_goes_out_again(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock
) -> None:
    house = watched(open_house(start_server()))
    postbox.after_data = "drop"
    assert send_if_due(house) is None
    postbox.after_data = "250 taken"
    for _ in range(5):
        clock.sleep(hours=2)
        assert send_if_due(house) is None
    assert len(postbox.mails) == 1, "it had arrived after all"


def test_a_dropped_line_is_told_as_unclear(start_server: StartServer, open_house: OpenHouse, postbox: Postbox) -> None:
    house = watched(open_house(start_server()))
    postbox.after_data = "drop"
    with pytest.raises(UnclearMail, match="may have arrived"):
        send(house, compose(house, W47))


def test_a_line_that_drops_before_anything_was_given_is_tried_again(open_house: OpenHouse) -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def greet_and_leave() -> None:
            line, _ = rude.accept()
            with line:
                line.sendall(b"220 hello\r\n")
                line.recv(1000)

        thread = threading.Thread(target=greet_and_leave)
        thread.start()
        house = watched(open_house(rude.getsockname()[1]))
        assert send_if_due(house) is None
        thread.join()
    assert not house.ledger.reports.digest_claimed(str(W47))


def test_a_server_that_speaks_nonsense_is_a_mail_error(open_house: OpenHouse) -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def babble() -> None:
            line, _ = rude.accept()
            with line:
                line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 3)

        thread = threading.Thread(target=babble)
        thread.start()
        house = open_house(rude.getsockname()[1])
        with pytest.raises(MailError, match=r"127\.0\.0\.1"):
            send(house, compose(house, W47))
        thread.join()


def test_an_address_that_is_none_is_told_with_its_setting(open_house: OpenHouse) -> None:
    house = open_house(25, digest={"to": ["lead@example.com\nBcc: all@example.com"]})
    with pytest.raises(MailError, match=r"\[digest\] to"):
        send(house, compose(house, W47))


def test_a_language_without_words_is_refused_before_any_week_is_due(open_house: OpenHouse) -> None:
    with pytest.raises(ConfigError, match=r"digest\.language: .*ar, en, fa"):
        open_house(25, digest={"language": "sv"})


# --- by hand


def test_one_mailed_by_hand_does_not_come_again_by_itself(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock
) -> None:
    house = watched(open_house(start_server()))
    send(house, compose(house, W47))
    clock.sleep(hours=2)
    assert send_if_due(house) is None
    send(house, compose(house, W47))
    assert len(postbox.mails) == 2, "a person who asks twice gets it twice"


def test_a_week_so_far_mailed_by_hand_comes_again_when_it_is_over(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock
) -> None:
    house = watched(open_house(start_server()))
    send(house, compose(house, Week(2026, 48)))
    clock.sleep(days=7)
    assert send_if_due(house) == Week(2026, 48)
    assert len(postbox.mails) == 2


def test_one_that_failed_by_hand_still_comes_by_itself(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox
) -> None:
    house = watched(open_house(start_server()))
    postbox.after_data = "451 later please"
    with pytest.raises(MailError):
        send(house, compose(house, W47))
    postbox.after_data = "250 taken"
    assert send_if_due(house) == W47


# --- signing in


def _guard(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword) -> AuthResult:
    return AuthResult(success=given == LoginPassword(b"amends", b"open sesame"), handled=False)


IN_THE_CLEAR = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
"""aiosmtpd is right to warn; on loopback nobody listens."""

SIGN_IN = {"AMENDS_SMTP_USERNAME": "amends", "AMENDS_SMTP_PASSWORD": "open sesame"}


@IN_THE_CLEAR
def test_it_signs_in_with_the_secrets_of_the_environment(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, tmp_path: Path
) -> None:
    port = start_server(authenticator=_guard, auth_required=True, auth_require_tls=False)
    (tmp_path / "password").write_text("open sesame\n", encoding="utf-8")
    by_file = {"AMENDS_SMTP_USERNAME": "amends", "AMENDS_SMTP_PASSWORD_FILE": str(tmp_path / "password")}
    for secrets in (SIGN_IN, by_file):
        house = open_house(port, secrets)
        send(house, compose(house, W47))
    assert len(postbox.mails) == 2


@IN_THE_CLEAR
def test_a_wrong_password_is_told_by_the_names_of_its_variables_alone(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox, clock: Clock
) -> None:
    port = start_server(authenticator=_guard, auth_required=True, auth_require_tls=False)
    house = watched(open_house(port, {**SIGN_IN, "AMENDS_SMTP_PASSWORD": "guessed"}))
    with pytest.raises(MailError, match="AMENDS_SMTP_PASSWORD") as caught:
        send(house, compose(house, W47))
    assert "guessed" not in str(caught.value)
    assert send_if_due(house) is None
    clock.sleep(hours=1)
    assert send_if_due(open_house(port, SIGN_IN)) == W47
    assert len(postbox.mails) == 1


def test_half_a_sign_in_is_told_before_anybody_is_asked(open_house: OpenHouse) -> None:
    house = open_house(25, {"AMENDS_SMTP_USERNAME": "amends"})
    with pytest.raises(MailError, match="AMENDS_SMTP_PASSWORD is not set"):
        send(house, compose(house, W47))


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that nobody trusts yet, and a server's context with it."""
    key, signed = tmp_path / "key.pem", tmp_path / "cert.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"]
    run([*make, *names, "-keyout", str(key), "-out", str(signed)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    return signed, context


def test_starttls_comes_before_the_password(
    start_server: StartServer,
    open_house: OpenHouse,
    postbox: Postbox,
    certificate: tuple[Path, ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signed, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(signed))
    port = start_server(tls_context=context, require_starttls=True, authenticator=_guard, auth_required=True)
    house = open_house(port, SIGN_IN, smtp={"security": "starttls"})
    send(house, compose(house, W47))
    assert len(postbox.mails) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_nobody_vouches_for_gets_nothing(
    start_server: StartServer,
    open_house: OpenHouse,
    postbox: Postbox,
    certificate: tuple[Path, ssl.SSLContext],
    security: str,
) -> None:
    _, context = certificate
    port = start_server(**({"tls_context": context} if security == "starttls" else {"ssl_context": context}))
    house = open_house(port, smtp={"security": security})
    with pytest.raises(MailError, match="certificate"):
        send(house, compose(house, W47))
    assert postbox.attempts == 0


def test_tls_from_the_first_byte_is_spoken_too(
    start_server: StartServer,
    open_house: OpenHouse,
    postbox: Postbox,
    certificate: tuple[Path, ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signed, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(signed))
    house = open_house(start_server(ssl_context=context), smtp={"security": "tls"})
    send(house, compose(house, W47))
    assert len(postbox.mails) == 1


def test_a_server_without_starttls_gets_no_mail_in_the_clear(
    start_server: StartServer, open_house: OpenHouse, postbox: Postbox
) -> None:
    house = open_house(start_server(), smtp={"security": "starttls"})
    with pytest.raises(MailError, match="STARTTLS"):
        send(house, compose(house, W47))
    assert postbox.attempts == 0

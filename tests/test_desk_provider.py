"""Sign-in by an OpenID Connect provider, against a real one on loopback, and one that forges."""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from conftest import Clock
from deskroom import CONFIG, served
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from cases.people import Person
from cases.plans import Role
from desk.access import AccessSettings, Provider
from desk.app import make_app
from monitor.config import load_config
from monitor.house import House

WAIT = 20


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider in a process of its own: it warns of its own habits, and we take warnings for errors."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(address + "/jwks", timeout=WAIT).raise_for_status()
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(WAIT)


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    with House(load_config(path), clock=clock) as opened:
        yield opened


@pytest.fixture
def settings(issuer: str) -> AccessSettings:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    provider = Provider(issuer, "desk", "a made-up secret", label="House keys")
    return AccessSettings(url=f"http://127.0.0.1:{port}", provider=provider)


@pytest.fixture
def address(house: House, settings: AccessSettings) -> Iterator[str]:
    with served(make_app(house, settings)) as opened:
        yield opened


def let_in(house: House, clock: Clock, sso: str = "mina@example.com") -> Person:
    return house.ledger.add_person("Mina", Role.AGENT, by="a test", now=clock(), sso=sso)


def known_to(issuer: str, sub: str, **claims: object) -> None:
    requests.put(f"{issuer}/users/{sub}", json=claims, timeout=WAIT).raise_for_status()


def ask(browser: requests.Session, address: str, path: str = "/sign-in/provider") -> str:
    """The provider's address to which the desk sends a browser."""
    answer = browser.get(address + path, allow_redirects=False, timeout=WAIT)
    assert answer.status_code == 303
    return answer.headers["location"]


def consent(asked: str, sub: str) -> str:
    """Where the provider sends the browser back to, as a path of the desk."""
    answer = requests.post(asked, data={"sub": sub}, allow_redirects=False, timeout=WAIT)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def come_back(browser: requests.Session, address: str, path: str) -> requests.Response:
    return browser.get(address + path, allow_redirects=False, timeout=WAIT)


def test_somebody_who_was_let_in_comes_in_by_the_provider(
    house: House, clock: Clock, address: str, issuer: str
) -> None:
    mina = let_in(house, clock)
    known_to(issuer, "sub-1", email="mina@example.com", email_verified=True)
    browser = requests.Session()
    assert "House keys" in browser.get(address + "/sign-in", timeout=WAIT).text
    asked = ask(browser, address)
    query = parse_qs(urlsplit(asked).query)
    assert query["code_challenge_method"] == ["S256"]
    assert "a made-up secret" not in asked
    answer = come_back(browser, address, consent(asked, "sub-1"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get(address + "/api/me", timeout=WAIT).json()["name"] == mina.name


def test_the_page_that_was_asked_for_comes_after_the_provider(
    house: House, clock: Clock, address: str, issuer: str
) -> None:
    let_in(house, clock)
    known_to(issuer, "sub-9", email="mina@example.com", email_verified=True)
    browser = requests.Session()
    page = browser.get(address + "/incidents?view=a%20b~c", timeout=WAIT).text
    found = re.search(r'href="(/sign-in/provider[^"]*)"', page)
    assert found
    asked = ask(browser, address, found[1])
    answer = come_back(browser, address, consent(asked, "sub-9"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents?view=a%20b~c")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aset-cookie:a=b",
        "/" * 3000,
    ],
)
def test_nobody_is_led_elsewhere_after_the_provider(
    house: House, clock: Clock, address: str, issuer: str, elsewhere: str
) -> None:
    """Neither by the address of a link, nor by a cookie that somebody else could write."""
    let_in(house, clock)
    known_to(issuer, "sub-10", email="mina@example.com", email_verified=True)
    browser = requests.Session()
    wanted = elsewhere if "%" in elsewhere else quote(elsewhere, safe="")
    asked = ask(browser, address, f"/sign-in/provider?next={wanted}")
    assert come_back(browser, address, consent(asked, "sub-10")).headers["location"] == "/"
    browser.cookies.clear()
    asked = ask(browser, address)
    (cookie,) = [one for one in browser.cookies if "~" in (one.value or "")]
    forged = (cookie.value or "").partition("~")[0] + "~" + wanted
    path = consent(asked, "sub-10")
    answer = requests.get(
        address + path, headers={"cookie": f"{cookie.name}={forged}"}, allow_redirects=False, timeout=WAIT
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_whom_nobody_let_in_stays_out(house: House, clock: Clock, address: str, issuer: str) -> None:
    let_in(house, clock)
    known_to(issuer, "sub-2", email="eve@example.com", email_verified=True)
    browser = requests.Session()
    answer = come_back(browser, address, consent(ask(browser, address), "sub-2"))
    assert answer.status_code == 403
    assert "nobody has let you in" in answer.text


def test_an_address_that_the_provider_did_not_verify_opens_nothing(
    house: House, clock: Clock, address: str, issuer: str
) -> None:
    let_in(house, clock)
    known_to(issuer, "sub-3", email="mina@example.com")
    browser = requests.Session()
    assert come_back(browser, address, consent(ask(browser, address), "sub-3")).status_code == 403


def test_another_who_gets_the_same_address_later_stays_out(
    house: House, clock: Clock, address: str, issuer: str
) -> None:
    let_in(house, clock)
    for sub, status in (("sub-4", 303), ("sub-5", 403), ("sub-4", 303)):
        known_to(issuer, sub, email="mina@example.com", email_verified=True)
        browser = requests.Session()
        assert come_back(browser, address, consent(ask(browser, address), sub)).status_code == status


def test_who_was_shut_out_stays_out(house: House, clock: Clock, address: str, issuer: str) -> None:
    mina = let_in(house, clock)
    house.ledger.disable(mina.id, by="a test", now=clock())
    known_to(issuer, "sub-6", email="mina@example.com", email_verified=True)
    browser = requests.Session()
    assert come_back(browser, address, consent(ask(browser, address), "sub-6")).status_code == 403


def test_an_answer_counts_in_the_browser_that_asked_and_once(
    house: House, clock: Clock, address: str, issuer: str
) -> None:
    """Else an attacker could send a victim the end of the attacker's own sign-in."""
    let_in(house, clock)
    known_to(issuer, "sub-7", email="mina@example.com", email_verified=True)
    attacker, victim = requests.Session(), requests.Session()
    path = consent(ask(attacker, address), "sub-7")
    ask(victim, address)
    assert come_back(victim, address, path).status_code == 403
    assert come_back(requests.Session(), address, path).status_code == 403
    assert come_back(attacker, address, path).status_code == 303
    assert come_back(attacker, address, path).status_code == 403


def test_a_code_of_another_flow_is_refused_by_its_verifier(
    house: House, clock: Clock, address: str, issuer: str
) -> None:
    let_in(house, clock)
    known_to(issuer, "sub-8", email="mina@example.com", email_verified=True)
    browser, other = requests.Session(), requests.Session()
    state = parse_qs(urlsplit(ask(browser, address)).query)["state"][0]
    stolen = parse_qs(urlsplit(consent(ask(other, address), "sub-8")).query)["code"][0]
    path = f"/sign-in/provider/back?code={stolen}&state={state}"
    assert come_back(browser, address, path).status_code == 403


@dataclass
class Forger:
    """A provider that answers whatever a test wants."""

    address: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    calls_itself: str = ""
    id_token: str = ""

    def claims(self, nonce: str) -> dict[str, object]:
        """What a sound token says."""
        now = int(time.time())
        who = {"sub": "sub-1", "email": "mina@example.com", "email_verified": True}
        return {"iss": self.address, "aud": "desk", "iat": now, "exp": now + 60, "nonce": nonce, **who}

    def answer(self, path: str) -> dict[str, object]:
        """What it says at each address."""
        if path.startswith("/.well-known/"):
            ends = {name: f"{self.address}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return {"issuer": self.calls_itself or self.address, **ends}
        if path == "/jwks_uri":
            return {"keys": [self.key.as_dict(private=False)]}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token}


@pytest.fixture
def forger() -> Iterator[Forger]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            body = json.dumps(made.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Forger(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def sound(forger: Forger, nonce: str) -> str:
    return jwt.encode({"alg": "RS256", "kid": "1"}, forger.claims(nonce), forger.key)


def changed(**slip: object) -> Callable[[Forger, str], str]:
    def make(forger: Forger, nonce: str) -> str:
        return jwt.encode({"alg": "RS256", "kid": "1"}, {**forger.claims(nonce), **slip}, forger.key)

    return make


def by_another_key(forger: Forger, nonce: str) -> str:
    return jwt.encode({"alg": "RS256", "kid": "1"}, forger.claims(nonce), RSAKey.generate_key(2048))


def by_our_own_secret(forger: Forger, nonce: str) -> str:
    key = OctKey.import_key("a made-up secret of thirty-two bytes")
    return jwt.encode({"alg": "HS256", "kid": "1"}, forger.claims(nonce), key)


def by_nobody(forger: Forger, nonce: str) -> str:
    head, body, _ = sound(forger, nonce).split(".")
    none = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    assert head
    return f"{none}.{body}."


@pytest.mark.parametrize(
    ("make", "status"),
    [
        pytest.param(sound, 303, id="a sound token"),
        pytest.param(changed(iss="https://evil.example"), 403, id="of another issuer"),
        pytest.param(changed(aud="another desk"), 403, id="for another client"),
        pytest.param(changed(exp=1), 403, id="out of date"),
        pytest.param(changed(nonce="another"), 403, id="for another browser"),
        pytest.param(changed(sub=""), 403, id="about nobody"),
        pytest.param(changed(sub=None), 403, id="about nothing"),
        pytest.param(changed(email_verified="true"), 403, id="with an address that is nearly verified"),
        pytest.param(by_another_key, 403, id="signed by another key"),
        pytest.param(by_our_own_secret, 403, id="signed by a shared secret"),
        pytest.param(by_nobody, 403, id="not signed"),
        pytest.param(lambda *_: "no token at all", 403, id="that is none"),
    ],
)
def test_a_token_counts_only_where_it_is_sound(
    house: House,
    clock: Clock,
    *,
    settings: AccessSettings,
    forger: Forger,
    make: Callable[[Forger, str], str],
    status: int,
) -> None:
    let_in(house, clock)
    provider = Provider(forger.address, "desk", "a made-up secret")
    browser = requests.Session()
    with served(make_app(house, replace(settings, provider=provider))) as address:
        query = parse_qs(urlsplit(ask(browser, address)).query)
        forger.id_token = make(forger, query["nonce"][0])
        answer = come_back(browser, address, f"/sign-in/provider/back?code=x&state={query['state'][0]}")
    assert answer.status_code == status


def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    house: House, settings: AccessSettings, forger: Forger
) -> None:
    forger.calls_itself = "https://evil.example"
    provider = Provider(forger.address, "desk", "a made-up secret")
    with served(make_app(house, replace(settings, provider=provider))) as address:
        answer = requests.get(address + "/sign-in/provider", allow_redirects=False, timeout=WAIT)
    assert answer.status_code == 502


def test_a_provider_that_is_away_is_told_without_its_address(house: House, settings: AccessSettings) -> None:
    assert settings.provider is not None
    away = replace(settings, provider=replace(settings.provider, issuer="http://127.0.0.1:1"))
    with served(make_app(house, away)) as address:
        answer = requests.get(address + "/sign-in/provider", allow_redirects=False, timeout=WAIT)
    assert answer.status_code == 502
    assert re.search(r"provider did not answer", answer.text)
    assert "127.0.0.1:1" not in answer.text.replace(away.url, "")

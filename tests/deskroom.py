"""A desk on a real store and a real server, with people who have signed in: what scenarios of the desk stand on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import requests
import uvicorn
from conftest import Clock
from fastapi import FastAPI

from cases.plans import Role
from desk.access.secrets import derived, fingerprint, new_secret
from desk.access.settings import AccessSettings
from desk.app import make_app
from monitor.config import load_config
from monitor.house import House

CONFIG = """\
[brand]
name = "Parcelo"
signature = "Ana"
timezone = "Europe/Berlin"
[policy]
never = ["maddening"]
[platforms.sandbox]
[platforms.bluesky]
base_url = "http://127.0.0.1:9"
handle = "parcelo.example"
"""

WHOLE = (
    "We lost your parcel. That is our fault, and I'm sorry. Waiting for nothing is maddening. I'm finding out why it "
    "happened and will tell you by tomorrow. Send me a private message so that I can put this right. Ana"
)
"""A text that holds all eight components."""


@dataclass
class Room:
    """One desk: its house, its clock, its address, and a browser for whoever comes in."""

    house: House
    clock: Clock
    address: str
    settings: AccessSettings = field(default_factory=lambda: AccessSettings(url="http://127.0.0.1"))

    def session(self, name: str, role: Role = Role.LEAD) -> str:
        """The secret of a new session of somebody, who is let in if they are new."""
        ledger, now = self.house.ledger, self.clock()
        person = ledger.person_named(name) or ledger.add_person(name, role, by="operator", now=now)
        secret = new_secret()
        ledger.begin_session(fingerprint(secret), person.id, ends_at=now + timedelta(hours=12), now=now)
        return secret

    def come_in(self, name: str, role: Role = Role.LEAD) -> "Seat":
        """Somebody with a session of their own."""
        secret = self.session(name, role)
        browser = requests.Session()
        browser.headers["cookie"] = f"{self.settings.session_cookie}={secret}"
        return Seat(browser, self.address, derived(secret, "csrf"))


@dataclass(frozen=True)
class Seat:
    """One person's browser."""

    browser: requests.Session
    address: str
    csrf: str

    def page(self, path: str, *, status: int = 200, language: str = "en") -> str:
        """The page at a path."""
        answer = self.browser.get(self.address + path, headers={"accept-language": language}, timeout=20)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, *, status: int = 303, **fields: str) -> str:
        """A form sent; where it leads, or what it shows."""
        form = {"csrf": self.csrf, **fields}
        answer = self.browser.post(self.address + path, data=form, timeout=20, allow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer.headers.get("location", answer.text)

    def api(self, method: str, path: str, body: object = None, *, status: int = 200) -> object:
        """The API's answer."""
        headers = {"x-csrf-token": self.csrf}
        answer = self.browser.request(method, self.address + path, json=body, headers=headers, timeout=20)
        assert answer.status_code == status, answer.text
        found: object = answer.json()
        return found


@contextmanager
def desk_room(folder: Path, clock: Clock, config: str = CONFIG) -> Iterator[Room]:
    """A desk whose store lies in a folder, served on loopback."""
    path = folder / "config.toml"
    path.write_text(config, encoding="utf-8")
    settings = AccessSettings(url="http://127.0.0.1")
    with House(load_config(path), clock=clock) as house, served(make_app(house, settings)) as address:
        yield Room(house, clock, address, settings)


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """An application on a port of its own; its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
            assert thread.is_alive()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)

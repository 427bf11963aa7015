"""Who may come in at the desk and what they may do there, tried from outside, as a browser and as an attacker would."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from conftest import Clock
from deskroom import CONFIG, Room, desk_room, served
from fastapi.routing import iter_route_contexts

from cases.people import PERMISSIONS, Action, Person, approval_stop
from cases.plans import Role
from desk.access import AccessSettings, start_link
from desk.access.doors import invite
from desk.app import make_app
from monitor.config import load_config
from monitor.house import House

PASSWORD = "seven parcels on a wet roof"
WAIT = 20


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    with House(load_config(path), clock=clock) as opened:
        yield opened


class Browser:
    """A browser with its cookies, which follows no redirect by itself."""

    def __init__(self, address: str) -> None:
        self.address, self._session = address, requests.Session()

    def get(self, path: str, **headers: str) -> requests.Response:
        return self._session.get(self.address + path, headers=headers, allow_redirects=False, timeout=WAIT)

    def post(self, path: str, *, at: str, fields: dict[str, str], **headers: str) -> requests.Response:
        """Fill in the form of the page `at`."""
        form = {"csrf": csrf_of(self.get(at).text), **fields}
        return self.send(path, form, **headers)

    def send(self, path: str, form: dict[str, str], **headers: str) -> requests.Response:
        return self._session.post(self.address + path, data=form, headers=headers, allow_redirects=False, timeout=WAIT)

    def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> requests.Response:
        return self.post("/sign-in", at="/sign-in", fields={"name": name, "password": password, **more})

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self._session.cookies}

    def put_cookie(self, name: str, value: str) -> None:
        self._session.cookies.set(name, value, domain="127.0.0.1", path="/")


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" (?:value|content)="([0-9a-f]{64})"', page)
    assert found is not None, page
    return found.group(1)


def secret_in(page: str) -> str:
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found is not None, page
    return found.group(1)


def with_password(room: Room, name: str, role: Role = Role.AGENT) -> Browser:
    """Somebody who was invited and chose a password; in their browser."""
    ledger = room.house.ledger
    person = ledger.person_named(name) or ledger.add_person(name, role, by="a test", now=room.clock())
    browser = Browser(room.address)
    path = invite(room.house, room.settings, person).removeprefix(room.settings.url)
    assert browser.get(path).headers["location"] == "/welcome"
    assert browser.post("/welcome", at="/welcome", fields={"password": PASSWORD}).headers["location"] == "/"
    return browser


# --- strangers


def routes(house: House) -> list[tuple[str, str]]:
    """Every method and path that the desk answers, filled in."""
    app = make_app(house, AccessSettings(url="http://127.0.0.1"))
    found = []
    for route in iter_route_contexts(app.routes):
        found += [(method, re.sub(r"{[^}]+}", "1", route.path or "")) for method in sorted(route.methods or ())]
    return [*found, ("GET", "/api/openapi.json"), ("GET", "/nowhere"), ("GET", "/static/desk.css")]


def test_a_stranger_gets_nothing_but_the_ways_in_and_every_answer_is_hardened(house: House) -> None:
    settings = AccessSettings(url="http://127.0.0.1")
    with served(make_app(house, settings)) as address:
        tried = routes(house)
        assert len(tried) > 20
        for method, path in tried:
            answer = requests.request(method, address + path, allow_redirects=False, timeout=WAIT)
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'"), path
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "same-origin"
            if path.startswith(("/sign-in", "/welcome", "/static/", "/healthz")):
                continue
            refused = answer.status_code in {401, 403} or answer.headers.get("location", "").startswith("/sign-in")
            assert refused, f"{method} {path} gave {answer.status_code}"


@pytest.mark.parametrize("host", ["127.0.0.1/static/?", "x/sign-in#", "evil.example"])
def test_a_strange_host_opens_nothing(room: Room, host: str) -> None:
    for path in ("/", "/people", "/api/people"):
        answer = Browser(room.address).get(path, host=host)
        assert answer.status_code in {303, 400, 401}


def test_what_was_wanted_comes_after_the_sign_in(room: Room) -> None:
    with_password(room, "Mina")
    browser = Browser(room.address)
    assert browser.get("/account?done=saved").headers["location"] == "/sign-in?next=%2Faccount%3Fdone%3Dsaved"
    assert browser.sign_in("mina", next="/account").headers["location"] == "/account"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/\tx", "x"])
def test_a_sign_in_never_leads_elsewhere(room: Room, elsewhere: str) -> None:
    with_password(room, "Mina")
    assert Browser(room.address).sign_in("Mina", next=elsewhere).headers["location"] == "/"


# --- sessions


def test_a_wrong_name_and_a_wrong_password_are_told_alike(room: Room) -> None:
    with_password(room, "Mina")
    nobody = Browser(room.address).sign_in("Nobody")
    wrong = Browser(room.address).sign_in("Mina", "another sentence altogether")
    assert (nobody.status_code, wrong.status_code) == (401, 401)
    assert "wrong" in wrong.text
    assert re.sub(r"[0-9a-f]{64}|Mina", "", wrong.text) == re.sub(r"[0-9a-f]{64}|Nobody", "", nobody.text)


def test_a_session_ends_when_idle_and_at_its_end(room: Room, clock: Clock) -> None:
    browser = with_password(room, "Mina")
    for _ in range(6):
        clock.sleep(minutes=110)
        assert browser.get("/account").status_code == 200
    clock.sleep(minutes=61)
    assert browser.get("/account").status_code == 303
    again = with_password(room, "Mina")
    clock.sleep(minutes=121)
    assert again.get("/account").status_code == 303


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(room: Room) -> None:
    browser, thief = with_password(room, "Mina"), Browser(room.address)
    for name, value in browser.cookies.items():
        thief.put_cookie(name, value)
    assert thief.get("/account").status_code == 200
    assert browser.post("/sign-out", at="/account", fields={}).headers["location"] == "/sign-in"
    assert thief.get("/account").status_code == 303


def test_a_session_that_was_fixed_before_the_sign_in_is_worth_nothing(room: Room) -> None:
    """The attacker chose the cookies; after the victim signed in, the attacker's are still a stranger's."""
    with_password(room, "Mina")
    victim, name = Browser(room.address), room.settings.session_cookie
    victim.put_cookie(name, "chosen-by-an-attacker")
    visit = victim.get("/sign-in").cookies
    assert victim.sign_in("Mina").status_code == 303
    assert victim.cookies[name] not in {"chosen-by-an-attacker", *visit.values()}
    attacker = Browser(room.address)
    attacker.put_cookie(name, "chosen-by-an-attacker")
    assert attacker.get("/account").status_code == 303


def test_a_new_password_ends_every_other_session(room: Room) -> None:
    here, there = with_password(room, "Mina"), Browser(room.address)
    assert there.sign_in("Mina").status_code == 303
    fields = {"old": PASSWORD, "new": "a roof on seven wet parcels"}
    assert here.post("/account/password", at="/account", fields=fields).headers["location"].endswith("done=password")
    assert (here.get("/account").status_code, there.get("/account").status_code) == (200, 303)
    assert Browser(room.address).sign_in("Mina").status_code == 401
    assert Browser(room.address).sign_in("Mina", fields["new"]).status_code == 303


@pytest.mark.parametrize("new", ["short", "aaaaaaaaaaaaaaaa", "MinaMinaMina", "x" * 300])
def test_an_easy_password_is_refused(room: Room, new: str) -> None:
    browser = with_password(room, "Mina")
    refused = browser.post("/account/password", at="/account", fields={"old": PASSWORD, "new": new})
    assert refused.status_code == 422
    assert Browser(room.address).sign_in("Mina").status_code == 303


def test_the_cookies_of_a_desk_on_https_are_for_https_and_one_host_alone(house: House) -> None:
    settings = AccessSettings(url="https://desk.example")
    with served(make_app(house, settings)) as address:
        answer = Browser(address).get("/sign-in")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-amends-visit=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert answer.headers["strict-transport-security"].startswith("max-age=")


# --- throttling


def test_a_name_is_throttled_for_longer_each_time_and_even_the_right_password_waits(room: Room, clock: Clock) -> None:
    with_password(room, "Mina")
    browser = Browser(room.address)
    assert [browser.sign_in("Mina", f"wrong sentence {turn}").status_code for turn in range(5)] == [401] * 5
    held = browser.sign_in("Mina")
    assert held.status_code == 429
    assert held.headers["retry-after"] == "2"
    clock.sleep(seconds=3)
    assert browser.sign_in("MINA", "wrong sentence").status_code == 401
    assert browser.sign_in("Mina").headers["retry-after"] == "4"
    clock.sleep(seconds=5)
    assert browser.sign_in("Mina").status_code == 303


def test_an_address_that_tries_many_names_is_throttled_whatever_its_own_name(room: Room) -> None:
    with_password(room, "Eve")
    for turn in range(20):
        assert Browser(room.address).sign_in(f"name {turn}", "wrong sentence").status_code == 401
    assert Browser(room.address).sign_in("Eve").status_code == 429


# --- forged forms


def test_a_form_without_our_token_does_nothing(room: Room) -> None:
    browser = with_password(room, "Mina")
    fields = {"language": "fa"}
    assert browser.send("/account", fields).status_code == 403
    assert browser.send("/account", {**fields, "csrf": "0" * 64}).status_code == 403
    others = csrf_of(with_password(room, "Eve").get("/account").text)
    assert browser.send("/account", {**fields, "csrf": others}).status_code == 403
    person = room.house.ledger.person_named("Mina")
    assert person is not None
    assert person.language == ""
    assert browser.post("/account", at="/account", fields=fields).status_code == 303


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_form_from_another_site_does_nothing_even_with_our_token(room: Room, headers: dict[str, str]) -> None:
    browser = with_password(room, "Mina")
    assert browser.post("/account", at="/account", fields={"language": "fa"}, **headers).status_code == 403


def test_a_sign_in_can_not_be_forged_either(room: Room) -> None:
    """Else an attacker could sign somebody in as themselves, and read what they write."""
    with_password(room, "Eve")
    forged = Browser(room.address).send("/sign-in", {"name": "Eve", "password": PASSWORD})
    assert forged.status_code == 403


def test_the_api_takes_no_session_without_the_token_in_a_header(room: Room) -> None:
    browser = with_password(room, "Mina")
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = {"cookie": cookie}
    at, body = room.address + "/api/me", {"language": "fa"}
    assert requests.patch(at, json=body, headers=headers, timeout=WAIT).status_code == 403
    headers["x-csrf-token"] = csrf_of(browser.get("/account").text)
    assert requests.patch(at, json=body, headers=headers, timeout=WAIT).json()["language"] == "fa"


def test_a_form_without_end_is_cut_off(room: Room) -> None:
    browser = with_password(room, "Mina")
    assert browser.send("/account", {"language": "x" * 1_100_000}).status_code == 413


# --- one-time links


def test_the_first_start_makes_whoever_opens_its_link_the_first_admin_and_only_once(room: Room) -> None:
    path = start_link(room.house, room.settings).removeprefix(room.settings.url)
    first, second = Browser(room.address), Browser(room.address)
    for browser in (first, second):
        assert browser.get(path).headers["location"] == "/welcome"
    fields = {"name": "Ana", "password": PASSWORD}
    assert first.post("/welcome", at="/welcome", fields=fields).headers["location"] == "/"
    assert second.get("/welcome").status_code == 410
    assert Browser(room.address).get(path).status_code == 410
    assert [(one.name, one.role) for one in room.house.ledger.people()] == [("Ana", Role.ADMIN)]
    assert start_link(room.house, room.settings) == ""


def test_a_link_is_not_spent_by_looking_nor_by_a_password_that_will_not_do(room: Room) -> None:
    path = start_link(room.house, room.settings).removeprefix(room.settings.url)
    browser = Browser(room.address)
    for _ in range(3):
        browser.get(path)
    refused = browser.post("/welcome", at="/welcome", fields={"name": "Ana", "password": "short"})
    assert refused.status_code == 422
    assert "12 to 256" in refused.text
    assert browser.post("/welcome", at="/welcome", fields={"name": "Ana", "password": PASSWORD}).status_code == 303


def test_a_link_ends_with_its_time_and_leaves_the_address_at_once(room: Room, clock: Clock) -> None:
    path = start_link(room.house, room.settings).removeprefix(room.settings.url)
    browser = Browser(room.address)
    assert browser.get(path).headers["location"] == "/welcome"
    clock.sleep(hours=25)
    assert browser.get("/welcome").status_code == 410


def test_on_the_sandbox_the_link_signs_in_at_once_and_once(house: House) -> None:
    settings = AccessSettings(url="http://127.0.0.1", sandbox=True)
    with served(make_app(house, settings)) as address:
        path = start_link(house, settings).removeprefix(settings.url)
        browser = Browser(address)
        assert browser.get(path).headers["location"] == "/"
        assert browser.get("/account").status_code == 200
        assert browser.get(path).headers["location"] == "/", "who is in already is shown the desk"
        assert Browser(address).get(path).status_code == 410
        again = start_link(house, settings).removeprefix(settings.url)
        assert Browser(address).get(again).headers["location"] == "/"
    assert [one.name for one in house.ledger.people()] == ["Ana"]


def test_a_link_of_the_sandbox_opens_no_real_desk(house: House) -> None:
    sandbox = AccessSettings(url="http://127.0.0.1", sandbox=True)
    path = start_link(house, sandbox).removeprefix(sandbox.url)
    with served(make_app(house, replace(sandbox, sandbox=False))) as address:
        assert Browser(address).get(path).status_code == 410


# --- roles


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD])
def test_who_is_no_admin_changes_nobody_by_page_api_or_token(room: Room, role: Role) -> None:
    seat = room.come_in("Mina", role)
    victim = room.house.ledger.add_person("Eve", Role.AGENT, by="a test", now=room.clock())
    before = room.house.ledger.people()
    seat.page("/people", status=403)
    seat.post("/people", name="Friend", role="admin", status=403)
    seat.post(f"/people/{victim.id}", role="admin", status=403)
    seat.post(f"/people/{victim.id}/link", status=403)
    made = seat.api("POST", "/api/me/tokens", {"label": "script"}, status=201)
    assert isinstance(made, dict)
    bearer = {"authorization": f"Bearer {made['token']}"}
    for method, path, body in (
        ("GET", "/api/people", None),
        ("POST", "/api/people", {"name": "Friend", "role": "admin"}),
        ("PATCH", f"/api/people/{victim.id}", {"disabled": True}),
        ("POST", f"/api/people/{victim.id}/link", None),
    ):
        seat.api(method, path, body, status=403)
        answer = requests.request(method, room.address + path, json=body, headers=bearer, timeout=WAIT)
        assert answer.status_code == 403
    assert room.house.ledger.people() == before


def test_nobody_gives_themselves_another_role_by_their_own_account(room: Room) -> None:
    seat = room.come_in("Mina", Role.AGENT)
    seat.post("/account", role="admin", language="fa")
    seat.api("PATCH", "/api/me", {"role": "admin"})
    assert [one.role for one in room.house.ledger.people()] == [Role.AGENT]


def test_an_admin_invites_changes_and_shuts_out_people(room: Room) -> None:
    seat = room.come_in("Ana", Role.ADMIN)
    url = secret_in(seat.post("/people", name="Mina", role="agent", status=200))
    browser = Browser(room.address)
    browser.get(url.removeprefix(room.settings.url))
    assert browser.post("/welcome", at="/welcome", fields={"password": PASSWORD}).status_code == 303
    mina = room.house.ledger.person_named("mina")
    assert mina is not None
    assert seat.post(f"/people/{mina.id}", role="lead") == "/people?done=saved"
    assert "Mina" in browser.get("/account").text
    seat.post(f"/people/{mina.id}", disabled="true")
    assert browser.get("/account").status_code == 303
    assert Browser(room.address).sign_in("Mina").status_code == 401
    changed = room.house.ledger.person(mina.id)
    assert (changed.role, changed.disabled) == (Role.LEAD, True)


def test_the_only_admin_can_not_lock_everybody_out(room: Room) -> None:
    seat = room.come_in("Ana", Role.ADMIN)
    (ana,) = room.house.ledger.people()
    assert "only admin" in seat.post(f"/people/{ana.id}", role="agent", status=422)
    told = seat.api("PATCH", f"/api/people/{ana.id}", {"disabled": True}, status=403)
    assert isinstance(told, dict)
    assert "only admin" in told["detail"]


@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_the_one_before_may_and_more(role: Role) -> None:
    order = list(Role)
    if role is not order[0]:
        before = order[order.index(role) - 1]
        assert PERMISSIONS[before] < PERMISSIONS[role]
    assert PERMISSIONS[order[-1]] == frozenset(Action)


# --- who approves


def somebody(name: str, role: Role, clock: Clock) -> Person:
    return Person(id=1, name=name, role=role, created_at=clock())


@pytest.mark.parametrize(
    ("role", "handler", "needed", "standing", "escalated_by", "stopped"),
    [
        (Role.AGENT, Role.AGENT, 1, {}, set(), ""),
        (Role.AGENT, Role.LEAD, 1, {}, set(), "lead"),
        (Role.LEAD, Role.LEAD, 1, {}, set(), ""),
        (Role.ADMIN, Role.LEAD, 1, {}, set(), ""),
        (Role.AGENT, Role.LEAD, 2, {}, set(), ""),
        (Role.AGENT, Role.LEAD, 2, {"Eve": Role.AGENT}, set(), "lead"),
        (Role.AGENT, Role.LEAD, 2, {"Eve": Role.LEAD}, set(), ""),
        (Role.AGENT, Role.LEAD, 2, {"operator": None}, set(), ""),
        (Role.LEAD, Role.AGENT, 1, {}, {"mina"}, "yourself"),
        (Role.LEAD, Role.AGENT, 2, {"MINA": Role.LEAD}, {"Mina"}, "yourself"),
        (Role.LEAD, Role.AGENT, 2, {"Eve": Role.AGENT}, {"Mina"}, ""),
    ],
)
def test_who_may_add_their_approval(
    clock: Clock,
    *,
    role: Role,
    handler: Role,
    needed: int,
    standing: dict[str, Role | None],
    escalated_by: set[str],
    stopped: str,
) -> None:
    mina = somebody("Mina", role, clock)
    why = approval_stop(mina, handler=handler, needed=needed, standing=standing, escalated_by=escalated_by)
    assert (stopped in why) if stopped else why == ""


# --- tokens for the API


def test_a_token_opens_the_api_and_no_page_until_it_is_revoked(room: Room) -> None:
    seat = room.come_in("Mina", Role.AGENT)
    token = secret_in(seat.post("/account/tokens", label="my script", status=200))
    bearer = {"authorization": f"Bearer {token}"}
    at = room.address
    assert requests.get(at + "/api/me", headers=bearer, timeout=WAIT).json()["name"] == "Mina"
    changed = requests.patch(at + "/api/me", json={"language": "ar"}, headers=bearer, timeout=WAIT)
    assert changed.json()["language"] == "ar"
    page = requests.get(at + "/account", headers=bearer, timeout=WAIT, allow_redirects=False)
    assert page.status_code == 303
    (kept,) = room.house.ledger.tokens(1)
    seat.post(f"/account/tokens/{kept.id}/revoke")
    refused = requests.get(at + "/api/me", headers=bearer, timeout=WAIT)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert token not in seat.page("/account")


def test_a_stolen_token_can_not_make_itself_last(room: Room) -> None:
    seat = room.come_in("Mina", Role.AGENT)
    bearer = {"authorization": f"Bearer {secret_in(seat.post('/account/tokens', label='script', status=200))}"}
    for path, body in (("/api/me/tokens", {"label": "another"}), ("/api/me/password", {"new": PASSWORD})):
        assert requests.post(room.address + path, json=body, headers=bearer, timeout=WAIT).status_code == 403


def test_nobody_revokes_anothers_token(room: Room) -> None:
    mina, eve = room.come_in("Mina"), room.come_in("Eve")
    mina.post("/account/tokens", label="script", status=200)
    (kept,) = room.house.ledger.tokens(1)
    eve.post(f"/account/tokens/{kept.id}/revoke", status=404)
    eve.api("DELETE", f"/api/me/tokens/{kept.id}", status=404)
    assert room.house.ledger.tokens(1) == [kept]


def test_a_bad_token_is_not_made_up_for_by_a_good_session(room: Room) -> None:
    seat = room.come_in("Mina")
    answer = seat.browser.get(room.address + "/api/me", headers={"authorization": "Bearer no"}, timeout=WAIT)
    assert answer.status_code == 401


# --- what is kept and shown


def test_no_secret_is_in_the_store_nor_in_any_page(room: Room, tmp_path: Path) -> None:
    path = start_link(room.house, room.settings).removeprefix(room.settings.url)
    browser = Browser(room.address)
    browser.get(path)
    browser.post("/welcome", at="/welcome", fields={"name": "Ana", "password": PASSWORD})
    token = secret_in(browser.post("/account/tokens", at="/account", fields={"label": "script"}).text)
    secrets = [PASSWORD, token, path.rpartition("/")[2], browser.cookies[room.settings.session_cookie]]
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("amends.db*"))
    shown = "".join(browser.get(page).text for page in ("/account", "/people", "/api/me", "/api/me/tokens"))
    for secret in secrets:
        assert secret.encode() not in kept
        assert secret not in shown
    assert "$argon2id$" in kept.decode("latin-1")
    assert "$argon2" not in shown


def test_a_person_reads_the_desk_in_their_own_language_and_direction(room: Room) -> None:
    seat = room.come_in("مینا")
    seat.post("/account", language="fa", zone="Asia/Tehran", single_keys="yes")
    page = seat.page("/account", language="en")
    assert '<html lang="fa" dir="rtl">' in page
    assert "Europe/Berlin" in page
    refused = seat.post("/account", language="tlh", status=422)
    assert "tlh" in refused
    assert seat.post("/account", language="fa", zone="Mars/Olympus", status=422)


def test_the_openapi_document_says_how_a_program_signs_in_and_every_way_to_be_refused(room: Room) -> None:
    document = room.come_in("Mina").api("GET", "/api/openapi.json")
    assert isinstance(document, dict)
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path in ("/api/me", "/api/people"):
        read = document["paths"][path]["get"]
        assert {"token": []} in read["security"]
        assert {"200", "401", "403", "503"} <= set(read["responses"])


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "x"])
def test_a_number_that_no_person_can_have_is_refused(room: Room, number: str) -> None:
    seat = room.come_in("Ana", Role.ADMIN)
    seat.api("PATCH", f"/api/people/{number}", {"role": "lead"}, status=422)
    seat.api("DELETE", f"/api/me/tokens/{number}", status=422)

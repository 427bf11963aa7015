"""Who works at the desk, from the terminal; and the settings of a sign-in provider."""

import re
from pathlib import Path

import pytest
from conftest import Clock
from typed import sandbox_folder, typed

from cases.errors import ConfigError
from cases.people import LinkPurpose
from desk.access.secrets import fingerprint
from monitor.config import Oidc, load_config
from monitor.desk_process import access_settings
from monitor.house import House
from store.ledger import Ledger


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = sandbox_folder(tmp_path)
    settings = (made / "config.toml").read_text(encoding="utf-8").replace("port = 0", "port = 8765")
    (made / "config.toml").write_text(settings, encoding="utf-8")
    return made


def opened(folder: Path) -> Ledger:
    return Ledger.open(load_config(folder / "config.toml").store_url)


def test_somebody_is_let_in_with_a_link_that_opens_their_desk(folder: Path, clock: Clock) -> None:
    answer = typed(folder, "user", "add", "Mina", "--role", "lead")
    assert answer.status == 0, answer.err
    found = re.search(r"http://127\.0\.0\.1:8765/welcome/(\S+)", answer.out)
    assert found is not None
    with opened(folder) as ledger:
        link = ledger.link(fingerprint(found.group(1)), now=clock())
        mina = ledger.person_named("mina")
    assert link is not None
    assert mina is not None
    assert (link.purpose, link.person) == (LinkPurpose.INVITATION, mina.id)


def test_people_are_listed_with_role_and_state(folder: Path) -> None:
    typed(folder, "user", "add", "Mina")
    typed(folder, "user", "add", "Sara", "--role", "admin", "--sso", "sara@example.com")
    typed(folder, "user", "disable", "Mina")
    rows = {row["name"]: row for row in typed(folder, "user", "list", "--json").objects}
    assert (rows["Mina"]["role"], rows["Mina"]["disabled"]) == ("agent", True)
    assert (rows["Sara"]["role"], rows["Sara"]["sso"], rows["Sara"]["invited"]) == ("admin", "sara@example.com", False)
    assert "shut out" in typed(folder, "user", "list").out
    typed(folder, "user", "enable", "Mina")
    assert "invited" in typed(folder, "user", "list").out


def test_a_role_is_given_and_the_last_admin_stays_one(folder: Path) -> None:
    typed(folder, "user", "add", "Mina")
    assert typed(folder, "user", "role", "Mina", "admin").status == 0
    kept = typed(folder, "user", "role", "Mina", "agent")
    assert (kept.status, "only admin" in kept.err) == (1, True)
    assert typed(folder, "user", "disable", "Mina").status == 1


def test_a_token_is_shown_once_listed_without_its_secret_and_revoked(folder: Path, clock: Clock) -> None:
    typed(folder, "user", "add", "Mina")
    token = typed(folder, "user", "token", "Mina", "--label", "script").out.strip()
    with opened(folder) as ledger:
        assert ledger.token(fingerprint(token), now=clock()) == 1
    listed = typed(folder, "user", "token", "Mina").out
    assert "script" in listed
    assert token not in listed
    assert typed(folder, "user", "token", "Mina", "--revoke", "1").status == 0
    assert typed(folder, "user", "token", "Mina", "--revoke", "1").status == 1
    with opened(folder) as ledger:
        assert ledger.token(fingerprint(token), now=clock()) is None


def test_what_can_not_be_done_is_told_with_the_way_out(folder: Path) -> None:
    nobody = typed(folder, "user", "link", "Mina")
    assert (nobody.status, "amends user list" in nobody.err) == (1, True)
    typed(folder, "user", "add", "Mina")
    assert typed(folder, "user", "add", "MINA").status == 1
    assert typed(folder, "user", "add", "Eve", "--role", "king").status == 2
    typed(folder, "user", "disable", "Mina")
    assert "shut out" in typed(folder, "user", "link", "Mina").err


def test_nobody_is_let_in_by_a_link_to_an_address_that_nobody_knows(tmp_path: Path) -> None:
    folder = sandbox_folder(tmp_path)
    answer = typed(folder, "user", "add", "Mina")
    assert (answer.status, "port" in answer.err) == (1, True)
    assert typed(folder, "user", "list").out == ""


def test_a_provider_needs_its_secret_from_the_environment(folder: Path) -> None:
    path = folder / "config.toml"
    table = '[desk.oidc]\nissuer = "https://login.example"\nclient_id = "amends"\n'
    path.write_text(path.read_text(encoding="utf-8") + table, encoding="utf-8")
    config = load_config(path)
    with House(config, environment={}) as house, pytest.raises(ConfigError, match="AMENDS_OIDC_CLIENT_SECRET"):
        access_settings(house, "http://127.0.0.1:8765")
    with House(config, environment={"AMENDS_OIDC_CLIENT_SECRET": "open sesame"}) as house:
        settings = access_settings(house, "http://127.0.0.1:8765")
    assert settings.provider is not None
    assert (settings.provider.claim, settings.provider.client_secret) == ("email", "open sesame")
    assert "open sesame" not in repr(settings)


def test_every_setting_of_the_provider_is_documented_and_the_reverse() -> None:
    settings = (Path(__file__).parent.parent / "docs" / "SETTINGS.md").read_text(encoding="utf-8")
    body = settings.split("\n## [desk.oidc]\n", 1)[1].split("\n## ", 1)[0]
    assert set(re.findall(r"^\| `(\w+)` \|", body, flags=re.MULTILINE)) == set(Oidc.model_fields)
    assert "`AMENDS_OIDC_CLIENT_SECRET`" in settings

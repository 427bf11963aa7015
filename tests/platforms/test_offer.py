"""What each file in `monitor/platforms/` offers, so that a new one is found and used without another line."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from cases.duration import parse_duration
from cases.posts import Watch
from monitor.config import platform_names

HEAVY = {"praw", "tweepy", "atproto", "mastodon"}


@pytest.fixture(params=platform_names())
def name(request: pytest.FixtureRequest) -> str:
    """Each platform that ships."""
    chosen: str = request.param
    return chosen


def test_a_module_offers_what_the_wiring_takes(name: str) -> None:
    """Names of secrets, the usual limit, whether links cost, a measure, how a reply begins."""
    module = import_module(f"monitor.platforms.{name}")
    assert all(secret.isupper() for secret in module.SECRETS)
    assert module.LIMIT >= 280
    assert isinstance(module.LINK_COSTS, bool)
    assert module.SIGIL in {"@", "u/"}
    assert module.measure("sorry") == 5
    assert isinstance(module.address("ana"), str)


def test_connecting_touches_no_network_and_no_file(name: str, tmp_path: Path) -> None:
    """A network that is down at start is an error of the first call: here nobody listens, and nothing fails."""
    module = import_module(f"monitor.platforms.{name}")
    made_up = {"base_url": "http://127.0.0.1:9", "handle": "parcelo.example", "username": "parcelo"}
    fields = module.Settings.model_fields
    settings = module.Settings(**{field: value for field, value in made_up.items() if field in fields})
    assert parse_duration(settings.every).total_seconds() > 0
    platform = module.connect(settings, dict.fromkeys(module.SECRETS, "made-up"), Watch(), tmp_path)
    assert platform.name == name
    assert platform.limit == module.LIMIT
    platform.close()
    assert list(tmp_path.iterdir()) == []


def test_importing_a_platform_is_cheap(name: str) -> None:
    """No client library is loaded before it is needed."""
    code = f"import sys, monitor.platforms.{name}; print(*sorted({HEAVY!r} & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []

"""config.toml: strict, every fault at once, secrets from the environment alone."""

from datetime import timedelta
from pathlib import Path

import pytest

from cases.duration import parse_duration, spell_duration
from cases.errors import ConfigError
from monitor.config import load_config, platform_names
from monitor.secrets import read_secrets

ROOT = Path(__file__).parent.parent


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_config_switches_on_the_sandbox_alone() -> None:
    config = load_config(ROOT / "config.toml")
    assert list(config.platforms) == ["sandbox"]
    assert config.store_url == f"sqlite:///{ROOT / 'amends.db'}"


def test_the_comments_in_the_shipped_config_are_right_when_taken_off(tmp_path: Path) -> None:
    lines = []
    for line in (ROOT / "config.toml").read_text(encoding="utf-8").splitlines():
        bare = line.removeprefix("# ")
        lines.append(bare if line.startswith("# ") and (bare.startswith("[") or " = " in bare) else line)
    config = load_config(written(tmp_path, "\n".join(lines)))
    assert set(config.platforms) == set(platform_names())
    assert config.promise.first_answer == timedelta(hours=2)


def test_a_brand_is_all_that_is_needed(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, '[brand]\nname = "Tarn"\n'))
    assert config.brand.signs_as == "Tarn"
    assert config.promise.undo == timedelta(seconds=10)


def test_every_fault_is_told_at_once_with_its_line_and_key(tmp_path: Path) -> None:
    text = """[brand]
timezone = "Mars/Olympus"
colour = "red"

[promise]
undo = "soon"

[digest]
at = "25:00"
day = "funday"

[store]
url = "mysql://here"

[platforms.myspace]

[platforms.sandbox]
every = "often"
"""
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))
    told = str(caught.value)
    for line, key in (
        (2, "brand.timezone"),
        (3, "brand.colour"),
        (6, "promise.undo"),
        (9, "digest.at"),
        (10, "digest.day"),
        (13, "store.url"),
        (15, "platforms.myspace"),
        (18, "platforms.sandbox.every"),
    ):
        assert f"config.toml:{line}  {key}: " in told
    assert "brand.name: is needed" in told
    assert "9 things" in told


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="run --sandbox"):
        load_config(tmp_path / "config.toml")


def test_broken_toml_names_the_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="line 2"):
        load_config(written(tmp_path, "[brand]\nname = \n"))


def test_a_value_is_not_repeated_in_a_message_since_it_may_be_a_secret(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, '[brand]\nname = "A"\n[platforms.mastodon]\ntoken = "hush-hush"\n'))
    assert "hush-hush" not in str(caught.value)


def test_secrets_come_from_the_environment_or_a_file_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n", encoding="utf-8")
    environment = {"AMENDS_X_API_KEY": "direct", "AMENDS_X_API_SECRET_FILE": str(tmp_path / "token")}
    assert read_secrets("x", ["API_KEY", "API_SECRET"], environment) == {"API_KEY": "direct", "API_SECRET": "from-file"}


def test_all_missing_secrets_are_named_at_once() -> None:
    with pytest.raises(ConfigError, match="AMENDS_X_API_KEY, AMENDS_X_API_SECRET"):
        read_secrets("x", ["API_KEY", "API_SECRET"], {})


def test_a_secret_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    environment = {"AMENDS_X_API_KEY_FILE": str(tmp_path / "nowhere")}
    with pytest.raises(ConfigError, match="nowhere"):
        read_secrets("x", ["API_KEY"], environment)


@pytest.mark.parametrize(
    ("text", "seconds"), [("10s", 10), ("5m", 300), ("2h", 7200), ("3d", 259_200), ("1h30m", 5400), ("0.5s", 0.5)]
)
def test_spans_of_time_are_written_as_people_do(text: str, seconds: float) -> None:
    assert parse_duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "10", "ten seconds", "5 minutes", "-5s", "1h or so"])
def test_anything_else_is_no_span(text: str) -> None:
    with pytest.raises(ValueError, match="write for example"):
        parse_duration(text)


def test_spans_are_told_in_two_units() -> None:
    assert spell_duration(timedelta(days=1, hours=2, minutes=3)) == "1d 2h"
    assert spell_duration(timedelta()) == "0s"


@pytest.mark.parametrize(("key", "span"), [("lease", "29s"), ("settle", "4s")])
def test_a_delay_that_could_let_a_reply_go_twice_is_refused(tmp_path: Path, key: str, span: str) -> None:
    with pytest.raises(ConfigError, match=f"sending.{key}: must be .* or longer"):
        load_config(written(tmp_path, f'[brand]\nname = "A"\n[sending]\n{key} = "{span}"\n'))

"""Secrets, from the environment or from a file that it names; from nowhere else (rule 8)."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from cases.errors import ConfigError

MASK = "••••••"


def variable(table: str, name: str) -> str:
    """The environment variable of a secret: `AMENDS_<TABLE>_<NAME>`."""
    return f"AMENDS_{table}_{name}".upper()


def read_secret(table: str, name: str, environment: Mapping[str, str]) -> str | None:
    """One secret, or None where it is not set. Raises `ConfigError` for a file that can't be read or is empty."""
    key = variable(table, name)
    if value := environment.get(key):
        return value
    if not (path := environment.get(key + "_FILE")):
        return None
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{key}_FILE names {path}, which can't be read: {error}"
        raise ConfigError(message) from error
    if not value:
        message = f"{key}_FILE names {path}, which is empty"
        raise ConfigError(message)
    return value


def read_secrets(table: str, names: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    """All secrets that a platform asks for. Raises `ConfigError` that lists every one that is missing."""
    found = {name: read_secret(table, name, environment) for name in names}
    missing = [variable(table, name) for name, value in found.items() if value is None]
    if missing:
        message = (
            f"[platforms.{table}] needs {', '.join(missing)}: set them in the environment, "
            "or name a file with the secret in the same variable with _FILE at its end"
        )
        raise ConfigError(message)
    return {name: value for name, value in found.items() if value is not None}

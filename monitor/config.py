"""config.toml: every setting, strict and frozen; every fault found is told at once, with its key and a line of help."""

import re
import tomllib
from collections.abc import Callable
from datetime import time, timedelta
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from cases.duration import parse_duration
from cases.errors import ConfigError
from monitor.policy import PolicySettings
from store.engine import check_url, sqlite_path
from templates import folder

DEFAULT_PATH = Path("config.toml")

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        message = 'write a span of time in quotes, for example "10s", "5m", "2h" or "3d"'
        raise ValueError(message)  # noqa: TRY004 - pydantic collects ValueErrors and lets a TypeError through
    return parse_duration(value)


def _at_least(seconds: int) -> Callable[[timedelta], timedelta]:
    """No shorter: a lease must outlast a write's time-out, and a network takes a moment to show a post everywhere."""

    def check(span: timedelta) -> timedelta:
        if span < timedelta(seconds=seconds):
            message = f"must be {seconds}s or longer, or a reply could be posted twice"
            raise ValueError(message)
        return span

    return check


def _zone(name: str) -> str:
    if name not in available_timezones():
        message = f"{name!r} is no time zone; write for example Europe/Berlin, Asia/Tehran or UTC"
        raise ValueError(message)
    return name


def _clock_time(value: object) -> time:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    message = f"{value!r} is no time of day; write for example 08:00"
    raise ValueError(message)


def _clock_time_or_never(value: object) -> time | None:
    return None if value is None or value == "" else _clock_time(value)


def _store_url(url: str) -> str:
    check_url(url)
    return url


def _digest_language(tag: str) -> str:
    there = sorted(entry.name.removesuffix(".toml") for entry in folder("digest").iterdir() if ".toml" in entry.name)
    if tag not in there:
        message = f"the digest can't be written in {tag!r}; there is {', '.join(there)}"
        raise ValueError(message)
    return tag


Duration = Annotated[timedelta, BeforeValidator(_duration)]
ZoneName = Annotated[str, AfterValidator(_zone)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]
ClockTimeOrNever = Annotated[time | None, BeforeValidator(_clock_time_or_never)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Brand(_Table):
    """Who speaks."""

    name: str = Field(min_length=1)
    keywords: tuple[str, ...] = ()
    not_keywords: tuple[str, ...] = ()
    signature: str = ""
    timezone: ZoneName = "UTC"

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def signs_as(self) -> str:
        """The name beneath a reply; the brand's own where nobody gave one."""
        return self.signature or self.name


class Promise(_Table):
    """What the brand promises about time."""

    first_answer: Duration = timedelta(hours=2)
    settlement: Duration = timedelta(days=3)
    undo: Duration = timedelta(seconds=10)
    remind: Duration = timedelta(hours=1)
    follow_up: Duration = timedelta(days=5)


class Sending(_Table):
    """How a write is guarded."""

    lease: Annotated[Duration, AfterValidator(_at_least(30))] = timedelta(minutes=2)
    settle: Annotated[Duration, AfterValidator(_at_least(5))] = timedelta(seconds=30)
    look_again: Duration = timedelta(seconds=15)


class Store(_Table):
    """Where everything is kept."""

    url: Annotated[str, AfterValidator(_store_url)] = "sqlite:///amends.db"


class Classifier(_Table):
    """Which model judges, and how it learns from people."""

    model: str = ""
    models: str = "models"
    cost_of_a_miss: float = Field(default=1.0, ge=0.1, le=100.0)
    second_look: bool = True
    sample: float = Field(default=0.01, ge=0.0, le=1.0)
    train_at: ClockTimeOrNever = time(3, 30)


class Digest(_Table):
    """The weekly mail."""

    to: tuple[str, ...] = ()
    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    at: ClockTime = time(8, 0)
    language: Annotated[str, AfterValidator(_digest_language)] = "en"

    @property
    def weekday(self) -> int:
        """Monday is 0."""
        return _WEEKDAYS.index(self.day)


class Smtp(_Table):
    """The mail server for the digest."""

    host: str = "127.0.0.1"
    port: int = Field(default=25, ge=1, le=65_535)
    security: Literal["none", "starttls", "tls"] = "none"
    sender: str = "amends@localhost"


class Oidc(_Table):
    """A sign-in provider for the desk."""

    issuer: str = Field(pattern=r"^https?://[^\s]+$")
    client_id: str = Field(min_length=1)
    claim: str = Field(default="email", min_length=1)
    label: str = ""


class Desk(_Table):
    """The approval queue in the browser."""

    host: str = "127.0.0.1"
    port: int = Field(default=8200, ge=0, le=65_535)
    url: str = Field(default="", pattern=r"^(https?://[^/\s]+)?$")
    session: Duration = timedelta(hours=12)
    idle: Duration = timedelta(hours=2)
    oidc: Oidc | None = None

    @property
    def address(self) -> str:
        """Where it is reached, if it listens where it says."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return self.url or f"http://{shown}:{self.port}"


class Log(_Table):
    """What the daemon writes to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class PlatformSettings(Protocol):
    """What every platform's settings hold, beside its own."""

    every: str
    base_url: str | None


class Config(_Table):
    """All settings. `platforms` maps each name that is switched on to its own module's `Settings`."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)

    brand: Brand
    promise: Promise = Promise()
    policy: PolicySettings = PolicySettings()
    sending: Sending = Sending()
    store: Store = Store()
    classifier: Classifier = Classifier()
    platforms: dict[str, Any] = Field(default_factory=dict)
    digest: Digest = Digest()
    smtp: Smtp = Smtp()
    desk: Desk = Desk()
    log: Log = Log()
    path: Path = Field(default=DEFAULT_PATH, exclude=True)

    @property
    def folder(self) -> Path:
        """Where config.toml lies: relative paths count from here, and platforms keep their files here."""
        return self.path.resolve().parent

    @property
    def store_url(self) -> str:
        """The store's address, a relative SQLite file counted from config.toml's folder."""
        path = sqlite_path(check_url(self.store.url))
        return self.store.url if path is None else f"sqlite:///{(self.folder / path).resolve()}"

    @property
    def models(self) -> Path:
        """The folder of the models that were trained here."""
        return self.folder / self.classifier.models

    def every(self, platform: str) -> timedelta:
        """How often a platform is polled."""
        settings: PlatformSettings = self.platforms[platform]
        return parse_duration(settings.every)


def platform_names() -> tuple[str, ...]:
    """All platforms that ship with Amends: the modules in `monitor/platforms/`."""
    folder = Path(__file__).parent / "platforms"
    return tuple(sorted(file.stem for file in folder.glob("[a-z]*.py")))


def load_config(path: Path) -> Config:
    """Read and check a config file. Raises `ConfigError` that lists every fault with its line and a word of help."""
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        message = (
            f"there is no {path}. Copy config.toml from the project and switch on a platform, name another file with "
            "--config, or try the sandbox without any: amends run --sandbox"
        )
        raise ConfigError(message) from error
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} can't be read: {error}"
        raise ConfigError(message) from error
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        message = f"{path} is not valid TOML: {error}"
        raise ConfigError(message) from error
    return parse_config(table, path, source)


def parse_config(table: dict[str, object], path: Path = DEFAULT_PATH, source: str = "") -> Config:
    """Check a parsed config. Raises `ConfigError` like `load_config`."""
    faults: list[str] = []
    plain = dict(table)
    if "path" in plain:
        faults.append(_fault(path, source, ("path",), "there is no such setting"))
        del plain["path"]
    platforms = _check_platforms(plain.pop("platforms", {}), path, source, faults)
    try:
        config = Config.model_validate({**plain, "path": path})
    except ValidationError as error:
        faults += _faults(error, path, source, ())
        config = None
    if faults or config is None:
        count = "one thing" if len(faults) == 1 else f"{len(faults)} things"
        message = f"{path} has {count} to mend:\n" + "\n".join(f"  {fault}" for fault in faults)
        raise ConfigError(message)
    return config.model_copy(update={"platforms": platforms})


def _check_platforms(tables: object, path: Path, source: str, faults: list[str]) -> dict[str, BaseModel]:
    if not isinstance(tables, dict):
        faults.append(_fault(path, source, ("platforms",), "write a table for each platform: [platforms.mastodon]"))
        return {}
    checked: dict[str, BaseModel] = {}
    for name, table in tables.items():
        where = ("platforms", str(name))
        if name not in platform_names():
            faults.append(_fault(path, source, where, f"no such platform; there are {', '.join(platform_names())}"))
            continue
        settings: type[BaseModel] = import_module(f"monitor.platforms.{name}").Settings
        try:
            checked[name] = settings.model_validate(table)
        except ValidationError as error:
            faults += _faults(error, path, source, where)
            continue
        try:
            if parse_duration(str(getattr(checked[name], "every", "60s"))) <= timedelta():
                faults.append(_fault(path, source, (*where, "every"), "must be longer than nothing"))
        except ValueError as error:
            faults.append(_fault(path, source, (*where, "every"), str(error)))
    return checked


def _faults(error: ValidationError, path: Path, source: str, where: tuple[int | str, ...]) -> list[str]:
    return [
        _fault(path, source, (*where, *item["loc"]), _help(item["type"], item["msg"]))
        for item in error.errors(include_url=False)
    ]


def _help(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such setting; docs/SETTINGS.md lists all"
    if kind == "missing":
        return "is needed and has no default"
    return message.removeprefix("Value error, ")


def _fault(path: Path, source: str, where: tuple[int | str, ...], what: str) -> str:
    key = ".".join(str(part) for part in where)
    line = _line_of(source, where)
    return f"{path}:{line}  {key}: {what}" if line else f"{key}: {what}"


def _line_of(source: str, where: tuple[int | str, ...]) -> int | None:
    """The line of a key, or of the nearest table around it; None where the file does not speak of it."""
    names = [part for part in where if isinstance(part, str)]
    table, best = "", None
    for number, line in enumerate(source.splitlines(), start=1):
        if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line):
            table = header.group(1)
            if table.split(".") == names[: len(table.split("."))]:
                best = number
        elif assignment := re.match(r"""\s*["']?([\w-]+)["']?\s*=""", line):
            full = [*(table.split(".") if table else []), assignment.group(1)]
            if full == names[: len(full)]:
                return number
    return best

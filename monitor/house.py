"""Where everything is wired: one object that holds the config and opens each part when it is first needed."""

import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self
from zoneinfo import ZoneInfo

import structlog
from pydantic import BaseModel

from cases.case import Case
from cases.errors import ModelError
from cases.learning import SHIPPED
from cases.plans import RecoveryPlan
from cases.platform import Account, Platform, Venue
from cases.posts import Mention, Post, Watch
from classifiers.facts import ModelFacts, facts_of
from desk.office import Network
from monitor.config import Config, platform_names
from monitor.secrets import read_secrets
from store.ledger import Ledger

if TYPE_CHECKING:
    # The model and the words take most of a second to load; only the steps that need them pay.
    from classifiers.judge import Judge
    from responders.draft import Responder
    from responders.policy import Policy

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """The time now, in UTC: the one place that asks for it."""
    return datetime.now(UTC)


class PlatformModule(Protocol):
    """What a file in `monitor/platforms/` offers."""

    SECRETS: tuple[str, ...]
    LIMIT: int
    LINK_COSTS: bool
    SIGIL: str
    Settings: type[BaseModel]

    def measure(self, text: str) -> int:
        """The network's usual rule, without a connection."""
        ...

    def address(self, author: str) -> str:
        """How a reply to this handle begins there."""
        ...

    def connect(self, settings: BaseModel, secrets: Mapping[str, str], watch: Watch, state: Path) -> Platform:
        """The network, not yet asked anything."""
        ...


def platform_module(name: str) -> PlatformModule:
    """The file of a platform; it imports its client library only when it connects."""
    module: PlatformModule = import_module(f"monitor.platforms.{name}")
    return module


def _network(name: str, settings: object) -> Network:
    module = platform_module(name)
    # Networks name the account by one or the other; where neither is set, only signing in tells.
    handle = getattr(settings, "handle", "") or getattr(settings, "username", "") or ""
    return Network(name, module.LIMIT, module.measure, module.SIGIL, module.LINK_COSTS, handle, module.address)


class House:
    """The parts of one brand's Amends, each opened when first asked for.

    `clock` is where the time comes from, `environment` where secrets come from. `connected` are platforms that are
    there already; the others are connected when first used. Close it, or use it as a context.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock = wall_clock,
        environment: Mapping[str, str] | None = None,
        connected: Mapping[str, Platform] | None = None,
    ) -> None:
        self.config = config
        self.clock = clock
        self.environment = os.environ if environment is None else environment
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._platforms: dict[str, Platform] = dict(connected or {})
        self._accounts: dict[str, Account] = {}
        self._locks = {name: threading.RLock() for name in config.platforms}
        self._opening = threading.RLock()
        self._judge: Judge | None = None
        self._judging = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store and of all connections."""
        for platform in self._platforms.values():
            platform.close()
        if "ledger" in self.__dict__:
            self.ledger.close()

    @cached_property
    def ledger(self) -> Ledger:
        """The store, brought up to date. Raises `StoreError`."""
        return Ledger.open(self.config.store_url)

    @property
    def judge(self) -> "Judge":
        """The classifier: the champion, loaded anew when another model has become it. Raises `ModelError`.

        A new champion whose file can't be used leaves the one before it at work.
        """
        from classifiers.judge import load_judge  # noqa: PLC0415 - see above

        with self._opening:
            name = self.champion
            if self._judge is None or name != self._judging:
                try:
                    wanted = self.config.classifier
                    self._judge = load_judge(
                        self.model_file(name), cost_of_a_miss=wanted.cost_of_a_miss, look_twice=wanted.second_look
                    )
                except ModelError as error:
                    if self._judge is None:
                        raise
                    log.error("the new champion can't be used", action="judge", champion=name, error=str(error))
                self._judging = name
            return self._judge

    @property
    def champion(self) -> str:
        """The name of the model that judges: what settings say, or else what training and people chose."""
        return self.config.classifier.model or self.ledger.champion()

    def model_facts(self) -> ModelFacts:
        """What may be told of the model that judges. Raises `ModelError`."""
        wanted = self.config.classifier
        return facts_of(
            self.model_file(self.champion), cost_of_a_miss=wanted.cost_of_a_miss, look_twice=wanted.second_look
        )

    def model_file(self, name: str) -> Path | None:
        """Where a model lies: one that was trained here, or the file that config.toml names; None: it ships.

        Raises `ModelError` where there is none of that name.
        """
        if name == SHIPPED:
            return None
        if name == self.config.classifier.model:
            return self.config.folder / name
        found = next((file for file in self.config.models.glob("*.skops") if file.stem == name), None)
        if found is None:
            message = f"{self.config.models} has no model {name}: put it back there, or choose with `amends model use`"
            raise ModelError(message)
        return found

    @cached_property
    def responder(self) -> "Responder":
        """The drafting. Raises `PackError`."""
        from responders.draft import Responder  # noqa: PLC0415 - see above

        with self._opening:
            return Responder.shipped()

    def plan(self, post: Post, case: Case) -> RecoveryPlan:
        """What is to be done for the author of a case, by the brand's policy and what happened before."""
        from desk.known import week_began  # noqa: PLC0415 - see above
        from responders.plan import History, make_plan, speaks_of  # noqa: PLC0415 - see above

        ledger, policy = self.ledger, self.policy
        earlier, answers = ledger.history(case.id)
        granted = ledger.granted(case=case.id) if policy.case_budget is not None else 0.0
        this_week = ledger.granted(since=week_began(self)) if policy.week_budget is not None else 0.0
        declared = (one.incident for one in ledger.incidents())
        return make_plan(
            post,
            case.verdict,
            policy=self.policy,
            incident=next((one for one in declared if speaks_of(post, one)), None),
            found=ledger.finding(case.id),
            overrules=ledger.overrules(case.id),
            history=History(earlier, answers, granted, this_week),
            now=self.clock(),
        )

    def signature(self, language: str) -> str:
        """The first name beneath a reply in this language (a BCP 47 tag)."""
        base = language.replace("_", "-").split("-", 1)[0].lower()
        return self.config.policy.names.get(base) or self.config.brand.signs_as

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms that are switched on."""
        return tuple(self.config.platforms)

    @property
    def brand(self) -> str:
        """The brand's name."""
        return self.config.brand.name

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return self.config.brand.zone

    @property
    def first_answer(self) -> timedelta:
        """Within which time a first answer is promised."""
        return self.config.promise.first_answer

    @property
    def undo_delay(self) -> timedelta:
        """How long an approved text waits before it leaves."""
        return self.config.promise.undo

    @cached_property
    def policy(self) -> "Policy":
        """What the brand has decided, as the plan takes it."""
        return self.config.policy.policy(self.config.brand.timezone)

    @property
    def never_words(self) -> Mapping[str, str]:
        """Each word that the brand never uses, with what it says instead, or ""."""
        return self.config.policy.never_words

    @cached_property
    def networks(self) -> Mapping[str, Network]:
        """Every network that ships with Amends, as the desk knows it: none is connected for it."""
        return {name: _network(name, self.config.platforms.get(name)) for name in platform_names()}

    @property
    def is_sandbox(self) -> bool:
        """Whether nothing that happens here is real."""
        return set(self.config.platforms) == {"sandbox"}

    @property
    def watch(self) -> Watch:
        """Which words make a post a mention."""
        return Watch(self.config.brand.keywords, self.config.brand.not_keywords)

    @contextmanager
    def platform(self, name: str) -> Iterator[Platform]:
        """One platform, for this thread alone while the context lasts.

        Raises `ConfigError` where a secret is missing.
        """
        with self._locks[name]:
            if name not in self._platforms:
                module = platform_module(name)
                secrets = read_secrets(name, module.SECRETS, self.environment)
                settings = self.config.platforms[name]
                self._platforms[name] = module.connect(settings, secrets, self.watch, self.config.folder)
            yield self._platforms[name]

    def venue(self, platform: Platform, mention: Mention) -> Venue:
        """Where a reply to the mention will stand. Signs in if that was not done; raises `PlatformError`."""
        if platform.name not in self._accounts:
            self._accounts[platform.name] = platform.account()
        module = platform_module(platform.name)
        return Venue(
            platform=platform.name,
            limit=platform.limit,
            measure=platform.measure,
            account=module.SIGIL + self._accounts[platform.name].handle,
            private_link=platform.private_link(),
            address=platform.address(mention),
            link_costs=module.LINK_COSTS,
        )

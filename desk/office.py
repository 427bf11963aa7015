"""What the desk needs of its surroundings, as plain values: `monitor.house.House` is such an office."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from cases.case import Case
from cases.plans import RecoveryPlan
from cases.posts import Post
from classifiers.facts import ModelFacts
from responders.policy import Policy
from store.ledger import Ledger


def _no_address(author: str) -> str:  # noqa: ARG001 - called as the networks' own are
    return ""


@dataclass(frozen=True, slots=True)
class Network:
    """What the desk must know of one network; nothing here needs a connection.

    `measure` counts as the network counts, `limit` in the same unit. `sigil` stands before a handle there. `handle` is
    the brand's own account without the sigil, or "" where only the connected daemon knows it. `address` is what a reply
    to a handle begins with there.
    """

    name: str
    limit: int
    measure: Callable[[str], int]
    sigil: str = "@"
    link_costs: bool = False
    handle: str = ""
    address: Callable[[str], str] = _no_address


class Office(Protocol):
    """One brand's store, settings and clock, as decisions and pages see them."""

    @property
    def ledger(self) -> Ledger:
        """The store, brought up to date. Raises `StoreError`."""
        ...

    def clock(self) -> datetime:
        """The time now, aware."""
        ...

    @property
    def brand(self) -> str:
        """The brand's name."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        ...

    @property
    def first_answer(self) -> timedelta:
        """Within which time a first answer is promised."""
        ...

    @property
    def undo_delay(self) -> timedelta:
        """How long an approved text waits before it leaves."""
        ...

    @property
    def policy(self) -> Policy:
        """What the brand has decided about remedies, authority and dates."""
        ...

    @property
    def never_words(self) -> Mapping[str, str]:
        """Each word that the brand never uses, with what it says instead, or ""."""
        ...

    @property
    def networks(self) -> Mapping[str, Network]:
        """Every network that Amends knows, by name."""
        ...

    @property
    def platforms(self) -> tuple[str, ...]:
        """The names of those that are switched on."""
        ...

    @property
    def champion(self) -> str:
        """The name of the model that judges: what settings say, or else what training and people chose."""
        ...

    def model_facts(self) -> ModelFacts:
        """What may be told of that model, by the brand's settings. Raises `ModelError`."""
        ...

    def plan(self, post: Post, case: Case) -> RecoveryPlan:
        """What is to be done for the author of a case, by the brand's policy and what happened before."""
        ...

    def signature(self, language: str) -> str:
        """The first name beneath a reply in this language (a BCP 47 tag)."""
        ...

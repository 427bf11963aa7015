"""What the brand has decided about recovery, whoever writes: the `[policy]` of config.toml as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import time

from cases.errors import ConfigError
from cases.plans import Remedy, Role
from cases.verdicts import Category, Risk, Verdict

UPDATE_HOURS = {0: 48, 1: 24, 2: 24, 3: 4, 4: 4}
"""Within how many hours a customer hears again, by severity, where the brand says nothing else."""
LONGEST_PROMISE = 120
"""Hours: six days on, a weekday would name two days."""
LEAD_RISKS = frozenset({Risk.SAFETY, Risk.LEGAL, Risk.DISCRIMINATION, Risk.PRIVACY, Risk.PRESS})
"""Risks that no agent decides alone, where the brand says nothing else."""


@dataclass(frozen=True, slots=True)
class RemedyRule:
    """What is offered for some categories (none: any) from a severity on; `goodwill` goes beyond what is owed."""

    remedy: Remedy
    categories: frozenset[Category] = frozenset()
    least_severity: int = 0
    goodwill: bool = False

    def suits(self, verdict: Verdict) -> bool:
        """Whether it is meant for such a case."""
        return verdict.severity >= self.least_severity and (not self.categories or verdict.category in self.categories)


@dataclass(frozen=True, slots=True)
class CarefulRule:
    """Where the wording admits no more than is known: the jurisdiction's name, and the cases under it (none: any)."""

    jurisdiction: str
    languages: frozenset[str] = frozenset()
    categories: frozenset[Category] = frozenset()

    def suits(self, language: str, verdict: Verdict) -> bool:
        """Whether the case falls under it."""
        return (not self.languages or language in self.languages) and (
            not self.categories or verdict.category in self.categories
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """What the brand has decided, whoever writes.

    `update_hours`: by severity 0 to 4, within how many hours the customer hears again (1 to 120: a weekday must name
    the day). `day_begins`, `day_ends`: nobody is promised word outside these hours of `timezone`. `languages`: the tags
    that may be drafted in; None for every pack that comes with Amends. Budgets and `authority` (up to which value a
    role grants alone) are in `currency`; None sets no bound.
    """

    update_hours: dict[int, int] = field(default_factory=lambda: dict(UPDATE_HOURS))
    day_begins: time = time(9)
    day_ends: time = time(20)
    timezone: str = "UTC"
    languages: frozenset[str] | None = None
    remedies: tuple[RemedyRule, ...] = ()
    careful: tuple[CarefulRule, ...] = ()
    currency: str = ""
    case_budget: float | None = None
    week_budget: float | None = None
    authority: dict[Role, float] = field(default_factory=dict)
    lead_risks: frozenset[Risk] = LEAD_RISKS

    def __post_init__(self) -> None:
        """Raise `ConfigError` for promises that can't be said or kept."""
        for severity, hours in self.update_hours.items():
            if not 1 <= hours <= LONGEST_PROMISE:
                message = f"update_hours for severity {severity} must be 1 to {LONGEST_PROMISE}, not {hours}"
                raise ConfigError(message)
        if self.day_begins >= self.day_ends:
            message = f"the day must begin before it ends, not {self.day_begins:%H:%M} to {self.day_ends:%H:%M}"
            raise ConfigError(message)

    def hours(self, severity: int) -> int:
        """Within how many hours a case of this severity hears again."""
        return self.update_hours.get(severity, UPDATE_HOURS.get(severity, UPDATE_HOURS[2]))

    def offer(self, verdict: Verdict, room: float | None, *, goodwill: bool) -> Remedy | None:
        """What to offer: the rule made for the gravest of the cases it suits, within `room` (None: no bound)."""
        suiting = [rule for rule in self.remedies if rule.goodwill is goodwill and rule.suits(verdict)]
        fitting = [rule for rule in suiting if room is None or rule.remedy.value <= room]
        best = max(
            fitting, key=lambda rule: (rule.least_severity, bool(rule.categories), rule.remedy.value), default=None
        )
        return best.remedy if best else None

    def role_for(self, value: float, risks: Iterable[Risk]) -> Role:
        """The least role that may grant this value, and handle these risks, alone."""
        least = Role.LEAD if self.lead_risks & set(risks) else Role.AGENT
        for role in Role:
            bound = self.authority.get(role)
            if list(Role).index(role) >= list(Role).index(least) and (bound is None or value <= bound):
                return role
        return Role.ADMIN

"""`[policy]` of config.toml: what the brand has decided about remedies, authority, dates and words."""

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cases.plans import Remedy, Role
from cases.verdicts import Category, Risk
from responders.policy import LEAD_RISKS, LONGEST_PROMISE, UPDATE_HOURS, CarefulRule, Policy, RemedyRule

_Amount = Annotated[float, Field(ge=0.0)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class RemedySetting(_Table):
    """One `[[policy.remedies]]`."""

    words: str = Field(min_length=1)
    value: _Amount = 0.0
    categories: tuple[Category, ...] = ()
    least_severity: int = Field(default=0, ge=0, le=4)
    goodwill: bool = False


class CarefulSetting(_Table):
    """One `[[policy.careful]]`."""

    jurisdiction: str = Field(min_length=1)
    languages: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()


class PolicySettings(_Table):
    """What the brand has decided, whoever writes."""

    update_hours: dict[Literal["0", "1", "2", "3", "4"], Annotated[int, Field(ge=1, le=LONGEST_PROMISE)]] = Field(
        default_factory=dict
    )
    day_begins: time = time(9)
    day_ends: time = time(20)
    currency: str = ""
    case_budget: _Amount | None = None
    week_budget: _Amount | None = None
    remedies: tuple[RemedySetting, ...] = ()
    careful: tuple[CarefulSetting, ...] = ()
    authority: dict[Role, _Amount] = Field(default_factory=dict)
    lead_risks: tuple[Risk, ...] = tuple(sorted(LEAD_RISKS))
    uses: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    never: tuple[str, ...] = ()
    names: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _day_has_hours(self) -> Self:
        if self.day_begins >= self.day_ends:
            message = "day_begins must come before day_ends"
            raise ValueError(message)
        return self

    @property
    def never_words(self) -> dict[str, str]:
        """Each word that the brand never uses, with what it says instead, or ""."""
        instead = {word: used for used, words in self.uses.items() for word in words}
        return {**dict.fromkeys(self.never, ""), **instead}

    def policy(self, timezone: str) -> Policy:
        """The same as the plan takes it. `timezone` is the brand's."""
        return Policy(
            update_hours={**UPDATE_HOURS, **{int(severity): hours for severity, hours in self.update_hours.items()}},
            day_begins=self.day_begins,
            day_ends=self.day_ends,
            timezone=timezone,
            remedies=tuple(
                RemedyRule(Remedy(one.words, one.value), frozenset(one.categories), one.least_severity, one.goodwill)
                for one in self.remedies
            ),
            careful=tuple(
                CarefulRule(one.jurisdiction, frozenset(one.languages), frozenset(one.categories))
                for one in self.careful
            ),
            currency=self.currency,
            case_budget=self.case_budget,
            week_budget=self.week_budget,
            authority=dict(self.authority),
            lead_risks=frozenset(self.lead_risks),
        )

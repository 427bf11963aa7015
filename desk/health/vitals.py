"""What the page, the API and the metrics tell of how it goes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cases.errors import ModelError
from cases.learning import SHIPPED, Reign, Training
from classifiers.facts import Measured, ModelFacts, facts_of, measured
from desk.office import Office
from store.reports import SampleFigures
from store.views import PlatformState

SPAN = timedelta(weeks=4)
"""How far back people's decisions count as figures of the model."""
ALL = "*"
"""The name under which everything is paused."""


@dataclass(frozen=True, slots=True)
class PlatformHealth:
    """One platform that is switched on. `lag`: since the last poll that went well; None where there was none yet."""

    state: PlatformState
    lag: timedelta | None
    limit: int
    """Characters of a reply there, as the network counts them."""
    waiting: bool
    """The network asked us to wait, and the time is not over."""
    cost_today: float
    """US dollars that reading has cost on this UTC day."""


@dataclass(frozen=True, slots=True)
class ModelHealth:
    """Which model judges, and how people have found it in `SPAN`.

    `right` and `wrong`: of what it called a complaint, by people's word; `missed`: complaints that it passed over and
    people found. `training` is the one that it came from, with the table that decided.
    """

    name: str
    since: Reign | None
    training: Training | None
    right: int
    wrong: int
    missed: int
    sample: SampleFigures
    """What people's look at some of what was passed over says about all of it."""
    last: Training | None
    """The latest training, whatever came of it."""
    facts: ModelFacts | None
    """What its file tells; None where it can't be read, and then `trouble` says why."""
    trouble: str
    figures: Measured | None
    """What was measured before Amends was shipped, on posts that it never saw: of itself, or of what it is based on."""

    @property
    def shipped(self) -> bool:
        """Whether it is the model that came with Amends."""
        return self.name == SHIPPED

    @property
    def hit_rate(self) -> float | None:
        """The share of its complaints that people found to be some; None where nobody has decided."""
        decided = self.right + self.wrong
        return self.right / decided if decided else None


def platforms_health(office: Office) -> tuple[PlatformHealth, ...]:
    """Every platform that is switched on. Raises `StoreError`."""
    now = office.clock()
    states = {state.name: state for state in office.ledger.platforms()}
    paused, costs = office.ledger.paused(), office.ledger.costs(now.astimezone(UTC).date())
    found = []
    for name in office.platforms:
        state = states.get(name, PlatformState(name, paused=paused.get(name) or paused.get(ALL)))
        lag = max(now - state.last_ok, timedelta()) if state.last_ok else None
        waiting = state.until is not None and state.until > now
        found.append(PlatformHealth(state, lag, office.networks[name].limit, waiting, costs.get(name, 0.0)))
    return tuple(found)


def model_health(office: Office) -> ModelHealth:
    """The model at work. Raises `StoreError`."""
    ledger, now = office.ledger, office.clock()
    name = office.champion
    training = ledger.training_of(name)
    facts, trouble = _facts(office)
    reigns = ledger.reigns(1)
    right, wrong, missed = ledger.reports.verdicts_decided(now - SPAN, now + timedelta(seconds=1))
    return ModelHealth(
        name=name,
        since=reigns[0] if reigns else None,
        training=training,
        right=right,
        wrong=wrong,
        missed=missed,
        sample=ledger.reports.sample(now - SPAN, now + timedelta(seconds=1)),
        last=next(iter(ledger.trainings(1)), None),
        facts=facts,
        trouble=trouble,
        figures=_figures(facts, training),
    )


def _facts(office: Office) -> tuple[ModelFacts | None, str]:
    try:
        return office.model_facts(), ""
    except ModelError as error:
        return None, str(error)


def _figures(facts: ModelFacts | None, training: Training | None) -> Measured | None:
    if training is not None and training.base == SHIPPED:
        facts = facts_of()
    return measured(facts.name) if facts else None


def last_sign(office: Office) -> datetime | None:
    """When the daemon last polled anything; None where it never did."""
    polls = [state.last_poll for state in office.ledger.platforms() if state.last_poll]
    return max(polls, default=None)

"""The recovery plan of one case: how to go about it, what the reply must hold, and when the customer hears again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import assert_never

from cases.apology import Component
from cases.errors import ConfigError
from cases.plans import Approach, Finding, Incident, PlanLine, RecoveryPlan
from cases.posts import Post
from cases.verdicts import Category, Risk, Verdict
from responders.dates import zone_named
from responders.packs import fold, shipped_tags

_PROMISES = {0: 48, 1: 24, 2: 24, 3: 12, 4: 4}
_LONGEST_PROMISE = 120
_FURIOUS = 2
_TO_THE_POINT = frozenset({Category.CHARGE, Category.REFUND, Category.WRONG_ITEM, Category.APP, Category.OUTAGE})
_TO_THE_HEART = frozenset({Category.STAFF, Category.SAFETY, Category.PRIVACY, Category.ACCESS, Category.LOST})
_PUBLIC_ANSWERS = 2


@dataclass(frozen=True, slots=True)
class Policy:
    """What the brand has decided, whoever writes.

    `update_hours`: by severity 0 to 4, within how many hours the customer hears again (1 to 120: a weekday must name
    the day). `day_begins`, `day_ends`: nobody is promised word outside these hours of `timezone`. `languages`: the tags
    that may be drafted in; None for every pack that comes with Amends.
    """

    update_hours: dict[int, int] = field(default_factory=lambda: dict(_PROMISES))
    day_begins: time = time(9)
    day_ends: time = time(20)
    timezone: str = "UTC"
    languages: frozenset[str] | None = None

    def __post_init__(self) -> None:
        """Raise `ConfigError` for promises that can't be said or kept."""
        for severity, hours in self.update_hours.items():
            if not 1 <= hours <= _LONGEST_PROMISE:
                message = f"update_hours for severity {severity} must be 1 to {_LONGEST_PROMISE}, not {hours}"
                raise ConfigError(message)
        if self.day_begins >= self.day_ends:
            message = f"the day must begin before it ends, not {self.day_begins:%H:%M} to {self.day_ends:%H:%M}"
            raise ConfigError(message)


@dataclass(frozen=True, slots=True)
class History:
    """What was between us and this author before: earlier cases, and our public answers in this thread."""

    earlier_cases: int = 0
    public_answers: int = 0


_FIRST_TIME = History()


def make_plan(
    post: Post,
    verdict: Verdict,
    *,
    policy: Policy,
    incident: Incident | None = None,
    finding: Finding = Finding.OPEN,
    history: History = _FIRST_TIME,
    now: datetime,
) -> RecoveryPlan:
    """What to do for this customer, and why, line by line.

    An incident is used only where one of its keywords stands in the post. `now` must be aware. No draft may be written
    where the plan's `handoff` names a reason.
    """
    language = language_of(verdict)
    languages = shipped_tags() if policy.languages is None else policy.languages
    handoff = _handoff(verdict, language, languages)
    known = incident if incident is not None and _speaks_of(post, incident) else None
    approach, approach_line = _approach(verdict, history)
    next_update, update_line = _next_update(verdict, policy, known, now)
    second_person = bool(verdict.risks)
    lines = [approach_line, *_outlook(verdict, history), update_line]
    if second_person:
        risks = ", ".join(sorted(verdict.risks))
        lines.append(PlanLine("two people approve one text", f"the post carries a risk: {risks}", "rule: risks"))
    if known is not None:
        lines.append(
            PlanLine(f"speak of the incident {known.name}", "the post holds its keywords", "declared incident")
        )
    if finding is Finding.NOT_OURS:
        lines.append(PlanLine("own nothing, offer nothing", "what was found is not ours", "finding"))
    if history.public_answers:
        lines.append(_many_answers(history))
    if handoff is not None:
        lines.insert(0, PlanLine("a person takes over", handoff, "rule: no template speaks here"))
    return RecoveryPlan(
        approach=approach,
        required=_required(finding),
        lines=tuple(lines),
        finding=finding,
        incident=known,
        next_update=next_update,
        handoff=handoff,
        second_person=second_person,
    )


def language_of(verdict: Verdict) -> str:
    """The base tag of the post's language: "en" for "en-GB"."""
    return verdict.language.replace("_", "-").split("-", 1)[0].lower()


def _handoff(verdict: Verdict, language: str, languages: Iterable[str]) -> str | None:
    if Risk.SELF_HARM in verdict.risks:
        return "the author may be in danger: a person answers, at once"
    if language not in languages:
        return f"there is no language pack for {verdict.language}"
    if not verdict.learned:
        return f"the classifier has not learned {verdict.language}"
    return None


def _required(finding: Finding) -> frozenset[Component]:
    if finding is Finding.NOT_OURS:
        return frozenset(Component) - {Component.RESPONSIBILITY, Component.AMENDS}
    return frozenset(Component)


def _speaks_of(post: Post, incident: Incident) -> bool:
    text = fold(post.text).casefold()
    return any(fold(word).casefold() in text for word in incident.keywords if word.strip())


def _approach(verdict: Verdict, history: History) -> tuple[Approach, PlanLine]:
    if history.earlier_cases:
        approach, because = Approach.EMPATHETIC, "we failed them before"
    elif verdict.heat >= _FURIOUS:
        approach, because = Approach.EMPATHETIC, f"the post is heated ({verdict.heat} of 3)"
    elif verdict.category in _TO_THE_HEART:
        approach, because = Approach.EMPATHETIC, f"{verdict.category} touches people more than their purse"
    elif verdict.category in _TO_THE_POINT:
        approach, because = Approach.EFFICIENT, f"{verdict.category} wants it fixed with little effort"
    else:
        approach, because = Approach.BALANCED, "neither haste nor heat stands out"
    return approach, PlanLine(_manner(approach), because, "verdict and history")


def _manner(approach: Approach) -> str:
    match approach:
        case Approach.EFFICIENT:
            return "be brief and solve it"
        case Approach.EMPATHETIC:
            return "listen first, then solve it"
        case Approach.BALANCED:
            return "listen and solve it in equal parts"
        case _:
            assert_never(approach)


def _outlook(verdict: Verdict, history: History) -> Iterable[PlanLine]:
    if history.earlier_cases:
        yield PlanLine(
            "a senior person leads, by phone if they wish",
            f"a repeat failure ({history.earlier_cases} earlier) rarely ends in delight",
            "history",
        )
    elif verdict.risks & {Risk.SAFETY, Risk.PRIVACY, Risk.DISCRIMINATION}:
        yield PlanLine("a senior person leads", "the harm may be grave, and a remedy alone won't mend it", "verdict")


def _next_update(
    verdict: Verdict, policy: Policy, incident: Incident | None, now: datetime
) -> tuple[datetime, PlanLine]:
    if incident is not None and incident.next_word_at is not None and incident.next_word_at > now:
        moment, source = incident.next_word_at, "declared incident"
        because = f"the next word on {incident.name} comes then"
    else:
        hours = policy.update_hours.get(verdict.severity, _PROMISES[2])
        moment, source = _in_the_day(now + timedelta(hours=hours), policy), "policy"
        because = f"severity {verdict.severity} hears again within {hours} hours, in the daytime"
    return moment, PlanLine(f"next word by {moment.isoformat(timespec='minutes')}", because, source)


def _in_the_day(moment: datetime, policy: Policy) -> datetime:
    """The next full hour, moved to the morning where it falls into the night."""
    local = moment.astimezone(zone_named(policy.timezone))
    if local.minute or local.second or local.microsecond:
        local = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if local.time() > policy.day_ends:
        local += timedelta(days=1)
    elif local.time() >= policy.day_begins:
        return local
    return local.replace(hour=policy.day_begins.hour, minute=policy.day_begins.minute)


def _many_answers(history: History) -> PlanLine:
    if history.public_answers >= _PUBLIC_ANSWERS:
        return PlanLine(
            "no further public answer", "a third one in a thread draws more complaints", "rule: one public answer"
        )
    return PlanLine(
        "think twice before a second public answer", "each turn in public draws others", "rule: one public answer"
    )

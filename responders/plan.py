"""The recovery plan of one case: how to go about it, what the reply must hold, and when the customer hears again."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cases.apology import Component
from cases.errors import NotAllowed
from cases.plans import (
    Approach,
    Finding,
    FindingNote,
    Incident,
    Outlook,
    Overrule,
    PlanLine,
    RecoveryPlan,
    Remedy,
    Role,
)
from cases.posts import Post
from cases.told import Dated, Joined, Told, named
from cases.verdicts import Category, Risk, Verdict
from responders.asks import asks
from responders.dates import zone_named
from responders.packs import fold, shipped_tags
from responders.policy import Policy

_FURIOUS = 2
_GRAVE = 4
_TO_THE_POINT = frozenset({Category.CHARGE, Category.REFUND, Category.WRONG_ITEM, Category.APP, Category.OUTAGE})
_TO_THE_HEART = frozenset({Category.STAFF, Category.SAFETY, Category.PRIVACY, Category.ACCESS, Category.LOST})
_FORESEEN = frozenset({Category.POLICY, Category.NO_ANSWER, Category.CHARGE})
"""What a customer thinks we could have prevented: no surprise to either side."""
_GRAVE = 3
"""The severity from which a matter is grave."""
_GOING_ON = frozenset({Category.OUTAGE, Category.SAFETY})
_PRESSING = frozenset({Risk.SAFETY, Risk.SELF_HARM})
"""Without power, or in danger, nobody waits until tomorrow for the next word, however calmly they write."""
_GRAVE_RISKS = frozenset({Risk.SAFETY, Risk.PRIVACY, Risk.DISCRIMINATION})
_PUBLIC_ANSWERS = 2
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_MANNERS = {
    Approach.EFFICIENT: Told("be brief and solve it"),
    Approach.EMPATHETIC: Told("listen first, then solve it"),
    Approach.BALANCED: Told("listen and solve it in equal parts"),
}


@dataclass(frozen=True, slots=True)
class History:
    """What was between us and this author before: earlier cases, and our public answers in this thread.

    `granted` is what this case was given already, `granted_this_week` what all cases were, in the policy's currency.
    """

    earlier_cases: int = 0
    public_answers: int = 0
    granted: float = 0.0
    granted_this_week: float = 0.0


_FIRST_TIME = History()


@dataclass(slots=True)
class _Sheet:
    """The plan's lines while they are written; a line that a person set says who."""

    overrules: Mapping[str, Overrule]
    lines: list[PlanLine] = field(default_factory=list)

    def write(self, name: str, what: str, because: str, source: str) -> None:
        if name in self.overrules:
            because, source = Told("set by %(name)s", name=self.overrules[name].who), Told("a person")
        self.lines.append(PlanLine(what, because, source, name))


def make_plan(
    post: Post,
    verdict: Verdict,
    *,
    policy: Policy,
    incident: Incident | None = None,
    finding: Finding = Finding.OPEN,
    found: FindingNote | None = None,
    history: History = _FIRST_TIME,
    overrules: Sequence[Overrule] = (),
    now: datetime,
) -> RecoveryPlan:
    """What to do for this customer, and why, line by line.

    An incident is used only where one of its keywords stands in the post. `found` says more than `finding`, and goes
    before it. `overrules` are lines that people set, the latest of a name last. `now` must be aware. No draft may be
    written where the plan's `handoff` names a reason.
    """
    finding = found.finding if found else finding
    language = language_of(verdict)
    languages = shipped_tags() if policy.languages is None else policy.languages
    handoff = _handoff(verdict, language, languages)
    known = incident if incident is not None and speaks_of(post, incident) else None
    latest = {overrule.name: overrule for overrule in overrules if overrule.name in OVERRULABLE}
    sheet = _Sheet({name: overrule for name, overrule in latest.items() if overrule.value})
    if handoff is not None:
        sheet.write("", Told("a person takes over"), handoff, Told("rule: no template speaks here"))
    approach = _approach(verdict, history, sheet)
    outlook = _outlook(verdict, history, known, sheet)
    remedy, goodwill = _offers(verdict, finding, policy, history, sheet)
    handler = _handler(verdict, outlook, policy, (remedy, goodwill), sheet)
    next_update = _next_update(verdict, policy, known, now, sheet)
    second_person, careful = _guarded(verdict, policy, language, sheet)
    if known is not None:
        what = Told("speak of the incident %(name)s", name=known.name)
        sheet.write("", what, Told("the post holds its keywords"), Told("declared incident"))
    _tell_finding(finding, found, sheet)
    if history.public_answers:
        _many_answers(history, sheet)
    ask_first = asks(verdict.category, approach, finding)
    if "ask_first" in sheet.overrules:
        ask_first = (sheet.overrules["ask_first"].value,)
    what = Told("in private first: %(asks)s", asks=Joined(ask_first))
    sheet.write("ask_first", what, Told("it is about %(category)s", category=_said(verdict)), Told("guide"))
    return RecoveryPlan(
        approach=approach,
        required=_required(finding),
        lines=tuple(sheet.lines),
        finding=finding,
        incident=known,
        next_update=next_update,
        handoff=handoff,
        second_person=second_person,
        careful=careful,
        outlook=outlook,
        handler=handler,
        remedy=remedy,
        goodwill=goodwill,
        ask_first=ask_first,
        cause=found.cause if found is not None and finding is not Finding.NOT_OURS else "",
    )


def trusted_to_a_person(verdict: Verdict) -> Verdict:
    """The verdict to plan by where a person wants a draft in a language that the classifier has not learned.

    Of what it says only the risks are believed; the post's own words must tell the trouble.
    """
    if verdict.learned:
        return verdict
    return replace(verdict, learned=True, complaint=True, category=Category.OTHER, severity=2, heat=1, about="")


OVERRULABLE = {
    "approach": ", ".join(Approach),
    "outlook": ", ".join(Outlook),
    "handler": ", ".join(Role),
    "remedy": "what is offered, in words",
    "goodwill": "what is given beyond it, in words",
    "next_update": "a time with its zone, for example 2026-11-24T09:00+01:00",
    "wording": "full, careful",
    "ask_first": "what to ask first, in words",
}
"""The lines that a person can set, with what may stand there."""


def check_overrule(name: str, value: str) -> None:
    """Raise `NotAllowed` where a plan has no such line, or it can't be set to this. An empty value gives it back."""
    if name not in OVERRULABLE:
        message = Told(
            "a plan has no line %(name)s that can be set; there are %(names)s",
            name=repr(name),
            names=", ".join(OVERRULABLE),
        )
        raise NotAllowed(message)
    if not value:
        return
    choices: dict[str, Iterable[str]] = {
        "approach": Approach,
        "outlook": Outlook,
        "handler": Role,
        "wording": ("full", "careful"),
    }
    wrong = name in choices and value not in tuple(choices[name])
    if name == "next_update":
        wrong = _moment(value) is None
    if wrong:
        message = Told(
            "%(name)s can't be %(value)s; it takes %(choices)s",
            name=name,
            value=repr(value),
            choices=Told(OVERRULABLE[name]),
        )
        raise NotAllowed(message)


def language_of(verdict: Verdict) -> str:
    """The base tag of the post's language: "en" for "en-GB"."""
    return verdict.language.replace("_", "-").split("-", 1)[0].lower()


def speaks_of(post: Post, incident: Incident) -> bool:
    """Whether a keyword of the incident stands in the post, in whatever spelling of Arabic letters.

    In Latin letters it must begin a word ("app" is not in "happy"); Arabic joins articles to words, so anywhere counts.
    """
    text = fold(post.text).casefold()
    for word in (fold(keyword).strip().casefold() for keyword in incident.keywords):
        if word and re.search((r"(?<!\w)" if _LATIN.match(word) else "") + re.escape(word), text):
            return True
    return False


def _said(verdict: Verdict) -> Told:
    return named(verdict.category)


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _handoff(verdict: Verdict, language: str, languages: Iterable[str]) -> str | None:
    if Risk.SELF_HARM in verdict.risks:
        return Told("the author may be in danger: a person answers, at once")
    if language not in languages:
        return Told("there is no language pack for %(language)s", language=verdict.language)
    if not verdict.learned:
        return Told("the classifier has not learned %(language)s", language=verdict.language)
    return None


def _required(finding: Finding) -> frozenset[Component]:
    if finding is Finding.NOT_OURS:
        return frozenset(Component) - {Component.RESPONSIBILITY, Component.AMENDS}
    return frozenset(Component)


def _approach(verdict: Verdict, history: History, sheet: _Sheet) -> Approach:
    if history.earlier_cases:
        approach, because = Approach.EMPATHETIC, Told("we failed them before")
    elif verdict.heat >= _FURIOUS:
        approach, because = Approach.EMPATHETIC, Told("the post is heated (%(heat)s of 3)", heat=verdict.heat)
    elif verdict.category in _TO_THE_HEART:
        approach, because = (
            Approach.EMPATHETIC,
            Told("%(category)s touches people more than their purse", category=_said(verdict)),
        )
    elif verdict.category in _TO_THE_POINT:
        approach, because = (
            Approach.EFFICIENT,
            Told("%(category)s wants it fixed with little effort", category=_said(verdict)),
        )
    else:
        approach, because = Approach.BALANCED, Told("neither haste nor heat stands out")
    if "approach" in sheet.overrules:
        approach = Approach(sheet.overrules["approach"].value)
    what = Told("%(approach)s: %(manner)s", approach=named(approach), manner=_MANNERS[approach])
    sheet.write("approach", what, because, Told("verdict and history"))
    return approach


def _outlook(verdict: Verdict, history: History, incident: Incident | None, sheet: _Sheet) -> Outlook:
    """Poor for a second failure or grave harm, fair where it could be foreseen, good where it surprised all."""
    if history.earlier_cases:
        because = Told("a repeat failure (%(count)s earlier) rarely ends in delight", count=history.earlier_cases)
        outlook, source = Outlook.POOR, Told("history")
    elif verdict.risks & _GRAVE_RISKS or verdict.severity >= _GRAVE:
        because = Told("the harm may be grave, and a remedy alone won't mend it")
        outlook, source = Outlook.POOR, Told("verdict")
    elif verdict.category in _FORESEEN:
        because = Told("%(category)s looks as if we could have prevented it", category=_said(verdict))
        outlook, source = Outlook.FAIR, Told("verdict")
    elif incident is not None:
        because = Told("it came as a surprise to all, and is known")
        outlook, source = Outlook.GOOD, Told("declared incident")
    else:
        because = Told("a first failure that can be made good")
        outlook, source = Outlook.GOOD, Told("history and verdict")
    if "outlook" in sheet.overrules:
        outlook = Outlook(sheet.overrules["outlook"].value)
    sheet.write("outlook", Told("the outlook is %(outlook)s", outlook=named(outlook)), because, source)
    return outlook


def _offers(
    verdict: Verdict, finding: Finding, policy: Policy, history: History, sheet: _Sheet
) -> tuple[Remedy | None, Remedy | None]:
    """The remedy and the extra that policy and budgets allow: for the private talk, never named in public."""
    set_by_hand = {name: Remedy(one.value) for name, one in sheet.overrules.items() if name in {"remedy", "goodwill"}}
    room = _room(policy, history)
    remedy = goodwill = None
    if finding is not Finding.NOT_OURS:
        remedy = policy.offer(verdict, room, goodwill=False)
        rest = None if room is None else room - (remedy.value if remedy else 0.0)
        goodwill = policy.offer(verdict, rest, goodwill=True)
        wanted = policy.offer(verdict, None, goodwill=False)
        if wanted is not None and wanted != remedy and "remedy" not in set_by_hand:
            what = Told("ask a lead about a remedy: %(remedy)s is over what is left", remedy=_priced(wanted, policy))
            left = Told("%(sum)s is left of the budget", sum=_sum(room, policy))
            sheet.write("", what, left, Told("policy: budgets"))
    remedy, goodwill = set_by_hand.get("remedy", remedy), set_by_hand.get("goodwill", goodwill)
    because = Told("%(category)s, severity %(figure)s", category=_said(verdict), figure=verdict.severity)
    source = Told("policy: remedies")
    if remedy is not None:
        what = Told("offer in private: %(remedy)s", remedy=_priced(remedy, policy))
        sheet.write("remedy", what, because, source)
    if goodwill is not None:
        what = Told("and a little more: %(remedy)s", remedy=_priced(goodwill, policy))
        sheet.write("goodwill", what, because, source)
    return remedy, goodwill


def _room(policy: Policy, history: History) -> float | None:
    rooms = []
    if policy.case_budget is not None:
        rooms.append(policy.case_budget - history.granted)
    if policy.week_budget is not None:
        rooms.append(policy.week_budget - history.granted_this_week)
    return max(0.0, min(rooms)) if rooms else None


def _sum(value: float | None, policy: Policy) -> str:
    return f"{value or 0.0:g} {policy.currency}".rstrip()


def _priced(remedy: Remedy, policy: Policy) -> str:
    return f"{remedy.words} ({remedy.value:g} {policy.currency})".replace(" )", ")") if remedy.value else remedy.words


def _handler(
    verdict: Verdict, outlook: Outlook, policy: Policy, offers: Iterable[Remedy | None], sheet: _Sheet
) -> Role:
    value = sum(remedy.value for remedy in offers if remedy)
    handler = policy.role_for(value, verdict.risks)
    because, source = Told("what is offered is within their authority"), Told("policy: authority")
    if policy.lead_risks & verdict.risks:
        because = _carries(policy.lead_risks & verdict.risks)
    elif handler is not Role.AGENT:
        because = Told("%(sum)s is more than an agent may grant alone", sum=_sum(value, policy))
    elif outlook is Outlook.POOR:
        handler, because, source = Role.LEAD, Told("the outlook is poor"), Told("guide")
    if "handler" in sheet.overrules:
        handler = Role(sheet.overrules["handler"].value)
    what = Told("handled by: %(role)s", role=named(handler))
    if handler is not Role.AGENT:
        what = Told("handled by: %(role)s: a senior person leads, by phone if they wish", role=named(handler))
    sheet.write("handler", what, because, source)
    return handler


def _guarded(verdict: Verdict, policy: Policy, language: str, sheet: _Sheet) -> tuple[bool, bool]:
    """Whether two people approve, and whether the wording admits no more than is known."""
    second_person = bool(verdict.risks)
    if second_person:
        sheet.write("", Told("two people approve one text"), _carries(verdict.risks), Told("rule: risks"))
    rule = next((rule for rule in policy.careful if rule.suits(language, verdict)), None)
    careful = second_person or rule is not None
    if "wording" in sheet.overrules:
        careful = sheet.overrules["wording"].value == "careful"
    if careful or "wording" in sheet.overrules:
        because = Told("a risk: an admission may have legal weight")
        if rule:
            because = Told("jurisdiction: %(name)s", name=rule.jurisdiction)
        what = Told("admit no more than is known") if careful else Told("own it in full")
        sheet.write("wording", what, because, Told("policy: careful") if rule else Told("rule: risks"))
    return second_person, careful


def _next_update(verdict: Verdict, policy: Policy, incident: Incident | None, now: datetime, sheet: _Sheet) -> datetime:
    set_to = _moment(sheet.overrules["next_update"].value) if "next_update" in sheet.overrules else None
    if set_to is not None and set_to <= now:
        # What a person set has passed: the policy's date holds again, or a draft would promise the past.
        sheet.overrules = {name: one for name, one in sheet.overrules.items() if name != "next_update"}
        set_to = None
    if incident is not None and incident.next_word_at is not None and incident.next_word_at > now:
        moment, source = incident.next_word_at, Told("declared incident")
        because = Told("the next word on %(name)s comes then", name=incident.name)
    else:
        hours = policy.hours(verdict.severity)
        pressing = verdict.category in _GOING_ON or verdict.risks & _PRESSING
        if pressing and policy.hours(_GRAVE) < hours:
            hours = policy.hours(_GRAVE)
        moment, source = _in_the_day(now + timedelta(hours=hours), policy), Told("policy: update_hours")
        because = (
            Told("what goes on or endangers somebody is heard of within %(hours)s hours, in the daytime", hours=hours)
            if hours < policy.hours(verdict.severity)
            else Told(
                "severity %(figure)s hears again within %(hours)s hours, in the daytime",
                figure=verdict.severity,
                hours=hours,
            )
        )
    moment = set_to or moment
    local = moment.astimezone(zone_named(policy.timezone))
    what = Told("next word by %(moment)s", moment=Dated(spell_moment(local), local))
    sheet.write("next_update", what, because, source)
    return moment


def spell_moment(local: datetime) -> str:
    """A moment in its own time zone, as staff read it: "Tuesday 24 November, 09:00 (Europe/Berlin)".

    Never "tomorrow": a plan is read on other days than the one it was made on.
    """
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M} ({local.tzinfo})"


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


def _carries(risks: Iterable[Risk]) -> Told:
    return Told("the post carries a risk: %(risks)s", risks=Joined([named(risk) for risk in sorted(risks)], ", "))


def _tell_finding(finding: Finding, found: FindingNote | None, sheet: _Sheet) -> None:
    source = Told("finding by %(name)s", name=found.who) if found else Told("finding")
    if finding is Finding.NOT_OURS:
        sheet.write("", Told("own nothing, offer nothing"), Told("what was found is not ours"), source)
    elif finding is not Finding.OPEN:
        told = Told("what they say is so") if finding is Finding.CONFIRMED else Told("what they say is so in part")
        named_too = bool(found and found.cause)
        what = Told("own what was found and name the cause") if named_too else Told("own what was found")
        sheet.write("", what, told, source)
    if found is not None and found.damage:
        what = Told("make good the damage: %(damage)s", damage=found.damage)
        sheet.write("", what, Told("it was looked into"), source)


def _many_answers(history: History, sheet: _Sheet) -> None:
    if history.public_answers >= _PUBLIC_ANSWERS:
        what, because = Told("no further public answer"), Told("a third one in a thread draws more complaints")
    else:
        what, because = Told("think twice before a second public answer"), Told("each turn in public draws others")
    sheet.write("", what, because, Told("rule: one public answer"))

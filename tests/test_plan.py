from datetime import UTC, datetime, time, timedelta

import pytest

from cases.apology import Component
from cases.errors import ConfigError
from cases.plans import Approach, Finding, Incident, RecoveryPlan
from cases.posts import Post
from cases.verdicts import Category, Risk, Verdict
from responders.plan import History, make_plan
from responders.policy import Policy

NOON = datetime(2026, 11, 23, 12, 20, tzinfo=UTC)


def verdict(
    *,
    category: Category = Category.LATE,
    severity: int = 2,
    heat: int = 1,
    risks: tuple[Risk, ...] = (),
    language: str = "en",
    learned: bool = True,
) -> Verdict:
    return Verdict(
        complaint=True,
        probability=0.9,
        severity=severity,
        heat=heat,
        category=category,
        risks=frozenset(risks),
        relevant=True,
        language=language,
        about="",
        why=(),
        learned=learned,
    )


def plan(
    of: Verdict,
    *,
    text: str = "Where is my parcel",
    now: datetime = NOON,
    policy: Policy | None = None,
    incident: Incident | None = None,
    finding: Finding = Finding.OPEN,
    history: History | None = None,
) -> RecoveryPlan:
    return make_plan(
        Post(text),
        of,
        policy=policy or Policy(),
        incident=incident,
        finding=finding,
        history=history or History(),
        now=now,
    )


def test_a_person_in_danger_is_handed_to_a_person() -> None:
    """No template answers where someone may harm themselves, whatever else the post says."""
    made = plan(verdict(risks=(Risk.SELF_HARM, Risk.LEGAL)))
    assert made.handoff is not None
    assert "danger" in made.handoff
    assert made.lines[0].what == "a person takes over"


@pytest.mark.parametrize("language", ["sv", "und", "zxx"])
def test_a_language_without_a_pack_is_handed_over(language: str) -> None:
    """We write only what a pack has words for."""
    assert plan(verdict(language=language)).handoff is not None


@pytest.mark.parametrize("language", ["en", "en-GB", "fa_IR", "AR"])
def test_a_regional_tag_is_its_language(language: str) -> None:
    """A post in British English is answered in English."""
    assert plan(verdict(language=language)).handoff is None


def test_a_policy_can_leave_a_language_to_people() -> None:
    """A brand without Persian speakers approves no Persian drafts."""
    made = plan(verdict(language="fa"), policy=Policy(languages=frozenset({"en"})))
    assert made.handoff is not None


def test_what_the_classifier_never_learned_is_handed_over() -> None:
    """A verdict that means nothing is no ground for an apology."""
    assert plan(verdict(learned=False)).handoff is not None


@pytest.mark.parametrize("risk", [risk for risk in Risk if risk is not Risk.SELF_HARM])
def test_a_risk_needs_a_second_person(risk: Risk) -> None:
    """Grave cases pass two people."""
    assert plan(verdict(risks=(risk,))).second_person
    assert not plan(verdict()).second_person


def test_all_eight_components_are_required() -> None:
    """Until the matter is looked into, nothing of a good apology may be missing."""
    assert plan(verdict()).required == frozenset(Component)


def test_what_is_not_ours_is_not_owned() -> None:
    """No responsibility and no amends where the finding says so."""
    left_out = frozenset(Component) - plan(verdict(), finding=Finding.NOT_OURS).required
    assert left_out == {Component.RESPONSIBILITY, Component.AMENDS}


@pytest.mark.parametrize(
    ("category", "heat", "earlier", "approach"),
    [
        (Category.CHARGE, 0, 0, Approach.EFFICIENT),
        (Category.CHARGE, 3, 0, Approach.EMPATHETIC),
        (Category.CHARGE, 0, 1, Approach.EMPATHETIC),
        (Category.STAFF, 0, 0, Approach.EMPATHETIC),
        (Category.LATE, 1, 0, Approach.BALANCED),
    ],
)
def test_the_approach_follows_trouble_heat_and_history(
    category: Category, heat: int, earlier: int, approach: Approach
) -> None:
    """Money wants to be fixed; fury, hurt and a second failure want to be heard."""
    assert plan(verdict(category=category, heat=heat), history=History(earlier_cases=earlier)).approach is approach


def test_the_next_word_comes_sooner_the_graver_it_is() -> None:
    """Policy's hours by severity, rounded up to the hour."""
    promised = [plan(verdict(severity=severity)).next_update for severity in range(5)]
    moments = [moment for moment in promised if moment is not None]
    assert moments == sorted(moments, reverse=True)
    assert moments[4] == datetime(2026, 11, 23, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
        (datetime(2026, 11, 23, 17, 30, tzinfo=UTC), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
    ],
)
def test_nobody_is_promised_word_at_night(now: datetime, due: datetime) -> None:
    """A promise that falls into the night, by the brand's clock, moves to the next morning."""
    policy = Policy(timezone="Europe/Berlin", day_begins=time(9), day_ends=time(20))
    assert plan(verdict(severity=4), now=now, policy=policy).next_update == due


def test_an_incident_counts_only_where_the_post_speaks_of_it() -> None:
    """Its keywords decide, whatever spelling of Arabic letters the post uses."""
    incident = Incident("cable", ("الشبكة",), next_word_at=NOON + timedelta(hours=2))
    touched = plan(verdict(language="ar"), text="انقطعت الشبكه من الصبح", incident=incident)
    assert touched.incident == incident
    assert touched.next_update == incident.next_word_at
    assert plan(verdict(language="ar"), text="طلبي تأخر", incident=incident).incident is None


def test_a_passed_date_of_an_incident_is_promised_to_nobody() -> None:
    """An owner who forgot to set the next word does not make us break a promise at once."""
    incident = Incident("cable", ("parcel",), next_word_at=NOON - timedelta(hours=2))
    due = plan(verdict(), incident=incident).next_update
    assert due is not None
    assert due > NOON


@pytest.mark.parametrize(("answers", "advice"), [(0, 0), (1, 1), (2, 1)])
def test_more_public_answers_are_advised_against(answers: int, advice: int) -> None:
    """One public answer of substance; each further one draws others."""
    made = plan(verdict(), history=History(public_answers=answers))
    assert sum("public answer" in line.what for line in made.lines) == advice


def test_every_line_says_why_and_where_from() -> None:
    """Whoever approves can see the reason behind each decision."""
    made = plan(verdict(risks=(Risk.LEGAL,)), history=History(earlier_cases=2, public_answers=1))
    assert all(line.what and line.because and line.source for line in made.lines)
    assert made.as_dict()["second_person"] is True


@pytest.mark.parametrize("hours", [0, 121])
def test_a_promise_beyond_a_weekday_is_refused(hours: int) -> None:
    """Six days on, a weekday would name two days."""
    with pytest.raises(ConfigError, match="update_hours"):
        Policy(update_hours={2: hours})


def test_an_unknown_time_zone_is_told() -> None:
    """The message names it and shows what a name looks like."""
    with pytest.raises(ConfigError, match=r"Mars/Base.*Europe/Berlin"):
        plan(verdict(), policy=Policy(timezone="Mars/Base"))


def test_what_goes_on_or_endangers_somebody_is_heard_of_the_same_day_however_mild() -> None:
    """Without power, or in danger, nobody waits until tomorrow."""
    calm = plan(verdict(severity=1)).next_update
    outage = plan(verdict(severity=1, category=Category.OUTAGE))
    danger = plan(verdict(severity=1, risks=(Risk.SAFETY,)))
    assert calm is not None
    assert outage.next_update == danger.next_update == plan(verdict(severity=3)).next_update
    assert outage.next_update is not None
    assert outage.next_update < calm

"""The brand's policy in config.toml, and what the recovery plan makes of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from scenes import COMPLAINT

from cases.errors import ConfigError, NotAllowed
from cases.plans import Finding, FindingNote, Outlook, Overrule, PlanLine, RecoveryPlan, Role
from cases.posts import Post
from cases.verdicts import Category, Risk, Verdict
from monitor.config import load_config
from responders.hints import wrong_words
from responders.plan import History, check_overrule, make_plan

NOON = datetime(2026, 11, 23, 12, 20, tzinfo=UTC)
POLICY = """[brand]
name = "Parcelo"
timezone = "Europe/Berlin"
[policy]
currency = "EUR"
case_budget = 30.0
week_budget = 100.0
authority = { agent = 10.0, lead = 25.0 }
uses = { parcel = ["shipment"] }
never = ["asap"]
names = { fa = "آنا" }
[[policy.remedies]]
words = "the delivery fee back"
value = 5.0
[[policy.remedies]]
words = "the price back"
value = 20.0
categories = ["late"]
least_severity = 3
[[policy.remedies]]
words = "a free delivery"
value = 6.0
goodwill = true
[[policy.careful]]
jurisdiction = "product liability"
categories = ["quality"]
"""


def made(
    tmp_path: Path,
    *,
    severity: int = 2,
    category: Category = Category.LATE,
    risks: tuple[Risk, ...] = (),
    history: History | None = None,
    found: FindingNote | None = None,
    overrules: tuple[Overrule, ...] = (),
) -> RecoveryPlan:
    """A plan by the policy above."""
    path = tmp_path / "config.toml"
    path.write_text(POLICY, encoding="utf-8")
    verdict = Verdict(
        **{
            **{name: getattr(COMPLAINT, name) for name in COMPLAINT.__slots__},
            "severity": severity,
            "category": category,
            "risks": frozenset(risks),
        }
    )
    policy = load_config(path).policy.policy("Europe/Berlin")
    return make_plan(
        Post("Where is my parcel"),
        verdict,
        policy=policy,
        history=history or History(),
        found=found,
        overrules=overrules,
        now=NOON,
    )


def line(plan: RecoveryPlan, name: str) -> PlanLine:
    return next(one for one in plan.lines if one.name == name)


def test_the_remedy_is_the_one_for_the_gravest_cases_that_suits(tmp_path: Path) -> None:
    assert made(tmp_path, severity=2).remedy == made(tmp_path, severity=4, category=Category.STAFF).remedy
    grave = made(tmp_path, severity=3)
    assert grave.remedy is not None
    assert grave.remedy.words == "the price back"
    assert grave.goodwill is not None
    assert "20 EUR" in line(grave, "remedy").what


def test_budgets_bound_what_is_offered_and_say_so(tmp_path: Path) -> None:
    """What the case or the week was given already is gone; the nearest remedy within the rest is offered."""
    by_case = made(tmp_path, severity=3, history=History(granted=20.0))
    by_week = made(tmp_path, severity=3, history=History(granted_this_week=90.0))
    for plan in (by_case, by_week):
        assert plan.remedy is not None
        assert plan.remedy.value == 5.0
        assert plan.goodwill is None
        assert any("ask a lead about a remedy" in one.what for one in plan.lines)
    assert made(tmp_path, history=History(granted_this_week=1000.0)).remedy is None


def test_who_handles_it_follows_value_risk_and_outlook(tmp_path: Path) -> None:
    assert made(tmp_path, severity=1, category=Category.APP).handler is Role.LEAD, "5 + 6 is over an agent's 10"
    assert made(tmp_path, severity=3).handler is Role.ADMIN, "20 + 6 is over a lead's 25"
    assert made(tmp_path, risks=(Risk.LEGAL,), history=History(granted=30.0)).handler is Role.LEAD
    assert made(tmp_path, history=History(granted=30.0)).handler is Role.AGENT
    assert made(tmp_path, history=History(granted=30.0, earlier_cases=1)).handler is Role.LEAD


def test_the_outlook_is_poor_after_a_failure_before_and_says_why(tmp_path: Path) -> None:
    poor = made(tmp_path, history=History(earlier_cases=2))
    assert poor.outlook is Outlook.POOR
    assert "repeat failure (2 earlier)" in line(poor, "outlook").because
    assert made(tmp_path, category=Category.POLICY).outlook is Outlook.FAIR
    assert made(tmp_path, severity=1).outlook is Outlook.GOOD


def test_a_jurisdiction_makes_the_wording_careful(tmp_path: Path) -> None:
    assert not made(tmp_path).careful
    careful = made(tmp_path, category=Category.QUALITY)
    assert careful.careful
    assert not careful.second_person
    assert line(careful, "wording").because == "jurisdiction: product liability"


def test_the_next_word_is_told_in_words_in_the_brands_time(tmp_path: Path) -> None:
    """12:20 in London is 13:20 in Berlin; four hours on, the next full hour."""
    said = line(made(tmp_path, severity=4), "next_update").what
    assert said == "next word by Monday 23 November, 18:00 (Europe/Berlin)"


def test_what_is_not_ours_is_offered_nothing(tmp_path: Path) -> None:
    plan = made(tmp_path, severity=3, found=FindingNote(Finding.NOT_OURS, "dana", NOON, cause="another firm's van"))
    assert (plan.remedy, plan.goodwill, plan.cause) == (None, None, "")
    assert any(one.source == "finding by dana" for one in plan.lines)


def test_a_person_overrules_single_lines_and_is_named(tmp_path: Path) -> None:
    overrules = (
        Overrule("approach", "efficient", "dana", NOON),
        Overrule("next_update", "2026-11-25T10:00+01:00", "dana", NOON),
        Overrule("remedy", "a new one by courier", "eli", NOON),
    )
    plan = made(tmp_path, overrules=overrules)
    assert plan.approach == "efficient"
    assert plan.next_update == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert (line(plan, "approach").because, line(plan, "approach").source) == ("set by dana", "a person")
    assert line(plan, "remedy").because == "set by eli"
    assert line(plan, "outlook").source != "a person"


def test_a_line_set_to_a_moment_that_has_passed_counts_no_more(tmp_path: Path) -> None:
    """A draft never promises the past."""
    plan = made(tmp_path, overrules=(Overrule("next_update", "2026-11-20T10:00+01:00", "dana", NOON),))
    assert plan.next_update is not None
    assert plan.next_update > NOON
    assert line(plan, "next_update").source == "policy: update_hours"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("colour", "red", "approach, outlook"),
        ("approach", "slow", "efficient, empathetic, balanced"),
        ("next_update", "2026-11-25T10:00", "a time with its zone"),
    ],
)
def test_what_a_line_can_not_be_set_to_is_told_with_what_it_can(name: str, value: str, told: str) -> None:
    with pytest.raises(NotAllowed, match=told):
        check_overrule(name, value)


def test_words_that_the_brand_never_uses_are_found_with_what_it_says_instead(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(POLICY, encoding="utf-8")
    never = load_config(path).policy.never_words
    text = "Your Shipment comes ASAP; asapx is no word."
    hints = wrong_words(text, never)
    assert [text[hint.start : hint.end] for hint in hints] == ["Shipment", "ASAP"]
    assert [hint.suggestion for hint in hints] == ["say “parcel”", "leave it out"]


@pytest.mark.parametrize(
    "wrong", ['day_begins = "21:00"', "update_hours = { 2 = 400 }", "update_hours = { 7 = 4 }", "week_budget = -1.0"]
)
def test_a_policy_that_can_not_be_kept_is_told(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[brand]\nname = "Parcelo"\n[policy]\n{wrong}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="policy"):
        load_config(path)

"""What code says to people is said in their language at the desk, and in English everywhere else."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from conftest import Clock
from deskroom import Room, desk_room
from scenes import COMPLAINT, MORNING, drafted, mention, take_in

from cases.lifecycle import Status
from cases.people import Action
from cases.plans import Approach, Finding, FindingNote, Incident, Outlook, Overrule, PlanLine, Remedy, Role
from cases.posts import as_post
from cases.promises import PromiseState
from cases.saved import PLACES
from cases.told import Dated, Joined, Told, named, words_of
from cases.verdicts import Category, Risk
from desk.language import LANGUAGES, speech
from responders.cues import shipped_cues
from responders.plan import OVERRULABLE, History, make_plan
from responders.policy import CarefulRule, Policy, RemedyRule

ROOT = Path(__file__).parent.parent
OTHERS = sorted(set(LANGUAGES) - {"en"})
REACHED = ("cases", "desk", "store", "responders")
"""Whose words come before people at the desk."""

ELSEWHERE = {
    "cases/duration.py": "settings",
    "cases/posts.py": "a platform's fault",
    "cases/weeks.py": "an address that was typed",
    "desk/reports/routes.py": "an address that was typed",
    "cases/drafts.py": "a fault of ours",
    "desk/access/passwords.py": "translated whole: test_desk_access_words.py",
    "desk/access/provider.py": "who set up the provider",
    "store/migrate.py": "the operator's database",
    "store/engine.py": "the operator's database",
    "store/ledger.py": "the operator's database",
    "store/sends.py": "the daemon",
    "store/upkeep.py": "the daemon",
    "store/schema.py": "a fault of ours",
    "responders/policy.py": "settings",
}
"""Files whose errors are for the operator, with what they are about."""


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Each place where code tells something."""
    for folder in REACHED:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Told":
                    yield str(path.relative_to(ROOT)), node


def templates() -> set[str]:
    """What is told, and the names that stand in it."""
    said = {str(call.args[0].value) for _, call in calls() if isinstance(call.args[0], ast.Constant)}
    said |= {"ask %(what)s", "hear %(what)s", "this case", "this week", *OVERRULABLE.values(), *PLACES.values()}
    kinds = (Approach, Outlook, Role, Action, PromiseState, Status, Category, Risk)
    return said | {named(str(name)) for kind in kinds for name in kind}


@pytest.mark.parametrize("tag", OTHERS)
def test_all_that_is_told_is_translated_with_its_places(tag: str) -> None:
    known = speech(tag).catalogue
    said = templates()
    assert len(said) > 150
    # What is only places and marks may look alike everywhere.
    worded = {words for words in said if re.search(r"[a-z]", re.sub(r"%\(\w+\)s", "", words))}
    assert {words for words in worded if known.gettext(words) == words} == set()
    for words in said:
        places, there = (set(re.findall(r"%\(\w+\)s", text)) for text in (words, known.gettext(words)))
        assert places == there, words


def test_every_refusal_of_the_desk_is_told_and_not_only_written() -> None:
    """A message that is put together in place would reach Persian and Arabic pages in English."""
    written = set()
    for folder in REACHED[:3]:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if name in ELSEWHERE or "migrations" in name:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Assign)
                    and isinstance(node.targets[0], ast.Name)
                    and node.targets[0].id == "message"
                    and isinstance(node.value, ast.JoinedStr)
                ):
                    written.add(f"{name}: {ast.unparse(node.value)[:60]}")
    # Files of the operator's at the terminal, and a sentence without a changing part, which is translated whole.
    assert {one for one in written if "the incident in" not in one and "visible characters" not in one} == set()


def plans() -> Iterator[PlanLine]:
    """Every line that a plan can have, by what a verdict, a finding, a history and a person may say."""
    policy = Policy(
        case_budget=10,
        remedies=(RemedyRule(Remedy("VOUCHER", 30)), RemedyRule(Remedy("CALL", 5), goodwill=True)),
        careful=(CarefulRule("XX", categories=frozenset({Category.LATE})),),
    )
    for category, finding, past in product(Category, Finding, (History(), History(2, 1, 8.0), History(1, 2))):
        for risks, heat in ((frozenset[Risk](), 0), (frozenset(Risk), 3), (frozenset({Risk.PRIVACY}), 1)):
            verdict = replace(COMPLAINT, category=category, risks=risks, heat=heat)
            found = FindingNote(finding, "WHO", MORNING, cause="CAUSE", damage="DAMAGE")
            incident = Incident("FLOOD", ("parcel",), next_word_at=MORNING + timedelta(hours=5))
            for known in (None, incident):
                post = as_post(mention("p1"), "Parcelo")
                yield from make_plan(
                    post, verdict, policy=policy, found=found, history=past, incident=known, now=MORNING
                ).lines
    for name, value in {"approach": "efficient", "wording": "full", "remedy": "CALL", "handler": "lead"}.items():
        line = Overrule(name, value, "WHO", MORNING)
        yield from make_plan(
            as_post(mention("p1"), "Parcelo"), COMPLAINT, policy=policy, overrules=[line], now=MORNING
        ).lines
    for verdict in (replace(COMPLAINT, language="XX"), replace(COMPLAINT, learned=False)):
        yield from make_plan(as_post(mention("p1"), "Parcelo"), verdict, policy=policy, now=MORNING).lines


@pytest.mark.parametrize("tag", OTHERS)
def test_every_line_of_a_plan_is_said_whole(tag: str) -> None:
    """No English letters are left but those of names, of settings, and of what people wrote."""
    voice = speech(tag)
    said = {words for line in plans() for words in (line.what, line.because, line.source)}
    assert len(said) > 60
    left = {
        words: re.findall(r"[a-z]{2,}", re.sub(r"update_hours|\((?:UTC|\w+/\w+)\)|\ben\b", "", voice.tell(words)))
        for words in said
    }
    assert {words for words, english in left.items() if english} == set()


@pytest.mark.parametrize("tag", OTHERS)
def test_what_the_checker_says_is_said_in_the_readers_language_whatever_the_text_is_in(tag: str) -> None:
    voice = speech(tag)
    for pack in shipped_cues().values():
        for name, advice in pack.advice.items():
            for words in filter(None, (advice.why, advice.suggestion)):
                told = voice.tell(words)
                assert re.search(r"[\u0600-\u06ff]", told), (name, words)
                assert not re.search(r"[A-Za-z]", told), (name, words)


def test_what_is_told_is_its_english_text_to_all_who_do_not_translate() -> None:
    told = Told("%(name)s has %(count)s of %(share)s", name="Lea", count=3, share=2.5)
    assert told == "Lea has 3 of 2.5"
    assert Told("100% of it") == "100% of it"
    assert Joined((told, "and more")) == "Lea has 3 of 2.5; and more"
    assert words_of(ValueError(told)) is told
    assert words_of(ValueError("a", "b")) == "('a', 'b')"


def test_data_in_what_is_told_is_never_a_template_nor_translated() -> None:
    voice = speech("fa")
    assert voice.tell(Told("nobody at the desk is called %(name)s", name="%(count)s late")).count("%(count)s late") == 1
    moment = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert "۹:۰۰" in voice.tell(Told("next word by %(moment)s", moment=Dated("then", moment)))
    assert voice.tell("") == ""


@pytest.mark.parametrize(("language", "words"), [("fa", "کوتاهش کنید"), ("ar", "اختصر"), ("en", "shorten it")])
def test_pages_and_their_scripts_hear_it_in_the_readers_language(room: Room, language: str, words: str) -> None:
    (case,) = take_in(room.house.ledger, mention("p1"))
    drafted(room.house.ledger, case)
    lea = room.come_in("Lea")
    page = lea.post(f"/cases/{case}/approve", status=409, text="We lost it. " * 1000, hash="other")
    assert 'id="trouble"' in page
    lea.browser.headers["accept-language"] = language
    told = lea.api("POST", "/api/lint", {"case": case, "text": "We lost it. " * 1000})
    assert isinstance(told, dict)
    assert any(words in stop for stop in told["stops"])


def test_a_refused_decision_is_told_in_the_readers_language(room: Room) -> None:
    (case,) = take_in(room.house.ledger, mention("p1"))
    lea = room.come_in("Lea")
    lea.browser.headers["accept-language"] = "fa"
    page = lea.post(f"/cases/{case}/assign", status=409, assignee="Nobody")
    assert "کسی در این میز Nobody نام ندارد" in page

"""The desk speaks each of its languages whole."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_file

from cases.apology import Component, Fault
from cases.incidents import IncidentState
from cases.learning import Outcome
from cases.lifecycle import Status
from cases.plans import Finding
from cases.purposes import Purpose
from cases.verdicts import Category, Risk
from desk.language import LANGUAGES, choose, direction, speech
from desk.pages.look import VIEW_NAMES
from responders.plan import OVERRULABLE

PAGES = Path(__file__).parent.parent / "templates" / "desk"
OTHERS = sorted(set(LANGUAGES) - {"en"})


def messages() -> set[str]:
    """What the templates say, by the singular, and the names that they say by themselves."""
    words: set[str] = {"unknown language"}
    for page in PAGES.glob("*.html.j2"):
        for _, message, _, _ in extract_from_file("jinja2", page):
            words.add(message if isinstance(message, str) else message[0])
    words |= set(VIEW_NAMES.values())
    kinds: tuple[Iterable[str], ...] = (
        Status,
        Category,
        Risk,
        Component,
        Fault,
        Finding,
        Purpose,
        IncidentState,
        Outcome,
        OVERRULABLE,
    )
    return words | {str(name).replace("_", " ") for kind in kinds for name in kind}


@pytest.mark.parametrize("tag", OTHERS)
def test_every_message_is_translated(tag: str) -> None:
    known = speech(tag).catalogue
    said = messages()
    assert len(said) > 200
    # What has a plural is known by both.
    assert {
        words for words in said if known.gettext(words) == words and known.ngettext(words, "", 3) in {words, ""}
    } == set()


@pytest.mark.parametrize("tag", OTHERS)
def test_a_translation_has_the_places_of_its_message(tag: str) -> None:
    known = speech(tag).catalogue
    # Some plurals say a small count without its figure.
    for words in (words for words in messages() if "%(num)s" not in words):
        places, there = (set(re.findall(r"%\(\w+\)s", text)) for text in (words, known.gettext(words)))
        assert places == there, words


def test_figures_and_times_are_written_as_the_language_writes_them() -> None:
    noon = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
    zone = ZoneInfo("Europe/Berlin")
    assert speech("en").moment(noon, zone, noon) == "13:05"
    assert speech("fa").moment(noon, zone, noon) == "۱۳:۰۵"
    assert speech("ar").moment(noon, zone, noon - timedelta(days=1)).endswith("١٣:٠٥")
    assert speech("fa").percent(0.93) == "۹۳٪"
    assert speech("en").span(timedelta(minutes=-12)) == "12 mins"


def test_the_page_speaks_what_its_reader_chose_or_else_what_the_browser_takes() -> None:
    assert choose("ar", "fa") == "ar"
    assert choose("", "de-DE,fa-IR;q=0.8,en;q=0.5") == "fa"
    assert choose("", "de") == "en"


def test_a_text_runs_as_its_language_does() -> None:
    assert [direction(tag) for tag in ("en", "fa", "ar-EG", "he", "und", "")] == [
        "ltr",
        "rtl",
        "rtl",
        "rtl",
        "auto",
        "auto",
    ]

"""Where the checker points, which language it reads, and that no text can hurt it."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.apology import Component, Fault
from responders.check import Checker

CHECKER = Checker.shipped()


def _words(text: str, name: Component | Fault, language: str) -> list[str]:
    return [text[note.start : note.end] for note in CHECKER.check(text, language=language).notes if note.name is name]


@pytest.mark.parametrize(
    ("language", "text", "name", "words"),
    [
        ("en", "Hello! WE ARE SORRY about it.", Component.REGRET, ["SORRY"]),
        ("en", "Ｓｏｒｒｙ, this is sad.", Component.REGRET, ["Ｓｏｒｒｙ"]),
        ("en", "🙏🏽 I apologise. 🙏🏽", Component.REGRET, ["apologise"]),
        ("en", "We’ll give you £12.50 now", Fault.PUBLIC_MONEY, ["£12.50"]),
        ("en", "Yes, you bought it broken", Component.ACKNOWLEDGEMENT, ["you bought", "broken"]),
        ("fa", "سلام، عذر\u200cمی\u200cخواهیم.", Component.REGRET, ["عذر\u200cمی\u200cخواهیم"]),
        ("ar", "أهلاً، نَعْتَذِرُ منك.", Component.REGRET, ["نَعْتَذِرُ"]),
    ],
)
def test_a_span_holds_exactly_the_words_as_they_were_typed(
    language: str, text: str, name: Component | Fault, words: list[str]
) -> None:
    assert _words(text, name, language) == words


@pytest.mark.parametrize("spelling", ["می‌خواهیم", "می خواهیم", "میخواهیم", "مي‌خواهيم"])
def test_persian_is_read_in_each_of_its_spellings(spelling: str) -> None:
    assert Component.REGRET in CHECKER.check(f"عذر {spelling}.", language="fa").components


@pytest.mark.parametrize("spelling", ["نأسف أشد الأسف", "ناسف اشد الاسف", "نـأسـف"])
def test_arabic_is_read_with_or_without_hamza_and_stretching(spelling: str) -> None:
    assert Component.REGRET in CHECKER.check(spelling, language="ar").components


@pytest.mark.parametrize("text", ["We didn't check it.", "We didn’t check it.", "We didnt check it."])
def test_apostrophes_may_be_straight_curly_or_left_out(text: str) -> None:
    assert Component.RESPONSIBILITY in CHECKER.check(text, language="en").components


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We are sorry for the delay.", "en"),
        ("بابت تأخیر عذر می‌خواهیم.", "fa"),
        ("نعتذر عن التأخير في الرحلة.", "ar"),
        ("Sorry بچه‌ها، سایت تا یک ساعت دیگه درست می‌شه.", "fa"),
        ("12:30 …", "und"),
    ],
)
def test_the_language_is_told_from_the_text(text: str, language: str) -> None:
    assert CHECKER.check(text).language == language


def test_a_regional_tag_is_read_as_its_language() -> None:
    assert CHECKER.check("We are sorry.", language="en-GB").language == "en"


def test_a_language_without_a_pack_yields_nothing_and_says_so() -> None:
    findings = CHECKER.check("Vi är ledsna.", language="sv")
    assert (findings.language, findings.notes) == ("sv", ())


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "🙂" * 300,
        "a" + "\u0301" * 500,
        "sorry " * 1_700,
        "we " * 3_400,
        "ا" * 10_000,
        "نعتذر " * 1_700,
        "ببخشید " * 1_400,
        "." * 10_000,
        "1" * 10_000,
        "“" * 10_000,
        "’" * 10_000,
        "sorry for the " + "very " * 2_000 + "late if",
        "\u202e\ud800\x00" * 400,
        "send us your " * 800,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_no_text_takes_long(text: str, language: str) -> None:
    begin = time.perf_counter()
    for note in CHECKER.check(text, language=language).notes:
        assert 0 <= note.start < note.end <= len(text)
    assert time.perf_counter() - begin < 2


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["en", "fa", "ar"]))
def test_every_span_lies_in_the_text(text: str, language: str) -> None:
    """Whatever is typed, each note points into it, in the order of its words."""
    notes = CHECKER.check(text, language=language).notes
    assert all(0 <= note.start < note.end <= len(text) for note in notes)
    assert [note.start for note in notes] == sorted(note.start for note in notes)


def test_the_same_text_gives_the_same_findings_in_many_threads() -> None:
    texts = [
        "We're sorry your parcel came late, but it was busy.",
        "بابت تأخیر عذر می‌خواهیم.",
        "نعتذر عن التأخير.",
    ] * 20
    alone = [CHECKER.check(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(CHECKER.check, texts)) == alone


def test_a_fault_is_told_with_a_reason_and_a_way_out() -> None:
    notes = CHECKER.check("Sorry if it was late, but send your order number. £5?", language="en").notes
    faults = [note for note in notes if isinstance(note.name, Fault)]
    assert {note.name for note in faults} >= {Fault.CONDITIONAL, Fault.PUBLIC_DETAILS, Fault.PUBLIC_MONEY}
    assert all(note.why and note.suggestion for note in faults)

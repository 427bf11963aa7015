"""What a text promises is read into dated promises, in four languages, by the brand's clock."""

import tomllib
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from responders.dates import say_when
from responders.packs import load_packs, shipped_folder
from responders.promises import missing_date, read_promises

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""A Monday, 10:30 in Berlin."""
ENDS = time(20)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


def read(text: str, language: str, now: datetime = NOW) -> list[tuple[str, datetime]]:
    found = read_promises(text, language, now=now, zone=BERLIN, day_ends=ENDS)
    assert all(text[one.start : one.end] == one.words for one in found)
    return [(one.words, one.due_at) for one in found]


@pytest.mark.parametrize(
    ("language", "text", "due"),
    [
        ("en", "You'll have it by 28 November.", at(28, 20)),
        ("en", "I'll write by Thursday, November 26th at 5 pm.", at(26, 17)),
        ("en", "We will refund it no later than 2026-11-30.", at(30, 20)),
        ("en", "It'll be sorted before the 30th of Nov, 2026.", at(30, 20)),
        ("fa", "تا ۵ آذر به شما خبر می‌دهم.", at(26, 20)),
        ("fa", "تا دوشنبه ۹ آذر نتیجه را می‌گویم.", at(30, 20)),
        ("fa", "حداکثر تا ۱۴۰۵/۹/۵ پولتان برمی‌گردد.", at(26, 20)),
        ("fa", "تا ۵ آذر ساعت ۱۷:۳۰ جواب می‌دهم.", at(26, 17, 30)),
        ("fa", "تا ۲۸ نوامبر درستش می‌کنیم.", at(28, 20)),
        ("ar", "سيصلكم الرد بحلول ٢٨ نوفمبر.", at(28, 20)),
        ("ar", "سأخبركم قبل يوم الخميس ٢٦ تشرين الثاني.", at(26, 20)),
        ("de", "Sie hören von mir bis zum 28. November.", at(28, 20)),
        ("de", "Ich melde mich spätestens am 27.11. um 9:00 Uhr.", at(27, 9)),
    ],
)
def test_a_day_of_the_calendar_is_read_in_the_calendar_of_the_language(language: str, text: str, due: datetime) -> None:
    (promise,) = read(text, language)
    assert promise[1] == due


def test_a_day_at_the_turn_of_the_year_is_next_years() -> None:
    at_christmas = datetime(2026, 12, 28, 9, tzinfo=UTC)
    assert read("You'll hear from me by 4 January.", "en", at_christmas)[0][1].date().isoformat() == "2027-01-04"
    before_nowruz = datetime(2027, 3, 18, 9, tzinfo=UTC)
    assert read("تا ۳ فروردین خبر می‌دهم.", "fa", before_nowruz)[0][1].date().isoformat() == "2027-03-23"


@pytest.mark.parametrize(
    "text",
    ["I'm sorry you have been waiting since 2 November.", "We'll look at your order on 2 November.", "by 31 November"],
)
def test_a_day_that_has_passed_or_is_none_is_no_promise(text: str) -> None:
    assert read(text, "en") == []


@pytest.mark.parametrize(
    ("language", "text", "due"),
    [
        ("en", "You'll hear from me by tonight.", at(23, 23, 59)),
        ("en", "I'll call you tomorrow.", at(24, 20)),
        ("en", "We will refund it within a week.", at(30, 20)),
        ("en", "The new one will reach you in two days.", at(25, 20)),
        ("en", "Refund by Friday.", at(27, 20)),
        ("en", "You'll have an answer by Friday at 5 pm.", at(27, 17)),
        ("en", "I'll write by 17:00 on Tuesday.", at(24, 17)),
        ("en", "I'll be in touch within 3 hours.", at(23, 13, 30)),
        ("en", "I'll write at 9 am.", at(24, 9)),
        ("en", "We'll have it sorted before the end of the day.", at(23, 20)),
        ("en", "I will write by Monday.", at(23, 20)),
        ("fa", "تا فردا به شما خبر می‌دهم.", at(24, 20)),
        ("fa", "تا پایان امروز جواب می‌دهیم.", at(23, 20)),
        ("fa", "ظرف دو روز پول شما برمی‌گردد.", at(25, 20)),
        ("fa", "تا شنبه نتیجه را می‌گویم.", at(28, 20)),
        ("fa", "تا سه‌شنبه ساعت ۱۷:۳۰ خبر می‌دهم.", at(24, 17, 30)),
        ("fa", "تا یکشنبه جواب می‌دهم.", at(29, 20)),
        ("fa", "حداکثر تا ۲۴ ساعت آینده تماس می‌گیریم.", at(24, 10, 30)),
        ("fa", "تا ساعت ۵ عصر امروز خبر می‌دهم.", at(23, 17)),
        ("ar", "سنرد عليكم خلال يومين.", at(25, 20)),
        ("ar", "سأتصل بكم غداً.", at(24, 20)),
        ("ar", "ستصلكم رسالة قبل نهاية اليوم.", at(23, 20)),
        ("ar", "سأخبركم بحلول الساعة ١٧:٠٠ يوم الثلاثاء.", at(24, 17)),
        ("ar", "سيعود المبلغ خلال ٣ أيام.", at(26, 20)),
        ("ar", "سنحلّ الأمر خلال أسبوع.", at(30, 20)),
        ("de", "Sie hören von mir bis Dienstag, 17:00 Uhr.", at(24, 17)),
        ("de", "Ich melde mich morgen bei Ihnen.", at(24, 20)),
        ("de", "Das Geld ist innerhalb von drei Tagen wieder da.", at(26, 20)),
    ],
)
def test_a_promise_is_dated_by_the_brands_clock(language: str, text: str, due: datetime) -> None:
    assert [moment for _, moment in read(text, language)] == [due]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Your parcel was due by Friday."),
        ("en", "You called us four times in two days."),
        ("en", "Three weeks without your order is far too long."),
        ("en", "You were promised an answer by tomorrow, and got none."),
        ("en", "I'm sorry for the wait today was for you."),
        ("fa", "قرار بود بسته تا شنبه برسد."),
        ("fa", "سه هفته است که منتظرید."),
        ("ar", "كان يجب أن تصل خلال يومين."),
        ("ar", "انتظرتم منذ يومين."),
        ("de", "Sie warten seit zwei Tagen."),
        ("sv", "Vi hör av oss i morgon."),
    ],
)
def test_what_is_told_of_the_past_is_no_promise(language: str, text: str) -> None:
    assert read(text, language) == []


def test_several_promises_stand_in_their_order_with_their_words() -> None:
    text = "I'll call you tomorrow at 9 am, and the refund will be there within three days."
    assert read(text, "en") == [("tomorrow at 9 am", at(24, 9)), ("within three days", at(26, 20))]


def test_a_weekday_that_is_today_and_over_is_next_weeks() -> None:
    assert read("I'll write by Monday.", "en", NOW + timedelta(hours=11)) == [("by Monday", at(30, 20))]


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
@pytest.mark.parametrize("hours", [3, 20, 50, 100])
def test_every_date_that_our_drafts_name_is_read_back_as_it_was_meant(language: str, hours: int) -> None:
    """Each phrasing of the pack with a date in it, at several distances."""
    pack = load_packs()[language]
    due = (NOW + timedelta(hours=hours)).astimezone(BERLIN).replace(minute=0)
    said = say_when(due, NOW, BERLIN, pack)
    phrases = tomllib.loads((shipped_folder() / language / "phrases.toml").read_text(encoding="utf-8"))
    texts = [form["text"] for form in phrases["forms"] if "{{ when }}" in form["text"]]
    assert len(texts) > 5
    for text in texts:
        filled = text.replace("{{ when }}", said).replace("{{ doing }}", "")
        assert [moment for _, moment in read(filled, language)] == [due], filled


def test_a_text_without_a_date_gets_a_gentle_hint() -> None:
    assert [hint.name for hint in missing_date("We're on it.", [])] == ["no_date"]
    dated = read_promises("I'll write tomorrow.", "en", now=NOW, zone=BERLIN)
    assert missing_date("I'll write tomorrow.", dated) == []

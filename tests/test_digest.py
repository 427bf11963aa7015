"""The weekly digest: the right figures, in words that people read and that no post can spoil."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from conftest import Clock
from scenes import COMPLAINT, PRAISE, approved, mention, take_in

from cases.errors import PackError
from cases.lifecycle import Status
from cases.platform import Reply
from cases.verdicts import Category
from cases.weeks import Week
from monitor.config import parse_config
from monitor.digest.compose import Digest, compose
from monitor.digest.render import Speech, as_html, as_text, languages, subject
from monitor.house import House
from store.ledger import Ledger

W46, W47, W48 = Week(2026, 46), Week(2026, 47), Week(2026, 48)
TUESDAY = datetime(2026, 11, 17, 9, tzinfo=UTC)
"""In week 47."""

OpenHouse = Callable[..., House]


@pytest.fixture
def open_house(store_url: str, clock: Clock) -> Iterator[OpenHouse]:
    """A house with an empty store, in a time zone and a language of the digest."""
    opened: list[House] = []

    def make(zone: str = "UTC", name: str = "Parcelo") -> House:
        table: dict[str, object] = {"brand": {"name": name, "timezone": zone}, "store": {"url": store_url}}
        opened.append(House(parse_config(table), clock=clock, environment={}))
        return opened[-1]

    yield make
    for house in opened:
        house.close()


def answer(ledger: Ledger, case: int, at: datetime) -> None:
    """Approve and post an answer at that time."""
    approved(ledger, case, now=at - timedelta(seconds=10))
    intent, _ = ledger.begin(case, owner="me", lease=timedelta(minutes=2), key=f"key-{case}", now=at)
    ledger.posted(intent.id, Reply(f"r{case}", "https://example.invalid/r", "I'm sorry.", at), now=at)


def dismiss(ledger: Ledger, case: int, why: str, at: datetime = TUESDAY) -> None:
    """Dismiss a case for a reason."""
    ledger.move(case, Status.DISMISSED, who="ana", action="dismissed", why=why, now=at)


def complaints(ledger: Ledger, count: int, *, at: datetime = TUESDAY, name: str = "p") -> list[int]:
    """Cases of as many authors."""
    posts = [mention(f"{name}{number}", author=f"{name}{number}", at=at) for number in range(count)]
    return take_in(ledger, *posts, now=at)


# --- figures


def test_a_case_of_sunday_night_belongs_to_monday_where_it_is_monday(open_house: OpenHouse) -> None:
    sunday = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    utc, tehran = open_house("UTC"), open_house("Asia/Tehran")
    complaints(utc.ledger, 1, at=sunday)
    assert (compose(utc, W47).figures.found, compose(utc, W48).figures.found) == (1, 0)
    assert (compose(tehran, W47).figures.found, compose(tehran, W48).figures.found) == (0, 1)
    assert compose(tehran, W48).figures.mentions == 1


def test_a_week_ends_an_hour_later_in_utc_once_the_clocks_went_back(open_house: OpenHouse) -> None:
    house = open_house("Europe/Berlin")
    complaints(house.ledger, 1, at=datetime(2026, 10, 25, 22, 59, tzinfo=UTC), name="before")
    complaints(house.ledger, 1, at=datetime(2026, 10, 25, 23, 0, tzinfo=UTC), name="after")
    assert compose(house, Week(2026, 43)).figures.found == 1
    assert compose(house, Week(2026, 44)).figures.found == 1


def test_the_time_to_the_first_answer_is_a_median_and_a_ninth_decile_that_occurred(open_house: OpenHouse) -> None:
    house = open_house()
    for case, minutes in zip(complaints(house.ledger, 10), (10, 20, 30, 40, 50, 60, 70, 80, 200, 300), strict=True):
        answer(house.ledger, case, TUESDAY + timedelta(minutes=minutes))
    figures = compose(house, W47).figures
    assert figures.answered == 10
    assert figures.median == timedelta(minutes=50)
    assert figures.p90 == timedelta(minutes=200)
    assert figures.within_promise == 0.8, "two hours are promised by default"


def test_an_answer_counts_in_its_own_week_and_only_the_first_of_a_case(open_house: OpenHouse) -> None:
    house = open_house()
    (case,) = complaints(house.ledger, 1)
    answer(house.ledger, case, TUESDAY + timedelta(hours=1))
    again = TUESDAY + timedelta(days=7)
    take_in(
        house.ledger, mention("again", "Still nothing!", author="p0", thread="p0", parent="p0", at=again), now=again
    )
    answer_again = again + timedelta(hours=5)
    approved(house.ledger, case, "Once more.", now=answer_again - timedelta(seconds=9))
    intent, _ = house.ledger.begin(case, owner="me", lease=timedelta(minutes=2), key="k2", now=answer_again)
    house.ledger.posted(intent.id, Reply("r2", "https://example.invalid/r2", "Once more.", answer_again), now=again)
    assert compose(house, W47).figures.median == timedelta(hours=1)
    assert compose(house, W48).figures.answered == 0


def test_an_answer_is_timed_from_the_first_post_of_one_who_wrote_twice(open_house: OpenHouse) -> None:
    house = open_house()
    (case,) = complaints(house.ledger, 1)
    later = TUESDAY + timedelta(hours=3)
    take_in(house.ledger, mention("more", "Hello?!", author="p0", thread="p0", parent="p0", at=later), now=later)
    answer(house.ledger, case, TUESDAY + timedelta(hours=4))
    assert compose(house, W47).figures.median == timedelta(hours=4)


def test_a_forgotten_author_still_counts(open_house: OpenHouse) -> None:
    house = open_house()
    other, case = complaints(house.ledger, 2)
    answer(house.ledger, case, TUESDAY + timedelta(minutes=30))
    answer(house.ledger, other, TUESDAY + timedelta(minutes=50))
    before = compose(house, W47).figures
    house.ledger.forget("sandbox", "p1", now=TUESDAY + timedelta(days=1))
    after = compose(house, W47).figures
    assert (after.found, after.answered, after.median, after.p90) == (2, 2, before.median, before.p90)


def test_complaints_are_told_apart_by_platform_language_category_and_gravity(open_house: OpenHouse) -> None:
    house = open_house()
    first = replace(COMPLAINT, language="fa", category=Category.DAMAGED, severity=4)
    (answered,) = take_in(house.ledger, mention("a", platform="mastodon", at=TUESDAY), verdict=first, now=TUESDAY)
    answer(house.ledger, answered, TUESDAY + timedelta(minutes=5))
    take_in(house.ledger, mention("b", platform="mastodon", author="b"), verdict=first, now=TUESDAY)
    take_in(house.ledger, mention("c", platform="bluesky"), now=TUESDAY)
    figures = compose(house, W47).figures
    told = {
        name: [(share.name, share.found, share.answered) for share in getattr(figures, f"by_{name}")]
        for name in ("platform", "language", "category", "severity")
    }
    assert told == {
        "platform": [("mastodon", 2, 1), ("bluesky", 1, 0)],
        "language": [("fa", 2, 1), ("en", 1, 0)],
        "category": [("damaged", 2, 1), ("late", 1, 0)],
        "severity": [("4", 2, 1), ("2", 1, 0)],
    }


def test_dismissals_are_counted_by_their_reason_and_one_undone_is_none(open_house: OpenHouse) -> None:
    house = open_house()
    cases = complaints(house.ledger, 4)
    for case, why in zip(cases, ("spam", "spam", "a joke", "a slip"), strict=True):
        dismiss(house.ledger, case, why)
    house.ledger.move(cases[3], Status.FLAGGED, who="ana", action="undo", now=TUESDAY)
    figures = compose(house, W47).figures
    assert figures.dismissed_why == (("spam", 2), ("a joke", 1))
    assert figures.dismissed == 3


def test_the_hit_rate_follows_peoples_decisions_and_names_what_was_missed(open_house: OpenHouse) -> None:
    house = open_house()
    right, wrong, *_ = complaints(house.ledger, 3)
    approved(house.ledger, right, now=TUESDAY)
    dismiss(house.ledger, wrong, "no complaint")
    take_in(house.ledger, mention("missed", "Oh, brilliant service.", author="m"), verdict=PRAISE, now=TUESDAY)
    (passed_over,) = house.ledger.passed_over()
    house.ledger.flag(passed_over.id, who="ana", due_at=TUESDAY, now=TUESDAY)
    figures = compose(house, W47).figures
    assert (figures.decided, figures.hit_rate, figures.missed) == (2, 0.5, 1)
    assert figures.found == 4


def test_a_language_that_was_never_learned_does_not_count_for_or_against(open_house: OpenHouse) -> None:
    house = open_house()
    unlearned = replace(COMPLAINT, language="fi", learned=False)
    (case,) = take_in(house.ledger, mention("a"), verdict=unlearned, now=TUESDAY)
    dismiss(house.ledger, case, "praise")
    assert compose(house, W47).figures.hit_rate is None


def test_moves_into_private_and_settlements_are_counted(open_house: OpenHouse) -> None:
    house = open_house()
    one, two, three = complaints(house.ledger, 3)
    for case in (one, two):
        answer(house.ledger, case, TUESDAY + timedelta(minutes=5))
        house.ledger.move(case, Status.IN_PRIVATE, who="ana", action="private", now=TUESDAY + timedelta(hours=1))
    house.ledger.move(one, Status.RESOLVED, who="ana", action="resolved", now=TUESDAY + timedelta(days=1))
    house.ledger.move(three, Status.ESCALATED, who="ana", action="escalated", now=TUESDAY)
    figures = compose(house, W47).figures
    assert (figures.in_private, figures.resolved, figures.escalated) == (2, 1, 1)


def test_what_waits_too_long_comes_longest_first_and_without_the_answered(open_house: OpenHouse, clock: Clock) -> None:
    house = open_house()
    answered, escalated, waiting = complaints(house.ledger, 3)
    (older,) = complaints(house.ledger, 1, at=TUESDAY - timedelta(days=1), name="older")
    (fresh,) = complaints(house.ledger, 1, at=clock.now - timedelta(minutes=5), name="fresh")
    for case in (answered, escalated):
        answer(house.ledger, case, TUESDAY + timedelta(minutes=5))
    house.ledger.move(escalated, Status.ESCALATED, who="ana", action="escalated", now=TUESDAY + timedelta(hours=1))
    digest = compose(house, W47)
    assert [item.case for item in digest.overdue] == [older, waiting]
    assert digest.overdue[1].over == clock.now - TUESDAY - timedelta(hours=2)
    assert fresh not in {item.case for item in digest.overdue}


def test_where_many_wait_the_rest_is_told_as_a_number(open_house: OpenHouse) -> None:
    house = open_house()
    complaints(house.ledger, 13)
    digest = compose(house, W47)
    assert (len(digest.overdue), digest.overdue_count) == (10, 13)
    assert "and 3 more" in as_text(digest, "en")
    assert "and 3 more" in as_html(digest, "en")


def test_the_week_before_stands_beside_it(open_house: OpenHouse) -> None:
    house = open_house()
    complaints(house.ledger, 2, at=TUESDAY - timedelta(days=7), name="before")
    complaints(house.ledger, 3)
    digest = compose(house, W47)
    assert (digest.before.found, digest.figures.found) == (2, 3)
    assert "3  complaints found  (week before: 2)" in as_text(digest, "en")


def test_the_first_week_is_compared_with_nothing(open_house: OpenHouse) -> None:
    house = open_house()
    complaints(house.ledger, 1)
    text = as_text(compose(house, W47), "en")
    assert "this is the first week" in text
    assert "week before" not in text


# --- words


@pytest.fixture
def busy(open_house: OpenHouse) -> Digest:
    """A digest with something in every part, and with posts that try to break out of it."""
    house = open_house("Asia/Tehran")
    ledger = house.ledger
    complaints(ledger, 2, at=TUESDAY - timedelta(days=7), name="before")
    one, two, three, *_ = complaints(ledger, 5)
    answer(ledger, one, TUESDAY + timedelta(minutes=95))
    dismiss(ledger, two, "<script>alert(1)</script>")
    dismiss(ledger, three, "")
    evil = "</td></table><img src=x onerror=alert(1)> \x1b[31mred\u202eturned\r\nline {{ 7 * 7 }} {% raw %}"
    wicked = mention("evil", evil, author="mal<b>\u202e", platform="mastodon", at=TUESDAY)
    take_in(ledger, wicked, verdict=replace(COMPLAINT, language="x-<i>"), now=TUESDAY)
    return compose(house, W47)


@pytest.fixture(params=languages())
def language(request: pytest.FixtureRequest) -> str:
    """Each language that the digest can be written in."""
    return str(request.param)


class _Outline(HTMLParser):
    """Which elements a page has, whether they fit into each other, and the words between them."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_has_tables_and_inline_styles_and_nothing_from_elsewhere(busy: Digest, language: str) -> None:
    outline = _Outline(as_html(busy, language))
    assert outline.stack == []
    names = {tag for tag, _ in outline.tags}
    assert "table" in names
    assert not names & {"style", "script", "link", "img", "svg", "iframe", "form"}
    attributes = {name for _, attrs in outline.tags for name in attrs}
    assert not attributes & {"class", "id", "src", "href", "background", "onerror"}
    assert "url(" not in as_html(busy, language)


def test_the_page_runs_the_way_its_language_is_written(busy: Digest, language: str) -> None:
    outline = _Outline(as_html(busy, language))
    direction = {"en": "ltr", "fa": "rtl", "ar": "rtl"}[language]
    for tag, attrs in outline.tags:
        if tag in {"html", "body", "table"}:
            assert attrs["dir"] == direction, tag
    side = {"ltr": "left", "rtl": "right"}[direction]
    cells = [attrs["style"] or "" for tag, attrs in outline.tags if tag == "th"]
    assert cells
    aligned = {re.findall(r"text-align:(\w+)", style)[-1] for style in cells}
    assert side in aligned
    assert not aligned - {side, "center"}, "figures of a picture stand in the middle of their fields"
    assert dict(outline.tags)["html"]["lang"] == language


def test_a_post_is_shown_as_its_words_on_the_page(busy: Digest, language: str) -> None:
    page = as_html(busy, language)
    assert "<img" not in page
    assert "<script" not in page
    assert "onerror=alert(1)>" in _Outline(page).words, "the words are there, as words"
    assert "{{ 7 * 7 }}" in page
    assert "@mal<b>" in _Outline(page).words
    post = re.search(r"<bdi[^>]*>(?:(?!</bdi>).)*onerror", page)
    assert post, "what a stranger wrote stands in an isolate"


def test_a_post_can_neither_drive_a_terminal_nor_turn_a_line(busy: Digest, language: str) -> None:
    for told in (as_text(busy, language), as_html(busy, language)):
        assert "\x1b" not in told
        assert "\r" not in told
        assert "\u202e" not in told
    (line,) = [line for line in as_text(busy, language).splitlines() if "onerror" in line]
    assert "turned" in line, "a line break in a post breaks no line here"


def test_the_text_keeps_to_eighty_columns(busy: Digest, language: str) -> None:
    assert max(len(line) for line in as_text(busy, language).splitlines()) <= 80


def test_every_word_of_the_page_is_in_its_language(busy: Digest, language: str) -> None:
    words = _Outline(as_html(busy, language)).words
    figures = {"en": "1 h 35 min", "fa": "۱ ساعت و ۳۵ دقیقه", "ar": "ساعة و٣٥ دقيقة"}
    assert figures[language] in words
    title = {"en": "The week in amends", "fa": "هفته‌ای که جبران کردیم", "ar": "أسبوع من جبر الخواطر"}
    assert title[language] in words
    if language != "en":
        own = words.replace("2026-W47", "").replace(busy.overdue[-1].text, "")
        assert "answered" not in own
        foreign = re.sub(r"@\S+|7 \* 7|alert\(1\)|\[31m", "", own)
        assert not re.search(r"[0-9]", foreign), "digits are those of the language"


def test_all_languages_have_the_same_words() -> None:
    told = {tag: set(Speech(tag).words.model_dump()) for tag in languages()}
    assert {"en", "fa", "ar"} <= set(told)
    assert all(words == told["en"] for words in told.values())


def test_every_category_has_a_word_in_every_language(language: str) -> None:
    words = Speech(language).words.model_dump()
    assert [name for name in Category if name not in words] == []


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (0, {"en": "0 min", "fa": "۰ دقیقه", "ar": "٠ دقيقة"}),
        (2, {"en": "2 min", "fa": "۲ دقیقه", "ar": "دقيقتين"}),
        (125, {"en": "2 h 5 min", "fa": "۲ ساعت و ۵ دقیقه", "ar": "ساعتين و٥ دقائق"}),
        (1440, {"en": "1 day", "fa": "۱ روز", "ar": "يوم"}),
        (3 * 1440 + 61, {"en": "3 days 1 h", "fa": "۳ روز و ۱ ساعت", "ar": "٣ أيام وساعة"}),
    ],
)
def test_a_span_is_told_as_people_say_it(minutes: int, told: dict[str, str]) -> None:
    assert {tag: Speech(tag).span(timedelta(minutes=minutes)) for tag in told} == told


def test_an_empty_week_is_said_kindly(open_house: OpenHouse, language: str) -> None:
    digest = compose(open_house(), W46)
    kindly = {"en": "A quiet week", "fa": "هفتهٔ آرامی بود", "ar": "أسبوع هادئ"}[language]
    assert kindly in as_text(digest, language)
    assert kindly in _Outline(as_html(digest, language)).words


def test_a_week_of_praise_alone_is_a_quiet_one(open_house: OpenHouse) -> None:
    house = open_house()
    take_in(house.ledger, mention("thanks"), verdict=PRAISE, now=TUESDAY)
    text = as_text(compose(house, W47), "en")
    assert "A quiet week" in text
    assert "1  mentions read" in text


def test_a_week_in_which_old_cases_were_worked_on_is_no_quiet_one(open_house: OpenHouse) -> None:
    house = open_house()
    (case,) = complaints(house.ledger, 1, at=TUESDAY - timedelta(days=7))
    answer(house.ledger, case, TUESDAY)
    assert "A quiet week" not in as_text(compose(house, W47), "en")


def test_a_subject_is_one_line_whatever_the_brand_is_called(open_house: OpenHouse) -> None:
    house = open_house(name="Par\r\nBcc: all@example.com")
    assert subject(compose(house, W47), "en") == "The week in amends: Par Bcc: all@example.com, 2026-W47"


def test_a_language_without_words_is_refused_with_those_that_there_are(open_house: OpenHouse) -> None:
    with pytest.raises(PackError, match=r"'sv'.*ar, en, fa"):
        as_text(compose(open_house(), W47), "sv")


# --- pictures of the mail


class Cells(HTMLParser):
    """A page's headings and rows of cells; tables within a cell, which hold bars, are no rows of their own."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.under: dict[str, list[list[str]]] = {}
        self.bars: list[list[tuple[int, bool]]] = []
        self._heading, self._depth, self._in = "", 0, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        named = dict(attrs)
        if tag == "table" and named.get("role") != "presentation":
            self._depth = 1
        elif tag == "table" and self._depth:
            self._depth = 2
            self.bars.append([])
        elif tag == "h2":
            self._heading, self._in = "", "h2"
        elif tag == "tr" and self._depth == 1:
            self.under.setdefault(self._heading, []).append([])
        elif tag in ("td", "th") and self._depth == 1:
            self.under[self._heading][-1].append("")
            self._in = "cell"
        elif tag == "td" and self._depth > 1:
            self.bars[-1].append((int((named["width"] or "").rstrip("%")), "#b3261e" in (named["style"] or "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._depth:
            self._depth -= 1
        elif tag in ("h2", "td", "th") and self._depth < 2:
            self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "h2":
            self._heading += data
        elif self._in == "cell":
            row = self.under[self._heading][-1]
            row[-1] = f"{row[-1]} {data}".strip()


def test_the_mail_draws_how_long_people_waited_each_day_against_the_promise(open_house: OpenHouse) -> None:
    house = open_house()
    for case, minutes in zip(complaints(house.ledger, 4), (30, 60, 90, 240), strict=True):
        answer(house.ledger, case, TUESDAY + timedelta(minutes=minutes))
    (later,) = complaints(house.ledger, 1, at=TUESDAY + timedelta(days=1), name="later")
    answer(house.ledger, later, TUESDAY + timedelta(days=1, minutes=24))
    page = Cells(as_html(compose(house, W47), "en"))
    rows = page.under["How long customers waited, day by day"]
    assert [row[0] for row in rows] == ["Mon 16", "Tue 17", "Wed 18", "Thu 19", "Fri 20", "Sat 21", "Sun 22"]
    assert re.findall(r"\d+ \w+", rows[1][1]) == ["1 h", "4 h"], "half of them, and nine in ten"
    assert rows[0][1] == "–"
    tuesday, wednesday = page.bars
    assert [width for width, _ in tuesday] == [25, 25, 50], "an hour, on to the promise of two, on to four"
    assert [marked for _, marked in tuesday] == [False, True, False]
    assert [width for width, _ in wednesday] == [10, 40, 50]
    assert all(sum(width for width, _ in bar) == 100 for bar in page.bars)


def test_the_mail_counts_causes_by_week_and_complaints_by_the_brands_clock(open_house: OpenHouse) -> None:
    house = open_house("Asia/Tehran")
    for week, count in ((-1, 2), (0, 3)):
        posts = [
            mention(f"l{week}-{number}", author=f"l{week}-{number}", at=TUESDAY + timedelta(weeks=week))
            for number in range(count)
        ]
        verdict = replace(COMPLAINT, category=Category.LATE)
        take_in(house.ledger, *posts, verdict=verdict, now=TUESDAY + timedelta(weeks=week))
    page = Cells(as_html(compose(house, W47), "en"))
    causes = page.under["What people complained about, week by week"]
    assert causes[0] == ["week from", "late"]
    assert [row[0] for row in causes[1:]][-2:] == ["9 Nov", "16 Nov"]
    assert [row[1].strip("\xa0") for row in causes[1:]] == ["", "", "", "", "", "", "2", "3"]
    hours = page.under["When people complain"]
    assert hours[0][1:] == ["0–4", "4–8", "8–12", "12–16", "16–20", "20–24"]
    assert [cell.strip("\xa0") for cell in hours[2]] == ["Tue", "", "", "", "5", "", ""], (
        "nine in UTC is half past noon"
    )


@pytest.mark.parametrize("language", languages())
def test_the_mails_pictures_need_no_image_and_are_written_in_its_language(open_house: OpenHouse, language: str) -> None:
    house = open_house()
    (case,) = complaints(house.ledger, 1)
    answer(house.ledger, case, TUESDAY + timedelta(minutes=30))
    page = as_html(compose(house, W47), language)
    cells = Cells(page)
    assert not cells.tags & {"img", "svg", "style", "script"}
    assert len(cells.bars) == 1
    if Speech(language).words.direction == "rtl":
        assert "border-left:3px" in page, "a bar grows from the right, and the promise stands at its piece's left"
        assert not re.search(r">[^<]*[0-9]+[^<]*</t[dh]>", page), "figures are in the language's own digits"


def test_a_quiet_week_has_no_pictures(open_house: OpenHouse) -> None:
    page = Cells(as_html(compose(open_house(), W47), "en"))
    assert not page.bars
    assert "When people complain" not in page.under

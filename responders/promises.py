"""Reading what a text promises: dated promises in the brand's time zone, with their words and place.

A small grammar of our own over `templates/languages/<tag>/promises.toml`, since a language is a folder here. Of the
libraries for dates in prose, parsedatetime has no Persian or Arabic, and dateparser's words live in the library:
neither can be taught a language by a folder, nor tells a promise ("by Friday") from a report ("was due by Friday").
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cases.errors import PackError
from cases.promises import Spoken
from cases.told import Told
from responders.check_text import Reading, fold, fold_pattern
from responders.hints import Hint
from responders.packs import shipped_folder
from templates.calendars import Calendar

_NOON = 12
_YEAR = timedelta(days=365)
_SOON = timedelta(days=120)
"""A day without a year that is further ahead than this lies in the past: "on 2 March" in April is no promise."""
_FIRST_GREGORIAN = 1600
"""A year before this is one of the Persian calendar, which counts some 620 years less."""
_APART = 30
"""Characters between a clock time and its day, at the most."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Saying(_Shape):
    """One way to name a moment: `days` from today, the next `weekday` (0 is Monday), or a count of `unit`."""

    seen: str
    days: int | None = Field(default=None, ge=0, le=31)
    weekday: int | None = Field(default=None, ge=0, le=6)
    unit: str = Field(default="", pattern="^(?:|minutes|hours|days|weeks)$")
    count: int = Field(default=0, ge=0)
    at: time | None = None


class _Months(_Shape):
    """What the twelve months of a calendar are called; each name is a pattern."""

    calendar: Calendar
    names: tuple[str, ...] = Field(min_length=12, max_length=12)


class _File(_Shape):
    """`promises.toml`. Patterns may name {count}; `weekday` frames each of `weekdays`, Monday first.

    Those of `dates` hold groups `day` and perhaps `year`, with `month` in figures or {month} for its name, and may name
    {weekday} for any of them.
    """

    past: str
    future: str
    between: str
    clocks: tuple[str, ...]
    weekday: str
    weekdays: tuple[str, ...] = Field(min_length=7, max_length=7)
    says: tuple[_Saying, ...] = Field(min_length=1)
    dates: tuple[str, ...] = ()
    months: tuple[_Months, ...] = ()


@dataclass(frozen=True, slots=True)
class _Grammar:
    """One language's patterns, compiled over folded text."""

    past: re.Pattern[str]
    future: re.Pattern[str]
    between: re.Pattern[str]
    clocks: tuple[re.Pattern[str], ...]
    says: tuple[tuple[re.Pattern[str], _Saying], ...]
    dates: tuple[re.Pattern[str], ...]
    months: tuple[tuple[re.Pattern[str], Calendar, int], ...]
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A moment named in a folded text: its place, and what it says."""

    start: int
    end: int
    saying: _Saying | None
    count: int = 0
    clock: time | None = None
    day: date | None = None


def read_promises(
    text: str, language: str, *, now: datetime, zone: ZoneInfo, day_ends: time = time(20)
) -> list[Spoken]:
    """What a text promises by when, in its order. A day without an hour ends at `day_ends`.

    `now` is aware, `zone` the brand's. What a clause tells of the past is no promise. A language without
    `promises.toml` promises nothing that we can read. Raises `PackError` for a file that is wrong.
    """
    grammar = _grammar(language.replace("_", "-").split("-", 1)[0].lower())
    if grammar is None:
        return []
    reading = Reading(text)
    here = now.astimezone(zone)
    quoted = reading.quotations
    promises = []
    for seen in _joined(grammar, reading.folded, here.date()):
        clause = reading.clause(seen.start)
        words = reading.folded[clause.start : max(clause.end, seen.end)]
        told = grammar.past.search(words) and not grammar.future.search(words)
        if told or any(quotation.holds(seen.start, seen.end) for quotation in quoted):
            continue
        start, end = reading.original(seen.start, seen.end)
        promises.append(Spoken(text[start:end], start, end, _due(seen, here, day_ends)))
    return promises


def missing_date(text: str, promises: Sequence[Spoken]) -> list[Hint]:
    """A gentle hint where a text names no moment by which they hear again."""
    if promises or not text.strip():
        return []
    why = Told("it names no moment: vagueness makes anger grow")
    return [Hint("no_date", 0, 0, why, Told("say by when they hear from you again"))]


def _due(seen: _Seen, here: datetime, day_ends: time) -> datetime:
    saying = seen.saying
    if seen.day is not None:
        return datetime.combine(seen.day, seen.clock or day_ends, here.tzinfo)
    if saying is not None and saying.unit in {"minutes", "hours"}:
        return here + timedelta(**{saying.unit: seen.count})
    days = 0
    at = seen.clock or (saying.at if saying and saying.at else day_ends)
    if saying is not None and saying.unit:
        days = seen.count * (7 if saying.unit == "weeks" else 1)
    elif saying is not None and saying.days is not None:
        days = saying.days
    elif saying is not None and saying.weekday is not None:
        days = (saying.weekday - here.weekday()) % 7
    moment = (here + timedelta(days=days)).replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if moment <= here:
        # "by 9:00" said at noon is tomorrow's; "by Monday" said on Monday evening is next week's.
        moment += timedelta(days=7 if saying is not None and saying.weekday is not None else 1)
    return moment


def _joined(grammar: _Grammar, folded: str, today: date) -> list[_Seen]:
    """Moments in their order, each clock time with the day beside it; none within another."""
    said = [seen for pattern, saying in grammar.says for seen in _days(grammar, pattern, saying, folded)]
    days = [one for one in _apart([*said, *_dates(grammar, folded, today)]) if one.day is None or one.day >= today]
    clocks = _apart([seen for pattern in grammar.clocks for seen in _clock_times(pattern, folded)])
    clocks = [one for one in clocks if not any(day.start < one.end and one.start < day.end for day in days)]
    found: list[_Seen] = []
    for day in days:
        near = next((one for one in clocks if _beside(grammar, folded, day, one)), None)
        if near is None or (day.saying is not None and day.saying.unit):
            found.append(day)
            continue
        clocks.remove(near)
        start, end = min(day.start, near.start), max(day.end, near.end)
        found.append(replace(day, start=start, end=end, clock=near.clock))
    return sorted([*found, *clocks], key=lambda seen: seen.start)


def _days(grammar: _Grammar, pattern: re.Pattern[str], saying: _Saying, folded: str) -> list[_Seen]:
    seen = []
    for match in pattern.finditer(folded):
        word = match.groupdict().get("count")
        count = saying.count
        if word is not None:
            count = int(word) if word.isdigit() else grammar.numbers[word.lower()]
        seen.append(_Seen(match.start(), match.end(), saying, count))
    return seen


def _dates(grammar: _Grammar, folded: str, today: date) -> list[_Seen]:
    """Days of the calendar; those that have passed are in it too, so that nothing within them is read otherwise."""
    return [
        _Seen(match.start(), match.end(), None, day=day)
        for pattern in grammar.dates
        for match in pattern.finditer(folded)
        if (day := _day(grammar, match.groupdict(), today))
    ]


def _day(grammar: _Grammar, parts: Mapping[str, str | None], today: date) -> date | None:
    """The day that is named; without a year the next one, or where that is far off, the one before."""
    said = parts["month"] or ""
    year = int(parts.get("year") or 0)
    calendar, month = Calendar.GREGORIAN, int(said) if said.isdigit() else 0
    if month and 0 < year < _FIRST_GREGORIAN:
        calendar = Calendar.PERSIAN
    for name, its, number in () if month else grammar.months:
        if name.fullmatch(said):
            calendar, month = its, number
            break
    try:
        if year:
            return calendar.day(year, month, int(parts["day"] or 0))
        for ahead in (0, 1):
            day = calendar.day(calendar.year_of(today) + ahead, month, int(parts["day"] or 0))
            if day >= today:
                return day if day - today <= _SOON else day - _YEAR
    except ValueError:
        pass  # the 31st of a month that has thirty days
    return None


def _clock_times(pattern: re.Pattern[str], folded: str) -> list[_Seen]:
    seen = []
    for match in pattern.finditer(folded):
        parts = match.groupdict()
        hour, minute = int(parts["hour"]), int(parts.get("minute") or 0)
        if parts.get("pm") and hour < _NOON:
            hour += _NOON
        if parts.get("am") and hour == _NOON:
            hour = 0
        if hour < 24 and minute < 60:  # noqa: PLR2004 - a clock's own figures
            seen.append(_Seen(match.start(), match.end(), None, clock=time(hour, minute)))
    return seen


def _apart(seen: Sequence[_Seen]) -> list[_Seen]:
    """None that overlaps a longer one."""
    kept: list[_Seen] = []
    for one in sorted(seen, key=lambda one: (one.start - one.end, one.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _beside(grammar: _Grammar, folded: str, day: _Seen, clock: _Seen) -> bool:
    start, end = (day.end, clock.start) if day.end <= clock.start else (clock.end, day.start)
    return 0 <= end - start <= _APART and grammar.between.fullmatch(folded, start, end) is not None


@cache
def _grammar(tag: str) -> _Grammar | None:
    folder = shipped_folder() / tag
    place = folder / "promises.toml"
    if not tag.isalpha() or not place.is_file():
        return None
    try:
        file = _File.model_validate(tomllib.loads(place.read_text(encoding="utf-8")))
        spelled = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))["numbers"]
        numbers = {fold(word)[0].lower(): count for count, words in enumerate(spelled, 1) for word in words}
        figure = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
        counted = rf"(?P<count>\d{{1,3}}|{figure})"
        framed = [
            _Saying(seen=file.weekday.replace("{weekday}", name), weekday=day) for day, name in enumerate(file.weekdays)
        ]
        return _Grammar(
            past=_pattern(file.past),
            future=_pattern(file.future),
            between=_pattern(file.between),
            clocks=tuple(_pattern(source) for source in file.clocks),
            says=tuple((_pattern(one.seen, counted), one) for one in (*file.says, *framed)),
            dates=tuple(_pattern(_naming(file, source)) for source in file.dates),
            months=tuple(
                (_pattern(name), some.calendar, number)
                for some in file.months
                for number, name in enumerate(some.names, 1)
            ),
            numbers=numbers,
        )
    except (ValidationError, KeyError, OSError, tomllib.TOMLDecodeError, re.error) as error:
        message = f"{place}: {error}"
        raise PackError(message) from error


def _naming(file: _File, source: str) -> str:
    months = "|".join(name for some in file.months for name in some.names)
    weekdays = "|".join(file.weekdays)
    return source.replace("{month}", f"(?P<month>{months})").replace("{weekday}", f"(?:{weekdays})")


def _pattern(source: str, counted: str = "") -> re.Pattern[str]:
    # Folding makes letters small, those of a named group's mark too.
    folded = fold_pattern(source).replace("(?p<", "(?P<")
    return re.compile(folded.replace("{count}", counted), re.IGNORECASE)

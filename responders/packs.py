"""Language packs: the words Amends writes with, read from `templates/languages/<tag>/`.

A pack is a folder with `pack.toml` (what the language is like) and `phrases.toml` (what is said). Both are checked
whole when they are loaded, so that a slip in a folder is told with its file and key and never meets a customer.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from pathlib import Path
from typing import Literal, TypeVar

from babel import Locale, UnknownLocaleError
from jinja2 import Environment, StrictUndefined, Template, TemplateError, meta
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cases.apology import Component
from cases.errors import PackError
from cases.plans import Approach, Finding
from cases.verdicts import Category

IN_PROBLEM = frozenset({"thing", "item", "role", "place", "waited", "chased", "whom"})
"""What the wording of a problem may mention; see `responders.details`."""
IN_TAIL = IN_PROBLEM | {"problem"}
"""What a tail may mention: the clause that it lengthens, too."""
IN_FORM = frozenset({"problem", "Problem", "quote", "when", "account", "link", "brand", "cause", "doing"})
"""What a phrasing of a component may mention; see `responders.draft`."""
_IN_REPLY = IN_FORM | {"felt"}
"""What it may mention in a reply: the empathy for this very problem, too."""

# Letters and marks that people write in more than one way; both patterns and posts are folded before they meet.
_FOLDED = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ئ": "ی",
        "ك": "ک",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ؤ": "و",
        "ة": "ه",
        "ۀ": "ه",
        "’": "'",
        "\N{ZERO WIDTH NON-JOINER}": None,
        "\N{ARABIC TATWEEL}": None,
    }
    | {chr(mark): None for mark in range(0x64B, 0x656)}
    | {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0) for digit in range(10)}
)
# Where no word has a letter thrice, whoever writes it so only raises the voice.
_DRAWN_OUT = re.compile(r"([\u0621-\u064A\u067E-\u06D3])\1{2,}")


def fold(text: str) -> str:
    """A text with what can be written in several ways made alike, for matching.

    That is the spellings of Arabic letters, vowel marks, half-spaces and digits, and Arabic letters drawn out.
    """
    return _DRAWN_OUT.sub(r"\1", text.translate(_FOLDED))


class Shape(BaseModel):
    """What a file of a pack, or a part of one, may hold: nothing that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)


AnyShape = TypeVar("AnyShape", bound=Shape)


class _PackFile(Shape):
    """`pack.toml`. `spell_to` is the largest count written out as a word, 0 for none."""

    tag: str = Field(pattern=r"^[a-z]{2,3}$")
    name: str = Field(min_length=1)
    direction: Literal["ltr", "rtl"]
    digits: Literal["latn", "arab", "arabext"]
    calendar: Literal["gregorian"]
    today: str
    weekday: str
    signature: str
    numbers: tuple[tuple[str, ...], ...]
    spell_to: int = Field(ge=0)
    unquotable: str


class _Unit(Shape):
    """A counted noun: how posts write it, and how we do, by CLDR plural category (`{n}` is the number)."""

    seen: str
    pair: str = ""
    one: str = ""
    two: str = ""
    few: str = ""
    many: str = ""
    other: str


class _Word(Shape):
    """A word that a post may hold, and what we call it. What is `carried` can be sent, lost or broken."""

    seen: str
    say: str
    carried: bool = True


class _Problem(Shape):
    category: Category
    seen: str
    say: tuple[str, ...] = Field(min_length=1)
    felt: tuple[str, ...] = ()
    general: bool = False
    grave: bool = False
    sure: bool = False
    feels: Category | None = None


class _Tail(Shape):
    text: str = Field(min_length=1)
    categories: tuple[Category, ...] = Field(min_length=1)


class _Form(Shape):
    holds: tuple[Component, ...] = Field(min_length=1)
    text: str = Field(min_length=1)
    rich: int = Field(default=1, ge=1, le=3)
    categories: tuple[Category, ...] = ()
    approaches: tuple[Approach, ...] = ()
    findings: tuple[Finding, ...] = ()
    heat: tuple[int, int] = (0, 3)
    blunt: bool = False
    light: bool = False
    asked: bool = False
    lacks: tuple[str, ...] = ()


class _PhrasesFile(Shape):
    orders: tuple[tuple[Component, ...], ...] = Field(min_length=1)
    waiting: tuple[str, ...]
    chasing: tuple[str, ...]
    units: dict[str, _Unit]
    contacts: dict[str, _Unit]
    things: tuple[_Word, ...]
    roles: tuple[_Word, ...]
    places: tuple[_Word, ...] = ()
    people: tuple[_Word, ...] = ()
    asking: str = "(?!)"
    tails: tuple[_Tail, ...] = ()
    problems: tuple[_Problem, ...]
    forms: tuple[_Form, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of wording: a compiled template and the variables that it needs a value for."""

    template: Template
    needs: frozenset[str]

    def usable(self, values: Mapping[str, str]) -> bool:
        """Whether every variable that it mentions has a value."""
        return all(values.get(name) for name in self.needs)

    def render(self, values: Mapping[str, str]) -> str:
        """The wording with the values filled in as plain text."""
        known = tuple((name, values[name]) for name in self.needs)
        # A customer's words are not kept; what the brand says comes again with the next draft.
        return self.template.render(dict(known)) if "quote" in self.needs else _rendered(self.template, known)


@lru_cache(maxsize=8192)
def _rendered(template: Template, values: tuple[tuple[str, str], ...]) -> str:
    return template.render(dict(values))


@dataclass(frozen=True, slots=True)
class Form:
    """One phrasing of one component, or of several at once.

    `rich` ranks how much it says, 1 to 3. An empty `categories`, `approaches` or `findings` means any. A `blunt` form
    admits more than a grave case should before a person looked; a `light` one would make little of it; an `asked` one
    answers a post that asks something. It stands aside where a variable of `lacks` is set.
    """

    holds: frozenset[Component]
    phrase: Phrase
    rich: int
    categories: frozenset[Category]
    approaches: frozenset[Approach]
    findings: frozenset[Finding]
    heat: tuple[int, int]
    blunt: bool
    light: bool
    asked: bool
    lacks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What may have gone wrong: signs of it in a post, and how to tell it back to the customer.

    A `general` one is true of its whole category, a `grave` one besides of what endangers or degrades; the signs of a
    `sure` one tell it whatever the category. `felt` are sentences of empathy for this very problem; without any,
    `feels` is the category whose words suit it: its own, as a rule.
    """

    category: Category
    seen: re.Pattern[str]
    say: tuple[Phrase, ...]
    felt: tuple[Phrase, ...]
    general: bool
    grave: bool
    sure: bool
    feels: Category


@dataclass(frozen=True, slots=True)
class Tail:
    """What lengthens the clause that tells a problem by one more detail ("…, despite four calls")."""

    phrase: Phrase
    categories: frozenset[Category]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that may be seen in a post (a thing, a role, a place, a person), and what we call it."""

    seen: re.Pattern[str]
    say: str
    carried: bool


@dataclass(frozen=True, slots=True)
class CountPattern:
    """Reads a count with its unit: its pattern has a group `number`, and `pair` where the language has a dual."""

    seen: re.Pattern[str]
    forms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LanguagePack:
    """The words of one language. `tag` is its BCP 47 tag, `direction` "ltr" or "rtl"."""

    tag: str
    name: str
    direction: str
    digits: str
    calendar: str
    locale: Locale
    today: str
    weekday: str
    signature: str
    numbers: Mapping[str, int]
    spelled: tuple[str, ...]
    unquotable: re.Pattern[str]
    orders: tuple[tuple[Component, ...], ...]
    waiting: tuple[CountPattern, ...]
    chasing: tuple[CountPattern, ...]
    things: tuple[Word, ...]
    roles: tuple[Word, ...]
    places: tuple[Word, ...]
    people: tuple[Word, ...]
    asking: re.Pattern[str]
    tails: tuple[Tail, ...]
    problems: tuple[Problem, ...]
    forms: tuple[Form, ...]

    def in_digits(self, text: str) -> str:
        """The text with its Latin digits written as the language writes them."""
        zero = {"latn": 0x30, "arab": 0x660, "arabext": 0x6F0}[self.digits]
        return text.translate({0x30 + digit: chr(zero + digit) for digit in range(10)})

    def counted(self, number: int, forms: Mapping[str, str]) -> str:
        """A number with its noun in the right plural form, spelled out where the language prefers that."""
        form = forms.get(self.locale.plural_form(number)) or forms["other"]
        word = self.spelled[number - 1] if 0 < number <= len(self.spelled) else self.in_digits(str(number))
        return form.replace("{n}", word)


def shipped_folder() -> Traversable:
    """Where the packs that come with Amends stand."""
    return files("templates") / "languages"


def load_packs(folder: Traversable | Path | None = None) -> dict[str, LanguagePack]:
    """All packs in a folder (by default those that come with Amends), by tag.

    A subfolder without `pack.toml` is no pack. Raises `PackError`, naming file and key, for one that is wrong.
    """
    root = shipped_folder() if folder is None else folder
    try:
        places = sorted((place for place in root.iterdir() if (place / "pack.toml").is_file()), key=lambda p: p.name)
    except OSError as error:
        message = f"the language packs in {root} can't be read: {error}"
        raise PackError(message) from error
    packs = {place.name: _load(place) for place in places}
    if not packs:
        message = f"{root} holds no language pack: a pack is a folder with pack.toml and phrases.toml"
        raise PackError(message)
    return packs


@cache
def shipped_tags() -> frozenset[str]:
    """The tags of the packs that come with Amends, by their folders' names; nothing is parsed."""
    return frozenset(place.name for place in shipped_folder().iterdir() if (place / "pack.toml").is_file())


def read_shape(place: Traversable, shape: type[AnyShape]) -> AnyShape:
    """One file of a pack, checked. Raises `PackError`, naming file and key."""
    try:
        with place.open("rb") as file:
            return shape.model_validate(tomllib.load(file))
    except ValidationError as error:
        slips = "; ".join(f"{'.'.join(map(str, slip['loc']))}: {slip['msg']}" for slip in error.errors())
        message = f"{place}: {slips}"
        raise PackError(message) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{place}: {error}"
        raise PackError(message) from error


class Maker:
    """Turns the plain values of one file into templates and patterns, naming file and key where one is wrong."""

    def __init__(self, place: Traversable) -> None:
        self._place = place
        # Plain text for a network that shows text as it is: escaping would put entities before people's eyes.
        self._templates = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701

    def wrong(self, key: str, why: object) -> PackError:
        """The error for what stands at a key."""
        return PackError(f"{self._place}: {key}: {why}")

    def pattern(self, key: str, source: str) -> re.Pattern[str]:
        """A pattern over folded text."""
        try:
            return re.compile(fold(source), re.IGNORECASE)
        except re.error as error:
            raise self.wrong(key, f"no regular expression: {error}") from error

    def phrase(self, key: str, source: str, known: frozenset[str]) -> Phrase:
        """A piece of wording that may mention what is `known`."""
        try:
            needs = frozenset(meta.find_undeclared_variables(self._templates.parse(source)))
            template = self._templates.from_string(source)
        except TemplateError as error:
            raise self.wrong(key, f"no template: {error}") from error
        if strange := needs - known:
            raise self.wrong(key, f"nothing is called {', '.join(sorted(strange))}; known here: {sorted(known)}")
        return Phrase(template, needs)

    def words(self, key: str, words: Iterable[_Word]) -> tuple[Word, ...]:
        """Words that posts hold."""
        return tuple(
            Word(self.pattern(f"{key}.{at}.seen", word.seen), word.say, word.carried) for at, word in enumerate(words)
        )

    def counts(
        self, key: str, frames: Sequence[str], units: Mapping[str, _Unit], numbers: Iterable[str]
    ) -> tuple[CountPattern, ...]:
        """Patterns that read a count with its unit."""
        number = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
        made = []
        for at, frame in enumerate(frames):
            for unit in units.values():
                span = rf"(?<![\w.,/-])(?P<number>\d{{1,3}}|{number})\s*(?:{unit.seen})(?!\w)"
                if unit.pair:
                    span = rf"(?:{span}|(?<!\w)(?P<pair>{unit.pair})(?!\w))"
                forms = unit.model_dump(exclude={"seen", "pair"})
                made.append(CountPattern(self.pattern(f"{key}.{at}", frame.replace("{count}", span)), forms))
        return tuple(made)


def _load(folder: Traversable) -> LanguagePack:
    pack = read_shape(folder / "pack.toml", _PackFile)
    phrases = read_shape(folder / "phrases.toml", _PhrasesFile)
    about, make = Maker(folder / "pack.toml"), Maker(folder / "phrases.toml")
    if pack.tag != folder.name:
        raise about.wrong("tag", f"the folder is called {folder.name}")
    try:
        locale = Locale.parse(pack.tag)
    except (UnknownLocaleError, ValueError) as error:
        raise about.wrong("tag", error) from error
    _check_whole(make, phrases)
    items = _any_of(word.seen for word in phrases.things if word.carried)
    people = _any_of(word.seen for word in phrases.people)
    numbers = {fold(word): count for count, words in enumerate(pack.numbers, 1) for word in words}
    return LanguagePack(
        tag=pack.tag,
        name=pack.name,
        direction=pack.direction,
        digits=pack.digits,
        calendar=pack.calendar,
        locale=locale,
        today=pack.today,
        weekday=pack.weekday,
        signature=pack.signature,
        numbers=numbers,
        spelled=tuple(words[0] for words in pack.numbers[: pack.spell_to]),
        unquotable=about.pattern("unquotable", pack.unquotable),
        orders=phrases.orders,
        waiting=make.counts("waiting", phrases.waiting, phrases.units, numbers),
        chasing=make.counts("chasing", phrases.chasing, phrases.contacts, numbers),
        things=make.words("things", phrases.things),
        roles=make.words("roles", phrases.roles),
        places=make.words("places", phrases.places),
        people=make.words("people", phrases.people),
        asking=make.pattern("asking", phrases.asking),
        tails=tuple(
            Tail(make.phrase(f"tails.{at}.text", tail.text, IN_TAIL), frozenset(tail.categories))
            for at, tail in enumerate(phrases.tails)
        ),
        problems=tuple(
            Problem(
                category=problem.category,
                seen=make.pattern(
                    f"problems.{at}.seen", problem.seen.replace("{item}", items).replace("{whom}", people)
                ),
                say=tuple(make.phrase(f"problems.{at}.say", text, IN_PROBLEM) for text in problem.say),
                felt=tuple(make.phrase(f"problems.{at}.felt", text, IN_PROBLEM) for text in problem.felt),
                general=problem.general,
                grave=problem.grave,
                sure=problem.sure,
                feels=problem.feels or problem.category,
            )
            for at, problem in enumerate(phrases.problems)
        ),
        forms=tuple(
            Form(
                holds=frozenset(form.holds),
                phrase=make.phrase(f"forms.{at}.text", form.text, _IN_REPLY),
                rich=form.rich,
                categories=frozenset(form.categories),
                approaches=frozenset(form.approaches),
                findings=frozenset(form.findings),
                heat=form.heat,
                blunt=form.blunt,
                light=form.light,
                asked=form.asked,
                lacks=frozenset(form.lacks),
            )
            for at, form in enumerate(phrases.forms)
        ),
    )


def _any_of(patterns: Iterable[str]) -> str:
    """A pattern that matches where one of them does, and nowhere without any."""
    return f"(?:{'|'.join(patterns) or '(?!)'})"


def _check_whole(make: Maker, phrases: _PhrasesFile) -> None:
    """Raise `PackError` where something is missing without which some customer could not be answered."""
    for at, order in enumerate(phrases.orders):
        if sorted(order) != sorted(Component):
            raise make.wrong(f"orders.{at}", f"must name each of {', '.join(Component)} once")
    told = {problem.category for problem in phrases.problems if problem.general}
    if missing := set(Category) - told:
        raise make.wrong("problems", f"no general one for {', '.join(sorted(missing))}")
    for at, problem in enumerate(phrases.problems):
        if all("{" in text for text in problem.say):
            raise make.wrong(f"problems.{at}.say", "one wording must do without any detail")
    held = set(chain.from_iterable(form.holds for form in phrases.forms))
    if lacking := set(Component) - held:
        raise make.wrong("forms", f"none holds {', '.join(sorted(lacking))}")

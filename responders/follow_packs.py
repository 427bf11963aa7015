"""The words of what comes after the answer, read from `templates/languages/<tag>/follow.toml`.

A language without that file has no such texts: a person writes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import Field

from cases.plans import Finding
from cases.purposes import Purpose
from cases.verdicts import Category
from responders.packs import IN_FORM, Maker, Phrase, Shape, read_shape, shipped_folder

FILE_NAME = "follow.toml"
_ALWAYS = frozenset({"when"})
"""What has a value in every text."""


class _Form(Shape):
    purpose: Purpose
    holds: tuple[str, ...] = Field(min_length=1)
    text: str = Field(min_length=1)
    rich: int = Field(default=1, ge=1, le=3)
    categories: tuple[Category, ...] = ()
    findings: tuple[Finding, ...] = ()
    lacks: tuple[str, ...] = ()
    in_time: bool = False


class _FollowFile(Shape):
    orders: dict[Purpose, tuple[tuple[str, ...], ...]]
    forms: tuple[_Form, ...]


@dataclass(frozen=True, slots=True)
class FollowForm:
    """One phrasing of one part of a text, or of several.

    Empty `categories` or `findings` mean any. It stands aside where a variable of `lacks` is set, and an `in_time` one
    where a promised moment has passed, or nothing was promised.
    """

    purpose: Purpose
    holds: frozenset[str]
    phrase: Phrase
    rich: int
    categories: frozenset[Category]
    findings: frozenset[Finding]
    lacks: frozenset[str]
    in_time: bool

    def suits(self, category: Category, finding: Finding, known: Mapping[str, str], *, in_time: bool) -> bool:
        """Whether it may be said to this customer."""
        return (
            (not self.categories or category in self.categories)
            and (not self.findings or finding in self.findings)
            and (in_time or not self.in_time)
            and not any(known.get(name) for name in self.lacks)
        )


@dataclass(frozen=True, slots=True)
class FollowPack:
    """The texts of one language after the answer: for each purpose the sequences of its parts, and their phrasings."""

    orders: Mapping[Purpose, tuple[tuple[str, ...], ...]]
    forms: tuple[FollowForm, ...]


def load_follow_packs(folder: Traversable | Path | None = None) -> dict[str, FollowPack]:
    """All that a folder of language packs holds of them, by tag. Raises `PackError`, naming file and key."""
    root = shipped_folder() if folder is None else folder
    places = sorted((place for place in root.iterdir() if (place / FILE_NAME).is_file()), key=lambda place: place.name)
    return {place.name: _load(place / FILE_NAME) for place in places}


def _load(place: Traversable) -> FollowPack:
    file, make = read_shape(place, _FollowFile), Maker(place)
    forms = tuple(
        FollowForm(
            purpose=form.purpose,
            holds=frozenset(form.holds),
            phrase=make.phrase(f"forms.{at}.text", form.text, IN_FORM),
            rich=form.rich,
            categories=frozenset(form.categories),
            findings=frozenset(form.findings),
            lacks=frozenset(form.lacks),
            in_time=form.in_time,
        )
        for at, form in enumerate(file.forms)
    )
    pack = FollowPack(file.orders, forms)
    _check_whole(make, pack)
    return pack


def _check_whole(make: Maker, pack: FollowPack) -> None:
    """Raise `PackError` where some customer could not be told."""
    for purpose in (purpose for purpose in Purpose if purpose is not Purpose.ANSWER):
        for order in pack.orders.get(purpose, ()):
            for part in order:
                for finding in Finding:
                    if not any(_sure(form, purpose, part, finding) for form in pack.forms):
                        raise make.wrong("forms", f"none says {part} of {purpose} where a matter is {finding}")
        if not pack.orders.get(purpose):
            raise make.wrong("orders", f"nothing says what {purpose} consists of")


def _sure(form: FollowForm, purpose: Purpose, part: str, finding: Finding) -> bool:
    return (
        form.purpose is purpose
        and form.holds == {part}
        and form.phrase.needs <= _ALWAYS
        and not (form.categories or form.lacks or form.in_time)
        and (not form.findings or finding in form.findings)
    )

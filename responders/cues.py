"""Cues: what people write when they apologise well or badly, read from ``templates/languages/<tag>/cues.toml``.

All that is known of a language stands in that file; a new language needs no Python. A cue is a regular expression over
folded text (see `responders.check_text`), in a notation made for phrases:

- ``<name>`` stands for a fragment of ``[parts]``, or for the same name's ``[words]`` list as alternatives;
- ``~`` is the rest of a word (up to 12 letters); ``…`` up to 40 characters of the same sentence, ``……`` up to 90;
- a half-space may be a half-space, a space or nothing; an apostrophe may be straight or curly, and that of n’t may be
  missing (so n’t can't stand in a look-behind, whose length must be fixed);
- a cue begins and ends at the edge of a word.

Repetition without a bound (``*``, ``+``, ``{2,}``) is refused, so that no text can make a cue slow.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from cases.apology import Component, Fault
from cases.errors import PackError
from responders.check_text import fold, fold_pattern

FILE_NAME = "cues.toml"


class Window(StrEnum):
    """How far around a cue its conditions look."""

    CLAUSE = "clause"
    SENTENCE = "sentence"
    NEARBY = "nearby"
    """The sentence, the one before and the one after."""
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Cue:
    """One pattern that speaks for a component or a fault, and what must or must not stand near it."""

    name: Component | Fault
    pattern: re.Pattern[str]
    needs: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    window: Window = Window.SENTENCE
    firm: bool = False
    """Stands whatever else its sentence says (an investigation is an explanation beside any excuse)."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a person is told about one component or fault: why it counts, and what to write instead."""

    why: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class CuePack:
    """Everything that the checker knows of one language."""

    language: str
    cues: tuple[Cue, ...]
    advice: Mapping[Component | Fault, Advice]
    negated: re.Pattern[str] | None
    """Ends right before a cue that it turns into its opposite ("it was not | our mistake")."""
    private: re.Pattern[str]
    """Names a private channel."""
    public: re.Pattern[str]
    """Says that the answer is wanted in public ("reply with", "below")."""
    words: frozenset[str]
    """Folded function words, by which the language is told from others."""
    letters: frozenset[str]
    """Letters that speak for this language among those of its script."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _CueTable(_Table):
    pattern: str
    needs: str | None = None
    unless: str | None = None
    window: Window = Window.SENTENCE
    firm: bool = False


def _as_table(value: object) -> object:
    """A bare string is a cue without conditions."""
    return {"pattern": value} if isinstance(value, str) else value


class _NameTable(_Table):
    why: str
    suggestion: str = ""
    cues: tuple[Annotated[_CueTable, BeforeValidator(_as_table)], ...]


class _LanguageTable(_Table):
    words: tuple[str, ...]
    letters: str = ""


class _ContextTable(_Table):
    private: str
    public: str
    negated: str | None = None
    prefix: str = ""
    """Letters that a language glues before a word (Arabic wa-, fa-); optional before every cue."""


class _PackTable(_Table):
    language: _LanguageTable
    context: _ContextTable
    parts: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    components: dict[Component, _NameTable]
    faults: dict[Fault, _NameTable]


_UNBOUNDED = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|(?P<bad>[*+]|\{\d*,\})", re.DOTALL)
_PART = re.compile(r"<([a-z_]{1,30})>")
_PARTS_DEEP = 6
_AT_WORD_EDGES = r"(?<!\w){prefix}(?:{pattern})(?:(?!\w)|(?<!\w))"
_JUST_BEFORE = r"(?<!\w)(?:{pattern})$"


class _Notation:
    """Turns the notation of one file into compiled patterns. Raises ValueError with the pattern that is wrong."""

    def __init__(self, table: _PackTable) -> None:
        self._parts = {name: f"(?:{part})" for name, part in table.parts.items()}
        self._parts |= {name: f"(?:{'|'.join(words)})" for name, words in table.words.items()}
        self._prefix = table.context.prefix

    def _expand(self, pattern: str) -> str:
        expanded = pattern
        for _ in range(_PARTS_DEEP):
            try:
                expanded = _PART.sub(lambda match: self._parts[match[1]], expanded)
            except KeyError as error:
                message = f"no part named <{error.args[0]}> for the cue {pattern!r}"
                raise ValueError(message) from error
        if _PART.search(expanded):
            message = f"parts stand in parts more than {_PARTS_DEEP} deep, or in a circle, in the cue {pattern!r}"
            raise ValueError(message)
        for match in _UNBOUNDED.finditer(expanded):
            if match["bad"]:
                message = f"repetition without a bound ({match['bad']}) in the cue {pattern!r}: give it one, as {{0,9}}"
                raise ValueError(message)
        expanded = expanded.replace("……", r"[^.!?؟؛;\n]{0,90}?").replace("…", r"[^.!?؟؛;\n]{0,40}?")
        return fold_pattern(expanded.replace("~", r"\w{0,12}"))

    def compile(self, pattern: str, shape: str = _AT_WORD_EDGES) -> re.Pattern[str]:
        """One pattern, held at the edges of words."""
        prefix = fold_pattern(self._prefix)
        whole = shape.replace("{prefix}", prefix).replace("{pattern}", self._expand(pattern))
        try:
            return re.compile(whole)
        except re.error as error:
            message = f"the cue {pattern!r} is no regular expression: {error}"
            raise ValueError(message) from error

    def optional(self, pattern: str | None) -> re.Pattern[str] | None:
        """The same for what may be left out."""
        return None if pattern is None else self.compile(pattern)

    def cues(self, name: Component | Fault, tables: Sequence[_CueTable]) -> Iterator[Cue]:
        """The cues of one name. Those without conditions become one pattern: one pass over a text instead of many."""
        plain = [table.pattern for table in tables if table == _CueTable(pattern=table.pattern)]
        if plain:
            try:
                yield Cue(name, self.compile("|".join(f"(?:{pattern})" for pattern in plain)))
            except ValueError:
                for pattern in plain:
                    self.compile(pattern)
                raise
        for table in tables:
            if table.pattern not in plain:
                yield self._cue(name, table)

    def _cue(self, name: Component | Fault, table: _CueTable) -> Cue:
        """One cue with its conditions."""
        return Cue(
            name=name,
            pattern=self.compile(table.pattern),
            needs=self.optional(table.needs),
            unless=self.optional(table.unless),
            window=table.window,
            firm=table.firm,
        )


def _faults_of(error: ValidationError) -> str:
    """Each fault of a file on a line, with its key."""
    return "\n".join(f"  {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())


def parse_cues(language: str, text: str) -> CuePack:
    """The cue pack of a language from the text of its file.

    Raises `PackError` naming what is wrong: the TOML, a missing or unknown key, a component or fault without a table,
    an unknown part, a pattern that is none or that repeats without a bound.
    """
    where = f"languages/{language}/{FILE_NAME}"
    try:
        table = _PackTable.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = f"{where} is not valid TOML: {error}"
        raise PackError(message) from error
    except ValidationError as error:
        message = f"{where} has mistakes:\n{_faults_of(error)}"
        raise PackError(message) from error
    names: dict[Component | Fault, _NameTable] = dict(table.components.items())
    names.update(table.faults.items())
    missing = [name for name in (*Component, *Fault) if name not in names]
    if missing:
        message = f"{where} says nothing of {', '.join(missing)}: add a table for each"
        raise PackError(message)
    notation = _Notation(table)
    try:
        cues = tuple(cue for name, entry in names.items() for cue in notation.cues(name, entry.cues))
        private, public = notation.compile(table.context.private), notation.compile(table.context.public)
        negated = None if table.context.negated is None else notation.compile(table.context.negated, _JUST_BEFORE)
    except ValueError as error:
        message = f"{where}: {error}"
        raise PackError(message) from error
    return CuePack(
        language=language,
        cues=cues,
        advice={name: Advice(entry.why, entry.suggestion) for name, entry in names.items()},
        negated=negated,
        private=private,
        public=public,
        words=frozenset(fold(word)[0] for word in table.language.words),
        letters=frozenset(table.language.letters),
    )


def load_cues(folder: Traversable) -> CuePack:
    """The cue pack of one language folder, named by its tag. Raises `PackError` where it is missing or wrong."""
    try:
        text = (folder / FILE_NAME).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"languages/{folder.name}/{FILE_NAME} can't be read as UTF-8 text: {error}"
        raise PackError(message) from error
    return parse_cues(folder.name, text)


@cache
def shipped_cues() -> Mapping[str, CuePack]:
    """The cue packs of all languages that ship with Amends, by tag, read once. Raises `PackError`."""
    folders = sorted((files("templates") / "languages").iterdir(), key=lambda folder: folder.name)
    return {folder.name: load_cues(folder) for folder in folders if (folder / FILE_NAME).is_file()}

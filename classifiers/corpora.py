"""Labelled posts to learn from and to measure on: the corpora of a data folder, and made-up posts of our own.

A data folder holds `complaints/*.csv` (text, complaint, severity, reason, cause, group, language) and `mentions.csv`
(hand-written mentions with all labels). Nothing here is needed at run time.
"""

import csv
import hashlib
import io
import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from cases.errors import ModelError

MENTIONS = "mentions"
MADE_UP = "made-up"
WRITTEN = "written"
EVERYDAY = "random"
"""The group of en-brands that was drawn from all of Twitter."""
_SHARE_HELD_BACK = 5
"""One in so many groups is held back."""
_UNREAD_WRITTEN = 5
_UNREAD = 10
_HELD_BACK = {
    "en-airlines": frozenset({"Southwest"}),
    "en-brands": frozenset({"retail", "software"}),
    "en-reviews": frozenset({"Fashion"}),
}
"""Sources with few groups: the brand or domains that no training sees."""
_BRANDS = {
    "en": "Parvona Tilbero Quenzo Marlowick Ostrelle Fenwillo Zubari Nordelle Plumvik Cartessa Hilvano "
    "Brightmoor Oskano Lumbrix Vestaro Tonquil Karimba Solveno Pinderly Gravane",
    "fa": "پارونا تیلبرو کوئنزو استرلا فنویلو زوباری نوردله پلومویک کارتسا هیلوانو لومبریکس وستارو کاریمبا "
    "سولونو گراوانه مهرآوا تیزپیک رهینو",
    "ar": "بارفونا تيلبيرو كوينزو أوستريل فينويلو زوباري نوردال كارتيسا هيلفانو لومبريكس فيستارو كاريمبا "
    "سولفينو غرافان سهلكم طيّارو",
}


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled post. Posts of one `group` (domain, brand, thread) never stand on both sides of a split."""

    text: str
    complaint: bool
    source: str
    group: str
    language: str
    severity: int | None = None
    reason: str = ""
    """In a corpus's own words; "" where it names none."""
    cause: str = ""
    """The span that an annotator marked as what went wrong; "" where none is marked."""


@dataclass(frozen=True, slots=True)
class LabelledMention:
    """One hand-written post with every label; `category` is "" where it is no complaint, `brand` where none is told."""

    text: str
    language: str
    complaint: bool
    severity: int
    heat: int
    category: str
    risks: frozenset[str]
    about: str
    relevant: bool
    brand: str = ""

    def example(self, source: str) -> Example:
        """What the complaint model learns from this post; without a brand, posts that begin alike stay together."""
        return Example(
            self.text, self.complaint, f"{source}-{self.language}", self.brand or self.text[:30], self.language
        )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ModelError(f"{path} can't be read ({error}); `--data` must name a folder of labelled posts") from error


def read_corpora(data: Path) -> list[Example]:
    """All posts of `complaints/*.csv`. Raises `ModelError` where there are none or a column is missing."""
    paths = sorted((data / "complaints").glob("*.csv"))
    if not paths:
        raise ModelError(f"{data / 'complaints'} holds no *.csv; `--data` must name a folder of labelled posts")
    found = []
    for path in paths:
        for row in _rows(path):
            try:
                # Where a corpus names no group, a post is its own: posts that begin alike stay together.
                group = row["group"] or row["text"][:30]
                found.append(
                    Example(
                        text=row["text"],
                        complaint=row["complaint"] == "1",
                        source=path.stem,
                        group=group,
                        language=row["language"],
                        severity=int(float(row["severity"])) if row["severity"] else None,
                        reason=row["reason"],
                        cause=row["cause"],
                    )
                )
            except KeyError as error:
                raise ModelError(f"{path} has no column {error}") from error
            except ValueError as error:
                raise ModelError(f"{path} has a severity that is no number: {error}") from error
    return found


def read_mentions(data: Path) -> list[LabelledMention]:
    """The hand-written mentions of a data folder; none where it has no such file."""
    path = data / "mentions.csv"
    if not path.exists():
        return []
    return [_labelled(row, path.name, row.get("language", ""), "risk") for row in _rows(path)]


def written_posts() -> list[LabelledMention]:
    """Short posts to and about invented brands, written and labelled by hand for this project: `seeds/posts-*.csv`.

    Their authors had not seen the mentions of a data folder, nor the cues.
    """
    found = []
    for language in _BRANDS:
        for file in _written_files(language):
            rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))
            found += [_labelled(row, file.name, language, "risks") for row in rows]
    return found


def _written_files(language: str) -> list[Traversable]:
    """Each file is of another author; in the order of their names."""
    found = files("classifiers").joinpath("seeds").iterdir()
    return sorted((file for file in found if file.name.startswith(f"posts-{language}")), key=lambda file: file.name)


def _labelled(row: dict[str, str], file: str, language: str, risks: str) -> LabelledMention:
    """A row with all labels; `risks` is the column of the risks, parted by semicolons."""
    try:
        return LabelledMention(
            text=row["text"],
            language=language,
            complaint=row["complaint"] == "1",
            severity=int(row["severity"]),
            heat=int(row["heat"]),
            category=row["category"],
            risks=frozenset(filter(None, row[risks].split(";"))),
            about=row["about"],
            relevant=row["relevant"] == "1",
            brand=row.get("brand", ""),
        )
    except (KeyError, ValueError) as error:
        raise ModelError(f"{file} lacks or garbles a column: {error}") from error


def is_held_back(example: Example) -> bool:
    """Whether this post is kept from training, for the figures: by its group, the same in every run."""
    if example.source in _HELD_BACK and example.group != EVERYDAY:
        return example.group in _HELD_BACK[example.source]
    key = example.text if example.group == EVERYDAY else example.group
    digest = hashlib.sha256(f"{example.source} {key}".encode()).digest()
    return digest[0] % _SHARE_HELD_BACK == 0


def is_unread(example: Example) -> bool:
    """Whether the encoder never saw this post nor its group, so that its judgement of it is a fair one.

    One brand in five of the written posts, one group in ten of the corpora, every mention, and all that is held back.
    """
    if example.source.startswith(MENTIONS):
        return True
    share = _UNREAD_WRITTEN if example.source.startswith(WRITTEN) else _UNREAD
    digest = hashlib.sha256(f"unread {example.source} {example.group}".encode()).digest()
    return digest[0] % share == 0 or (not example.source.startswith((WRITTEN, MADE_UP)) and is_held_back(example))


def made_up_posts(seed: int = 0) -> list[Example]:
    """Posts about brands that do not exist, filled in from `seeds/`, in every learned language.

    They show what the corpora lack: settled troubles, other people's faults, questions, teasing, news and spam full of
    a complaint's words, and polite or ironic complaints.
    """
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    found: list[Example] = []
    for language, brands in _BRANDS.items():
        table = tomllib.loads(files("classifiers").joinpath("seeds", f"{language}.toml").read_text(encoding="utf-8"))
        names = brands.split()
        for problem in (problem for problems in table["problems"].values() for problem in problems):
            found += _filled(rng, rng.sample(table["complaint"], 8), names, problem, language, complaint=True)
            found += _filled(rng, rng.sample(table["settled"], 4), names, problem, language, complaint=False)
        for _ in range(4):
            found += _filled(rng, table["whole"], names, "", language, complaint=True)
            for posts in table["fine"].values():
                found += _filled(rng, posts, names, "", language, complaint=False)
    return found


def _filled(
    rng: random.Random, frames: Sequence[str], names: Sequence[str], problem: str, language: str, *, complaint: bool
) -> Iterator[Example]:
    for frame in frames:
        text = frame.replace("{c}", problem).replace("{b}", rng.choice(names))
        yield Example(text, complaint, f"{MADE_UP}-{language}", problem or frame, language)

"""Amends' drafts beside real brands' replies, by the same checker; how alike drafts of one day are; how long one takes.

    python -m benchmarks.replies [FILE]

FILE holds replies of brands in a column `reply`, in English; without it the drafts stand alone.
"""

import argparse
import csv
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from benchmarks.drafts import Drafted, complaints, drafted
from cases.apology import BLOCKING, Component, Fault
from responders.agreement import names_of
from responders.check import Checker

LANGUAGES = ("en", "fa", "ar")
_A_DAY = 50
"""Drafts among which none should be too much like another."""


@dataclass(frozen=True, slots=True)
class Row:
    """How often each component is found in some replies, and how many hold no fault."""

    name: str
    replies: int
    components: dict[Component, float]
    mean: float
    """Components in a reply."""
    whole: float
    """The share with all eight."""
    faulty: float
    """The share with a fault."""
    stopped: float
    """The share with a fault that stops an approval."""


def judged(name: str, replies: Sequence[str], language: str, checker: Checker) -> Row:
    """What the checker finds in replies of one language."""
    found = [names_of(checker.check(reply, language=language)) for reply in replies]
    count = len(found)
    return Row(
        name,
        count,
        {part: sum(part in names for names in found) / count for part in Component},
        sum(len(names & set(Component)) for names in found) / count,
        sum(names >= set(Component) for names in found) / count,
        sum(bool(names & set(Fault)) for names in found) / count,
        sum(bool(names & set(BLOCKING)) for names in found) / count,
    )


def likeness(drafts: Sequence[Drafted]) -> float:
    """The highest ratio (0 to 1, rapidfuzz) of two drafts of a day about the same category."""
    pairs = itertools.combinations(drafts[:_A_DAY], 2)
    return max((fuzz.ratio(one.text, two.text) / 100 for one, two in pairs if one.category is two.category), default=0)


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description="Components per reply, likeness and time of drafts.")
    parser.add_argument("file", nargs="?", type=Path)
    file = parser.parse_args().file
    checker = Checker.shipped()
    rows, alike = [], []
    for language in LANGUAGES:
        posts = complaints(language)
        began = time.process_time()
        drafts = list(drafted(posts))
        took = (time.process_time() - began) / len(posts) * 1000
        rows.append(judged(f"Amends, {language}", [one.text for one in drafts], language, checker))
        alike.append((language, len(posts), len(drafts), likeness(drafts), took))
    if file is not None:
        with file.open(encoding="utf-8", newline="") as found:
            rows.append(judged("brands, en", [row["reply"] for row in csv.DictReader(found)], "en", checker))
    print("| replies | count | " + " | ".join(part.replace("_", " ") for part in Component), end="")
    print(" | components a reply | all eight | some fault | a blocking one |")
    print("| --- |" + " ---: |" * (len(Component) + 5))
    for row in rows:
        shares = " | ".join(f"{share:.0%}" for share in row.components.values())
        print(f"| {row.name} | {row.replies} | {shares} | {row.mean:.1f} | {row.whole:.0%} | ", end="")
        print(f"{row.faulty:.0%} | {row.stopped:.1%} |")
    print("\n| language | posts | drafts | most alike on a day, same category | judging and drafting, ms a post |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for language, posts_count, count, ratio, took in alike:
        print(f"| {language} | {posts_count} | {count} | {ratio:.2f} | {took:.1f} |")


if __name__ == "__main__":
    main()

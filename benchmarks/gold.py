"""How well the checker agrees with the labelled replies: precision, recall and F1 per language and label.

    python -m benchmarks.gold FOLDER [--half tuned|kept] [--errors]

FOLDER holds ``apology/gold.csv``: id, language, platform, post, reply, components, faults.
"""

import argparse
import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cases.apology import Component, Fault
from responders.check import Checker


@dataclass
class Count:
    """Agreements and disagreements on one label."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of findings that are right; 1 where nothing was found."""
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        """The share of labels that were found; 1 where there is none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        whole = 2 * self.right + self.extra + self.missed
        return 2 * self.right / whole if whole else 1.0


@dataclass(frozen=True)
class Labelled:
    """One reply with the labels that a person gave it."""

    id: str
    language: str
    reply: str
    labels: frozenset[str]

    @property
    def tuned(self) -> bool:
        """Whether it is of the half that cues were written against."""
        return hashlib.sha256(self.id.encode()).digest()[-1] % 2 == 0


def read_gold(shared: Path) -> list[Labelled]:
    """The labelled replies of a folder."""
    with (shared / "apology" / "gold.csv").open(encoding="utf-8", newline="") as file:
        return [
            Labelled(
                row["id"], row["language"], row["reply"],
                frozenset(name for name in f"{row['components']};{row['faults']}".split(";") if name),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def measure(replies: Iterable[Labelled], checker: Checker) -> dict[str, dict[str, Count]]:
    """Counts by language and label."""
    counts: dict[str, dict[str, Count]] = defaultdict(lambda: {name: Count() for name in (*Component, *Fault)})
    for reply in replies:
        findings = checker.check(reply.reply)
        found = {str(name) for name in findings.components | findings.faults}
        for name, count in counts[reply.language].items():
            count.right += name in found and name in reply.labels
            count.extra += name in found and name not in reply.labels
            count.missed += name not in found and name in reply.labels
    return counts


def _mean(counts: dict[str, Count], names: Iterable[str]) -> float:
    values = [counts[name].f1 for name in names]
    return sum(values) / len(values)


def run(shared: Path, half: str = "") -> None:
    """Print the table for all labelled replies, or for one half of them ("tuned" or "kept")."""
    replies = [reply for reply in read_gold(shared) if not half or reply.tuned == (half == "tuned")]
    for language, counts in measure(replies, Checker.shipped()).items():
        print(f"{language}  components {_mean(counts, Component):.3f}  faults {_mean(counts, Fault):.3f}")
        for name, count in counts.items():
            print(f"  {name:20} P {count.precision:.2f}  R {count.recall:.2f}  F1 {count.f1:.2f}", end="")
            print(f"  ({count.right} right, {count.extra} extra, {count.missed} missed)")


def show_errors(shared: Path, half: str = "", language: str = "") -> None:
    """Print each reply that was judged otherwise than labelled."""
    checker = Checker.shipped()
    for reply in read_gold(shared):
        if (half and reply.tuned != (half == "tuned")) or (language and reply.language != language):
            continue
        findings = checker.check(reply.reply)
        found = {str(name) for name in findings.components | findings.faults}
        if found != reply.labels:
            print(f"{reply.id} [{findings.language}] {reply.reply}")
            print(f"    missed: {', '.join(sorted(reply.labels - found)) or '-'}")
            for note in findings.notes:
                if note.name not in reply.labels:
                    print(f"    extra: {note.name}: {reply.reply[note.start : note.end]!r}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=["tuned", "kept"], default="")
    parser.add_argument("--language", default="")
    parser.add_argument("--errors", action="store_true")
    arguments = parser.parse_args()
    if arguments.errors:
        show_errors(arguments.folder, arguments.half, arguments.language)
    else:
        run(arguments.folder, arguments.half)

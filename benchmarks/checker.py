"""How well the checker agrees with people: components and faults per language, on a CSV of labelled replies.

    python -m benchmarks.checker [FILE ...] [--part tuned|held] [--language TAG] [--each] [--errors]

A FILE has the columns language, reply, components, faults (names joined by ``;``) and may have id and `part`:
"held" marks replies that no cue was ever written for, "tuned" the rest. Without a FILE our own labelled replies are
read, ``responders/seeds/replies-*.csv``.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cases.apology import BLOCKING, Component, Fault, Findings
from responders.check import Checker

SEEDS = Path(__file__).parent.parent / "responders" / "seeds"


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
    """One reply with the labels that a person gave it. `part` is "tuned", "held", or "" where a file tells none."""

    id: str
    language: str
    reply: str
    labels: frozenset[str]
    part: str

    @property
    def good(self) -> bool:
        """Whether it has no fault and could be sent: it answers with something, and an approval must not stop it."""
        return bool(self.labels) and not self.labels & set(Fault)


@dataclass(frozen=True)
class Agreement:
    """Counts by label for one language, and how often a reply without fault would be stopped."""

    counts: dict[str, Count]
    good: int
    stopped: int

    @property
    def components(self) -> float:
        """F1 averaged over the components."""
        return _mean(self.counts, Component)

    @property
    def faults(self) -> float:
        """F1 averaged over the faults."""
        return _mean(self.counts, Fault)

    @property
    def stopped_share(self) -> float:
        """The share of replies without fault in which a blocking fault was found."""
        return self.stopped / self.good if self.good else 0.0


def read(file: Path) -> list[Labelled]:
    """The labelled replies of a file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Labelled(
                id=row.get("id") or f"{file.stem}:{line}",
                language=row["language"],
                reply=row["reply"],
                labels=frozenset(name for name in f"{row['components']};{row['faults']}".split(";") if name),
                part=row.get("part") or "",
            )
            for line, row in enumerate(csv.DictReader(lines), 2)
        ]


def own_files() -> list[Path]:
    """Our own labelled replies."""
    return sorted(SEEDS.glob("replies-*.csv"))


def measure(replies: Iterable[Labelled], checker: Checker) -> dict[str, Agreement]:
    """How far checker and labels agree, by language. The checker is not told the language."""
    by_language = defaultdict(list)
    for reply in replies:
        by_language[reply.language].append((reply, checker.check(reply.reply)))
    return {language: _agreement(pairs) for language, pairs in by_language.items()}


def _agreement(pairs: Sequence[tuple[Labelled, Findings]]) -> Agreement:
    counts: dict[str, Count] = {name: Count() for name in (*Component, *Fault)}
    for reply, findings in pairs:
        found = _names(findings)
        for name, count in counts.items():
            count.right += name in found and name in reply.labels
            count.extra += name in found and name not in reply.labels
            count.missed += name not in found and name in reply.labels
    good = [findings for reply, findings in pairs if reply.good]
    return Agreement(counts, len(good), sum(bool(findings.faults & BLOCKING) for findings in good))


def _names(findings: Findings) -> set[str]:
    return {str(name) for name in findings.components | findings.faults}


def _mean(counts: dict[str, Count], names: Iterable[str]) -> float:
    values = [counts[name].f1 for name in names]
    return sum(values) / len(values)


def show(agreements: dict[str, Agreement], *, each: bool) -> None:
    """Print the table; `each` adds a line for every component and fault."""
    for language, agreement in agreements.items():
        print(f"{language}  components {agreement.components:.3f}  faults {agreement.faults:.3f}", end="")
        print(f"  stopped without fault {agreement.stopped} of {agreement.good} ({agreement.stopped_share:.1%})")
        names: Iterable[str] = (*Component, *Fault) if each else Component
        for name in names:
            count = agreement.counts[name]
            print(f"  {name:20} P {count.precision:.2f}  R {count.recall:.2f}  F1 {count.f1:.2f}", end="")
            print(f"  ({count.right} right, {count.extra} extra, {count.missed} missed)")


def show_errors(replies: Iterable[Labelled], checker: Checker) -> None:
    """Print each reply that was judged otherwise than labelled."""
    for reply in replies:
        findings = checker.check(reply.reply)
        found = _names(findings)
        if found != reply.labels:
            print(f"{reply.id} [{findings.language}] {reply.reply}")
            print(f"    missed: {', '.join(sorted(reply.labels - found)) or '-'}")
            for note in findings.notes:
                if note.name not in reply.labels:
                    print(f"    extra: {note.name}: {reply.reply[note.start : note.end]!r}")


def run() -> dict[str, Agreement]:
    """The agreement on our own replies that are held back, by language."""
    held = [reply for file in own_files() for reply in read(file) if reply.part == "held"]
    return measure(held, Checker.shipped())


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--part", choices=["tuned", "held"])
    parser.add_argument("--language")
    parser.add_argument("--each", action="store_true", help="a line for every fault too")
    parser.add_argument("--errors", action="store_true", help="each reply that was judged otherwise than labelled")
    chosen = parser.parse_args()
    replies = [
        reply
        for file in chosen.files or own_files()
        for reply in read(file)
        if (not chosen.part or reply.part == chosen.part) and (not chosen.language or reply.language == chosen.language)
    ]
    if chosen.errors:
        show_errors(replies, Checker.shipped())
    else:
        show(measure(replies, Checker.shipped()), each=chosen.each)


if __name__ == "__main__":
    main()
